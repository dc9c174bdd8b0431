/**
 * Problems drawn at the sizes that a reader names.
 *
 * @module
 */
import { checkInteger, checkKeys, checkNonNegative, checkPositive } from "../../../check.ts";
import { cholesky, type Matrix, matrix, multiply } from "../../../linalg/mod.ts";
import { portable, stream } from "../../../random/mod.ts";
import {
  composed,
  covarianceOf,
  type LinearProblem,
  linearProblem,
  orth,
  sampleCovariance,
} from "./linear.ts";

/** Sizes of a problem, and the law of its data. */
export interface ProblemSizes {
  /** Input dimension. */
  readonly d: number;
  /** Output dimension. */
  readonly k: number;
  /** Samples, `≥ d`. */
  readonly N: number;
  /** Singular values of `Δ`, falling; as many as its rank `r*`. */
  readonly values: readonly number[];
  /** The inputs' covariance has eigenvalues `∝ i^(−decay)` and trace `d`; 0: isotropic. */
  readonly decay?: number;
  /** Standard deviation of the label noise. */
  readonly noise?: number;
}

/** The seed under which the reference values are reproduced. */
export const REFERENCE = "reference";

/** Gaussian matrices by what they are for; under the reference seed each has its portable draws. */
function drawer(seed: string, first: number) {
  const names = ["left", "right", "inputs", "weight"];
  return (name: string, rows: number, columns: number): Matrix => {
    const count = rows * columns;
    const data = seed === REFERENCE && names.includes(name)
      ? portable(first + names.indexOf(name)).normals(count)
      : stream(seed, name, first).fillNormal(new Float64Array(count));
    return matrix(rows, columns, data);
  };
}

/** Square roots of the eigenvalues of the inputs' covariance. */
function rootsOf({ d, decay = 0 }: ProblemSizes): number[] {
  const raw = Array.from({ length: d }, (_, i) => (i + 1) ** -decay);
  const sum = raw.reduce((total, x) => total + x, 0);
  return raw.map((x) => Math.sqrt(x * d / sum));
}

/** `XᵀX/N` of whole inputs under the reference seed, else drawn in law. */
function drawCovariance(
  draw: ReturnType<typeof drawer>,
  seed: string,
  sizes: ProblemSizes,
): Matrix {
  const { d, N, decay = 0 } = sizes;
  const covariance = seed === REFERENCE
    ? covarianceOf(draw("inputs", N, d))
    : sampleCovariance(stream(seed, "inputs"), d, N);
  if (decay === 0) return covariance;
  const roots = rootsOf(sizes);
  return {
    ...covariance,
    data: covariance.data.map((x, at) => x * roots[Math.floor(at / d)] * roots[at % d]),
  };
}

/**
 * A problem with Gaussian inputs, `Δ = U diag(values) Vᵀ` with uniform frames, and a Gaussian weight.
 *
 * Law: `NΣ̂ ~ Wishart(Σ, N)`; with label noise of deviation σ the gradient gets `(σ/√N)Σ̂^½Z` (by a triangular
 * root of `Σ̂`, exact in law).
 *
 * @param sizes Sizes and laws.
 * @param seed Text; `"reference"` takes the portable draws from `first` on.
 * @param first Number of the first of these draws.
 * @throws {RangeError} If `N < d`, there are more singular values than `min(d, k)`, or a number is out of range.
 *
 * @example
 * ```ts
 * import { drawProblem, directionsOf } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const problem = drawProblem({ d: 12, k: 7, N: 60, values: [2, 1] }, "mine");
 * assertEquals(directionsOf(problem.gradient).values.length, 2);
 * ```
 */
export function drawProblem(sizes: ProblemSizes, seed: string, first = 1): LinearProblem {
  const what = "draw a problem", { d, k, N, values, decay = 0, noise = 0 } = sizes;
  checkKeys(what, sizes, ["d", "k", "N", "values", "decay", "noise"], "sizes");
  checkInteger(what, "d", d, 1);
  checkInteger(what, "k", k, 1);
  checkInteger(what, `N for d = ${d}`, N, d);
  checkInteger(
    what,
    `the number of values for d = ${d}, k = ${k}`,
    values.length,
    1,
    Math.min(d, k),
  );
  values.forEach((x, i) => checkPositive(what, `values[${i}]`, x));
  checkNonNegative(what, "decay", decay);
  checkNonNegative(what, "noise", noise);
  const draw = drawer(seed, first), n = values.length;
  const target = composed(orth(draw("left", d, n)), values, orth(draw("right", k, n)));
  const covariance = drawCovariance(draw, seed, sizes);
  const weight = draw("weight", d, k);
  if (noise === 0) return linearProblem(covariance, target, { weight });
  // Given X, the noise XᵀE/N is normal with covariance Σ̂σ²/N: any root of Σ̂ draws it.
  const z = stream(seed, "noise").fillNormal(new Float64Array(d * k));
  const lower = cholesky(covariance), scaled = noise / Math.sqrt(N);
  const extra = multiply(lower, matrix(d, k, z));
  return linearProblem(covariance, target, {
    weight,
    noise: { ...extra, data: extra.data.map((x) => x * scaled) },
  });
}
