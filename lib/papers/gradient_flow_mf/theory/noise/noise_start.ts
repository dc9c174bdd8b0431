/**
 * What of a start the noise equations need: its signal, its part along the signal in the space of the
 * rank, and the part that never moves.
 *
 * @module
 */
import {
  dot,
  type Matrix,
  matrix,
  multiply,
  multiplyTN,
  normalize,
} from "../../../../linalg/mod.ts";
import type { AlignedMode } from "../../bases.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters } from "../../shapes.ts";
import { competitionMode } from "./competition.ts";

/**
 * A direction other than the target's: a hidden one with the left and right vectors that belong to it,
 * or a left or right vector that no hidden one leads to.
 */
export interface NoiseIndex {
  /** Singular value of `W₂`. */
  readonly s2: number;
  /** Singular value of `W₁`. */
  readonly s1: number;
  /** Hidden index, −1 for a left or right vector alone. */
  readonly hidden: number;
  /** Column of the left basis, −1 if there is none. */
  readonly left: number;
  /** Column of the right basis, −1 if there is none. */
  readonly right: number;
}

/** A start in the common bases, as the noise equations see it. */
export interface NoiseStart {
  /** The problem in its common bases. */
  readonly mode: AlignedMode;
  /** All directions but the target's. */
  readonly indices: readonly NoiseIndex[];
  /** `x₁(0) = ½‖z₁‖²`. */
  readonly x1: number;
  /** `x₂(0) = ½‖z₂‖²`. */
  readonly x2: number;
  /** `ζ₁ = z₁/‖z₁‖`, the direction in the space of the rank that grows in adapter 1. */
  readonly zeta1: Float64Array;
  /** `ζ₂ = z₂/‖z₂‖`. */
  readonly zeta2: Float64Array;
  /** `B₁⊥ζ₁` by index. */
  readonly beta1: Float64Array;
  /** `B₂⊥ζ₂` by index. */
  readonly beta2: Float64Array;
  /** `ζ₁ᵀA₁⊥` by index. */
  readonly p: Float64Array;
  /** `ζ₂ᵀA₂⊥` by index. */
  readonly q: Float64Array;
  /** `δ = ζ₁ᵀD₁ζ₁ = ‖B₁ζ₁‖² − ‖A₁ᵀζ₁‖²`, which the flow conserves. */
  readonly imbalance: number;
  /** `R = P_u^⊥[W₂B₁Π₁A₁ + B₂Π₂A₂W₁]P_v^⊥` by index, `Π_i = I − ζ_iζ_iᵀ`. */
  readonly frozen: Matrix;
}

/** All directions but the target's. */
function indicesOf({ s2, s1, uOf, vOf, index, u, v }: AlignedMode): NoiseIndex[] {
  const alone = (size: number, taken: readonly number[]) =>
    Array.from({ length: size }, (_, j) => j).filter((j) => !taken.includes(j));
  const none = { s2: 0, s1: 0, hidden: -1, left: -1, right: -1 };
  return [
    ...Array.from(
      s2.keys(),
      (k) => ({ s2: s2[k], s1: s1[k], hidden: k, left: uOf[k], right: vOf[k] }),
    ).filter(({ hidden }) => hidden !== index),
    ...alone(u.columns, uOf).map((left) => ({ ...none, left })),
    ...alone(v.columns, vOf).map((right) => ({ ...none, right })),
  ];
}

/** Row `i` of a matrix. */
function rowOf({ columns, data }: Matrix, i: number): Float64Array {
  return data.subarray(i * columns, (i + 1) * columns);
}

/** Column `j` of a matrix. */
function columnOf({ rows, columns, data }: Matrix, j: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => data[i * columns + j]);
}

/** `x · y` without its part along the unit vector `zeta`. */
function dotBeside(x: Float64Array, y: Float64Array, zeta: Float64Array): number {
  return dot(x, y) - dot(x, zeta) * dot(zeta, y);
}

/**
 * A start in the common bases of its problem, split for the noise equations.
 *
 * Source: ours (T12, its data at time 0).
 *
 * @param what What needs it, for messages.
 * @throws {RangeError} If an assumption fails, `δ_w ≥ 1` (exchange the layers), or an adapter holds
 * nothing along the target; each is named.
 * @throws {TypeError} If shapes do not chain.
 *
 * @example Of `B = 0` only the parts of `A` are left.
 * ```ts
 * import { noiseStart, problemQ, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 }), draws = portable(7);
 * const start = startAdapters(problem, { start: "zeroB", r: 3, alpha: 1e-4, draws });
 * const { indices, beta1, frozen } = noiseStart("look at a start", problem, start);
 * assertEquals([indices.length, Math.hypot(...beta1), Math.hypot(...frozen.data)], [11, 0, 0]);
 * ```
 */
export function noiseStart(what: string, problem: Problem, start: Adapters): NoiseStart {
  const mode = competitionMode(what, problem), { u, g, v, uOf, vOf, index, deltaW } = mode;
  checkAdapters(what, problem, start);
  if (!(deltaW < 1)) {
    throw new RangeError(
      `Cannot ${what} as delta_w must be < 1, else exchange the layers (exchanged; B = 0 becomes A = 0): ` +
        `current value is ${deltaW}`,
    );
  }
  const b1 = multiplyTN(g, start.b1), a1 = multiply(start.a1, v);
  const b2 = multiplyTN(u, start.b2!), a2 = multiply(start.a2!, g);
  const modal = (b: Float64Array, a: Float64Array, adapter: number) => {
    const z = b.map((x, k) => (x + a[k]) / Math.SQRT2), size = dot(z, z);
    if (size > 0) return { zeta: normalize(z), x: 0.5 * size };
    throw new RangeError(
      `Cannot ${what} as adapter ${adapter} must hold a part along the target, z${adapter} not 0: ` +
        `it would never grow`,
    );
  };
  const { zeta: zeta1, x: x1 } = modal(rowOf(b1, index), columnOf(a1, vOf[index]), 1);
  const { zeta: zeta2, x: x2 } = modal(rowOf(b2, uOf[index]), columnOf(a2, index), 2);
  const indices = indicesOf(mode), size = indices.length;
  const zeta = { rows: zeta1.length, columns: 1, data: zeta1 };
  const squared = ({ data }: Matrix) => dot(data, data);
  const imbalance = squared(multiply(start.b1, zeta)) - squared(multiplyTN(start.a1, zeta));
  const part = (along: (index: NoiseIndex) => number) => Float64Array.from(indices, along);
  const frozen = matrix(size, size);
  indices.forEach(({ s2, hidden: k, left: i }, row) => {
    if (i < 0) return;
    indices.forEach(({ s1, hidden: l, right: j }, column) => {
      if (j < 0) return;
      const first = s2 && s2 * dotBeside(rowOf(b1, k), columnOf(a1, j), zeta1);
      const second = s1 && s1 * dotBeside(rowOf(b2, i), columnOf(a2, l), zeta2);
      frozen.data[row * size + column] = first + second;
    });
  });
  return {
    ...{ mode, indices, x1, x2, zeta1, zeta2, imbalance, frozen },
    beta1: part(({ hidden: k }) => k < 0 ? 0 : dot(rowOf(b1, k), zeta1)),
    beta2: part(({ left: i }) => i < 0 ? 0 : dot(rowOf(b2, i), zeta2)),
    p: part(({ right: j }) => j < 0 ? 0 : dot(zeta1, columnOf(a1, j))),
    q: part(({ hidden: k }) => k < 0 ? 0 : dot(zeta2, columnOf(a2, k))),
  };
}
