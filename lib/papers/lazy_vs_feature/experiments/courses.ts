/**
 * Many copies against time, as marks, bars and bands.
 *
 * @module
 */
import { distinct, type Row, summary, where } from "../../../experiment/mod.ts";
import type { Place, Spread } from "../../../figure/mod.ts";

/** Copies at one time. */
export interface CopiesAt extends Row {
  /** Time. */
  x: number;
  /** Mean. */
  y: number;
  /** Its standard error. */
  se: number;
  /** Median. */
  median: number;
  /** 10 % quantile. */
  low: number;
  /** 90 % quantile. */
  high: number;
  /** Number of copies. */
  n: number;
}

/** Quantile of sorted values. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1), low = Math.floor(at), rest = at - low;
  return rest === 0 ? sorted[low] : (1 - rest) * sorted[low] + rest * sorted[low + 1];
}

/** Mean, median and the 10 and 90 % quantiles of a column against time; `NaN` of diverged copies is left out. */
export function copiesAt<R extends { readonly tau: number }>(
  rows: readonly R[],
  of: (row: R) => number,
): CopiesAt[] {
  return distinct(rows, "tau").toSorted((a, b) => a - b).map((x) => {
    const values = where(rows, "tau", x).map(of).filter((y) => !Number.isNaN(y))
      .toSorted((a, b) => a - b);
    const { mean, se } = summary(values);
    return {
      ...{ x, y: mean, se, n: values.length, median: quantile(values, 0.5) },
      ...{ low: quantile(values, 0.1), high: quantile(values, 0.9) },
    };
  });
}

/** Means as marks with bars of one standard error. */
export function meanMarks(points: readonly CopiesAt[]): { marks: Place[]; bars: Spread[] } {
  return {
    marks: points.map(({ x, y }) => ({ x, y })),
    bars: points.map(({ x, y, se }) => ({ x, y, low: y - se, high: y + se })),
  };
}

/** The band that holds 80 % of the copies. */
export function copiesBand(points: readonly CopiesAt[]): Spread[] {
  return points.map(({ x, y, low, high }) => ({ x, y, low, high }));
}

/** A share of copies with its standard error. */
export interface Share {
  /** Share. */
  readonly share: number;
  /** Standard error, that of one copy more and one less at 0 and 1. */
  readonly se: number;
  /** Copies. */
  readonly n: number;
}

/** Share of rows that satisfy a condition, with a standard error that is never 0 (Agresti and Coull). */
export function shareOf<R>(rows: readonly R[], holds: (row: R) => boolean): Share {
  const n = rows.length, share = rows.filter(holds).length / n;
  const near = (share * n + 2) / (n + 4);
  return { share, se: Math.sqrt(near * (1 - near) / (n + 4)), n };
}

/** Every `step`-th of a list, from the first. */
export function every<T>(list: readonly T[], step: number): T[] {
  return list.filter((_, i) => i % step === 0);
}

const made = new WeakMap<object, unknown>();

/** What a figure solves beside its rows, once for all drawings of them. */
export function once<T>(rows: object, make: () => T): T {
  if (!made.has(rows)) made.set(rows, make());
  return made.get(rows) as T;
}
