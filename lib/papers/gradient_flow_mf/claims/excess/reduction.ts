/**
 * Claims about exact reductions and large dimensions: C14, C15, C16, C34.
 *
 * @module
 */
import {
  atMost,
  byPreset,
  type Claim,
  comparison,
  ksTwoSample,
  type Preset,
  summary,
  where,
  withControl,
} from "../../../../experiment/mod.ts";
import { dimension, type DimensionRow } from "../../experiments/excess/dimension.ts";
import { reduction, type ReductionRow } from "../../experiments/excess/reduction.ts";
import { escapeLaw } from "../../theory/escape/escape_law.ts";
import { expectedExcessRank } from "../../theory/excess/excess_rank.ts";
import { largeDimension } from "../../theory/excess/large_dimension.ts";
import { seeded } from "../seeded.ts";

const paper = "gradient-flow-mf", source = { whose: "ours" } as const;

function c14(): Claim {
  return {
    id: "C14",
    paper,
    source,
    statement:
      "The flow of a factorisation is exactly one of k + r rows and columns: losses of one path, " +
      "all entries against the reduced form",
    falsifier: "A relative difference of the two losses above 1e-9 at one of the times to 20",
    evidence: {
      seeds: 1,
      sizes: "120 x 90, dense target of rank 2, r = 3, α = 1e-2, t to 20",
      draws: "instance",
    },
    // Control: the triangular factor of B transposed.
    ...withControl(async (preset, _, wrong) => {
      const { rows } = await reduction({ preset, points: byPreset(preset, 11, 41), draws: 8 });
      const of = (form: string) => where(where(rows, "kind", "path"), "form", form);
      const reduced = of(wrong ? "wrong" : "reduced");
      const gaps = of("full").map(({ loss }, i) => Math.abs(reduced[i].loss / loss - 1));
      return atMost({ "relative difference": Math.max(...gaps) }, { "relative difference": 1e-9 });
    }),
  };
}

/** Statistics of two samples: distance of the means in standard errors, and a KS probability. */
function compared(rows: readonly ReductionRow[], key: "half" | "loss") {
  const [full, reduced] = ["full", "reduced"].map((form) =>
    where(where(rows, "kind", "law"), "form", form).map((row) => row[key] ?? NaN)
  );
  const [a, b] = [summary(full), summary(reduced)];
  return { z: (a.mean - b.mean) / Math.hypot(a.se, b.se), p: ksTwoSample(full, reduced).p, a, b };
}

/** Draws of both forms: a target of rank one, and one of rank six. */
async function samples(preset: Preset, seed: string | undefined, wrong: boolean) {
  const alpha = 1e-2, six = [2, 1.8, 1.6, 1.4, 1.2, 1];
  const one = await reduction({
    ...{ preset, m: 20, n: 20, sigma: [1], rank: 4, alpha, at: 15, points: 2, ...seeded(seed) },
    draws: byPreset(preset, 120, 800),
  });
  const many = await reduction({
    ...{ preset, m: 20, n: 20, sigma: six, rank: 8, alpha, at: 18, points: 2, ...seeded(seed) },
    ...{ draws: byPreset(preset, 40, 304), freedom: wrong ? 5 : 0 },
  });
  return { one: one.rows, many: many.rows };
}

function c15(): Claim {
  return {
    id: "C15",
    paper,
    source,
    statement:
      "The sampler has the law of a full all-random start: half-times and losses of both agree in " +
      "mean and distribution, at k = 1 and at k = 6, and their means are those of theory",
    falsifier:
      "A mean of the sampler off the full one by four standard errors, a Kolmogorov–Smirnov " +
      "probability below 1e-3, or a mean off theory by four standard errors beside the erosion",
    evidence: (preset) => ({
      seeds: byPreset(preset, 160, 1104),
      sizes: "20 x 20, α = 1e-2; k = 1, r = 4 and k = 6, r = 8",
      draws: "seed",
    }),
    // Control: m − 1 degrees of freedom at k = 6, where m − k are right.
    ...withControl(async (preset, seed, wrong) => {
      const { one, many } = await samples(preset, seed, wrong), { put, result } = comparison();
      for (const [name, rows] of [["k = 1", one], ["k = 6", many]] as const) {
        for (const key of ["half", "loss"] as const) {
          const { z, p } = compared(rows, key), words = key === "half" ? "T½" : "loss";
          put(`standard errors between the means, ${words}, ${name}`, z, 0, 4);
          put(`1 − KS probability, ${words}, ${name}`, 1 - p, 0, 0.999);
        }
      }
      const { b: half } = compared(one, "half"), { b: loss } = compared(one, "loss");
      const law = escapeLaw({ start: "gauss", s: 1, sigma: 1, alpha: 1e-2, r: 4 });
      // Noise columns hold the signal back by κT, κ = 20α².
      put("mean T½", half.mean, law.mean, 4 * half.se + 2e-3 * law.mean);
      const plateau = expectedExcessRank({ m: 20, n: 20, r: 4, alpha: 1e-2 });
      put("mean loss over T8", loss.mean / plateau, 1, 4 * loss.se / plateau + 8 * 2e-3 * 15);
      return result("4 standard errors; KS p > 1e-3; κT and 8κt, κ = 2e-3, against theory");
    }),
  };
}

/** What draws and their law share. */
interface Law {
  readonly alpha: number;
  readonly r: number;
  readonly s: number;
  readonly sigma: number;
  readonly at: number;
}

/** The law of large dimension for a shape. */
function lawOf({ alpha, r, s, sigma }: Law, m: number, n: number) {
  return largeDimension({ kappaB: alpha ** 2 * m, kappaA: alpha ** 2 * n, r, s, sigma });
}

/**
 * Relative standard deviation of the late loss of one column: that of the law under the fluctuations of
 * `κ_B` by `√(2/m)` and of `κ_A` by `√(2/n)`.
 */
function lateSpread(given: Law, m: number, n: number): number {
  const late = lawOf(given, m, n).lateLoss(given.at);
  const moved = (rows: number, columns: number) =>
    lawOf(given, rows, columns).lateLoss(given.at) / late - 1;
  return Math.hypot(moved(m * (1 + Math.sqrt(2 / m)), n), moved(m, n * (1 + Math.sqrt(2 / n))));
}

/** Draws against their law: half-times one by one, losses in the mean; and which half-time is the law's. */
function againstLaw(
  rows: readonly DimensionRow[],
  given: Law,
  wrong: { readonly half?: "small"; readonly late?: (m: number, n: number) => number } = {},
) {
  const measured: Record<string, number> = {}, bounds: Record<string, number> = {};
  const put = (name: string, value: number, bound: number) => {
    [measured[name], bounds[name]] = [value, bound];
  };
  for (const [name, here] of Map.groupBy(rows, ({ m, n }) => `${m} x ${n}`)) {
    const [{ m, n }] = here, law = lawOf(given, m, n), small = 1 / Math.sqrt(Math.min(m, n));
    const gaps = here.map((row) => Math.abs((row.half ?? NaN) - row[wrong.half ?? "law"]));
    const delay = Math.max(...here.map((row) => row.law - row.small));
    put(`T½ of a draw, ${name}`, Math.max(...gaps), 8 * small * delay + 1e-6);
    const mean = (key: "loss" | "initial") => summary(here.map((row) => row[key])).mean;
    const late = wrong.late?.(m, n) ?? law.lateLoss(given.at);
    const se = lateSpread(given, m, n) / Math.sqrt((given.r - 1) * here.length);
    // Columns also differ from each other, by D = κ√(4/m), and lose (s²Dt)² by that.
    const apart = 4 * (given.s ** 2 * given.alpha ** 2 * Math.max(m, n) * given.at * small) ** 2;
    put(`late loss ÷ law − 1, ${name}`, mean("loss") / late - 1, 6 * se + apart);
    put(`L(0) ÷ law − 1, ${name}`, mean("initial") / law.initialLoss - 1, 5 * small);
  }
  return {
    ...atMost(measured, bounds),
    tolerance:
      "8/√m of the delay over T4 for a draw's T½ (c(t) fluctuates by √(2/m)); late loss: 6 " +
      "standard errors by that law and (s²κt)²4/m; L(0): 5/√m",
  };
}

function c16(): Claim {
  const law: Law = { alpha: 1e-4, r: 4, s: 1, sigma: 1, at: 40 };
  return {
    id: "C16",
    paper,
    source,
    statement:
      "All-random starts at fixed κ = α²m, up to m = n = 3·10⁷: half-time draw by draw, loss at " +
      "the start and at t = 40",
    falsifier:
      "A half-time off the law of its draw by 8/√m of the delay over T4, a mean late loss off the " +
      "law by 6 standard errors, or a mean loss at the start by 5/√m",
    evidence: (preset) => ({
      seeds: byPreset(preset, 4, 20),
      sizes: "m = n = 1e6, 1e7, 3e7 (κ = 0.01, 0.1, 0.3), r = 4, α = 1e-4",
      draws: "seed",
    }),
    // Control: the half-time at small κ, T4.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await dimension({
        ...{ preset, ...law, m: [1e6, 1e7, 3e7], ratios: [1], draws: byPreset(preset, 4, 20) },
        ...seeded(seed),
      });
      return againstLaw(rows, law, wrong ? { half: "small" } : {});
    }),
  };
}

function c34(): Claim {
  const law: Law = { alpha: 1.5e-4, r: 3, s: 1.4, sigma: 2, at: 30 };
  return {
    id: "C34",
    paper,
    source,
    statement:
      "The law at fixed κ away from special values: s = 1.4, σ = 2, r = 3, m = n = 2·10⁶ and " +
      "4·10⁶ x 10⁶",
    falsifier:
      "A number of the law off the reference's by 1e-9 of it, a half-time off the law of its draw " +
      "by 8/√m of the delay over T4, a mean late loss off the law by 6 standard errors, or L(0) by 5/√m",
    evidence: (preset) => ({
      seeds: byPreset(preset, 4, 20),
      sizes: "2e6 x 2e6 and 4e6 x 1e6, α = 1.5e-4",
      draws: "seed",
    }),
    // Control: the formula of m = n for the second shape, with the mean of κ.
    ...withControl(async (preset, seed, wrong) => {
      const run = { preset, ...law, draws: byPreset(preset, 4, 20), ...seeded(seed) };
      const even = (await dimension({ ...run, m: [2e6], ratios: [1] })).rows;
      const apart = (await dimension({ ...run, m: [4e6], ratios: [0.25] })).rows;
      const late = (m: number, n: number) => lawOf(law, (m + n) / 2, (m + n) / 2).lateLoss(law.at);
      const found = againstLaw([...even, ...apart], law, wrong ? { late } : {});
      const { put, result } = comparison();
      put("L(0) of the law", lawOf(law, 2e6, 2e6).initialLoss, 2.0059535, 2e-9);
      put(
        "L(30) of the law, m = n",
        1e4 * lawOf(law, 2e6, 2e6).lateLoss(30),
        1.0025445282337152,
        1e-9,
      );
      put(
        "L(30) of the law, m ≠ n",
        1e7 * lawOf(law, 4e6, 1e6).lateLoss(30),
        7.969875476385322,
        1e-8,
      );
      const reference = result("");
      return {
        measured: { ...found.measured as object, ...reference.measured as object },
        expected: { ...found.expected as object, ...reference.expected as object },
        tolerance: `${found.tolerance}; law rel 1e-9 to the reference`,
        pass: found.pass && reference.pass,
      };
    }),
  };
}

/** The claims of this file. */
export const reductionClaims: readonly Claim[] = [c14(), c15(), c16(), c34()];
