/**
 * Claims that compare chains with SGD on whole inputs and with the flow: C4 to C7, C29, C40.
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
  withControl,
} from "../../../experiment/mod.ts";
import { exactness, LAW_BOUNDS, lawDistances } from "../experiments/chains/exactness.ts";
import { flowCourses, millionCourses } from "../experiments/chains/flow_courses.ts";
import { frozenCourses, frozenEnds } from "../experiments/chains/frozen_courses.ts";
import { LAW_NAMES } from "../experiments/chains/laws.ts";
import { spreads } from "../experiments/chains/spread.ts";
import { seeded, shareBound } from "./seeded.ts";

const paper = "lazy-vs-feature";

function c4(): Claim {
  return {
    id: "C4",
    paper,
    source: { whose: "ours" },
    statement:
      "Every chain has the law of SGD in d dimensions, and of every one a chain with one mistake has not",
    falsifier:
      "A mean or mean square of an order parameter that is 4.5 standard errors off whole inputs, a " +
      "Kolmogorov–Smirnov test below 1e-4 after counting all, or a mistake that neither sees",
    evidence: (preset) => ({
      seeds: byPreset(preset, 2000, 4000),
      sizes:
        `${LAW_NAMES.length} processes with 2 to 5 directions left, large steps, fixed starts; two times`,
      draws: "seed",
    }),
    // Control: the chains with a mistake in place of the exact ones.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await exactness({ preset, ...seeded(seed) }), { put, result } = comparison();
      for (const { law, chain, z, p, one } of lawDistances(rows)) {
        if ((chain === "exact") === wrong) continue;
        put(`${law}${wrong ? `, ${chain}` : ""}: largest |z|`, z, 0, LAW_BOUNDS.z);
        put(`${law}${wrong ? `, ${chain}` : ""}: chance of the least p`, p, 1, 1 - LAW_BOUNDS.p);
        if (wrong && one) return result("a mistake was not seen");
      }
      if (!wrong) {
        const unseen = lawDistances(rows).filter(({ chain, one }) =>
          chain !== "exact" && one
        ).length;
        put("mistakes that are not seen", unseen, 0, 0);
      }
      return result("|z| below 4.5, chance of the least p above 1e-4; every mistake is seen");
    }),
  };
}

function c5(): Claim {
  return {
    id: "C5",
    paper,
    source: { whose: "ours" },
    statement: "The mean overlap of S follows the flow at every dimension",
    falsifier:
      "A mean overlap that is more than 4 standard errors + 3/d away from the flow at one of τ = 4, 8, " +
      "..., 40",
    evidence: (preset) => ({
      seeds: byPreset(preset, 16, 24),
      sizes: `model S, α = 0.2, d = ${
        byPreset(preset, "300, 2000", "300, 2000 (64 copies), 12000")
      }`,
      draws: "seed",
    }),
    // Control: the flow of a later time.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison(),
        { rows } = await flowCourses({ preset, ...seeded(seed) });
      for (const { d, tau, mean, se } of rows.chains) {
        if (tau % 4 !== 0) continue;
        const at = rows.chains.find((row) => row.d === d && row.tau === (wrong ? 1.5 : 1) * tau);
        if (at) put(`d = ${d}, τ = ${tau}`, mean, at.flow!, 4 * se + 3 / d);
      }
      return result("4 standard errors + 3/d");
    }),
  };
}

function c6(): Claim {
  return {
    id: "C6",
    paper,
    source: { whose: "ours" },
    statement: "SGD in dimension 10⁶ (h₂, k = 4) follows the flow",
    falsifier:
      "A mean overlap that is more than 2.8/√d away from the flow at one of six times, or a flow off the " +
      "reference's by 2e-4",
    evidence: { seeds: 4, sizes: "h₂, k = 4, κ = 1/4, d = 1e6, τ ≤ 1.5", draws: "seed" },
    // Control: the flow of the time before.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison(),
        { rows } = await millionCourses({ preset, ...seeded(seed) });
      const reference = [0.1127, 0.2038, 0.2791, 0.3423, 0.3961, 0.4425];
      rows.chains.forEach(({ d, tau, mean, flow }, i) => {
        const wanted = wrong ? rows.chains[i - 1]?.flow ?? 0 : flow!;
        // Four copies of standard deviation √(Σ/n) with Σ below 2.
        put(`m at τ = ${tau}`, mean, wanted, 4 * Math.sqrt(2 / 4 / d));
        put(`flow at τ = ${tau}, reference`, flow!, reference[i], 2e-4);
      });
      return result("4 standard errors, 2.8/√d; flow as printed");
    }),
  };
}

function c7(): Claim {
  return {
    id: "C7",
    paper,
    source: { whose: "ours" },
    statement: "√n times the standard deviation of the overlap follows dΣ/dτ = 2b′Σ + D",
    falsifier:
      "A value of √n sd(m) that is more than 4 standard errors and 4/√n of it away from the theory's at " +
      "one time",
    evidence: (preset) => ({
      seeds: byPreset(preset, 100, 200),
      sizes: `model S, n = ${byPreset(preset, "1000", "1000, 4000")}, α = 0.2, τ = ${
        byPreset(preset, "4, 8, 12", "4, 8, 12, 16, 20, 24")
      }`,
      draws: "seed",
    }),
    // Control: half of the spread.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison();
      const { rows, parameters } = await spreads({ preset, ...seeded(seed) });
      for (const { n, tau, spread, theory } of rows) {
        // Steps of γ⁴ are rare and large; their part of the noise fills up slowly as n grows.
        const share = 4 / Math.sqrt(2 * parameters.copies) + 4 / Math.sqrt(n);
        const wanted = theory * (wrong ? 0.5 : 1);
        put(`n = ${n}, τ = ${tau}`, spread, wanted, share * wanted);
      }
      return result("4 standard errors + 4/√n");
    }),
  };
}

function c29(): Claim {
  const reference: Readonly<Record<number, number>> = {
    ...{ 20: 0.072, 60: 0.257, 100: 0.491, 150: 0.794, 200: 0.897, 300: 0.927 },
  };
  return {
    id: "C29",
    paper,
    source: { whose: "ours", where: "on the algorithm of Eq. (4)" },
    statement:
      "The paper's algorithm, random frozen signs, finds u with the sign of h(0), from both sides, " +
      "without restarts",
    falsifier:
      "A median |m| more than 4 standard errors of both away from the reference's, fewer signs of h(0) than 94 % " +
      "less 4 standard errors, or a share of success from the wrong side that is 4 standard errors off the other's",
    evidence: (preset) => ({
      seeds: byPreset(preset, 24, 64),
      sizes: `h₃, k = 25, κ = 1/√2, n = 1000, α = 0.05, τ ≤ ${byPreset(preset, 150, 300)}`,
      draws: "seed",
    }),
    // Control: medians of other times, and the opposite signs.
    ...withControl(async (preset, seed, wrong) => {
      const { rows, parameters } = await frozenCourses({ preset, ...seeded(seed) });
      const { put, result } = comparison();
      for (const [key, wanted] of Object.entries(reference)) {
        const now = where(rows, "tau", Number(key) * (wrong ? 0.5 : 1)).map(({ m }) => Math.abs(m));
        if (now.length === 0) continue; // later than the quick preset runs, or between two looks
        const { sd, n } = summary(now);
        // A median of a normal law is 1.25 times as uncertain as a mean, the reference's of 64 too.
        put(
          `median |m| at τ = ${key}`,
          median(now),
          wanted,
          4 * 1.25 * sd * Math.hypot(1 / Math.sqrt(n), 1 / 8),
        );
      }
      const ends = frozenEnds(rows, parameters.success);
      const of = (which: string) => ends.find((end) => end.which.startsWith(which))!;
      const all = of("all");
      put(
        "fewer signs of h(0) than 94 %",
        Math.max(0, 0.94 - (wrong ? 1 - all.signs : all.signs)),
        0,
        shareBound(0.94, all.copies, 1e9),
      );
      const [right, other] = [of("start on the side"), of("start on the other")];
      if (right && other) {
        const bound = shareBound(all.success, right.copies, other.copies);
        put("success from the other side", other.success, right.success, bound);
      }
      return result("4 standard errors of both samples");
    }),
  };
}

function c40(): Claim {
  return {
    id: "C40",
    paper,
    source: { whose: "ours" },
    statement:
      "The flow holds for any Gram matrix, left factor, label noise and schedule: chains follow it at n = 1997",
    falsifier:
      "A mean overlap that is more than 4 standard errors + 6/n away from the flow at one time of three models",
    evidence: (preset) => ({
      seeds: byPreset(preset, 12, 32),
      sizes:
        "k = 3, d = 2000, correlation 0.5; Claim 2 with a wrong sign, label noise, α = 0.1/(1 + t/20); tanh(z)",
      draws: "seed",
    }),
    // Control: the flow of an orthonormal base and the true factor.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison(), copies = [byPreset(preset, 12, 32)], d = [2000];
      const usual = {
        preset,
        ...seeded(seed),
        k: 3,
        d,
        copies,
        direct: 0,
        m0: 0,
        times: [5, 10, 20, 30],
      };
      const models = {
        correlated: { base: { correlation: 0.5 }, alpha: 0.1 },
        "Claim 2": {
          base: "claim 2",
          hatC: { flipped: 1 },
          alpha: "0.15 / (1 + t / 20)",
          noise: 0.3,
          kappa: 1,
        },
        "tanh(z)": { activation: "tanh(z)", base: { correlation: -0.3 }, alpha: 4 },
      } as const;
      for (const [name, own] of Object.entries(models)) {
        const { rows: { chains } } = await flowCourses({ ...usual, ...own });
        const other = wrong
          ? (await flowCourses({ ...usual, ...own, base: "orthonormal", hatC: "c", copies: [2] }))
            .rows.chains
          : chains;
        chains.forEach(({ tau, mean, se }, i) => {
          put(`${name}, τ = ${tau}`, mean, other[i].flow!, 4 * se + 6 / 1997);
        });
      }
      return result("4 standard errors + 6/n");
    }),
  };
}

/** The claims of this file. */
export const chainClaims: readonly Claim[] = [c4(), c5(), c6(), c7(), c29(), c40()];
