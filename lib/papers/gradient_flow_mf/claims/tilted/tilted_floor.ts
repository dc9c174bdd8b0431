/**
 * Claim C40: a target outside the bases, too, ends on a floor of the start B = 0.
 *
 * @module
 */
import { type Claim, comparison, summary, where, withControl } from "../../../../experiment/mod.ts";
import { REFERENCE } from "../../experiments/physics.ts";
import { courses } from "../../experiments/laboratory/courses.ts";
import { tiltedProblem } from "../../problems/tilted.ts";

/** Exponent in α of the floor: the square of an error of order α³. */
const EXPONENT = 6;

/** Losses below it are rounding and tolerance. */
const NOTHING = 1e-24;

function c40(): Claim {
  return {
    id: "C40",
    paper: "gradient-flow-mf",
    source: { whose: "ours", where: "beside T8 and T9, by power counting" },
    statement:
      "One adapter and a target outside the bases of the frozen factor: B = 0 ends on a floor " +
      "∝ α⁶ if r > 1; A = 0, r = 1 and an aligned target leave nothing",
    falsifier:
      "A mean local exponent of the floor between α = 1e-2 and 1e-3 off 6 by 0.3, or a loss above " +
      "1e-24 at α = 1e-3 for A = 0, for r = 1 or for the aligned target",
    evidence: { seeds: 3, sizes: "10 × 10, s = 1 and 0.3, 30°, r = 1, 4, t = 300", draws: "seed" },
    // Control: the exponent 4 of excess rank.
    ...withControl(async (preset, seed = REFERENCE, wrong) => {
      const { put, result } = comparison();
      const losses = async (
        start: "zeroB" | "zeroA",
        r: number,
        alpha: number,
        degrees: number,
      ) => {
        const { rows } = await courses({
          ...{ preset, seed, problem: tiltedProblem({ m: 10, degrees }), starts: [start], r },
          ...{ alpha: [alpha], copies: 3, horizon: 300, points: 2 },
        });
        return where(rows, "at", 300).map(({ loss }) => loss);
      };
      const [coarse, fine] = [
        await losses("zeroB", 4, 1e-2, 30),
        await losses("zeroB", 4, 1e-3, 30),
      ];
      const exponents = coarse.map((loss, i) => Math.log10(loss / fine[i]));
      put("B = 0, r = 4: exponent", summary(exponents).mean, wrong ? 4 : EXPONENT, 0.3);
      put("A = 0, r = 4", Math.max(...await losses("zeroA", 4, 1e-3, 30)), 0, NOTHING);
      put("B = 0, r = 1", Math.max(...await losses("zeroB", 1, 1e-3, 30)), 0, NOTHING);
      put("B = 0, r = 4, aligned", Math.max(...await losses("zeroB", 4, 1e-3, 0)), 0, NOTHING);
      return result("0.3: next order α²t from erosion; 1e-24: tolerance of the flow");
    }),
  };
}

/** The claim about the floor of a target outside the bases. */
export const tiltedFloorClaims: readonly Claim[] = [c40()];
