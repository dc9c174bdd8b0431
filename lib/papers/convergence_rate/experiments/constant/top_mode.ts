/**
 * F14: does the top mode alone decide the boundary of divergence of a matrix?
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
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, legendOf, scaleWords } from "../../../../figure/mod.ts";
import { spectralNorm } from "../../../../linalg/mod.ts";
import { divergingStep } from "../../simulation/minimum.ts";
import { divergenceStep } from "../../theory/constant.ts";
import {
  checkTarget,
  startWords,
  targetParameters,
  targetProblem,
  targetWords,
} from "../physics.ts";

/** A boundary that was found. */
export interface BoundaryRow extends Row {
  /** Scale of the start. */
  scale: number;
  /** `‖A₀‖_op`. */
  a0: number;
  /** Smallest step that diverged. */
  found: number;
  /** The scalar formula with `‖A₀‖_op` and `σ₁`. */
  top: number;
  /** `2/(σ₁ + σ₂)`, where the mixed directions of two modes become unstable; `2/σ₁` for one mode. */
  mixed: number;
}

/**
 * Parameters of {@linkcode topMode}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const topParameters = {
  ...targetParameters({ shape: [8, 6], sigma: [3, 1.5], r: 2 }),
  scales: param.numbers(geomspace(0.1, 10, 9), "scales of the start", { above: 0 }),
  steps: param.integer(2000, "steps within which a run diverges", { least: 10 }),
};

type Parameters = Values<typeof topParameters>;

function mixedStep({ sigma, r }: Pick<Parameters, "sigma" | "r">): number {
  return 2 / (sigma[0] + (r > 1 ? sigma[1] ?? 0 : 0));
}

function draw(rows: readonly BoundaryRow[], p: Parameters): Figure {
  const at = rows.map(({ a0 }) => a0),
    wide = geomspace(Math.min(...at) / 1.5, 1.5 * Math.max(...at), 40);
  const series = [
    { name: "top mode alone", line: wide.map((x) => ({ x, y: divergenceStep(x, p.sigma[0]) })) },
    { name: "2/(/{σ}_{1} + /{σ}_{2})", line: wide.map((x) => ({ x, y: mixedStep(p) })) },
    { name: "runs", marks: rows.map(({ a0, found }) => ({ x: a0, y: found })) },
  ];
  return figureOf([{
    title: "",
    x: { label: "‖/{A}_{0}‖_{op}", type: "log" },
    y: { label: "smallest diverging /{η}", type: "log" },
    series,
  }], {
    legend: legendOf(series),
    caption:
      `Smallest constant step that diverges within ${scaleWords(p.steps)} steps on ${
        targetWords(p)
      }, from ` +
      `${
        startWords(p.start)
      } of several scales (symbols). Lines: the scalar formula with ‖A₀‖ and σ₁, and the step at ` +
      "which the curvature σ₁ + σ₂ of the mixed directions becomes unstable.",
  });
}

/**
 * The smallest diverging constant step of a matrix, beside what the scalar model says of its top mode.
 *
 * Rows: one a scale.
 * Source: ours, a measurement.
 */
export const topMode: Experiment<typeof topParameters, BoundaryRow[], Figure> = experiment({
  name: "boundary of a matrix",
  about: "Does the top mode alone decide the boundary of divergence of a matrix?",
  parameters: topParameters,
  quick: { scales: geomspace(0.1, 10, 5) },
  check: checkTarget,
  run: (p) =>
    p.scales.map((scale) => {
      const problem = targetProblem(p, scale), a0 = spectralNorm(problem.start.a);
      const top = divergenceStep(a0, p.sigma[0]), mixed = mixedStep(p);
      return {
        scale,
        a0,
        found: divergingStep(problem, 0.2 * Math.min(top, mixed), p.steps),
        top,
        mixed,
      };
    }),
  figure: draw,
  table: (rows) =>
    rows.map(({ found, top, mixed, ...row }) => (
      { ...row, found, "found / smaller line": found / Math.min(top, mixed) }
    )),
});
