/**
 * What the experiment on condition numbers takes and gives, and its data.
 *
 * @module
 */
import { param, type Row, type Values } from "../../../../experiment/mod.ts";
import { type Matrix, matrix } from "../../../../linalg/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { REFERENCE } from "../../problems/draw.ts";
import { covarianceOf, orth, portableNormal, sampleCovariance } from "../../problems/linear.ts";
import { optimiser, type OptimiserLike } from "../../simulation/descent/optimiser.ts";
import { seedParameter } from "../physics.ts";

/**
 * Parameters of `conditionNumbers`.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const conditionParameters = {
  d: param.integer(
    100,
    "input dimension; outputs beyond r* change nothing from the spectral start",
    {
      least: 2,
    },
  ),
  N: param.integer(1600, "samples, at least d", { least: 2 }),
  rank: param.integer(4, "rank r* of Δ, singular values from 1 to 1/κ in equal ratios", {
    least: 1,
  }),
  r: param.integer(4, "rank of the adapter, at least r*; above it damping is needed", { least: 1 }),
  kappas: param.numbers([1, 10, 100, 1000], "condition numbers of all optimisers", { least: 1 }),
  extreme: param.numbers(
    [1e6],
    "further condition numbers of all optimisers but gradient descent",
    {
      least: 1,
      entries: 0,
    },
  ),
  optimisers: param.values<OptimiserLike>(
    ["preconditioned", "gd"],
    "optimisers; the figure has preconditioned and gd",
    (like) => optimiser(like),
    "gd, preconditioned, momentum, adam, or { name, begin }",
  ),
  eta: param.number(0.5, "step size", { above: 0 }),
  gamma: param.number(1, "factor γ of the spectral start", { above: 0 }),
  damping: param.number(0, "damping λ of the preconditioned optimiser", { least: 0 }),
  goal: param.number(1e-6, "error whose first step is noted", { above: 0, below: 1 }),
  until: param.number(1e-10, "error at which a run ends", { above: 0, below: 1 }),
  most: param.integer(30000, "most steps of a run", { least: 1 }),
  seed: seedParameter("portable draws 11 for U and 12 for X"),
};

/** Their values. */
export type ConditionParameters = Values<typeof conditionParameters>;

/** A step of a run. */
export interface ConditionRow extends Row {
  /** Name of the optimiser. */
  optimiser: string;
  /** Condition number. */
  kappa: number;
  /** Step. */
  at: number;
  /** `‖E‖_F/‖Δ‖_F`. */
  error: number;
  /** `‖ES⁻¹‖_F/√r*`: every mode counts alike. */
  scaled: number;
  /** First step with `error` below the goal; null if there is none. */
  iterations: number | null;
  /** The same of `scaled`. */
  scaledIterations: number | null;
  /** Factor per step of `error`, over the last ten steps. */
  rate: number;
  /** `"running"`, or why the run ended. */
  status: string;
}

/** `U` and `Σ̂` of the experiment. */
export function conditionData(
  p: Pick<ConditionParameters, "d" | "N" | "rank" | "seed">,
): { readonly u: Matrix; readonly covariance: Matrix } {
  const { d, N, rank, seed } = p;
  if (seed === REFERENCE) {
    return {
      u: orth(portableNormal(11, d, rank)),
      covariance: covarianceOf(portableNormal(12, N, d)),
    };
  }
  const rng = stream(seed, "condition");
  const frame = rng.stream("target").fillNormal(new Float64Array(d * rank));
  return {
    u: orth(matrix(d, rank, frame)),
    covariance: sampleCovariance(rng.stream("data"), d, N),
  };
}
