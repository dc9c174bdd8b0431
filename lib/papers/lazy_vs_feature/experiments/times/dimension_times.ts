/**
 * Steps to half an overlap against the dimension, with a base and without.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Refuse,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { checkInteger, checkKeys, checkPositive } from "../../../../check.ts";
import {
  type Figure,
  figureOf,
  formatNumber,
  type Place,
  type Series,
} from "../../../../figure/mod.ts";
import { activation, type ActivationLike, informationExponent } from "../../../../gaussian/mod.ts";
import { activationLabel } from "../../activations.ts";
import { modelOf, type ModelSpec } from "../../model_spec.ts";
import { type HittingCell, type HittingRow, hittingTimes } from "../../simulation/mod.ts";
import { OverlapFlow } from "../../theory/mod.ts";
import { lawThroughLast, medianBars, medianMarks } from "./routes.ts";

const ACTIVATION = "an activation: a name, an expression in z, or a function";

/** A model without a base, and where it is run. */
export interface SingleIndex {
  /** Activation of student and teacher. */
  readonly activation: ActivationLike;
  /** Input dimensions. */
  readonly d: readonly number[];
}

function checkSingle(value: SingleIndex): void {
  checkKeys("compare", value, ["activation", "d"]);
  activation(value.activation);
  if (!Array.isArray(value.d) || value.d.length === 0) {
    throw new TypeError("d must be a list of one dimension or more");
  }
  value.d.forEach((d, i) => checkInteger("compare", `d[${i}]`, d, 3));
}

function checkScale(value: number | "best"): void {
  if (value !== "best") checkPositive("take the step scale", "alpha", value);
}

/**
 * Parameters of {@linkcode dimensionTimes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const dimensionParameters = {
  activation: param.value<ActivationLike>(
    "h3",
    "activation of teacher and student",
    activation,
    ACTIVATION,
  ),
  d: param.integers(
    [300, 1000, 3000, 10_000, 30_000],
    "input dimensions of fine-tuning, at least k + 2",
    { least: 3 },
  ),
  k: param.integer(8, "neurons of the orthonormal base", { least: 1 }),
  kappa: param.number(Math.SQRT1_2, "perturbation per neuron κ", { above: 0 }),
  alpha: param.value<number | "best">(
    "best",
    "step scale, η = α/(d − k)",
    checkScale,
    'a number > 0, or "best": the fastest of the flow, to three digits',
  ),
  copies: param.integer(
    128,
    "runs of fine-tuning behind each median; all stop when four fifths have arrived",
    { least: 8 },
  ),
  single: param.values<SingleIndex>(
    [{ activation: "h2", d: [100, 300, 1000, 3000] }, { activation: "h3", d: [32, 64, 128, 192] }],
    "single-index models to compare with, which have no base; none leaves them out",
    checkSingle,
    "{ activation, d: [dimensions] }",
    0,
  ),
  scratch: param.value<ActivationLike>(
    "h3",
    "activation of the network that learns all weights from scratch (k = 2, κ = 1)",
    activation,
    ACTIVATION,
  ),
  scratchD: param.integers([32, 64, 96], "its dimensions; none leaves it out", {
    least: 4,
    entries: 0,
  }),
  frozenD: param.integers(
    [300, 1000, 3000],
    "dimensions of the paper's algorithm, random signs with ĉ frozen; none leaves it out",
    { least: 3, entries: 0 },
  ),
  frozenK: param.integer(9, "neurons of its base", { least: 1 }),
  frozenAlpha: param.number(0.05, "its step scale", { above: 0 }),
  rate: param.number(0.1, "step size without a base, in units of d^−max(1, p/2)", { above: 0 }),
  others: param.integer(64, "runs behind each of these medians", { least: 8 }),
  seed: param.seed(),
};

type Parameters = Values<typeof dimensionParameters>;

/** Median steps of a route in one dimension. */
export interface DimensionRow extends HittingRow {
  /** How the direction is learned. */
  route: "fine-tuning" | "frozen signs" | "GLM" | "all weights";
  /** Name of the activation. */
  activation: string;
  /** Input dimension. */
  d: number;
  /** Step size. */
  eta: number;
  /** Copies behind the median. */
  copies: number;
}

/** The fine-tuned model. */
function tuned({ activation, k, kappa }: Parameters): ModelSpec {
  return { activation, k, kappa };
}

/** Step scale of fine-tuning: what is asked for, or the fastest of the flow to `m = ½`. */
function scale(p: Parameters): number {
  if (p.alpha !== "best") return p.alpha;
  const { alpha } = new OverlapFlow(modelOf(tuned(p))).best();
  if (alpha > 0) return Number(alpha.toPrecision(3));
  throw new RangeError(
    `Cannot take alpha = "best" as some step must bring the flow to m = 1/2: none does; give a number`,
  );
}

/** Longest run of fine-tuning per dimension: three times what the flow takes, from 30 to 300. */
function longest(p: Parameters, alpha: number): number {
  const flow = new OverlapFlow(modelOf(tuned(p))).time(alpha);
  return flow < Infinity ? Math.min(300, Math.max(30, Math.ceil(3 * flow))) : 30;
}

/** Without a base the exponent counts: step size and longest run in dimension `d`. */
function alone(sigma: ActivationLike, d: number, rate: number): { eta: number; maxSteps: number } {
  const p = informationExponent(activation(sigma)), slower = Math.max(1, 0.1 / rate);
  return {
    eta: rate * d ** -Math.max(1, p / 2),
    maxSteps: Math.ceil(slower * (p > 2 ? 200 * d ** (p - 1) : 400 * d)),
  };
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<DimensionRow[]> {
  const alpha = scale(p), most = longest(p, alpha);
  const pair = { activation: p.scratch, k: 2, kappa: 1, c: "plus" as const };
  const signs = { c: "random signs", hatC: "random signs" } as const;
  const cells: HittingCell[] = [
    ...p.d.map((d) => ({
      ...{ route: "fine-tuning" as const, model: tuned(p), d },
      ...{ copies: p.copies, eta: alpha / (d - p.k), maxSteps: most * d },
    })),
    ...p.frozenD.map((d) => ({
      ...{ route: "fine-tuning" as const, model: { ...tuned(p), k: p.frozenK, ...signs }, d },
      ...{ copies: p.others, eta: p.frozenAlpha / (d - p.frozenK), maxSteps: 1000 * d },
    })),
    ...p.single.flatMap(({ activation, d: ds }) =>
      ds.map((d) => ({
        ...{ route: "GLM" as const, model: { ...tuned(p), activation }, d },
        ...{ copies: p.others, ...alone(activation, d, p.rate) },
      }))
    ),
    ...p.scratchD.map((d) => ({
      ...{ route: "all weights" as const, model: pair, d },
      ...{ copies: p.others, ...alone(p.scratch, d, p.rate) },
    })),
  ];
  const rows = await sweep({ run: hittingTimes, cells });
  return rows.map(({ steps, low, high, arrived }, i) => {
    const { route, model, d, eta, copies } = cells[i];
    return {
      route: model.hatC ? "frozen signs" as const : route as DimensionRow["route"],
      activation: activation(model.activation).name,
      ...{ d, eta, copies, steps, low, high, arrived },
    };
  });
}

/** Law of the steps of a single-index model: `d`, `d ln d`, `d^(p−1)` by its exponent. */
function lawOf(sigma: ActivationLike): { law: (d: number) => number; words: string } {
  const p = informationExponent(activation(sigma));
  if (p === 1) return { law: (d) => d, words: "d" };
  if (p === 2) return { law: (d) => d * Math.log(d), words: "d ln d" };
  return { law: (d) => d ** (p - 1), words: p === 3 ? "d²" : `d^${p - 1}` };
}

/** A power law through the last mark, as a guide. */
function guided(
  name: string,
  look: number,
  rows: readonly DimensionRow[],
  sigma: ActivationLike | "d",
) {
  const { law, words } = sigma === "d" ? { law: (d: number) => d, words: "d" } : lawOf(sigma);
  const marks = medianMarks(rows),
    bars = medianBars(rows),
    line: Place[] = lawThroughLast(marks, law);
  const series: Series[] = [
    { name, look, marks, bars },
    ...(line.length > 0 ? [{ name: "law through the last median", guide: line }] : []),
  ];
  return { series, words };
}

function draw(rows: readonly DimensionRow[], p: Parameters): Figure {
  const alpha = scale(p), perDimension = new OverlapFlow(modelOf(tuned(p))).time(alpha);
  const of = (route: DimensionRow["route"]) => where(rows, "route", route);
  const own = of("fine-tuning"), label = activationLabel(p.activation);
  const signs = guided("random /{ĉ}, frozen", 1, of("frozen signs"), "d");
  const single = p.single.map(({ activation: sigma }, i) =>
    guided(
      `no base, ${activationLabel(sigma)}`,
      2 + i,
      where(of("GLM"), "activation", activation(sigma).name),
      sigma,
    )
  );
  const scratch = guided(
    `all weights, ${activationLabel(p.scratch)}`,
    2 + p.single.length,
    of("all weights"),
    p.scratch,
  );
  const others = [
    ...(p.frozenD.length > 0 ? [signs] : []),
    ...single,
    ...(p.scratchD.length > 0 ? [scratch] : []),
  ];
  const missing = rows.filter(({ steps }) => steps === null).length;
  const tuning: Series = {
    ...{ name: `fine-tuning, ${label}, /{ĉ} = /{c}`, look: 0 },
    ...{ marks: medianMarks(own), bars: medianBars(own) },
    line: perDimension < Infinity ? p.d.map((d) => ({ x: d, y: perDimension * (d - p.k) })) : [],
  };
  return figureOf([{
    title: "",
    x: { label: "dimension /{d}", type: "log" },
    y: { label: "steps to |/{m}| = 1/2", type: "log" },
    series: [tuning, ...others.flatMap(({ series }) => series)],
    legend: "above",
  }], {
    aspect: 0.9,
    caption:
      `Median steps until |m| ≥ ½ with quartiles (fine-tuning: ${
        activation(p.activation).name
      }, k = ${p.k}, κ = ${formatNumber(p.kappa)}, α = ${formatNumber(alpha)}` +
      (p.frozenD.length > 0
        ? `; frozen signs: the paper's algorithm, k = ${p.frozenK}, α = ${p.frozenAlpha}`
        : "") +
      "). Line of fine-tuning: " +
      (perDimension < Infinity
        ? `the flow, T = ${formatNumber(perDimension)} (d − k)`
        : "none, as the flow does not arrive at this step") +
      (others.length > 0
        ? `; dotted: ${others.map(({ words }) => words).join(", ")}, through the last medians.`
        : ".") +
      (missing > 0
        ? ` ${missing} of ${rows.length} medians are missing: fewer than half of the copies arrived (fine-tuning: within ${
          longest(p, alpha)
        }d steps).`
        : ""),
  });
}

function check(p: Parameters, refuse: Refuse): void {
  const frozen = p.frozenD.find((d) => d < p.frozenK + 2);
  if (frozen !== undefined) {
    refuse("frozenD", `at least frozenK + 2 = ${p.frozenK + 2} everywhere`, frozen);
  }
  const low = p.d.find((d) => d < p.k + 2);
  if (low !== undefined) refuse("d", `at least k + 2 = ${p.k + 2} everywhere`, low);
  for (const name of ["activation", "scratch"] as const) {
    const { series } = activation(p[name]);
    if (series?.length === 1) refuse(name, "an activation that is not constant", series[0]);
  }
  const names = p.single.map((it) => activation(it.activation).name);
  if (new Set(names).size < names.length) refuse("single", "of different names", names);
}

/**
 * Steps to half an overlap against the dimension: fine-tuning a base, single-index models without
 * one, and a network that learns all weights.
 *
 * Scale: steps. Source: linear in `d` up to logarithms: dayi25a, Theorems 11–13; exponents from
 * scratch and the constant: ours.
 *
 * @example
 * ```ts
 * import { dimensionTimes } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const mine = await dimensionTimes({
 *   activation: "log(1 + exp(z))", d: [40, 80], k: 4, copies: 16,
 *   single: [{ activation: "tanh(z)", d: [20] }], scratchD: [], frozenD: [], others: 8,
 * });
 * assertEquals(mine.rows.map(({ activation, d }) => [activation, d]), [
 *   ["log(1 + exp(z))", 40], ["log(1 + exp(z))", 80], ["tanh(z)", 20],
 * ]);
 * ```
 */
export const dimensionTimes: Experiment<typeof dimensionParameters, DimensionRow[], Figure> =
  experiment({
    name: "steps against dimension",
    about: "Median steps to half an overlap against d, with a pre-trained base and without.",
    parameters: dimensionParameters,
    quick: {
      d: [300, 1000, 3000],
      copies: 64,
      single: [{ activation: "h2", d: [100, 300, 1000] }, { activation: "h3", d: [32, 64, 128] }],
      others: 48,
      frozenD: [300, 1000],
    },
    check,
    run,
    figure: draw,
  });
