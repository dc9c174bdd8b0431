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
  /** The scalar formula with `‖A₀‖_op` and `σ₁`; null from a start whose `B₀` is more than 1 % of `A₀`. */
  top: number | null;
  /** `2/(σ₁ + σ₂)`, where the mixed directions of two modes become unstable; null for one mode. */
  mixed: number | null;
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

/** The step at which the mixed directions of two learnt modes become unstable, if there are two. */
function mixedStep({ sigma, r }: Pick<Parameters, "sigma" | "r">): number | null {
  return r > 1 && sigma.length > 1 ? 2 / (sigma[0] + sigma[1]) : null;
}

/** The smaller of the steps that theory names; infinite if it names none. */
function smaller({ top, mixed }: Pick<BoundaryRow, "top" | "mixed">): number {
  return Math.min(top ?? Infinity, mixed ?? Infinity);
}

function draw(rows: readonly BoundaryRow[], p: Parameters): Figure {
  const at = rows.map(({ a0 }) => a0), [{ top, mixed }] = rows;
  const wide = geomspace(Math.min(...at) / 1.5, 1.5 * Math.max(...at), 40);
  const scalar = wide.map((x) => ({ x, y: divergenceStep(x, p.sigma[0]) }));
  const series = [
    ...top === null ? [] : [{ name: "top mode alone", line: scalar }],
    ...mixed === null
      ? []
      : [{ name: "2/(/{σ}_{1} + /{σ}_{2})", line: wide.map((x) => ({ x, y: mixed })) }],
    { name: "runs", marks: rows.map(({ a0, found }) => ({ x: a0, y: found })) },
  ];
  const words = [
    ...top === null ? [] : ["the scalar formula with ‖A₀‖ and σ₁"],
    ...mixed === null
      ? []
      : ["the step at which the curvature σ₁ + σ₂ of the mixed directions becomes unstable"],
  ].join(", and ");
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
      }, from ${startWords(p.start)} of several scales (symbols). ` +
      (words ? `Lines: ${words}.` : "No line.") +
      (top === null ? " The scalar formula in ‖A₀‖ is for B₀ = 0." : ""),
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
      const flat = spectralNorm(problem.start.b) <= 0.01 * a0,
        formula = divergenceStep(a0, p.sigma[0]);
      const lines = { top: flat ? formula : null, mixed: mixedStep(p) };
      const from = 0.2 * Math.min(formula, smaller(lines));
      return { scale, a0, found: divergingStep(problem, from, p.steps), ...lines };
    }),
  figure: draw,
  table: (rows) =>
    rows.map(({ found, top, mixed, ...row }) => {
      const line = smaller({ top, mixed });
      return { ...row, found, "found / smaller line": line < Infinity ? found / line : null };
    }),
});
