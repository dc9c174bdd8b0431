/**
 * Claims about the slope of the correlation and its series: C1 to C3, C25, C39.
 *
 * @module
 */
import {
  agree,
  byPreset,
  type Claim,
  comparison,
  where,
  withControl,
} from "../../../experiment/mod.ts";
import { stream } from "../../../random/mod.ts";
import { ACTIVATION_NAMES, ACTIVATIONS } from "../activations.ts";
import { randomGram } from "../bases.ts";
import { slopes } from "../experiments/landscape/slopes.ts";
import { randomSigns } from "../left_factors.ts";
import { fineTuning, standard } from "../model.ts";
import { averages, correlationSlope, momentSeries } from "../theory/mod.ts";
import { seeded } from "./seeded.ts";

const paper = "lazy-vs-feature", SEED = "7";

function c1(): Claim {
  return {
    id: "C1",
    paper,
    source: { whose: "ours" },
    statement:
      "The closed slope Φ′(m) equals the mean gradient of a step, averaged neuron by neuron",
    falsifier:
      "A closed drift (1 − m²)Φ′(m) off the averaged one by more than 1e-12 of it (erf 1e-9)",
    evidence: {
      seeds: 0,
      sizes: "model S with h₂, h₃, ReLU, erf, six m from −0.5 to 0.95",
      draws: "nothing",
    },
    check: () => {
      const { put, result } = comparison();
      for (const name of ACTIVATION_NAMES) {
        const model = standard(ACTIVATIONS[name]);
        for (const m of [-0.5, 0, 0.25, 0.5, 0.75, 0.95]) {
          const { gammaS, gammaStar } = averages(model, m);
          const closed = (1 - m * m) * correlationSlope(model, m);
          const bound = (name === "erf" ? 1e-9 : 1e-12) * Math.abs(closed);
          put(`${name}, m = ${m}`, m * gammaS - gammaStar, closed, bound);
        }
      }
      return result("rel 1e-12; erf 1e-9, as right as averages of neurons from a table are");
    },
  };
}

function c2(): Claim {
  return {
    id: "C2",
    paper,
    source: { whose: "ours" },
    statement: "At m = 0 the slope is pκ²(1+κ²)^−p for the p-th Hermite activation: never zero",
    falsifier: "A slope at m = 0 off pκ²(1 + κ²)^−p or off the reference's by more than 1e-12",
    evidence: { seeds: 0, sizes: "h₂ ... h₅, κ = 0.3, 1, 3, k = 8", draws: "nothing" },
    check: () => {
      const { put, result } = comparison();
      const table = {
        h2: [0.15150239878798, 0.5, 0.18],
        h3: [0.20848953961649, 0.375, 0.027],
      };
      for (const p of [2, 3, 4, 5]) {
        [0.3, 1, 3].forEach((kappa, i) => {
          const k2 = kappa * kappa, name = `h${p}, κ = ${kappa}`;
          const found = correlationSlope(standard(`h${p}`, { kappa }), 0);
          put(name, found, p * k2 * (1 + k2) ** -p, 1e-12);
          const theirs = table[`h${p}` as keyof typeof table];
          if (theirs) put(`${name}, reference`, found, theirs[i], 1e-12);
        });
      }
      return result("1e-12");
    },
  };
}

function c3(): Claim {
  return {
    id: "C3",
    paper,
    source: { whose: "ours" },
    statement: "The slope at m = 0 is largest at κ² = 1/(p − 1)",
    falsifier: "A largest slope at another κ than 1 (h₂) or 1/√2 (h₃), by more than 1e-6",
    evidence: { seeds: 0, sizes: "h₂, h₃, k = 8, κ from 0.2 to 3", draws: "nothing" },
    check: () => {
      const peak = (activation: "h2" | "h3") => {
        let low = 0.2, high = 3;
        const value = (kappa: number) => correlationSlope(standard(activation, { kappa }), 0);
        while (high - low > 1e-7) {
          const x = low + (high - low) / 3, y = high - (high - low) / 3;
          if (value(x) < value(y)) low = x;
          else high = y;
        }
        return (low + high) / 2;
      };
      return agree({ h2: peak("h2"), h3: peak("h3") }, { h2: 1, h3: Math.SQRT1_2 }, { abs: 1e-6 });
    },
  };
}

function c25(): Claim {
  const degrees = { h2: 4, h3: 4, relu: 240, erf: 120 };
  return {
    id: "C25",
    paper,
    source: { whose: "paper", where: "Proposition 4" },
    statement: "Proposition 4: the moment-tensor series is 2Φ′, and its odd coefficients are ≥ 0",
    falsifier:
      "A series that differs from 2Φ′ by more than 1e-13 of its size (ReLU: 1e-9), a negative " +
      "odd coefficient, a negative one for ĉ = c, or no negative even one",
    evidence: (preset) => ({
      seeds: byPreset(preset, 4, 20),
      sizes:
        "k = 7, orthonormal and random bases, κ = 7^−1/2 and 0.7, m = −0.5, 0, 0.3, 0.5, h₂, " +
        "h₃, ReLU, erf",
      draws: "seed",
    }),
    // Control: Φ′ in place of 2Φ′.
    ...withControl((preset, seed = SEED, wrong) => {
      const { put, result } = comparison(), k = 7;
      for (const activation of ACTIVATION_NAMES) {
        let error = 0, odd = 0, even = 0, matched = 0;
        for (let draw = 0; draw < byPreset(preset, 4, 20); draw++) {
          const rng = stream(seed, "C25", activation, draw);
          for (const gram of [undefined, randomGram(k, 12, rng)]) {
            for (const kappa of [1 / Math.sqrt(k), 0.7]) {
              const c = randomSigns(k, rng), hatC = randomSigns(k, rng);
              const model = fineTuning({
                activation: ACTIVATIONS[activation],
                k,
                kappa,
                c,
                hatC,
                gram,
              });
              const series = momentSeries(model, degrees[activation]);
              const size = series.reduce((sum, x) => sum + Math.abs(x), 0);
              for (const m of [-0.5, 0, 0.3, 0.5]) {
                const value = series.reduceRight((sum, x) => sum * m + x, 0);
                error = Math.max(
                  error,
                  Math.abs(value - (wrong ? 1 : 2) * correlationSlope(model, m)) / size,
                );
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
    }),
  };
}

function c39(): Claim {
  return {
    id: "C39",
    paper,
    source: { whose: "ours", where: "gate identity" },
    statement:
      "The slope Φ′(m) is ξ² times the mean product of both gates: with a base it starts above 0 for " +
      "every activation, without one it vanishes at 0 for exponents above 1",
    falsifier:
      "A sampled product of gates that is more than 5 standard errors (the largest of four overlaps) away from the " +
      "closed slope at one of four overlaps",
    evidence: (preset) => ({
      seeds: byPreset(preset, 8000, 40_000),
      sizes: "h₂ ... h₅, k = 8 and the single-index model, m = 0, 0.25, 0.5, 0.75",
      draws: "seed",
    }),
    // Control: half of the slope.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await slopes({ preset, ...seeded(seed) }), { put, result } = comparison();
      for (const { activation, base, m, slope, sampled } of rows) {
        // Products of gates have heavy tails, and a sample that misses the tail shows too small an error:
        // the largest of the four overlaps counts, and 2 % beside.
        const same = where(where(rows, "activation", activation), "base", base);
        const se = Math.max(...same.map((row) => row.se));
        const name = `${activation}${base ? "" : ", no base"}, m = ${m}`, scale = base ? slope : 1;
        put(name, sampled, (wrong ? 0.5 : 1) * slope, 5 * se + 0.02 * scale);
      }
      return result("5 largest standard errors + 2%, as the products have heavy tails");
    }),
  };
}

/** The claims of this file. */
export const slopeClaims: readonly Claim[] = [c1(), c2(), c3(), c25(), c39()];
