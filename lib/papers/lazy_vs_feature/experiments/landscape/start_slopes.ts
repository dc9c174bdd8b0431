/**
 * The slope at the start, `|Φ′(0)|`, for random signs, against the number of neurons.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  median,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Drawing, type Figure, figureOf, formatNumber } from "../../../../figure/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { activationLabel, ACTIVATIONS } from "../../activations.ts";
import { drawSignSums } from "../../simulation/signs.ts";
import { frozenSlope, hasNoLinearPart } from "../../theory/mod.ts";
import { activationsParameter } from "../physics.ts";

/** Perturbations that depend on the number of neurons: `κ`, or `ξ = κ√k` held fixed. */
export type SizeRule = { readonly kappa: number } | { readonly xi: number };

/** `κ` of a rule at `k` neurons. */
export function kappaOf(rule: SizeRule, k: number): number {
  return "kappa" in rule ? rule.kappa : rule.xi / Math.sqrt(k);
}

/** A rule in words with the markup of labels. */
export function sizeWords(rule: SizeRule): string {
  return "kappa" in rule ? `/{κ} = ${formatNumber(rule.kappa)}` : `/{ξ} = ${formatNumber(rule.xi)}`;
}

/** The same without markup, for columns. */
export function sizeName(rule: SizeRule): string {
  return sizeWords(rule).replace(/\/\{(.)\}/, "$1");
}

/** Fails unless it is a rule. */
export function checkSize(rule: SizeRule): void {
  const value = typeof rule !== "object" || rule === null
    ? NaN
    : "kappa" in rule
    ? rule.kappa
    : rule.xi;
  if (!(value > 0 && value < Infinity && Object.keys(rule).length === 1)) {
    throw new RangeError("it is { kappa } or { xi } with a number > 0");
  }
}

/**
 * Parameters of {@linkcode startSlopes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const startSlopeParameters = {
  activations: activationsParameter([ACTIVATIONS.h3, ACTIVATIONS.relu, ACTIVATIONS.erf]),
  k: param.integers([17, 65, 257, 1025], "neurons of the orthonormal base, odd", { least: 1 }),
  sizes: param.values<SizeRule>(
    [{ kappa: Math.SQRT1_2 }, { xi: 1 }],
    "perturbations: { kappa }, fixed per neuron, or { xi }, fixed in all",
    checkSize,
    "{ kappa } or { xi }",
  ),
  draws: param.integer(100_000, "pairs of signs behind each median", { least: 100 }),
  seed: param.seed(),
};

type Parameters = Values<typeof startSlopeParameters>;

/** Median slope of one activation, size and number of neurons. */
export interface StartSlopeRow extends Row {
  /** Name of the activation. */
  activation: string;
  /** Perturbation in words. */
  size: string;
  /** Neurons. */
  k: number;
  /** Median of `|Φ′(0)|`. */
  median: number;
  /** 45 % quantile. */
  low: number;
  /** 55 % quantile. */
  high: number;
  /** Root of the mean square. */
  rms: number;
  /** Draws. */
  draws: number;
}

function run(p: Parameters): StartSlopeRow[] {
  const draws = new Map(p.k.map((k) => {
    const rng = stream(p.seed, "start slopes", k);
    return [k, Array.from({ length: p.draws }, () => drawSignSums(rng, k))];
  }));
  return p.sizes.flatMap((size) =>
    p.activations.flatMap((sigma) =>
      p.k.map((k): StartSlopeRow => {
        const landscape = { activation: sigma, k, kappa: kappaOf(size, k) };
        // Φ′(0) is linear in (A, q).
        const [one, two] = [[1, 0], [0, 1]].map(([A, q]) => frozenSlope({ ...landscape, A, q }, 0));
        const sizes = Float64Array.from(draws.get(k)!, ({ A, q }) => Math.abs(A * one + q * two))
          .sort();
        const at = (share: number) => sizes[Math.floor(share * (sizes.length - 1))];
        const square = sizes.reduce((sum, x) => sum + x * x, 0) / sizes.length;
        return {
          ...{ activation: activation(sigma).name, size: sizeName(size), k, median: median(sizes) },
          ...{ low: at(0.45), high: at(0.55), rms: Math.sqrt(square), draws: p.draws },
        };
      })
    )
  );
}

/** Power of `k` that Lemma 6 gives: `−½` more where `μ₁ = 0`, and 1 less where `ξ` is fixed. */
export function lemmaPower(vanishes: boolean, fixedXi: boolean): number {
  return (vanishes ? -0.5 : 0) - (fixedXi ? 1 : 0);
}

function draw(rows: readonly StartSlopeRow[], p: Parameters): Figure {
  const drawings = p.sizes.map((size): Drawing => ({
    title: sizeWords(size),
    x: {
      label: "neurons /{k}",
      type: "log",
      ticks: [...p.k],
      tickFormat: (k: number) => String(k),
    },
    y: { label: "median |/{Φ}′(0)|", type: "log" },
    series: p.activations.map((sigma) => {
      const name = activation(sigma).name;
      const own = where(where(rows, "activation", name), "size", sizeName(size));
      const power = lemmaPower(hasNoLinearPart(sigma), "xi" in size), last = own.at(-1)!;
      return {
        name: activationLabel(sigma),
        marks: own.map(({ k, median }) => ({ x: k, y: median })),
        line: own.map(({ k }) => ({ x: k, y: last.median * (k / last.k) ** power })),
      };
    }),
    legend: "bottom-left",
  }));
  return figureOf(drawings, {
    columns: 2,
    caption:
      `Slope at the start for random signs, orthonormal base: median over ${p.draws} pairs (marks). Lines: the ` +
      `power of k of Lemma 6 through the last mark, k^{−1/2} lost where μ₁ = 0.`,
  });
}

/**
 * Medians of `|Φ′(0)|` over random signs against the number of neurons.
 *
 * Source: the powers: dayi25a, Lemma 6; the values: ours.
 */
export const startSlopes: Experiment<typeof startSlopeParameters, StartSlopeRow[], Figure> =
  experiment({
    name: "slope at the start",
    about: "How large the first slope is for random signs, as the number of neurons grows.",
    parameters: startSlopeParameters,
    quick: { draws: 4000 },
    run,
    figure: draw,
  });
