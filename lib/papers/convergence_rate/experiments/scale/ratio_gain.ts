/**
 * F17, C29: what ratio of LoRA+ has the largest certified decrease?
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  geomspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
} from "../../../../figure/mod.ts";
import { innerProduct } from "../../../../linalg/mod.ts";
import { descend } from "../../simulation/descend.ts";
import { Descent } from "../../simulation/descent.ts";
import { loraPlusStep } from "../../theory/scale.ts";
import {
  checkTarget,
  ruleParameter,
  startWords,
  targetParameters,
  targetProblem,
  targetWords,
} from "../physics.ts";
import { rateRule } from "../../rules.ts";

/** Certified decrease of one LoRA+ step. */
export interface GainRow extends Row {
  /** Scale of the start. */
  scale: number;
  /** Steps of the run before it. */
  after: number;
  /** `ρ`. */
  ratio: number;
  /** Decrease over that of `ρ = 1`. */
  gain: number;
  /** `‖A‖²/‖B‖²`; infinite at `B = 0`. */
  sizes: number;
}

/**
 * Parameters of {@linkcode ratioGains}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const gainParameters = {
  ...targetParameters({ shape: [6, 5], sigma: [2, 1], r: 2 }),
  scales: param.numbers([0.5, 0.005], "scales of the start, one panel each", { above: 0 }),
  after: param.integers([0, 5, 20, 80], "numbers of steps before the LoRA+ step", { least: 0 }),
  ratios: param.numbers(geomspace(0.01, 1000, 31), "ratios ρ = η_B/η_A", { above: 0 }),
  rule: ruleParameter("simple", "rule of the run before"),
};

type Parameters = Values<typeof gainParameters>;

function draw(rows: readonly GainRow[], p: Parameters): Figure {
  const drawings = p.scales.map((scale): Drawing => ({
    title: `start × ${formatNumber(scale)}`,
    x: { label: "LoRA+ ratio /{ρ}", type: "log" },
    y: { label: "decrease relative to /{ρ} = 1", type: "log" },
    series: p.after.map((after) => ({
      name: `after ${after} steps`,
      line: where(where(rows, "scale", scale), "after", after).map(({ ratio, gain }) => ({
        x: ratio,
        y: gain,
      })),
    })),
  }));
  return figureOf(drawings, {
    columns: Math.min(2, drawings.length),
    legend: legendOf(drawings[0].series),
    caption:
      `Certified decrease ½η_A(ρ‖∇_B‖² + ‖∇_A‖²) of one LoRA+ step against its ratio, after steps of the rule ` +
      `${rateRule(p.rule).name} on ${targetWords(p)}, from ${
        startWords(p.start)
      } times the scale of the panel (lines: ` +
      "theory at the states of the run).",
  });
}

/**
 * Certified decrease of LoRA+ along a run of plain LoRA.
 *
 * Rows: one a scale, a number of steps and a ratio.
 * Source: ours.
 */
export const ratioGains: Experiment<typeof gainParameters, GainRow[], Figure> = experiment({
  name: "certified decrease of LoRA+",
  about: "What ratio of LoRA+ has the largest certified decrease?",
  parameters: gainParameters,
  check: (p, refuse) => {
    checkTarget(p, refuse as never);
    for (const key of ["scales", "after"] as const) {
      if (new Set(p[key]).size < p[key].length) refuse(key, "different numbers", p[key]);
    }
  },
  run: (p) =>
    p.scales.flatMap((scale) =>
      p.after.flatMap((after) => {
        const { loss, start } = targetProblem(p, scale), run = new Descent(loss, start);
        descend(run, { steps: after + 1, rule: p.rule, visit: ({ t }) => t === after });
        const { b, a, full, smoothness, gradientB, gradientA } = run;
        const decrease = (rho: number) =>
          loraPlusStep({ b, a, full, smoothness }, rho) / 2 *
          (rho * innerProduct(gradientB, gradientB) + innerProduct(gradientA, gradientA));
        const sizes = innerProduct(a, a) / innerProduct(b, b), unit = decrease(1);
        return p.ratios.map((ratio) => ({
          scale,
          after,
          ratio,
          gain: decrease(ratio) / unit,
          sizes,
        }));
      })
    ),
  figure: draw,
  table: (rows, { scales, after }) =>
    scales.flatMap((scale) =>
      after.map((steps) => {
        const own = where(where(rows, "scale", scale), "after", steps);
        const best = own.reduce((a, b) => (b.gain > a.gain ? b : a));
        return {
          ...{ scale, after: steps, "‖A‖²/‖B‖²": own[0].sizes },
          ...{ "best ρ of the list": best.ratio, "gain over ρ = 1": best.gain },
        };
      })
    ),
});
