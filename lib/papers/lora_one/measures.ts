/**
 * What is read off a state: risk, loss, angles, the stability number. Definitions that theory and
 * simulation share.
 *
 * @module
 */
import { checkInteger, checkNonNegative } from "../../check.ts";
import {
  add,
  columns,
  frobeniusNorm,
  innerProduct,
  type Matrix,
  matrix,
  multiply,
  multiplyTN,
  spectralBound,
  spectralNorm,
  svd,
  symmetricEigen,
} from "../../linalg/mod.ts";
import type { Adapter, LinearProblem } from "./problems/linear.ts";

/** Risk `½‖E‖²_F` of an error `E = AB − Δ`. */
export function riskOf(error: Matrix): number {
  return 0.5 * frobeniusNorm(error) ** 2;
}

/**
 * Training loss of an error `E = M − Δ`, without the part that no weight removes: `½ tr (M − F)ᵀΣ̂(M − F)`, with
 * `F = Δ` when there is no label noise.
 */
export function lossOf({ covariance, target, fitted }: LinearProblem, error: Matrix): number {
  const missing = fitted ? add(error, add(target, fitted, -1)) : error;
  return 0.5 * innerProduct(missing, multiply(covariance, missing));
}

/** `AB − Δ`. */
export function errorOf({ target }: LinearProblem, { a, b }: Adapter): Matrix {
  return add(multiply(a, b), target, -1);
}

/**
 * The top-`r*` left singular vectors of a matrix, `U_{r*}(M)`.
 *
 * A tall matrix with `σ_{r*} > σ₁/100` takes them from its small Gram matrix, with an error below
 * `10⁴ε`, ten times faster; any other from its singular value decomposition. Signs are arbitrary.
 */
export function topLeft(m: Matrix, rank: number): Matrix {
  if (m.rows < 4 * m.columns) return svd(m, rank).u;
  const { values, vectors } = symmetricEigen(multiplyTN(m, m));
  if (!(values[rank - 1] > 1e-4 * values[0])) return svd(m, rank).u;
  const few = columns(vectors, 0, rank);
  const scaled = few.data.map((x, i) => x / Math.sqrt(values[i % rank]));
  return multiply(m, { ...few, data: scaled });
}

/**
 * `‖U_{r*,⊥}ᵀ P‖_op`: the sine of the largest angle of `col P` with `col U`; 1 is unaligned.
 *
 * Law: the norm of `P − U(UᵀP)`; the `d × (d − r*)` complement is never formed.
 * Source: the paper's alignment measure.
 *
 * @param p `d × r*`, orthonormal columns.
 * @param u `d × r*`, orthonormal columns.
 */
export function sineBetween(p: Matrix, u: Matrix): number {
  return Math.min(1, spectralBound(add(p, multiply(u, multiplyTN(u, p)), -1)));
}

/**
 * Alignment `sin θ = ‖U_{r*,⊥}(G)ᵀ U_{r*}(A)‖_op` of a factor with the columns of `u`.
 *
 * Errors: needs `σ_{r*}(A)/σ₁(A) > 10⁻¹³`.
 *
 * @param a `d × r` with `r ≥ r*`.
 * @param u `U_{r*}(G)`, `d × r*`.
 * @throws {RangeError} If `r < r*`.
 *
 * @example
 * ```ts
 * import { alignment } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(alignment(matrix(2, 1, [3, 4]), matrix(2, 1, [1, 0])), 0.8);
 * ```
 */
export function alignment(a: Matrix, u: Matrix): number {
  checkInteger("measure alignment", `r for r* = ${u.columns}`, a.columns, u.columns);
  return sineBetween(topLeft(a, u.columns), u);
}

/** Leak `‖B − BVVᵀ‖_F/‖B‖_F` of the rows of `B` out of the span of the columns of `v`. */
export function leakOf(b: Matrix, v: Matrix): number {
  const size = frobeniusNorm(b);
  if (size === 0) return 0;
  const inside = multiply(b, v), back = matrix(b.rows, b.columns);
  for (let i = 0; i < b.rows; i++) {
    for (let j = 0; j < b.columns; j++) {
      let sum = 0;
      for (let l = 0; l < v.columns; l++) {
        sum += inside.data[i * v.columns + l] * v.data[j * v.columns + l];
      }
      back.data[i * b.columns + j] = sum;
    }
  }
  return frobeniusNorm(add(b, back, -1)) / size;
}

/** Leading left vectors, values and right vectors of a gradient, up to its rank. */
export interface Directions {
  /** `U_G`, `d × r*`. */
  readonly u: Matrix;
  /** `λ_i(G)`, falling. */
  readonly values: Float64Array;
  /** `V_G`, `k × r*`. */
  readonly v: Matrix;
}

/** The singular triples of `G` with a value above `10⁻¹²` of the largest, at most so many. */
export function directionsOf(gradient: Matrix, most = Infinity): Directions {
  const { u, values, v } = svd(gradient);
  const counted = values.filter((x) => x > 1e-12 * values[0]).length;
  const rank = Math.max(1, Math.min(most, counted));
  return { u: columns(u, 0, rank), values: values.slice(0, rank), v: columns(v, 0, rank) };
}

/**
 * Stability number `c = η λ_max(A₀ᵀΣ̂A₀)` of a start with `B ≈ 0`: below 2 the start is monotone,
 * between 2 and 4 the loss rises before it falls (a catapult), above 4 the run diverges.
 *
 * Source: ours.
 *
 * @param rateB Step size of `B`, `≥ 0`.
 */
export function stabilityNumber({ covariance }: LinearProblem, a: Matrix, rateB: number): number {
  checkNonNegative("compute the stability number", "rateB", rateB);
  return rateB * spectralNorm(multiplyTN(a, multiply(covariance, a)));
}
