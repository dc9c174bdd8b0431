/**
 * Gradient descent on the adapters, with any update rule.
 *
 * @module
 */
import { checkFinite, checkInteger, checkKeys, checkNonNegative, show } from "../../../check.ts";
import { updateRule, type UpdateRuleLike } from "../../../nn/mod.ts";
import type { Adapters, Problem } from "../model.ts";
import { AdapterFlow, type FlowOptions } from "./flow.ts";

/** How gradient descent is run. */
export interface DescentOptions extends FlowOptions {
  /** Step size `η`, or a function of the step, which counts from 0. */
  readonly eta: number | ((step: number) => number);
  /** Numbers of steps at which the state is wanted, increasing; the last ends the run. */
  readonly at: readonly number[];
  /** Update rule, applied to each factor by itself; gradient descent by default. */
  readonly rule?: UpdateRuleLike;
}

/** A run of gradient descent. */
export interface Descent {
  /** `"done"`, or `"diverged: step too large"`: then there are no states after that. */
  readonly status: "done" | "diverged: step too large";
  /** Numbers of steps of the states. */
  readonly at: readonly number[];
  /** The states. */
  readonly states: readonly Float64Array[];
  /** Their losses. */
  readonly losses: readonly number[];
  /** The flow that this is the Euler method of; its `adapters` reads states. */
  readonly flow: AdapterFlow;
}

/** Entries beyond this size are taken for divergence: a product of four of them overflows nothing yet. */
const LARGE = 1e30;
/** Steps between two looks at the size. */
const LOOK = 64;

/** Whether all entries are of reasonable size. */
function isBounded(y: Float64Array): boolean {
  for (let i = 0; i < y.length; i++) if (!(Math.abs(y[i]) < LARGE)) return false;
  return true;
}

/**
 * Gradient descent: all factors move at once, from their old values.
 *
 * Law: with `rule: "gd"` the explicit Euler method of the flow, so that `t = Σ η`; it needs
 * `η < 2/λ_max` of the curvature. Rates multiply the step size of a factor.
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
  checkKeys(what, options, ["eta", "at", "rule", "rates", "decay", "hook"]);
  const { eta, at, rule = "gd", rates = {}, ...rest } = options;
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
  const factors = Object.entries(flow.adapters(y)).map(([name, { data }]) => {
    const rate = rates[name as keyof typeof rates] ?? 1;
    checkNonNegative(what, `rates.${name}`, rate);
    const slope = gradient.subarray(from, from += data.length);
    return { data, slope, rate, update: made.begin(data.length) };
  });
  const states: Float64Array[] = [], losses: number[] = [];
  let step = 0, status: Descent["status"] = "done";
  for (const end of at) {
    for (; step < end && status === "done"; step++) {
      flow.rhs(step, y, gradient);
      for (let i = 0; i < gradient.length; i++) gradient[i] = -gradient[i];
      const size = typeof eta === "function" ? eta(step) : eta;
      if (typeof eta === "function") checkFinite(what, `eta(${step})`, size);
      for (const { data, slope, rate, update } of factors) {
        if (rate !== 0) update(data, slope, size * rate, step + 1);
      }
      if (step % LOOK === LOOK - 1 && !isBounded(y)) status = "diverged: step too large";
    }
    const loss = flow.loss(y);
    if (!Number.isFinite(loss) || !isBounded(y)) status = "diverged: step too large";
    if (status !== "done") break;
    states.push(y.slice());
    losses.push(loss);
  }
  return { status, at: at.slice(0, states.length), states, losses, flow };
}
