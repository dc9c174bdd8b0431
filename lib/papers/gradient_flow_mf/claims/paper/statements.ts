/**
 * Claims about statements of the paper that need no long run: P4, P5, P13, P16.
 *
 * Reference numbers are those of an independent NumPy implementation.
 *
 * @module
 */
import { agree, type Claim, comparison, where, withControl } from "../../../../experiment/mod.ts";
import { decompositionSizes } from "../../experiments/paper/decomposition_sizes.ts";
import { linearParts } from "../../experiments/paper/linear_parts.ts";
import { statedConstants } from "../../experiments/paper/stated_constants.ts";
import { weightsOnly } from "../../experiments/paper/weights_only.ts";

const paper = "gradient-flow-mf", REFERENCE = "reference";

function p4(): Claim {
  return {
    id: "P4",
    paper,
    source: { whose: "paper", where: "Claim 3.1, Eq. (10)" },
    statement:
      "The closed form of Claim 3.1 is the linear growth once γ₁ has unit length and the " +
      "null space of H₁ is kept; without the null space as much is missing as stands still",
    falsifier:
      "A closed form that is off the exponential of H₁ by more than 1e-14 α in an entry, or " +
      "without the null space by something else than the frozen part of the run",
    evidence: {
      seeds: 1,
      sizes: "Q(0.5), all-random start, r = 3, α = 1e-3, t = 1.7",
      draws: "seed",
    },
    // Control: γ₁ = (g; v) of length √2, as printed.
    ...withControl(async (_, seed = REFERENCE, wrong) => {
      const { rows: [row] } = await linearParts({ starts: ["gauss"], times: [1.7], seed });
      const { put, result } = comparison();
      put("error/α", wrong ? row.printedGamma : row.error, 0, 1e-14);
      // The frozen part of a run moves by the disturbance, of relative size ‖Z₁‖² ≈ 10⁻⁴.
      put("missing/α", row.withoutNullSpace, row.frozen, 1e-3 * row.frozen);
      if (seed === REFERENCE) {
        put("missing/α, reference", row.withoutNullSpace, 6.523170266058366, 1e-9);
      }
      return result(
        "rounding of the exponential of a 19 × 19 matrix; 1e-3 = ‖Z₁‖² with its factor",
      );
    }),
  };
}

function p5(): Claim {
  return {
    id: "P5",
    paper,
    source: { whose: "paper", where: "Eqs. (7), (8)" },
    statement:
      "The decomposition (7), (8) is the flow, and its disturbances are of second order: " +
      "‖D₁(0)‖ ∝ α² from an all-random start, exactly 0 from the paper's",
    falsifier:
      "An entry of (7) or (8) off the flow by more than 2e-15, a ratio of ‖D₁(0)‖ over a " +
      "decade of α that is not 100, or a disturbance at B = 0",
    evidence: {
      seeds: 2,
      sizes: "Q(0.5), r = 3; identity at α = 0.3, sizes at α = 1e-2 and 1e-3",
      draws: "seed",
    },
    // Control: D₁ without W₂ᵀF.
    ...withControl(async (_, seed = REFERENCE, wrong) => {
      const { rows } = await decompositionSizes({ seed });
      const { put, result } = comparison();
      const key = wrong ? "mismatchWithout" : "mismatch";
      put("largest mismatch", Math.max(...rows.map((row) => row[key])), 0, 2e-15);
      const gauss = where(rows, "start", "gauss"), [, second] = gauss.map(({ seed }) => seed);
      const d1 = (of: string, alpha: number) =>
        where(where(gauss, "seed", of), "alpha", alpha)[0].d1;
      for (const each of [gauss[0].seed, second]) {
        put(`‖D₁(0)‖, ratio of a decade, seed ${each}`, d1(each, 1e-2) / d1(each, 1e-3), 100, 0.1);
      }
      if (seed === REFERENCE) {
        put("‖D₁(0)‖ at α = 1e-2", d1(second, 1e-2), 1.641393289083097e-3, 1e-14);
        put("‖D₁(0)‖ at α = 1e-3", d1(second, 1e-3), 1.641129445802123e-5, 1e-16);
      }
      const still = where(rows, "start", "zeroB").flatMap(({ d1, d2 }) => [d1, d2]);
      put("‖D_i(0)‖ at B = 0", Math.max(...still), 0, 0);
      return result("rounding of entries of order 1; 100 up to the next order, α²; zero exactly");
    }),
  };
}

/** `c₃` by the reference implementation, in the order of the problems. */
const REFERENCE_C3 = [1.036957271093107e-3, 3.3988035651208345e-5, 3.493275239951361e-5];

function p13(): Claim {
  return {
    id: "P13",
    paper,
    source: { whose: "paper", where: "Theorem 3.1, (102)" },
    statement:
      "Read literally, the proof of Theorem 3.1 admits exponents c₃ of 10⁻⁵ to 10⁻³, where " +
      "the final error of runs falls as α⁴ to α⁶: it shows that the error vanishes, not how fast",
    falsifier: "An exponent c₃ from (102) that is off the reference implementation's by 1e-9 of it",
    evidence: { seeds: 0, sizes: "Q(0.5), Q(0.9), the paper's problem", draws: "nothing" },
    check: async () => {
      const { rows } = await statedConstants();
      const named = (values: readonly number[]) =>
        Object.fromEntries(rows.map(({ problem }, i) => [`c₃, ${problem}`, values[i]]));
      return agree(named(rows.map(({ c3 }) => c3)), named(REFERENCE_C3), { rel: 1e-9 });
    },
  };
}

function p16(): Claim {
  return {
    id: "P16",
    paper,
    source: { whose: "paper", where: "Theorem G.1" },
    statement:
      "A start inside the top singular space of the weights stays at L = 1 for a target in " +
      "the bottom one (as the theorem says), and the least tilt frees it",
    falsifier:
      "A loss at t = 50 that is not that of the start to rounding, or one above 1e-25 from a " +
      "start that is tilted by 1e-6",
    evidence: { seeds: 0, sizes: "W₂ = W₁ = diag(10, 1), r = 1, t = 50", draws: "nothing" },
    // Control: the tilted start in place of the exact one.
    ...withControl(async (_preset, _seed, wrong) => {
      const { rows } = await weightsOnly({ tilts: [0, 1e-6], horizon: 50 });
      const end = (tilt: number) => where(rows, "tilt", tilt).at(-1)!.loss;
      const { put, result } = comparison();
      put("L(50), inside", end(wrong ? 1e-6 : 0), 1, 1e-14);
      put("L(50), tilted by 1e-6", end(1e-6), 0, 1e-25);
      return result("rounding");
    }),
  };
}

/** P4, P5, P13, P16. */
export const statementClaims: readonly Claim[] = [p4(), p5(), p13(), p16()];
