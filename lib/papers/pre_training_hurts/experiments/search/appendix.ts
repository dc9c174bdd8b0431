/**
 * Figures F4 and F5, and the truncated series: three results on two numbers that need no run.
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
  type Figure,
  figureOf,
  formatNumber,
  listed,
  type Series,
} from "../../../../figure/mod.ts";
import type { ActivationLike } from "../../../../gaussian/mod.ts";
import { searchTime } from "../../theory/growth.ts";
import { effectivePotential } from "../../theory/linear.ts";
import { searchMatrix } from "../../theory/search_matrix.ts";
import { hermiteBias, seriesSearchMatrix } from "../../theory/series.ts";
import { activationParameter, activationWords } from "../physics.ts";

/** A point of a curve. */
export interface CurveRow extends Row {
  /** Name of the curve. */
  curve: string;
  /** Across. */
  x: number;
  /** Up. */
  y: number;
}

function seriesOf(rows: readonly CurveRow[], names: readonly string[]): Series[] {
  return names.map((name) => ({ name, line: where(rows, "curve", name) as CurveRow[] }));
}

/**
 * Parameters of {@linkcode effectivePotentials}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const potentialParameters = {
  mu: param.numbers([0, 0.3, 0.7, 0.95], "strengths μ", { least: 0, below: 1 }),
  reach: param.number(4, "largest |g|, g = artanh m", { above: 0 }),
  points: param.integer(161, "points of a curve", { least: 3 }),
};

/**
 * Figure F4: effective potential `V(g)` of the linear target, in which `g = artanh m` descends once `u` follows `m`.
 *
 * Source: potential: code of nwemadji2026when.
 */
export const effectivePotentials: Experiment<typeof potentialParameters, CurveRow[], Figure> =
  experiment({
    name: "effective potential",
    about:
      "The potential in which the overlap of the linear target descends, for several strengths.",
    parameters: potentialParameters,
    run: ({ mu: strengths, reach, points }) =>
      strengths.flatMap((mu) =>
        Array.from({ length: points }, (_, i) => {
          const g = reach * (2 * i / (points - 1) - 1);
          return { curve: `/{μ} = ${formatNumber(mu)}`, x: g, y: effectivePotential(mu, g) };
        })
      ),
    figure: (rows, { mu }: Values<typeof potentialParameters>) =>
      figureOf([{
        title: "",
        x: { label: "/{g} = artanh /{m}" },
        y: { label: "effective potential /{V}(/{g})" },
        series: seriesOf(rows, mu.map((x) => `/{μ} = ${formatNumber(x)}`)),
        legend: "above",
      }], {
        caption:
          `Linear target, μ → 1: the search descends V(g) = −(1 − μ)² ln cosh g, m = tanh g, here for μ = ${
            listed(mu)
          }. Theory only.`,
      }),
  });

/**
 * Parameters of {@linkcode hermiteBiases}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const biasParameters = {
  degrees: param.integers([2, 4, 6, 8, 10], "even degrees k", { least: 2, most: 60 }),
  points: param.integer(120, "squared norms between 0 and 1", { least: 2 }),
};

/**
 * Figure F5: the mean that an even Hermite unit has as soon as its weight has not length 1.
 *
 * Source: code of nwemadji2026when, normalised here by `√k!`.
 */
export const hermiteBiases: Experiment<typeof biasParameters, CurveRow[], Figure> = experiment({
  name: "bias of an even Hermite unit",
  about: "Mean of He_k(√r z) over √k! against the squared norm r of the weight.",
  parameters: biasParameters,
  check: ({ degrees }, refuse) =>
    degrees.forEach((k) => k % 2 === 0 || refuse("degrees", "even", k)),
  run: ({ degrees, points }) =>
    degrees.flatMap((k) =>
      Array.from({ length: points }, (_, i) => {
        const r = (i + 1) / (points + 1);
        return { curve: `/{k} = ${k}`, x: r, y: hermiteBias(k, r) };
      })
    ),
  figure: (rows, { degrees }: Values<typeof biasParameters>) =>
    figureOf([{
      title: "",
      x: { label: "/{r} = |/{w}₀|²", domain: [0, 1] },
      y: { label: "bias |/{σ}₀|/√(/{k}!)", type: "log", domain: [1e-5, 3] },
      series: seriesOf(rows, degrees.map((k) => `/{k} = ${k}`)),
      legend: "above",
    }], {
      caption: `Mean E He_k(√r z) over √k! for k = ${
        listed(degrees)
      }: zero only at r = 1. Theory only.`,
    }),
});

/**
 * Parameters of {@linkcode seriesTimes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const seriesParameters = {
  student: activationParameter("relu"),
  teacher: param.value<ActivationLike | null>(
    null,
    "activation of the teacher; null for the student's",
    (it: ActivationLike | null) => it === null || searchMatrix(0.5, it),
    "an activation, or null",
  ),
  mu: param.number(0.5, "strength μ", { above: 0, below: 1 }),
  orders: param.integers([2, 4, 8, 12, 16, 24, 32, 48, 64, 80], "largest degrees kept", {
    least: 0,
    most: 120,
  }),
};

/**
 * Search time from the truncated Hermite series over the exact one, with and without the term `j = 0` that the
 * authors' script leaves out.
 *
 * Source: series: code of nwemadji2026when; its term j = 0 and the comparison: ours.
 *
 * @example The script's recipe for ReLU is 38 % off.
 * ```ts
 * import { seriesTimes } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await seriesTimes({ orders: [16] });
 * assertAlmostEquals(rows.find(({ curve }) => curve === "without j = 0")!.y, 1.379, 1e-3);
 * ```
 */
export const seriesTimes: Experiment<typeof seriesParameters, CurveRow[], Figure> = experiment({
  name: "search time by the series",
  about: "The truncated Hermite series against the integrals, with and without its term j = 0.",
  parameters: seriesParameters,
  quick: { orders: [2, 4, 8, 16, 32] },
  run: ({ student, teacher: own, mu, orders }) => {
    const teacher = own ?? student, exact = searchTime(searchMatrix(mu, student, teacher));
    return [true, false].flatMap((constantTerm) =>
      orders.map((order) => {
        const matrix = seriesSearchMatrix(mu, student, { teacher, order, constantTerm });
        return {
          curve: constantTerm ? "whole series" : "without j = 0",
          x: order,
          y: searchTime(matrix) / exact,
        };
      })
    );
  },
  figure: (rows, p: Values<typeof seriesParameters>) =>
    figureOf([{
      title: "",
      x: { label: "largest degree kept" },
      y: { label: "/{τ} of the series / exact /{τ}" },
      series: [
        ...seriesOf(rows, ["whole series", "without j = 0"]),
        {
          name: "integrals",
          guide: [Math.min(...p.orders), Math.max(...p.orders)].map((x) => ({ x, y: 1 })),
        },
      ],
      legend: "above",
    }], {
      caption:
        `Search time from the Hermite series cut at a degree, over that from the integrals; σ = ${
          activationWords(p.student)
        }${p.teacher === null ? "" : `, σ⋆ = ${activationWords(p.teacher)}`}, μ = ${
          formatNumber(p.mu)
        }. Without j = 0: the recipe of the authors' script. Theory only.`.replace(
          /_\{([^}]*)\}/g,
          "$1",
        ),
    }),
});
