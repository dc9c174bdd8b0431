/**
 * The descent lemmas: bounds of the first-order remainder, and what a step of each rule certifies.
 *
 * @module
 */
import { findRoot } from "../../../ode/mod.ts";
import { type Matrix, matrix, multiply, multiplyNT, transpose } from "../../../linalg/mod.ts";
import type { Adapters } from "../model.ts";

/** Sizes that the descent lemmas look at. */
export interface LemmaSizes {
  /** `L`. */
  readonly smoothness: number;
  /** `‖V₁‖`. */
  readonly v: number;
  /** `√(‖A‖² + ‖B‖²)` in operator norms. */
  readonly vop: number;
  /** `‖G‖`. */
  readonly g: number;
  /** `‖G‖` in the operator norm. */
  readonly gamma: number;
  /** `δ = ‖D‖`. */
  readonly delta: number;
}

/**
 * The paper's modified descent lemma: the remainder is at most `√2Lδ²v² + √2Lδ³v + √2Lδ⁴/4 + gδ²`.
 *
 * Source: paper convergence-rate, Lemma 3.3 (as reported; the text was not seen).
 *
 * @example
 * ```ts
 * import { remainderPaper, remainderSharp } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const sizes = { smoothness: 1, v: 1, vop: 1, g: 1, gamma: 1, delta: 0.1 };
 * assertAlmostEquals(remainderPaper(sizes), Math.SQRT2 * (0.1 + 0.005) ** 2 + 0.01);
 * assertAlmostEquals(remainderSharp(sizes), 0.5 * (0.1 + 0.005) ** 2 + 0.005);
 * ```
 */
export function remainderPaper({ smoothness, v, g, delta }: LemmaSizes): number {
  return Math.SQRT2 * smoothness * (delta * v + delta * delta / 2) ** 2 + g * delta * delta;
}

/**
 * The sharp descent lemma: the remainder is at most `½L(δv_op + δ²/2)² + ½γδ²`, with equality for
 * `½Lx² + hx`, `V = (t, t)`, `D = (ε, ε)`.
 *
 * Source: ours.
 */
export function remainderSharp({ smoothness, vop, gamma, delta }: LemmaSizes): number {
  return 0.5 * smoothness * (delta * vop + delta * delta / 2) ** 2 + 0.5 * gamma * delta * delta;
}

/**
 * The sharp lemma for `V ↦ f(VVᵀ)` (Burer–Monteiro): `2L(δ‖V‖_op + δ²/2)² + ‖∇f‖_op δ²`.
 *
 * Source: ours; that the analysis covers this case is the paper's.
 */
export function remainderFactored({ smoothness, vop, gamma, delta }: LemmaSizes): number {
  return 2 * smoothness * (delta * vop + delta * delta / 2) ** 2 + gamma * delta * delta;
}

/**
 * `∇J(V) = 2 Sym(E₁ᵀ G E₂ᵀ) V` by its blocks: `V = [B; Aᵀ]`, `(m + n) × r`.
 *
 * Source: the paper's section 3 (as reported); derivation ours.
 *
 * @param full `G`, `m × n`.
 * @param adapters `B` and `A`.
 * @returns `(m + n) × r`: `GAᵀ` over `GᵀB`.
 */
export function stackedGradient(full: Matrix, adapters: Adapters): Matrix {
  const m = full.rows, size = m + full.columns, twice = matrix(size, size);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < full.columns; j++) {
      const entry = full.data[i * full.columns + j];
      twice.data[i * size + m + j] = twice.data[(m + j) * size + i] = entry;
    }
  }
  return multiply(twice, stack(adapters));
}

/** `V = [B; Aᵀ]`, `(m + n) × r`. */
export function stack({ b, a }: Adapters): Matrix {
  const out = matrix(b.rows + a.columns, b.columns);
  out.data.set(b.data);
  out.data.set(transpose(a).data, b.data.length);
  return out;
}

/** The upper right block of `VVᵀ`: the update `BA` read off the stack. */
export function updateOf(stacked: Matrix, m: number): Matrix {
  const { rows, columns: r, data } = stacked;
  const b = matrix(m, r, data.slice(0, m * r)), transposed = matrix(rows - m, r, data.slice(m * r));
  return multiplyNT(b, transposed);
}

/**
 * `κ⋆`: the largest `κ` with `x(1 + y/2)² + y ≤ 1` for all `x, y ≥ 0`, `x + y = κ`; so
 * `η = κ⋆/(L‖V‖² + γ)` certifies half the first-order decrease for every `L`.
 *
 * On the line the maximum stands at the root of `¾y² + (2 − κ/2)y − κ = 0`.
 * Source: ours.
 */
export function kappaStar(): number {
  const worst = (kappa: number) => {
    const half = 2 - kappa / 2, y = (Math.sqrt(half * half + 3 * kappa) - half) / 1.5;
    return (kappa - y) * (1 + y / 2) ** 2 + y - 1;
  };
  return findRoot(worst, 0.5, 1);
}

/** Below this `L` a step of the paper's rule can raise the loss: `1/(8√2)`. Ours. */
export const RISING_SMOOTHNESS: number = 1 / (8 * Math.SQRT2);

/**
 * `(J₊ − J)/(η‖∇J‖²)` on a linear slope near `V = 0`: `−(1 − ηg/2)`.
 *
 * Source: ours.
 *
 * @param eta Learning rate.
 * @param g `|f′|`.
 */
export function slopeDecrease(eta: number, g: number): number {
  return eta * g / 2 - 1;
}

/**
 * Largest `(J₊ − J)/(η‖∇J‖²)` of `η = κ/(L‖V‖² + γ)` that we know of, `−(1 − κ/2)`.
 *
 * A linear slope at `V → 0` attains it, so that no `κ > 1` certifies half the first-order decrease; that nothing is
 * worse for `κ ≤ 1` is what a search found, without proof. Proved is `κ ≤ κ⋆` only ({@linkcode kappaStar}).
 * Source: ours.
 *
 * @param kappa `κ > 0`.
 */
export function kappaDecrease(kappa: number): number {
  return kappa / 2 - 1;
}
