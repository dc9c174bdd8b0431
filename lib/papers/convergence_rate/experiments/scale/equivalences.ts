/**
 * C28: α-scaling and LoRA+ are plain LoRA in other coordinates, step by step.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  type Row,
  type Values,
} from "../../../../experiment/mod.ts";
import { add, type Matrix, multiply } from "../../../../linalg/mod.ts";
import { rescaled } from "../../losses.ts";
import { type ProblemLike, problemNames, problemOf } from "../../problems.ts";
import { rateRule } from "../../rules.ts";
import { Descent } from "../../simulation/descent.ts";
import { plainAdapters } from "../../theory/scale.ts";
import { ruleParameter } from "../physics.ts";

/** Two runs that should be one. */
export interface EquivalenceRow extends Row {
  /** `scale` or `LoRA+`. */
  kind: "scale" | "LoRA+";
  /** `s` or `ρ`. */
  value: number;
  /** Largest difference of the updates over all steps. */
  difference: number;
  /** The same with the plain run's step 1 % too long. */
  control: number;
}

/**
 * Parameters of {@linkcode equivalences}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const equivalenceParameters = {
  problem: param.value<ProblemLike>(
    "quadratic",
    `loss and start: ${problemNames.join(", ")}, or your own`,
    problemOf,
    `one of ${problemNames.join(", ")}, or { loss, start }`,
  ),
  scales: param.numbers([0.3, 2, 5.5], "scales s of W₀ + sBA", { above: 0 }),
  ratios: param.numbers([0.3, 3, 7.7], "ratios ρ = η_B/η_A of LoRA+", { above: 0 }),
  rule: ruleParameter("paper", "rule of the plain run"),
  steps: param.integer(500, "steps", { least: 1 }),
};

function distance(a: Matrix, b: Matrix, times: number): number {
  return add(a, b, -times).data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/** Largest difference of two runs over all steps; `plain` gives the learning rate, longer by `stretch`. */
function apart(
  { plain, other, times }: { plain: Descent; other: Descent; times: number },
  { rule, steps, stretch }: {
    rule: Values<typeof equivalenceParameters>["rule"];
    steps: number;
    stretch: number;
  },
  move: (eta: number) => void,
): number {
  const { rate } = rateRule(rule);
  let worst = 0;
  for (let t = 0; t < steps; t++) {
    plain.measure();
    other.measure();
    const eta = rate(plain.sizes, t);
    move(eta);
    plain.step(stretch * eta);
    worst = Math.max(
      worst,
      distance(multiply(plain.b, plain.a), multiply(other.b, other.a), times),
    );
  }
  return worst;
}

/**
 * Runs of `W₀ + sBA` and of LoRA+ beside their plain equivalents: `√s V` with step `sη`, and scale `√ρ` in
 * `(B/√ρ, A)`.
 *
 * Rows: one a scale or ratio.
 * Source: ours.
 */
export const equivalences: Experiment<typeof equivalenceParameters, EquivalenceRow[]> = experiment({
  name: "equivalent scalings",
  about: "α-scaling and LoRA+ are plain LoRA in other coordinates.",
  parameters: equivalenceParameters,
  run: ({ problem, scales, ratios, rule, steps }) => {
    const { loss, start } = problemOf(problem);
    const scaled = (s: number, stretch: number) => {
      const plain = new Descent(loss, plainAdapters(start, s));
      const other = new Descent(rescaled(loss, { scale: s }), start);
      const both = { plain, other, times: s };
      return apart(both, { rule, steps, stretch }, (eta) => other.step(eta / s));
    };
    const plus = (ratio: number, stretch: number) => {
      const root = Math.sqrt(ratio), b = { ...start.b, data: start.b.data.map((x) => x / root) };
      const plain = new Descent(rescaled(loss, { scale: root }), { b, a: start.a });
      const other = new Descent(loss, start), both = { plain, other, times: 1 / root };
      return apart(both, { rule, steps, stretch }, (eta) => other.step(ratio * eta, eta));
    };
    const row = (kind: EquivalenceRow["kind"], value: number): EquivalenceRow => {
      const of = kind === "scale" ? scaled : plus;
      return { kind, value, difference: of(value, 1), control: of(value, 1.01) };
    };
    return [...scales.map((s) => row("scale", s)), ...ratios.map((rho) => row("LoRA+", rho))];
  },
});
