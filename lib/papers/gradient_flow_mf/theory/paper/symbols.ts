/**
 * What the paper's statements are written in: its symbols, as numbers and vectors of a problem.
 *
 * @module
 */
import { columns } from "../../../../linalg/mod.ts";
import { alignedMode } from "../../bases.ts";
import type { Problem } from "../../model.ts";

/** The paper's symbols for a problem with an aligned target of rank one. */
export interface PaperSymbols {
  /** `σ`, the singular value of `ΔY = σuvᵀ`. */
  readonly sigma: number;
  /** `σ_{W₂}`, the singular value of `W₂` along the target. */
  readonly sigmaW2: number;
  /** `σ_{W₁}`. */
  readonly sigmaW1: number;
  /** `δ_w = σ_{W₁}/σ_{W₂}`. */
  readonly deltaW: number;
  /** `σσ_{W₂}`, the growth rate of `Z₁`. */
  readonly lambda: number;
  /** Spectral norm `‖W₂‖`. */
  readonly normW2: number;
  /** Spectral norm `‖W₁‖`. */
  readonly normW1: number;
  /** `u`, length `m`. */
  readonly u: Float64Array;
  /** `g`, length `h`. */
  readonly g: Float64Array;
  /** `v`, length `n`. */
  readonly v: Float64Array;
}

/**
 * The paper's symbols of a problem: both layers have an adapter, Assumptions 2.1 and 2.2 hold, and the
 * target has rank one.
 *
 * Source: the paper, Sections 2 and 3.1.
 *
 * @param what What needs them, for the message.
 * @throws {TypeError} If the problem has no `W₁`: the statements are about Problem 2.
 * @throws {RangeError} If Assumption 2.1 or 2.2 fails, by how much is said, or the rank is not one.
 *
 * @example
 * ```ts
 * import { paperSymbols, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { lambda, deltaW, normW2, normW1 } = paperSymbols(problemQ({ delta: 0.5 }));
 * assertAlmostEquals(lambda, 1.3 * 0.7, 1e-12);
 * assertAlmostEquals(deltaW, 0.5, 1e-12);
 * assertAlmostEquals(normW2 + normW1, 1.9 + 1.2, 1e-12);
 * ```
 */
export function paperSymbols(
  problem: Problem,
  what = "read the paper's symbols off a problem",
): PaperSymbols {
  if (problem.w1 === undefined) {
    throw new TypeError(
      `Cannot ${what} as the problem must have w1: the paper's Problem 2 adapts both layers`,
    );
  }
  const { u, g, v, s2, s1, uOf, vOf, index, sigma, lambda, deltaW } = alignedMode(what, problem);
  const column = (basis: typeof u, j: number) => columns(basis, j, j + 1).data;
  return {
    ...{ sigma, sigmaW2: s2[index], sigmaW1: s1[index], deltaW, lambda },
    ...{ normW2: Math.max(...s2), normW1: Math.max(...s1) },
    ...{ u: column(u, uOf[index]), g: column(g, index), v: column(v, vOf[index]) },
  };
}

/** An inequality `left ≤ right`, as numbers. */
export interface Inequality {
  /** Smaller side. */
  readonly left: number;
  /** Larger side. */
  readonly right: number;
  /** Whether `left ≤ right`. */
  readonly holds: boolean;
}
