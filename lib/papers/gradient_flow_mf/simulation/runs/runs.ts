/**
 * Runs of the flow or of gradient descent from several seeds at once, as a task.
 *
 * @module
 */
import { checkKeys, show } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import { type SignalDirections, signalDirections } from "../../measures.ts";
import { problemOf } from "../../shapes.ts";
import { stepsAt } from "../flow/descent.ts";
import { descendTogether } from "../flow/descents.ts";
import type { AdapterFlow } from "../flow/flow.ts";
import { flowTogether } from "../flow/flows.ts";
import type { Reduced } from "../flow/hidden.ts";
import { halfLeft, type RunCell, type RunRow, startedFlow, stateReader } from "./run.ts";

/** Several runs that differ in their seeds: of the flow, or of plain gradient descent. */
export interface RunsCell
  extends
    Pick<RunCell, "problem" | "start" | "startedBy" | "alpha" | "r" | "perFactor">,
    Pick<RunCell, "times" | "observe" | "eta"> {
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

/** States of a run at times, and what is said of all of it. */
interface Followed extends Pick<RunRow, "half" | "status"> {
  readonly flow: AdapterFlow;
  readonly moments: readonly { readonly t: number; readonly state: Float64Array }[];
}

/** The runs of one problem. */
function follow(
  started: readonly Reduced[],
  { eta = 0, times }: Pick<RunsCell, "eta" | "times">,
  along: SignalDirections,
): Followed[] {
  const [{ problem }] = started, starts = started.map(({ adapters }) => adapters);
  const event = halfLeft(problem, along);
  if (eta === 0) {
    return flowTogether(problem, starts, times, event).map(({ flow, states, event: half }) => {
      const moments = states.map((state, i) => ({ t: times[i], state }));
      return { flow, half, status: "done", moments };
    });
  }
  const wanted = stepsAt(eta, times), at = wanted.map(({ step }) => step);
  const runs = descendTogether(problem, starts, { eta, at, event });
  return runs.map(({ flow, states, status, event: half }) => {
    const found = states.map((state, k) => ({ t: wanted[k].t, state }));
    const moments = found.length > 0 ? found : [{ t: 0, state: flow.start }];
    return { flow, status, half, moments };
  });
}

/**
 * Runs from the same kind of start at several seeds: the rows of `flowRun` for each, to rounding or the
 * tolerance of the integrator, in a fraction of the time where the layers are diagonal; see
 * `descendTogether` and `flowTogether`.
 */
export const runsTogether: Task<RunsCell, MemberRow> = task(
  import.meta.url,
  "runsTogether",
  (cell: RunsCell) => {
    const what = "run from several seeds";
    checkKeys(what, cell, KEYS, "the cell");
    const { members } = cell;
    if (!Array.isArray(members) || members.length === 0) {
      throw new TypeError(
        `Cannot ${what} as members must be a list of seeds: current value is ${show(members)}`,
      );
    }
    const whole = problemOf(cell.problem);
    const started = members.map((seed) => startedFlow(cell, seed, whole));
    // The layers in the hidden directions of a start depend on how many these are, on nothing else of it.
    const [{ problem }] = started;
    const alike = started.every((each) => each.problem.w2.columns === problem.w2.columns);
    const groups = alike ? [started] : started.map((one) => [one]);
    const rows = groups.map((group) => {
      const along = signalDirections(group[0].problem);
      return follow(group, cell, along).map(({ flow, half, status, moments }, i) => {
        const { lift } = group[i], rowAt = stateReader(cell, { ...group[0], lift }, along);
        return moments.map(({ t, state }) => ({ ...rowAt(flow, t, state), half, status }));
      });
    }).flat();
    return members.flatMap((member, i) => rows[i].map((row) => ({ ...row, member }) as MemberRow));
  },
);
