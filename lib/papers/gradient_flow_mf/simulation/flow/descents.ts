/**
 * Gradient descent from several starts at once.
 *
 * @module
 */
import { checkInteger, checkKeys, checkNonNegative, show } from "../../../../check.ts";
import type { Adapters, Problem } from "../../model.ts";
import { largestLoss } from "./_diverged.ts";
import { equalRanks } from "./_equal_ranks.ts";
import { FirstFall } from "./_first_fall.ts";
import { lanesOf, SIDE_BY_SIDE } from "./_lanes.ts";
import { descend, type Descent, type DescentOptions } from "./descent.ts";
import { AdapterFlow } from "./flow.ts";

/**
 * Plain gradient descent from several starts of the same shapes: `descend` for each, to rounding.
 *
 * Where both layers have an adapter and are diagonal (as in the paper's problem in its common bases),
 * up to 16 runs advance side by side, which takes about a quarter of the time; elsewhere one after the
 * other.
 *
 * @param problem The problem.
 * @param starts One start a run.
 * @param options Step size, numbers of steps at which states are wanted, and event, as for `descend`.
 * @throws {RangeError} If a step size is not finite and ≥ 0, or `at` is no increasing list of integers.
 * @throws {TypeError} If an option is unknown, or shapes do not fit, or differ between the starts.
 *
 * @example
 * ```ts
 * import { descend, descendTogether, problemQ, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 }), options = { eta: 0.01, at: [500, 900] };
 * const starts = ["1", "2", "3"].map((seed) =>
 *   startAdapters(problem, { start: "zeroB", r: 2, alpha: 0.1, draws: portable(Number(seed)) })
 * );
 * const runs = descendTogether(problem, starts, options);
 * const { losses } = descend(problem, starts[1], options);
 * assertAlmostEquals(runs[1].losses[1] / losses[1], 1, 1e-10);
 * ```
 */
export function descendTogether(
  problem: Problem,
  starts: readonly Adapters[],
  options: Pick<DescentOptions, "eta" | "at" | "event">,
): Descent[] {
  const what = "descend the gradient";
  checkKeys(what, options, ["eta", "at", "event"]);
  equalRanks(what, problem, starts);
  const groups: Descent[][] = [];
  for (let from = 0; from < starts.length; from += SIDE_BY_SIDE) {
    groups.push(sideBySide(what, problem, starts.slice(from, from + SIDE_BY_SIDE), options));
  }
  return groups.flat();
}

/** One group of runs. */
function sideBySide(
  what: string,
  problem: Problem,
  starts: readonly Adapters[],
  options: Pick<DescentOptions, "eta" | "at" | "event">,
): Descent[] {
  const { eta, at, event } = options, lanes = starts.length > 1 && lanesOf(problem, starts);
  if (!lanes) return starts.map((start) => descend(problem, start, options));
  if (!Array.isArray(at) || at.length === 0) {
    throw new TypeError(
      `Cannot ${what} as at must be a list of step numbers: current value is ${show(at)}`,
    );
  }
  at.forEach((step, i) => checkInteger(what, `at[${i}]`, step, i === 0 ? 0 : at[i - 1] + 1));
  if (typeof eta !== "function") checkNonNegative(what, "eta", eta);
  const runs = starts.map((start) => {
    const flow = new AdapterFlow(problem, start);
    const states: Float64Array[] = [], losses: number[] = [];
    const here = flow.start.slice(), adapters = flow.adapters(here);
    const fall = event && new FirstFall(() => event(adapters));
    return { flow, most: largestLoss(flow), fall, here, states, losses, diverged: false };
  });
  let step = 0;
  for (const end of at) {
    for (; step < end; step++) {
      const size = typeof eta === "function" ? eta(step) : eta;
      if (typeof eta === "function") checkNonNegative(what, `eta(${step})`, size);
      lanes.step(size);
      runs.forEach(({ fall, here }, i) => {
        if (!fall || fall.at !== null) return;
        lanes.read(i, here);
        fall.step(size);
      });
    }
    runs.forEach((run, i) => {
      if (run.diverged) return;
      const state = new Float64Array(run.flow.start.length);
      lanes.read(i, state);
      const loss = run.flow.loss(state);
      if (!(loss < run.most)) return void (run.diverged = true);
      run.states.push(state);
      run.losses.push(loss);
    });
    if (runs.every(({ diverged }) => diverged)) break;
  }
  return runs.map(({ flow, fall, states, losses, diverged }) => ({
    status: diverged ? "diverged: step too large" as const : "done" as const,
    at: at.slice(0, states.length),
    ...{ states, losses, flow, event: diverged ? null : fall?.at ?? null },
  }));
}
