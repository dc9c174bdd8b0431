/**
 * Theorem 4.1: growth and convergence of one direction from the paper's spectral start.
 *
 * @module
 */
import { checkKeys, checkNonNegative, checkPositive } from "../../../../check.ts";
import { findRoot } from "../../../../ode/mod.ts";

/** A direction of a spectral start. */
export interface SpectralDirection {
  /** `σ_{ΔY}`, what it has to learn. */
  readonly sigma: number;
  /** `σ_{W₂}`. */
  readonly sigmaW2: number;
  /** `σ_{W₁} < σ_{W₂}`. */
  readonly sigmaW1: number;
  /** `z₁(0) = σ²_{A₁} + σ²_{B₁}` at the start. */
  readonly z1: number;
}

/** What Theorem 4.1 says about a direction, and where its first part holds. */
export interface Theorem41 {
  /** `T₁` as Theorem F.1 prints it: `2/((3 + δ_w)σσ_{W₂}) log((1 − δ_w)σ/(8σ_{W₂}z₁(0)))`. */
  readonly t1: number;
  /** `T₁` as the main text prints it, with `log(σ/(16z₁(0)))`. */
  readonly t1Main: number;
  /** What the proof takes `z₁(T₁)` to have reached: `(1 − δ_w)σ/(8σ_{W₂})`. */
  readonly threshold: number;
  /** Part 1: `d/dt log z₁ ≥ (3 + δ_w)σσ_{W₂}/2` for `t ≤ T₁`. */
  readonly growth: number;
  /** Part 1: `d/dt log(z₁/z₂) ≥ 3(1 − δ_w)σσ_{W₂}/2` for `t ≤ T₁`. */
  readonly ratioGrowth: number;
  /** Part 2: rate of `ℓ` after `T₁`, `(1 − δ_w)σσ_{W₂}/8`. */
  readonly rate: number;
  /** Part 2: `exp(−rate · since) ℓ(T₁)`. */
  readonly bound: (lossAtT1: number, since: number) => number;
  /** `d/dt log z₁` at a start with `B = 0`, for `x₂ → 0` and `z₁(0)` small; ours. */
  readonly growthAt: (t: number) => number;
  /** `z₁(T₁)` over the threshold at a start with `B = 0`, for `x₂ → 0`; ours. */
  readonly reached: number;
  /** From here on the first line of part 1 holds at a start with `B = 0`: `artanh((3 + δ_w)/4)/(2λ)`. */
  readonly from: number;
  /** From here on its second line holds there. */
  readonly ratioFrom: number;
  /** Until here its first line holds, for `x₂ → 0`: `log(4σ(1 − δ_w)/((3 + δ_w)σ_{W₂}z₁(0)))/(2λ)`. */
  readonly until: number;
}

/**
 * Theorem 4.1 (F.1) for one direction, and the times between which the growth bounds of its first part
 * hold in the flow.
 *
 * The growth and the times are ours. At `B = 0` growth begins at zero and ends when the error `e` falls:
 * `d/dt log z₁ = 2λ tanh(2λt) e/σ` with `λ = σσ_{W₂}` and `e = σ/(1 + σ_{W₂}z₁(0)e^{2λt}/(4σ))`, while
 * `2λ(3 + δ_w)/4` is asked for. The end is at a time `log(1/z₁(0))/(2λ)`, while `T₁` grows as `2 log(1/z₁(0))/((3 + δ_w)λ)`, which is longer: at a small
 * enough start part 1 fails at both ends of `[0, T₁]`.
 * Assumes: the paper's spectral start, so that directions do not mix.
 * Source: the paper, Theorems 4.1 and F.1; `growthAt`, `from`, `ratioFrom`, `until` are ours.
 *
 * @throws {RangeError} If a number is not finite and > 0, or `σ_{W₁} ≥ σ_{W₂}`.
 * @throws {TypeError} If a key is unknown.
 *
 * @example
 * ```ts
 * import { theorem41 } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { t1, from } = theorem41({ sigma: 5, sigmaW2: 2.5, sigmaW1: 1.25, z1: 1e-8 });
 * assertAlmostEquals(t1, 0.7470280778181728, 1e-12);
 * assertAlmostEquals(from, 0.0541610040220442, 1e-12);
 * ```
 */
export function theorem41(direction: SpectralDirection): Theorem41 {
  const what = "evaluate Theorem 4.1";
  checkKeys(what, direction, ["sigma", "sigmaW2", "sigmaW1", "z1"], "the direction");
  const { sigma, sigmaW2, sigmaW1, z1 } = direction;
  for (const [name, value] of Object.entries({ sigma, sigmaW2, sigmaW1, z1 })) {
    checkPositive(what, name, value);
  }
  if (!(sigmaW1 < sigmaW2)) {
    throw new RangeError(
      `Cannot ${what} as sigmaW1 must be < sigmaW2 = ${sigmaW2}, else exchange the layers: ` +
        `current value is ${sigmaW1}`,
    );
  }
  const deltaW = sigmaW1 / sigmaW2, lambda = sigma * sigmaW2, pace = 2 / ((3 + deltaW) * lambda);
  const growth = (3 + deltaW) * lambda / 2, ratioGrowth = 3 * (1 - deltaW) * lambda / 2;
  const rate = (1 - deltaW) * lambda / 8, threshold = (1 - deltaW) * sigma / (8 * sigmaW2);
  const t1 = pace * Math.log(threshold / z1);
  /** Share of the target that is not learnt, for x₂ → 0: the logistic curve of z₁ ≈ 2x₁. */
  const open = (t: number) => 1 / (1 + sigmaW2 * z1 / (4 * sigma) * Math.exp(2 * lambda * t));
  const ratioGrown = (t: number) =>
    2 * lambda * (Math.tanh(2 * lambda * t) - deltaW * Math.tanh(2 * deltaW * lambda * t));
  return {
    ...{ t1, t1Main: pace * Math.log(sigma / (16 * z1)) },
    ...{ threshold, growth, ratioGrowth, rate },
    bound: (lossAtT1, since) => {
      checkPositive(what, "lossAtT1", lossAtT1);
      checkNonNegative(what, "since", since);
      return Math.exp(-rate * since) * lossAtT1;
    },
    growthAt: (t) => 2 * lambda * Math.tanh(2 * lambda * t) * open(t),
    reached: 2 * sigma / sigmaW2 * (1 - open(t1)) / threshold,
    from: Math.atanh((3 + deltaW) / 4) / (2 * lambda),
    // It rises above 2(1 − δ_w)λ and falls back to that, so it crosses ¾ of it once.
    ratioFrom: findRoot((t) => ratioGrown(t) - ratioGrowth, 0, 20 / lambda),
    until: Math.log(4 * sigma * (1 - deltaW) / ((3 + deltaW) * sigmaW2 * z1)) / (2 * lambda),
  };
}
