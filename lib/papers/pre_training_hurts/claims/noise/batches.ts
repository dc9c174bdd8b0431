/**
 * Claims about batches, step sizes and label noise: C19, C21, C26, C45.
 *
 * @module
 */
import { byPreset, type Claim, comparison, withControl } from "../../../../experiment/mod.ts";
import { batchRuleMeans, batchRules } from "../../experiments/noise/batch_rules.ts";
import { floorMeans, noiseFloors } from "../../experiments/noise/floors.ts";
import { stepRatioMeans, stepRatios } from "../../experiments/noise/step_ratio.ts";
import { geometricSamples } from "../../theory/adaptive_batch.ts";
import { noiseSetting } from "../../theory/noise.ts";
import { seeded } from "../seeded.ts";

const paper = "pre-training-hurts";

function c19(): Claim {
  return {
    id: "C19",
    paper,
    source: { whose: "ours" },
    statement:
      "A batch that grows with u² needs O(d) samples, with the constant of a geometric sum along the " +
      "mean of SGD; a constant batch needs O(d ln d)",
    falsifier:
      "Mean samples/d of the adaptive batch more than 4 standard errors and 30 % of its search part " +
      "away from theory's, or of the constant batch more than 4 standard errors",
    evidence: (preset) => ({
      seeds: byPreset(preset, 100, 400),
      sizes: "linear target, μ = 0.5, η = 0.1, d = 1e5 ... 1e9, |m| = 0.5",
      draws: "seed",
    }),
    // Control: the geometric sum of the growing mode up to |m| = 0.5, as if nothing bent; no noise in the search.
    ...withControl(async (preset, seed, wrong) => {
      const { rows, parameters } = await batchRules({ preset, ...seeded(seed) });
      const { put, result } = comparison();
      for (const { law, d, perD, se, theory, search } of batchRuleMeans(rows, parameters)) {
        const geometric = geometricSamples(noiseSetting(0.5, "x", { d, step: 0.1 }), 0.5);
        const expected = law === "adaptive" && wrong ? geometric + search : theory;
        // Where the two batches of the rule meet, neither formula of the search holds: 2/3 e-folding of some 6.
        put(`${law}, d = ${d}`, perD, expected, 4 * se + 0.3 * search);
      }
      return result("4 standard errors + 0.3 of the samples of the search at 4b_c");
    }),
  };
}

function c21(): Claim {
  return {
    id: "C21",
    paper,
    source: { whose: "ours" },
    statement:
      "Raising the step of ω removes the slow-down of strong pre-training, raising that of u does " +
      "nothing: ratios of exit steps follow the growing mode and the projection on it",
    falsifier:
      "A ratio of mean exit steps, over copies that share their start, that is more than 4 standard " +
      "errors and 0.2 % away from theory's",
    evidence: (preset) => ({
      seeds: byPreset(preset, 50, 100),
      sizes: "linear target, μ = 0.9, b = d = 1e6, η = 0.1 raised up to 100-fold, |m| = 0.1",
      draws: "seed",
    }),
    // Control: the steps of u and ω exchanged.
    ...withControl(async (preset, seed, wrong) => {
      const { rows, parameters } = await stepRatios({ preset, ...seeded(seed) });
      const means = stepRatioMeans(rows, parameters), { put, result } = comparison();
      for (const { raised, factor, ratio, se, theory } of means) {
        if (raised === "none") continue;
        const other = raised === "u" ? "omega" : raised === "omega" ? "u" : "both";
        const exchanged = means.find((row) => row.raised === other && row.factor === factor);
        const expected = wrong && exchanged ? exchanged.theory! : theory!;
        // Up to |m| = R the linear dynamics is right to R²/ln(R√d) of the search.
        put(`${raised} × ${factor}`, ratio, expected, 4 * se + 2e-3 * expected);
      }
      return result("4 standard errors of the paired ratio + 0.2 %");
    }),
  };
}

function c26(): Claim {
  return {
    id: "C26",
    paper,
    source: { whose: "ours" },
    statement:
      "Label-noise floor of the linear target: overlap and excess risk are those of the fixed point of " +
      "the mean step",
    falsifier:
      "A mean 1 − |m| or excess risk that is more than 4 standard errors away from the fixed point's " +
      "at one strength and batch",
    evidence: (preset) => ({
      seeds: byPreset(preset, 10, 40),
      sizes: "linear target, μ = 0.2, 0.5, 0.7, d = 1e5, b = d and 4d, η = 0.1, Δ = 0.5",
      draws: "seed",
    }),
    // Control: the leading order ηΔd/(4b).
    ...withControl(async (preset, seed, wrong) => {
      const { rows, parameters } = await noiseFloors({ preset, ...seeded(seed) });
      const { put, result } = comparison();
      for (const row of floorMeans(rows, parameters)) {
        const name = `μ = ${row.mu}, b = ${row.perD}d`;
        // Of relative order 1/d, 1/b is dropped, and few copies know their spread badly.
        const few = tolerance(rows.length / 6);
        put(`${name}: 1 − |m|`, row.gap, (wrong ? row.gapLeading : row.gapExact)!, few * row.gapSe);
        const risk = (wrong ? row.riskLeading : row.riskExact)!;
        put(`${name}: excess risk`, row.risk, risk, few * row.riskSe);
      }
      return result("4 standard errors, widened to Student's t for few copies");
    }),
  };
}

/** Number of standard errors of a mean of `n` that a normal one exceeds as rarely as 4: Student's t, to second order. */
function tolerance(n: number): number {
  const z = 4, free = n - 1;
  return z + (z ** 3 + z) / (4 * free) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * free ** 2);
}

function c45(): Claim {
  return {
    id: "C45",
    paper,
    source: { whose: "ours" },
    statement:
      "Excess risk times relaxation time is Δd/(8b) for every strength, to the order of η(1 − μ)²(1 + d/b)",
    falsifier:
      "A measured product that is more than 4 standard errors and 1 % away from the recursion's, or " +
      "more than 1.5 η(1 − μ)²(1 + d/b) + ηΔd/b away from Δd/(8b)",
    evidence: (preset) => ({
      seeds: byPreset(preset, 10, 40),
      sizes: "linear target, μ = 0.2, 0.5, 0.7, d = 1e5, b = d and 4d, η = 0.1, Δ = 0.5",
      draws: "seed",
    }),
    // Control: a floor that does not fall with the strength.
    ...withControl(async (preset, seed, wrong) => {
      const { rows, parameters } = await noiseFloors({ preset, ...seeded(seed) });
      const { put, result } = comparison();
      for (const { mu, perD, product, productSe, productExact } of floorMeans(rows, parameters)) {
        const found = wrong ? product / (1 - Number(mu)) ** 2 : product;
        const e = 0.1 * (1 - Number(mu)) ** 2 * (1 + 1 / perD), name = `μ = ${mu}, b = ${perD}d`;
        // The recursion is that of a small tilt: the loss relaxes from h² = 1e-3.
        put(`${name}: recursion`, found, productExact!, 4 * productSe + 0.01);
        put(`${name}: constant`, found, 1, 1.5 * e + 0.1 * 0.5 / perD);
      }
      return result("4 standard errors + 1 %; 1.5 η(1 − μ)²(1 + d/b) + ηΔd/b");
    }),
  };
}

/** Claims about batches, steps and the floor. */
export const batchClaims: readonly Claim[] = [c19(), c21(), c26(), c45()];
