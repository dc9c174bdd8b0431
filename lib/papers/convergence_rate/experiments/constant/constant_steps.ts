/**
 * Table of constant steps and certified rules on a matrix: what converges, and after how many steps.
 *
 * @module
 */
import { type Experiment, experiment, param, type Row, where } from "../../../../experiment/mod.ts";
import { formatNumber } from "../../../../figure/mod.ts";
import { type TableEntry, verdictRun } from "../../simulation/minimum.ts";
import {
  checkTarget,
  repeats,
  ruleNamesOf,
  rulesParameter,
  targetParameters,
  targetProblem,
} from "../physics.ts";

/** A run. */
export interface VerdictRow extends Row {
  /** Scale of the start. */
  scale: number;
  /** Name of the rule. */
  rule: string;
  /** What became of it. */
  state: TableEntry["state"];
  /** Steps done. */
  steps: number;
  /** Whether the loss never rose. */
  monotone: boolean;
}

/**
 * Parameters of {@linkcode constantSteps}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const constantParameters = {
  ...targetParameters({ shape: [8, 6], sigma: [3, 1.5], r: 2 }),
  scales: param.numbers([0.1, 0.3, 1, 3], "scales of the start", { above: 0 }),
  rules: rulesParameter(
    [0.01, 0.03, 0.1, 0.3, 1, "paper", "simple"],
    "rules; a number is a constant step",
  ),
  steps: param.integer(8000, "the most steps", { least: 1 }),
  tolerance: param.number(1e-8, "a run has converged at this ‖∇J‖", { above: 0 }),
};

/**
 * Runs of each rule from each scale until they converge, diverge or run out of steps.
 *
 * Rows: one a run. The table has a row a scale: steps, `div`, or `> steps`.
 * Source: ours.
 */
export const constantSteps: Experiment<typeof constantParameters, VerdictRow[]> = experiment({
  name: "constant steps on a matrix",
  about: "Which constant steps converge from which scale of the start, beside certified rules.",
  parameters: constantParameters,
  check: (p, refuse) => {
    checkTarget(p, refuse as never);
    if (repeats(ruleNamesOf(p.rules))) refuse("rules", "rules of different names", p.rules);
  },
  run: (p) => {
    const names = ruleNamesOf(p.rules), { steps, tolerance } = p;
    return p.scales.flatMap((scale) =>
      p.rules.map((rule, i) => (
        {
          scale,
          rule: names[i],
          ...verdictRun(targetProblem(p, scale), { rule, steps, tolerance }),
        }
      ))
    );
  },
  table: (rows, p) =>
    p.scales.map((scale) => ({
      "scale of A₀": scale,
      ...Object.fromEntries(
        where(rows, "scale", scale).map(({ rule, state, steps, monotone }) => [
          rule,
          state === "converged"
            ? `${steps}`
            : state === "diverged"
            ? "div"
            : `> ${formatNumber(p.steps)}${monotone ? " (monotone)" : ""}`,
        ]),
      ),
    })),
});
