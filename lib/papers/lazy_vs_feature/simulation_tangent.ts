/**
 * Regression on the tangent features of sampled inputs: what linearised training reaches, by drawing.
 *
 * @module
 */
import { checkInteger, checkOneOf } from "../../check.ts";
import { matrix, orthonormalBasis, solvePositive } from "../../linalg/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Model, SIGMA } from "./problem.ts";

/**
 * Tangent features: `σ̃′(⟨w_i, x⟩) x_j` for all `i, j`, or those of the rank-one model, `ψ₀` times the
 * coordinates of `x` across `span W`.
 */
export type TangentFeatures = "full" | "rankOne";

/** Options of a regression. */
export interface RegressionOptions {
  /** Input dimension `d > k`. */
  readonly d: number;
  /** Inputs in each of the two halves. */
  readonly samples: number;
  /** Features; `full` when not given. */
  readonly features?: TangentFeatures;
}

/** Sums of one half of the data. */
interface Half {
  gram: Float64Array;
  along: Float64Array;
  square: number;
}

/** Sums of features and of `Δ = f* − f` over fresh inputs. */
function gather(
  { model, frame, d, samples, features }: Required<RegressionOptions> & {
    model: Model;
    frame: Float64Array;
  },
  rng: Stream,
): Half {
  const { k, lambda, c, xi, r0, activation } = model, { f, df } = SIGMA[activation];
  const size = features === "full" ? k * d : d - k;
  const gram = new Float64Array(size * size), along = new Float64Array(size);
  const x = new Float64Array(d), y = new Float64Array(d), slopes = new Float64Array(k);
  const phi = new Float64Array(size);
  let square = 0;
  for (let t = 0; t < samples; t++) {
    for (let j = 0; j < d; j++) x[j] = rng.normal();
    // Rows of the frame: w_1 … w_k, u, and a basis of the rest.
    for (let i = 0; i < d; i++) {
      y[i] = 0;
      for (let j = 0; j < d; j++) y[i] += frame[i * d + j] * x[j];
    }
    let delta = 0, psi = 0;
    for (let i = 0; i < k; i++) {
      delta += lambda[i] * (f((y[i] + xi * c[i] * y[k]) / r0) - f(y[i] / r0));
      slopes[i] = df(y[i] / r0);
      psi += lambda[i] * c[i] * slopes[i];
    }
    if (features === "full") {
      for (let at = 0; at < size; at++) phi[at] = slopes[Math.floor(at / d)] * x[at % d];
    } else {
      for (let at = 0; at < size; at++) phi[at] = psi * y[k + at];
    }
    for (let p = 0; p < size; p++) {
      along[p] += phi[p] * delta;
      for (let q = 0; q <= p; q++) gram[p * size + q] += phi[p] * phi[q];
    }
    square += delta * delta;
  }
  for (let p = 0; p < size; p++) {
    for (let q = 0; q < p; q++) gram[q * size + p] = gram[p * size + q];
  }
  return { gram, along, square };
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
 * Relative error `E(Δ − ⟨w, φ⟩)²/E Δ²` of the best linear read-out of tangent features, estimated in
 * `d` dimensions: least squares on each half of the data, averaged over the errors on the own half (too
 * small by a share features/samples) and on the other (too large by as much).
 *
 * Assumes: orthonormal base, drawn at random together with `u ⊥ span W`.
 * Source: ours, lazy-vs-feature §5.6; shares nothing with its closed form.
 *
 * @throws {RangeError} If `d ≤ k`, there are too few samples, or the features are not known.
 */
export function tangentRegression(model: Model, options: RegressionOptions, rng: Stream): number {
  const what = "regress on tangent features", { d, samples, features = "full" } = options;
  checkInteger(what, "d", d, model.k + 1);
  checkOneOf(what, "features", features, ["full", "rankOne"]);
  const size = features === "full" ? model.k * d : d - model.k;
  checkInteger(what, "samples", samples, 2 * size);
  const draws = matrix(d, d);
  rng.stream("frame").fillNormal(draws.data);
  const frame = orthonormalBasis(draws).data;
  const halves = [0, 1].map((half) =>
    gather({ model, frame, d, samples, features }, rng.stream("data", half))
  );
  const fits = halves.map(({ gram, along }) =>
    solvePositive(matrix(size, size, gram), matrix(size, 1, along)).data
  );
  const errors = fits.flatMap((w) => halves.map((half) => errorOf(half, w)));
  return errors.reduce((sum, x) => sum + x, 0) / 2 / (halves[0].square + halves[1].square);
}
