/**
 * F13: one layer with an activation, from the spectral start.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  grid,
  linspace,
  param,
  type Parameter,
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
import { activation, type ActivationLike } from "../../../../gaussian/mod.ts";
import { checkDamping } from "../training.ts";
import { REFERENCE } from "../../problems/draw.ts";
import {
  type ActivationCell,
  type ActivationRow,
  activationRun,
} from "../../simulation/runs/activation.ts";
import { optimiser, type OptimiserLike } from "../../simulation/descent/optimiser.ts";
import { activationRates, spectralFactor } from "../../theory/activation.ts";

/** The activation of an experiment. */
export function activationParameter(value: ActivationLike): Parameter<ActivationLike> {
  return param.value<ActivationLike>(
    value,
    'the activation: a name, an expression in z such as "tanh(z)", or { f, df }',
    activation,
    "a name, an expression in z, or { f, df }",
  );
}

/**
 * DescentParameters of {@linkcode activationDescents}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const descentParameters = {
  activation: activationParameter("relu"),
  d: param.integer(20, "dimension, d = k", { least: 2 }),
  rank: param.integer(2, "rank r* of Δ", { least: 1 }),
  r: param.integer(2, "rank of the adapter; above r* damping is needed", { least: 1 }),
  weightSize: param.number(10, "length of the columns of W; 1 for smooth activations", {
    above: 0,
  }),
  size: param.number(1, "largest singular value of Δ", { above: 0 }),
  kappas: param.numbers([1, 10, 100], "condition numbers of Δ", { least: 1 }),
  N: param.integers([0, 4000, 32000], "samples; 0 is the population (relu, or no kink)", {
    least: 0,
  }),
  optimisers: param.values<OptimiserLike>(
    ["preconditioned", "gd"],
    "optimisers",
    (like) => optimiser(like),
    "gd, preconditioned, momentum, adam, or { name, begin }",
  ),
  damping: param.number(0, "damping λ of the preconditioned optimiser", { least: 0 }),
  eta: param.number(0.5, "step size", { above: 0 }),
  gamma: param.number(0, "factor γ of the spectral start; 0: 1/E σ′² by theory", { least: 0 }),
  steps: param.integer(60, "steps", { least: 12 }),
  seed: param.seed(REFERENCE),
};

/** Values of the parameters. */
export type DescentParameters = Values<typeof descentParameters>;

/** A row of {@linkcode activationDescents}: a step of a run. */
export interface ActivationStep extends ActivationRow {
  /** Condition number. */
  kappa: number;
  /** Samples; 0 for the population. */
  N: number;
  /** Name of the optimiser. */
  optimiser: string;
}

/** The factor of the start. */
export function factorOf(
  p: Pick<DescentParameters, "activation" | "weightSize" | "gamma">,
): number {
  return p.gamma > 0 ? p.gamma : spectralFactor(p.activation, p.weightSize);
}

/** Whether the run is of the kind that Theorem 4.2 is about; its premise on the start is another matter. */
function inTheorem(p: DescentParameters): boolean {
  return activation(p.activation).name === "relu" && p.r === p.rank && p.damping === 0 &&
    Math.abs(factorOf(p) - 2) < 1e-9 && p.eta < 1 && p.optimisers.includes("preconditioned");
}

/** Local rates of preconditioned descent, or of plain descent on the least singular value; none where they do not hold. */
function localRates(p: DescentParameters, least?: number): readonly number[] {
  if (p.r !== p.rank || (least === undefined && p.damping !== 0)) return [];
  const rates = activationRates(p.activation, {
    ...{ size: p.weightSize, rate: p.eta },
    ...(least === undefined ? {} : { least }),
  });
  return rates[0] > 0 ? rates : [];
}

const samples = (N: number) => N === 0 ? "∞" : formatNumber(N);

function draw(rows: readonly ActivationStep[], p: DescentParameters): Figure {
  const names = distinct(rows, "optimiser"), precise = 1e-11;
  const times = linspace(0, p.steps, 31), { name } = activation(p.activation);
  const guaranteed = inTheorem(p),
    rates = p.optimisers.includes("preconditioned") ? localRates(p) : [];
  const shown = rates[1] - rates[0] < 1e-9 ? rates.slice(0, 1) : rates;
  const line = (rate: number, first: number) => times.map((x) => ({ x, y: first * rate ** x }));
  const drawings = distinct(rows, "kappa").map((kappa): Drawing => {
    const here = where(rows, "kappa", kappa);
    const series = names.flatMap((how, i) =>
      distinct(here, "N").map((N, j) => {
        const run = where(where(here, "optimiser", how), "N", N), first = run[0].error;
        const places = run.map(({ at: x, error }) => ({ x, y: error / first })).filter(({ y }) =>
          y > precise
        );
        const look = names.length * j + i;
        return {
          name: `${how}, /{N} = ${samples(N)}`,
          look,
          thin: places,
          marks: places.filter((_, at) => at % 7 === (2 * look) % 7),
        };
      })
    );
    return {
      title: `/{κ} = ${formatNumber(kappa)}`,
      x: { label: "steps /{t}" },
      y: { label: "‖/{E}_{t}‖/‖/{E}_{0}‖", type: "log" },
      series: [
        ...series,
        ...(guaranteed
          ? [{ name: "Theorem 4.2: (1 − /{η}/4)^{t}", look: 4, line: line(1 - p.eta / 4, 1) }]
          : []),
        ...shown.map((rate, i) => (
          { name: `ours: ${formatNumber(rate, 3)}^{t}`, look: 5 + i, line: line(rate, 1) }
        )),
      ],
    };
  });
  const lines = [
    ...(guaranteed ? ["the rate that Theorem 4.2 guarantees under its conditions"] : []),
    ...(shown.length === 1 ? ["the local rate of theory"] : []),
    ...(shown.length === 2 ? ["the local rates of theory for the pulls across and along w"] : []),
  ].join(", and ");
  const ended = rows.filter(({ status }) => status !== "running");
  return figureOf(drawings, {
    columns: Math.min(3, drawings.length),
    size: "page",
    aspect: 1.2,
    legend: legendOf(drawings[0].series),
    caption:
      `One layer with ${name} (d = k = ${p.d}, r* = ${p.rank}, r = ${p.r}, ‖w‖ = ${
        formatNumber(p.weightSize)
      }, η = ${formatNumber(p.eta)}, γ = ${
        formatNumber(factorOf(p))
      }): error of descent from the spectral start over ` +
      `that of the start, ${
        [
          ...(p.N.some((N) => N > 0) ? ["on samples"] : []),
          ...(p.N.includes(0) ? ["on the population (N = ∞)"] : []),
        ].join(" and ")
      }. Symbols on thin lines: runs. ${
        lines === ""
          ? "No thick lines: theory is for exact rank without damping and a stable step."
          : `Thick lines, for preconditioned descent: ${lines}.`
      }` +
      (ended.length > 0
        ? ` ${ended[0].optimiser}, κ = ${ended[0].kappa}: ${ended[0].status}.`
        : ""),
  });
}

/**
 * F13: errors of plain and preconditioned descent from the spectral start of a layer with an activation.
 *
 * Source: Theorem 4.2 the paper's for ReLU; sizes, closed forms, local rates and other activations ours.
 *
 * @example Softplus: the late rate lies between the two of theory.
 * ```ts
 * import { activationDescents } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { table } = await activationDescents({
 *   activation: "log(1 + exp(z))", weightSize: 1, size: 0.05, kappas: [1], N: [0], optimisers: ["preconditioned"],
 *   d: 6, steps: 60,
 * });
 * const [row] = table();
 * assert(row["late rate"]! > row["theory, from"]! && row["late rate"]! < row["theory, to"]!);
 * ```
 */
export const activationDescents: Experiment<
  typeof descentParameters,
  ActivationStep[],
  Figure,
  Record<never, never>
> = experiment({
  name: "activation",
  about:
    "Descent from the spectral start of a layer with an activation, on samples and the population.",
  parameters: descentParameters,
  quick: { N: [0, 4000] },
  check: (p, refuse) => {
    if (p.rank > p.d) refuse("rank", `at most d = ${p.d}`, p.rank);
    if (p.r < p.rank) refuse("r", `at least r* = ${p.rank}`, p.r);
    if (p.r > p.d) refuse("r", `at most d = ${p.d}`, p.r);
    checkDamping(p.damping, p.optimisers, refuse);
    if (p.N.some((N) => N > 0 && N < p.d)) refuse("N", `0 or at least d = ${p.d}`, p.N);
    const smooth = activation(p.activation);
    if (p.N.includes(0) && smooth.name !== "relu" && smooth.kinks.length > 0) {
      refuse("N", `without 0, as ${smooth.name} has a kink and no closed form`, p.N);
    }
  },
  run: async (p, { sweep }) => {
    const { activation, d, rank, r, weightSize, size, damping, eta, steps } = p,
      gamma = factorOf(p);
    const cells = p.optimisers.flatMap((how) =>
      grid({ kappa: p.kappas, N: p.N }).map((cell): ActivationCell => ({
        ...{
          ...cell,
          optimiser: how,
          activation,
          d,
          rank,
          r,
          weightSize,
          size,
          damping,
          eta,
          steps,
          gamma,
        },
      }))
    );
    const rows = await sweep({ run: activationRun, cells });
    return rows.map((row): ActivationStep => {
      const { kappa, N, at, error, status } = row, how = row.optimiser as OptimiserLike;
      return { kappa, N, optimiser: optimiser(how, damping).name, at, error, status };
    });
  },
  figure: draw,
  table: (rows, p) =>
    distinct(rows, "optimiser").flatMap((how) =>
      grid({ kappa: p.kappas, N: p.N }).map(({ kappa, N }) => {
        const run = where(where(where(rows, "optimiser", how), "kappa", kappa), "N", N);
        const errors = run.map(({ error }) => error),
          last = errors.length - 1,
          from = Math.max(0, last - 10);
        const least = p.size / kappa, { eta: rate } = p, plain = how === optimiser("gd").name;
        const known = plain || how === optimiser("preconditioned").name;
        const [low = null, high = null] = known ? localRates(p, plain ? least : undefined) : [];
        return {
          ...{ optimiser: how, "κ": kappa, N: N || "∞", "‖E₀‖/λ_{r*}": errors[0] / least },
          "late rate": (errors[last] / errors[from]) ** (1 / (last - from)),
          ...{ "theory, from": low, "theory, to": high },
          "largest ‖E_t‖/((1 − η/4)^t ‖E₀‖)": Math.max(
            ...errors.slice(0, 41).map((x, t) => x / errors[0] / (1 - rate / 4) ** t),
          ),
          status: run[0].status,
        };
      })
    ),
});
