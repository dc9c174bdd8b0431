/**
 * C28–C30, C40: α-scaling, LoRA+, weight decay and several layers.
 *
 * @module
 */
import { atMost, type Claim, comparison, withControl } from "../../../../experiment/mod.ts";
import { decayRuns } from "../../experiments/scale/decay.ts";
import { equivalences } from "../../experiments/scale/equivalences.ts";
import { plusTrials, plusVerdict } from "../../experiments/scale/plus_trials.ts";
import { seeded } from "../seeded.ts";

const paper = "convergence-rate";

function c28(): Claim {
  return {
    id: "C28",
    paper,
    source: { whose: "ours" },
    statement:
      "W₀ + sBA is plain LoRA in √s V, LoRA+ of ratio ρ is scale √ρ in (B/√ρ, A): largest difference " +
      "of the updates over 500 steps",
    falsifier: "Updates of two equivalent runs that differ by more than 1e-12 within 500 steps",
    evidence: {
      seeds: 0,
      sizes: "golden quadratic: 6 x 5, r = 2, s = 0.3, 2, 5.5, ρ = 0.3, 3, 7.7",
      draws: "nothing",
    },
    // Control: a step that is 1 % too long.
    ...withControl(async (_, __, wrong) => {
      const { rows } = await equivalences();
      const measured = Object.fromEntries(
        rows.map(({ kind, value, difference, control }) => [
          `${kind === "scale" ? "s" : "ρ"} = ${value}`,
          wrong ? control : difference,
        ]),
      );
      return atMost(measured, Object.fromEntries(Object.keys(measured).map((key) => [key, 1e-12])));
    }),
  };
}

function c29(): Claim {
  return {
    id: "C29",
    paper,
    source: { whose: "ours" },
    statement: "Certified LoRA+ steps decrease the loss by ½η_A(ρ‖∇_B‖² + ‖∇_A‖²) at least",
    falsifier:
      "A state whose step decreases the loss by less than ½η_A(ρ‖∇_B‖² + ‖∇_A‖²) beyond rounding",
    evidence: {
      seeds: 2000,
      sizes: "six losses, m, n ≤ 6, r ≤ 4, ρ from 10^−1.5 to 10^1.5",
      draws: "seed",
    },
    // Control: three times the step.
    ...withControl(async (_, seed, wrong) => {
      const { rows } = await plusTrials({
        ...seeded(seed),
        ...(wrong ? { stretch: 3 } : {}),
      });
      const { put, result } = comparison(),
        { violations, trials, least } = plusVerdict(rows, "LoRA+");
      put("violations", violations, 0, 0);
      // Its least value is that of the rule simple, 2(1 − κ⋆/2) = 1.184.
      put("least decrease", least, 1.184, 0.05);
      return result(`no violation in ${trials} states; least decrease within 0.05 of 2(1 − κ⋆/2)`);
    }),
  };
}

function c40(): Claim {
  return {
    id: "C40",
    paper,
    source: { whose: "paper", where: "Lemma 3.6 (several matrices), as reported by reading notes" },
    statement:
      "Several layers: with the L of all of them together a certified step of one common rate halves the first-order " +
      "decrease at least, and blocks stay blocks",
    falsifier:
      "A random state of three coupled layers whose step falls short, or an entry outside the blocks that is not 0",
    evidence: {
      seeds: 1000,
      sizes: "½‖Σ P_i X_i Q_i − Y‖², three layers of m, n ≤ 4, r ≤ 2",
      draws: "seed",
    },
    // Control: six times the step.
    ...withControl(async (_, seed, wrong) => {
      const { rows } = await plusTrials({
        ...seeded(seed),
        ...(wrong ? { stretch: 6 } : {}),
      });
      const { violations } = plusVerdict(rows, "layers");
      const outside = Math.max(...rows.map((row) => row.outside));
      return atMost({ violations, "outside the blocks": outside }, {
        violations: 0,
        "outside the blocks": 0,
      });
    }),
  };
}

function c30(): Claim {
  return {
    id: "C30",
    paper,
    source: { whose: "ours" },
    statement:
      "Weight decay λ bounds V on the separable logistic loss: ‖V_∞‖² = 2 log(1/λ − 1), λ = 0.1, 0.01, 1e-3",
    falsifier:
      "A final ‖V‖² off 2 log(1/λ − 1) by more than 1e-10, or one above 2(J_λ(V₀) − L*)/λ on the way",
    evidence: {
      seeds: 0,
      sizes: "scalar logistic loss, λ = 0.1, 0.01, 1e-3, 20000 steps",
      draws: "nothing",
    },
    check: async () => {
      const { put, result } = comparison();
      for (const { decay, v2, most } of (await decayRuns()).rows) {
        put(`λ = ${decay}`, v2, 2 * Math.log(1 / decay - 1), 1e-10);
        const gap = Math.log1p(Math.exp(-0.25)) + decay * 0.25; // from a = b = ½
        put(`λ = ${decay}, within the bound`, most <= 2 * gap / decay ? 1 : 0, 1, 0);
      }
      return result("1e-10");
    },
  };
}

/** The claims of this file. */
export const scaleClaims: readonly Claim[] = [c28(), c29(), c30(), c40()];
