/**
 * Claims about linearised training.
 *
 * @module
 */
import { byPreset, type Claim, comparison, slope, summary } from "../../../experiment/mod.ts";
import { stream } from "../../../random/mod.ts";
import { ACTIVATIONS, fineTuning } from "../model.ts";
import { readOutError } from "../simulation/regression.ts";
import { tangentFloor, tangentLimit } from "../theory/tangent.ts";

const paper = "lazy-vs-feature", SEED = "7";

function c16(): Claim {
  const kappas = [0.05, 0.1, 0.2, 0.4, Math.SQRT1_2, 1, 2];
  const reference = {
    h3: [0.0032385985, 0.012819275, 0.049210827, 0.16865484, 0.35714286, 0.45454545, 0.57828571],
    erf: [0.0030956117, 0.012212154, 0.046285934, 0.15239844, 0.31118118, 0.40259695, 0.48075584],
    relu: [0.046629076, 0.10038219, 0.21936027, 0.43538045, 0.60577742, 0.65112788, 0.62589913],
  };
  const slopes = { h3: 1.963, erf: 1.951, relu: 1.117 };
  return {
    id: "C16",
    paper,
    source: { whose: "ours" },
    statement:
      "The floor of the first-layer kernel falls like κ² for smooth activations, like κ for ReLU",
    falsifier:
      "A floor off the reference's by more than 1e-7 of it (ReLU 5e-5), a slope other than " +
      "1.963 (h₃), 1.951 (erf), 1.117 (ReLU) by 6e-4, or a regression more than 4 standard " +
      "errors away",
    evidence: (preset) => ({
      seeds: 8,
      sizes: `k = 6, seven κ from 0.05 to 2; regressions: d = 8, ${
        byPreset(preset, 2000, 10_000)
      } samples each`,
      draws: "seed",
    }),
    check: (preset, { seed = SEED }) => {
      const { put, result } = comparison();
      for (const activation of ["h3", "erf", "relu"] as const) {
        const model = (kappa: number) =>
          fineTuning({ activation: ACTIVATIONS[activation], k: 6, kappa });
        const floors = kappas.map((kappa) => tangentFloor(model(kappa)));
        // The reference integrates ReLU across its corner at s = s*.
        const rel = activation === "relu" ? 5e-5 : 1e-7;
        floors.forEach(({ full }, i) => {
          const wanted = reference[activation][i];
          put(`${activation}, κ = ${kappas[i].toFixed(2)}`, full, wanted, rel * wanted);
        });
        const first = [0, 1, 2];
        const found = slope(
          first.map((i) => Math.log(kappas[i])),
          first.map((i) => Math.log(floors[i].full)),
        );
        put(`${activation}, slope from κ = 0.05 to 0.2`, found, slopes[activation], 6e-4);
        if (activation !== "relu") {
          const kappa = 0.002, limit = tangentLimit(model(kappa));
          put(
            `${activation}, lost/κ² at κ = 0.002`,
            tangentFloor(model(kappa)).lost / kappa ** 2,
            limit,
            1e-4,
          );
        }
        for (const at of [2, 5]) {
          for (const features of ["full", "rankOne"] as const) {
            const options = { d: 8, samples: byPreset(preset, 2000, 10_000), features };
            const { mean, se } = summary(
              Array.from(
                { length: 8 },
                (_, i) =>
                  readOutError(
                    model(kappas[at]),
                    options,
                    stream(seed, "C16", activation, at, i),
                  ),
              ),
            );
            put(
              `${activation}, κ = ${kappas[at].toFixed(2)}, regression, ${features}`,
              mean,
              floors[at][features],
              4 * se,
            );
          }
        }
      }
      return result(
        "reference rel 1e-7, ReLU 5e-5; slopes 6e-4; limit 1e-4; regression 4 standard errors",
      );
    },
  };
}

/** The claims of this file. */
export const tangentClaims: readonly Claim[] = [c16()];
