/**
 * Claims about the spread of single runs around the flow.
 *
 * @module
 */
import {
  byPreset,
  type Claim,
  comparison,
  distinct,
  summary,
  where,
  withControl,
} from "../../../experiment/mod.ts";
import { spreadCourses } from "../experiments/runs.ts";
import { standard } from "../model.ts";
import { fluctuations } from "../theory/fluctuations.ts";

const paper = "lazy-vs-feature";

function c7(): Claim {
  return {
    id: "C7",
    paper,
    source: { whose: "ours" },
    statement: "√n times the standard deviation of the overlap follows dΣ/dτ = 2b′Σ + D",
    falsifier:
      "A value of √n sd(m) that is more than 4 standard errors and 4/√n of it away from the " +
      "theory's at one time",
    evidence: (preset) => ({
      seeds: byPreset(preset, 100, 200),
      sizes: `model S, n = ${byPreset(preset, 1000, 4000)}, α = 0.2, τ = ${
        byPreset(preset, "4, 8, 12", "4, 8, 12, 16, 20, 24")
      }`,
      draws: "seed",
    }),
    // Control: half of the spread.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison(), rows = await spreadCourses(preset, seed);
      const times = distinct(rows, "tau"), n = byPreset(preset, 1000, 4000);
      const copies = rows.length / times.length, theory = fluctuations(standard(), 0.2, times);
      // Steps of γ⁴ are rare and large; their part of the noise fills up slowly as n grows.
      const share = 4 / Math.sqrt(2 * copies) + 4 / Math.sqrt(n);
      times.forEach((time, j) => {
        const { sd } = summary(where(rows, "tau", time).map(({ m }) => m));
        const spread = theory[j].spread * (wrong ? 0.5 : 1), found = sd * Math.sqrt(n);
        put(`√n sd of m, τ = ${time}`, found, spread, share * spread);
      });
      return result("4 standard errors + 4/√n");
    }),
  };
}

/** The claims of this file. */
export const fluctuationClaims: readonly Claim[] = [c7()];
