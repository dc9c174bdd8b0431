/**
 * Gradient descent on the adapters, with any update rule.
 *
 * @module
 */
import {
  checkFinite,
  checkInteger,
  checkKeys,
  checkNonNegative,
  checkPositive,
  checkSorted,
  show,
} from "../../../../check.ts";
import { updateRule, type UpdateRuleLike } from "../../../../nn/mod.ts";
import type { Adapters, Problem } from "../../model.ts";
import { largestLoss } from "./_diverged.ts";
import { FirstFall } from "./_first_fall.ts";
import { AdapterFlow, type FlowOptions } from "./flow.ts";

/** How gradient descent is run. */
export interface DescentOptions extends FlowOptions {
  /** Step size `η`, or a function of the step, which counts from 0. */
  readonly eta: number | ((step: number) => number);
  /** Numbers of steps at which the state is wanted, increasing; the last ends the run. */
  readonly at: readonly number[];
  /** Update rule, applied to each factor by itself; gradient descent by default. */
  readonly rule?: UpdateRuleLike;
  /** A function of the adapters; its first fall from above 0 to 0 is timed, see `Descent.event`. */
  readonly event?: (adapters: Adapters) => number;
}

/** A run of gradient descent. */
export interface Descent {
  /**
   * `"done"`, or `"diverged: step too large"` once the loss was 10⁶ times what there was to lose: then
   * there are no states after that.
   */
  readonly status: "done" | "diverged: step too large";
  /** Numbers of steps of the states. */
  readonly at: readonly number[];
  /** The states. */
  readonly states: readonly Float64Array[];
  /** Their losses. */
  readonly losses: readonly number[];
  /**
   * Flow time `Σ η` at which `event` first fell to 0, on the straight line between the two steps around it;
   * null if it did not, or the run diverged.
   */
  readonly event: number | null;
  /** The flow that this is the Euler method of; its `adapters` reads states. */
  readonly flow: AdapterFlow;
}

/** Steps between two looks at the loss. */
const LOOK = 64;
/** The longest walk to a time, in steps. */
const LONGEST = 1e7;

/**
 * Numbers of steps after which gradient descent has come nearest to given flow times, `t = Σ η`.
 *
 * @param eta Step size, or a function of the step, which counts from 0.
 * @param times Increasing flow times `≥ 0`.
 * @returns For each time the number of steps and the flow time that they make; times that fall on the
 * same step are there once.
 * @throws {RangeError} If the steps add up to too little within 10⁷ of them, or one is negative.
 *
 * @example A falling step size.
 * ```ts
 * import { stepsAt } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(stepsAt((step) => 1 / (step + 1), [0, 1.6]), [
 *   { step: 0, t: 0 },
 *   { step: 2, t: 1.5 },
 * ]);
 * assertEquals(stepsAt(0.1, [0.3]), [{ step: 3, t: 0.3 }]);
 * ```
 */
export function stepsAt(
  eta: number | ((step: number) => number),
  times: readonly number[],
): { step: number; t: number }[] {
  const what = "find the steps of gradient descent";
  checkSorted(what, "times", times);
  if (typeof eta !== "function") checkPositive(what, "eta", eta);
  let step = 0, sum = 0;
  const all = times.map((time) => {
    checkNonNegative(what, "times", time);
    if (typeof eta !== "function") {
      step = Math.round(time / eta);
      if (!(step <= LONGEST)) {
        throw new RangeError(
          `Cannot ${what} as eta must reach ${time} within ${LONGEST} steps: current value is ${eta}`,
        );
      }
      return { step, t: step * eta };
    }
    for (; step < LONGEST; step++) {
      const size = eta(step);
      checkNonNegative(what, `eta(${step})`, size);
      if (sum + size / 2 > time) return { step, t: sum };
      sum += size;
    }
    throw new RangeError(
      `Cannot ${what} as the step sizes must add up to ${time} within ${LONGEST} steps: ` +
        `current sum is ${sum}`,
    );
  });
  // A sum of steps that is a wanted time up to rounding is that time.
  const near = all.map(({ step, t }, i) =>
    Math.abs(t - times[i]) <= 1e-9 * times[i] ? { step, t: times[i] } : { step, t }
  );
  return near.filter(({ step }, i) => i === 0 || step > near[i - 1].step);
}

/**
 * Gradient descent: all factors move at once, from their old values.
 *
 * Law: with `rule: "gd"` the explicit Euler method of the flow, so that `t = Σ η`; it needs
 * `η < 2/λ_max` of the curvature. Rates multiply the step size of a factor. A hook is called once a
 * step, with the number of the step as its `t`, and may draw noise.
 * Source: the paper, Section 5.1, with `η = 10⁻⁴`.
 *
 * @throws {RangeError} If a step size is not finite and ≥ 0, or `at` is no increasing list of integers.
 * @throws {TypeError} If an option is unknown or a shape does not fit.
 *
 * @example
 * ```ts
 * import { descend, factorization, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 6 }), draws = portable(1);
 * const start = startAdapters(problem, { r: 2, start: "zeroB", alpha: 0.01, draws });
 * assert(descend(problem, start, { eta: 0.1, at: [300] }).losses[0] < 1e-12);
 * assertEquals(descend(problem, start, { eta: 9, at: [300] }).status, "diverged: step too large");
 * ```
 */
export function descend(problem: Problem, start: Adapters, options: DescentOptions): Descent {
  const what = "descend the gradient";
  checkKeys(what, options, ["eta", "at", "rule", "event", "rates", "decay", "hook"]);
  const { eta, at, rule = "gd", event, rates = {}, ...rest } = options;
  checkKeys(what, rates, ["b1", "a1", "b2", "a2"], "rates");
  if (typeof eta !== "function") checkNonNegative(what, "eta", eta);
  if (!Array.isArray(at) || at.length === 0) {
    throw new TypeError(
      `Cannot ${what} as at must be a list of step numbers: current value is ${show(at)}`,
    );
  }
  at.forEach((step, i) => checkInteger(what, `at[${i}]`, step, i === 0 ? 0 : at[i - 1] + 1));
  const flow = new AdapterFlow(problem, start, rest), made = updateRule(rule);
  const y = flow.start.slice(), gradient = new Float64Array(y.length);
  let from = 0;
  const here = flow.adapters(y);
  const factors = Object.entries(here).map(([name, { data }]) => {
    const rate = rates[name as keyof typeof rates] ?? 1;
    checkNonNegative(what, `rates.${name}`, rate);
    const slope = gradient.subarray(from, from += data.length);
    return { data, slope, rate, update: made.begin(data.length) };
  });
  // The same bits as the rule "gd", in one pass.
  const euler = rule === "gd" && factors.every(({ rate }) => rate === 1);
  const states: Float64Array[] = [], losses: number[] = [];
  const most = largestLoss(flow);
  const fall = event && new FirstFall(() => event(here));
  let step = 0, status: Descent["status"] = "done";
  for (const end of at) {
    for (; step < end && status === "done"; step++) {
      flow.rhs(step, y, gradient);
      if (step === 0) {
        gradient.forEach((x, i) => checkFinite(what, `velocity ${i} at the start`, x));
      }
      const size = typeof eta === "function" ? eta(step) : eta;
      if (typeof eta === "function") checkNonNegative(what, `eta(${step})`, size);
      if (euler) {
        for (let i = 0; i < y.length; i++) y[i] += size * gradient[i];
      } else {
        for (let i = 0; i < y.length; i++) gradient[i] = -gradient[i];
        for (const { data, slope, rate, update } of factors) {
          if (rate !== 0) update(data, slope, size * rate, step + 1);
        }
      }
      fall?.step(size);
      if (step % LOOK === LOOK - 1 && !(flow.loss(y) < most)) status = "diverged: step too large";
    }
    const loss = flow.loss(y);
    if (!(loss < most)) status = "diverged: step too large";
    if (status !== "done") break;
    states.push(y.slice());
    losses.push(loss);
  }
  const fell = status === "done" ? fall?.at ?? null : null;
  return { status, at: at.slice(0, states.length), states, losses, event: fell, flow };
}
