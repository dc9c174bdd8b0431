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
import { identity, type Matrix, matrix, qr } from "../../../linalg/mod.ts";
import { alignmentExperiment } from "../experiments/runs.ts";
import { alignment } from "../measures.ts";
import { loraStart, population } from "../model.ts";
import { portable } from "../../../random/mod.ts";
import { LinearDescent, ReducedDescent, type ReducedStart } from "../simulation/mod.ts";
import { stepsPerDecade } from "../theory/mod.ts";

const paper = "lora-one";

/** `A₀` in reduced coordinates, with `U = [e₁ … e_{r*}]`: `a` its first rows, `b` from `QR` of the rest. */
export function reducedCoordinates(a: Matrix, rank: number): ReducedStart {
  const r = a.columns, rest = matrix(a.rows - rank, r, a.data.slice(rank * r));
  return { a: matrix(rank, r, a.data.slice(0, rank * r)), b: qr(rest).r };
}

/** Largest deviations of the reduced from the direct dynamics along one path. */
export function pairedDeviation(steps: number): { risk: number; sine: number } {
  const d = 60, rank = 3, r = 6, values = [1, 0.8, 0.5], target = identity(d, rank);
  target.data.forEach((x, i) => target.data[i] = x * values[i % rank]);
  const problem = population(target);
  const start = loraStart(portable(40), { d, k: rank, r, initStd: 1e-2 });
  const direct = new LinearDescent(problem, start, { rate: 1 / 64 });
  const reduced = new ReducedDescent(values, reducedCoordinates(start.a, rank), 1 / 64);
  let risk = 0, sine = 0;
  const u = identity(d, rank);
  direct.advance(steps, (t) => {
    while (reduced.steps < t) reduced.step();
    risk = Math.max(risk, Math.abs(direct.risk() - reduced.risk()));
    if (t % 20 === 0) sine = Math.max(sine, Math.abs(alignment(direct.a, u) - reduced.sine()));
  });
  return { risk, sine };
}

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
      const { put, result } = comparison(), { risk, sine } = pairedDeviation(600);
      put("risk", risk, 0, 1e-13);
      put("sin θ", sine, 0, 1e-12);
      return result("1e-13, 1e-12");
    },
  };
}

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
      "(20 starts in law)",
    falsifier:
      "A mean number of steps to sin θ < 1/2 that is more than 4 standard errors of both away " +
      "from the reference's, or a slope per decade as far from ½ ln 10/ln(1 + ηλ)",
    evidence: {
      seeds: 20,
      sizes: "d = 1e2, 1e3, 1e4, 1e5, 1e6, r = 8, r* = 4, α = 1e-8, η = 1/64",
      draws: "seed",
    },
    // Control: twice the slope, that of a start of size 1/d.
    ...withControl(async (_, seed, wrong) => {
      const rows = await alignmentExperiment(seed), { put, result } = comparison();
      const times = (d: number) => where(rows, "d", d).map((row) => row.steps ?? NaN);
      for (const [d, mean, se] of reference) {
        const found = summary(times(d));
        put(`d = ${d}`, found.mean, mean, 4 * Math.hypot(found.se, se));
      }
      const sizes = distinct(rows, "d");
      const fit = slope(sizes.map(Math.log10), sizes.map((d) => summary(times(d)).mean));
      // Independent means at both ends: the slope's error is about se·√2/4 times 1.3.
      const wanted = stepsPerDecade(1 / 64) * (wrong ? 2 : 1);
      put("steps per decade", fit, wanted, 4 * 0.46 * summary(times(1e4)).se);
      return result("4 standard errors of both");
    }),
  };
}

/** The claims of this file. */
export const populationClaims: readonly Claim[] = [c28(), c29()];
