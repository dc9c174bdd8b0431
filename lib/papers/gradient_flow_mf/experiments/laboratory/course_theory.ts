/**
 * What theory says of a course, and where it is silent: the reason in words.
 *
 * @module
 */
import { distinct, type Row, summary, where } from "../../../../experiment/mod.ts";
import { formatNumber } from "../../../../figure/mod.ts";
import { updateRule } from "../../../../nn/mod.ts";
import { adaptersOf, startNamed } from "../../run_start.ts";
import { escapeTimeOf } from "../../theory/escape/escape.ts";
import { noiseCourse } from "../../theory/noise/noise.ts";
import { reasonOf } from "../where_it_holds.ts";
import type { CourseParameters } from "./course_parameters.ts";
import { type CourseRow, problemAt } from "../physics.ts";
import { FIRST_ORDER, lossRangeWords } from "../range.ts";

/** A moment of a run with what theory says of it: null where an assumption of it fails. */
export interface PredictedRow extends CourseRow {
  /** Loss by the noise equations from the same start. */
  predicted: number | null;
  /** Its part along the target. */
  predictedSignal: number | null;
  /** Its part in the row and column of the signal. */
  predictedMixed: number | null;
  /** All the rest. */
  predictedRest: number | null;
  /** Misalignment by them. */
  predictedGap: number | null;
  /** What adapter 2 has learnt, by them. */
  predictedX2: number | null;
  /** Half-time by them; with one adapter by the escape law. */
  predictedHalf: number | null;
}

/** Columns that theory adds. */
type Prediction = Pick<
  PredictedRow,
  | "predicted"
  | "predictedSignal"
  | "predictedMixed"
  | "predictedRest"
  | "predictedGap"
  | "predictedX2"
  | "predictedHalf"
>;

const SILENT: Prediction = {
  ...{ predicted: null, predictedSignal: null, predictedMixed: null, predictedRest: null },
  ...{ predictedGap: null, predictedX2: null, predictedHalf: null },
};

/** The rate of adapter 1 and that of adapter 2 over it, or why there are none. */
function ratesOf({ rates }: CourseParameters): { rate: number; rho: number } | string {
  const { b1 = 1, a1 = 1, b2 = 1, a2 = 1 } = rates;
  if (b1 !== a1) {
    return `the rates of B₁ and A₁ differ, ${formatNumber(b1)} and ${formatNumber(a1)}`;
  }
  if (b2 !== a2) {
    return `the rates of B₂ and A₂ differ, ${formatNumber(b2)} and ${formatNumber(a2)}`;
  }
  return b1 > 0 && b2 > 0 ? { rate: b1, rho: b2 / b1 } : "an adapter is frozen";
}

/** What changes the flow so that no formula of it applies; undefined if nothing does. */
function changed({ eta, rule, decay, hook }: CourseParameters): string | undefined {
  if (hook) return "a hook changes the velocities";
  if (eta !== 0 && rule !== "gd") return `the update rule is ${updateRule(rule).name}`;
  return decay > 0 ? `the weights decay at rate ${formatNumber(decay)}` : undefined;
}

/** Predictions at given times of one run, or the assumption that fails. */
function prediction(
  { start, alpha, seed, copy }: Pick<CourseRow, "start" | "alpha" | "seed" | "copy">,
  times: readonly number[],
  parameters: CourseParameters,
): Prediction[] | string {
  const rates = ratesOf(parameters), why = changed(parameters);
  if (why) return why;
  if (typeof rates === "string") return rates;
  const problem = problemAt(parameters.problem, copy), { r, perFactor, starts } = parameters;
  const startedBy = startNamed(starts, start), { rate, rho } = rates;
  const adapters = adaptersOf(problem, { startedBy, alpha, r, seed, perFactor });
  try {
    if (!problem.w1) {
      const predictedHalf = escapeTimeOf(problem, adapters) / rate;
      return times.map(() => ({ ...SILENT, predictedHalf }));
    }
    const course = noiseCourse(problem, adapters, times.map((t) => t * rate), { rho });
    return times.map((_, i) => ({
      ...{ predicted: course.losses[i], predictedSignal: course.signal[i] },
      ...{ predictedMixed: course.mixed[i], predictedRest: course.rest[i] },
      ...{ predictedGap: course.gaps[i], predictedX2: course.x2[i] },
      predictedHalf: course.half / rate,
    }));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return reasonOf(error);
  }
}

/** The runs of some rows. */
function runsIn<R extends CourseRow>(rows: readonly R[]): R[][] {
  const name = ({ start, alpha, seed }: R) => JSON.stringify([start, alpha, seed]);
  return [...Map.groupBy(rows, name).values()];
}

/** Rows with their predictions. */
export function withPredictions(
  rows: readonly CourseRow[],
  parameters: CourseParameters,
): PredictedRow[] {
  return runsIn(rows).flatMap((run) => {
    const found = prediction(run[0], run.map(({ at }) => at), parameters);
    const silent = typeof found === "string";
    return run.map((row, i) => ({ ...row, ...(silent ? SILENT : found[i]) }) as PredictedRow);
  });
}

/** What the lines of a figure are, and where there are none the reason. */
export function linesInWords(rows: readonly PredictedRow[], parameters: CourseParameters): string {
  const runs = runsIn(rows), silent = runs.filter(([{ predicted }]) => predicted === null);
  const lines = "Lines: noise equations from the same starts" +
    `${parameters.eta === 0 ? "" : ", for the flow"}.` + lossRangeWords(rows, FIRST_ORDER);
  if (silent.length === 0) return lines;
  const found = prediction(silent[0][0], [], parameters);
  const why = typeof found === "string" ? found : "layer 2 has no adapter";
  const [{ start, alpha }] = silent[0];
  const which = silent.length === runs.length
    ? "theory"
    : `${start}${parameters.alpha.length > 1 ? ` at α = ${formatNumber(alpha)}` : ""}`;
  const thin = `No line of ${which}, as ${why}; a thin line joins simulated means.`;
  return silent.length === runs.length ? thin : `${lines} ${thin}`;
}

/** End of each start at each scale. */
export function courseTable(rows: readonly PredictedRow[]): Row[] {
  const decades = (some: readonly (number | null)[]) =>
    some.every((x) => x !== null && x > 0)
      ? summary(some.map((x) => Math.log10(x!)))
      : { mean: null, sd: null };
  const mean = (some: readonly (number | null)[]) => {
    const found = some.filter((x) => x !== null);
    return found.length > 0 ? summary(found).mean : null;
  };
  return distinct(rows, "start").flatMap((start) =>
    distinct(rows, "alpha").map((alpha) => {
      const runs = runsIn(where(where(rows, "start", start), "alpha", alpha));
      const done = runs.filter(([{ status }]) => status === "done");
      if (done.length === 0) return { start, alpha, runs: runs.length, status: runs[0][0].status };
      const last = done.map((run) => run.at(-1)!), loss = decades(last.map((row) => row.loss));
      return {
        ...{ start, alpha, runs: runs.length },
        "half-time": mean(last.map((row) => row.half)),
        "predicted half-time": mean(last.map((row) => row.predictedHalf)),
        at: last[0].at,
        "log10 loss": loss.mean,
        "± sd": loss.sd,
        "predicted log10 loss": decades(last.map((row) => row.predicted)).mean,
        "log10 (1 − cos)": decades(last.map((row) => row.gap)).mean,
        x1: mean(last.map((row) => row.x1)),
        x2: mean(last.map((row) => row.x2)),
        status: done.length < runs.length ? `${runs.length - done.length} diverged` : "done",
      };
    })
  );
}
