/**
 * Claims about the local convergence phase: P9, P10.
 *
 * Reference numbers are those of an independent NumPy implementation.
 *
 * @module
 */
import {
  type Claim,
  comparison,
  distinct,
  where,
  withControl,
} from "../../../../experiment/mod.ts";
import { localBounds, type LocalBoundsRow } from "../../experiments/paper/local_bounds.ts";

const paper = "gradient-flow-mf", REFERENCE = "reference";
const SIZES = "Q(0.5), Q(0.9), B = 0, r = 3, α = 1e-3 ... 1e-6, twelve starts each, up to " +
  "12/(σσ_{W₂}) after the escape";

/** The rows of each problem and scale. */
function groups(rows: readonly LocalBoundsRow[]) {
  return distinct(rows, "deltaW").flatMap((deltaW) =>
    distinct(rows, "alpha").map((alpha) => ({
      ...{ deltaW: Number(deltaW.toFixed(3)), alpha },
      rows: where(where(rows, "deltaW", deltaW), "alpha", alpha),
    }))
  );
}

/** Largest value of a column. */
function most(rows: readonly LocalBoundsRow[], key: keyof LocalBoundsRow): number {
  return Math.max(...rows.map((row) => Number(row[key])));
}

/** Smallest value of a column. */
function least(rows: readonly LocalBoundsRow[], key: keyof LocalBoundsRow): number {
  return Math.min(...rows.map((row) => Number(row[key])));
}

/** At `δ_w = 0.9` by the reference implementation, at each α: smallest ratio after `T₁` over that at
 * `T₁` (at most 1), smallest ratio at `T₁`, starts with a ratio below 1. */
const REFERENCE_RATIOS: Readonly<Record<number, readonly [number, number, number]>> = {
  1e-3: [1, 0.39636, 2],
  1e-4: [0.9940259, 0.49299, 1],
  1e-5: [0.989918, 0.6159, 1],
  1e-6: [0.9873159, 0.77154, 1],
};

function p9(): Claim {
  return {
    id: "P9",
    paper,
    source: { whose: "paper", where: "Theorem 3.2" },
    statement:
      "After the escape alignment never gets worse ((13) with c₆ = 1), the loss stays below " +
      "the exponential part of (16), and the ratio of (14) hardly moves, as the signal flow says",
    falsifier:
      "A run whose misalignment grows after T₁, whose loss exceeds half of (16) after it, or " +
      "whose ratio at α ≤ 1e-5 falls by something else than the signal flow gives, up to 0.003",
    evidence: { seeds: 12, sizes: SIZES, draws: "seed" },
    // Control: the rate of the signal, 4σσ_{W₂}, in (16).
    ...withControl(async (preset, seed = REFERENCE, wrong) => {
      const { rows } = await localBounds({ preset, seed });
      const { put, result } = comparison();
      put("(13): largest c₆ that is needed", most(rows, "c6"), 0.5, 0.5);
      put("(16): largest loss over bound", most(rows, wrong ? "boundSharp" : "bound"), 0.5, 1e-12);
      for (const { deltaW, alpha, rows: mine } of groups(rows)) {
        const name = `δ_w = ${deltaW}, α = ${alpha}`,
          found = Math.min(1, least(mine, "ratioLeast"));
        const law = least(mine, "ratioPredicted"), known = REFERENCE_RATIOS[alpha];
        if (alpha < 5e-5) put(`(14): smallest ratio, ${name}`, found, law, 3e-3);
        if (deltaW !== 0.9 || seed !== REFERENCE) continue;
        put(`(14): reference, ${name}`, found, known[0], 3e-3);
        put(`smallest ‖Z₁‖/‖Z₂‖ at T₁, ${name}`, least(mine, "ratio"), known[1], 3e-3);
        const behind = mine.filter(({ ratio }) => ratio < 1).length;
        put(`starts with ‖Z₁‖ < ‖Z₂‖ at T₁, ${name}`, behind, known[2], 0);
      }
      return result("inequalities; 0.003: α^{2δ_w} with its factor, and the grid of times");
    }),
  };
}

function p10(): Claim {
  return {
    id: "P10",
    paper,
    source: { whose: "paper", where: "Lemmas C.5, D.2, (85)" },
    statement:
      "Lemma D.2, (85) and both sides of Lemma C.5 hold at every moment looked at; (85) with a " +
      "factor 4 to spare, and ‖E(T₁)‖_F stays below (1 − (1 − δ_w)/4)σ",
    falsifier: "A moment of a run at which one of the inequalities is violated",
    evidence: { seeds: 12, sizes: SIZES, draws: "seed" },
    // Control: ¼ in place of ½ in the upper bound of Lemma C.5.
    ...withControl(async (preset, seed = REFERENCE, wrong) => {
      const { rows } = await localBounds({ preset, seed });
      const { put, result } = comparison();
      const inside = (name: string, value: number) => put(name, value, 0.5, 0.5);
      inside("D.2: ‖E(T₁)‖ over its bound", most(rows, "errorAtEscape"));
      inside("(85): bound over ‖γ₁ᵀZ₁‖²", 1 / least(rows, "along"));
      inside("C.5: ‖B₁A₁‖ over ½‖Z₁‖²", most(rows, "productHigh") * (wrong ? 2 : 1));
      inside("C.5: lower bound over ‖B₁A₁‖", most(rows, "productLow"));
      put("(85): ‖γ₁ᵀZ₁‖² over its bound", least(rows, "along"), 4, 1e-6);
      for (const { deltaW, rows: mine } of groups(rows)) {
        const limit = 1 - (1 - deltaW) / 4, found = most(mine, "errorOverSigma");
        put(`D.2: ‖E(T₁)‖/σ, δ_w = ${deltaW}`, Math.max(found, limit), limit, 1e-6);
        if (seed !== REFERENCE) continue;
        const known = deltaW === 0.5 ? 0.875 : 0.9747, all = where(rows, "deltaW", mine[0].deltaW);
        put(`reference, δ_w = ${deltaW}`, most(all, "errorOverSigma"), known, 1e-4);
      }
      return result("inequalities; 1e-6: α² of the frozen parts at α = 1e-3");
    }),
  };
}

/** P9, P10. */
export const localBoundClaims: readonly Claim[] = [p9(), p10()];
