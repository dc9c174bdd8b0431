/**
 * The batch below which noise stops the search, and the plateau above it.
 *
 * @module
 */
import { checkPositive, show } from "../../../check.ts";
import { checkSetting, type NoiseSetting } from "./noise.ts";

/** Refuses settings in which `u` has no stationary noise. */
function checkRelaxing(what: string, setting: NoiseSetting): void {
  checkSetting(what, setting);
  const { step, matrix: { A, B } } = setting;
  if (!(B < 0)) {
    throw new RangeError(
      `Cannot ${what} as B must be < 0, so that u relaxes on its own: current value is ${show(B)}`,
    );
  }
  if (!(A !== 0)) throw new RangeError(`Cannot ${what} as A must not vanish: current value is 0`);
  if (!(step * -B < 2)) {
    throw new RangeError(
      `Cannot ${what} as step must be below 2/|B| = ${-2 / B}: current value is ${show(step)}`,
    );
  }
}

/**
 * Batch below which SGD noise stops the search: `b_c = √(η_u η_ω) S₀ √d/(2|A| √(1 − η_u|B|/2))`.
 *
 * Law: noise alone keeps `⟨u²⟩ = ηS₀/(2b|B|(1 − η|B|/2))`; outside the frame it then shrinks `m` at the rate
 * `δ = (ηd/2b) S₀⟨u²⟩`, and `[[B, A], [A, −δ]]` has no growing mode once `δ ≥ A²/|B|`.
 *
 * Assumes: `B < 0`. The crossover is sharp for `A ≪ |B|` (strong pre-training); at `A/|B| = 1/2` it is spread over a
 * factor of about 2 in the batch. Scale: samples a step. Source: ours.
 *
 * @throws {RangeError} If `B ≥ 0`, `A = 0` or `η_u|B| ≥ 2`.
 *
 * @example
 * ```ts
 * import { criticalBatch, noiseSetting } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const setting = noiseSetting(0.5, "x", { d: 1e6, step: 0.1 });
 * assertAlmostEquals(criticalBatch(setting), 25 / Math.sqrt(0.95), 1e-9);
 * ```
 */
export function criticalBatch(setting: NoiseSetting): number {
  checkRelaxing("compute the critical batch", setting);
  const { matrix: { A, B }, noise, step, ratio = 1, d } = setting;
  return step * Math.sqrt(ratio * d / (1 + step * B / 2)) * noise / (2 * Math.abs(A));
}

/**
 * Overlap at which a constant batch far above `b_c` stops: `m_∞ = √(2b|B|(1 + η_ω A²/(2|B|))/(η_ω d S₀))`.
 *
 * Law: at rest `u = Am/|B|`, and the growth `ζAu` of `m` meets the loss `ζ² (ηd/2b) S₀ u² m` outside the frame. With
 * `A²/λ` for `|B|` it is `(A/λ)√(2bλ/(ηdS₀))`, the same for `A ≪ |B|`.
 *
 * Assumes: `B < 0`, `m_∞ ≪ 1` (no label noise is needed: the residual itself is the noise). Source: ours.
 *
 * @param batch Samples per step.
 *
 * @example A fixed overlap needs a batch in proportion to `d`.
 * ```ts
 * import { noiseSetting, plateau } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const at = (d: number) => noiseSetting(0.5, "x", { d, step: 0.1 });
 * assertAlmostEquals(plateau(at(1e6), 100), plateau(at(1e8), 10_000), 1e-15);
 * ```
 */
export function plateau(setting: NoiseSetting, batch: number): number {
  const what = "compute the plateau";
  checkRelaxing(what, setting);
  checkPositive(what, "batch", batch);
  const { matrix: { A, B }, noise, step, ratio = 1, d } = setting;
  const ofOmega = ratio * step;
  // The sphere turns (1 + x)² = 1 + 2x + x² of a step, which small steps do not see.
  return Math.sqrt(2 * batch * -B * (1 - ofOmega * A * A / (2 * B)) / (ofOmega * d * noise));
}

/**
 * Share `|m|/m_∞` of the plateau that is left at a batch: `√(1 − (b_c/b)²)`, 0 below `b_c`.
 *
 * Law: with `⟨u²⟩ = (Am/B)² + ηS₀/(2b|B|)` the balance of {@linkcode plateau} is `1 = m²/m_∞² + (b_c/b)²`.
 *
 * Assumes: `A ≪ |B|`; fluctuations round the edge over a width that grows with `A/|B|`. Source: ours.
 *
 * @param ratio `b/b_c`.
 */
export function plateauShare(ratio: number): number {
  checkPositive("compute the share of the plateau", "ratio", ratio);
  return Math.sqrt(Math.max(0, 1 - 1 / (ratio * ratio)));
}
