/**
 * Why the loss of a small random start does not go to zero, and what comes after.
 *
 * @module
 */
import { checkInteger, checkNonNegative, checkPositive } from "../../../check.ts";
import {
  add,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyTN,
  solvePositive,
} from "../../../linalg/mod.ts";
import { findRoot } from "../../../ode/mod.ts";
import { type Adapters, growthModes, modalVector, type Problem } from "../model.ts";
import { modeHalfTimes } from "./escape.ts";

/** `x − Σ_i w_i (w_iᵀ x)`: the rows' part orthogonal to given unit vectors. */
function withoutRows(x: Matrix, vectors: readonly ArrayLike<number>[]): Matrix {
  const out = { ...x, data: x.data.slice() }, n = x.columns;
  for (const w of vectors) {
    for (let j = 0; j < n; j++) {
      let along = 0;
      for (let i = 0; i < x.rows; i++) along += w[i] * out.data[i * n + j];
      for (let i = 0; i < x.rows; i++) out.data[i * n + j] -= along * w[i];
    }
  }
  return out;
}

/** The columns' part of `x` orthogonal to given unit vectors. */
function withoutColumns(x: Matrix, vectors: readonly ArrayLike<number>[]): Matrix {
  const out = { ...x, data: x.data.slice() }, n = x.columns;
  for (const w of vectors) {
    for (let i = 0; i < x.rows; i++) {
      let along = 0;
      for (let j = 0; j < n; j++) along += w[j] * out.data[i * n + j];
      for (let j = 0; j < n; j++) out.data[i * n + j] -= along * w[j];
    }
  }
  return out;
}

/** Unit vector along `z`. */
function unit(z: Float64Array): Float64Array {
  const norm = Math.hypot(...z);
  return z.map((x) => x / norm);
}

/**
 * Loss of the plateau of a given start, after the escape of all modes of the target.
 *
 * Law: MF: `½‖P_u^⊥ B(0) Π A(0) P_v^⊥‖²`, Π the projector on what no mode occupies in `ℝ^r`. The excess
 * rank keeps its random product: damped only at rate `O(α²)`.
 * With two aligned adapters (`δ_w < 1`): `½‖P_u^⊥ [W₂B₁ΠA₁ + B₂A₂W₁] P_v^⊥‖²`.
 * Assumes: the target's left singular vectors are left singular vectors of `W₂` (aligned).
 * Scale: holds between `T_{1/2} + O(log 1/α)` and `O(1/(α² max(m, n)))`.
 * Source: ours, gradient-flow-mf T8, T8a (problem S), T8b (problem D).
 *
 * @param problem The problem.
 * @param start Its adapters.
 */
export function plateauLoss(problem: Problem, start: Adapters): number {
  const { w2, w1, target } = problem, { b1, a1, b2, a2 } = start;
  const { modes1 } = growthModes(problem);
  const occupied = modes1.length === 1
    ? [unit(modalVector(b1, a1, modes1[0]))]
    : modeHalfTimes(problem, start).directions;
  const kept = withoutColumns(b1, occupied);
  let rest = multiply(w2, multiply(kept, a1));
  if (w1 && b2 && a2) rest = add(rest, multiply(b2, multiply(a2, w1)));
  // Left directions of the target itself: p ∝ W₂ᵀu is u when aligned.
  const lefts = targetLefts(target, modes1.map(([, v]) => v));
  const outside = withoutColumns(withoutRows(rest, lefts), modes1.map(([, v]) => v));
  return 0.5 * frobeniusNorm(outside) ** 2;
}

/** Unit left vectors `Δv_j`. */
function targetLefts(target: Matrix, rights: readonly Float64Array[]): Float64Array[] {
  return rights.map((v) => {
    const u = new Float64Array(target.rows);
    for (let i = 0; i < target.rows; i++) {
      for (let j = 0; j < target.columns; j++) u[i] += target.data[i * target.columns + j] * v[j];
    }
    return unit(u);
  });
}

/**
 * Expected plateau of the Gaussian start in problem MF: `½α⁴(m − k)(n − k)(r − k)`, zero for `r ≤ k`.
 *
 * Slope 4 in log α, linear in the excess rank.
 * Source: ours, gradient-flow-mf T8.
 *
 * @throws {RangeError} If an argument is out of range.
 *
 * @example
 * ```ts
 * import { expectedPlateau } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(expectedPlateau({ m: 20, n: 20, r: 4, alpha: 1e-3 }), 5.415e-10, 1e-22);
 * ```
 */
export function expectedPlateau(
  { m, n, r, alpha, k = 1 }: {
    readonly m: number;
    readonly n: number;
    readonly r: number;
    readonly alpha: number;
    readonly k?: number;
  },
): number {
  const what = "compute the expected plateau";
  for (const [name, x] of Object.entries({ m, n, r, k })) checkInteger(what, name, x, 1);
  checkPositive(what, "alpha", alpha);
  return 0.5 * alpha ** 4 * Math.max(0, m - k) * Math.max(0, n - k) * Math.max(0, r - k);
}

/**
 * Expected plateau of the Gaussian start with two aligned adapters (`δ_w < 1`, rank-one target):
 * `½α⁴[(r−1)(n−1)Σ_{i>1}s₂ᵢ² + r(m−1)Σ_{i>1}s₁ᵢ²]`.
 *
 * Source: ours, gradient-flow-mf T8b.
 *
 * @param s2 Singular values of `W₂`, the aligned one first.
 * @param s1 Those of `W₁`.
 */
export function expectedPlateauDouble(
  s2: ArrayLike<number>,
  s1: ArrayLike<number>,
  r: number,
  alpha: number,
): number {
  const rest = (s: ArrayLike<number>) => Array.from(s).slice(1).reduce((sum, x) => sum + x * x, 0);
  const m = s2.length, n = s1.length;
  return 0.5 * alpha ** 4 * ((r - 1) * (n - 1) * rest(s2) + r * (m - 1) * rest(s1));
}

/**
 * Loss after the plateau for a balanced start of problem MF (rank-one target): a slow algebraic
 * decay that forgets α, `L → q/(8t²)`.
 *
 * Law: `½‖B_⊥Π(I + tΠZ_⊥ᵀZ_⊥Π)⁻¹ΠA_⊥‖²`, data at `t = 0`; `q = min(r, m, n) − 1`.
 * Source: ours, gradient-flow-mf T8c.
 *
 * @param problem Problem MF.
 * @param start A balanced start.
 * @param t Time since the start, `≥ 0`.
 */
export function slowTail(problem: Problem, start: Adapters, t: number): number {
  checkNonNegative("compute the slow tail", "t", t);
  const { modes1 } = growthModes(problem), [p, v] = modes1[0];
  const zeta = [unit(modalVector(start.b1, start.a1, modes1[0]))];
  const b = withoutRows(withoutColumns(start.b1, zeta), [p]);
  const a = withoutColumns(withoutRows(start.a1, zeta), [v]);
  const r = b.columns, gram = multiplyTN(b, b);
  for (let i = 0; i < r; i++) {
    for (let j = 0; j < r; j++) {
      let sum = gram.data[i * r + j];
      for (let l = 0; l < a.columns; l++) {
        sum += a.data[i * a.columns + l] * a.data[j * a.columns + l];
      }
      gram.data[i * r + j] = t * sum + (i === j ? 1 : 0);
    }
  }
  return 0.5 * frobeniusNorm(multiply(b, solvePositive(gram, a))) ** 2;
}

/**
 * Late loss of an imbalanced start with one excess direction (`r = 2`, rank-one target, MF).
 *
 * Law: `ẋ = −x√(δ² + 4x²)`, `L = ½x²`: exponential in the end, at rate `2|δ|`, `δ = O(α²)` conserved.
 * Source: ours, gradient-flow-mf T8c.
 *
 * @returns `delta` and the loss as a function of time.
 */
export function imbalancedTail(
  problem: Problem,
  start: Adapters,
): { delta: number; loss: (t: number) => number } {
  const { modes1 } = growthModes(problem), [p, v] = modes1[0];
  const z = unit(modalVector(start.b1, start.a1, modes1[0])), eta = [-z[1], z[0]];
  const b = withoutRows(start.b1, [p]), a = withoutColumns(start.a1, [v]);
  const column = matrix(2, 1, [...eta]);
  const left = frobeniusNorm(multiply(b, column)), right = frobeniusNorm(multiplyTN(column, a));
  const delta = left ** 2 - right ** 2, x0 = left * right, D = Math.abs(delta);
  // With x = (D/2)/sinh(θ), θ̇ = D.
  const theta = Math.asinh(D / (2 * x0));
  return { delta, loss: (t) => 0.5 * (D / (2 * Math.sinh(theta + D * t))) ** 2 };
}

/** Parameters of the large-dimension law. */
export interface LargeDimension {
  /** `κ = α²m`, kept fixed as `m = n → ∞`. */
  readonly kappa: number;
  /** Rank of the adapter. */
  readonly r: number;
  /** Singular value of the target. */
  readonly sigma?: number;
}

/**
 * Law of problem MF as `m = n → ∞` at fixed `κ = α²m`, Gaussian start, rank-one target.
 *
 * Law: noise columns have `c(t) = κ/(1 + 2κt)`; the signal grows at `σ − c(t)`. So
 * `L(0) = ½(σ² + rκ²)`, `T_{1/2}` solves `σT − ½log(1 + 2κT) = ½log(2σ/‖z₁‖²)` and late
 * `L = ½(r − 1)κ²/(1 + 2κt)²`: the plateau needs `κt ≪ 1`.
 * Source: ours, gradient-flow-mf T8d.
 *
 * @throws {RangeError} If a parameter is not positive.
 */
export function largeDimension(
  { kappa, r, sigma = 1 }: LargeDimension,
): { initialLoss: number; halfTime: (power: number) => number; lateLoss: (t: number) => number } {
  const what = "apply the law of large dimension";
  checkPositive(what, "kappa", kappa);
  checkInteger(what, "r", r, 1);
  checkPositive(what, "sigma", sigma);
  return {
    initialLoss: 0.5 * (sigma ** 2 + r * kappa ** 2),
    halfTime: (power) => {
      const wanted = 0.5 * Math.log(2 * sigma / power);
      const gap = (t: number) => sigma * t - 0.5 * Math.log1p(2 * kappa * t) - wanted;
      let high = 2 * wanted / sigma;
      while (gap(high) < 0) high *= 2;
      return findRoot(gap, Math.max(0, wanted / sigma), high);
    },
    lateLoss: (t) => 0.5 * (r - 1) * (kappa / (1 + 2 * kappa * t)) ** 2,
  };
}
