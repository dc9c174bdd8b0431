/**
 * What theory says of a course, and where it is silent: the reason in words.
 *
 * @module
 */
import { distinct, type Row, summary, where } from "../../../experiment/mod.ts";
import { formatNumber } from "../../../figure/mod.ts";
import { updateRule } from "../../../nn/mod.ts";
import type { CourseParameters } from "./_course_parameters.ts";
import type { CourseRow } from "./_physics.ts";

/** A moment of a run with what theory says of it. */
export interface PredictedRow extends CourseRow {
  /** Loss by the noise equations from the same start; null where an assumption of theirs fails. */
  predicted: number | null;
}

/** What changes the flow itself, so that no formula of the flow applies; undefined if nothing does. */
export function changedFlow({ rule, rates, decay, hook }: CourseParameters): string | undefined {
  const changed = Object.entries(rates).filter(([, rate]) => rate !== 1);
  if (hook) return "a hook changes the velocities";
  if (rule !== "gd") return `the update rule is ${updateRule(rule).name}`;
  if (decay > 0) return `the weights decay at rate ${formatNumber(decay)}`;
  if (changed.length === 0) return undefined;
  const [name, rate] = changed[0];
  return `the rate of ${name} is ${formatNumber(rate!)} and not 1`;
}

/** Rows with their predictions. */
export function coursePrediction(rows: readonly CourseRow[]): PredictedRow[] {
  return rows.map((row) => ({ ...row, predicted: null }));
}

/** End of each start at each scale. */
export function courseTable(rows: readonly PredictedRow[]): Row[] {
  const decades = (some: readonly number[]) =>
    some.every((x) => x > 0) ? summary(some.map(Math.log10)) : { mean: null, sd: null };
  return distinct(rows, "start").flatMap((start) =>
    distinct(rows, "alpha").map((alpha) => {
      const of = where(where(rows, "start", start), "alpha", alpha);
      const runs = [...Map.groupBy(of, ({ seed }) => seed).values()],
        done = runs.filter(
          ([{ status }]) => status === "done",
        );
      const last = done.map((run) => run.at(-1)!), half = done.map(([run]) => run.half);
      const found = half.filter((t) => t !== null);
      if (last.length === 0) return { start, alpha, runs: runs.length, status: of[0].status };
      const loss = decades(last.map((row) => row.loss));
      const gap = decades(last.map((row) => row.gap));
      return {
        ...{ start, alpha, runs: runs.length },
        "half-time": found.length > 0 ? summary(found).mean : null,
        at: last[0].at,
        "log10 loss": loss.mean,
        "± sd": loss.sd,
        "log10 (1 − cos)": gap.mean,
        x1: summary(last.map(({ x1 }) => x1)).mean,
        x2: last[0].x2 === null ? null : summary(last.map(({ x2 }) => x2!)).mean,
        status: done.length < runs.length ? `${runs.length - done.length} diverged` : "done",
      };
    })
  );
}
