/**
 * Means over starts as the paper draws them: of logarithms, with one standard deviation to each side.
 *
 * @module
 */
import { distinct, type Row, summary, where } from "../../../../experiment/mod.ts";

/** A mean over starts at a position. */
export interface Decades extends Row {
  /** What it belongs to. */
  series: string;
  /** Position. */
  x: number;
  /** Geometric mean. */
  mid: number;
  /** One standard deviation of the logarithm below. */
  low: number;
  /** One above. */
  high: number;
}

/** Geometric means of a positive quantity at each value of a column; other values are passed over. */
export function decades<R extends Row>(
  series: string,
  rows: readonly R[],
  at: keyof R & string,
  value: (row: R) => number | null,
): Decades[] {
  return distinct(rows, at).flatMap((x) => {
    const all = where(rows, at, x).map(value).filter((y) => y !== null && y > 0) as number[];
    if (all.length === 0) return [];
    const { mean, sd } = summary(all.map((y) => Math.log10(y)));
    const [low, mid, high] = [mean - sd, mean, mean + sd].map((y) => 10 ** y);
    return [{ series, x: Number(x), mid, low, high }];
  });
}
