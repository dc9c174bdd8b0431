/**
 * Runs in law that say which part of the course a time falls into.
 *
 * @module
 */
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { stream } from "../../../../random/mod.ts";
import { lossParts, signalDirections } from "../../measures.ts";
import type { Adapters, Problem } from "../../model.ts";
import { AdapterFlow } from "../flow/flow.ts";
import { type SampleOptions, sampleReduced } from "../flow/reduced.ts";

/** A draw followed over many decades of time. */
export interface RegimeCell extends SampleOptions {
  /** Times, increasing. */
  readonly times: readonly number[];
}

/** A moment of it. */
export interface RegimeMoment extends Row {
  /** Flow time. */
  at: number;
  /** Loss. */
  loss: number;
  /** Its part outside the target's row and column. */
  rest: number;
  /** The same at the half-time; null if it does not come before the last time. */
  restAtHalf: number | null;
  /** The half-time; null if it does not come. */
  half: number | null;
}

/** The draw of a regime run, under the same seed at every scale. */
export function regimeDraw(
  options: SampleOptions,
  seed: string,
): { readonly problem: Problem; readonly adapters: Adapters } {
  return sampleReduced(options, stream(seed, "regime"));
}

/** Loss of one draw of the all-random start, in reduced form, over many decades of time. */
export const regimeRun: Task<RegimeCell, RegimeMoment> = task(
  import.meta.url,
  "regimeRun",
  ({ times, ...options }: RegimeCell, { seed }) => {
    const { problem, adapters } = regimeDraw(options, seed), along = signalDirections(problem);
    const flow = new AdapterFlow(problem, adapters), half = problem.target.data[0] / 2;
    const size = Math.max(...adapters.b1.data.map(Math.abs));
    const { losses, states, solution } = flow.solve(times, {
      ...{ method: "radau5", rtol: 1e-8, atol: 1e-10 * Math.min(size, options.alpha * 10) },
      events: [{ name: "half", direction: -1, g: (_t, y) => flow.error(y).data[0] - half }],
    });
    const hit = solution.events.at(0),
      rest = (y: Float64Array) => lossParts(flow.error(y), along).rest;
    const restAtHalf = hit ? rest(hit.y) : null;
    return states.map((y, i) => (
      { at: times[i], loss: losses[i], rest: rest(y), restAtHalf, half: hit?.t ?? null }
    ));
  },
);
