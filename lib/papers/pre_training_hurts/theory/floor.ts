/**
 * The floor that label noise leaves.
 *
 * @module
 */
import { checkInside, checkPositive } from "../../../check.ts";

/**
 * Stationary `1 − |m| ≃ ηΔd/(4b)` under label noise and the excess risk `κ(1 − μ)²` times it; full
 * fine-tuning has the risk `κ` times it.
 *
 * Source: ours.
 *
 * @throws {RangeError} If a step, a batch, `d` or the label noise is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { noiseFloor } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const setting = { step: 0.1, labelNoise: 0.5, d: 1e5, batch: 1e5, mu: 0.5, kappa: 1 };
 * const { gap, excessRisk, fullExcessRisk } = noiseFloor(setting);
 * assertAlmostEquals(gap, 0.0125, 1e-15);
 * assertAlmostEquals(excessRisk, fullExcessRisk / 4, 1e-15);
 * ```
 */
export function noiseFloor(
  { step, labelNoise, d, batch, mu, kappa }: {
    step: number;
    labelNoise: number;
    d: number;
    batch: number;
    mu: number;
    kappa: number;
  },
): { gap: number; excessRisk: number; fullExcessRisk: number } {
  for (const [name, value] of Object.entries({ step, labelNoise, d, batch, kappa })) {
    checkPositive("compute the noise floor", name, value);
  }
  if (mu !== 0) checkInside("compute the noise floor", "mu", mu, 0, 1);
  const gap = step * labelNoise * d / (4 * batch);
  return { gap, excessRisk: kappa * (1 - mu) ** 2 * gap, fullExcessRisk: kappa * gap };
}
