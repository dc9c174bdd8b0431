/**
 * Runs to a minimiser, out of the flat region around zero, and to a verdict on a step.
 *
 * @module
 */
import { checkPositive } from "../../../check.ts";
import { slope } from "../../../experiment/table/statistics.ts";
import { stream } from "../../../random/mod.ts";
import type { Problem } from "../problems.ts";
import type { RuleLike } from "../rules.ts";
import { descend, type Moment } from "./descend.ts";
import { Descent } from "./descent.ts";

/** A run to a minimiser. */
export interface LinearRun {
  /** Where it ended. */
  readonly end: Descent;
  /** Learning rate there. */
  readonly eta: number;
  /** Factor of `‖∇J‖` per step over the last decades; NaN if it did not get there. */
  readonly rate: number;
  /** Some hundreds of points of `‖∇J‖`. */
  readonly curve: { readonly t: number; readonly gradient: number }[];
}

/**
 * LoRA gradient descent until `‖∇J‖² < 10⁻²⁴`, and the rate at which the gradient fell from `10⁻⁷` to
 * `10⁻¹¹`.
 *
 * @param problem Loss and start.
 * @param rule Learning-rate rule.
 * @param steps The most steps.
 */
export function linearRun({ loss, start }: Problem, rule: RuleLike, steps: number): LinearRun {
  const end = new Descent(loss, start), times: number[] = [], logs: number[] = [];
  const curve: { t: number; gradient: number }[] = [];
  let rateAt = NaN;
  const visit = ({ t, eta }: Moment) => {
    if (eta > 0) rateAt = eta;
    if (t % 10 === 0) curve.push({ t, gradient: end.gradient });
    if (end.gradient < 1e-7 && end.gradient > 1e-11) {
      times.push(t);
      logs.push(Math.log(end.gradient));
    }
    return end.gradient2 < 1e-24;
  };
  descend(end, { steps, rule, visit });
  const rate = end.gradient < 1e-11 && times.length > 1 ? Math.exp(slope(times, logs)) : NaN;
  const every = Math.max(1, Math.ceil(curve.length / 400));
  return { end, eta: rateAt, rate, curve: curve.filter((_, i) => i % every === 0) };
}

/**
 * Steps until `J ≤ level`; null if that many do not suffice.
 *
 * @param problem Loss and start.
 * @param options `rule`, `level` of the loss, `steps` at most.
 */
export function stepsToLevel(
  { loss, start }: Problem,
  { rule, level, steps }: { rule: RuleLike; level: number; steps: number },
): number | null {
  const run = new Descent(loss, start);
  const result = descend(run, { steps, rule, visit: () => run.loss <= level });
  return result.status === "stopped" ? result.steps : null;
}

/** A verdict on a rule from a start. */
export interface TableEntry {
  /** `converged`, `diverged` or `slow` (neither within the steps). */
  readonly state: "converged" | "diverged" | "slow";
  /** Steps done. */
  readonly steps: number;
  /** Whether the loss never rose. */
  readonly monotone: boolean;
}

/**
 * A run until `‖∇J‖ < tolerance` or `J > 10⁶`.
 *
 * Source: ours.
 *
 * @param problem Loss and start.
 * @param options `rule`, `steps` at most, `tolerance` of `‖∇J‖`.
 */
export function verdictRun(
  { loss, start }: Problem,
  { rule, steps, tolerance }: { rule: RuleLike; steps: number; tolerance: number },
): TableEntry {
  const run = new Descent(loss, start);
  let last = Infinity, monotone = true;
  const visit = () => {
    if (run.loss > last * (1 + 1e-12)) monotone = false;
    last = run.loss;
    return run.gradient < tolerance || run.loss > 1e6;
  };
  const result = descend(run, { steps, rule, visit });
  const state = run.gradient < tolerance
    ? "converged"
    : run.loss > 1e6 || result.status.startsWith("diverged")
    ? "diverged"
    : "slow";
  return { state, steps: result.steps, monotone };
}

/**
 * Smallest constant step at which a run diverges (`J > 10⁸`): a scan by 5 % from `low`, then bisection.
 *
 * @param problem Loss and start.
 * @param low Step below it.
 * @param steps The most steps of a run; more find slower divergence.
 * @returns The step, or NaN if none up to a thousand times `low` diverges.
 */
export function divergingStep({ loss, start }: Problem, low: number, steps = 2000): number {
  checkPositive("find the diverging step", "low", low);
  const diverges = (eta: number) => {
    const run = new Descent(loss, start);
    descend(run, { steps, rule: eta, visit: () => run.loss > 1e8 || run.gradient < 1e-9 });
    return !(run.loss <= 1e8);
  };
  let high = low, below = low;
  while (!diverges(high)) {
    if (high > 1000 * low) return NaN;
    below = high;
    high *= 1.05;
  }
  for (let turn = 0; turn < 12; turn++) {
    const middle = (below + high) / 2;
    if (diverges(middle)) high = middle;
    else below = middle;
  }
  return high;
}

/**
 * Largest eigenvalue of the Hessian of `J` at a point, by power iteration on differences of gradients.
 *
 * @param problem Loss, and the point as its start.
 * @param turns Number of iterations.
 */
export function topCurvature({ loss, start }: Problem, turns = 300): number {
  const here = new Descent(loss, start), there = new Descent(loss, start);
  here.measure();
  const size = here.b.data.length + here.a.data.length;
  // No direction is orthogonal to a random one.
  let move = stream("top curvature").fillNormal(new Float64Array(size)), value = NaN;
  for (let turn = 0; turn < turns; turn++) {
    const length = Math.hypot(...move), h = 1e-5 / length;
    const split = here.b.data.length;
    here.b.data.forEach((x, i) => there.b.data[i] = x + h * move[i]);
    here.a.data.forEach((x, i) => there.a.data[i] = x + h * move[split + i]);
    there.measure();
    const next = new Float64Array(size);
    here.gradientB.data.forEach((g, i) => next[i] = (there.gradientB.data[i] - g) / h);
    here.gradientA.data.forEach((g, i) => next[split + i] = (there.gradientA.data[i] - g) / h);
    const grown = Math.hypot(...next);
    if (grown === 0) return 0;
    value = grown / length;
    move = next.map((x) => x / grown);
  }
  return value;
}
