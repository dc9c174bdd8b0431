/**
 * The steps that rules allow along a run, beside the longest that a search finds.
 *
 * @module
 */
import type { Row } from "../../../experiment/table/row.ts";
import { multiply } from "../../../linalg/mod.ts";
import type { Loss } from "../losses.ts";
import type { Problem } from "../problems.ts";
import { rateRule, type RuleLike } from "../rules.ts";
import { descend } from "./descend.ts";
import { Descent } from "./descent.ts";
import { logSteps } from "./log_steps.ts";

/** A step that is allowed at a point of a run. */
export interface AllowedRow extends Row {
  /** Steps done. */
  t: number;
  /** Name of the rule, or `search`. */
  rule: string;
  /** The step. */
  eta: number;
}

/**
 * A step up to which every one of a fine scan halves the first-order decrease at least: growing by a twentieth
 * from a certified one to the first that does not, then bisection.
 */
function searchedStep(loss: Loss, run: Descent, certified: number): number {
  const probe = new Descent(loss, run);
  const holds = (eta: number) => {
    probe.moveTo(run);
    probe.gradientB.data.set(run.gradientB.data);
    probe.gradientA.data.set(run.gradientA.data);
    probe.step(eta);
    const after = loss.evaluate(multiply(probe.b, probe.a, probe.x), probe.full);
    return after <= run.loss - eta * run.gradient2 / 2;
  };
  let low = certified;
  for (let turn = 0; turn < 500 && holds(1.05 * low); turn++) low *= 1.05;
  let high = 1.05 * low;
  for (let turn = 0; turn < 40; turn++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The steps of rules along a run of one of them, and the first length at which half the first-order decrease is
 * missed (`search`).
 *
 * Source: ours.
 *
 * @param problem Loss and start.
 * @param options `rules` to compare, `along` the rule of the run, `steps` its length.
 */
export function allowedSteps(
  { loss, start }: Problem,
  { rules, along, steps }: {
    rules: readonly RuleLike[];
    along: RuleLike;
    steps: number;
  },
): AllowedRow[] {
  const run = new Descent(loss, start), wanted = new Set(logSteps(steps, 6));
  const own = rules.map(rateRule), { rate: certified } = rateRule("simple");
  const out: AllowedRow[] = [];
  descend(run, {
    steps,
    rule: along,
    visit: ({ t }) => {
      // Close to a minimum the decrease drowns in rounding.
      if (!wanted.has(t) || run.gradient2 < 1e-8) return;
      for (const { name, rate } of own) out.push({ t, rule: name, eta: rate(run.sizes, t) });
      out.push({ t, rule: "search", eta: searchedStep(loss, run, certified(run.sizes, t)) });
    },
  });
  return out;
}
