/**
 * C22–C26, C42: constant steps in the scalar model.
 *
 * @module
 */
import { agree, atMost, type Claim, comparison, withControl } from "../../../../experiment/mod.ts";
import { matrix } from "../../../../linalg/mod.ts";
import { boundarySteps } from "../../experiments/constant/boundary.ts";
import { conservedSign } from "../../experiments/constant/conserved_sign.ts";
import { constantSteps } from "../../experiments/constant/constant_steps.ts";
import { phaseDiagram } from "../../experiments/constant/phase_diagram.ts";
import { seeded } from "../seeded.ts";

const paper = "convergence-rate";

function c22(): Claim {
  return {
    id: "C22",
    paper,
    source: { whose: "ours" },
    statement: "F₊ − 4 = (F − 4)(1 + η²Rab) in one step from random states",
    falsifier:
      "A state after whose step F − 4 is off (F − 4)(1 + η²Rab) by more than 1e-13 of its terms",
    evidence: (preset) => ({
      seeds: preset === "full" ? 4000 : 1000,
      sizes: "a, b, y uniform on (−3, 3), η on (0, 2), η|y| < 2",
      draws: "seed",
    }),
    // Control: the other sign of the factor's second term.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await conservedSign({ preset, ...seeded(seed) });
      const worst = Math.max(...rows.map((row) => wrong ? row.control : row.error));
      return atMost({ "relative error": worst }, { "relative error": 1e-13 });
    }),
  };
}

function c42(): Claim {
  return {
    id: "C42",
    paper,
    source: { whose: "ours" },
    statement:
      "For η|y| < 2 the sign of F − 4 at the start decides: below it no random state diverges, above it all do",
    falsifier:
      "A random state with F < 4 that diverges within 3000 steps, or one with F > 4 that does not",
    evidence: (preset) => ({
      seeds: preset === "full" ? 4000 : 1000,
      sizes: "a, b, y uniform on (−3, 3), η on (0, 2), η|y| < 2; |F − 4| > 1e-3",
      draws: "seed",
    }),
    // Control: the sign of F − 3.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await conservedSign({ preset, ...seeded(seed) });
      // Next to F = 4 a divergent orbit takes longer than the run.
      const clear = rows.filter(({ invariant }) => Math.abs(invariant - 4) > 1e-3);
      const off = clear.filter(({ invariant, diverged }) =>
        invariant > (wrong ? 3 : 4) !== diverged
      );
      return agree({ "states that decide otherwise": off.length }, {
        "states that decide otherwise": 0,
      }, {
        abs: 0,
        text: `none of ${clear.length}`,
      });
    }),
  };
}

function c23(): Claim {
  const reference: Record<number, number> = {
    1: 1.5615528128,
    2: 0.8284271247,
    4: 0.2462112513,
    8: 0.0624390838,
  };
  return {
    id: "C23",
    paper,
    source: { whose: "ours" },
    statement:
      "Smallest diverging step: scan and bisection against 8/(a₀² + √(a₀⁴ + 16y²)), y = 1, −3 and 0.4",
    falsifier: "A smallest diverging step that is off the formula's by more than 1e-10 of it",
    evidence: {
      seeds: 0,
      sizes: "y = 1, −3, 0.4, a₀ = 1, 2, 4, 8, at most 20000 steps",
      draws: "nothing",
    },
    check: async () => {
      const { put, result } = comparison();
      for (const y of [1, -3, 0.4]) {
        for (const { a0, diverging } of (await boundarySteps({ y })).rows) {
          const wanted = 8 / (a0 * a0 + Math.sqrt(a0 ** 4 + 16 * y * y));
          put(`a₀ = ${a0}, y = ${y}`, diverging, wanted, 1e-10 * wanted);
          if (y === 1) put(`a₀ = ${a0}, reference`, diverging, reference[a0], 1e-10);
        }
      }
      return result("rel 1e-10");
    },
  };
}

function c24(): Claim {
  return {
    id: "C24",
    paper,
    source: { whose: "ours" },
    statement: "Phase diagram of 926 points: a run diverges exactly if η > η_div",
    falsifier:
      "A point above η_div whose run does not diverge, or one below whose run does; or other " +
      "counts of the four states than the reference's",
    evidence: {
      seeds: 0,
      sizes: "926 points, a₀ from 0.2 to 20, η/η_div from 0.05 to 1.95, 3000 steps",
      draws: "nothing",
    },
    check: async (preset) => {
      const { rows: points } = await phaseDiagram({ preset });
      const count = (state: string) => points.filter((point) => point.state === state).length;
      const agreeing = points.filter(({ ratio, state }) => (state === "diverged") === (ratio > 1));
      return agree(
        {
          agreeing: agreeing.length,
          "converged, monotone": count("converged, monotone"),
          converged: count("converged"),
          bounded: count("bounded"),
          diverged: count("diverged"),
        },
        { agreeing: 926, "converged, monotone": 293, converged: 166, bounded: 111, diverged: 356 },
        { abs: 0, text: "all points; counts of the reference exactly" },
      );
    },
  };
}

function c25(): Claim {
  return {
    id: "C25",
    paper,
    source: { whose: "ours" },
    statement:
      "From b₀ = 0, a₀² ≥ 4|y|, the loss ceases to fall in every step at ηa₀² = 2, for y = 1 and −3",
    falsifier:
      "A step at which the loss ceases to fall in every step with ηa₀² off 2 by more than 1e-8",
    evidence: {
      seeds: 0,
      sizes: "y = 1, −3, a₀ = 4, 8 (and 2 for y = 1), 20000 steps",
      draws: "nothing",
    },
    check: async () => {
      const { put, result } = comparison();
      for (const y of [1, -3]) {
        for (const { a0, rising } of (await boundarySteps({ y })).rows) {
          if (rising !== null) put(`ηa₀², a₀ = ${a0}, y = ${y}`, rising * a0 * a0, 2, 1e-8);
        }
      }
      return result("1e-8");
    },
  };
}

function c26(): Claim {
  return {
    id: "C26",
    paper,
    source: { whose: "ours", where: "on Eq. (8)" },
    statement:
      "In the scalar model the paper's rule is monotone from all a₀ in [0.25, 32], at nearly the same cost (112 to 125 " +
      "steps)",
    falsifier:
      "A run whose loss rises, or a least and largest number of steps other than 112 and 125",
    evidence: { seeds: 0, sizes: "eight a₀ from 0.25 to 32, to ‖∇J‖ < 1e-9", draws: "nothing" },
    check: async () => {
      const one = (x: number) => matrix(1, 1, [x]), start = { b: one(0), a: one(1) };
      const { rows } = await constantSteps({
        ...{
          m: 1,
          n: 1,
          sigma: [1],
          r: 1,
          start,
          rules: ["paper"],
          steps: 10_000,
          tolerance: 1e-9,
        },
        scales: Array.from({ length: 8 }, (_, i) => 0.25 * 2 ** i),
      });
      const steps = rows.map((row) => row.steps);
      return agree(
        {
          monotone: rows.filter((row) => row.monotone && row.state === "converged").length,
          fewest: Math.min(...steps),
          most: Math.max(...steps),
        },
        { monotone: 8, fewest: 112, most: 125 },
        { abs: 0, text: "steps of the reference exactly" },
      );
    },
  };
}

/** The claims of this file. */
export const constantClaims: readonly Claim[] = [c22(), c23(), c24(), c25(), c26(), c42()];
