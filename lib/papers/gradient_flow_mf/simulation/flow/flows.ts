/**
 * The gradient flow from several starts at once.
 *
 * @module
 */
import type { Matrix } from "../../../../linalg/mod.ts";
import { solveOde } from "../../../../ode/mod.ts";
import type { SignalDirections } from "../../measures.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkDone, lastOf } from "./_ends.ts";
import { equalRanks } from "./_equal_ranks.ts";
import { lanesOf, SIDE_BY_SIDE } from "./_lanes.ts";
import { AdapterFlow } from "./flow.ts";

/** A flow, as far as it was asked for. */
export interface FlowRun {
  /** The flow; its `adapters` reads states. */
  readonly flow: AdapterFlow;
  /** States at the times. */
  readonly states: readonly Float64Array[];
  /** First time with `uᵀEv = σ/2`, if it came. */
  readonly half: number | null;
}

/** `Wᵀx`, or `W x`. */
function image({ rows, columns, data }: Matrix, x: Float64Array, transposed: boolean) {
  const out = new Float64Array(transposed ? columns : rows);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      if (transposed) out[j] += data[at] * x[i];
      else out[i] += data[at] * x[j];
    }
  }
  return out;
}

/** Entries of a vector that are not zero, with their places. */
const entries = (x: Float64Array) =>
  [...x].flatMap((value, i) => value === 0 ? [] : [[i, value] as const]);

/**
 * `uᵀEv` of run `k` of `count` side by side, from the factors alone: `uᵀΔv − (uᵀL)(Rv)`.
 */
function signalOf(
  { w2, w1, target }: Problem,
  [r, r2 = 0]: readonly number[],
  { u, v }: SignalDirections,
  count: number,
): (k: number, y: Float64Array) => number {
  const h = w2.columns, n = target.columns, m = target.rows;
  const a1 = h * r, b2 = a1 + r * n, a2 = b2 + m * r2;
  const left = entries(image(w2, u, true)), us = entries(u), vs = entries(v);
  const whole = us.reduce((sum, [i, x]) => sum + x * image(target, v, false)[i], 0);
  const ahead = w1 ? image(w1, v, false) : new Float64Array(h);
  const a = new Float64Array(r), hidden = new Float64Array(h);
  return (k, y) => {
    let sum = whole;
    for (let j = 0; j < r; j++) {
      a[j] = 0;
      for (const [i, x] of vs) a[j] += y[(a1 + j * n + i) * count + k] * x;
      for (const [i, x] of left) sum -= x * y[(i * r + j) * count + k] * a[j];
    }
    if (r2 === 0) return sum;
    for (let i = 0; i < h; i++) {
      hidden[i] = ahead[i];
      for (let j = 0; j < r; j++) hidden[i] += y[(i * r + j) * count + k] * a[j];
    }
    for (let j = 0; j < r2; j++) {
      let passed = 0, taken = 0;
      for (let i = 0; i < h; i++) passed += y[(a2 + j * h + i) * count + k] * hidden[i];
      for (const [i, x] of us) taken += x * y[(b2 + i * r2 + j) * count + k];
      sum -= taken * passed;
    }
    return sum;
  };
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
 * @param along Directions of the signal, for the half-times.
 * @throws {TypeError} If shapes do not fit, or differ between the starts.
 * @throws {Error} If the integration ends early; the status says why.
 *
 * @example
 * ```ts
 * import { AdapterFlow, flowTogether, problemQ, signalDirections, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 }), times = [5, 9];
 * const starts = ["1", "2", "3"].map((seed) =>
 *   startAdapters(problem, { start: "zeroB", r: 2, alpha: 0.1, draws: portable(Number(seed)) })
 * );
 * const runs = flowTogether(problem, starts, times, signalDirections(problem));
 * const alone = new AdapterFlow(problem, starts[1]).solve(times);
 * assertAlmostEquals(runs[1].flow.loss(runs[1].states[1]) / alone.losses[1], 1, 1e-10);
 * ```
 */
export function flowTogether(
  problem: Problem,
  starts: readonly Adapters[],
  times: readonly number[],
  along: SignalDirections,
): FlowRun[] {
  equalRanks("follow the flow", problem, starts);
  const groups: FlowRun[][] = [];
  for (let from = 0; from < starts.length; from += SIDE_BY_SIDE) {
    groups.push(sideBySide(problem, starts.slice(from, from + SIDE_BY_SIDE), times, along));
  }
  return groups.flat();
}

/** One group of runs. */
function sideBySide(
  problem: Problem,
  starts: readonly Adapters[],
  times: readonly number[],
  along: SignalDirections,
): FlowRun[] {
  const flows = starts.map((start) => new AdapterFlow(problem, start));
  const lanes = starts.length > 1 ? lanesOf(problem, starts) : undefined, count = lanes?.count ?? 1;
  const signal = signalOf(problem, flows[0].ranks, along, count), half = along.sigma / 2;
  const event = (k: number) => ({
    ...{ name: String(k), direction: -1 as const },
    g: (_t: number, y: Float64Array) => signal(k, y) - half,
  });
  if (!lanes) {
    return flows.map((flow) => {
      const { states, solution } = flow.solve(times, { events: [event(0)] });
      return { flow, states, half: solution.events.at(0)?.t ?? null };
    });
  }
  const end = lastOf(times), { rtol } = flows[0].accuracy;
  const atol = Math.min(...flows.map(({ accuracy }) => accuracy.atol));
  const solution = solveOde((_t, y, dy) => lanes.velocity(y, dy), 0, end, lanes.start, {
    ...{ rtol, atol, times, land: true, systems: count, events: flows.map((_, k) => event(k)) },
  });
  checkDone(solution, end);
  return flows.map((flow, k) => ({
    flow,
    states: solution.states.map((y) => {
      const state = new Float64Array(flow.start.length);
      lanes.read(k, state, y);
      return state;
    }),
    half: solution.events.find(({ name }) => name === String(k))?.t ?? null,
  }));
}
