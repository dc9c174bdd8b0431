/**
 * Claims about the powers of `k`.
 *
 * @module
 */
import { byPreset, type Claim, comparison, median, slope } from "../../../experiment/mod.ts";
import { stream } from "../../../random/mod.ts";
import { ACTIVATIONS } from "../model.ts";
import { FineTuningChain } from "../simulation/chain.ts";
import { frozenCost, signModel, TYPICAL_SIGNS } from "../theory/width.ts";

const paper = "lazy-vs-feature", SEED = "7";

/** Best times and `V(0)` at `k` = 17, 65, 257, 1025 of an independent implementation. */
const REFERENCE = {
  "ξ = √k/2": {
    h3: {
      time: [121.373, 320.494, 374.744, 511.168],
      square: [2.12134, 1.77339, 1.71712, 1.68799],
    },
    erf: {
      time: [5.24958, 7.47135, 6.52658, 7.12375],
      square: [0.0045789, 0.00287246, 0.00374781, 0.003299],
    },
    relu: {
      time: [16.8723, 19.796, 21.1962, 26.5045],
      square: [0.08496, 0.54911, 6.70632, 98.393],
    },
  },
  "ξ = 1": {
    h3: {
      time: [205.628, 2765.99, 8047.96, 53751.5],
      square: [0.156122, 0.0091071, 0.000555169, 3.44225e-05],
    },
    erf: {
      time: [6.47928, 11.8825, 10.3536, 11.9175],
      square: [0.00041088, 2.01908e-05, 1.72152e-06, 9.65027e-08],
    },
    relu: {
      time: [25.0594, 61.3039, 63.5182, 78.6113],
      square: [0.00285674, 0.000211646, 1.60478e-05, 1.00177e-06],
    },
  },
} as const;

function c31(): Claim {
  const kappaOf = { "ξ = √k/2": () => 0.5, "ξ = 1": (k: number) => 1 / Math.sqrt(k) };
  return {
    id: "C31",
    paper,
    source: { whose: "ours" },
    statement:
      "With typical random signs the best time grows far less than the paper's k³ to k⁴, for ξ " +
      "= √k/2 hardly at all",
    falsifier:
      "A best time or V(0) off the reference's by 2e-5 and 5e-5 of it, a power of k above 0.4 " +
      "(h₃ at ξ = 1: 1.5), or a chain's median time more than 25 % away from the flow's",
    evidence: (preset) => ({
      seeds: byPreset(preset, 3, 8),
      sizes: `one instance of signs per k = 17, 65, 257, 1025; chain: h₃, k = 65, n = ${
        byPreset(preset, 500, 2000)
      }`,
      draws: "seed",
    }),
    check: (preset, { seed = SEED }) => {
      const { put, result } = comparison();
      for (const scale of ["ξ = √k/2", "ξ = 1"] as const) {
        for (const activation of ["h3", "erf", "relu"] as const) {
          const ends = [0, 3], all = [0, 1, 2, 3];
          const part = {
            h3: all,
            erf: byPreset(preset, ends, all),
            // Its kinks need a fine rule: too slow for the quick preset.
            relu: byPreset(preset, [], all),
          }[activation];
          const times = part.map((at) => {
            const { k, sums } = TYPICAL_SIGNS[at], name = `${scale}, ${activation}, k = ${k}`;
            const model = signModel(ACTIVATIONS[activation], { k, kappa: kappaOf[scale](k), sums });
            const { time, square } = frozenCost(model), { [activation]: table } = REFERENCE[scale];
            put(`${name}, time`, time, table.time[at], 2e-5 * table.time[at]);
            put(`${name}, V(0)`, square, table.square[at], 5e-5 * table.square[at]);
            return time;
          });
          if (part.length < 2) continue;
          const power = slope(part.map((at) => Math.log(TYPICAL_SIGNS[at].k)), times.map(Math.log));
          // One instance for every k: its q/√k scatters by a factor of two.
          const bound = { "ξ = √k/2": 0.4, "ξ = 1": activation === "h3" ? 1.5 : 0.4 }[scale];
          put(`${scale}, ${activation}, power of k above ${bound}`, Number(power > bound), 0, 0);
        }
      }
      // A chain with 65 neurons takes the time of the flow, at half the best step.
      const { k, sums } = TYPICAL_SIGNS[1], n = byPreset(preset, 500, 2000);
      const model = signModel("h3", { k, kappa: 0.5, sums });
      const alpha = frozenCost(model).alpha / 2,
        { time } = frozenCost(model, { target: 0.5, alpha });
      const runs = Array.from({ length: byPreset(preset, 3, 8) }, (_, i) => {
        const chain = new FineTuningChain(model, { n, alpha, m0: 0 }, stream(seed, "C31", i));
        while (Math.abs(chain.m) < 0.5 && chain.steps < 4 * time * n) chain.step();
        return chain.steps / n;
      });
      put(`chain, h3, k = ${k}, time to 1/2`, median(runs), time, 0.25 * time);
      return result("reference rel 2e-5, V 5e-5; powers below the bound; chain 25%");
    },
  };
}

/** The claims of this file. */
export const widthClaims: readonly Claim[] = [c31()];
