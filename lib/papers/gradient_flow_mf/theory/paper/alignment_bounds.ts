/**
 * Claim 3.2 and Theorems C.1, C.2: when the alignment phase ends, and what is proved about it.
 *
 * @module
 */
import { checkInside, checkKeys, checkPositive } from "../../../../check.ts";
import { frobeniusNorm, spectralNorm } from "../../../../linalg/mod.ts";
import { stackOf } from "../../measures.ts";
import { type Adapters, error, type Problem } from "../../model.ts";
import { checkAdapters } from "../../shapes.ts";
import { symbolsBelowOne } from "./_statement.ts";

/** Exponents of `α` in the statements about the end of the alignment phase. */
export interface AlignmentExponents {
  /** Of `1 − cos²(U^S_{Z₁}, γ₁)`. */
  readonly misaligned: {
    /** Claim 3.2: `(1 + δ_w)/(3 + δ_w)`. */
    readonly claim32: number;
    /** Theorems C.1 and C.2: `(3 + δ_w)/(5 − δ_w)`. */
    readonly theoremC1: number;
    /** Where the derivation ends, Eq. (125): `2(1 − δ_w)/(5 − δ_w)`. */
    readonly eq125: number;
    /** Ours: 2. */
    readonly sharp: number;
  };
  /** Of `‖Z₁‖²/‖Z₂‖²`. */
  readonly imbalance: {
    /** Claim 3.2: `−4(1 − δ_w)/(5 − δ_w)`. */
    readonly claim32: number;
    /** Theorems C.1 and C.2: `−2(1 − δ_w)/(5 − δ_w)`. */
    readonly theoremC1: number;
    /** Ours: `−2(1 − δ_w)`. */
    readonly sharp: number;
  };
  /** Of `‖Z₁(T̂₁)‖_F`. */
  readonly norm: {
    /** (35), (43) as printed: 1. */
    readonly printed: number;
    /** The same read as a bound of the square, which is what (126) derives: ½. */
    readonly square: number;
    /** Ours: `(3 − δ_w)/(5 − δ_w)`. */
    readonly sharp: number;
  };
}

/**
 * Exponents of Claim 3.2 and of Theorems C.1 and C.2, with the sharp ones.
 *
 * The paper's bound `1 − cos²` from above and the imbalance from below; a bound is true when the sharp
 * exponent is larger in size. `‖Z₁(T̂₁)‖ ≤ β₃α` is not: `T̂₁` is long enough for growth by a power.
 * Source: the paper, Claim 3.2, (35), (36), (125); the sharp ones are ours: `α²` since the misalignment at
 * a fixed time does not depend on `α` and falls as `e^{−2σσ_{W₂}t}`, `−2(1 − δ_w)` since the adapters
 * grow at the rates `σσ_{W₂}` and `σσ_{W₁}` for a time `log(1/α)/(σσ_{W₂})`.
 *
 * @param deltaW `δ_w` in (0, 1).
 * @throws {RangeError} If it is outside.
 *
 * @example
 * ```ts
 * import { alignmentExponents } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { misaligned, imbalance } = alignmentExponents(0.5);
 * assertAlmostEquals(misaligned.claim32, 3 / 7, 1e-12);
 * assertAlmostEquals(imbalance.claim32, -4 / 9, 1e-12);
 * ```
 */
export function alignmentExponents(deltaW: number): AlignmentExponents {
  checkInside("compute the exponents of Claim 3.2", "deltaW", deltaW, 0, 1);
  const rest = 5 - deltaW;
  return {
    misaligned: {
      claim32: (1 + deltaW) / (3 + deltaW),
      theoremC1: (3 + deltaW) / rest,
      eq125: 2 * (1 - deltaW) / rest,
      sharp: 2,
    },
    imbalance: {
      claim32: -4 * (1 - deltaW) / rest,
      theoremC1: -2 * (1 - deltaW) / rest,
      sharp: -2 * (1 - deltaW),
    },
    norm: { printed: 1, square: 0.5, sharp: (3 - deltaW) / rest },
  };
}

/** Times of the alignment phase. */
export interface AlignmentTimes {
  /** `z_max = max_i ‖Z_i(0)‖_F/α`. */
  readonly zMax: number;
  /** The bracket of (34), or the one that was given. */
  readonly bracket: number;
  /** `T̂₁` of Theorem C.1. */
  readonly early: number;
  /** `T̃₁` of Theorem C.2, with the logarithm that (51) gives. */
  readonly delay: number;
  /** The same as (46) and (52) print it. */
  readonly delayPrinted: number;
  /** What `gᵀB₁A₁v` has reached at `T₁`: `(1 − δ_w)σ/(4σ_{W₂})`. */
  readonly threshold: number;
}

/**
 * The times `T̂₁` and `T̃₁` of a start: the escape at `T₁` comes before `T̂₁ + T̃₁`.
 *
 * Law: `T̂₁ = 2/((5 − δ_w)σσ_{W₂}) log 1/(αz_max²(‖E‖ + ‖W₁‖² + ‖W₁‖‖W₂‖ + ‖W₂‖² + √(‖W₁‖ + ‖W₂‖)))`,
 * `T̃₁ = 2/((1 + δ_w)σσ_{W₂}) log(1 + (1 − δ_w)σ/(4σ_{W₂}α²z_max²))`; printed is
 * `(1 − δ_w²)σ²/(4α²z_max²)`, whose dimension is another one.
 * Assumes: Assumptions 2.1 and 2.2, rank one, `δ_w < 1`. `E` is taken at the start.
 * Source: the paper, (34) and (46); (42) has another bracket, which can be given: it shifts `T̂₁` by a
 * constant and changes no exponent.
 *
 * @param start Adapters at `t = 0`.
 * @param options Scale `alpha` of the start; `bracket` in place of that of (34).
 * @throws {RangeError} If an assumption fails, `δ_w ≥ 1`, or `αz_max²` times the bracket is not below 1:
 * then `T̂₁` is negative.
 *
 * @example
 * ```ts
 * import { alignmentTimes, problemQ, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 }), alpha = 1e-5, draws = portable(800);
 * const start = startAdapters(problem, { start: "zeroB", r: 3, alpha, draws });
 * assertAlmostEquals(alignmentTimes(problem, start, { alpha }).threshold, 0.5 * 0.7 / 5.2, 1e-12);
 * ```
 */
export function alignmentTimes(
  problem: Problem,
  start: Adapters,
  options: { readonly alpha: number; readonly bracket?: number },
): AlignmentTimes {
  const what = "compute the times of the alignment phase";
  checkKeys(what, options, ["alpha", "bracket"]);
  const { alpha } = options, symbols = symbolsBelowOne(problem, what);
  checkPositive(what, "alpha", alpha);
  checkAdapters(what, problem, start);
  const { sigma, sigmaW2, deltaW, lambda, normW1, normW2 } = symbols;
  const { b1, a1, b2, a2 } = start;
  const sizes = [frobeniusNorm(stackOf(b1, a1)), frobeniusNorm(stackOf(b2!, a2!))];
  const zMax = Math.max(...sizes) / alpha;
  const {
    bracket = spectralNorm(error(problem, start)) + normW1 ** 2 + normW1 * normW2 + normW2 ** 2 +
      Math.sqrt(normW1 + normW2),
  } = options;
  checkPositive(what, "bracket", bracket);
  const small = alpha * zMax ** 2 * bracket;
  if (!(small < 1)) {
    throw new RangeError(
      `Cannot ${what} as alpha must be so small that alpha z_max² times the bracket is < 1: ` +
        `it is ${small} at alpha = ${alpha}`,
    );
  }
  const power = 4 * alpha ** 2 * zMax ** 2, each = 2 / ((1 + deltaW) * lambda);
  return {
    ...{ zMax, bracket, early: -2 * Math.log(small) / ((5 - deltaW) * lambda) },
    delay: each * Math.log1p((1 - deltaW) * sigma / (sigmaW2 * power)),
    delayPrinted: each * Math.log1p((1 - deltaW ** 2) * sigma ** 2 / power),
    threshold: (1 - deltaW) * sigma / (4 * sigmaW2),
  };
}
