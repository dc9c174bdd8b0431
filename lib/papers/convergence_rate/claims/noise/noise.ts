/**
 * C43: a certified step under gradient noise.
 *
 * @module
 */
import { type Claim, comparison, where, withControl } from "../../../../experiment/mod.ts";
import { noiseExponent, noiseMeans, noisyDescent } from "../../experiments/noise/noisy_descent.ts";
import { seeded } from "../seeded.ts";

const paper = "convergence-rate";

function c43(): Claim {
  return {
    id: "C43",
    paper,
    source: { whose: "ours" },
    statement:
      "With noise on G and the rule simple damped by t^(−q), mean ‖∇J‖² falls like T^(−q), q = 0, ½, ¾, at the level " +
      "½ησ²Σλ² of the linearised noise",
    falsifier:
      "An exponent over the last decade off −q by 4 standard errors and 0.03, or a last mean off the level by 4 " +
      "standard errors and 3 %",
    evidence: (preset) => ({
      seeds: preset === "full" ? 12 : 6,
      sizes: `6 x 5 target (2, 1), r = 2, σ = 0.02, ${preset === "full" ? "1e5" : "2e4"} steps`,
      draws: "seed",
    }),
    // Control: exponents a quarter larger and the level of noise that is white in V.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison();
      const { rows, parameters } = await noisyDescent({
        preset,
        ...seeded(seed),
      });
      const means = noiseMeans(rows, parameters);
      // Spectrum of the balanced minimum: σ_i + σ_j, σ_i ± 0 to the other singular values, σ_i beyond.
      const spectrum = [4, 3, 3, 2, ...Array(7).fill(2), ...Array(7).fill(1)];
      for (const power of parameters.powers) {
        const { mean, se } = noiseExponent(rows, power);
        put(`exponent, q = ${power}`, mean, -power * (wrong ? 1.25 : 1), 4 * se + 0.03);
        const last = where(means, "power", power).at(-1)!;
        const eta = rows.filter((row) => row.power === power && row.t === last.t)
          .reduce((sum, row, _, all) => sum + row.eta / all.length, 0);
        const level = eta * 0.02 ** 2 *
          spectrum.reduce((sum, x) => sum + (wrong ? x : x * x) / (2 - eta * x), 0);
        put(`level, q = ${power}`, last.gradient2 / level, 1, 4 * last.se / level + 0.03);
      }
      return result("4 standard errors, and 0.03 for the width of the bins");
    }),
  };
}

/** The claims of this file. */
export const noiseClaims: readonly Claim[] = [c43()];
