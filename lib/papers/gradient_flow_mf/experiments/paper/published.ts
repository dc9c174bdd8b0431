/**
 * Numbers that were read off the paper's figures: what our runs are held against.
 *
 * The figures are images in the published article; the numbers are positions of pixels of the mean
 * curves, turned into values with the ticks of the axes, to about 0.02 of the plotted unit. No data and no
 * code of the authors were seen.
 *
 * @module
 */
import type { Row } from "../../../../experiment/mod.ts";

/** A point of a mean curve of the paper. */
export interface PublishedPoint extends Row {
  /** Figure and panel. */
  figure: string;
  /** The figure's legend: `"random"` initialisation, or `"spectral"`. */
  start: "random" | "spectral";
  /** `"loss"`, `"gap"` (`1 − cos`), or `"norm"` (`‖Z₁‖`). */
  quantity: "loss" | "gap" | "norm";
  /** Factor `c` of the frozen layers, `δ_w = 1/c²`. */
  c: number;
  /** Singular pair of `Y_pre` along which the target lies. */
  along: "top" | "bottom";
  /** Scale. */
  alpha: number;
  /** Steps of size 10⁻⁴. */
  steps: number;
  /** `log₁₀` of loss and `1 − cos`; the norm itself. */
  value: number;
  /** Whether the curve has ended on this value: its floor. */
  floor: boolean;
}

/** Step size of the paper's gradient descent: flow time is steps times it. */
export const PUBLISHED_STEP = 1e-4;

/** Scales of the figures. */
const ALPHA = [1e-3, 1e-4, 1e-5];

/** Values of one quantity: a row for each scale, a column for each number of steps. */
function points(
  common: Pick<PublishedPoint, "figure" | "quantity" | "c" | "along"> & { start?: "spectral" },
  steps: readonly number[],
  values: readonly (readonly number[])[],
  floor: boolean = false,
): PublishedPoint[] {
  return values.flatMap((row, k) =>
    row.map((value, i) => ({
      start: "random" as const,
      ...common,
      ...{ alpha: ALPHA[k], steps: steps[i], value, floor },
    }))
  );
}

const FIGURE_1 = { c: 1.05, along: "top" } as const;

/** Points of the paper's Fig. 1 (Section 5.1). */
export const publishedFigure1: readonly PublishedPoint[] = [
  ...points(
    { ...FIGURE_1, figure: "1 left", quantity: "loss" },
    [10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000],
    [
      [-7.59, -10.05, -11.3, -11.86, -12.06, -12.35, -12.57],
      [-7.5, -10.96, -13.16, -14.24, -15.01, -16, -16.4],
      [-1.9, -11.95, -14.35, -16.46, -18.1, -19.86, -20.24],
    ],
  ),
  ...points(
    { ...FIGURE_1, figure: "1 left", quantity: "loss", start: "spectral" },
    [50_000],
    [[-25.98], [-25.9], [-25.9]],
    true,
  ),
  ...points(
    { ...FIGURE_1, figure: "1 middle", quantity: "gap" },
    [1000, 2000, 3000, 5000],
    [
      [-0.206, -0.993, -2.08, -4.25],
      [-0.17, -0.938, -2.02, -4.35],
      [-0.131, -0.791, -1.84, -4.14],
    ],
  ),
  ...points(
    { ...FIGURE_1, figure: "1 middle", quantity: "gap" },
    [11_000],
    [[-4.752], [-6.746], [-8.736]],
    true,
  ),
  // The right panel shows the smallest scale alone.
  ...points(
    { ...FIGURE_1, figure: "1 right", quantity: "loss" },
    [8000, 9000, 10_000, 11_000],
    [[], [], [1.036, 0.411, -1.89, -4.81]],
  ),
  ...points(
    { ...FIGURE_1, figure: "1 right", quantity: "norm" },
    [8000, 9000, 10_000, 11_000],
    [[], [], [0.454, 1.241, 1.623, 1.652]],
  ),
];

/** Floors of the alignment. */
function floors(
  figure: "3" | "4",
  c: number,
  steps: number,
  values: readonly [number, number, number],
): PublishedPoint[] {
  const along = figure === "3" ? "top" : "bottom";
  return points({ figure, quantity: "gap", c, along }, [steps], values.map((x) => [x]), true);
}

/** Losses of a panel. */
function losses(
  figure: "3" | "4",
  c: number,
  steps: readonly number[],
  values: readonly (readonly number[])[],
): PublishedPoint[] {
  const along = figure === "3" ? "top" : "bottom";
  return points({ figure, quantity: "loss", c, along }, steps, values);
}

/**
 * Points of the paper's Figs. 3 (target along the top pair) and 4 (bottom pair), Section H.1. The
 * setting `c = 1.05`, top, is that of Fig. 1.
 *
 * Losses below about 10⁻²⁶ are rounding of the authors' runs; the one of Fig. 4, `c = 10`, at
 * `α = 10⁻⁵` has no other value and is left out.
 */
export const publishedFigures34: readonly PublishedPoint[] = [
  ...losses("3", 2, [50_000, 100_000], [[-9.05, -10.75], [-11.11, -12.81], [-13.22, -14.92]]),
  ...floors("3", 2, 100_000, [-4.65, -6.64, -8.62]),
  ...losses("3", 10, [45_000, 150_000], [[-14.18, -21.5], [-16.37, -26.9], [-18.49, -27.3]]),
  ...floors("3", 10, 150_000, [-3.95, -5.94, -7.93]),
  ...losses("4", 1.05, [125_000], [[-11.15], [-15.29], [-19.04]]),
  ...floors("4", 1.05, 125_000, [-4.59, -6.64, -8.62]),
  ...losses("4", 2, [200_000], [[-13.69], [-18.78], [-24.18]]),
  ...floors("4", 2, 200_000, [-5.36, -7.5, -9.53]),
  ...losses("4", 10, [30_000], [[-19.6], [-25.4]]),
  ...floors("4", 10, 30_000, [-4.83, -6.87, -8.84]),
];

/**
 * The published losses and misalignments of a setting of Figs. 3 and 4; that of Fig. 1 stands in Fig. 3
 * again.
 *
 * @param c Factor of the frozen layers.
 * @param along Pair of the target.
 *
 * @example
 * ```ts
 * import { publishedOf } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const floors = publishedOf(2, "bottom").filter(({ floor }) => floor);
 * assertEquals(floors.map(({ value }) => value), [-5.36, -7.5, -9.53]);
 * ```
 */
export function publishedOf(c: number, along: "top" | "bottom"): PublishedPoint[] {
  return [...publishedFigure1, ...publishedFigures34].filter((point) =>
    point.along === along && point.c === c && point.start === "random" && point.quantity !== "norm"
  );
}
