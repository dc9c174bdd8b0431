/**
 * Runs to a minimiser and out of the flat region around zero, measured for their rates.
 *
 * @module
 */
import { slope } from "../../../experiment/table/statistics.ts";
import type { Matrix } from "../../../linalg/mod.ts";
import { lowRank, type Problem, tableProblem } from "../problems.ts";
import { sineStart } from "../starts.ts";
import { quadratic } from "../losses.ts";
import type { RuleLike } from "../rules.ts";
import { descend, Descent, type Moment } from "./descent.ts";

/** A problem `½‖BA − M‖²` whose end is looked at. */
export interface LinearCase {
  /** `exact`: rank of `M` is `r`; `gap`: one singular value more; `over`: one less; `lazy`: large `A₀`. */
  readonly name: "exact" | "gap" | "over" | "lazy";
  /** `M`. */
  readonly target: Matrix;
  /** The loss and its start. */
  readonly problem: Problem;
}

/** The four cases of the linear rate: 6 × 5 targets without random numbers. */
export const LINEAR_CASES: readonly LinearCase[] = ([
  ["exact", [2, 1], 2, 0.05],
  ["gap", [2, 1, 0.8], 2, 0.05],
  ["over", [2, 1], 3, 0.5],
  ["lazy", [2, 1], 2, 3],
] as const).map(([name, sigma, r, scale]) => {
  const target = lowRank([6, 5], sigma), loss = quadratic(target);
  return { name, target, problem: { loss, start: sineStart(loss, r, scale) } };
});

/** A run to a minimiser. */
export interface LinearRun {
  /** Where it ended. */
  readonly end: Descent;
  /** Learning rate there. */
  readonly eta: number;
  /** Factor of `‖∇J‖` per step over the last decades. */
  readonly rate: number;
  /** `‖∇J‖` at every 10th step. */
  readonly curve: { readonly t: number; readonly gradient: number }[];
}

/**
 * LoRA gradient descent until `‖∇J‖² < 10⁻²⁴`, and the rate at which the gradient fell from `10⁻⁷` to
 * `10⁻¹¹`.
 */
export function linearRun({ loss, start }: Problem, rule: RuleLike, steps = 20_000): LinearRun {
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
  const rate = times.length > 1 ? Math.exp(slope(times, logs)) : NaN;
  return { end, eta: rateAt, rate, curve };
}

/** Steps of the paper's rule from `A₀ = σ·sines` until `J ≤ 0.45‖M‖²`, on the 6 × 5 target (2, 1). */
export function escapeSteps(sigma: number): number {
  const loss = quadratic(lowRank([6, 5], [2, 1])),
    run = new Descent(loss, sineStart(loss, 2, sigma));
  const target = 0.45 * 5; // ‖M‖² = 4 + 1
  return descend(run, { steps: 100_000, visit: () => run.loss <= target }).steps;
}

/** One entry of the constant-step table. */
export interface TableEntry {
  /** `converged`, `diverged` or `slow` (neither within the steps). */
  readonly state: "converged" | "diverged" | "slow";
  /** Steps done. */
  readonly steps: number;
  /** Whether the loss never rose. */
  readonly monotone: boolean;
}

/**
 * A run on the 8 × 6 target (3, 1.5) with `r = 2` until `‖∇J‖ < 10⁻⁸` or `J > 10⁶`, at most 8000 steps.
 *
 * Source: ours.
 *
 * @param sigma Scale of `A₀`; `B₀ = 0`.
 * @param rule Learning-rate rule.
 */
export function tableRun(sigma: number, rule: RuleLike): TableEntry {
  const { loss, start } = tableProblem(sigma), run = new Descent(loss, start);
  let last = Infinity, monotone = true;
  const visit = () => {
    if (run.loss > last * (1 + 1e-12)) monotone = false;
    last = run.loss;
    return run.gradient < 1e-8 || run.loss > 1e6;
  };
  const { steps, status } = descend(run, { steps: 8000, rule, visit });
  const state = run.gradient < 1e-8
    ? "converged"
    : run.loss > 1e6 || status.startsWith("diverged")
    ? "diverged"
    : "slow";
  return { state, steps, monotone };
}
