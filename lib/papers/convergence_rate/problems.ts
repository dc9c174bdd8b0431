/**
 * Problems without random numbers: a loss with a start, the same in any language.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../check.ts";
import { add, type Matrix, matrix, multiplyNT, type Shape } from "../../linalg/mod.ts";
import { type Loss, quadratic } from "./losses.ts";
import type { Adapters } from "./model.ts";
import { SoftmaxLoss } from "./softmax.ts";
import { sines, sineStart } from "./starts.ts";

/** Modified Gram–Schmidt on the columns. */
function orthonormal(x: Matrix): Matrix {
  const q = { ...x, data: x.data.slice() }, { rows, columns, data } = q;
  for (let j = 0; j < columns; j++) {
    for (let k = 0; k < j; k++) {
      let overlap = 0;
      for (let i = 0; i < rows; i++) overlap += data[i * columns + k] * data[i * columns + j];
      for (let i = 0; i < rows; i++) data[i * columns + j] -= overlap * data[i * columns + k];
    }
    let square = 0;
    for (let i = 0; i < rows; i++) square += data[i * columns + j] ** 2;
    for (let i = 0; i < rows; i++) data[i * columns + j] /= Math.sqrt(square);
  }
  return q;
}

/**
 * An `m × n` matrix with the given singular values and fixed singular vectors.
 *
 * Source: ours.
 *
 * @param shape `[m, n]`, each at least the number of values.
 * @param values Singular values > 0.
 *
 * @example
 * ```ts
 * import { svd } from "lora-dynamics/linalg/mod.ts";
 * import { lowRank } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(svd(lowRank([6, 5], [2, 1])).values[1], 1, 1e-14);
 * ```
 */
export function lowRank([m, n]: Shape, values: readonly number[]): Matrix {
  const what = "make a matrix of given singular values", k = values.length;
  checkInteger(what, "the number of values", k, 1, Math.min(m, n));
  values.forEach((x, i) => checkPositive(what, `values[${i}]`, x));
  const u = orthonormal(sines([m, k], [1.3, 0.7, 0.41]));
  const v = orthonormal(sines([n, k], [0.9, 1.1, 0.37]));
  return multiplyNT({ ...u, data: u.data.map((x, i) => x * values[i % k]) }, v);
}

/** A loss with a start. */
export interface Problem {
  /** The loss of the update. */
  readonly loss: Loss;
  /** Where the adapters begin. */
  readonly start: Adapters;
}

/** Target of {@linkcode referenceQuadratic}. */
export function referenceTarget(): Matrix {
  return add(lowRank([6, 5], [2, 1]), sines([6, 5], [2.1, 1.9, 0.23], 0.1));
}

/** The quadratic reference problem: 6 × 5, `r = 2`, a target of rank two plus a small full one. */
export function referenceQuadratic(): Problem {
  const loss = quadratic(referenceTarget());
  return { loss, start: sineStart(loss, 2, 0.5) };
}

/** The softmax reference problem: 30 examples, 4 features, 3 classes, `r = 2`. */
export function referenceSoftmax(): Problem {
  const features = matrix(30, 4), labels = Array.from({ length: 30 }, (_, i) => i % 3);
  for (let i = 0; i < 30; i++) {
    for (let k = 0; k < 4; k++) {
      features.data[4 * i + k] = Math.sin(0.7 * i + 1.9 * k + 0.13 * i * k) + 0.3 +
        Math.cos(2 * (labels[i] + 1) * (k + 1));
    }
  }
  const loss = new SoftmaxLoss({ features, labels, weights: matrix(3, 4) });
  return { loss, start: sineStart(loss, 2, 0.5) };
}

/** The matrix of the constant-step table: 8 × 6 with singular values 3 and 1.5, `r = 2`. */
export function tableProblem(sigma: number): Problem {
  const loss = quadratic(lowRank([8, 6], [3, 1.5]));
  return { loss, start: sineStart(loss, 2, sigma) };
}
