import { formatNumber } from "../../../figure/mod.ts";
import type { Adapters, Problem } from "../model.ts";
import { adaptersOf, startNamed } from "../run_start.ts";
import type { StartLike } from "../starts.ts";
import { problemAt, type ProblemParameter } from "./physics.ts";

/** What theory says, or null where its assumptions fail: formulas refuse with a RangeError that names them. */
export function whereItHolds<T>(predict: () => T): T | null {
  try {
    return predict();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The assumption that an error names, without what could not be done. */
export function reasonOf(error: Error): string {
  return error.message.replace(/^Cannot .*? as /, "");
}

/** A run, as far as theory knows it. */
interface Told {
  readonly start: string;
  readonly alpha: number;
  readonly seed: string;
  readonly copy: number;
  readonly predicted: number | null;
}

/** What started the runs. */
interface StartedBy {
  readonly problem: ProblemParameter;
  readonly starts: readonly StartLike[];
  readonly r: number | readonly [number, number];
}

/**
 * A sentence on the first run of which theory says nothing, with the assumption that fails; empty if it
 * speaks of all.
 */
export function silenceInWords(
  what: string,
  rows: readonly Told[],
  { problem, starts, r }: StartedBy,
  predict: (problem: Problem, start: Adapters) => unknown,
): string {
  const row = rows.find(({ predicted }) => predicted === null);
  if (!row) return "";
  const of = problemAt(problem, row.copy), startedBy = startNamed(starts, row.start);
  try {
    predict(of, adaptersOf(of, { ...row, startedBy, r }));
    return "";
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const all = rows.every(({ predicted }) => predicted === null);
    const some = all ? "" : ` of ${row.start} at α = ${formatNumber(row.alpha)}`;
    return ` No ${what}${some}, as ${reasonOf(error)}.`;
  }
}
