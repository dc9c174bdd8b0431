/**
 * C1–C4: the reformulation and the descent lemmas.
 *
 * @module
 */
import { atMost, type Claim, comparison, withControl } from "../../../../experiment/mod.ts";
import { descentLemmas, lemmaVerdict } from "../../experiments/lemma/descent_lemmas.ts";
import { reformulation } from "../../experiments/lemma/reformulation.ts";
import { remainderFactored, remainderPaper, remainderSharp } from "../../theory/lemma.ts";
import { seeded } from "../seeded.ts";

const paper = "convergence-rate";

/** Random pairs of the lemmas at a preset. */
function pairs(preset: "quick" | "full"): number {
  return preset === "full" ? 60_000 : 7200;
}

function c1(): Claim {
  return {
    id: "C1",
    paper,
    source: {
      whose: "paper",
      where: "reformulation of gradient descent in V, as reported by reading notes",
    },
    statement:
      "∇J = 2 Sym(E₁ᵀGE₂ᵀ)V, and LoRA gradient descent is gradient descent on V: largest error of the " +
      "identity, of central differences (relative), and of the update after one step",
    falsifier:
      "An error of the identity above 1e-12, of central differences above 1e-6 (relative), or " +
      "of the update after one step above 1e-14, in one of 50 problems",
    evidence: { seeds: 50, sizes: "six losses, m, n ≤ 6, r ≤ 4", draws: "seed" },
    // Control: the formula without Sym.
    ...withControl(async (_, seed, wrong) => {
      const { rows } = await reformulation(seeded(seed));
      const most = (key: "identity" | "control" | "difference" | "step") =>
        Math.max(...rows.map((row) => row[key]));
      // Differences: h² and rounding over h, h = 1e-5.
      return atMost(
        {
          identity: most(wrong ? "control" : "identity"),
          "central differences": most("difference"),
          "one step": most("step"),
        },
        { identity: 1e-12, "central differences": 1e-6, "one step": 1e-14 },
      );
    }),
  };
}

function c2(): Claim {
  return {
    id: "C2",
    paper,
    source: { whose: "paper", where: "Lemma 3.3, as reported by reading notes" },
    statement:
      "Lemma 3.3 (modified descent lemma) holds in every random trial; it stays a factor 2 away",
    falsifier:
      "A random pair whose remainder exceeds the bound beyond rounding, or a largest ratio of " +
      "the two outside 0.40 to 0.50",
    evidence: (preset) => ({
      seeds: pairs(preset),
      sizes: "six losses, m, n ≤ 6, r ≤ 4, ‖V‖ and ‖D‖ from 1e-2 to 10^1.5",
      draws: "seed",
    }),
    // Control: a third of the bound.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await descentLemmas({ preset, ...seeded(seed) });
      const { violations, ratio, trials } = lemmaVerdict(
        rows.pairs,
        (row) => remainderPaper(row) / (wrong ? 3 : 1),
      );
      const { put, result } = comparison();
      put("violations", violations, 0, 0);
      put("largest ratio", ratio, 0.45, 0.05); // its least upper bound is ½
      return result(`no violation in ${trials} trials; ratio from 0.40 to its least upper bound ½`);
    }),
  };
}

/** The equality case of the sharp lemma: `½Lx² + hx`, `V = (t, t)`, `D = (ε, ε)`. */
function equalityCase(): { sharp: number; paper: number } {
  const L = 3, h = 2, t = 0.7, e = 0.4, f = (x: number) => 0.5 * L * x * x + h * x;
  const x = t * t, g = L * x + h, v = Math.SQRT2 * t, delta = Math.SQRT2 * e;
  const remainder = f((t + e) ** 2) - f(x) - g * 2 * t * e;
  const sizes = { smoothness: L, v, vop: v, g, gamma: g, delta };
  return { sharp: remainder / remainderSharp(sizes), paper: remainder / remainderPaper(sizes) };
}

function c3(): Claim {
  return {
    id: "C3",
    paper,
    source: { whose: "ours", where: "sharpens Lemma 3.3" },
    statement: "The sharp lemma holds in every random trial, and ½Lx² + hx attains it",
    falsifier:
      "A random pair whose remainder exceeds the sharp bound beyond rounding, a largest ratio " +
      "below 0.9, or an equality case off 1 by 1e-12",
    evidence: (preset) => ({
      seeds: pairs(preset),
      sizes: "six losses, m, n ≤ 6, r ≤ 4; equality at L = 3, h = 2",
      draws: "seed",
    }),
    // Control: four fifths of the bound.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await descentLemmas({ preset, ...seeded(seed) });
      const { violations, ratio, trials } = lemmaVerdict(
        rows.pairs,
        (row) => remainderSharp(row) * (wrong ? 0.8 : 1),
      );
      const equality = equalityCase(), { put, result } = comparison();
      put("violations", violations, 0, 0);
      put("largest ratio", ratio, 0.95, 0.05 + 1e-9);
      put("equality case", equality.sharp, 1, 1e-12);
      put("the paper's lemma there", equality.paper, 0.40268477478173553, 1e-12);
      return result(`no violation in ${trials} trials; ratio from 0.9 to 1; equality 1e-12`);
    }),
  };
}

function c4(): Claim {
  return {
    id: "C4",
    paper,
    source: { whose: "ours", where: "on the Burer–Monteiro corollary" },
    statement: "The sharp lemma for f(VVᵀ) (Burer–Monteiro) holds in every random trial",
    falsifier:
      "A random pair whose remainder exceeds the bound beyond rounding, or a largest ratio below 0.98",
    evidence: (preset) => ({
      seeds: preset === "full" ? 6000 : 1200,
      sizes: "f(VVᵀ), three losses, N ≤ 6, r ≤ 4",
      draws: "seed",
    }),
    // Control: four fifths of the bound.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await descentLemmas({ preset, ...seeded(seed) });
      const { violations, ratio, trials } = lemmaVerdict(
        rows.factored,
        (row) => remainderFactored(row) * (wrong ? 0.8 : 1),
      );
      const { put, result } = comparison();
      put("violations", violations, 0, 0);
      put("largest ratio", ratio, 1, 0.02); // quadratics in one number attain it
      return result(`no violation in ${trials} trials; the bound is approached to 2 %`);
    }),
  };
}

/** The claims of this file. */
export const lemmaClaims: readonly Claim[] = [c1(), c2(), c3(), c4()];
