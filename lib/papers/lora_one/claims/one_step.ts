/**
 * Claims about one step of the full gradient: C9–C12, C30, C31.
 *
 * Expected numbers come from an independent implementation.
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
} from "../../../experiment/mod.ts";
import { stream } from "../../../random/mod.ts";
import { labelNoise } from "../experiments/label_noise.ts";
import { ONE_STEP_SIZES, oneStepExperiment, SEED } from "../experiments/runs.ts";
import { gaussianStartTangent } from "../simulation/mod.ts";
import {
  bestShrinkage,
  criticalStrength,
  noisyOverlaps,
  oneStepError,
  sampleTangent,
  sineOfTangent,
  strengthUnit,
} from "../theory/mod.ts";

const paper = "lora-one";

/** A size of one-step recovery. */
export interface OneStepSize {
  /** Input dimension. */
  readonly d: number;
  /** Samples. */
  readonly N: number;
  /** Rank of the target. */
  readonly rank: number;
}

/** Sines of one-step angles drawn from `r* × r*` Wishart matrices. */
export function lawOfSines({ d, N, rank }: OneStepSize, draws: number, seed = SEED): number[] {
  const rng = stream(seed, "law", d, N, rank);
  return Array.from(
    { length: draws },
    () => sineOfTangent(sampleTangent(rng, { outside: d - rank, rank, dof: N })),
  );
}

function c9(): Claim {
  const reference = [[0.268829, 0.000288], [0.492368, 0.000467], [0.488521, 0.000204]];
  return {
    id: "C9",
    paper,
    source: { whose: "ours" },
    statement: "Exact law of the one-step angle: mean sin θ of the Wishart sampler against data, " +
      "and against the reference's sampler",
    falsifier: "A mean sin θ on data that is more than 4 standard errors away from the Wishart " +
      "sampler's, or of that from the reference's",
    evidence: (preset) => ({
      seeds: byPreset(preset, 24, 120),
      sizes: "(d, N, r*) = (100, 1600, 4), (100, 400, 4), (400, 1600, 8); 2000 draws of the law",
      draws: "seed",
    }),
    // Control: the law of three quarters of the samples.
    ...withControl(async (preset, seed, wrong) => {
      const rows = await oneStepExperiment(preset, seed), { put, result } = comparison();
      ONE_STEP_SIZES.forEach(([d, N, rank], i) => {
        const law = summary(lawOfSines({ d, N: wrong ? 0.75 * N : N, rank }, 2000, seed));
        const found = where(where(rows, "d", d), "N", N).map((row) => row.sine);
        const direct = summary(found), name = `(${d}, ${N}, ${rank})`;
        put(`data, ${name}`, direct.mean, law.mean, 4 * Math.hypot(direct.se, law.se));
        put(`law, ${name}`, law.mean, reference[i][0], 4 * Math.hypot(law.se, reference[i][1]));
      });
      return result("4 standard errors of both");
    }),
  };
}

function c10(): Claim {
  return {
    id: "C10",
    paper,
    source: { whose: "ours" },
    statement: "Exact mean of the one-step error: E‖G − Δ‖²/‖Δ‖² = (d + 1)/N",
    falsifier: "A mean of ‖G − Δ‖²/‖Δ‖² that is more than 4 standard errors away from (d + 1)/N",
    evidence: (preset) => ({
      seeds: byPreset(preset, 24, 120),
      sizes: "(d, N) = (100, 1600), (100, 400), (400, 1600)",
      draws: "seed",
    }),
    // Control: the error of twice the samples.
    ...withControl(async (preset, seed, wrong) => {
      const rows = await oneStepExperiment(preset, seed), { put, result } = comparison();
      for (const [d, N] of ONE_STEP_SIZES) {
        const found = summary(where(where(rows, "d", d), "N", N).map((row) => row.square));
        put(`(${d}, ${N})`, found.mean, oneStepError({ d, N: wrong ? 2 * N : N }), 4 * found.se);
      }
      return result("4 standard errors");
    }),
  };
}

function c11(): Claim {
  return {
    id: "C11",
    paper,
    source: { whose: "ours" },
    statement: "Best shrinkage γ* = 1/(1 + (d + 1)/N): ratio Σ⟨G, Δ⟩/Σ‖G‖² at (100, 400)",
    falsifier: "A ratio Σ⟨G, Δ⟩/Σ‖G‖² that is more than 0.01 away from γ*",
    evidence: (preset) => ({
      seeds: byPreset(preset, 24, 120),
      sizes: "(d, N, r*) = (100, 400, 4)",
      draws: "seed",
    }),
    // Control: no shrinkage.
    ...withControl(async (preset, seed, wrong) => {
      const rows = where(where(await oneStepExperiment(preset, seed), "d", 100), "N", 400);
      const sum = (key: "inner" | "power") => rows.reduce((total, row) => total + row[key], 0);
      const { put, result } = comparison();
      const best = wrong ? 1 : bestShrinkage({ d: 100, N: 400 });
      put("γ*", sum("inner") / sum("power"), best, 0.01);
      return result("abs 0.01");
    }),
  };
}

function c12(): Claim {
  return {
    id: "C12",
    paper,
    source: { whose: "paper", where: "Theorem 3.3" },
    statement: "Theorem 3.3, deterministic part: ‖G − Δ‖ ≤ ‖Σ̂ − I‖‖Δ‖ on every draw, with room " +
      "(means at (100, 1600))",
    falsifier:
      "A draw with ‖G − Δ‖ above ‖Σ̂ − I‖‖Δ‖, or a mean of either side that is more than 4 " +
      "standard errors of both away from the reference's",
    evidence: (preset) => ({
      seeds: byPreset(preset, 24, 120),
      sizes: "(d, N, r*) = (100, 1600, 4)",
      draws: "seed",
    }),
    // Control: less than half of the bound.
    ...withControl(async (preset, seed, wrong) => {
      const rows = where(where(await oneStepExperiment(preset, seed), "d", 100), "N", 1600);
      const factor = wrong ? 0.45 : 1;
      const op = summary(rows.map((row) => row.op));
      const norm = summary(rows.map((row) => row.covariance ?? NaN));
      const violations = rows.filter((row) => !(row.op <= factor * (row.covariance ?? NaN))).length;
      const { put, result } = comparison();
      put("draws that violate it", violations, 0, 0);
      put("mean ‖G − Δ‖/‖Δ‖", op.mean, 0.251844, 4 * Math.hypot(op.se, 0.00228));
      put("mean ‖Σ̂ − I‖", norm.mean, 0.541125, 4 * Math.hypot(norm.se, 0.0022));
      return result("4 standard errors of both");
    }),
  };
}

/** Draws of `‖ba⁺‖` of a random start with `d = 200`, `r* = 4`. */
export function startTangents(r: number, draws: number, seed = SEED): number[] {
  const rng = stream(seed, "start", r);
  return Array.from({ length: draws }, () => sampleTangent(rng, { outside: 196, rank: 4, dof: r }));
}

/** Direct draws of `‖ba⁺‖` from Gaussian `a` and `b`: no Wishart law. */
function directTangents(r: number, draws: number, seed = SEED): number[] {
  const rng = stream(seed, "direct start", r), options = { d: 200, r, targetRank: 4 };
  return Array.from({ length: draws }, () => gaussianStartTangent(rng, options));
}

/** Value and standard error of a quantile: half of what `±√(q(1−q)/n)` in the order moves it. */
function quantile(sorted: readonly number[], q: number): { value: number; se: number } {
  const n = sorted.length, at = (x: number) => sorted[Math.min(n - 1, Math.floor(x * n))];
  const step = Math.sqrt(q * (1 - q) / n);
  return { value: at(q), se: (at(q + step) - at(q - step)) / 2 };
}

function c30(): Claim {
  // Median and 95 % quantile of the reference's direct draws of a and b.
  const reference: [number, number, number][] = [
    [4, 47.97, 449.7],
    [5, 24.59, 96.3],
    [6, 17.2, 45.2],
    [8, 11.03, 19.87],
    [16, 5.605, 7.84],
  ];
  return {
    id: "C30",
    paper,
    source: { whose: "ours" },
    statement: "Rank dependence of ‖ba⁺‖ (d = 200, r* = 4), by the Wishart law with r degrees of " +
      "freedom: median, 95 % quantile; against direct draws of ours and of the reference",
    falsifier:
      "A median or 95 % quantile of the Wishart law that is more than 4 standard errors away " +
      "from the direct draws', or 6 % (median), 12 % (quantile), 20 % (quantile at r = 4) from " +
      "the reference's",
    evidence: (preset) => ({
      seeds: byPreset(preset, 3000, 8000),
      sizes: "d = 200, r* = 4, r = 4, 5, 6, 8, 16; a quarter as many direct draws",
      draws: "seed",
    }),
    // Control: one degree of freedom more.
    ...withControl((preset, seed, wrong) => {
      const { put, result } = comparison(), draws = preset === "full" ? 8000 : 3000;
      const sorted = (values: number[]) => values.toSorted((x, y) => x - y);
      for (const [r, middle, high] of reference) {
        const law = sorted(startTangents(wrong ? r + 1 : r, draws, seed));
        const direct = sorted(directTangents(r, draws / 4, seed));
        for (const [name, q] of [["median", 0.5], ["95 %", 0.95]] as const) {
          const a = quantile(law, q), b = quantile(direct, q);
          put(`${name}, r = ${r}, direct`, b.value, a.value, 4 * Math.hypot(a.se, b.se));
        }
        // How many draws the reference has is not known. Its ten numbers scatter around 40 000 draws
        // of ours as 1000 draws would (χ² = 12 on 10), with standard errors of 3.6, 2.2, 1.7, 1.2
        // and 0.7 % in the median and 15, 6.2, 4.8, 3.5 and 1.6 % in the quantile, by r: what is
        // allowed are at least 1.3 of them and at most 9.
        put(`median, r = ${r}`, quantile(law, 0.5).value, middle, 0.06 * middle);
        put(`95 %, r = ${r}`, quantile(law, 0.95).value, high, (r === 4 ? 0.2 : 0.12) * high);
      }
      return result(
        "direct: 4 standard errors; reference: 6 % in the median, 12 % in the quantile, 20 % at " +
          "r = r* with its heavy tail",
      );
    }),
  };
}

function c31(): Claim {
  return {
    id: "C31",
    paper,
    source: { whose: "ours" },
    statement: "Label noise: below λ_c the one-step gradient carries no signal, above it the " +
      "overlaps follow the spiked-matrix formulas",
    falsifier:
      "A mean overlap above λ_c that is more than 4 standard errors of both away from the " +
      "reference's, or from the formula's by 0.05, 0.02, 0.01 and 4 standard errors, or one " +
      "below λ_c above 0.05",
    evidence: (preset) => ({
      seeds: byPreset(preset, 4, 20),
      sizes: "d = 400, k = 200, N = 8000, λ/λ_c = 0.5, 1.6, 2.5, 4",
      draws: "seed",
    }),
    // Control: the formulas at twice the strength.
    ...withControl(async (preset, seed, wrong) => {
      const { rows, parameters: sizes } = await labelNoise({ preset, seed });
      const critical = strengthUnit(sizes);
      const { put, result } = comparison();
      put("λ_c, leading order", critical, 0.188030154654, 1e-9);
      const exact = criticalStrength(sizes);
      put("λ_c with √(1 + (d+1)/N)", exact, critical / Math.sqrt(1 + 401 / 8000), 1e-12);
      const at = (ratio: number, key: "u2" | "v2") =>
        summary(
          rows.filter((row) => Math.abs(row.lambda / critical - ratio) < 1e-6).map((row) =>
            row[key]
          ),
        );
      const reference: [number, number, number, number, number][] = [
        [1.6, 0.512939925, 0.0093, 0.649302736, 0.0103],
        [2.5, 0.754338859, 0.0036, 0.8741365, 0.0036],
        [4, 0.874111258, 0.0023, 0.955142014, 0.0012],
      ];
      for (const [ratio, u2, su, v2, sv] of reference) {
        const [u, v] = [at(ratio, "u2"), at(ratio, "v2")];
        put(`u², λ/λ_c = ${ratio}`, u.mean, u2, 4 * Math.hypot(u.se, su));
        put(`v², λ/λ_c = ${ratio}`, v.mean, v2, 4 * Math.hypot(v.se, sv));
        const theory = noisyOverlaps(sizes, (wrong ? 2 : 1) * ratio * critical);
        // The formulas hold for large sizes: the gap is theirs, largest near the threshold.
        const slack = ratio < 2 ? 0.05 : ratio < 3 ? 0.02 : 0.01;
        put(`u² − theory, λ/λ_c = ${ratio}`, u.mean - theory.u2, 0, slack + 4 * u.se);
        put(`v² − theory, λ/λ_c = ${ratio}`, v.mean - theory.v2, 0, slack + 4 * v.se);
      }
      put("u², λ/λ_c = 0.5", at(0.5, "u2").mean, 0, 0.05);
      put("v², λ/λ_c = 0.5", at(0.5, "v2").mean, 0, 0.05);
      return result("4 standard errors of both; theory within 0.05, 0.02, 0.01; below 0.05");
    }),
  };
}

/** The claims of this file. */
export const oneStepClaims: readonly Claim[] = [c9(), c10(), c11(), c12(), c30(), c31()];
