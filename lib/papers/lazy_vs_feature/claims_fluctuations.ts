/**
 * Claims about the spread of single runs around the flow.
 *
 * @module
 */
import { byPreset, type Claim, comparison, summary } from "../../experiment/mod.ts";
import { stream } from "../../random/mod.ts";
import { standard } from "./problem.ts";
import { FineTuningChain } from "./simulation_chain.ts";
import { fluctuations } from "./theory_fluctuations.ts";

const paper = "lazy-vs-feature", SEED = "7";

function c7(): Claim {
  return {
    id: "C7",
    paper,
    source: "ours",
    statement: "√n times the standard deviation of the overlap follows dΣ/dτ = 2b′Σ + D",
    check: (preset) => {
      const { put, result } = comparison(), model = standard(), alpha = 0.2;
      const times = byPreset(preset, [4, 8, 12], [4, 8, 12, 16, 20, 24]);
      const n = byPreset(preset, 1000, 4000), copies = byPreset(preset, 100, 200);
      const theory = fluctuations(model, alpha, times);
      const chains = Array.from(
        { length: copies },
        (_, i) => new FineTuningChain(model, { n, alpha }, stream(SEED, "C7", i)),
      );
      // Steps of γ⁴ are rare and large; their part of the noise fills up slowly as n grows.
      const share = 4 / Math.sqrt(2 * copies) + 4 / Math.sqrt(n);
      times.forEach((time, j) => {
        for (const chain of chains) chain.run(time * n - chain.steps);
        const { se } = summary(chains.map(({ m }) => m));
        const { spread } = theory[j], found = se * Math.sqrt(copies * n);
        put(`√n sd of m, τ = ${time}`, found, spread, share * spread);
      });
      return result("4 standard errors + 4/√n");
    },
  };
}

/** The claims of this file. */
export const fluctuationClaims: readonly Claim[] = [c7()];
