import { checkFinite } from "../check.ts";
import type { MatrixKernels } from "../kernels/mod.ts";
import { byRows, nativeFor } from "./_native_low_rank.ts";
import { homeOf, lowRankWork, scratch } from "./_home.ts";
import { checkMatrix, checkShapes, type Matrix, output, overlap } from "./matrix.ts";

/** Loss of a factorisation and its gradients in the two factors, each of the shape of its factor. */
export interface LowRankGradient {
  /** `½‖product − target‖²`. */
  readonly loss: number;
  /** Gradient in the first factor. */
  readonly left: Matrix;
  /** Gradient in the second factor. */
  readonly right: Matrix;
}

/**
 * Loss `½‖U Vᵀ − A‖²` and its gradients.
 *
 * Law: with `E = U Vᵀ − A` they are `E V` and `Eᵀ U`. One pass over `A` makes 4 × 4 tiles of `E` in
 * registers; `E` is neither stored nor transposed. NaN and ±∞ propagate.
 * Cost: `6 m n r` operations. Source: ours; `U = B`, `V = Aᵀ` of LoRA.
 *
 * @param u `m × r`, `1 ≤ r ≤ min(m, n)`.
 * @param v `n × r`.
 * @param target `A`, `m × n`.
 * @param out Takes the gradients; may not share memory with the arguments.
 * @throws {TypeError} If the shapes do not match, or `out` overlaps an argument.
 * @throws {RangeError} If `r > min(m, n)`.
 *
 * @example
 * ```ts
 * import { lowRankGradient, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const u = matrix(2, 1, [1, 0]), v = matrix(2, 1, [2, 0]);
 * const { loss, left, right } = lowRankGradient(u, v, matrix(2, 2, [1, 0, 0, 1]));
 * assertEquals(loss, 1);
 * assertEquals(left, matrix(2, 1, [2, 0]));
 * assertEquals(right, matrix(2, 1, [1, 0]));
 * ```
 */
export function lowRankGradient(
  u: Matrix,
  v: Matrix,
  target: Matrix,
  out?: Pick<LowRankGradient, "left" | "right">,
): LowRankGradient {
  const what = "take a low-rank gradient";
  checkProblem(what, u, v, target, true);
  return gradient(what, u, v, target, true, out);
}

/**
 * Loss `½‖B A − T‖²` of an adapter and its gradients: {@link lowRankGradient} for the second factor
 * stored as a row-major `r × n` matrix.
 *
 * Law: with `E = B A − T` they are `E Aᵀ` and `Bᵀ E`.
 * Source: ours.
 *
 * @param b `m × r`, `1 ≤ r ≤ min(m, n)`.
 * @param a `r × n`.
 * @param target `m × n`.
 * @param out Takes the gradients; may not share memory with the arguments.
 * @throws {TypeError} If the shapes do not match, or `out` overlaps an argument.
 * @throws {RangeError} If `r > min(m, n)`.
 *
 * @example
 * ```ts
 * import { adapterGradient, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const b = matrix(2, 1, [1, 2]), a = matrix(1, 3, [1, 1, 0]);
 * const { loss, left, right } = adapterGradient(b, a, matrix(2, 3));
 * assertEquals(loss, 5);
 * assertEquals(left, matrix(2, 1, [2, 4]));
 * assertEquals(right, matrix(1, 3, [5, 5, 0]));
 * ```
 */
export function adapterGradient(
  b: Matrix,
  a: Matrix,
  target: Matrix,
  out?: Pick<LowRankGradient, "left" | "right">,
): LowRankGradient {
  const what = "take an adapter's gradient";
  checkProblem(what, b, a, target, false);
  return gradient(what, b, a, target, false, out);
}

/**
 * One step of gradient descent on `½‖U Vᵀ − A‖²`, in place, both factors from their old values.
 *
 * Law: `U ← U − η E V`, `V ← V − η_V Eᵀ U` with `E = U Vᵀ − A`. Matrices of one workspace are used
 * where they are, otherwise they are copied. Stable for `η λ < 2`, `λ` the curvature.
 * Scale: gradient-flow time advances by `η`. Source: {@link lowRankGradient}.
 *
 * @param u `m × r`, `1 ≤ r ≤ min(m, n)`; changed.
 * @param v `n × r`; changed.
 * @param target `A`, `m × n`.
 * @param eta Step size of `U`.
 * @param etaV Step size of `V`; the LoRA+ ratio is `etaV / eta`.
 * @returns The loss before the step.
 * @throws {TypeError} If the shapes do not match, or `u`, `v` and `target` share memory.
 * @throws {RangeError} If `r > min(m, n)`, or a step size is not finite.
 *
 * @example
 * ```ts
 * import { lowRankStep, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const u = matrix(1, 1, [1]), v = matrix(1, 1, [3]);
 * assertEquals(lowRankStep(u, v, matrix(1, 1, [2]), 0.5), 0.5);
 * assertEquals([u.data[0], v.data[0]], [1 - 0.5 * 3, 3 - 0.5 * 1]);
 * ```
 */
export function lowRankStep(
  u: Matrix,
  v: Matrix,
  target: Matrix,
  eta: number,
  etaV: number = eta,
): number {
  const what = "take a low-rank step";
  checkProblem(what, u, v, target, true);
  return step(what, u, v, target, true, eta, etaV);
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
 * @returns The loss before the step.
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
): number {
  const what = "take an adapter's step";
  checkProblem(what, b, a, target, false);
  return step(what, b, a, target, false, eta, etaA);
}

/** Checks the shapes; `transposed` says whether the second factor is V (n × r) or A (r × n). */
function checkProblem(
  what: string,
  left: Matrix,
  right: Matrix,
  target: Matrix,
  transposed: boolean,
): void {
  const names = transposed ? ["u", "v"] : ["b", "a"];
  checkMatrix(what, names[0], left);
  checkMatrix(what, names[1], right);
  checkMatrix(what, "target", target);
  const m = left.rows, r = left.columns;
  const n = transposed ? right.rows : right.columns;
  const fits = target.rows === m && target.columns === n &&
    (transposed ? right.columns : right.rows) === r;
  if (!fits) {
    const wanted = transposed
      ? "u, v and target must be m x r, n x r and m x n"
      : "b, a and target must be m x r, r x n and m x n";
    checkShapes(what, wanted, false, { [names[0]]: left, [names[1]]: right, target });
  }
  if (r > m || r > n) {
    throw new RangeError(
      `Cannot ${what} as r must be at most min(m, n) of the ${m} x ${n} target: ` +
        `current value is ${r}`,
    );
  }
}

function gradient(
  what: string,
  left: Matrix,
  right: Matrix,
  target: Matrix,
  transposed: boolean,
  out?: Pick<LowRankGradient, "left" | "right">,
): LowRankGradient {
  const inputs = [left, right, target];
  const result = {
    left: output(what, out?.left, left.rows, left.columns, inputs),
    right: output(what, out?.right, right.rows, right.columns, inputs),
  };
  const library = nativeFor(left, target);
  if (library) {
    const loss = byRows(library, left, right, target, transposed, result.left, result.right);
    return { loss, ...result };
  }
  const { loss, floats, leftAt, rightAt } = compiled(left, right, target, transposed);
  result.left.data.set(floats.subarray(leftAt, leftAt + left.data.length));
  result.right.data.set(floats.subarray(rightAt, rightAt + right.data.length));
  return { loss, ...result };
}

function step(
  what: string,
  left: Matrix,
  right: Matrix,
  target: Matrix,
  transposed: boolean,
  etaLeft: number,
  etaRight: number,
): number {
  checkFinite(what, "the first step size", etaLeft);
  checkFinite(what, "the second step size", etaRight);
  if (overlap(left, right) || overlap(left, target) || overlap(right, target)) {
    throw new TypeError(`Cannot ${what} as factors and target must not share memory: they do`);
  }
  if (nativeFor(left, target)) {
    const gradients = gradient(what, left, right, target, transposed);
    subtract(left.data, etaLeft, gradients.left.data, 0);
    subtract(right.data, etaRight, gradients.right.data, 0);
    return gradients.loss;
  }
  const { loss, kernels, floats, leftAt, rightAt, home } = compiled(
    left,
    right,
    target,
    transposed,
  );
  if (home) {
    kernels.addScaled(left.data.length, -etaLeft, 8 * leftAt, left.data.byteOffset);
    kernels.addScaled(right.data.length, -etaRight, 8 * rightAt, right.data.byteOffset);
  } else {
    subtract(left.data, etaLeft, floats, leftAt);
    subtract(right.data, etaRight, floats, rightAt);
  }
  return loss;
}

/** `y ← y − scale x`, with x from index `from` on. */
function subtract(y: Float64Array, scale: number, x: Float64Array, from: number): void {
  for (let i = 0; i < y.length; i++) y[i] -= scale * x[from + i];
}

interface Compiled {
  readonly loss: number;
  /** Whether the matrices were used where they are. */
  readonly home: boolean;
  readonly kernels: MatrixKernels;
  readonly floats: Float64Array;
  /** Indices of the gradients in `floats`, until the next call. */
  readonly leftAt: number;
  readonly rightAt: number;
}

/** Loss and gradients by the compiled kernel. */
function compiled(left: Matrix, right: Matrix, target: Matrix, transposed: boolean): Compiled {
  const { rows: m, columns: r } = left, n = target.columns;
  const leftSize = m * r, rightSize = r * n, size = m * n;
  const home = homeOf(left, right, target);
  const work = lowRankWork(r, n);
  const kernels = home?.kernels ?? scratch(2 * (leftSize + rightSize) + size + work);
  const { floats } = kernels;
  const leftAt = home?.free ?? kernels.heap / 8;
  const rightAt = leftAt + leftSize;
  const workAt = rightAt + rightSize;
  let leftIn = left.data.byteOffset;
  let rightIn = right.data.byteOffset;
  let targetIn = target.data.byteOffset;
  if (!home) {
    const copies = workAt + work;
    floats.set(left.data, copies);
    floats.set(right.data, copies + leftSize);
    floats.set(target.data, copies + leftSize + rightSize);
    leftIn = 8 * copies;
    rightIn = leftIn + 8 * leftSize;
    targetIn = rightIn + 8 * rightSize;
  }
  const loss = kernels.lowRankGradient(
    leftIn,
    rightIn,
    transposed ? 8 : 8 * n,
    transposed ? 8 * r : 8,
    targetIn,
    m,
    r,
    n,
    8 * leftAt,
    8 * rightAt,
    8 * workAt,
  );
  return { loss, home: home !== undefined, kernels, floats, leftAt, rightAt };
}
