/**
 * Claims about real images: the exponent of the search.
 *
 * @module
 */
import { agree, type Claim, type Preset, withControl } from "../../../../experiment/mod.ts";
import { digitsSearchTimes, searchExponent } from "../../experiments/digits/search.ts";
import { seeded } from "../seeded.ts";

const paper = "pre-training-hurts", source = { whose: "ours" } as const;

/** Two strong strengths, which become stronger in the full preset. */
const strengthsAt = (preset: Preset) => preset === "full" ? [0.9, 0.95] : [0.8, 0.9];

/** Options of {@linkcode digitsSearchTimes}. */
type Options = NonNullable<Parameters<typeof digitsSearchTimes>[0]>;

/** Starts of the adapter. */
const startsAt = (preset: Preset) => preset === "full" ? 10 : 8;

/**
 * Exponent of the search between two strong strengths against 2, or against 1.5 in a control.
 *
 * @param quickStep Step size of the quick preset: where the search is slow enough for it, twice that of the full one.
 */
function exponentClaim(id: string, what: string, options: Options, quickStep = 2): Claim {
  return {
    ...{ id, paper, source },
    statement:
      `Search of an adapter on the digits, ${what}: its steps grow like (1 − μ)⁻² for strong ` +
      "pre-training, as on one index",
    falsifier:
      "An exponent between the two strengths that differs from 2 by four standard errors over starts, " +
      "in addition to the mean 1 − μ for terms of that order; control: the exponent 1.5",
    evidence: (preset) => ({
      seeds: startsAt(preset),
      sizes: `64-32-10 tanh network, μ = ${
        strengthsAt(preset).join(" and ")
      }; starts of the adapter on one network`,
      draws: "seed",
    }),
    ...withControl(async (preset, seed, wrong) => {
      const mu = strengthsAt(preset);
      const { rows } = await digitsSearchTimes({
        ...{ preset, mu, fullSteps: 2000, copies: startsAt(preset) },
        ...{ step: preset === "full" ? 1 : quickStep, ...options, ...seeded(seed) },
      });
      const { exponent, se } = searchExponent(rows);
      const finite = 1 - (mu[0] + mu[1]) / 2, expected = wrong ? 1.5 : 2;
      return agree({ exponent }, { exponent: expected }, { abs: 4 * se + finite });
    }),
  };
}

/** The claims about real images. */
export const digitsClaims: readonly Claim[] = [
  exponentClaim("C28", "rank one", {}, 1),
  exponentClaim("C55", "rank two", { rank: 2 }),
  exponentClaim("C56", "with normal inputs in place of the images", { inputs: "normal" }),
];
