/**
 * What gradient noise leaves near a minimum.
 *
 * @module
 */
import { checkFinite, checkKeys, checkNonNegative } from "../../../check.ts";

/**
 * Mean `‖∇J‖²` of `½‖BA − M‖²` near a minimum where `BA = M`, with independent noise of deviation `σ` on the entries
 * of `G` and a step `η`: `ησ² Σ λ²/(2 − ηλ)`, to leading order `½ησ² Σ λ²`.
 *
 * The noise `E` moves `V` by `(EAᵀ, BᵀE)`, whose covariance is `σ²H` with the Hessian `H`: a mode of curvature λ obeys
 * `z₊ = (1 − ηλ)z − ησ√λ ξ`, so its variance is `ησ²/(2 − ηλ)` and its gradient is `λz`. Flat modes (`λ = 0`) are not
 * moved.
 *
 * Assumes: the residual is zero at the minimum, the noise small enough for the modes to be linear, and `η` slow in
 * time against `1/(ηλ)`.
 * Source: ours.
 *
 * @param spectrum Eigenvalues `λ ≥ 0` of the Hessian.
 * @param options `eta` step, `noise` deviation `σ`.
 * @throws {RangeError} If a mode is not stable, `ηλ ≥ 2`.
 *
 * @example
 * ```ts
 * import { noiseFloor } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(noiseFloor([4, 0], { eta: 0.25, noise: 0.1 }), 0.04, 1e-12);
 * ```
 */
export function noiseFloor(
  spectrum: readonly number[],
  options: { eta: number; noise: number },
): number {
  const what = "find the floor of the noise", { eta, noise } = options;
  checkKeys(what, options, ["eta", "noise"]);
  checkNonNegative(what, "eta", eta);
  checkNonNegative(what, "noise", noise);
  let sum = 0;
  spectrum.forEach((lambda, i) => {
    checkFinite(what, `spectrum[${i}]`, lambda);
    if (!(eta * lambda < 2)) {
      throw new RangeError(
        `Cannot ${what} as eta × spectrum[${i}] must be < 2: current value is ${eta * lambda}`,
      );
    }
    sum += lambda * lambda / (2 - eta * lambda);
  });
  return eta * noise * noise * sum;
}
