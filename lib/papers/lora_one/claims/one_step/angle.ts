/**
 * Claims about the angle and the error of one step: C9–C12.
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
} from "../../../../experiment/mod.ts";
import {
  lawOfSines,
  oneStepRecovery,
  type OneStepResult,
  type OneStepSize,
} from "../../experiments/one_step/recovery.ts";
import { bestShrinkage, oneStepError } from "../../theory/one_step.ts";
import { seeded } from "../seeded.ts";

const paper = "lora-one";

/** Data sets of a size. */
function setsOf(rows: readonly OneStepResult[], [d, N]: OneStepSize): OneStepResult[] {
  return where(where(rows, "d", d), "N", N);
}

/** Few inputs and samples, where (d + 1)/N is 20 % above d/N. */
const SMALL: OneStepSize = [5, 8, 2];

/** Data sets of few samples. */
async function smallSets(seed: string | undefined) {
  const { rows } = await oneStepRecovery({
    ...{ sizes: [SMALL], copies: 3000, ratios: [2], d: 2, rank: 1, norm: false, lawDraws: 100 },
    ...seeded(seed),
  });
  return rows.sets;
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
      const run = await oneStepRecovery({ preset, ...seeded(seed) }),
        { put, result } = comparison();
      run.parameters.sizes.forEach((size, i) => {
        const [d, N, rank] = size,
          law = summary(lawOfSines([d, wrong ? 0.75 * N : N, rank], 2000, seed));
        const found = setsOf(run.rows.sets, size).map((row) => row.sine);
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
    statement:
      "Exact mean of the one-step error: E‖G − Δ‖²/‖Δ‖² = (d + 1)/N, at few samples as at many",
    falsifier: "A mean of ‖G − Δ‖²/‖Δ‖² that is more than 4 standard errors away from (d + 1)/N",
    evidence: (preset) => ({
      seeds: byPreset(preset, 24, 120),
      sizes: "(d, N) = (100, 1600), (100, 400), (400, 1600); 3000 data sets at (5, 8)",
      draws: "seed",
    }),
    // Control: d in place of d + 1, which five inputs can tell.
    ...withControl(async (preset, seed, wrong) => {
      const run = await oneStepRecovery({ preset, ...seeded(seed) }),
        { put, result } = comparison();
      const compare = (sets: readonly OneStepResult[], size: OneStepSize) => {
        const [d, N] = size, found = summary(setsOf(sets, size).map((row) => row.square));
        const expected = wrong ? d / N : oneStepError({ d, N });
        put(`(${d}, ${N})`, found.mean, expected, 4 * found.se);
      };
      run.parameters.sizes.forEach((size) => compare(run.rows.sets, size));
      compare(await smallSets(seed), SMALL);
      return result("4 standard errors");
    }),
  };
}

function c11(): Claim {
  return {
    id: "C11",
    paper,
    source: { whose: "ours" },
    statement: "Best shrinkage γ* = 1/(1 + (d + 1)/N): the γ of least mean error, Σ⟨G, Δ⟩/Σ‖G‖²",
    falsifier: "A ratio Σ⟨G, Δ⟩/Σ‖G‖² that is more than 4 standard errors away from γ*",
    evidence: { seeds: 3000, sizes: "(d, N, r*) = (5, 8, 2)", draws: "seed" },
    // Control: d in place of d + 1.
    ...withControl(async (_, seed, wrong) => {
      const rows = await smallSets(seed), [d, N] = SMALL, { put, result } = comparison();
      const inner = summary(rows.map((row) => row.inner)),
        power = summary(rows.map((row) => row.power));
      const gamma = inner.mean / power.mean;
      // Of a ratio of means: the residuals of inner − γ·power.
      const { se } = summary(rows.map((row) => (row.inner - gamma * row.power) / power.mean));
      const best = wrong ? 1 / (1 + d / N) : bestShrinkage({ d, N });
      put("γ*", gamma, best, 4 * se);
      return result("4 standard errors");
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
      const { rows: { sets } } = await oneStepRecovery({ preset, ...seeded(seed) });
      const rows = setsOf(sets, [100, 1600, 4]), factor = wrong ? 0.45 : 1;
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

/** The claims of this file. */
export const angleClaims: readonly Claim[] = [c9(), c10(), c11(), c12()];
