/**
 * Claims about alignment, escape and the second mode: C5–C6c, C13.
 *
 * Expected numbers are the reference values of the specification, from an independent implementation.
 *
 * @module
 */
import {
  agree,
  atMost,
  byPreset,
  type Claim,
  distinct,
  slope,
  summary,
  where,
  withControl,
} from "../../../experiment/mod.ts";
import { figureOne, seeds, singleAdapter, twoModes } from "../experiments/runs.ts";
import { misalignment, stackNorm, stackOf } from "../measures.ts";
import { factorization, growthModes } from "../model.ts";
import {
  AdapterFlow,
  doubleProblem,
  doubleStart,
  factorStart,
  sigmaOf,
} from "../simulation/mod.ts";
import {
  alignmentLaw,
  escapeLaw,
  escapeTime,
  linearStack,
  modeHalfTimes,
  startPower,
} from "../theory/mod.ts";

const paper = "gradient-flow-mf";

/** Predicted escape time of a run of problem MF, from its start alone. */
export function predictedEscape(
  row: {
    d: number;
    r: number;
    sigma: string;
    scheme: "gauss" | "zeroB" | "zeroA" | "balanced" | "spectral";
    alpha: number;
    end: number;
    seed: string;
  },
): number {
  const problem = factorization(row.d, sigmaOf(row)), start = factorStart(row, row.seed);
  return escapeTime({ s: 1, sigma: 1, power: startPower(growthModes(problem), start) });
}

function c5(): Claim {
  const bounds: Record<string, number> = {
    "0.01": 1.3e-2,
    "0.001": 2e-4,
    "0.0001": 2.4e-6,
    "0.00001": 4.4e-7,
  };
  return {
    id: "C5",
    paper,
    source: { whose: "ours" },
    statement: "Escape time without a fit: largest |simulated − predicted| over seeds, by α",
    falsifier:
      "A half-time of a seed that is off the predicted one by more than 1.3e-2, 2e-4, 2.4e-6, " +
      "4.4e-7 at α = 1e-2, 1e-3, 1e-4, 1e-5",
    evidence: (preset) => ({
      seeds: byPreset(preset, 6, 30),
      sizes: `problem MF, d = 20, r = 4, α = ${
        byPreset(preset, "1e-2, 1e-3, 1e-5", "1e-2, 1e-3, 1e-4, 1e-5")
      }`,
      draws: "seed",
    }),
    // Control: a start 1 % later.
    ...withControl(async (preset, seed, wrong) => {
      const rows = await singleAdapter(preset, seed), measured: Record<string, number> = {};
      for (const alpha of distinct(rows, "alpha")) {
        const gaps = where(rows, "alpha", alpha).map((row) =>
          Math.abs((row.half1 ?? NaN) - predictedEscape(row) * (wrong ? 1.01 : 1))
        );
        measured[alpha.toFixed(5).replace(/0+$/, "")] = Math.max(...gaps);
      }
      const wanted = Object.fromEntries(Object.keys(measured).map((key) => [key, bounds[key]]));
      return atMost(measured, wanted);
    }),
  };
}

function c5b(): Claim {
  return {
    id: "C5b",
    paper,
    source: { whose: "ours" },
    statement:
      "Law of the escape time: mean and sd by digamma and trigamma, slope 1/λ in log(1/α); " +
      "the spectral start needs log(1/α) exactly, B = 0 log 2/(2λ) more than gauss",
    falsifier:
      "A mean half-time at α = 1e-5 that is more than 4 standard errors off its law, a slope " +
      "in log(1/α) off 1 by 0.005, or a spectral start off log(1/α) by 1e-4",
    evidence: (preset) => ({
      seeds: byPreset(preset, 6, 30),
      sizes: "problem MF, d = 20, r = 4, and problem D, d = 20, r = 4; law at α = 1e-5",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const rows = await singleAdapter(preset, seed);
      const law = escapeLaw({ s: 1, sigma: 1, alpha: 1e-5, r: 4 });
      const half = (alpha: number) => where(rows, "alpha", alpha).map((row) => row.half1 ?? NaN);
      const sample = summary(half(1e-5));
      const scales = distinct(rows, "alpha");
      const one = where(await figureOne(preset, seed), "alpha", 1e-5);
      const mean = (scheme: string) =>
        summary(where(where(one, "scheme", scheme), "at", 0).map((row) => row.half ?? NaN)).mean;
      const zeroB = escapeLaw({ s: 1, sigma: 1, alpha: 1e-5, r: 4, scheme: "zeroB" });
      const count = where(where(one, "scheme", "zeroB"), "at", 0).length;
      return agree(
        {
          "law mean": law.mean,
          "law sd": law.sd,
          "sample mean": sample.mean,
          "slope in log 1/α": slope(
            scales.map((alpha) => Math.log(1 / alpha)),
            scales.map((alpha) => summary(half(alpha)).mean),
          ),
          "zeroB in problem D": mean("zeroB"),
          spectral: mean("spectral"),
        },
        {
          "law mean": 11.3015,
          "law sd": 0.4015,
          "sample mean": law.mean,
          "slope in log 1/α": 1,
          "zeroB in problem D": zeroB.mean,
          spectral: Math.log(1e5),
        },
        {
          bounds: {
            "law mean": 5e-5,
            "law sd": 5e-5,
            "sample mean": 4 * law.sd / Math.sqrt(sample.n),
            "slope in log 1/α": 0.005,
            "zeroB in problem D": 4 * zeroB.sd / Math.sqrt(count),
            spectral: 1e-4,
          },
          text: "digits of the reference; samples within 4 standard errors; slope 0.005",
        },
      );
    },
  };
}

const CELL = { d: 20, r: 4, s1: 0.5, scheme: "gauss" as const, end: 0, points: 2 };

function c6(): Claim {
  return {
    id: "C6",
    paper,
    source: { whose: "ours", where: "on Claim 3.1" },
    statement:
      "Alignment phase at α = 1e-5: flow against linearised flow, and its asymptotic formula, " +
      "at t = 3.5, 5.8, 8.1 (0.3, 0.5, 0.7 log(1/α) on the reference's grid); largest relative " +
      "deviation over seeds",
    falsifier:
      "A seed whose alignment is off the linearised flow's, or the formula's off it, by more " +
      "than the bounds 1.25e-7 ... 5.65e-6 at the three times",
    evidence: (preset) => ({
      seeds: byPreset(preset, 5, 30),
      sizes: "problem D, d = 20, r = 4, s₁ = 1/2, α = 1e-5, t = 3.5, 5.8, 8.1",
      draws: "seed",
    }),
    check: (preset, { seed: name }) => {
      const times = [3.5, 5.8, 8.1];
      const flow = [0, 0, 0], formula = [0, 0, 0];
      for (const seed of seeds(200, preset === "full" ? 30 : 5, name)) {
        const cell = { ...CELL, alpha: 1e-5 }, problem = doubleProblem(cell);
        const start = doubleStart(cell, seed), modes = growthModes(problem);
        const solver = new AdapterFlow(problem, start), { states } = solver.solve(times);
        times.forEach((t, i) => {
          const y = solver.adapters(states[i]);
          const linear = misalignment(linearStack(modes, start, t), modes.modes1[0]);
          const simulated = misalignment(stackOf(y.b1, y.a1), modes.modes1[0]);
          flow[i] = Math.max(flow[i], Math.abs(simulated / linear - 1));
          formula[i] = Math.max(formula[i], Math.abs(alignmentLaw(problem, start, t) / linear - 1));
        });
      }
      const named = (values: number[]) => ({
        "flow 0.3": values[0],
        "flow 0.5": values[1],
        "flow 0.7": values[2],
        "formula 0.3": values[3],
        "formula 0.5": values[4],
        "formula 0.7": values[5],
      });
      const bounds = [1.25e-7, 1.35e-5, 1.35e-3, 5.45e-2, 5.65e-4, 5.65e-6];
      return atMost(named([...flow, ...formula]), named(bounds));
    },
  };
}

function c6b(): Claim {
  const reference: Record<string, number> = {
    "1 − cos at 2, α = 1e-5": 0.1338,
    "1 − cos at 4, α = 1e-5": 3.29e-3,
    "1 − cos at 6, α = 1e-5": 6.07e-5,
    "1 − cos at 8, α = 1e-5": 1.11e-6,
    "‖Z₁‖ at 2, α = 1e-5": 1.5e-4,
    "‖Z₁‖ at 4, α = 1e-5": 1.0e-3,
    "‖Z₁‖ at 6, α = 1e-5": 7.6e-3,
    "‖Z₁‖ at 8, α = 1e-5": 5.6e-2,
    "1 − cos at 2, α = 1e-4": 0.1338,
    "1 − cos at 4, α = 1e-4": 3.29e-3,
    "1 − cos at 6, α = 1e-4": 6.07e-5,
    "1 − cos at 8, α = 1e-4": 1.13e-6,
  };
  return {
    id: "C6b",
    paper,
    source: { whose: "ours" },
    statement:
      "Adapters are aligned while they are tiny, and the alignment curve does not depend on α " +
      "before the escape (mean over 30 seeds)",
    falsifier:
      "A mean 1 − cos or ‖Z₁‖ at t = 2, 4, 6, 8 that is off the reference's by more than 0.5 % " +
      "and 4 %, at α = 1e-5 or 1e-4",
    evidence: {
      seeds: 30,
      sizes: "problem D, d = 20, r = 4, s₁ = 1/2, α = 1e-4, 1e-5",
      draws: "instance",
    },
    check: () => {
      const measured: Record<string, number> = {}, times = [2, 4, 6, 8];
      for (const [alpha, name] of [[1e-5, "1e-5"], [1e-4, "1e-4"]] as const) {
        const gaps = times.map(() => 0), norms = times.map(() => 0), count = 30;
        for (const seed of seeds(200, count)) {
          const cell = { ...CELL, alpha }, problem = doubleProblem(cell);
          const flow = new AdapterFlow(problem, doubleStart(cell, seed));
          const mode = growthModes(problem).modes1[0];
          flow.solve(times, { rtol: 1e-10 }).states.forEach((state, i) => {
            const y = flow.adapters(state);
            gaps[i] += misalignment(stackOf(y.b1, y.a1), mode) / count;
            norms[i] += stackNorm(y) / count;
          });
        }
        times.forEach((t, i) => {
          measured[`1 − cos at ${t}, α = ${name}`] = gaps[i];
          if (alpha === 1e-5) measured[`‖Z₁‖ at ${t}, α = ${name}`] = norms[i];
        });
      }
      const bounds = Object.fromEntries(
        Object.entries(reference).map((
          [key, value],
        ) => [key, (key[0] === "1" ? 0.005 : 0.04) * value]),
      );
      return agree(measured, reference, { bounds, text: "digits of the reference" });
    },
  };
}

function c6c(): Claim {
  return {
    id: "C6c",
    paper,
    source: { whose: "ours", where: "on Claim 3.2" },
    statement:
      "Misalignment at the escape falls like α^{2(1 − λ₂/λ₁)}: exponent 1 for singular values " +
      "1 and ½ (geometric mean over seeds, α from 1e-4 to 1e-5)",
    falsifier:
      "An exponent of the misalignment at the escape, from α = 1e-4 to 1e-5, that is off 1 by " +
      "more than 0.05 (quick preset: 0.1)",
    evidence: (preset) => ({
      seeds: byPreset(preset, 5, 20),
      sizes: "problem MF, d = 20, r = 4, singular values 1 and 1/2",
      draws: "seed",
    }),
    // Control: the exponent of a rank-one target.
    ...withControl(async (preset, seed, wrong) => {
      const rows = await twoModes(preset, seed);
      const level = (alpha: number) =>
        summary(where(rows, "alpha", alpha).map((row) => Math.log(row.gap ?? NaN))).mean;
      const measured = { exponent: (level(1e-4) - level(1e-5)) / Math.log(10) };
      // Converging from above: the reference has 1.038 over this decade, 1.17 over all.
      return agree(measured, { exponent: wrong ? 2 : 1 }, { abs: preset === "full" ? 0.05 : 0.1 });
    }),
  };
}

function c13(): Claim {
  return {
    id: "C13",
    paper,
    source: { whose: "ours" },
    statement:
      "Both half-times of a rank-two target without a fit (α = 1e-4), and rank 2 < k = 3 ends " +
      "at ½σ₃²",
    falsifier:
      "A half-time of a seed that is off the predicted one by more than 1.95e-4 (mode 1) or " +
      "1.2e-5 (mode 2), or a final loss of rank 2 off 1/32 by 1e-9",
    evidence: (preset) => ({
      seeds: byPreset(preset, 5, 20),
      sizes:
        "problem MF, d = 20, r = 4, singular values 1 and 1/2, α = 1e-4; rank 2 of 3 at d = 12",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const rows = where(await twoModes(preset, seed), "alpha", 1e-4);
      let first = 0, second = 0;
      for (const row of rows) {
        const problem = factorization(row.d, sigmaOf(row));
        const { times } = modeHalfTimes(problem, factorStart(row, row.seed));
        first = Math.max(first, Math.abs((row.half1 ?? NaN) - times[0]));
        second = Math.max(second, Math.abs((row.half2 ?? NaN) - times[1]));
      }
      const cell = {
        ...{ d: 12, r: 2, sigma: "1, 0.5, 0.25", scheme: "gauss" as const, alpha: 1e-3, end: 150 },
      };
      const flow = new AdapterFlow(factorization(12, sigmaOf(cell)), factorStart(cell, "400"));
      const [loss] = flow.solve([cell.end]).losses;
      return atMost(
        { "mode 1": first, "mode 2": second, "deficient rank": loss - 0.03125 },
        { "mode 1": 1.95e-4, "mode 2": 1.2e-5, "deficient rank": 1e-9 },
      );
    },
  };
}

/** The claims of this file. */
export const escapeClaims: readonly Claim[] = [c5(), c5b(), c6(), c6b(), c6c(), c13()];
