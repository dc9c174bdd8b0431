/**
 * The law of the escape time over random starts: T4 for the Gaussian ones, T14 for the paper's spectral
 * one.
 *
 * @module
 */
import {
  checkFinite,
  checkInside,
  checkInteger,
  checkKeys,
  checkPositive,
  show,
} from "../../../../check.ts";
import { digamma, trigamma } from "../../../../gaussian/mod.ts";
import { findRoot } from "../../../../ode/mod.ts";
import { logGamma } from "./log_gamma.ts";
import { escapeTime } from "./escape.ts";

/** What the law of the escape time depends on. */
export interface EscapeLawOptions {
  /** The random start. */
  readonly start: "zeroB" | "zeroA" | "spectralPaper" | "gauss";
  /** Singular value of `W₂` along the target. */
  readonly s: number;
  /** Singular value of the target. */
  readonly sigma: number;
  /** Standard deviation of a random entry. */
  readonly alpha: number;
  /** Rank of the adapter; for `spectralPaper`, where one number along the target counts, it does nothing. */
  readonly r?: number;
}

/** `‖z₁‖² = κα²χ²_r`, by start. */
const KAPPA = { zeroB: 0.5, zeroA: 0.5, spectralPaper: 0.5, gauss: 1 } as const;

/** Degrees of freedom, `λ`, and the time for `χ² = 1`. */
function lawOf(what: string, options: EscapeLawOptions) {
  checkKeys(what, options, ["start", "s", "sigma", "alpha", "r"]);
  const { start, s, sigma, alpha, r } = options;
  if (!Object.hasOwn(KAPPA, start)) {
    const hint = (start as string) === "spectral"
      ? "; that start is not random, see spectralEscapeTime"
      : "";
    throw new RangeError(
      `Cannot ${what} as start must be one of ${Object.keys(KAPPA).join(", ")}: ` +
        `current value is ${show(start)}${hint}`,
    );
  }
  checkPositive(what, "alpha", alpha);
  const degrees = start === "spectralPaper" ? 1 : r ?? NaN;
  checkInteger(what, "r", degrees, 1);
  const typical = escapeTime({ s, sigma, power: KAPPA[start] * alpha * alpha });
  return { degrees, rate: 2 * s * sigma, typical };
}

/**
 * Mean and standard deviation of the escape time over random starts.
 *
 * Law: `‖z₁‖² = κα²χ²_r` with `κ = ½` for `zeroB` and `zeroA`, 1 for `gauss`, and `½α²χ²₁` for
 * `spectralPaper`; hence `E T = [log(2σ/(sκα²)) − ψ(r/2) − log 2]/(2λ)`, sd `√ψ'(r/2)/(2λ)`, `λ = sσ`.
 * The deviation does not depend on α. Of the paper's spectral start one Gaussian number decides:
 * sd `π/(2√2 λ)`.
 * Scale: gradient-flow time.
 * Source: ours, T4 and T14.
 *
 * @throws {RangeError} If the start is not one of these (`spectral` has no distribution), or a value is
 * out of range.
 * @throws {TypeError} If a key is unknown.
 *
 * @example
 * ```ts
 * import { escapeLaw } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { mean, sd } = escapeLaw({ start: "zeroB", s: 1.7, sigma: 0.6, alpha: 3e-4, r: 5 });
 * assertAlmostEquals(mean, 7.43725138809, 1e-10);
 * assertAlmostEquals(sd, 0.343262496787, 1e-10);
 * ```
 */
export function escapeLaw(options: EscapeLawOptions): { mean: number; sd: number } {
  const { degrees, rate, typical } = lawOf("compute the law of the escape time", options);
  return {
    mean: typical - (digamma(degrees / 2) + Math.LN2) / rate,
    sd: Math.sqrt(trigamma(degrees / 2)) / rate,
  };
}

/** `P(χ²_r ≤ y)`: a series of positive terms, so that small values keep their digits. */
function chiSquareBelow(r: number, y: number): number {
  const a = r / 2, x = y / 2;
  if (x <= 0) return 0;
  if (x > 400 + 20 * a) return 1;
  let term = Math.exp(a * Math.log(x) - x - logGamma(a + 1)), sum = term;
  for (let n = 1; term > 1e-17 * sum || n < x; n++) sum += term *= x / (a + n);
  return Math.min(sum, 1);
}

/**
 * Probability that the escape comes after `t`, `P(T_½ > t)`.
 *
 * Law: `P(χ²_r < 2σ/(sκα²) e^{−2λt})`.
 * Source: ours, T4 and T14.
 *
 * @throws {RangeError} As {@linkcode escapeLaw}, or if `t` is not finite.
 *
 * @example Half of the starts come after the median.
 * ```ts
 * import { escapeQuantile, escapeSurvival } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const law = { start: "zeroB", s: 1.7, sigma: 0.6, alpha: 3e-4, r: 5 } as const;
 * assertAlmostEquals(escapeSurvival(law, escapeQuantile(law, 0.5)), 0.5, 1e-12);
 * ```
 */
export function escapeSurvival(options: EscapeLawOptions, t: number): number {
  const what = "compute the probability of a late escape", law = lawOf(what, options);
  checkFinite(what, "t", t);
  return chiSquareBelow(law.degrees, Math.exp(law.rate * (law.typical - t)));
}

/**
 * Quantile of the escape time: the `t` with `P(T_½ ≤ t) = p`.
 *
 * Source: ours, T4 and T14.
 *
 * @throws {RangeError} As {@linkcode escapeLaw}, or if `p` is not in (0, 1).
 */
export function escapeQuantile(options: EscapeLawOptions, p: number): number {
  const what = "compute a quantile of the escape time";
  lawOf(what, options);
  checkInside(what, "p", p, 0, 1);
  const { mean, sd } = escapeLaw(options);
  const gap = (t: number) => escapeSurvival(options, t) - (1 - p);
  let low = mean, high = mean;
  while (gap(low) < 0) low -= 4 * sd;
  while (gap(high) > 0) high += 4 * sd;
  return low === high ? low : findRoot(gap, low, high);
}

/**
 * T14: how likely a late escape of the paper's spectral start is.
 *
 * Law: `P(T_½ > t) ∼ √(2/π) √(4σ/(sα²)) e^{−λt}` for late `t`: a bad draw of one Gaussian number delays
 * everything, with an exponential tail of rate `λ`. (Of a Gaussian start of rank `r` the rate is `rλ`.)
 * Source: ours.
 *
 * @throws {RangeError} If a value is out of range.
 * @throws {TypeError} If a key is unknown.
 *
 * @example Two standard deviations behind the mean it is the exact probability to 2 %.
 * ```ts
 * import { delayTail, escapeLaw, escapeSurvival } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const mode = { s: 2.5, sigma: 5, alpha: 1e-6 }, law = { start: "spectralPaper", ...mode } as const;
 * const { mean, sd } = escapeLaw(law), t = mean + 2 * sd;
 * assertAlmostEquals(delayTail(mode, t) / escapeSurvival(law, t), 1, 0.02);
 * ```
 */
export function delayTail(
  options: { readonly s: number; readonly sigma: number; readonly alpha: number },
  t: number,
): number {
  const what = "compute the tail of the delay";
  checkKeys(what, options, ["s", "sigma", "alpha"]);
  const { s, sigma, alpha } = options;
  checkFinite(what, "t", t);
  const { typical } = lawOf(what, { start: "spectralPaper", s, sigma, alpha });
  return Math.sqrt(2 / Math.PI) * Math.exp(s * sigma * (typical - t));
}

/**
 * T4 of the deterministic `spectral` start, whose `‖z₁‖² = 2α²`.
 *
 * Law: `T_½ = log(σ/(sα²))/(2sσ)`.
 * Source: ours.
 *
 * @throws {RangeError} If a value is not a finite number > 0.
 * @throws {TypeError} If a key is unknown.
 *
 * @example
 * ```ts
 * import { spectralEscapeTime } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(spectralEscapeTime({ s: 2.5, sigma: 5, alpha: 1e-6 }), 1.13297, 1e-5);
 * ```
 */
export function spectralEscapeTime(
  options: { readonly s: number; readonly sigma: number; readonly alpha: number },
): number {
  const what = "compute the escape time of the spectral start";
  checkKeys(what, options, ["s", "sigma", "alpha"]);
  const { s, sigma, alpha } = options;
  checkPositive(what, "alpha", alpha);
  return escapeTime({ s, sigma, power: 2 * alpha * alpha });
}
