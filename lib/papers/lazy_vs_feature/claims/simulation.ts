/**
 * Claims that compare chains with the flows.
 *
 * @module
 */
import {
  byPreset,
  type Claim,
  comparison,
  distinct,
  summary,
  where,
  withControl,
} from "../../../experiment/mod.ts";
import {
  type CourseRows,
  deepTail,
  lateCourses,
  meanCourse,
  millionCourses,
  referenceCourses,
  wrongSigns,
  zeroStarts,
} from "../experiments/runs.ts";
import { fineTuning, quantised, standard } from "../model.ts";
import {
  adapterFlow,
  averages,
  lazyFlow,
  OverlapFlow,
  populationLoss,
  tangentConstants,
  terminal,
} from "../theory/mod.ts";

const paper = "lazy-vs-feature";

/** Rows of a group of copies. */
function group(rows: CourseRows, label: string): CourseRows {
  return where(rows, "label", label);
}

function c5(): Claim {
  return {
    id: "C5",
    paper,
    source: { whose: "ours" },
    statement: "The mean overlap of S follows the flow at every dimension",
    falsifier:
      "A mean overlap that is more than 4 standard errors + 3/d away from the flow at one of τ " +
      "= 4, 8, ..., 40",
    evidence: (preset) => ({
      seeds: byPreset(preset, 16, 24),
      sizes: `model S, α = 0.2, d = ${
        byPreset(preset, "300, 2000", "300, 2000 (64 copies), 12000")
      }`,
      draws: "seed",
    }),
    // Control: the flow of a step 1.3 times as long.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison(), rows = await referenceCourses(preset, seed);
      const flow = new OverlapFlow(standard());
      for (const label of distinct(rows, "label").map(String)) {
        const means = meanCourse(group(rows, label), label, ({ m }) => m);
        const d = Number(label.slice(4)),
          course = flow.course(wrong ? 0.26 : 0.2, means.map(({ x }) => x));
        means.forEach(({ x, y, se }, i) => {
          if (x % 4 === 0) put(`${label}, τ = ${x}`, y, course[i], 4 * Number(se) + 3 / d);
        });
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
      "A mean overlap that is more than 2.8/√d away from the flow at one of six times, or a " +
      "flow off the reference's by 2e-4",
    evidence: (preset) => ({
      seeds: 4,
      sizes: `h₂, k = 4, κ = 1/4, d = ${byPreset(preset, "1e5", "1e6")}, τ ≤ 1.5`,
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const { put, result } = comparison(), rows = await millionCourses(preset, seed);
      const d = preset === "full" ? 1e6 : 1e5;
      const model = fineTuning({ activation: "h2", k: 4, kappa: 0.25, c: quantised(4, () => 1) });
      const means = meanCourse(rows, "", ({ m }) => m);
      const flow = new OverlapFlow(model).course(4.5505, means.map(({ x }) => x));
      const reference = [0.1127, 0.2038, 0.2791, 0.3423, 0.3961, 0.4425];
      means.forEach(({ x, y }, i) => {
        // Four copies of standard deviation √(Σ/n) with Σ below 2.
        put(`m at τ = ${x}`, y, flow[i], 4 * Math.sqrt(2 / 4 / d));
        put(`flow at τ = ${x}, reference`, flow[i], reference[i], 2e-4);
      });
      return result("4 standard errors, 2.8/√d; flow as printed");
    },
  };
}

function c15(): Claim {
  return {
    id: "C15",
    paper,
    source: { whose: "ours" },
    statement: "From the same zero start the full model reaches loss 0, its linearisation a floor",
    falsifier:
      "A loss of the flows off the reference's by 1e-4, a floor of the linearised one other " +
      "than 1/6, or a mean overlap more than 4 standard errors + 3/n away from its flow",
    evidence: (preset) => ({
      seeds: byPreset(preset, 16, 32),
      sizes: "model S from zero, n = 600, α = 0.1, τ ≤ 60",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const { put, result } = comparison(), model = standard(), n = 600, alpha = 0.1;
      put("loss at the start", averages(model, 0, 0).loss, 0.388889, 1e-6);
      put("full, loss at τ = 60", adapterFlow(model, alpha, [60])[0].loss, 2e-4, 1e-4);
      put("lazy, loss at τ = 120", lazyFlow(model, alpha, [120])[0].loss, 0.1728, 1e-4);
      put("lazy, least loss", tangentConstants(model).floor, 1 / 6, 1e-10);
      const rows = await zeroStarts(preset, seed);
      for (const algorithm of ["free", "lazy"] as const) {
        const means = meanCourse(group(rows, algorithm), algorithm, ({ m }) => m);
        const times = means.map(({ x }) => x);
        const flow = (algorithm === "free" ? adapterFlow : lazyFlow)(model, alpha, times);
        means.forEach(({ x, y, se }, i) => {
          if (x <= 60) put(`${algorithm}, m at τ = ${x}`, y, flow[i].m, 4 * Number(se) + 3 / n);
        });
      }
      return result("4 standard errors + 3/n; flows as printed");
    },
  };
}

function c17(): Claim {
  return {
    id: "C17",
    paper,
    source: { whose: "ours" },
    statement: "1 − m decays at rate f(2 − f)/kurtosis when the step is f times the best one",
    falsifier:
      "A decay rate of 1 − m that is more than 3 %, or 4 standard errors if more, away from " +
      "f(2 − f)/kurtosis",
    evidence: (preset) => ({
      seeds: byPreset(preset, 4, 32),
      sizes: "model S, n = 3000, f = 0.5, 1, 1.5, τ from 10 to 40",
      draws: "seed",
    }),
    // Control: a rate linear in the step.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison(), { kurtosis } = terminal(standard());
      const rows = await lateCourses(preset, seed);
      for (const f of [0.5, 1, 1.5]) {
        const found = group(rows, String(f));
        const at = (tau: number) => where(found, "tau", tau).toSorted((a, b) => a.copy - b.copy);
        const late = at(40),
          rates = at(10).map(({ logGap }, i) => (logGap - late[i].logGap) * Math.LN10 / 30);
        const { mean, se } = summary(rates), wanted = f * (wrong ? 1 : 2 - f) / kurtosis;
        put(`f = ${f}`, mean, wanted, Math.max(0.03 * wanted, 4 * se));
      }
      return result("3%, or 4 standard errors if more");
    }),
  };
}

function c19(): Claim {
  return {
    id: "C19",
    paper,
    source: { whose: "ours" },
    statement: "The tail stays linear to 1 − m = 10⁻²³, far below what doubles of m can hold",
    falsifier:
      "A mean log₁₀(1 − m) off −8.23 at τ = 50 or −23.04 at τ = 250, or a rate between them " +
      "off 0.1705, by more than 4 standard errors and the last digit",
    evidence: (preset) => ({
      seeds: byPreset(preset, 8, 64),
      sizes: "model S, n = 500, α = 0.2",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const { put, result } = comparison();
      const means = meanCourse(await deepTail(preset, seed), "", ({ logGap }) => logGap);
      const at = (tau: number) => means.find(({ x }) => x === tau)!;
      const [early, late] = [at(50), at(250)];
      put("mean log₁₀(1 − m) at τ = 50", early.y, -8.23, 4 * Number(early.se) + 0.02);
      put("at τ = 250", late.y, -23.04, 4 * Number(late.se) + 0.04);
      const rate = (early.y - late.y) * Math.LN10 / 200;
      put("rate", rate, 0.1705, 4 * Math.hypot(Number(early.se), Number(late.se)) / 87 + 5e-4);
      return result("4 standard errors + as printed");
    },
  };
}

function c23(): Claim {
  return {
    id: "C23",
    paper,
    source: { whose: "ours" },
    statement: "With wrong signs in a frozen ĉ the overlap ends where the flow says, below 1",
    falsifier:
      "A mean overlap that is more than 4 standard errors + 6/n away from the flow's, or a " +
      "flow or floor off the reference's, for one number of wrong signs",
    evidence: (preset) => ({
      seeds: byPreset(preset, 4, 32),
      sizes: "model S, n = 1000, α = 0.1, τ = 60, 0, 1, 2, 3, 5, 8 wrong signs",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const { put, result } = comparison(), c = quantised(8), rows = await wrongSigns(preset, seed);
      const reference: Record<number, number> = {
        0: 0.9987,
        1: 0.946,
        2: 0.9015,
        3: 0.6597,
        5: -0.6597,
        8: -0.9987,
      };
      const floors: Record<number, number> = {
        0: 0,
        1: 0.1204,
        2: 0.2222,
        3: 0.3426,
        5: 0.3426,
        8: 0,
      };
      for (const [key, wanted] of Object.entries(reference)) {
        const model = standard("h3", { hatC: c.map((x, i) => i < Number(key) ? -x : x) });
        const [flow] = new OverlapFlow(model).course(0.1, [60]);
        put(`${key} flips, flow`, flow, wanted, 2e-4);
        put(
          `${key} flips, floor`,
          populationLoss(model, Math.sign(wanted)),
          floors[Number(key)],
          1e-4,
        );
        const { mean, se } = summary(group(rows, key).map(({ m }) => m));
        put(`${key} flips, chain`, mean, flow, 4 * se + 6 / 1000);
      }
      return result("4 standard errors + 6/n; flow and floors as printed");
    },
  };
}

/** The claims of this file. */
export const simulationClaims: readonly Claim[] = [c5(), c6(), c15(), c17(), c19(), c23()];
