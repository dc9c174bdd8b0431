/**
 * Claims about unknown left factors: joint training, and frozen random signs.
 *
 * @module
 */
import {
  byPreset,
  type Claim,
  comparison,
  median,
  summary,
  where,
} from "../../../experiment/mod.ts";
import { meanCourse } from "../experiments/runs.ts";
import {
  frozenCourses,
  GENERIC_SCALE,
  genericCourses,
  genericModel,
  jointCourses,
  pairedCourses,
  type SignedRows,
} from "../experiments/joint.ts";
import { exactness } from "../experiments/more.ts";
import { fineTuning, quantised } from "../model.ts";
import { bilinearFlow, conditionHolds, conserved, frozenSlope, jointFlow } from "../theory/mod.ts";

const paper = "lazy-vs-feature";

/** Share of rows that satisfy a condition. */
function share(rows: SignedRows, holds: (row: SignedRows[number]) => boolean): number {
  return rows.filter(holds).length / rows.length;
}

/** Four standard errors of the difference of two shares near `p`. */
function shareBound(p: number, n: number, theirs: number): number {
  const safe = Math.min(0.97, Math.max(0.03, p));
  return 4 * Math.sqrt(safe * (1 - safe) * (1 / n + 1 / theirs));
}

/** The rows of the last time. */
function last(rows: SignedRows): SignedRows {
  return where(rows, "tau", Math.max(...rows.map(({ tau }) => tau)));
}

function c20(): Claim {
  // Shares at τ = 120: success, its share at |q₀| = 1/9 and above, equal signs of m and q₀.
  const reference = {
    1: { success: 0.547, least: 0.033, more: 1, signs: 1 },
    5: { success: 0.844, least: 0.7, more: 0.96, signs: 0.828 },
  };
  return {
    id: "C20",
    paper,
    source: { whose: "ours" },
    statement: "Joint training from random signs succeeds on both branches, (m, q) → ±(1, 1)",
    falsifier:
      "A share of successes (of all, of |q₀| = 1/9, of |q₀| ≥ 3/9), of equal signs or of the " +
      "negative branch that is more than 4 standard errors of both away from the reference's",
    evidence: (preset) => ({
      seeds: byPreset(preset, 12, 128),
      sizes: "h₃, k = 9, n = 600, τ = 120, ratios of the rates 1 and 5",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const { put, result } = comparison(), rows = await jointCourses(preset, seed);
      for (const ratio of [1, 5] as const) {
        const end = last(where(rows, "label", String(ratio))), wanted = reference[ratio];
        const success = ({ m, q }: { m: number; q: number }) => m * q > 0.9;
        const least = end.filter(({ q0 }) => Math.abs(q0) < 0.2);
        const more = end.filter(({ q0 }) => Math.abs(q0) > 0.2);
        const one = (name: string, found: number, expected: number, n: number, theirs: number) =>
          put(`ratio ${ratio}, ${name}`, found, expected, shareBound(expected, n, theirs));
        one("mq > 0.9", share(end, success), wanted.success, end.length, 64);
        one("of |q₀| = 1/9", share(least, success), wanted.least, least.length, 30);
        one("of |q₀| ≥ 3/9", share(more, success), wanted.more, more.length, 34);
        one(
          "sign m = sign q₀",
          share(end, ({ m, q0 }) => m * q0 > 0),
          wanted.signs,
          end.length,
          64,
        );
        one("negative branch", share(end, ({ m }) => m < 0), 0.48, end.length, 64);
      }
      return result("4 standard errors of both samples");
    },
  };
}

function c21(): Claim {
  const times = [5, 10, 20, 30, 40, 60];
  const reference = {
    m: [0.145294, 0.29234, 0.574023, 0.78164, 0.890987, 0.962391],
    q: [0.636953, 0.630476, 0.6615265, 0.718971, 0.786057, 0.953377],
  };
  return {
    id: "C21",
    paper,
    source: { whose: "ours" },
    statement:
      "The joint flow of direction and left factor is followed by SGD from a generic start",
    falsifier:
      "A mean m or q of the chains that is more than 4 standard errors + 6/n away from the " +
      "joint flow, or a flow off the reference's by 2e-4",
    evidence: (preset) => ({
      seeds: byPreset(preset, 4, 16),
      sizes: "h₃, k = 9, κ = 1/√2, n = 3000, six τ from 5 to 60",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const { put, result } = comparison(), rows = await genericCourses(preset, seed), n = 3000;
      const flow = jointFlow(fineTuning(genericModel()), { alpha: GENERIC_SCALE, times });
      for (const key of ["m", "q"] as const) {
        const means = meanCourse(rows, key, (row) => row[key]);
        times.forEach((tau, i) => {
          put(`${key} at τ = ${tau}, flow`, flow[i][key], reference[key][i], 2e-4);
          put(`${key} at τ = ${tau}`, means[i].y, flow[i][key], 4 * spread(rows, tau, key) + 6 / n);
        });
      }
      return result("flow 2e-4; chains 4 standard errors + 6/n");
    },
  };
}

/** Standard error of a mean; of few copies with the spread of the reference's at the least. */
function spread(
  rows: readonly { tau: number; m: number; q: number }[],
  tau: number,
  key: "m" | "q",
): number {
  const { se, n } = summary(where(rows, "tau", tau).map((row) => row[key]));
  return Math.max(se, 0.004 / Math.sqrt(n));
}

function c22(): Claim {
  const t = [0.25, 0.5, 0.75, 1, 1.25];
  const reference = {
    m: [0.275853, 0.591211, 0.849617, 0.960208, 0.990725],
    q: [0.422674, 0.64935, 0.867549, 0.964696, 0.99176],
  };
  return {
    id: "C22",
    paper,
    source: { whose: "ours" },
    statement: "Small perturbations conserve (1 − m²)/(1 − q²), and follow the bilinear flow",
    falsifier:
      "A value of (1 − m²)/(1 − q²) that moves by more than 6e-4 of it along the flow, or an " +
      "overlap off the bilinear flow's by 6e-5",
    evidence: {
      seeds: 0,
      sizes: "h₃, k = 9, κ = 0.01, five times, m from 0.01 to 0.99",
      draws: "nothing",
    },
    check: () => {
      const { put, result } = comparison(), kappa = 0.01, alpha = 1e-3, c = quantised(9);
      const hatC = c.map((x, i) => i < 3 ? -x : x), A = 3 * (1 + kappa ** 2) ** -3;
      const model = fineTuning({ activation: "h3", k: 9, kappa, c, hatC });
      const times = t.map((x) => x / (kappa ** 2 * alpha));
      const flow = jointFlow(model, { alpha, times, m0: 0.01 });
      const bilinear = bilinearFlow({ m: 0.01, q: 1 / 3 }, { times: t.map((x) => x * A) });
      const level = conserved({ m: 0.01, q: 1 / 3 });
      put("conserved at the start", level, 1.1248875, 1e-7);
      flow.forEach((point, i) => {
        put(`conserved at t = ${t[i]}`, conserved(point) / level, 1, 6e-4);
        for (const key of ["m", "q"] as const) {
          put(`${key} at t = ${t[i]}`, point[key], reference[key][i], 1e-5);
          put(`${key} at t = ${t[i]}, bilinear`, bilinear[i][key], point[key], 6e-5);
        }
      });
      return result("conserved 6e-4, flow 1e-5, bilinear flow 6e-5");
    },
  };
}

function c29(): Claim {
  const reference: Record<number, number> = {
    20: 0.072,
    60: 0.257,
    100: 0.491,
    150: 0.794,
    200: 0.897,
    300: 0.927,
  };
  return {
    id: "C29",
    paper,
    source: { whose: "ours", where: "on the algorithm of Eq. (4)" },
    statement:
      "The paper's algorithm, random frozen signs, finds u with the sign of h(0), without restarts",
    falsifier:
      "A median |m| more than 4 standard errors of both away from the reference's, more signs " +
      "of m other than h(0)'s or more failures of Condition 3 than chance allows, or a chain " +
      "that is not SGD",
    evidence: (preset) => ({
      seeds: byPreset(preset, 8, 64),
      sizes: `h₃, k = 25, κ = 1/√2, n = 1000, α = 0.05, τ ≤ ${byPreset(preset, 150, 300)}`,
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const { put, result } = comparison(),
        rows = await frozenCourses(preset, seed),
        end = last(rows);
      const slopeOf = ({ A, q0 }: { A: number; q0: number }) => (
        { activation: "h3" as const, k: 25, kappa: Math.SQRT1_2, A, q: q0 }
      );
      for (const [key, wanted] of Object.entries(reference)) {
        const values = where(rows, "tau", Number(key)).map(({ m }) => Math.abs(m));
        if (values.length === 0) continue; // later than the quick preset runs
        const { sd, n } = summary(values);
        const bound = 4 * 1.25 * sd * Math.hypot(1 / Math.sqrt(n), 1 / 8);
        put(`median |m| at τ = ${key}`, median(values), wanted, bound);
      }
      const signs = share(end, (row) => row.m * frozenSlope(slopeOf(row), 0) > 0);
      put("sign m = sign h(0)", signs, 1, shareBound(1, end.length, 64));
      put("Condition 3 holds", share(end, (row) => conditionHolds(slopeOf(row))), 1, 0.06);
      if (preset === "full") {
        const success = ({ m }: { m: number }) => Math.abs(m) > 0.8;
        put("|m| > 0.8 at τ = 300", share(end, success), 0.92, shareBound(0.92, end.length, 64));
        const right = end.filter((row) => row.m0 * frozenSlope(slopeOf(row), 0) > 0);
        const wrong = end.filter((row) => row.m0 * frozenSlope(slopeOf(row), 0) < 0);
        put("of starts on the right side", share(right, success), 0.935, shareBound(0.93, 32, 31));
        put("of starts on the wrong side", share(wrong, success), 0.909, shareBound(0.91, 32, 33));
        const clear = end.filter(({ q0 }) => Math.abs(q0) >= 0.19);
        put("of |q| ≥ 5/25", share(clear, success), 1, shareBound(1, clear.length, 20));
      }
      const direct: Record<string, number> = {
        "A1, wrong left factor": 0.1262,
        "A1, ReLU, wrong left factor": 0.4204,
      };
      for (const { law, at, p, chain, se, copies } of await exactness(preset, seed)) {
        if (!(law in direct)) continue;
        put(`${law} at ${at}: p`, p, 1, 0.999);
        const own = se / Math.SQRT2, theirs = own * Math.sqrt(copies / 3000);
        if (at === 500) put(`${law} at 500: mean`, chain, direct[law], 4 * Math.hypot(own, theirs));
      }
      return result("4 standard errors of both samples; chain against direct SGD p above 0.001");
    },
  };
}

function c36(): Claim {
  const quartiles = { joint: [37, 56.75, 71.25], sphere: [41.75, 64.5, 95] };
  return {
    id: "C36",
    paper,
    source: { whose: "paper", where: "Figure 2" },
    statement: "From equal starts joint training beats a frozen left factor, as in Figure 2",
    falsifier:
      "A quartile of the time to |m| = 1/2 that is more than 4 standard errors of both away " +
      "from the reference's, or a share |m| > 0.9 at τ = 240 off 1 (joint) or 0.48 (frozen) by " +
      "as much",
    evidence: (preset) => ({
      seeds: byPreset(preset, 8, 48),
      sizes: "pairs from equal starts: h₃, k = 9, κ = 1/√2, n = 600, α = 0.06",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const { put, result } = comparison(), rows = await pairedCourses(preset, seed);
      const ends = {
        joint: last(where(rows, "label", "joint")),
        sphere: last(where(rows, "label", "sphere")),
      };
      for (const kind of ["joint", "sphere"] as const) {
        const halves = ends[kind].map(({ half }) => half ?? Infinity).toSorted((a, b) => a - b);
        const spreadOf = quartiles[kind][2] - quartiles[kind][0], n = halves.length;
        [0.25, 0.5, 0.75].forEach((p, i) => {
          // Quartiles are 1.1 times as uncertain as a median, of the reference's 48 pairs too.
          const bound = 4 * 1.02 * spreadOf * Math.hypot(1 / Math.sqrt(n), 1 / Math.sqrt(48));
          put(
            `${kind}, quantile ${p} of the time`,
            halves[Math.round(p * (n - 1))],
            quartiles[kind][i],
            bound,
          );
        });
      }
      const size = ({ m }: { m: number }) => Math.abs(m);
      const both = ({ m, q }: { m: number; q: number }) => Math.abs(m * q);
      const { joint, sphere } = ends, n = joint.length;
      put("joint, median |m| at the end", median(joint.map(size)), 0.9995, 0.002);
      put("frozen, median |m| at the end", median(sphere.map(size)), 0.898, 0.03);
      put("joint, median |mq|", median(joint.map(both)), 0.9995, 0.002);
      // Here |q| stays 1/9 with probability 252/512.
      const low = share(sphere, (row) => both(row) < 0.2);
      put("frozen, |mq| < 0.2", low, 252 / 512, 4 * Math.sqrt(0.25 / n));
      put("joint, |m| > 0.9", share(joint, (row) => size(row) > 0.9), 1, shareBound(1, n, 48));
      put(
        "frozen, |m| > 0.9",
        share(sphere, (row) => size(row) > 0.9),
        0.48,
        shareBound(0.48, n, 48),
      );
      return result("4 standard errors of both samples; medians as they scatter");
    },
  };
}

/** The claims of this file. */
export const jointClaims: readonly Claim[] = [c20(), c21(), c22(), c29(), c36()];
