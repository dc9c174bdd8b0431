/**
 * The gradient flow from several starts at once.
 *
 * @module
 */
import { solveOde } from "../../../../ode/mod.ts";
import type { Adapters, Problem } from "../../model.ts";
import { accuracyOf, checkDone, lastOf } from "./_ends.ts";
import { equalRanks } from "./_equal_ranks.ts";
import { lanesOf, SIDE_BY_SIDE } from "./_lanes.ts";
import { AdapterFlow } from "./flow.ts";

/** One of several flows. */
export interface FlowRun {
  /** A flow of the same problem, which reads states: `adapters`, `error` and `loss`. */
  readonly flow: AdapterFlow;
  /** States at the times. */
  readonly states: readonly Float64Array[];
  /** Time at which `event` first fell to 0; null if it did not. */
  readonly event: number | null;
}

/**
 * The flow from several starts of the same shapes: `AdapterFlow` for each, to the tolerance of the
 * integrator.
 *
 * Where both layers have an adapter and are diagonal (as in the paper's problem in its common bases), up
 * to 16 runs advance side by side in common steps, which the worst of them sets; elsewhere one after the
 * other.
 *
 * @param problem The problem.
 * @param starts One start a run.
 * @param times Increasing times, the last `> 0`.
 * @param event A function of the adapters, whose first fall to 0 is timed.
 * @throws {TypeError} If shapes do not fit, or differ between the starts.
 * @throws {Error} If the integration ends early; the status says why.
 *
 * @example
 * ```ts
 * import { AdapterFlow, flowTogether, problemQ, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 }), times = [5, 9];
 * const starts = ["1", "2", "3"].map((seed) =>
 *   startAdapters(problem, { start: "zeroB", r: 2, alpha: 0.1, draws: portable(Number(seed)) })
 * );
 * const runs = flowTogether(problem, starts, times);
 * const alone = new AdapterFlow(problem, starts[1]).solve(times);
 * assertAlmostEquals(runs[1].flow.loss(runs[1].states[1]) / alone.losses[1], 1, 1e-10);
 * ```
 */
export function flowTogether(
  problem: Problem,
  starts: readonly Adapters[],
  times: readonly number[],
  event?: (adapters: Adapters) => number,
): FlowRun[] {
  equalRanks("follow the flow", problem, starts);
  const groups: FlowRun[][] = [];
  for (let from = 0; from < starts.length; from += SIDE_BY_SIDE) {
    groups.push(sideBySide(problem, starts.slice(from, from + SIDE_BY_SIDE), times, event));
  }
  return groups.flat();
}

/** One group of runs. */
function sideBySide(
  problem: Problem,
  starts: readonly Adapters[],
  times: readonly number[],
  event?: (adapters: Adapters) => number,
): FlowRun[] {
  const lanes = starts.length > 1 ? lanesOf(problem, starts) : undefined;
  const watch = (name: string, at: (y: Float64Array) => Adapters) =>
    event
      ? [{ name, direction: -1 as const, g: (_t: number, y: Float64Array) => event(at(y)) }]
      : [];
  if (!lanes) {
    return starts.map((start) => {
      const flow = new AdapterFlow(problem, start);
      const { states, solution } = flow.solve(times, {
        events: watch("", (y) => flow.adapters(y)),
      });
      return { flow, states, event: solution.events.at(0)?.t ?? null };
    });
  }
  const flow = new AdapterFlow(problem, starts[0]), end = lastOf(times);
  const all = starts.map(accuracyOf), [{ rtol }] = all, atol = Math.min(...all.map((x) => x.atol));
  const events = starts.flatMap((_, k) => {
    const state = flow.start.slice(), adapters = flow.adapters(state);
    return watch(String(k), (y) => (lanes.read(k, state, y), adapters));
  });
  const solution = solveOde((_t, y, dy) => lanes.velocity(y, dy), 0, end, lanes.start, {
    ...{ rtol, atol, times, land: true, systems: lanes.count, events },
  });
  checkDone(solution, end);
  return starts.map((_, k) => ({
    flow,
    states: solution.states.map((y) => {
      const state = new Float64Array(flow.start.length);
      lanes.read(k, state, y);
      return state;
    }),
    event: solution.events.find(({ name }) => name === String(k))?.t ?? null,
  }));
}
