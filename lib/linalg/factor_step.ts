import { checkFinite } from "../check.ts";
import { checkProblem } from "./_factors.ts";
import { factorStepWork, homeOf, scratch } from "./_home.ts";
import { nativeFor } from "./_native_low_rank.ts";
import { adapterGradient, lowRankGradient } from "./low_rank.ts";
import { type Matrix, overlap } from "./matrix.ts";

/**
 * One step of gradient descent on `½‖U Vᵀ − A‖²`, in place, both factors from their old values.
 *
 * Law: `U ← U − η E V`, `V ← V − η_V Eᵀ U` with `E = U Vᵀ − A`. Where that is less work, for
 * `2 r (m + n) ≤ m n` and at least 16 rows, the residual is multiplied out: `E V = U (Vᵀ V) − A V` and
 * `Eᵀ U = V (Uᵀ U) − Aᵀ U`. Matrices of one workspace are used where they are, otherwise they are
 * copied. Stable for `η λ < 2`, `λ` the curvature. NaN and ±∞ propagate. The loss is that of
 * {@link lowRankGradient}.
 * Errors: rounding of the size of `ε η ‖A‖ ‖V‖`, also where the residual is small.
 * Cost: `4 m n r + 4 (m + n) r²` operations, at most `6 m n r`.
 * Scale: gradient-flow time advances by `η`. Source: {@link lowRankGradient}.
 *
 * @param u `m × r`, `1 ≤ r ≤ min(m, n)`; changed.
 * @param v `n × r`; changed.
 * @param target `A`, `m × n`.
 * @param eta Step size of `U`.
 * @param etaV Step size of `V`; the LoRA+ ratio is `etaV / eta`.
 * @throws {TypeError} If the shapes do not match, or `u`, `v` and `target` share memory.
 * @throws {RangeError} If `r > min(m, n)`, or a step size is not finite.
 *
 * @example
 * ```ts
 * import { lowRankStep, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const u = matrix(1, 1, [1]), v = matrix(1, 1, [3]);
 * lowRankStep(u, v, matrix(1, 1, [2]), 0.5);
 * assertEquals([u.data[0], v.data[0]], [1 - 0.5 * 3, 3 - 0.5 * 1]);
 * ```
 */
export function lowRankStep(
  u: Matrix,
  v: Matrix,
  target: Matrix,
  eta: number,
  etaV: number = eta,
): void {
  const what = "take a low-rank step";
  checkProblem(what, u, v, target, true);
  step(what, u, v, target, true, eta, etaV);
}

/**
 * One step of gradient descent on `½‖B A − T‖²`, in place, both factors from their old values:
 * {@link lowRankStep} for the second factor stored as a row-major `r × n` matrix.
 *
 * Law: `B ← B − η E Aᵀ`, `A ← A − η_A Bᵀ E` with `E = B A − T`.
 * Source: ours.
 *
 * @param b `m × r`, `1 ≤ r ≤ min(m, n)`; changed.
 * @param a `r × n`; changed.
 * @param target `m × n`.
 * @param eta Step size of `B`.
 * @param etaA Step size of `A`.
 * @throws {TypeError} If the shapes do not match, or `b`, `a` and `target` share memory.
 * @throws {RangeError} If `r > min(m, n)`, or a step size is not finite.
 *
 * @example LoRA's usual start `B = 0`: in the first step only `B` moves.
 * ```ts
 * import { adapterStep, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const b = matrix(2, 1), a = matrix(1, 2, [1, 1]);
 * adapterStep(b, a, matrix(2, 2, [3, 0, 0, 1]), 0.1);
 * assertEquals([...b.data], [0.1 * 3, 0.1]);
 * assertEquals([...a.data], [1, 1]);
 * ```
 */
export function adapterStep(
  b: Matrix,
  a: Matrix,
  target: Matrix,
  eta: number,
  etaA: number = eta,
): void {
  const what = "take an adapter's step";
  checkProblem(what, b, a, target, false);
  step(what, b, a, target, false, eta, etaA);
}

/** Rows from which on the kernel of a step fills its blocks. */
const FEW_ROWS = 16;

function step(
  what: string,
  left: Matrix,
  right: Matrix,
  target: Matrix,
  transposed: boolean,
  etaLeft: number,
  etaRight: number,
): void {
  checkFinite(what, "the first step size", etaLeft);
  checkFinite(what, "the second step size", etaRight);
  if (overlap(left, right) || overlap(left, target) || overlap(right, target)) {
    throw new TypeError(`Cannot ${what} as factors and target must not share memory: they do`);
  }
  const { rows: m, columns: n } = target, r = left.columns;
  const multipliedOut = m >= FEW_ROWS && 2 * r * (m + n) <= m * n;
  if (multipliedOut && !nativeFor(left, target)) {
    compiled(left, right, target, transposed, etaLeft, etaRight);
    return;
  }
  const gradients = (transposed ? lowRankGradient : adapterGradient)(left, right, target);
  subtract(left.data, etaLeft, gradients.left.data);
  subtract(right.data, etaRight, gradients.right.data);
}

/** `y ← y − scale x`. */
function subtract(y: Float64Array, scale: number, x: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i] -= scale * x[i];
}

/** A step by the compiled kernel. */
function compiled(
  left: Matrix,
  right: Matrix,
  target: Matrix,
  transposed: boolean,
  etaLeft: number,
  etaRight: number,
): void {
  const { rows: m, columns: r } = left, n = target.columns;
  const matrices = [left, right, target], work = factorStepWork(r, n);
  const home = homeOf(left, right, target);
  const size = left.data.length + right.data.length + target.data.length;
  const { floats, heap, factorStep } = home?.kernels ?? scratch(size + work);
  let places = matrices.map(({ data }) => data.byteOffset), end = home?.free ?? heap / 8;
  if (!home) {
    places = matrices.map(({ data }) => {
      const at = end;
      floats.set(data, at);
      end += data.length;
      return 8 * at;
    });
  }
  factorStep(
    places[0],
    places[1],
    transposed ? 8 : 8 * n,
    transposed ? 8 * r : 8,
    places[2],
    m,
    r,
    n,
    etaLeft,
    etaRight,
    8 * end,
  );
  if (home) return;
  for (const [i, { data }] of [left, right].entries()) {
    data.set(floats.subarray(places[i] / 8, places[i] / 8 + data.length));
  }
}
