/**
 * Claims about inputs that are not Gaussian: C24, C41.
 *
 * @module
 */
import { byPreset, type Claim, comparison, where, withControl } from "../../../experiment/mod.ts";
import { dataCourses } from "../experiments/inputs/data_courses.ts";
import { inputLawCourses } from "../experiments/inputs/input_laws.ts";
import { FOURTH_MOMENT, INPUT_LAWS, type InputLawName } from "../input_laws.ts";
import { standard } from "../model.ts";
import { OverlapFlow } from "../theory/mod.ts";
import { seeded } from "./seeded.ts";

const paper = "lazy-vs-feature";

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
      "Of the input law only the base features matter: the flow of their law holds on whole inputs, and localised " +
      "Rademacher neurons never start",
    falsifier:
      "A mean overlap that is more than 4 standard errors of both away from the reference's at one time and law, or more " +
      "than 4 + 0.03 (Laplace: 0.15) off the flow of the law, or a slope Φ′(0) off 4/9 (E a⁴ − 1)/2 by 1e-9",
    evidence: (preset) => ({
      seeds: byPreset(preset, 6, 32),
      sizes:
        "d = 300, k = 8, α = 0.1, τ = 2, 5, 10, 20, four input laws localised, Rademacher delocalised",
      draws: "seed",
    }),
    // Control: the Gaussian law for all.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison(),
        { rows } = await inputLawCourses({ preset, ...seeded(seed) });
      const compare = (place: string, law: string, reference: readonly (readonly number[])[]) =>
        [2, 5, 10, 20].forEach((tau, i) => {
          const [at] = where(where(where(rows, "where", place), "law", law), "tau", tau);
          const [wanted, own] = wrong ? REFERENCE.gaussian[i] : reference[i];
          // Six copies do not know their spread: at least that of the reference's, of 32.
          const error = Math.max(at.se, own * Math.sqrt(32 / byPreset(preset, 6, 32)));
          put(`${place}, ${law}, τ = ${tau}`, at.m, wanted, 4 * Math.hypot(error, own));
          const rest = law === "laplace" ? 0.15 : 0.03;
          put(`${place}, ${law}, τ = ${tau}, flow`, at.m, at.flow!, 4 * error + rest);
        });
      for (const law of INPUT_LAWS) {
        compare("axes", law, REFERENCE[law]);
        const wanted = (FOURTH_MOMENT[law as InputLawName] - 1) / 2 * 4 / 9;
        put(`Φ′(0), ${law}`, new OverlapFlow(standard(), { law }).slope(0), wanted, 1e-9);
      }
      compare("random", "rademacher", DELOCALISED);
      return result(
        "4 standard errors of both samples; flow + 0.03, heavy tails + 0.15; slopes 1e-9",
      );
    }),
  };
}

function c41(): Claim {
  return {
    id: "C41",
    paper,
    source: { whose: "ours" },
    statement:
      "On the digits fine-tuning falls behind Gaussian inputs of the same dimension; the exact Gaussian chain at n = 36 " +
      "is near the flow, so that the law of the inputs is the cause and not the dimension",
    falsifier:
      "A mean of the Gaussian chain that is more than 4 standard errors + 0.02 off the flow at one time, or means of the " +
      "digits at τ = 20 and 28 that are not 2 standard errors below it",
    evidence: (preset) => ({
      seeds: byPreset(preset, 160, 256),
      sizes: "digits, 40 components, k = 4, h₃, α = 0.1",
      draws: "seed",
    }),
    // Control: the chain of Gaussian inputs in place of the digits.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await dataCourses({ preset, ...seeded(seed) }),
        { put, result } = comparison();
      for (const { tau, m, se, flow } of where(rows, "kind", "Gaussian chain")) {
        put(`Gaussian chain, τ = ${tau}`, m, flow, 4 * se + 0.02);
      }
      for (const tau of [20, 28]) {
        const at = (kind: string) => where(where(rows, "kind", kind), "tau", tau)[0];
        for (const kind of ["random directions", "principal directions"]) {
          const own = at(wrong ? "Gaussian chain" : kind), other = at("Gaussian chain");
          const above = own.m - other.m + 2 * Math.hypot(own.se, other.se);
          put(`${kind}, τ = ${tau}, not below`, Math.max(0, above), 0, 0);
        }
      }
      return result("4 standard errors + 0.02; digits 2 standard errors below");
    }),
  };
}

/** The claims of this file. */
export const inputClaims: readonly Claim[] = [c24(), c41()];
