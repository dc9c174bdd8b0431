/**
 * Courses of single runs: gradients beside what the bounds need, and the steps that would be allowed.
 *
 * @module
 */
import { checkPositive } from "../../../check.ts";
import { multiply } from "../../../linalg/mod.ts";
import { stream } from "../../../random/mod.ts";
import { cosine, type Loss } from "../losses.ts";
import { normals } from "../adapters.ts";
import type { Problem } from "../problems.ts";
import { sineStart } from "../starts.ts";
import { rateRule, type RuleLike } from "../rules.ts";
import { descend, Descent, type Moment } from "./descent.ts";
import { logSteps } from "./digits.ts";

/** A run at a step. */
export interface CoursePoint {
  /** Steps done. */
  readonly t: number;
  /** `min ‖∇J‖²` so far. */
  readonly minGradient2: number;
  /** `S_t`. */
  readonly time: number;
  /** Loss. */
  readonly loss: number;
  /** `‖V‖²`. */
  readonly v2: number;
}

/** A run of a rule at logarithmically spaced steps. */
export function course({ loss, start }: Problem, rule: RuleLike, steps: number): CoursePoint[] {
  const run = new Descent(loss, start),
    wanted = new Set(logSteps(steps, 8)),
    out: CoursePoint[] = [];
  const visit = ({ t, minGradient2, time }: Moment) => {
    if (wanted.has(t)) out.push({ t, minGradient2, time, loss: run.loss, v2: run.v2 });
  };
  descend(run, { steps, rule, visit });
  return out;
}

/** A non-convex problem: 6 × 5 cosines, `r = 2`. */
export function cosineProblem(): Problem {
  const phases = normals([6, 5], stream("7", "cosine"), 1);
  const loss = cosine(phases, { kappa: 1, omega: 1.5, mu: 0.1 });
  return { loss, start: sineStart(loss, 2, 0.5) };
}

/** Steps that are allowed at a point of a run. */
export interface AllowedSteps {
  /** Steps done. */
  readonly t: number;
  /** Rule `paper`. */
  readonly paper: number;
  /** Rule `simple`. */
  readonly simple: number;
  /** Rule `cubic`. */
  readonly cubic: number;
  /** Largest step that halves the first-order decrease at least, by search. */
  readonly search: number;
}

/** Largest `η` with `J₊ ≤ J − η/2·‖∇J‖²`: doubling from a certified step, then bisection. */
function searchedStep(loss: Loss, run: Descent, certified: number): number {
  const probe = new Descent(loss, run),
    holds = (eta: number) => {
      probe.moveTo(run);
      probe.gradientB.data.set(run.gradientB.data);
      probe.gradientA.data.set(run.gradientA.data);
      probe.step(eta);
      const after = loss.evaluate(multiply(probe.b, probe.a, probe.x), probe.full);
      return after <= run.loss - eta * run.gradient2 / 2;
    };
  let low = certified, high = 2 * certified;
  for (let turn = 0; turn < 60 && holds(high); turn++) {
    low = high;
    high *= 2;
  }
  for (let turn = 0; turn < 40; turn++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * What step the rules allow along a run of `simple`, and what step a search finds that still gives half
 * the first-order decrease: how loose the certificates are.
 *
 * Source: ours.
 *
 * @param problem Loss and start.
 * @param steps Length of the run.
 */
export function allowedSteps({ loss, start }: Problem, steps: number): AllowedSteps[] {
  const run = new Descent(loss, start), wanted = new Set(logSteps(steps, 6));
  const [paper, simple, cubic] = (["paper", "simple", "cubic"] as const).map((name) =>
    rateRule(name).rate
  );
  const out: AllowedSteps[] = [];
  const visit = ({ t }: Moment) => {
    // Close to a minimum the decrease drowns in rounding.
    if (!wanted.has(t) || run.gradient2 < 1e-8) return;
    const certified = cubic(run, t);
    out.push({
      t,
      paper: paper(run, t),
      simple: simple(run, t),
      cubic: certified,
      search: searchedStep(loss, run, certified),
    });
  };
  descend(run, { steps, rule: "simple", visit });
  return out;
}

/** Smallest constant step at which a run on the constant-step table's problem diverges. */
export function divergingStep(problem: Problem, low: number, steps = 2000): number {
  checkPositive("find the diverging step", "low", low);
  const diverges = (eta: number) => {
    const run = new Descent(problem.loss, problem.start);
    descend(run, { steps, rule: eta, visit: () => run.loss > 1e8 || run.gradient < 1e-9 });
    return !(run.loss <= 1e8);
  };
  let high = low;
  while (!diverges(high)) {
    low = high;
    high *= 1.05;
  }
  for (let turn = 0; turn < 12; turn++) {
    const middle = (low + high) / 2;
    if (diverges(middle)) high = middle;
    else low = middle;
  }
  return high;
}
