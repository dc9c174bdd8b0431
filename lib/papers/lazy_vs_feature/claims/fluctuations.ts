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
    check: async (preset) => {
      const { put, result } = comparison(), rows = await spreadCourses(preset);
      const times = distinct(rows, "tau"), n = byPreset(preset, 1000, 4000);
      const copies = rows.length / times.length, theory = fluctuations(standard(), 0.2, times);
      // Steps of γ⁴ are rare and large; their part of the noise fills up slowly as n grows.
      const share = 4 / Math.sqrt(2 * copies) + 4 / Math.sqrt(n);
      times.forEach((time, j) => {
        const { sd } = summary(where(rows, "tau", time).map(({ m }) => m));
        const { spread } = theory[j], found = sd * Math.sqrt(n);
        put(`√n sd of m, τ = ${time}`, found, spread, share * spread);
      });
      return result("4 standard errors + 4/√n");
    },
  };
}

/** The claims of this file. */
export const fluctuationClaims: readonly Claim[] = [c7()];
