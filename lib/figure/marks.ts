/**
 * The marks that carry a meaning in every figure: a line is theory, a mark is simulation, a band
 * is the spread over seeds. They are Plot marks and mix with all others.
 *
 * @module
 */
import { checkKeys } from "../check.ts";
import * as Plot from "@observablehq/plot";
import type {
  AreaOptions,
  CellOptions,
  DotOptions,
  LineOptions,
  Mark,
  MarkData,
} from "./plot_types.ts";
import { labelWidth } from "./markup.ts";
import { theme } from "./theme.ts";
import { textSize } from "./type.ts";

/**
 * Theory: a thin line through the rows in their order.
 *
 * @param data Rows, as for `Plot.line`.
 * @param options Channels and style of `Plot.line`, which win over the defaults.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { theory } from "lora-dynamics/figure/mod.ts";
 *
 * const mark = theory([{ mu: 0.1, time: 15 }, { mu: 0.5, time: 46 }], { x: "mu", y: "time" });
 * assertEquals(typeof mark.plot, "function");
 * ```
 */
export function theory(data: MarkData, options: LineOptions): Mark {
  return Plot.line(data, {
    strokeWidth: theme.lineWidth,
    strokeLinejoin: "round",
    strokeLinecap: options.strokeDasharray ? "butt" : "round",
    ...options,
  });
}

/**
 * Simulation: open symbols filled with white, so that the line below remains readable.
 *
 * @param data Rows, as for `Plot.dot`.
 * @param options Channels and style of `Plot.dot`, which win over the defaults.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { simulation } from "lora-dynamics/figure/mod.ts";
 *
 * const mark = simulation([{ mu: 0.5, time: 45.2 }], { x: "mu", y: "time", symbol: "square2" });
 * assertEquals(typeof mark.plot, "function");
 * ```
 */
export function simulation(data: MarkData, options: DotOptions): Mark {
  return Plot.dot(data, {
    r: theme.markRadius,
    fill: "#fff",
    stroke: "#000",
    strokeWidth: 0.9,
    ...options,
  });
}

/**
 * Spread over seeds: a pale area between `y1` and `y2`.
 *
 * @param data Rows, as for `Plot.areaY`.
 * @param options Channels and style of `Plot.areaY`, which win over the defaults.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { band } from "lora-dynamics/figure/mod.ts";
 *
 * const rows = [{ t: 0, low: 0.1, high: 0.2 }, { t: 1, low: 0.3, high: 0.5 }];
 * assertEquals(typeof band(rows, { x: "t", y1: "low", y2: "high" }).plot, "function");
 * ```
 */
export function band(data: MarkData, options: AreaOptions): Mark {
  return Plot.areaY(data, { fill: "#000", fillOpacity: 0.18, ...options });
}

/**
 * Heat map: cells of an ordinal grid that meet without seams.
 *
 * @param data Rows, as for `Plot.cell`.
 * @param options Channels and style of `Plot.cell`, which win over the defaults.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { heat } from "lora-dynamics/figure/mod.ts";
 *
 * const rows = [{ alpha: 0.1, eta: 0.5, loss: 0.01 }, { alpha: 1, eta: 0.5, loss: 0.1 }];
 * assertEquals(typeof heat(rows, { x: "alpha", y: "eta", fill: "loss" }).plot, "function");
 * ```
 */
export function heat(data: MarkData, options: CellOptions): Mark {
  // Neighbours overlap by a hair: viewers blend the edges of shapes that only touch with white.
  return Plot.cell(data, { inset: -0.15, ...options });
}

/** Options of `endLabels`. */
export interface EndLabelOptions<T> {
  /** Position of a row along x. */
  x: (row: T) => number;
  /** Position of a row along y. */
  y: (row: T) => number;
  /** The series to which a row belongs. */
  z: (row: T) => string | number;
  /** Text of a series, by default `z` itself. */
  text?: (row: T) => string;
  /** Colour of the text of a series. */
  fill?: string | ((row: T) => string | number);
}

/**
 * The name of each curve beside its last point (largest `x`), moved apart where they would touch;
 * the panel's right margin grows to hold them.
 *
 * @param rows Rows of all series; a row with a coordinate that is not finite is passed over.
 * @param options Where rows lie and what their series are called.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { endLabels } from "lora-dynamics/figure/mod.ts";
 *
 * const rows = [{ t: 0, m: 0, mu: 0.1 }, { t: 1, m: 0.5, mu: 0.1 }];
 * const labels = endLabels(rows, {
 *   x: (row) => row.t,
 *   y: (row) => row.m,
 *   z: (row) => row.mu,
 *   text: (row) => `μ = ${row.mu}`,
 * });
 * assertEquals(typeof labels.plot, "function");
 * ```
 */
export function endLabels<T>(rows: readonly T[], options: EndLabelOptions<T>): Mark {
  checkKeys("name curves", options, ["x", "y", "z", "text", "fill"]);
  const { x, y, z, fill = "#000" } = options;
  const text = options.text ?? ((row: T): string => String(z(row)));
  const last = new Map<string | number, T>();
  for (const row of rows) {
    if (!Number.isFinite(x(row)) || !Number.isFinite(y(row))) continue;
    const found = last.get(z(row));
    if (found === undefined || x(row) >= x(found)) last.set(z(row), row);
  }
  const ends = [...last.values()];
  const width = Math.max(0, ...ends.map((row) => labelWidth(text(row), theme.fontSize)));
  const channels = { x, y, text, fill, textAnchor: "start" as const, dx: 4 };
  const placed = Plot.initializer(channels as Plot.TextOptions, besideEnds);
  return Plot.text(ends as Plot.Data, { ...placed, marginRight: width + 6 } as Plot.TextOptions);
}

/** Where the names of curves stand on paper: at the height of their ends, moved apart. */
export const besideEnds: Plot.InitializerFunction = (data, facets, values, scales, dimensions) => {
  const scale = scales as unknown as Record<"x" | "y", (value: number) => number>;
  const { x: xs, y: ys } = values as unknown as Record<"x" | "y", { value: number[] }>;
  const right = dimensions.width - dimensions.marginRight;
  const low = dimensions.marginTop + 0.5 * textSize();
  const high = dimensions.height - dimensions.marginBottom - 0.5 * textSize();
  const at = Array.from(xs.value, (value) => scale.x(value));
  const heights = Array.from(ys.value, (value) => scale.y(value));
  return {
    data,
    facets,
    channels: {
      // A curve that ends at the frame, up to the air of the scale, is labelled outside of it.
      x: { value: at.map((end) => end > right - 12 ? right : end) },
      y: { value: moveApart(heights, 1.12 * textSize(), low, high) },
    },
  };
};

/**
 * Positions at least `gap` apart, in the same order and as near as possible to the given ones in
 * the sense of least squares: touching labels merge into a block around their mean. They stay
 * between `low` and `high`, closer together when there is no room for the gap.
 */
export function moveApart(
  positions: ArrayLike<number>,
  gap: number,
  low = -Infinity,
  high = Infinity,
): number[] {
  const steps = positions.length - 1;
  if (steps > 0) gap = Math.min(gap, (high - low) / steps);
  const order = Array.from(positions, (_, i) => i)
    .sort((a, b) => positions[a] - positions[b] || a - b);
  const blocks: { start: number; indices: number[] }[] = [];
  for (const index of order) {
    let block = { start: positions[index], indices: [index] };
    let before = blocks.at(-1);
    while (before && before.start + before.indices.length * gap > block.start) {
      const indices = [...before.indices, ...block.indices];
      const sum = indices.reduce((total, i, k) => total + positions[i] - k * gap, 0);
      block = { start: sum / indices.length, indices };
      blocks.pop();
      before = blocks.at(-1);
    }
    blocks.push(block);
  }
  const out = new Array<number>(positions.length);
  // Without the gaps the problem is a monotone fit, whose bounded solution is the clamped one.
  let rank = 0;
  for (const { start, indices } of blocks) {
    for (const [k, index] of indices.entries()) {
      const free = start + k * gap - rank * gap;
      out[index] = Math.max(low, Math.min(high - steps * gap, free)) + rank * gap;
      rank++;
    }
  }
  return out;
}
