/**
 * C5, C5b, C26, C29: when the adapters leave the saddle, start by start and in law.
 *
 * @module
 */
import {
  byPreset,
  type Claim,
  comparison,
  slope,
  summary,
  where,
  withControl,
} from "../../../../experiment/mod.ts";
import type { HalfTimeRow } from "../../experiments/escape/half_times.ts";
import { escapeTimes, spectralDelay } from "../../experiments/escape/escape_times.ts";
import { excessRank } from "../../experiments/excess/excess_rank.ts";
import { mainFigure } from "../../experiments/escape/main_figure.ts";
import { problemS } from "../../problems/mod.ts";
import { escapeTime } from "../../theory/escape/escape.ts";
import { escapeLaw, escapeSurvival, spectralEscapeTime } from "../../theory/escape/escape_law.ts";

const paper = "gradient-flow-mf";
const D = 20;

/** Distance of a half-time from T4. */
function off({ half, predicted }: HalfTimeRow): number {
  return Math.abs((half ?? NaN) - (predicted ?? NaN));
}

/**
 * Relative weight of the noise columns, `κ = dα²`, times the half-time: they damp the signal by that on
 * average, by twice as much where their largest singular value counts.
 */
function damping(alpha: number, half: number): number {
  return 2 * D * alpha ** 2 * half;
}

function c5(): Claim {
  const alpha = [1e-2, 1e-3, 1e-4];
  return {
    id: "C5",
    paper,
    source: { whose: "ours" },
    statement:
      "Half-time without a fit, start by start: off T4 by no more than 2dα²T, an error of order α² log(1/α)",
    falsifier:
      "A start whose half-time is off T4 by more than 2dα²T (and 1e-6), or a mean distance whose order " +
      "over two decades is off that of α² log(1/α) by 0.15",
    evidence: (preset) => ({
      seeds: byPreset(preset, 30, 120),
      sizes: "factorisation, d = 20, r = 4, all random, α = 1e-2, 1e-3, 1e-4",
      draws: "seed",
    }),
    // Control: T4 with ‖z₁‖² larger by 2 %.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await escapeTimes({ preset, seed: seed ?? "reference" });
      const gauss = where(rows, "start", "gauss");
      const shift = wrong ? Math.log(1.02) / 2 : 0;
      const moved = gauss.map((row) => ({ ...row, predicted: row.predicted! - shift }));
      const { put, result } = comparison(), means: number[] = [];
      for (const scale of alpha) {
        const here = where(moved, "alpha", scale);
        const share = here.map((row) => off(row) / (damping(scale, row.half!) + 1e-6));
        put(`largest distance over its bound, α = ${scale}`, Math.max(...share), 0, 1);
        means.push(Math.log(summary(here.map(off)).mean));
      }
      const shape = alpha.map((scale) => Math.log(scale ** 2 * Math.log(1 / scale)));
      put("order over that of α² log(1/α)", slope(shape, means), 1, 0.15);
      return result("2dα²T + 1e-6; order 0.15");
    }),
  };
}

function c5b(): Claim {
  const alpha = 1e-5, mode = { s: 1, sigma: 1, alpha, r: 4 };
  return {
    id: "C5b",
    paper,
    source: { whose: "ours" },
    statement:
      "Law of the half-time: digamma mean and trigamma deviation; from the same A a start with B = 0 is " +
      "later by log(‖z₁‖² ratio)/(2λ), log 2/(2λ) in the mean",
    falsifier:
      "A pair of starts whose half-times differ from that by more than 1e-6, or a sample mean that is off " +
      "its law by more than 4 standard errors",
    evidence: (preset) => ({
      seeds: byPreset(preset, 30, 120),
      sizes: "factorisation, d = 20, r = 4, all random and B = 0, α = 1e-5",
      draws: "seed",
    }),
    // Control: ‖z₁‖² of B = 0 taken with 0.7 in place of 1/2.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await escapeTimes({ preset, seed: seed ?? "reference" });
      const small = where(rows, "alpha", alpha);
      const { put, result } = comparison(), factor = wrong ? 0.7 / 0.5 : 1;
      const [all, half] = ["gauss", "zeroB"].map((name) => where(small, "start", name));
      const gaps = half.map((row, i) => {
        const ratio = all[i].power / (factor * row.power);
        return Math.abs(row.half! - all[i].half! - Math.log(ratio) / 2);
      });
      put("largest difference of a pair from theory", Math.max(...gaps), 0, 1e-6);
      // Digits of the laws from an independent implementation.
      const wanted = { gauss: 11.301533297420995, zeroB: 11.301533297420995 + Math.LN2 / 2 };
      for (const [start, some] of [["gauss", all], ["zeroB", half]] as const) {
        const law = escapeLaw({ start, ...mode }), sample = summary(some.map((row) => row.half!));
        put(`law mean, ${start}`, law.mean, wanted[start], 1e-9);
        put(`law sd, ${start}`, law.sd, 0.4015389354870293, 1e-9);
        put(`sample mean, ${start}`, sample.mean, law.mean, 4 * law.sd / Math.sqrt(sample.n));
      }
      return result("pairs 1e-6; digits 1e-9; samples within 4 standard errors");
    }),
  };
}

function c26(): Claim {
  const mode = { s: 2.5, sigma: 5, alpha: 1e-6 },
    law = { start: "spectralPaper", ...mode } as const;
  return {
    id: "C26",
    paper,
    source: { whose: "ours", where: "on the start of Section 4" },
    statement:
      "The paper's spectral start waits for one Gaussian number: mean 1.2392, sd π/(2√2 λ) = 0.0889, and " +
      "an exponential tail of rate λ",
    falsifier:
      "A draw whose half-time is off T14 by more than 1e-6, or a mean, deviation or share of late draws " +
      "off the law by more than 4 standard errors",
    evidence: {
      seeds: 400,
      sizes: "1 x 1 problem D, σ = 5, s₂ = 2.5, δ_w = 0.25, α = 1e-6",
      draws: "seed",
    },
    // Control: the Gaussian number always 1, so that there is no spread.
    ...withControl(async (preset, seed, wrong) => {
      const { rows: all } = await spectralDelay({ preset, seed: seed ?? "reference" });
      const rows = where(all, "alpha", mode.alpha);
      const { put, result } = comparison();
      const draws = where(rows, "start", "spectralPaper"), times = draws.map((row) => row.half!);
      const { mean, sd } = escapeLaw(law), n = times.length, sample = summary(times);
      put("largest distance of a draw from T14", Math.max(...draws.map(off)), 0, 1e-6);
      // Digits of the law from an independent implementation.
      put("law mean", mean, 1.2392330201227946, 1e-9);
      put("law sd", sd, 0.08885765876316733, 1e-9);
      put("sample mean", sample.mean, mean, 4 * sd / Math.sqrt(n));
      // The excess kurtosis of log χ²₁ is 4.
      put("sample sd", sample.sd, wrong ? 0 : sd, 4 * sd * Math.sqrt(1.5 / n));
      const late = mean + sd, p = escapeSurvival(law, late);
      const share = times.filter((t) => t > late).length / n;
      put("share one deviation late", share, p, 4 * Math.sqrt(p * (1 - p) / n));
      const [{ half }] = where(rows, "start", "spectral");
      put("balanced spectral start", half!, spectralEscapeTime(mode), 1e-6);
      return result("draws 1e-6: O(x₂) and the interpolant; laws 4 standard errors");
    }),
  };
}

function c29(): Claim {
  const alpha = 3e-4, r = 3, copies = 5;
  return {
    id: "C29",
    paper,
    source: { whose: "ours" },
    statement:
      "T3, T4 and T8a hold in problem S away from special values: W₂ dense, all its singular values " +
      "different, s = 1.7, σ = 0.6, m, h, n = 7, 6, 5",
    falsifier:
      "A half-time off T4 by more than 1e-4, an alignment off T3 by more than ‖Z₁‖² and 4(1 − cos), or a " +
      "plateau off T8a by more than a hundredth",
    evidence: { seeds: copies, sizes: "problem S, r = 3, all random, α = 3e-4", draws: "seed" },
    // Control: s dropped.
    ...withControl(async (preset, seed, wrong) => {
      const common = { preset, copies, seed: seed ?? "reference" };
      const problem = problemS(), starts = ["gauss"] as const;
      const times = await escapeTimes({
        ...common,
        problem,
        starts,
        r,
        alpha: [alpha],
        shown: alpha,
      });
      const early = await mainFigure({
        ...{ ...common, problem, starts, r, alpha: [alpha], shown: alpha },
        ...{ phase: 5, horizon: 6, points: 2 },
      });
      const late = await excessRank({
        ...{ ...common, problems: [problem], starts, r, alpha: [alpha], ranks: [r] },
        ...{ alphaOfRanks: alpha, wait: 127 },
      });
      const { put, result } = comparison(), s = wrong ? 1 : 1.7;
      const gaps = times.rows.map(({ half, power }) =>
        Math.abs(half! - escapeTime({ s, sigma: 0.6, power }))
      );
      // As in C5 with d = 7: 2 · 7 α² T = 9e-6 on average, more where few columns fluctuate.
      put("largest distance from T4", Math.max(...gaps), 0, 1e-4);
      const phase = where(early.rows, "at", 5).map(({ gap, law, norm1 }) => {
        const allowed = norm1 ** 2 + 4 * law!, slower = wrong ? Math.exp(2 * (1.02 - 0.6) * 5) : 1;
        return Math.abs(gap / (slower * law!) - 1) / allowed;
      });
      put("alignment off T3 over its bound", Math.max(...phase), 0, 1);
      const plateaus = late.rows.map(({ loss, predicted }) =>
        loss / (predicted / (wrong ? 1.7 ** 2 : 1))
      );
      put("smallest plateau over T8a", Math.min(...plateaus), 1, 0.01);
      put("largest plateau over T8a", Math.max(...plateaus), 1, 0.01);
      return result(
        "T4 1e-4, T3 ‖Z₁‖² + 4(1 − cos), T8a 1 %: orders α² log(1/α), and α² t at t = 140",
      );
    }),
  };
}

/** The claims of this file. */
export const escapeTimeClaims: readonly Claim[] = [c5(), c5b(), c26(), c29()];
