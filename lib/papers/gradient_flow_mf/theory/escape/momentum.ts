/**
 * T4 for gradient descent with momentum: the saddle is left at the larger root of a two-step recursion.
 *
 * @module
 */
import { checkInside, checkKeys, checkPositive } from "../../../../check.ts";

/** Step, momentum and rate of {@linkcode momentumGrowth}. */
export interface MomentumOptions {
  /** Step size `η`. */
  readonly eta: number;
  /** Weight `β` of the last step. */
  readonly beta: number;
  /** Growth rate `λ` of the flow. */
  readonly lambda: number;
}

/** Growth of a mode under momentum. */
export interface MomentumGrowth {
  /** Factor `ρ₊` per step: the larger root of `ρ² − (1 + β + ηλ)ρ + β = 0`. */
  readonly root: number;
  /** Share of the start that grows with it, `ρ₊(1 − ρ₋)/(ρ₊ − ρ₋)`; 1 at `β = 0`. */
  readonly share: number;
}

function checkOptions(what: string, { eta, beta, lambda }: MomentumOptions): void {
  checkPositive(what, "eta", eta);
  checkPositive(what, "lambda", lambda);
  if (beta !== 0) checkInside(what, "beta", beta, 0, 1);
}

/**
 * Growth of a mode under gradient descent with momentum: `v ← βv + g`, `θ ← θ − ηv`, from `v = 0`.
 *
 * Law: `z_{n+1} − z_n = β(z_n − z_{n−1}) + ηλz_n` with `z_{−1} = z_0`, so that `z_n` has the roots `ρ_±`.
 * At `β = 0` it is `(1 + ηλ)ⁿ`; for small `η` it is the flow at step `η/(1 − β)`.
 * Source: ours; the recursion is Polyak's.
 *
 * @throws {RangeError} If `eta` or `lambda` is not > 0, or `beta` not in [0, 1).
 * @throws {TypeError} If an option is unknown.
 *
 * @example
 * ```ts
 * import { momentumGrowth } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { root } = momentumGrowth({ eta: 0.01, beta: 0.9, lambda: 1 });
 * assertAlmostEquals(root ** 2 - 1.91 * root + 0.9, 0, 1e-14);
 * ```
 */
export function momentumGrowth(options: MomentumOptions): MomentumGrowth {
  const what = "compute the growth under momentum";
  checkKeys(what, options, ["eta", "beta", "lambda"]);
  checkOptions(what, options);
  const { eta, beta, lambda } = options, sum = 1 + beta + eta * lambda;
  const root = 0.5 * (sum + Math.sqrt(sum * sum - 4 * beta)), other = beta / root;
  return { root, share: root * (1 - other) / (root - other) };
}

/**
 * Number of steps after which gradient descent with momentum has learnt half of a rank-one target.
 *
 * Law: `log(2σ/(s‖z₁‖²share²))/(2 log ρ₊)`; at `β = 0` and small `η` this is T4 over `η`.
 * Assumes: as T4, one adapter. The error is some `1/(1 − β)` steps, which the memory of the last ones costs
 * where the growth bends.
 * Scale: steps.
 * Source: ours.
 *
 * @param options `s`, `sigma`, `power = ‖z₁‖²`, all > 0, `eta` and `beta`.
 * @throws {RangeError} If an argument is out of range.
 * @throws {TypeError} If an option is unknown.
 *
 * @example
 * ```ts
 * import { escapeTime, momentumHalfTime } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const mode = { s: 1.4, sigma: 0.8, power: 1e-9 };
 * const steps = momentumHalfTime({ ...mode, eta: 1e-5, beta: 0 });
 * assertAlmostEquals(1e-5 * steps / escapeTime(mode), 1, 1e-4);
 * ```
 */
export function momentumHalfTime(
  options: {
    readonly s: number;
    readonly sigma: number;
    readonly power: number;
    readonly eta: number;
    readonly beta: number;
  },
): number {
  const what = "compute a half-time under momentum";
  checkKeys(what, options, ["s", "sigma", "power", "eta", "beta"]);
  const { s, sigma, power, eta, beta } = options;
  checkPositive(what, "s", s);
  checkPositive(what, "sigma", sigma);
  checkPositive(what, "power", power);
  checkOptions(what, { eta, beta, lambda: s * sigma });
  const { root, share } = momentumGrowth({ eta, beta, lambda: s * sigma });
  return Math.log(2 * sigma / (s * power * share * share)) / (2 * Math.log(root));
}
