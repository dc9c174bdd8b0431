/**
 * Runs of gradient descent from several seeds at once, as a task.
 *
 * @module
 */
import { checkKeys, show } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import { descend, type Descent, stepsAt } from "../flow/descent.ts";
import { descendTogether } from "../flow/descents.ts";
import { halfLeft, type RunCell, type RunRow, startedFlow, stateReader } from "./run.ts";

/** Several runs of plain gradient descent that differ in their seeds. */
export interface RunsCell
  extends
    Pick<RunCell, "problem" | "start" | "startedBy" | "alpha" | "r" | "perFactor">,
    Pick<RunCell, "times" | "observe"> {
  /** Step size, or a function of the step. */
  readonly eta: NonNullable<RunCell["eta"]>;
  /** Seeds of the starts, whole numbers as text. */
  readonly members: readonly string[];
}

/** A moment of one of the runs. */
export interface MemberRow extends RunRow {
  /** Seed of its start. */
  member: string;
}

const KEYS = [
  ...["problem", "start", "startedBy", "alpha", "r", "perFactor", "times", "observe", "eta"],
  "members",
];

/**
 * Runs of gradient descent from the same kind of start at several seeds: the rows of `flowRun` for each,
 * to rounding, in a fraction of the time where the layers are diagonal; see `descendTogether`.
 */
export const descentRuns: Task<RunsCell, MemberRow> = task(
  import.meta.url,
  "descentRuns",
  (cell: RunsCell) => {
    const what = "run gradient descents";
    checkKeys(what, cell, KEYS, "the cell");
    const { members, eta, times } = cell;
    if (!Array.isArray(members) || members.length === 0) {
      throw new TypeError(
        `Cannot ${what} as members must be a list of seeds: current value is ${show(members)}`,
      );
    }
    const started = members.map((seed) => startedFlow(cell, seed));
    const wanted = stepsAt(eta, times), at = wanted.map(({ step }) => step);
    // The layers in the hidden directions of a start depend on how many these are, on nothing else of it.
    const [{ problem }] = started;
    const alike = started.every((each) => each.problem.w2.columns === problem.w2.columns);
    const adapters = started.map((each) => each.adapters), event = halfLeft(problem);
    const runs: Descent[] = alike
      ? descendTogether(problem, adapters, { eta, at, event })
      : started.map(({ problem, adapters }) =>
        descend(problem, adapters, { eta, at, event: halfLeft(problem) })
      );
    return runs.flatMap(({ flow, states, status, event: half }, i) => {
      const rowAt = stateReader(cell, started[i]), member = members[i];
      const found = states.map((state, k) => rowAt(flow, wanted[k].t, state));
      const rows = found.length > 0 ? found : [rowAt(flow, 0, flow.start)];
      return rows.map((row) => ({ ...row, half, status, member }) as MemberRow);
    });
  },
);
