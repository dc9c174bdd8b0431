/**
 * F14: the factor of the spectral start.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, formatNumber } from "../../../../figure/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import { add, frobeniusNorm, multiply } from "../../../../linalg/mod.ts";
import { startOf } from "../../../../nn/mod.ts";
import { REFERENCE } from "../../problems/draw.ts";
import { activationProblem } from "../../problems/activation.ts";
import { activationGradient } from "../../simulation/runs/activation.ts";
import { spectralFactor } from "../../theory/activation.ts";
import { copiesOf, meansOf } from "../parts.ts";
import { activationParameter } from "./descents.ts";

/**
 * Parameters of {@linkcode startFactors}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const factorParameters = {
  activation: activationParameter("relu"),
  d: param.integer(20, "dimension, d = k", { least: 2 }),
  rank: param.integer(2, "rank of Δ and of the adapter", { least: 1 }),
  weightSize: param.number(10, "length of the columns of W; 1 for smooth activations", {
    above: 0,
  }),
  size: param.number(1, "largest singular value of Δ", { above: 0 }),
  kappa: param.number(2, "condition number of Δ", { least: 1 }),
  N: param.integers([0, 2000], "samples; 0 is the population (relu, or no kink)", { least: 0 }),
  gammas: param.numbers(linspace(0.5, 1.5, 11), "factors, in units of 1/E σ′² (2 for ReLU)", {
    above: 0,
  }),
  copies: param.integer(5, "data sets of each N > 0", { least: 1 }),
  seed: param.seed(REFERENCE),
};

type Parameters = Values<typeof factorParameters>;

/** The error of a start. */
export interface FactorRow extends Row {
  /** Samples; 0 for the population. */
  N: number;
  /** Number of the data set. */
  copy: number;
  /** Factor. */
  gamma: number;
  /** `‖A₀B₀ − Δ‖/‖Δ‖`. */
  error: number;
}

function compute(p: Parameters): FactorRow[] {
  const problem = activationProblem(p.kappa, p.size, p),
    best = spectralFactor(p.activation, p.weightSize);
  return p.N.flatMap((N) =>
    copiesOf(p.seed, N === 0 ? 1 : p.copies).flatMap((seed, copy) => {
      const gradient = activationGradient(problem, N, seed)(problem.weight);
      return p.gammas.map((share) => {
        const gamma = share * best, { a, b } = startOf("LoRA-One", { gradient, r: p.rank, gamma });
        const error = frobeniusNorm(add(multiply(a, b), problem.target, -1)) /
          frobeniusNorm(problem.target);
        return { N, copy, gamma, error };
      });
    })
  );
}

/**
 * F14: error of the spectral start against its factor, on samples and on the population.
 *
 * Source: γ = 2 for ReLU is the paper's; `1/E σ′²` ours.
 */
export const startFactors: Experiment<
  typeof factorParameters,
  FactorRow[],
  Figure,
  Record<never, never>
> = experiment({
  name: "factor of the start",
  about: "Error of the spectral start against its factor.",
  parameters: factorParameters,
  check: (p, refuse) => {
    if (p.rank > p.d) refuse("rank", `at most d = ${p.d}`, p.rank);
    if (p.N.some((N) => N > 0 && N < p.d)) refuse("N", `0 or at least d = ${p.d}`, p.N);
  },
  run: compute,
  figure: (rows, p) => {
    const best = spectralFactor(p.activation, p.weightSize),
      gammas = p.gammas.map((share) => share * best);
    const at = (N: number) =>
      gammas.map((gamma) =>
        [
          gamma,
          where(rows, "N", N).filter((row) => row.gamma === gamma).map(({ error }) => error),
        ] as const
      );
    const finite = p.N.filter((N) => N > 0),
      ends = [Math.min(...gammas), best, Math.max(...gammas)];
    return figureOf([{
      title: "",
      x: { label: "factor /{γ} of the start" },
      y: { label: "‖/{A}_{0}/{B}_{0} − /{Δ}‖/‖/{Δ}‖", inset: 4 },
      legend: "above",
      series: [
        {
          name: `|/{γ}//{γ}_{0} − 1|, /{γ}_{0} = ${formatNumber(best)}`,
          line: ends.map((x) => ({ x, y: Math.abs(x / best - 1) })),
        },
        ...finite.map((N) => ({ name: `/{N} = ${N}`, ...meansOf(at(N)) })),
        ...(p.N.includes(0) ? [{ name: "population", ...meansOf(at(0)) }] : []),
      ],
    }], {
      caption:
        `Error of the spectral start of a layer with ${
          activation(p.activation).name
        } (d = k = ${p.d}, r = r* = ` +
        `${p.rank}, κ = ${formatNumber(p.kappa)}, ‖w‖ = ${
          formatNumber(p.weightSize)
        }) against its factor γ` +
        (finite.length > 0 ? `, on data sets (${p.copies} each, bars ± one standard error)` : "") +
        "; line: first order in Δ and 1/d, γ₀ = 1/E σ′².",
    });
  },
});
