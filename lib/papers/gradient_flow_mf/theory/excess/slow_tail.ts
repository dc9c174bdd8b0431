/**
 * T8c: what follows the plateau of the excess rank. A balanced start decays algebraically and forgets its
 * scale; an imbalanced one ends exponentially, slowly.
 *
 * @module
 */
import { checkNonNegative } from "../../../../check.ts";
import {
  frobeniusNorm,
  multiply,
  multiplyNT,
  multiplyTN,
  solvePositive,
} from "../../../../linalg/mod.ts";
import type { Adapters, Problem } from "../../model.ts";
import { stackOf } from "../../measures.ts";
import { excessOf } from "./excess.ts";
import { isotropicScale } from "../escape/isotropic.ts";

/** Up to this imbalance, relative to `‖Z‖²`, a start is balanced. */
const BALANCED = 1e-12;

/** Relative size of `BᵀB − AAᵀ`. */
function imbalanceOf({ b1, a1 }: Adapters): number {
  const left = multiplyTN(b1, b1), right = multiplyNT(a1, a1);
  const off = { ...left, data: left.data.map((x, i) => x - right.data[i]) };
  return frobeniusNorm(off) / frobeniusNorm(stackOf(b1, a1)) ** 2;
}

/** The late loss of a balanced start. */
export interface BalancedTail {
  /** Directions that decay, `q = min(r, m, n) − k`. */
  readonly q: number;
  /** Loss at a time since the start, `≥ 0`. */
  loss(t: number): number;
  /** What it tends to, `q/(8s²t²)`: neither α nor σ are in it. */
  limit(t: number): number;
}

/**
 * Late loss of a balanced start: from the plateau on, `L(t) → q/(8s²t²)`, independent of the scale and of
 * the target.
 *
 * Law: `½s²‖B_⊥Π(I + s²t ΠZ_⊥ᵀZ_⊥Π)⁻¹ΠA_⊥‖²` with data at `t = 0`: the flow with target zero, which closes
 * for balanced factors.
 * Assumes: one adapter, `W₂ = sQ` with orthonormal columns, `BᵀB = AAᵀ`, `r ≥ k`, a small start.
 * Scale: flow times after the escape of all modes; relative corrections `O(s²α²)/(sσ)`.
 * Source: ours, T8c.
 *
 * @throws {RangeError} If the start is not balanced to 1e-12 of `‖Z‖²`, `W₂` is no multiple of orthonormal
 * columns, or `r < k`.
 *
 * @example
 * ```ts
 * import { balancedTail, factorization, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 6 }), draws = portable(51);
 * const adapters = startAdapters(problem, { start: "balanced", r: 3, alpha: 0.05, draws });
 * const tail = balancedTail(problem, adapters);
 * assertAlmostEquals(tail.loss(100) / 1.1044269770249641e-5, 1, 1e-10);
 * assertAlmostEquals(tail.loss(1e7) / tail.limit(1e7), 1, 1e-4);
 * ```
 */
export function balancedTail(problem: Problem, adapters: Adapters): BalancedTail {
  const what = "compute the tail of a balanced start";
  const { k, r, parts } = excessOf(what, problem, adapters), s = isotropicScale(what, problem);
  const off = imbalanceOf(adapters);
  if (!(off <= BALANCED)) {
    throw new RangeError(
      `Cannot ${what} as the start must be balanced, BᵀB = AAᵀ: it is off by ${
        off.toPrecision(2)
      } of ` +
        "‖Z‖²; see imbalancedTail",
    );
  }
  const q = Math.min(r, adapters.b1.rows, adapters.a1.columns) - k;
  return {
    q,
    loss(t) {
      checkNonNegative(what, "t", t);
      if (parts === null) return 0;
      const { b, a } = parts, gram = multiplyTN(b, b), other = multiplyNT(a, a);
      gram.data.forEach((x, i) => {
        const diagonal = i % (gram.columns + 1) === 0 ? 1 : 0;
        gram.data[i] = diagonal + s * s * t * (x + other.data[i]);
      });
      return 0.5 * s * s * frobeniusNorm(multiply(b, solvePositive(gram, a))) ** 2;
    },
    limit(t) {
      checkNonNegative(what, "t", t);
      return q / (8 * s * s * t * t);
    },
  };
}

/** The late loss of an imbalanced start. */
export interface ImbalancedTail {
  /** `‖B_⊥η‖²` and `‖A_⊥ᵀη‖²` of the start. */
  readonly sizes: readonly [b: number, a: number];
  /** Their conserved difference `δ_η`. */
  readonly delta: number;
  /** Rate of the end, `L ~ e^{−rate·t}`: `2s²|δ_η|`. */
  readonly rate: number;
  /** Loss at a time since the start, `≥ 0`. */
  loss(t: number): number;
}

/**
 * Late loss of an imbalanced start with one excess direction, `r = k + 1`: exponential in the end, at the
 * rate `2s²|δ_η| = O(α²)`.
 *
 * Law: along the unit vector `η ∈ ℝ^r` that no mode occupies, `x = ‖B_⊥η‖‖A_⊥ᵀη‖` obeys
 * `ẋ = −s²x√(δ_η² + 4x²)`, `L = ½s²x²`, with `δ_η` conserved; solved in closed form.
 * Assumes: one adapter, `W₂ = sQ` with orthonormal columns, a small start.
 * Scale: flow times after the escape of all modes; the rate has relative corrections `O(α²)`.
 * Source: ours, T8c.
 *
 * @throws {RangeError} If `r ≠ k + 1`, the start is balanced, or `W₂` is no multiple of orthonormal columns.
 *
 * @example
 * ```ts
 * import { factorization, imbalancedTail, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 6 }), draws = portable(52);
 * const adapters = startAdapters(problem, { start: "gauss", r: 2, alpha: 0.05, draws });
 * assertAlmostEquals(imbalancedTail(problem, adapters).delta, -0.0015604658661671237, 1e-14);
 * ```
 */
export function imbalancedTail(problem: Problem, adapters: Adapters): ImbalancedTail {
  const what = "compute the tail of an imbalanced start";
  const { k, r, parts } = excessOf(what, problem, adapters), s = isotropicScale(what, problem);
  if (parts === null || r !== k + 1) {
    throw new RangeError(
      `Cannot ${what} as the rank of the adapter must be k + 1 = ${k + 1}: it is ${r}`,
    );
  }
  if (imbalanceOf(adapters) <= BALANCED) {
    throw new RangeError(
      `Cannot ${what} as the start must not be balanced: BᵀB = AAᵀ to rounding; see balancedTail`,
    );
  }
  const left = frobeniusNorm(parts.b), right = frobeniusNorm(parts.a);
  const delta = left ** 2 - right ** 2, size = Math.abs(delta), x0 = left * right;
  return {
    ...{ delta, sizes: [left ** 2, right ** 2] },
    rate: 2 * s * s * size,
    loss(t) {
      checkNonNegative(what, "t", t);
      const y = s * s * size * t, over = y === 0 ? s * s * t : Math.sinh(y) / size;
      return 0.5 * s * s * (x0 / (Math.cosh(y) + Math.hypot(size, 2 * x0) * over)) ** 2;
    },
  };
}
