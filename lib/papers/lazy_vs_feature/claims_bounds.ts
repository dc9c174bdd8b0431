/**
 * Claims that set the paper's statements about its landscape against what holds.
 *
 * @module
 */
import { byPreset, type Claim, comparison } from "../../experiment/mod.ts";
import { type Stream, stream } from "../../random/mod.ts";
import { ACTIVATIONS, fineTuning, quantised } from "./problem.ts";
import { correlationSlope } from "./theory.ts";
import { momentSeries } from "./theory_series.ts";

const paper = "lazy-vs-feature", SEED = "7";

/** Uniform signs over `√k`. */
const randomSigns = (rng: Stream, k: number) => quantised(k, () => rng.uniform() < 0.5 ? -1 : 1);

/** Gram matrix of `k` independent uniform unit vectors in dimension `d`. */
function randomGram(rng: Stream, k: number, d: number): number[] {
  const rows = Array.from({ length: k }, () => {
    const row = rng.fillNormal(new Float64Array(d)), norm = Math.hypot(...row);
    return row.map((x) => x / norm);
  });
  return rows.flatMap((x, i) =>
    rows.map((y, j) => i === j ? 1 : x.reduce((sum, value, at) => sum + value * y[at], 0))
  );
}

function c25(): Claim {
  const degrees = { h2: 4, h3: 4, relu: 240, erf: 120 };
  return {
    id: "C25",
    paper,
    source: "paper",
    statement: "Proposition 4: the moment-tensor series is 2Φ′, and its odd coefficients are ≥ 0",
    check: (preset) => {
      const { put, result } = comparison(), k = 7;
      for (const activation of ACTIVATIONS) {
        let error = 0, odd = 0, even = 0, matched = 0;
        for (let draw = 0; draw < byPreset(preset, 4, 20); draw++) {
          const rng = stream(SEED, "C25", activation, draw);
          for (const gram of [undefined, randomGram(rng, k, 12)]) {
            for (const kappa of [1 / Math.sqrt(k), 0.7]) {
              const c = randomSigns(rng, k), hatC = randomSigns(rng, k);
              const model = fineTuning({ activation, k, kappa, c, hatC, gram });
              const series = momentSeries(model, degrees[activation]);
              const size = series.reduce((sum, x) => sum + Math.abs(x), 0);
              for (const m of [-0.5, 0, 0.3, 0.5]) {
                const value = series.reduceRight((sum, x) => sum * m + x, 0);
                error = Math.max(error, Math.abs(value - 2 * correlationSlope(model, m)) / size);
              }
              series.forEach((x, l) => {
                if (l % 2) odd = Math.min(odd, x / size);
                else even = Math.min(even, x / size);
              });
              const own = momentSeries({ ...model, hatC: c }, degrees[activation]);
              matched = Math.min(matched, ...own);
            }
          }
        }
        put(`${activation}, largest difference`, error, 0, activation === "relu" ? 1e-9 : 1e-13);
        put(`${activation}, least odd coefficient`, odd, 0, 0);
        put(`${activation}, least coefficient for ĉ = c`, matched, 0, 1e-14);
        put(`${activation}, some even coefficient is negative`, Number(even < -1e-3), 1, 0);
      }
      return result("rel 1e-13; ReLU 1e-9, its series is cut at degree 240; signs exactly");
    },
  };
}

/** The claims of this file. */
export const boundsClaims: readonly Claim[] = [c25()];
