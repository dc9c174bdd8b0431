/**
 * Medians of steps as marks, bars and laws.
 *
 * @module
 */
import { geomspace, slope } from "../../../../experiment/mod.ts";
import type { Place, Spread } from "../../../../figure/mod.ts";
import type { HittingRow } from "../../simulation/mod.ts";

/** A median at a dimension. */
type Median = HittingRow & { readonly d: number };

/** Medians that were reached, as marks. */
export function medianMarks(rows: readonly Median[]): Place[] {
  return rows.flatMap(({ d, steps }) => steps === null ? [] : [{ x: d, y: steps }]);
}

/** Quartiles of the medians, as bars. */
export function medianBars(rows: readonly Median[]): Spread[] {
  return rows.flatMap(({ d: x, steps, low, high }) =>
    steps === null || low === null || high === null ? [] : [{ x, y: steps, low, high }]
  );
}

/** A law through the last of some marks; none without marks. */
export function lawThroughLast(marks: readonly Place[], law: (x: number) => number): Place[] {
  const [first, last] = [marks[0], marks.at(-1)];
  if (first === undefined || last === undefined) return [];
  return geomspace(first.x, last.x, 9).map((x) => ({ x, y: last.y * law(x) / law(last.x) }));
}

/** Standard error of the median steps of some copies, from the quartiles of a normal law. */
export function medianError({ low, high }: HittingRow, copies: number): number {
  return 0.93 * (Number(high) - Number(low)) / Math.sqrt(copies);
}

/** Log-log slope of the median steps against the dimension; `NaN` where one was not reached. */
export function stepPower(rows: readonly Median[]): number {
  return slope(rows.map(({ d }) => Math.log(d)), rows.map(({ steps }) => Math.log(steps ?? NaN)));
}

/** Steps as a number: a median that was not reached is NaN, which agrees with nothing. */
export function stepsOf({ steps }: { readonly steps: number | null }): number {
  return steps ?? NaN;
}
