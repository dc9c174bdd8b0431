/** The noise equations from several starts of a problem, as a task of a sweep. */
import { reasonOf } from "../where_it_holds.ts";
import { type Row, type Task, task } from "../../../../experiment/mod.ts";
import type { Adapters, Problem } from "../../model.ts";
import { problemOf } from "../../shapes.ts";
import { startedFlow } from "../../simulation/runs/run.ts";
import type { RunsCell } from "../../simulation/runs/runs.ts";
import { escapeTimeOf } from "../../theory/escape/escape.ts";
import { noiseCourse } from "../../theory/noise/noise.ts";

/** What theory says of a moment; nothing where one of its assumptions fails. */
export interface Predicted {
  /** Loss by the noise equations from the same start. */
  predicted: number | null;
  /** Misalignment by them. */
  predictedGap: number | null;
  /** What they say adapter 1 has learnt. */
  predictedX1: number | null;
  /** What they say adapter 2 has learnt. */
  predictedX2: number | null;
  /** Half-time by them. */
  predictedHalf: number | null;
  /** Half-time by the escape law, with adapter 1 alone. */
  predictedEscape: number | null;
}

/** A moment, or why there is none. */
export interface NoiseRow extends Row, Predicted {
  /** Seed of the start. */
  member: string;
  /** Flow time; for gradient descent, steps times step size. */
  time: number;
  /** The assumption that fails; empty if none does. */
  why: string;
}

/** Nothing is said. */
export const SILENT: Predicted = {
  ...{ predicted: null, predictedGap: null, predictedX1: null },
  ...{ predictedX2: null, predictedHalf: null, predictedEscape: null },
};

/** The course of one start, or why there is none. */
function courseOf(
  problem: Problem,
  adapters: Adapters,
  times: readonly number[],
): Omit<NoiseRow, "member">[] {
  try {
    const escape = escapeTimeOf(problem, adapters);
    const { losses, gaps, x1, x2, half } = noiseCourse(problem, adapters, times);
    return times.map((time, i) => ({
      ...{ time, predicted: losses[i], predictedGap: gaps[i], predictedX1: x1[i] },
      ...{ predictedX2: x2[i], predictedHalf: half, predictedEscape: escape, why: "" },
    }));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // else an assumption fails
    const why = reasonOf(error);
    return times.map((time) => ({ time, ...SILENT, why }));
  }
}

/** The noise equations for runs of the flow, at the same seeds. */
export const noiseRun: Task<RunsCell, NoiseRow> = task(
  import.meta.url,
  "noiseRun",
  (cell: RunsCell) => {
    const whole = problemOf(cell.problem);
    return cell.members.flatMap((member) => {
      const { problem, adapters } = startedFlow(cell, member, whole);
      return courseOf(problem, adapters, cell.times).map((row) => ({ member, ...row }) as NoiseRow);
    });
  },
);
