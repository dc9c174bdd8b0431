/**
 * Claims that set the paper's statements about its landscape against what holds.
 *
 * @module
 */
import { byPreset, type Claim, comparison, slope, summary } from "../../experiment/mod.ts";
import { type Stream, stream } from "../../random/mod.ts";
import { ACTIVATIONS, fineTuning, quantised } from "./problem.ts";
import { correlationSlope } from "./theory.ts";
import { SignedLandscape } from "./theory_separated.ts";
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

function c32(): Claim {
  const ks = [16, 32, 64, 128], d = 200;
  // Medians of k|Φ′(0)| over 400 draws of an independent implementation.
  const reference = {
    h3: [0.34439, 0.3405, 0.24977, 0.18884],
    erf: [0.13488, 0.11584, 0.11617, 0.13908],
  };
  return {
    id: "C32",
    paper,
    source: "paper",
    statement:
      "Lemma 8: for separated neurons k|Φ′(0)| falls no faster than k^−1/2, and Condition 3 holds",
    check: (preset) => {
      const { put, result } = comparison(), draws = byPreset(preset, 200, 400);
      for (const activation of ["h3", "erf"] as const) {
        const scaled = ks.map((k, at) => {
          const rng = stream(SEED, "C32", k), gram = randomGram(rng.stream("base"), k, d);
          const largest = Math.max(...gram.map((x, i) => i % (k + 1) ? Math.abs(x) : 0));
          put(
            `k = ${k}, correlation above the limit`,
            Number(largest > 1 - Math.log(k) / Math.sqrt(k)),
            0,
            0,
          );
          const landscape = new SignedLandscape({ activation, k, kappa: 1 / Math.sqrt(k), gram });
          const signs = () => Array.from({ length: k }, () => rng.uniform() < 0.5 ? -1 : 1);
          const starts: number[] = [];
          let failing = 0;
          for (let draw = 0; draw < draws; draw++) {
            const c = signs(), hatC = signs();
            starts.push(k * Math.abs(landscape.start(c, hatC)));
            failing += Number(!landscape.conditionHolds(c, hatC));
          }
          const name = `${activation}, k = ${k}`;
          // The law is close to a lattice, so medians jump; shares below one do not.
          const below = starts.filter((x) => x < reference[activation][at]).length / draws;
          put(
            `${name}, share below the reference median`,
            below,
            0.5,
            2 * Math.sqrt(1 / 400 + 1 / draws),
          );
          const squares = summary(starts.map((x) => x * x));
          put(`${name}, mean square`, squares.mean, (k * landscape.rms) ** 2, 4 * squares.se);
          put(`${name}, Condition 3 fails`, failing, 0, 0);
          return k * landscape.rms;
        });
        const power = (values: number[]) => slope(ks.map(Math.log), values.map(Math.log));
        // An orthonormal base: h₃ tends to −1/2 as (k/(k+1))³/√k does, erf to 0.
        const orthonormal = ks.map((k) =>
          k * new SignedLandscape({ activation, k, kappa: 1 / Math.sqrt(k), points: 1 }).rms
        );
        const found = power(scaled);
        put(
          `${activation}, power of k of the rms, base orthonormal`,
          found,
          power(orthonormal),
          0.03,
        );
        put(`${activation}, power of k below −1/2`, Number(found < -0.5), 0, 0);
      }
      return result("4 standard errors; power of k within 0.03; Condition 3 never fails");
    },
  };
}

/** The claims of this file. */
export const boundsClaims: readonly Claim[] = [c25(), c32()];
