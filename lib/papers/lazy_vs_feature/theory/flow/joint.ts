/**
 * Flows of joint training: direction and left factor together (A2).
 *
 * @module
 */
import { checkKeys, checkNonNegative, checkPositive, checkWithin } from "../../../../check.ts";
import type { Model } from "../../model.ts";
import { correlationSlope, factorGradient } from "../landscape/landscape.ts";
import { byNeurons, stepAverages } from "../moments/moments.ts";
import { type StepMeans, stepMeans } from "../neuron/step.ts";
import { FEW, solveFlow } from "./solve.ts";

/** Joint training at one time. */
export interface JointPoint {
  /** Time `τ = steps/n`. */
  readonly tau: number;
  /** Overlap of the directions. */
  readonly m: number;
  /** Overlap of the left factors. */
  readonly q: number;
  /** Squared length of `û`; 1 on the sphere. */
  readonly nu: number;
  /** Population loss. */
  readonly loss: number;
}

/** Options of a joint flow. */
export interface JointOptions {
  /** Step scale, `η = α/n`. */
  readonly alpha: number;
  /** Ratio `η_c/η`; 1 when not given. */
  readonly ratio?: number;
  /** Times, increasing, the first `> 0`. */
  readonly times: readonly number[];
  /** Overlap of the directions at the start; 0 when not given. */
  readonly m0?: number;
  /** Whether both factors are free; on their spheres when not given. */
  readonly free?: boolean;
}

/**
 * The flow of both factors from the model's `ĉ`. On their spheres (A2): `ṁ = α(1−m²)Φ′ − (α²/2) m V`,
 * `dĉ/dτ = −ρα|ĉ|² (I − ĉĉᵀ/|ĉ|²)∇_ĉ L`. Without constraint (an adapter): `ṁ = −αE γs*`,
 * `ν̇ = −2αE γs + α²E γ²`, `dĉ/dτ = −ρα∇_ĉ L`, from `|û| = 1`; there `ĉ = 0` is LoRA's `B = 0`.
 *
 * Assumes: `n → ∞` at fixed `k`. A quantised `ĉ` stays on a symmetric set that the noise of finite `n`
 * leaves: compare with chains from a generic `ĉ`. Relative accuracy 1e-8.
 * Source: ours; the paper has simulations only.
 *
 * @throws {RangeError} If `α ≤ 0`, the ratio is negative, `|m₀| > 1`, the times are not positive and increasing, or
 * factors without constraint escape.
 * @throws {TypeError} If an option is not known.
 */
export function jointFlow(model: Model, options: JointOptions): JointPoint[] {
  const what = "solve a joint flow", { alpha, ratio = 1, times, m0 = 0, free = false } = options;
  checkKeys(what, options, ["alpha", "ratio", "times", "m0", "free"]);
  checkPositive(what, "alpha", alpha);
  checkNonNegative(what, "ratio", ratio);
  checkWithin(what, "m0", m0, -1, 1);
  const radius = Math.hypot(...model.hatC);
  // State: m, |û|², ĉ.
  const at = (y: ArrayLike<number>): { m: number; nu: number; now: Model } => {
    const raw = model.hatC.map((_, i) => y[i + 2]);
    if (free) return { m: y[0], nu: y[1], now: { ...model, hatC: raw } };
    const scale = radius / Math.hypot(...raw), m = Math.min(1, Math.max(-1, y[0]));
    return { m, nu: 1, now: { ...model, hatC: raw.map((x) => x * scale) } };
  };
  const states = solveFlow(what, times, {
    start: [m0, 1, ...model.hatC],
    rates: (_t, y, dy) => {
      const { m, nu, now } = at(y), { gammaStar, gammaS, V, slope, gradient } = movesOf(now, m, nu);
      if (free) {
        dy[0] = -alpha * gammaStar;
        dy[1] = -2 * alpha * gammaS + alpha * alpha * V;
        gradient.forEach((g, i) => dy[i + 2] = -ratio * alpha * g);
        return;
      }
      const along = gradient.reduce((sum, g, i) => sum + g * now.hatC[i], 0);
      dy[0] = alpha * (1 - m * m) * slope() - alpha * alpha / 2 * m * V;
      dy[1] = 0;
      gradient.forEach((g, i) =>
        dy[i + 2] = -ratio * alpha * (g * radius * radius - along * now.hatC[i])
      );
    },
    ...{ rtol: 1e-8, atol: 1e-10, maxSteps: FEW },
  });
  return states.map((y, i) => {
    const { m, nu, now } = at(y), q = now.hatC.reduce((sum, x, j) => sum + x * model.c[j], 0);
    return { tau: times[i], m, q, nu, loss: stepAverages(now, m, nu).loss };
  });
}

/** What moves both factors: in one pass over the neurons, or from averages and the closed landscape. */
function movesOf(
  model: Model,
  m: number,
  nu: number,
): Pick<StepMeans, "V" | "gammaS" | "gammaStar" | "gradient"> & { slope: () => number } {
  if (byNeurons(model)) {
    const means = stepMeans(model, m, nu);
    return { ...means, slope: () => means.slope };
  }
  const { V, gammaS, gammaStar } = stepAverages(model, m, nu),
    gradient = factorGradient(model, m, nu);
  return { V, gammaS, gammaStar, gradient, slope: () => correlationSlope(model, m) };
}

/**
 * Small perturbations with `E σ′ = 0`: the loss is `A(1 − mq)` and `ṁ = A(1−m²)q`, `q̇ = ρA(1−q²)m`.
 *
 * Scale: time in units of `1/A`; `A = 3κ²` for `h₃` and `λ = 1/√k`.
 * Source: ours.
 *
 * @throws {RangeError} If the ratio is negative, a start is outside `[−1, 1]`, or the times are not increasing.
 */
export function bilinearFlow(
  start: { m: number; q: number },
  options: { ratio?: number; times: readonly number[] },
): { tau: number; m: number; q: number }[] {
  const what = "solve the bilinear flow", { ratio = 1, times } = options;
  checkKeys(what, options, ["ratio", "times"]);
  checkNonNegative(what, "ratio", ratio);
  checkWithin(what, "m", start.m, -1, 1);
  checkWithin(what, "q", start.q, -1, 1);
  const states = solveFlow(what, times, {
    start: [start.m, start.q],
    rates: (_t, [m, q], dy) => {
      dy[0] = (1 - m * m) * q;
      dy[1] = ratio * (1 - q * q) * m;
    },
    ...{ rtol: 1e-10, atol: 1e-13 },
  });
  return states.map(([m, q], i) => ({ tau: times[i], m, q }));
}

/** What the bilinear flow conserves: `(1 − m²)^ρ/(1 − q²)`. Source: ours. */
export function conserved({ m, q }: { m: number; q: number }, ratio = 1): number {
  return (1 - m * m) ** ratio / (1 - q * q);
}

/** Where a level of the conserved quantity meets a given `q`: `|m|`, or NaN where it does not. */
export function levelCurve(level: number, q: number, ratio = 1): number {
  return Math.sqrt(1 - (level * (1 - q * q)) ** (1 / ratio));
}
