/**
 * Claims about the law of SGD: the chains are exact, and other laws of the inputs.
 *
 * @module
 */
import { byPreset, type Claim, comparison, summary, where } from "../../../experiment/mod.ts";
import { exactness, inputLaws, mistaken } from "../experiments/more.ts";
import { FOURTH_MOMENT, INPUT_LAWS, standard } from "../model.ts";
import { LAW_NAMES } from "../simulation/mod.ts";
import { OverlapFlow } from "../theory/mod.ts";

const paper = "lazy-vs-feature";

function c4(): Claim {
  return {
    id: "C4",
    paper,
    source: { whose: "ours" },
    statement: "Every chain has the law of SGD in d dimensions; a step 1.3 times too long has not",
    falsifier:
      "A Kolmogorov–Smirnov p-value of a chain against direct SGD below 0.001, or none below " +
      "it for steps 1.3 times too long",
    evidence: (preset) => ({
      seeds: byPreset(preset, 250, 1500),
      sizes:
        `${LAW_NAMES.length} laws at k ≤ 8, d ≤ 40 and three times; at the full preset 1500 to 4000 copies`,
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const { put, result } = comparison();
      for (const { law, parameter, at, p } of await exactness(preset, seed)) {
        put(`${law}, ${parameter} at ${at}: p`, p, 1, 0.999);
      }
      const worst = Math.max(
        ...(await mistaken(preset, seed)).filter(({ at }) => at === 200)
          .map(({ p }) => p),
      );
      put("negative control: p", worst, 0, 1e-3);
      return result("Kolmogorov–Smirnov p above 0.001; of the control below");
    },
  };
}

/** Means and standard errors of the reference at τ = 2, 5, 10, 20. */
const REFERENCE: Readonly<Record<string, readonly [number, number][]>> = {
  gaussian: [[0.08899, 0.0033], [0.22138, 0.0045], [0.44725, 0.0056], [0.77803, 0.0042]],
  rademacher: [[0.00101, 0.0013], [0.00039, 0.0024], [-0.00069, 0.0036], [-0.00663, 0.007]],
  uniform: [[0.03662, 0.002], [0.09848, 0.0034], [0.21751, 0.0052], [0.46758, 0.0074]],
  laplace: [[0.18167, 0.0068], [0.40061, 0.0083], [0.61897, 0.0094], [0.83438, 0.0103]],
};
const DELOCALISED = [[0.08397, 0.0034], [0.21531, 0.0055], [0.43373, 0.0057], [0.77313, 0.005]];

function c24(): Claim {
  return {
    id: "C24",
    paper,
    source: { whose: "ours" },
    statement:
      "Of the input law only the base features matter: localised Rademacher neurons never start",
    falsifier:
      "A mean overlap that is more than 4 standard errors of both away from the reference's at " +
      "one time and input law, or a slope Φ′(0) off 4/9 (E a⁴ − 1)/2 by 1e-9",
    evidence: (preset) => ({
      seeds: byPreset(preset, 6, 16),
      sizes: "d = 300, k = 8, α = 0.1, τ = 2, 5, 10, 20, four input laws localised, Rademacher " +
        "delocalised",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const { put, result } = comparison(), rows = await inputLaws(preset, seed);
      const compare = (placement: string, law: string, reference: readonly (readonly number[])[]) =>
        [2, 5, 10, 20].forEach((tau, i) => {
          const found = where(where(where(rows, "placement", placement), "input", law), "tau", tau);
          const { mean, se } = summary(found.map(({ m }) => m)), [wanted, own] = reference[i];
          put(`${placement} ${law}, τ = ${tau}`, mean, wanted, 4 * Math.hypot(se, own));
        });
      for (const law of INPUT_LAWS) {
        compare("localised", law, REFERENCE[law]);
        const factor = (FOURTH_MOMENT[law] - 1) / 2;
        put(
          `Φ′(0), ${law}`,
          new OverlapFlow(standard(), 0, law).slope(0),
          factor * 4 / 9,
          1e-9,
        );
      }
      compare("delocalised", "rademacher", DELOCALISED);
      return result("4 standard errors of both samples; slopes 1e-9");
    },
  };
}

/** The claims of this file. */
export const exactnessClaims: readonly Claim[] = [c4(), c24()];
