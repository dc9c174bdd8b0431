/**
 * Claims about misaligned frozen weights: the direction that is learnt, and the rate of its search.
 *
 * @module
 */
import {
  byPreset,
  type Claim,
  comparison,
  distinct,
  where,
  withControl,
} from "../../../../experiment/mod.ts";
import { searchRates, unitWeights } from "../../experiments/dynamics/search_rates.ts";
import { misalignedCourses } from "../../experiments/misaligned/courses.ts";
import { misaligned } from "../../frozen.ts";
import { descentDirection } from "../../starts.ts";
import { LoraFlow } from "../../theory/flow.ts";
import { growthRate } from "../../theory/growth.ts";
import { seeded } from "../seeded.ts";

const paper = "pre-training-hurts";

function c23(): Claim {
  return {
    id: "C23",
    paper,
    source: { whose: "ours", where: "the misaligned weight of the authors' code" },
    statement: "From w₀ = μω⋆ + (1 − μ)ξ at μ = 0.6 the adapter of x, erf, ReLU and He₃ ends at " +
      "m = −n = 1/√2, s = 1, |u| = √2(1 − μ); He₃ at μ = 0.1 does not: it ends along w₀ at s = 0",
    falsifier: "A copy that ends more than 1e-4 off, or a He₃ copy at μ = 0.1 with |s| above 0.15",
    evidence: (preset) => ({
      seeds: byPreset(preset, 1, 2),
      sizes: "d = 1000, b = 2000, η = 0.2, 3000 steps",
      draws: "seed",
    }),
    // Control: the end of an aligned weight, m = 1.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison();
      const { rows, parameters } = await misalignedCourses({ preset, ...seeded(seed) });
      const m = wrong ? 1 : Math.SQRT1_2;
      parameters.cases.forEach(({ student, w0 }, of) => {
        const [along, beside] = w0 as readonly number[];
        const name = `${student} at (${along}, ${beside})`;
        const own = where(rows, "of", of);
        for (const copy of distinct(own, "copy")) {
          const end = where(own, "copy", copy).at(-1)!, length = Math.hypot(along, beside);
          const trapped = along === 0.1, at = `${name}, copy ${copy}`;
          put(`${at}: m`, end.m, trapped ? along / length : m, trapped ? 0.1 : 1e-4);
          const n = trapped ? beside / length : -Math.sqrt(1 - m * m);
          put(`${at}: n`, end.n, n, trapped ? 0.1 : 1e-4);
          put(`${at}: s`, end.s, trapped ? 0 : 1, trapped ? 0.15 : 1e-4);
          if (!trapped) put(`${at}: |u|/√2(1 − μ)`, Math.abs(end.u) / (Math.SQRT2 * 0.4), 1, 1e-4);
        }
      });
      const frozen = misaligned(0.6), a0 = [10 ** -1.5, 0];
      const [flow] = new LoraFlow({ student: "x", frozen, a0 }).path([120]);
      put("flow u", flow.u, 0.5656854, 1e-6);
      put("flow m", flow.m, 0.7071068, 1e-6);
      put("flow n", flow.n, -0.7071068, 1e-6);
      return result("abs 1e-4; at w = 0 the noise of the labels stays: m, n 0.1 and s 0.15");
    }),
  };
}

function c39(): Claim {
  return {
    id: "C39",
    paper,
    source: { whose: "ours" },
    statement:
      "Beside the ray the search grows at the rate of the 2 by 2 matrix with |∇L(w₀)| in place of |A|; " +
      "for a unit w₀ it is the faster the larger its angle to the target",
    falsifier: "A growth rate of the chain's unstable mode further than 4 s.e. from ln(1 + ηλ₊)",
    evidence: (preset) => ({
      seeds: 16,
      sizes: "x, erf, ReLU, He₃; |w₀| = 1 at " + byPreset(preset, "30, 60, 90", "15, 30, … 90") +
        " degrees; d = 1000, b = " + byPreset(preset, 4000, 20_000),
      draws: "seed",
    }),
    // Control: only the part of the gradient along the target.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison();
      const { rows, parameters } = await searchRates({ preset, ...seeded(seed) });
      rows.forEach(({ pair, x, measured, se, A, B, predicted }, i) => {
        const { student } = parameters.pairs[Math.floor(i / parameters.w0.length)];
        const frozen = unitWeights([x])[0] as readonly number[];
        const [part] = descentDirection({ d: 1000, frozen, student, teacher: student });
        const only = Math.log1p(parameters.step * growthRate({ A: A * part, B }));
        const expected = wrong ? only : predicted;
        put(`${pair}, ${Math.round(x)} degrees`, measured, expected, 4 * se + 0.03 * expected);
      });
      // The table of the reference: τ of the linear target at 30 and 60 degrees.
      for (const [degrees, tau] of [[30, 4.551933372263209], [60, 1.618033988749895]]) {
        const row = rows.find(({ pair, x }) => pair === "linear" && Math.round(x) === degrees)!;
        put(`τ of x, ${degrees} degrees`, 1 / growthRate({ A: row.A, B: row.B }), tau, 1e-9);
      }
      return result(
        "4 s.e. and 3 % for the size that the mode has and the heavy tails of He₃; τ of the reference abs 1e-9",
      );
    }),
  };
}

/** C23, C39. */
export const misalignedClaims: readonly Claim[] = [c23(), c39()];
