/**
 * What runs of the same starts at several scales say together: geometric means, distances from theory,
 * and local exponents.
 *
 * @module
 */
import { distinct, summary, where } from "../../../../experiment/mod.ts";

/** The runs at one scale. */
export interface AtScale<R> {
  /** Scale. */
  readonly alpha: number;
  /** Its rows, one a start. */
  readonly here: readonly R[];
  /**
   * Mean over the starts of `d log(value)/d log α` between this scale and the next smaller one; null if
   * there is none.
   */
  readonly exponent: (value: (row: R) => number) => number | null;
}

/** Rows by scale, the largest first. */
export function overScales<R extends { readonly alpha: number; readonly seed: string }>(
  rows: readonly R[],
): AtScale<R>[] {
  const scales = distinct(rows, "alpha").toSorted((a, b) => b - a);
  return scales.map((alpha, i) => {
    const here = where(rows, "alpha", alpha), next = where(rows, "alpha", scales[i + 1]);
    return {
      ...{ alpha, here },
      exponent: (value) => {
        const slopes = here.flatMap((row) => {
          const other = next.find(({ seed }) => seed === row.seed);
          return other ? [Math.log(value(row) / value(other)) / Math.log(alpha / other.alpha)] : [];
        });
        return slopes.length === 0 ? null : summary(slopes).mean;
      },
    };
  });
}

/** Geometric mean of positive numbers, and the standard deviation of their natural logarithm. */
export function geometric(values: readonly number[]): { mean: number; spread: number } {
  const { mean, sd } = summary(values.map(Math.log));
  return { mean: Math.exp(mean), spread: sd };
}

/** Largest `|log|` of ratios. */
export function furthest(ratios: readonly number[]): number {
  return Math.max(...ratios.map((ratio) => Math.abs(Math.log(ratio))));
}
