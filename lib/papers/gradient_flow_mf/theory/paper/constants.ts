/**
 * What the constants of Theorem 3.1 amount to when the proof's inequalities are read literally.
 *
 * @module
 */
import type { Problem } from "../../model.ts";
import { symbolsBelowOne } from "./_statement.ts";

/** Constants of Theorem 3.1 for a problem. */
export interface TheoremConstants {
  /** `c₁` of the alignment phase, `2/(5 − δ_w) + 4/(1 + δ_w)`; runs have 1. */
  readonly c1: number;
  /** Largest exponent `c₃` of `L(T) ≤ 2α^{c₃}` that (102) admits with `d₆ = d₇`. */
  readonly c3: number;
  /** `c₂ = 32c₃/(1 − δ_w)`, Eq. (33). */
  readonly c2: number;
  /** Growth of the noise relative to its share in (102), first condition. */
  readonly b: number;
  /** The same of the second condition. */
  readonly g: number;
  /** Proved rate of the loss, `(1 − δ_w)σσ_{W₂}/32`. */
  readonly rate: number;
  /** Rate of `L_S` in a run for `x₂ → 0`, `4σσ_{W₂}` (ours). */
  readonly sharpRate: number;
}

/**
 * The constants that the proof of Theorem 3.1 supports.
 *
 * Law: `c₁` from `T̂₁ + T̃₁` at leading order in `log(1/α)`. With `d₆ = d₇ = d`, (102) allows
 * `d = min{ (2(1 − δ_w)/(5 − δ_w))/(½ + b), ((3 + δ_w)/(5 − δ_w))/(½ + g) }`,
 * `b = 64[(‖W₁‖ + ‖W₂‖)σ − (1 − δ_w)σ_{W₂}]/((1 − δ_w)σσ_{W₂})`,
 * `g = 32(2‖W₂‖ − σ_{W₂})/((1 − δ_w)σ_{W₂})`, and `c₃ ≤ d`. The factor `σ` that is missing in
 * `(1 − δ_w)σ_{W₂}` of (98) and (102) is left missing here.
 * Assumes: Assumptions 2.1 and 2.2, rank one, `δ_w < 1`.
 * Source: ours, arithmetic on the paper's (33), (34), (46), (102). A better proof may give more: the
 * theorem says *that* the final error vanishes with `α`, not how fast.
 *
 * @throws {RangeError} If an assumption fails, `δ_w ≥ 1`, or `b` comes out negative, where the literal
 * reading says nothing.
 *
 * @example
 * ```ts
 * import { problemQ, theoremConstants } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { c1, c3 } = theoremConstants(problemQ({ delta: 0.5 }));
 * assertAlmostEquals(c1, 28 / 9, 1e-12);
 * assertAlmostEquals(c3, 1.036957271093107e-3, 1e-12);
 * ```
 */
export function theoremConstants(problem: Problem): TheoremConstants {
  const what = "compute the constants of Theorem 3.1";
  const { sigma, sigmaW2, deltaW, lambda, normW1, normW2 } = symbolsBelowOne(problem, what);
  const rest = 1 - deltaW;
  const b = 64 * ((normW1 + normW2) * sigma - rest * sigmaW2) / (rest * lambda);
  const g = 32 * (2 * normW2 - sigmaW2) / (rest * sigmaW2);
  if (!(b > 0)) {
    throw new RangeError(
      `Cannot ${what} as (‖W₁‖ + ‖W₂‖)σ must exceed (1 − δ_w)σ_{W₂} for (102) to bind: ` +
        `their difference over (1 − δ_w)σσ_{W₂}/64 is ${b}`,
    );
  }
  const c3 = Math.min(
    2 * rest / (5 - deltaW) / (0.5 + b),
    (3 + deltaW) / (5 - deltaW) / (0.5 + g),
  );
  return {
    ...{ c1: 2 / (5 - deltaW) + 4 / (1 + deltaW), c3, c2: 32 * c3 / rest, b, g },
    ...{ rate: rest * lambda / 32, sharpRate: 4 * lambda },
  };
}
