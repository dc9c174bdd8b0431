/**
 * How far runs are from the numbers of the paper's figures.
 *
 * @module
 */
import { type Row, summary } from "../../../../experiment/mod.ts";
import type { CourseRow } from "../physics.ts";
import { PUBLISHED_STEP, type PublishedPoint } from "./published.ts";

/** One published number beside the runs from one kind of start. */
export interface PublishedDistance extends Row {
  /** Figure and panel. */
  figure: string;
  /** `"loss"`, `"gap"` or `"norm"`. */
  quantity: PublishedPoint["quantity"];
  /** Scale. */
  alpha: number;
  /** Flow time. */
  at: number;
  /** Whether the published curve has ended. */
  floor: boolean;
  /** The published number: `log₁₀` of loss and `1 − cos`; the norm itself. */
  published: number;
  /** The start of the runs. */
  start: string;
  /** The same number of the runs. */
  measured: number;
  /** Its standard error over the runs. */
  se: number;
  /** How far the runs are above, in decades. */
  distance: number;
}

/** Losses count as at least this: a flow may meet the target to the last bit. */
const NOTHING = 1e-30;

/** What the figures of the paper average: logarithms of losses and misalignments, norms as they are. */
export function plotted(row: CourseRow, quantity: PublishedPoint["quantity"]): number {
  if (quantity === "norm") return row.norm1;
  return Math.log10(Math.max(quantity === "loss" ? row.loss : row.gap, NOTHING));
}

/**
 * Distances of runs from published numbers, for every scale and time that both have.
 *
 * The figures' "spectral" curves are compared with the start `spectralPaper`, the "random" ones with all
 * others.
 *
 * @param rows Moments of runs.
 * @param points Published numbers, `publishedFigure1` or some of `publishedFigures34`.
 *
 * @example
 * ```ts
 * import { paperFigure1, publishedDistances, publishedFigure1 } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await paperFigure1({ preset: "quick", starts: ["zeroA"], others: [], alpha: [1e-3], copies: 4 });
 * const [first] = publishedDistances(rows, publishedFigure1);
 * assert(Math.abs(first.distance) < 1.5);
 * ```
 */
export function publishedDistances(
  rows: readonly CourseRow[],
  points: readonly PublishedPoint[],
): PublishedDistance[] {
  const runs = Map.groupBy(rows, ({ start, alpha }) => JSON.stringify([start, alpha]));
  return points.flatMap((point) =>
    [...runs.values()].flatMap((some) => {
      const [{ start, alpha }] = some, at = point.steps * PUBLISHED_STEP;
      const spectral = start === "spectralPaper";
      if (alpha !== point.alpha || spectral !== (point.start === "spectral")) return [];
      const now = some.filter((row) => Math.abs(row.at - at) <= 1e-9 * at);
      if (now.length === 0) return [];
      const { mean, se } = summary(now.map((row) => plotted(row, point.quantity)));
      const { figure, quantity, floor, value: published } = point;
      const distance = quantity === "norm" ? Math.log10(mean / published) : mean - published;
      return [{
        ...{ figure, quantity, alpha, at, floor, published },
        ...{ start, measured: mean, se, distance },
      }];
    })
  );
}
