/**
 * Regression on features of sampled inputs: what a linear read-out reaches, by drawing.
 *
 * @module
 */
import { checkInteger, checkKeys, checkOneOf, checkWithin } from "../../../check.ts";
import {
  dot,
  type Matrix,
  matrix,
  multiplyNT,
  multiplyTN,
  orthonormalBasis,
  solvePositive,
} from "../../../linalg/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import type { Model } from "../model.ts";

/**
 * Features of a read-out: `full`, the tangent features `σ̃′(⟨w_i, x⟩) x_j`, and `rankOne`, `ψ₀` times the
 * coordinates of `x` across `span W`, for `f* − f`; `secondLayer`, `σ̃(⟨w_i, x⟩ ± κ⟨û, x⟩)`, for `f*`.
 */
export type ReadOut = "full" | "rankOne" | "secondLayer";

/** Options of a regression. */
export interface RegressionOptions {
  /** Features; `full` when not given. */
  readonly features?: ReadOut;
  /** Input dimension `d ≥ k + 2`. */
  readonly d: number;
  /** Inputs in each of the two halves. */
  readonly samples: number;
  /** Overlap `⟨û, u⟩` of the features of `secondLayer`; 1 when not given. */
  readonly m?: number;
}

/** Writes the features of one input, given its projections on `w_1 … w_k, u` and a basis of the rest. */
type Sample = (x: Float64Array, y: Float64Array, phi: Float64Array) => number;

/** Features in `phi`; returns the label. */
function sampler(model: Model, features: ReadOut, m: number): Sample {
  const { k, lambda, c, xi, kappa, r0, activation } = model, { f, df } = activation;
  const across = Math.sqrt(1 - m * m), slopes = new Float64Array(k);
  return (x, y, phi) => {
    const d = x.length, s = m * y[k] + across * y[k + 1];
    let teacher = 0, base = 0, psi = 0;
    for (let i = 0; i < k; i++) {
      teacher += lambda[i] * f((y[i] + xi * c[i] * y[k]) / r0);
      base += lambda[i] * f(y[i] / r0);
      slopes[i] = df(y[i] / r0);
      psi += lambda[i] * c[i] * slopes[i];
    }
    if (features === "secondLayer") {
      for (let i = 0; i < k; i++) {
        phi[i] = f((y[i] + kappa * s) / r0);
        phi[k + i] = f((y[i] - kappa * s) / r0);
      }
      return teacher;
    }
    if (features === "rankOne") phi.forEach((_, j) => phi[j] = psi * y[k + j]);
    else slopes.forEach((slope, i) => x.forEach((value, j) => phi[i * d + j] = slope * value));
    return teacher - base;
  };
}

/** Sums of one half of the data. */
interface Half {
  gram: Float64Array;
  along: Float64Array;
  square: number;
}

/** Sums of features and labels over fresh inputs. */
function gather(
  { frame, samples, size, sample }: {
    frame: Matrix;
    samples: number;
    size: number;
    sample: Sample;
  },
  rng: Stream,
): Half {
  const d = frame.rows, x = matrix(samples, d);
  rng.fillNormal(x.data);
  const y = multiplyNT(x, frame), phi = matrix(samples, size), label = matrix(samples, 1);
  const row = ({ data, columns }: Matrix, t: number) =>
    data.subarray(t * columns, (t + 1) * columns);
  label.data.forEach((_, t) => label.data[t] = sample(row(x, t), row(y, t), row(phi, t)));
  return {
    gram: multiplyTN(phi, phi).data,
    along: multiplyTN(phi, label).data,
    square: dot(label.data, label.data),
  };
}

/** Squared error on `data` of the weights `w`. */
function errorOf({ gram, along, square }: Half, w: Float64Array): number {
  const size = w.length;
  let sum = square;
  for (let p = 0; p < size; p++) {
    let row = -2 * along[p];
    for (let q = 0; q < size; q++) row += gram[p * size + q] * w[q];
    sum += w[p] * row;
  }
  return sum;
}

/**
 * Error of the best linear read-out of features, as a fraction of the label's mean square, estimated in
 * `d` dimensions: least squares on each half of the data, averaged over the errors on the own half (too
 * small by a share features/samples) and on the other (too large by as much).
 *
 * Assumes: orthonormal base, drawn at random together with `u ⊥ span W`; features of full rank.
 * Source: ours; shares nothing with the closed forms.
 *
 * @throws {RangeError} If the base is not orthonormal, `d < k + 2`, or an option is out of range.
 * @example
 * ```ts
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { readOutError, standard, tangentFloor } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const found = readOutError(standard("relu"), { d: 10, samples: 2000 }, stream("7", "example"));
 * assertAlmostEquals(found, tangentFloor(standard("relu")).full, 0.03);
 * ```
 */
export function readOutError(model: Model, options: RegressionOptions, rng: Stream): number {
  const what = "regress on features", { d, samples, features = "full", m = 1 } = options;
  checkKeys(what, options, ["features", "d", "samples", "m"]);
  checkInteger(what, "d", d, model.k + 2);
  checkOneOf(what, "features", features, ["full", "rankOne", "secondLayer"]);
  checkWithin(what, "m", m, -1, 1);
  if (model.gram !== undefined) {
    throw new RangeError(`Cannot ${what} as W must be orthonormal: the model gives a Gram matrix`);
  }
  const size = { full: model.k * d, rankOne: d - model.k, secondLayer: 2 * model.k }[features];
  checkInteger(what, "samples", samples, 2 * size);
  const draws = matrix(d, d);
  rng.stream("frame").fillNormal(draws.data);
  const frame = orthonormalBasis(draws), sample = sampler(model, features, m);
  const halves = [0, 1].map((half) =>
    gather({ frame, samples, size, sample }, rng.stream("data", half))
  );
  const fits = halves.map(({ gram, along }) =>
    solvePositive(matrix(size, size, gram), matrix(size, 1, along)).data
  );
  const errors = fits.flatMap((w) => halves.map((half) => errorOf(half, w)));
  return errors.reduce((sum, x) => sum + x, 0) / 2 / (halves[0].square + halves[1].square);
}
