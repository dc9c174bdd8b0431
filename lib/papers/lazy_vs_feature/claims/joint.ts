/**
 * Claims about training both factors: C20 to C22, C36, C38, C44.
 *
 * @module
 */
import {
  byPreset,
  type Claim,
  comparison,
  summary,
  where,
  withControl,
} from "../../../experiment/mod.ts";
import { adapterCourses, factorCourses } from "../experiments/joint/factors.ts";
import { jointLosses, lossMeans } from "../experiments/joint/losses.ts";
import { jointAgainstFrozen, pairedEnds } from "../experiments/joint/paired.ts";
import { jointPortraits, jointShares } from "../experiments/joint/portraits.ts";
import { quantised } from "../left_factors.ts";
import { fineTuning } from "../model.ts";
import { bilinearFlow, conserved, jointFlow, tangentConstants } from "../theory/mod.ts";
import { seeded, shareBound } from "./seeded.ts";

const paper = "lazy-vs-feature";

function c20(): Claim {
  // Shares of 64 copies at τ = 120: success, of |q₀| = 1/9, signs of m and q₀.
  const reference = {
    1: { success: 0.547, least: 0.033, signs: 1 },
    5: { success: 0.844, least: 0.7, signs: 0.828 },
  };
  return {
    id: "C20",
    paper,
    source: { whose: "ours" },
    statement:
      "Joint training from random signs succeeds on both branches, (m, q) → ±(1, 1): at τ = 240 every copy, at " +
      "τ = 120 with equal steps hardly one that starts at |q₀| = 1/9",
    falsifier:
      "A share of successes at τ = 120 (of all, of |q₀| = 1/9), of equal signs or of the negative branch that is " +
      "more than 4 standard errors of both away from the reference's, or one at τ = 240 that is 4 below 1",
    evidence: (preset) => ({
      seeds: byPreset(preset, 24, 128),
      sizes: "h₃, k = 9, n = 600, τ = 120 and 240, ratios of the steps 1 and 5",
      draws: "seed",
    }),
    // Control: the ratios exchanged, and no success at τ = 240.
    ...withControl(async (preset, seed, wrong) => {
      const { rows, parameters } = await jointPortraits({ preset, ...seeded(seed) });
      const shares = jointShares(rows, parameters.level), { put, result } = comparison();
      for (const ratio of [1, 5] as const) {
        const wanted = reference[wrong ? 6 - ratio as 1 | 5 : ratio];
        const at = (tau: number, which: string) =>
          shares.find((row) => row.ratio === ratio && row.tau === tau && row.which === which);
        const all = at(120, "all")!, least = at(120, "|q₀| = 0.111"), n = all.copies;
        put(
          `ratio ${ratio}, mq > 0.9`,
          all.share,
          wanted.success,
          shareBound(wanted.success, n, 64),
        );
        if (least) {
          const bound = shareBound(wanted.least, least.copies, 30);
          put(`ratio ${ratio}, of |q₀| = 1/9`, least.share, wanted.least, bound);
        }
        put(
          `ratio ${ratio}, sign m = sign q₀`,
          all.signs,
          wanted.signs,
          shareBound(wanted.signs, n, 64),
        );
        put(`ratio ${ratio}, negative branch`, all.negative, 0.48, shareBound(0.48, n, 64));
        const { share } = at(240, "all")!;
        put(`ratio ${ratio}, mq > 0.9 at τ = 240`, share, wrong ? 0 : 1, shareBound(0.97, n, 1e9));
      }
      return result("4 standard errors of both samples");
    }),
  };
}

function c21(): Claim {
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
      "A mean m or q of the chains that is more than 4 standard errors + 6/n away from the joint flow, or " +
      "a flow off the reference's by 2e-4",
    evidence: (preset) => ({
      seeds: byPreset(preset, 6, 16),
      sizes: "h₃, k = 9, κ = 1/√2, n = 3000, six τ from 5 to 60",
      draws: "seed",
    }),
    // Control: both overlaps exchanged.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison(),
        { rows, parameters } = await factorCourses({ preset, ...seeded(seed) });
      // Few copies do not know their spread, 0.3/√n of one near the bend at least.
      const error = (se: number) => Math.max(se, 0.22 / Math.sqrt(3000 * parameters.copies));
      rows.forEach(({ tau, m, seM, flowM, q, seQ, flowQ }, i) => {
        put(`m at τ = ${tau}, flow`, flowM, reference.m[i], 2e-4);
        put(`q at τ = ${tau}, flow`, flowQ, reference.q[i], 2e-4);
        put(`m at τ = ${tau}`, m, wrong ? flowQ : flowM, 4 * error(seM) + 6 / 3000);
        put(`q at τ = ${tau}`, q, wrong ? flowM : flowQ, 4 * error(seQ) + 6 / 3000);
      });
      return result("flow 2e-4; chains 4 standard errors + 6/n");
    }),
  };
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

function c36(): Claim {
  // Quartiles of the time to |m| = ½ over 48 pairs of an independent implementation.
  const quartiles = { joint: [37, 56.8, 71.3], frozen: [41.8, 64.5, 95] } as const;
  return {
    id: "C36",
    paper,
    source: { whose: "ours", where: "on Figure 2" },
    statement:
      "Joint training ends nearer to u than frozen signs from equal starts, and finds c as well: half of the " +
      "frozen pairs keep |q| = 1/9",
    falsifier:
      "A quartile of the time to |m| = 1/2 more than 4 standard errors of both off the reference's, a median |m| or " +
      "|mq| of joint training below 0.97, or a share of frozen copies with |m| > 0.9 that is not 4 standard errors " +
      "below the joint one",
    evidence: (preset) => ({
      seeds: byPreset(preset, 16, 48),
      sizes: "pairs from equal starts: h₃, k = 9, κ = 1/√2, n = 600, α = 0.06, τ ≤ 240",
      draws: "seed",
    }),
    // Control: both exchanged.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await jointAgainstFrozen({ preset, ...seeded(seed) }),
        { put, result } = comparison();
      const [first, second] = pairedEnds(rows),
        [joint, frozen] = wrong ? [second, first] : [first, second];
      for (const [kind, own] of [["joint", joint], ["frozen", frozen]] as const) {
        const wanted = quartiles[kind], spread = wanted[2] - wanted[0];
        [own.low, own.middle, own.high].forEach((time, i) => {
          // Quartiles are 1.1 times as uncertain as a median, of the reference's 48 pairs too.
          const bound = 4 * 1.02 * spread *
            Math.hypot(1 / Math.sqrt(own.copies), 1 / Math.sqrt(48));
          put(`${kind}, quartile ${i + 1} of the time`, time, wanted[i], bound);
        });
      }
      // Of sixteen copies the slow half may not have arrived.
      put("joint, median |m|", joint.m, 0.9995, 0.0295);
      put("joint, median |mq|", joint.mq, 0.9995, 0.0295);
      put("frozen, |mq| above joint's", Number(frozen.mq > 0.6), 0, 0);
      return result("4 standard errors of both samples; medians of joint training above 0.97");
    }),
  };
}

function c38(): Claim {
  return {
    id: "C38",
    paper,
    source: { whose: "ours", where: "on Figure 3" },
    statement:
      "At κ = 1 the typical joint run finds u long before c: at τ = 200 its loss is still near the floor of the " +
      "linearised model with the true c or above it, and few copies have found both; at τ = 1000 about half have",
    falsifier:
      "A share of successes at τ = 200 or 1000 more than 4 standard errors of both off the 4 of 48 and 8 of 16 of other " +
      "runs, a median loss at τ = 200 that is 4 standard errors below the floor, or a median |m| there below 0.8 or |q| " +
      "above 0.8",
    evidence: (preset) => ({
      seeds: byPreset(preset, 12, 32),
      sizes: "h₃, k = 9, κ = 1, n = 600, α = 0.06, random signs ĉ, all copies",
      draws: "seed",
    }),
    // Control: the two overlaps exchanged, as if c were found first.
    ...withControl(async (preset, seed, wrong) => {
      const { rows, parameters } = await jointLosses({ preset, ...seeded(seed) }),
        { put, result } = comparison();
      const means = lossMeans(rows, parameters.level),
        at = (tau: number) => means.find((row) => row.tau === tau)!;
      const early = at(200), n = parameters.copies;
      const losses = where(where(rows, "kind", "joint"), "tau", 200).map(({ loss }) => loss);
      // A median is 1.25 times as uncertain as a mean.
      const se = 1.25 * summary(losses).se;
      const [m, q] = wrong ? [early.q, early.m] : [early.m, early.q];
      const { floor } = tangentConstants(fineTuning({ activation: "h3", k: 9, kappa: 1 }));
      put("share at τ = 200", early.share, 4 / 48, shareBound(4 / 48, n, 48));
      // Independent runs had 8 of 16.
      put("share at τ = 1000", at(1000).share, 0.5, shareBound(0.5, n, 16));
      put("median loss at τ = 200 below the floor", Math.max(0, floor - early.loss), 0, 4 * se);
      put("median |m| at τ = 200 below 0.8", Math.max(0, 0.8 - m), 0, 0);
      put("median |q| at τ = 200 above 0.8", Math.max(0, q - 0.8), 0, 0);
      return result("4 standard errors, of both samples for shares; overlaps as stated");
    }),
  };
}

function c44(): Claim {
  return {
    id: "C44",
    paper,
    source: { whose: "ours" },
    statement:
      "LoRA's start ĉ = 0, both factors without constraint, follows its own flow: ĉ grows first, then û, and the loss " +
      "goes to 0",
    falsifier:
      "A mean m, q or |û|² of the chains that is more than 4 standard errors + 10/n away from the flow, or a flow that " +
      "keeps a loss above 1e-3 at τ = 200",
    evidence: (preset) => ({
      seeds: byPreset(preset, 6, 16),
      sizes: "h₃, k = 9, κ = 1, n = 2000, α = 0.08, m₀ = 0.1, τ ≤ 200",
      draws: "seed",
    }),
    // Control: a length |û| that stays.
    ...withControl(async (preset, seed, wrong) => {
      const { rows, parameters } = await adapterCourses({ preset, ...seeded(seed) }),
        { put, result } = comparison();
      // Few copies do not know their spread, √n times which is 3 at the bend.
      const error = (se: number) => Math.max(se, 1.5 / Math.sqrt(2000 * parameters.copies));
      for (const { tau, m, seM, flowM, q, seQ, flowQ, nu, seNu, flowNu } of rows) {
        put(`m at τ = ${tau}`, m, flowM, 4 * error(seM) + 10 / 2000);
        put(`q at τ = ${tau}`, q, flowQ, 4 * error(seQ) + 10 / 2000);
        put(`|û|² at τ = ${tau}`, nu, wrong ? 1 : flowNu, 4 * error(seNu) + 10 / 2000);
      }
      put("loss of the flow at the end", where(rows, "tau", 200)[0].loss, 0, 1e-3);
      return result("4 standard errors + 10/n");
    }),
  };
}

/** The claims of this file. */
export const jointClaims: readonly Claim[] = [c20(), c21(), c22(), c36(), c38(), c44()];
