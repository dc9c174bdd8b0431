/**
 * Theorem 3.2 and its proof: rates and bounds of the local convergence phase.
 *
 * @module
 */
import { checkInside, checkNonNegative, checkPositive } from "../../../../check.ts";
import type { Problem } from "../../model.ts";
import { symbolsBelowOne } from "./_statement.ts";

/** Rates and levels of Theorem 3.2 for a problem. */
export interface Theorem32 {
  /** Rate of (16), `(1 − δ_w)σσ_{W₂}/32`. */
  readonly rate: number;
  /** Rate of `L_S` in (90), `(1 − δ_w)σσ_{W₂}/16`: Lemma D.1, without its noise term. */
  readonly signalRate: number;
  /** (85): after `T₁`, `‖γ₁ᵀZ₁‖²` stays above `(1 − δ_w)σ/(8σ_{W₂})`. */
  readonly along: number;
  /** What the loss does for `x₂ → 0`, ours: `L_S` falls at `4σσ_{W₂}`. */
  readonly sharpRate: number;
  /** Exponential part of (16), `2 exp(−rate · since) L(T₁)`. */
  readonly bound: (lossAtEscape: number, since: number) => number;
  /** Exponential part of (15), with `‖Z₂(T₁)‖/‖Z₁(T₂)‖` of the run. */
  readonly bound15: (lossAtEscape: number, since: number, sizes: number) => number;
}

/**
 * Theorem 3.2: after the escape at `T₁` the loss falls at least at a certain rate down to `2α^{c₃}`.
 *
 * Law: (16) `L(t) ≤ 2 exp(−(1 − δ_w)σσ_{W₂}(t − T₁)/32) L(T₁) + 2α^{c₃}`; (15) the same with
 * `(1 − ‖Z₂(T₁)‖/‖Z₁(T₂)‖)(1 − δ_w)σσ_{W₂}/16` and `c₈(1 − cos²(U^S_{Z₁}(T₁), γ₁))`.
 * Assumes: Assumptions 2.1 and 2.2, rank one, `δ_w < 1`, `α ≤ α*` (not given in the paper).
 * Source: the paper, Theorem 3.2, (85), (90).
 *
 * @throws {RangeError} If an assumption fails or `δ_w ≥ 1`.
 *
 * @example The rate that is proved and the rate of the run.
 * ```ts
 * import { problemQ, theorem32 } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rate, sharpRate, bound } = theorem32(problemQ({ delta: 0.5 }));
 * assertAlmostEquals(sharpRate / rate, 256, 1e-9);
 * assertAlmostEquals(bound(0.2, 0), 0.4, 1e-12);
 * ```
 */
export function theorem32(problem: Problem): Theorem32 {
  const what = "evaluate Theorem 3.2";
  const { sigma, sigmaW2, deltaW, lambda } = symbolsBelowOne(problem, what);
  const rate = (1 - deltaW) * lambda / 32;
  const after = (lossAtEscape: number, since: number, decay: number) => {
    checkPositive(what, "lossAtEscape", lossAtEscape);
    checkNonNegative(what, "since", since);
    return 2 * Math.exp(-decay * since) * lossAtEscape;
  };
  return {
    ...{ rate, signalRate: 2 * rate, along: (1 - deltaW) * sigma / (8 * sigmaW2) },
    sharpRate: 4 * lambda,
    bound: (lossAtEscape, since) => after(lossAtEscape, since, rate),
    bound15: (lossAtEscape, since, sizes) => after(lossAtEscape, since, 2 * rate * (1 - sizes)),
  };
}

/**
 * Smallest `c₆` with which (13) `cos²(now) ≥ cos^{2c₆}(T₁)` holds: below 1 where alignment got better.
 *
 * @param misaligned `1 − cos²` now, in [0, 1).
 * @param atEscape `1 − cos²` at `T₁`.
 * @throws {RangeError} If one is outside.
 */
export function c6Needed(misaligned: number, atEscape: number): number {
  const what = "compute the power that (13) needs";
  if (misaligned !== 0) checkInside(what, "misaligned", misaligned, 0, 1);
  checkInside(what, "atEscape", atEscape, 0, 1);
  return Math.log1p(-misaligned) / Math.log1p(-atEscape);
}

/**
 * Largest `c₇` with which (14) `ratio(now) ≥ ratio(T₁)^{c₇}` holds, for `ratio = ‖Z₁‖/‖Z₂‖`.
 *
 * @param atEscape Must be above 1, else (14) says nothing that a larger `c₇` would not say.
 * @throws {RangeError} If it is not, or `ratio` is not > 0.
 */
export function c7Allowed(ratio: number, atEscape: number): number {
  const what = "compute the power that (14) allows";
  checkPositive(what, "ratio", ratio);
  checkInside(what, "atEscape", atEscape, 1, Infinity);
  return Math.log(ratio) / Math.log(atEscape);
}
