/**
 * C13: modes of a target one after the other.
 *
 * @module
 */
import {
  byPreset,
  type Claim,
  comparison,
  summary,
  where,
  withControl,
} from "../../../../experiment/mod.ts";
import { incrementalLearning } from "../../experiments/escape/incremental_learning.ts";
import { factorization } from "../../problems/mod.ts";
import { escapeTime } from "../../theory/escape/escape.ts";

const paper = "gradient-flow-mf";

function c13(): Claim {
  const alpha = [1e-3, 1e-4, 1e-5, 1e-6], d = 20, sigma = [1, 0.5];
  return {
    id: "C13",
    paper,
    source: { whose: "ours" },
    statement:
      "Both half-times of a rank-two target without a fit: off T7 by orders α (mode 1, by what mode 2 holds) " +
      "and α² log(1/α) (mode 2); rank 2 of 3 ends at σ₃²/2",
    falsifier:
      "A second half-time off T7 by more than 2dα²T/σ₂, an order over two decades off by 0.15, or a final " +
      "loss of rank 2 off 1/32 by 1e-9",
    evidence: (preset) => ({
      seeds: byPreset(preset, 5, 20),
      sizes: "factorisation, d = 20, r = 4, σ = 1, 1/2, all random; r = 2 of 3 at d = 12",
      draws: "seed",
    }),
    // Control: the second mode without the projection.
    ...withControl(async (preset, seed, wrong) => {
      const common = { preset, starts: ["gauss"], seed: seed ?? "reference" } as const;
      const { rows: { modes } } = await incrementalLearning({
        ...{ ...common, problem: factorization({ m: d, sigma }), r: 4, alpha, shown: 1e-5 },
        ...{ copies: byPreset(preset, 5, 20), horizon: 1, points: 2 },
      });
      const { put, result } = comparison();
      const distances = (mode: number, scale: number) =>
        where(where(modes, "mode", mode), "alpha", scale).map(({ half, power, predicted }) => {
          const alone = escapeTime({ s: 1, sigma: sigma[mode - 1], power });
          return { half: half!, gap: Math.abs(half! - (wrong && mode === 2 ? alone : predicted!)) };
        });
      for (const scale of alpha) {
        const share = distances(2, scale).map(({ half, gap }) =>
          gap / (2 * d * scale ** 2 * half / sigma[1] + 1e-6)
        );
        put(`mode 2 over its bound, α = ${scale}`, Math.max(...share), 0, 1);
      }
      const mean = (mode: number, scale: number) =>
        Math.log10(summary(distances(mode, scale).map(({ gap }) => gap)).mean);
      // Two decades each: mode 1 where powers of α have sorted, mode 2 above the rounding of the times.
      const order = (mode: number, from: number) => (mean(mode, from) - mean(mode, from / 100)) / 2;
      put("order of mode 1", order(1, 1e-4), 1, 0.15);
      put("order of mode 2", order(2, 1e-3), 2 - Math.log10(5 / 3) / 2, 0.15);
      const { rows: { loss } } = await incrementalLearning({
        ...{ ...common, problem: factorization({ m: 12, sigma: [1, 0.5, 0.25] }), r: 2 },
        ...{ alpha: [1e-3], shown: 1e-3, copies: 1, horizon: 150, points: 2 },
      });
      put("final loss of rank 2", loss[1].loss, 0.03125, 1e-9);
      return result("2dα²T/σ₂ + 1e-6; orders 0.15; 1e-9");
    }),
  };
}

/** The claims of this file. */
export const incrementalClaims: readonly Claim[] = [c13()];
