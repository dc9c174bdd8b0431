/**
 * What is read off adapters: alignment, sizes, what has been learnt, the parts of the loss. Definitions
 * that theory and simulation share.
 *
 * @module
 */
import {
  add,
  dot,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyTN,
  normalize,
  orthonormalBasis,
  svd,
  symmetricEigen,
} from "../../linalg/mod.ts";
import { growthModes, type Pair } from "./bases.ts";
import type { Adapters, Problem } from "./model.ts";

/** The stack `Z = [B; Aᵀ]` of an adapter, `(rows + columns) × r`. */
export function stackOf(b: Matrix, a: Matrix): Matrix {
  const r = b.columns, z = matrix(b.rows + a.columns, r);
  z.data.set(b.data);
  for (let j = 0; j < a.columns; j++) {
    for (let k = 0; k < r; k++) z.data[(b.rows + j) * r + k] = a.data[k * a.columns + j];
  }
  return z;
}

/**
 * Largest singular value of a stack and its left vector, from the small Gram matrix; 0 and a vector of
 * zeros for a stack of zeros, which has no direction.
 */
export function topOf(stack: Matrix): { value: number; left: Float64Array } {
  const size = stack.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const left = new Float64Array(stack.rows), r = stack.columns;
  if (size === 0) return { value: 0, left };
  const unit = { ...stack, data: stack.data.map((x) => x / size) }; // no square underflows
  const { values, vectors } = symmetricEigen(multiplyTN(unit, unit));
  for (let i = 0; i < stack.rows; i++) {
    for (let k = 0; k < r; k++) left[i] += unit.data[i * r + k] * vectors.data[k * r];
  }
  return { value: size * Math.sqrt(values[0]), left: normalize(left) };
}

/**
 * Misalignment `1 − cos` of the top left singular vector `U^S` of a stack with `γ = (p; v)/√2`.
 *
 * Law: `½‖u − ςγ‖²`, `ς` the sign of their product: `1 − u·γ` would end at 1e-16. The `cos²` of the
 * theorems is `1 − g(2 − g)` with `g` this. 1 for a stack of zeros.
 * Source: the paper, Claim 3.1; its figures plot `log₁₀(1 − cos)`.
 */
export function misalignment(stack: Matrix, pair: Pair): number {
  return misalignmentOf(topOf(stack), pair);
}

/** {@linkcode misalignment} of a stack whose {@linkcode topOf} is known. */
export function misalignmentOf({ value, left }: ReturnType<typeof topOf>, [p, v]: Pair): number {
  const h = p.length;
  if (value === 0) return 1;
  const gamma = (i: number) => (i < h ? p[i] : v[i - h]) / Math.SQRT2;
  let along = 0, sum = 0;
  for (let i = 0; i < left.length; i++) along += left[i] * gamma(i);
  const sign = along < 0 ? -1 : 1;
  for (let i = 0; i < left.length; i++) sum += (left[i] - sign * gamma(i)) ** 2;
  return 0.5 * sum;
}

/** What an adapter has learnt between two vectors, `lᵀBAr`. */
export function learnt(b: Matrix, a: Matrix, left: Float64Array, right: Float64Array): number {
  const r = b.columns;
  let sum = 0;
  for (let k = 0; k < r; k++) {
    let x = 0, y = 0;
    for (let i = 0; i < b.rows; i++) x += left[i] * b.data[i * r + k];
    for (let j = 0; j < a.columns; j++) y += a.data[k * a.columns + j] * right[j];
    sum += x * y;
  }
  return sum;
}

/**
 * The signal error `uᵀEv` as a function of the adapters, without forming `E`.
 *
 * @param along Directions of the problem, see `signalDirections`.
 *
 * @example
 * ```ts
 * import { error, problemQ, signalDirections, signalError, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 }), draws = portable(3); // the target is its third direction
 * const adapters = startAdapters(problem, { start: "gauss", r: 2, alpha: 0.4, draws });
 * const e = signalError(problem, signalDirections(problem))(adapters);
 * assertAlmostEquals(e, error(problem, adapters).data[2 * 7 + 2], 1e-14);
 * ```
 */
export function signalError(
  { w2, w1 }: Problem,
  { u, v, sigma }: Pick<SignalDirections, "u" | "v" | "sigma">,
): (adapters: Adapters) => number {
  const column = (data: Float64Array) => ({ rows: data.length, columns: 1, data });
  const back = multiplyTN(w2, column(u)).data, ahead = w1 && multiply(w1, column(v)).data;
  const hidden = new Float64Array(w2.columns);
  // A descent asks at every step: no call allocates.
  return ({ b1, a1, b2, a2 }) => {
    const first = sigma - learnt(b1, a1, back, v);
    if (!b2 || !a2 || !ahead) return first;
    hidden.set(ahead);
    const n = a1.columns, r = b1.columns;
    for (let k = 0; k < r; k++) {
      let x = 0;
      for (let j = 0; j < n; j++) x += a1.data[k * n + j] * v[j];
      for (let i = 0, at = k; i < hidden.length; i++, at += r) hidden[i] += b1.data[at] * x;
    }
    return first - learnt(b2, a2, u, hidden);
  };
}

/** The directions of a problem's leading mode. */
export interface SignalDirections {
  /** Left direction of the target, `Δv/‖Δv‖`, length `m`. */
  readonly u: Float64Array;
  /** Hidden direction, length `h`. */
  readonly p: Float64Array;
  /** Right direction, length `n`. */
  readonly v: Float64Array;
  /** `‖Δv‖`, the singular value `σ` of a rank-one target. */
  readonly sigma: number;
}

/**
 * Directions `u`, `p`, `v` of the mode that grows fastest in adapter 1, and `σ`.
 *
 * @throws {RangeError} If nothing grows in adapter 1: `W₂ᵀΔ = 0`, the target is outside the range of `W₂`.
 */
export function signalDirections(problem: Problem): SignalDirections {
  const [mode] = growthModes(problem).modes1, { rows, columns, data } = problem.target;
  if (mode === undefined) {
    throw new RangeError(
      "Cannot find the direction of the signal as W₂ᵀΔ must not be 0: the target is outside the range " +
        "of w2, so that nothing grows in adapter 1",
    );
  }
  const [p, v] = mode;
  const u = Float64Array.from(
    { length: rows },
    (_, i) => dot(data.subarray(i * columns, (i + 1) * columns), v),
  );
  const sigma = Math.sqrt(dot(u, u));
  return { u: normalize(u), p, v, sigma };
}

/** Parts of the loss by blocks of the error. */
export interface LossParts {
  /** `½(uᵀEv)²`: the paper's `L_S`. */
  readonly signal: number;
  /** Rows and columns that touch the signal, `½‖ε‖² + ½‖η‖²`. */
  readonly mixed: number;
  /** All the rest, `½‖E_⊥⊥‖²`; `mixed` and `rest` make the paper's `L_N`. */
  readonly rest: number;
}

/**
 * The parts of the loss. In the common bases `rest` is a sum of squares of products of small numbers
 * and has no rounding floor; elsewhere it has one of about `10⁻³² ‖Y‖² mn`.
 */
export function lossParts({ rows, columns, data }: Matrix, { u, v }: SignalDirections): LossParts {
  const rowOf = new Float64Array(columns), columnOf = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      rowOf[j] += u[i] * data[i * columns + j];
      columnOf[i] += data[i * columns + j] * v[j];
    }
  }
  const e = dot(u, columnOf);
  let mixed = 0, rest = 0;
  for (let j = 0; j < columns; j++) mixed += (rowOf[j] - e * v[j]) ** 2;
  for (let i = 0; i < rows; i++) {
    mixed += (columnOf[i] - e * u[i]) ** 2;
    for (let j = 0; j < columns; j++) {
      const x = data[i * columns + j] - u[i] * (rowOf[j] - e * v[j]) - columnOf[i] * v[j];
      rest += x * x;
    }
  }
  return { signal: 0.5 * e * e, mixed: 0.5 * mixed, rest: 0.5 * rest };
}

/** Largest singular values of the stacks, `[‖Z₁‖₂]` or `[‖Z₁‖₂, ‖Z₂‖₂]`. */
export function stackNorms({ b1, a1, b2, a2 }: Adapters): number[] {
  const first = topOf(stackOf(b1, a1)).value;
  return b2 && a2 ? [first, topOf(stackOf(b2, a2)).value] : [first];
}

/**
 * Distance of the space that an adapter spans from the leading directions of the gradient: metric (215).
 *
 * Law: `‖UUᵀ − U*U*ᵀ‖_F/√(2r)` with the left singular vectors `U` of the stack `Z = [B; Aᵀ]` and
 * `U* = [P; V]/√2` of the `r` leading singular pairs of the negative gradient in the weights,
 * `−∂ℓ/∂W = PΣVᵀ`; with those of the gradient itself, `∂ℓ/∂W = U_WΣV_Wᵀ`, these are `[U_W; −V_W]/√2`.
 * It is the root mean square of the sines of the angles, 0 for equal spaces and 1 for orthogonal ones.
 * Source: the paper, Eq. (215), which leaves the `√2` of `U*` out.
 *
 * @param stack `(out + in) × r`; see {@linkcode stackOf}.
 * @param descent Negative gradient at the start, out × in, of rank `r` or more.
 * @throws {RangeError} If the stack is zero.
 *
 * @example An adapter along the gradient, and one against it.
 * ```ts
 * import { metric215, stackOf } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const descent = matrix(2, 2, [3, 0, 0, 1]), b = matrix(2, 1, [0.1, 0]);
 * assertAlmostEquals(metric215(stackOf(b, matrix(1, 2, [0.1, 0])), descent), 0, 1e-15);
 * assertAlmostEquals(metric215(stackOf(b, matrix(1, 2, [-0.1, 0])), descent), 1, 1e-15);
 * ```
 */
export function metric215(stack: Matrix, descent: Matrix): number {
  const r = stack.columns, { u, v } = svd(descent), k = u.columns;
  const goal = matrix(stack.rows, r);
  for (let j = 0; j < r; j++) {
    for (let i = 0; i < u.rows; i++) goal.data[i * r + j] = u.data[i * k + j] / Math.SQRT2;
    for (let i = 0; i < v.rows; i++) {
      goal.data[(u.rows + i) * r + j] = v.data[i * k + j] / Math.SQRT2;
    }
  }
  const basis = orthonormalBasis(stack);
  const rest = add(basis, multiply(goal, multiplyTN(goal, basis)), -1); // sines, free of cancellation
  const missing = r - basis.columns; // of a stack of lower rank, each at a right angle
  return Math.sqrt((frobeniusNorm(rest) ** 2 + missing / 2) / r);
}
