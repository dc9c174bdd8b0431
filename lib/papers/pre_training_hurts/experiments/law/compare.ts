/**
 * Whether two samples may have one law: moments and distribution functions, statistic by statistic.
 *
 * @module
 */
import { distinct, ksTwoSample, type Row, summary, where } from "../../../../experiment/mod.ts";

/** A statistic of a row. */
export type Statistics<R> = Readonly<Record<string, (row: R) => number>>;

/** One statistic at one step, of a sample and of its reference. */
export interface LawComparison extends Row {
  /** Steps made. */
  at: number;
  /** Name of the statistic. */
  statistic: string;
  /** Its mean over the sample. */
  mean: number;
  /** Its mean over the reference. */
  reference: number;
  /** Difference of the means in standard errors. */
  z: number;
  /** Difference of the mean squares in standard errors. */
  zSquare: number;
  /** p-value of the two-sample Kolmogorov–Smirnov test. */
  p: number;
}

/** How far two samples are from one law. */
export interface LawDistance {
  /** Largest `|z|` of a mean or mean square. */
  readonly z: number;
  /** Chance that the smallest of so many p-values is as small under one law, `1 − (1 − p)^n` (Šidák). */
  readonly p: number;
  /** Number of means and mean squares. */
  readonly count: number;
}

/** Difference of two means in standard errors; samples without spread must be equal. */
function zOf(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [summary(x), summary(y)], error = Math.hypot(a.se, b.se);
  if (error > 0) return (a.mean - b.mean) / error;
  return a.mean === b.mean ? 0 : Infinity;
}

/** Compares a sample with its reference at every step that both have. */
export function compareLaws<R extends { readonly at: number }>(
  sample: readonly R[],
  reference: readonly R[],
  statistics: Statistics<R>,
): LawComparison[] {
  return distinct(sample, "at").flatMap((at) =>
    Object.entries(statistics).map(([statistic, of]): LawComparison => {
      const [x, y] = [sample, reference].map((rows) => where(rows, "at", at).map(of));
      const square = (list: readonly number[]) => list.map((value) => value ** 2);
      return {
        ...{ at, statistic, mean: summary(x).mean, reference: summary(y).mean },
        ...{ z: zOf(x, y), zSquare: zOf(square(x), square(y)), p: ksTwoSample(x, y).p },
      };
    })
  );
}

/**
 * Distance of two laws over all statistics of a comparison.
 *
 * @example
 * ```ts
 * import { lawDistance } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const row = { at: 1, mean: 0, reference: 0, z: -2, zSquare: 1, p: 0.1 };
 * const { z, p } = lawDistance([{ ...row, statistic: "m" }, { ...row, statistic: "u", p: 0.5 }]);
 * assertAlmostEquals(z, 2);
 * assertAlmostEquals(p, 1 - 0.9 ** 2);
 * ```
 */
export function lawDistance(rows: readonly LawComparison[]): LawDistance {
  const all = rows.flatMap(({ z, zSquare }) => [Math.abs(z), Math.abs(zSquare)]);
  // NaN, the mark of copies that diverged, is as far as can be.
  const z = Math.max(...all.map((each) => Number.isNaN(each) ? Infinity : each));
  const least = Math.min(...rows.map(({ p }) => Number.isNaN(p) ? 0 : p));
  return { z, p: -Math.expm1(rows.length * Math.log1p(-least)), count: all.length };
}

/** Bound of every `|z|`, and of the chance of the smallest p-value. */
export const LAW_BOUNDS = { z: 4.5, p: 1e-4 } as const;

/**
 * Whether two samples may have one law: no `|z|` above 4.5, and a chance of the smallest p-value above 10⁻⁴. Of two
 * hundred means under one law, one exceeds the bound in fewer than two of a thousand tests.
 */
export function isOneLaw({ z, p }: LawDistance): boolean {
  return z < LAW_BOUNDS.z && p > LAW_BOUNDS.p;
}
