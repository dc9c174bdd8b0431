/**
 * Claims about the reduced population dynamics: C28, C29.
 *
 * Expected numbers come from an independent implementation.
 *
 * @module
 */
import {
  type Claim,
  comparison,
  distinct,
  slope,
  summary,
  where,
  withControl,
} from "../../../experiment/mod.ts";
import { portable } from "../../../random/mod.ts";
import { alignmentTimes } from "../experiments/one_step/alignment_times.ts";
import { loraStart } from "../problems/linear.ts";
import { pairedDeviation } from "../simulation/runs/paired.ts";
import { stepsPerDecade } from "../theory/linear.ts";
import { seeded } from "./seeded.ts";

const paper = "lora-one";

function c28(): Claim {
  return {
    id: "C28",
    paper,
    source: { whose: "ours" },
    statement: "The reduced population dynamics is the full one, path by path: largest deviation " +
      "over 600 steps",
    falsifier:
      "A risk that differs from the direct one by more than 1e-13, or a sin θ by more than " +
      "1e-12, within 600 steps",
    evidence: { seeds: 1, sizes: "d = 60, r = 6, r* = 3, η = 1/64", draws: "instance" },
    check: () => {
      const { put, result } = comparison(), values = [1, 0.8, 0.5];
      const { a } = loraStart(portable(40), { d: 60, k: 3, r: 6, initStd: 1e-2 });
      const { risk, sine } = pairedDeviation(values, a, { rate: 1 / 64, steps: 600 });
      put("risk", risk, 0, 1e-13);
      put("sin θ", sine, 0, 1e-12);
      return result("1e-13, 1e-12");
    },
  };
}

/** Runs of each dimension: enough that a slope 10 % off is seen. */
const COPIES = 80;

function c29(): Claim {
  const reference: [number, number, number][] = [
    [1e2, 222.6, 4.346],
    [1e3, 290.9, 4.983],
    [1e4, 363.7, 4.285],
    [1e5, 440.7, 5.216],
    [1e6, 514.9, 5.2],
  ];
  return {
    id: "C29",
    paper,
    source: { whose: "ours" },
    statement: "Alignment time grows by ½ ln 10/ln(1 + ηλ) steps per decade of d, to d = 10⁶ " +
      "(80 starts in law)",
    falsifier:
      "A mean number of steps to sin θ < 1/2 that is more than 4 standard errors of both away " +
      "from the reference's, or a slope per decade as far from ½ ln 10/ln(1 + ηλ)",
    evidence: {
      seeds: 80,
      sizes: "d = 1e2, 1e3, 1e4, 1e5, 1e6, r = 8, r* = 4, α = 1e-8, η = 1/64",
      draws: "seed",
    },
    // Control: a slope that is 10 % too large.
    ...withControl(async (_, seed, wrong) => {
      const { rows: { runs: rows } } = await alignmentTimes({ copies: COPIES, ...seeded(seed) });
      const { put, result } = comparison();
      const times = (d: number) => where(rows, "d", d).map((row) => row.steps ?? NaN);
      for (const [d, mean, se] of reference) {
        const found = summary(times(d));
        put(`d = ${d}`, found.mean, mean, 4 * Math.hypot(found.se, se));
      }
      const sizes = distinct(rows, "d");
      const fit = slope(sizes.map(Math.log10), sizes.map((d) => summary(times(d)).mean));
      const wanted = stepsPerDecade(1 / 64) * (wrong ? 1.1 : 1);
      // Of a least-squares slope over -2 … 2 decades: Σx² = 10.
      const se = Math.sqrt(sizes.reduce((sum, d, i) =>
        sum + ((i - 2) * summary(times(d)).se) ** 2, 0)) / 10;
      // To leading order in tan θ: at d = 100 the angle of a start is not yet large; what it leaves out
      // moves the first mean by two steps.
      put("steps per decade", fit, wanted, 4 * se + 0.4);
      return result("4 standard errors of both");
    }),
  };
}

/** The claims of this file. */
export const populationClaims: readonly Claim[] = [c28(), c29()];
