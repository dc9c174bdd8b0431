import { checkProblem } from "./_factors.ts";
import { homeOf, lowRankWork, scratch } from "./_home.ts";
import { byRows, nativeFor } from "./_native_low_rank.ts";
import { type Matrix, output } from "./matrix.ts";

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

interface Compiled {
  readonly loss: number;
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
  return { loss, floats, leftAt, rightAt };
}
