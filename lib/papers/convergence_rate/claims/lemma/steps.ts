/**
 * C5–C8, C36, C37: certified steps, their range and their sharpness.
 *
 * @module
 */
import { agree, type Claim, comparison, where, withControl } from "../../../../experiment/mod.ts";
import { certifiedSteps, stepVerdict } from "../../experiments/lemma/certified_steps.ts";
import { kappaSharpness, kappaWorst } from "../../experiments/lemma/kappa.ts";
import { twoCycle } from "../../experiments/lemma/two_cycle.ts";
import { LEAST_SMOOTHNESS, SIMPLE_CONSTANT } from "../../rules.ts";
import { kappaStar, slopeDecrease } from "../../theory/lemma.ts";
import { seeded } from "../seeded.ts";

const paper = "convergence-rate";

/** The experiment at a seed. */
function steps(preset: "quick" | "full", seed: string | undefined) {
  return certifiedSteps({ preset, ...seeded(seed) });
}

/** Random states at a preset. */
function states(preset: "quick" | "full"): number {
  return preset === "full" ? 48_000 : 6000;
}

function c5(): Claim {
  return {
    id: "C5",
    paper,
    source: { whose: "paper", where: "Lemma 3.4 and Eq. (8), as reported by reading notes" },
    statement:
      "Lemma 3.4: the paper's step decreases the loss by η/4·‖∇J‖² at least; here for L ≥ 1/(6√2), the " +
      "range for which it is derived",
    falsifier:
      "A state with L ≥ 1/(6√2) whose step decreases the loss by less than η/4·‖∇J‖² beyond rounding",
    evidence: (preset) => ({
      seeds: states(preset),
      sizes: "six losses, random states, those with L ≥ 1/(6√2)",
      draws: "seed",
    }),
    // Control: nine tenths of the first-order decrease.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await steps(preset, seed), fraction = wrong ? 0.9 : 0.25;
      const rule = { rule: "printed", least: LEAST_SMOOTHNESS, fraction };
      const { trials, violations } = stepVerdict(rows.states, rule);
      return agree({ violations }, { violations: 0 }, {
        abs: 0,
        text: `no violation in ${trials} states, beyond rounding`,
      });
    }),
  };
}

function c6(): Claim {
  const expected: Record<string, number> = {
    "0.05": 0.7677491881781038,
    "0.08": 0.10484324277907828,
    "0.1": -0.11612540568188051,
    "0.2": -0.5580627038951713,
    "1": -0.911612539861076,
  };
  return {
    id: "C6",
    paper,
    source: { whose: "ours", where: "on Lemma 3.4" },
    statement:
      "For small L Lemma 3.4 fails: (J₊ − J)/(η‖∇J‖²) of one paper step is −(1 − ηg/2), above −¼ for " +
      "L < 1/(6√2), positive for L < 1/(8√2)",
    falsifier:
      "A ratio after one step that is off −(1 − ηg/2), or off the reference's, by more than 1e-8",
    evidence: {
      seeds: 0,
      sizes: "a pseudo-Huber slope, g = 100, L = 0.05, 0.08, 0.1, 0.2, 1",
      draws: "nothing",
    },
    check: async () => {
      const smoothness = Object.keys(expected).map(Number), { put, result } = comparison();
      const { rows } = await certifiedSteps({ losses: ["quad"], trials: 1, parts: 1, smoothness });
      for (const { smoothness: L, decrease, eta, slope } of rows.slopes) {
        put(`L = ${L}`, decrease, slopeDecrease(eta, slope), 1e-8); // the slope bends by 1e-9 over a step
        put(`L = ${L}, reference`, decrease, expected[`${L}`], 1e-8);
        put(
          `L = ${L}, misses a quarter`,
          decrease > -0.25 ? 1 : 0,
          L < LEAST_SMOOTHNESS ? 1 : 0,
          0,
        );
        put(`L = ${L}, rises`, decrease > 0 ? 1 : 0, L < 1 / (8 * Math.SQRT2) ? 1 : 0, 0);
      }
      return result("1e-8");
    },
  };
}

function c7(): Claim {
  return {
    id: "C7",
    paper,
    source: { whose: "ours", where: "on Lemma 3.4" },
    statement:
      "The rules simple and cubic decrease the loss by η/2·‖∇J‖² at least, for every L > 0",
    falsifier:
      "A state at which simple or cubic decreases the loss by less than η/2·‖∇J‖² beyond rounding, or a " +
      "largest ratio above −(1 − κ⋆/2) and −½ or below them by 0.015 and 0.005",
    evidence: (preset) => ({
      seeds: states(preset),
      sizes: "six losses scaled by 10^−1.5 to 10^1.5, random states, both rules from each",
      draws: "seed",
    }),
    // Control: nine tenths of the first-order decrease.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await steps(preset, seed), fraction = wrong ? 0.9 : 0.5;
      const { put, result } = comparison();
      // A straight slope at V → 0 has exactly −(1 − κ⋆/2) with simple, and −½ with cubic.
      for (
        const [rule, limit, near] of [["simple", SIMPLE_CONSTANT / 2 - 1, 0.015], [
          "cubic",
          -0.5,
          0.005,
        ]] as const
      ) {
        const { violations, worst } = stepVerdict(rows.states, { rule, fraction });
        put(`violations, ${rule}`, violations, 0, 0);
        put(`largest ratio, ${rule}`, worst, limit - near / 2, near / 2 + 1e-6);
      }
      return result("no violation; largest ratios just below −(1 − κ⋆/2) and −½");
    }),
  };
}

function c8(): Claim {
  return {
    id: "C8",
    paper,
    source: { whose: "ours" },
    statement:
      "κ⋆ = 0.8161123671775559, the constant that the sharp lemma certifies for the rule simple",
    falsifier:
      "A root off 0.8161123671775559 by more than 1e-12, or a brute-force value off it by 1e-8",
    evidence: { seeds: 0, sizes: "one equation; a grid of 20001 points", draws: "nothing" },
    check: () => {
      // By brute force: the largest κ for which no point of the line x + y = κ exceeds 1.
      const highest = (kappa: number) => {
        let most = 0;
        for (let i = 0; i <= 20_000; i++) {
          const y = kappa * i / 20_000;
          most = Math.max(most, (kappa - y) * (1 + y / 2) ** 2 + y);
        }
        return most;
      };
      let low = 0.5, high = 1;
      for (let turn = 0; turn < 30; turn++) {
        const middle = (low + high) / 2;
        if (highest(middle) > 1) high = middle;
        else low = middle;
      }
      const { put, result } = comparison();
      put("root", kappaStar(), 0.8161123671775559, 1e-12);
      put("constant of the rule", SIMPLE_CONSTANT, 0.8161123671775559, 1e-15);
      put("by brute force", low, 0.8161123671775559, 1e-8); // squares of the spacing of the grid
      return result("1e-12; brute force on a grid 1e-8");
    },
  };
}

function c36(): Claim {
  return {
    id: "C36",
    paper,
    source: { whose: "ours", where: "on Theorem 3.5" },
    statement:
      "At L = 0.05 the printed rule cycles for ever on a bounded-below L-smooth loss: loss 9.597, min ‖∇J‖² = 72 " +
      "above the formula (sqrt); with L raised to 1/(6√2) it descends",
    falsifier:
      "A run of the printed rule that is not at the two-cycle ηg = 2 after 1e5 steps, or one of the raised rule " +
      "whose smallest squared gradient is above 1e-6",
    evidence: {
      seeds: 0,
      sizes: "f′ = 5 for x ≥ 0, L = 0.05, a = b = 1.2, 1e5 steps",
      draws: "nothing",
    },
    check: async () => {
      const { rows } = await twoCycle({ rules: ["printed", "paper"], steps: 100_000 });
      const { put, result } = comparison(), printed = where(rows, "rule", "printed").at(-1)!;
      // ηg = 2 and η = 1/(4√2 L(2x + g)) give 2x = g/(8√2 L) − g; the loss is 5x above 0, its infimum −250.
      const x = (5 / (8 * Math.SQRT2 * 0.05) - 5) / 2;
      put("loss", printed.gap - 250, 5 * x, 1e-9);
      put("smallest squared gradient", printed.minGradient2!, 2 * 1.44 * 25, 1e-12);
      const cl = 4 * Math.SQRT2 * 0.05, gap = 257.2, b = 8 * cl * gap;
      const a = Math.max(1, cl * (2 * 2.88 + Math.sqrt(2 * 0.05 * gap)));
      const formula = 2 * gap * (a + Math.sqrt(a * a + 2 * b * 1e5)) / 1e5;
      put("above the formula", printed.minGradient2! > formula ? 1 : 0, 1, 0);
      put(
        "raised L: smallest squared gradient",
        where(rows, "rule", "paper").at(-1)!.minGradient2!,
        0,
        1e-6,
      );
      return result("1e-9 of the closed form of the cycle");
    },
  };
}

function c37(): Claim {
  return {
    id: "C37",
    paper,
    source: { whose: "ours", where: "on the rule simple" },
    statement:
      "No loss and adapter that an adversary finds make one step of κ/(L‖V‖² + γ) worse than −(1 − κ/2) for " +
      "κ ≤ 1; it gets there to 1e-3 (a search, no proof)",
    falsifier:
      "A state with a ratio above −(1 − κ/2) by 1e-9 at κ = 0.7, κ⋆, 0.9 or 1, or a best one below by 1e-3",
    evidence: (preset) => ({
      seeds: preset === "full" ? 150 : 24,
      sizes: "m, n, r ≤ 3; 600 (quick: 400) changes tried from each random state",
      draws: "seed",
    }),
    // Control: the law of another κ.
    ...withControl(async (preset, seed, wrong) => {
      const kappas = [0.7, SIMPLE_CONSTANT, 0.9, 1], { put, result } = comparison();
      const { rows } = await kappaSharpness({ preset, ...seeded(seed) });
      for (const { kappa, worst } of kappaWorst(rows, kappas)) {
        const limit = (wrong ? 0.9 : 1) * kappa / 2 - 1;
        put(`κ = ${kappa.toFixed(3)}`, worst, limit - 5e-4, 5e-4 + 1e-9);
      }
      return result("at most −(1 − κ/2), approached to 1e-3");
    }),
  };
}

/** The claims of this file. */
export const stepClaims: readonly Claim[] = [c5(), c6(), c7(), c8(), c36(), c37()];
