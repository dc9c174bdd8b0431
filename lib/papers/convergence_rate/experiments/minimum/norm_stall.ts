/**
 * F16, C31: the schedule `norm` stalls at a gradient that its `α` sets.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
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
  scaleWords,
} from "../../../../figure/mod.ts";
import { type ProblemLike, problemNames, problemOf } from "../../problems.ts";
import { course } from "../../simulation/courses.ts";
import { topCurvature } from "../../simulation/minimum.ts";
import { normStall } from "../../theory/local.ts";

/** A run at a step. */
export interface StallRow extends Row {
  /** `α`. */
  alpha: number;
  /** Steps done. */
  t: number;
  /** Learning rate. */
  eta: number;
  /** `‖∇J‖`. */
  gradient: number;
  /** `λ_max` at the minimum. */
  curvature: number;
}

/**
 * Parameters of {@linkcode normStalls}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const stallParameters = {
  problem: param.value<ProblemLike>(
    "quadratic",
    `loss and start: ${problemNames.join(", ")}, or your own`,
    problemOf,
    `one of ${problemNames.join(", ")}, or { loss, start }`,
  ),
  alphas: param.numbers([0.01, 0.03, 0.1], "α of the rule norm", { above: 0 }),
  steps: param.integer(10_000, "steps", { least: 100 }),
};

type Parameters = Values<typeof stallParameters>;

function draw(rows: readonly StallRow[], p: Parameters): Figure {
  const capped = rows[0].curvature < 2;
  const name = (alpha: number) => `/{α} = ${formatNumber(alpha)}`;
  const panel = (title: string, label: string, [of, theory]: [
    (row: StallRow) => number,
    (stall: ReturnType<typeof normStall>) => number,
  ]): Drawing => ({
    title,
    x: { label: "steps /{t}", type: "log" },
    y: { label, type: "log" },
    series: p.alphas.map((alpha) => {
      const own = where(rows, "alpha", alpha).filter(({ t, eta }) => t > 0 && eta > 0);
      const marks = own.map((row) => ({ x: row.t, y: of(row) }));
      const level = theory(normStall(alpha, own[0].curvature));
      return {
        name: name(alpha),
        ...(level > 0 ? { line: [1, p.steps].map((x) => ({ x, y: level })) } : {}),
        marks,
        thin: marks,
      };
    }),
  });
  const drawings = [
    panel("gradient", "‖∇/{J}‖", [(row) => row.gradient, (stall) => stall.gradient]),
    panel("learning rate", "/{η}", [(row) => row.eta, (stall) => stall.eta]),
  ];
  return figureOf(drawings, {
    columns: 2,
    legend: legendOf(drawings[0].series.map(({ thin: _, ...series }) => series)),
    caption:
      `The schedule norm, η = min{α/‖∇J‖^½, 1}, on the problem ${problemOf(p.problem).name} for ${
        scaleWords(p.steps)
      } ` +
      "steps (symbols). " + (capped
        ? `Line: the cap 1. At the minimum λ_max = ${
          formatNumber(rows[0].curvature)
        } < 2, so that no step up to the cap stalls.`
        : "Lines: the levels (αλ_max/2)² and 2/λ_max, with λ_max at the minimum."),
  });
}

/**
 * Courses of the rule `norm`, with the largest curvature at the minimum (found by `simple`).
 *
 * Rows: points of the runs.
 * Source: rule the paper's, finding ours.
 */
export const normStalls: Experiment<typeof stallParameters, StallRow[], Figure> = experiment({
  name: "stall of the schedule norm",
  about: "The schedule norm stalls at a gradient that its α sets.",
  parameters: stallParameters,
  check: ({ alphas }, refuse) => {
    if (new Set(alphas).size < alphas.length) refuse("alphas", "different numbers", alphas);
  },
  run: ({ problem: like, alphas, steps }) => {
    const problem = problemOf(like);
    const { end } = course(problem, { steps: 20_000, rule: "simple", floor: 1e-26 });
    const curvature = topCurvature({ loss: problem.loss, start: end });
    return alphas.flatMap((alpha) =>
      course(problem, { steps, rule: { name: "norm", alpha }, density: 6 }).points
        .map(({ t, eta, gradient2 }) => ({
          alpha,
          t,
          eta,
          gradient: Math.sqrt(gradient2),
          curvature,
        }))
    );
  },
  figure: draw,
  table: (rows, { alphas }) =>
    alphas.map((alpha) => {
      const last = where(rows, "alpha", alpha).filter(({ eta }) => eta > 0).at(-1)!;
      const stall = normStall(alpha, last.curvature);
      return {
        ...{ alpha, "last η": last.eta, "min{2/λ_max, 1}": stall.eta, "last ‖∇J‖": last.gradient },
        "(αλ_max/2)² (0 if λ_max < 2)": stall.gradient,
      };
    }),
});
