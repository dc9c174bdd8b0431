/**
 * F15, C27: how long the flat region around zero holds a small start.
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
import { type Figure, figureOf, formatNumber, scaleWords } from "../../../../figure/mod.ts";
import { rateRule, type RuleLike } from "../../rules.ts";
import { stepsToLevel } from "../../simulation/minimum.ts";
import { escapeGrowth } from "../../theory/local.ts";
import {
  checkTarget,
  ruleParameter,
  startWords,
  targetParameters,
  targetProblem,
  targetWords,
} from "../physics.ts";

/** An escape. */
export interface EscapeRow extends Row {
  /** Scale of the start. */
  scale: number;
  /** Steps until `J ≤ level·‖M‖²`; null if too many. */
  steps: number | null;
}

/**
 * Parameters of {@linkcode escapeTimes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const escapeParameters = {
  ...targetParameters({ shape: [6, 5], sigma: [2, 1], r: 2 }),
  scales: param.numbers([1, 2, 3, 4, 5, 6].map((k) => 10 ** -k), "scales of the start", {
    above: 0,
  }),
  rule: ruleParameter("paper"),
  level: param.number(0.45, "level of the loss, over ‖M‖²; it starts at ½", {
    above: 0,
    below: 0.5,
  }),
  steps: param.integer(100_000, "the most steps", { least: 1 }),
};

type Parameters = Values<typeof escapeParameters>;

/** Steps per factor `e` in the start, `1/log(1 + η₀σ₁)`, with the learning rate of the rule at `V = 0`. */
export function escapePace({ sigma, rule }: { sigma: readonly number[]; rule: RuleLike }): number {
  const g = Math.hypot(...sigma), gamma = sigma[0], loss = g * g / 2;
  const zero = { smoothness: 1, loss, v2: 0, vop: 0, g, gamma, gradient: 0 };
  return 1 / Math.log(escapeGrowth({ eta: rateRule(rule).rate(zero, 0), gamma }));
}

function draw(rows: readonly EscapeRow[], p: Parameters): Figure {
  const marks = rows.flatMap(({ scale, steps }) =>
    steps === null ? [] : [{ x: Math.log(1 / scale), y: steps }]
  );
  const anchor = marks.toSorted((a, b) => a.x - b.x).at(-1);
  const pace = escapePace(p), ends = p.scales.map((scale) => Math.log(1 / scale));
  const missing = rows.length - marks.length;
  return figureOf([{
    title: "",
    x: { label: "log(1 / scale of the start)" },
    y: { label: "steps to escape" },
    series: [{
      name: "runs; slope 1/log(1 + /{η}_{0}/{σ}_{1})",
      line: anchor === undefined
        ? []
        : [Math.min(...ends) - 0.3, Math.max(...ends) + 0.3].map((x) => (
          { x, y: anchor.y + (x - anchor.x) * pace }
        )),
      marks,
    }],
    legend: "top-left",
  }], {
    caption:
      `Steps of the rule ${rateRule(p.rule).name} until J ≤ ${formatNumber(p.level)}‖M‖² on ${
        targetWords(p)
      }, from ` +
      `${startWords(p.start)} times a scale (symbols). Line: slope 1/log(1 + η₀σ₁) = ${
        formatNumber(pace, 3)
      }, laid ` +
      "through the smallest start that escapes." +
      (missing > 0 ? ` ${missing} runs needed more than ${scaleWords(p.steps)} steps.` : ""),
  });
}

/**
 * Steps out of the flat region around `V = 0` against the scale of the start.
 *
 * Rows: one a scale.
 * Source: ours.
 */
export const escapeTimes: Experiment<typeof escapeParameters, EscapeRow[], Figure> = experiment({
  name: "escape from the flat region",
  about: "How long the flat region around zero holds a small start.",
  parameters: escapeParameters,
  check: checkTarget,
  run: (p) => {
    const level = p.level * p.sigma.reduce((sum, x) => sum + x * x, 0);
    return p.scales.map((scale) => ({
      scale,
      steps: stepsToLevel(targetProblem(p, scale), { rule: p.rule, level, steps: p.steps }),
    }));
  },
  figure: draw,
  table: (rows, p) =>
    rows.map(({ scale, steps }, i) => {
      const before = rows[i - 1], last = before?.steps ?? null;
      return {
        ...{ scale, steps },
        "more than the row above": steps === null || last === null ? null : steps - last,
        "theory": before ? escapePace(p) * Math.log(before.scale / scale) : null,
      };
    }),
});
