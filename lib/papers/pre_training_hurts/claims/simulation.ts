/**
 * Claims about simulations: theory against runs that share no code with it.
 *
 * @module
 */
import { SingleIndexChain } from "../../../chain/mod.ts";
import {
  agree,
  byPreset,
  type Claim,
  median,
  slope,
  summary,
  withControl,
} from "../../../experiment/mod.ts";
import { activation } from "../../../gaussian/mod.ts";
import { stream } from "../../../random/mod.ts";
import {
  batchRules,
  committeeExperiment,
  digitsExperiment,
  directTraining,
  exitAgainstDimension,
  exitNonlinear,
  flipCurriculum,
  meanExit,
  noiseAssistedSearch,
  noiseFloorExperiment,
  publishedProtocol,
  searchAroundCriticalBatch,
  SEED,
  stepRatios,
} from "../experiments/runs.ts";
import { flowExitSteps, linearBatchRules, linearSetting } from "../theory/predictions.ts";
import {
  criticalBatch,
  criticalStrengths,
  exitLaw,
  gradientNoise,
  growthPerStep,
  hermiteSearchMatrix,
  LoraFlow,
  noiseFloor,
  noiseShift,
  searchMatrix,
} from "../theory/mod.ts";

const paper = "pre-training-hurts";

function c15(): Claim {
  return {
    id: "C15",
    paper,
    source: { whose: "ours" },
    statement: "Slope of the mean exit step per ln d is 1/(2 ln(1 + eta lambda)), d = 1e5..1e9",
    falsifier:
      "A slope of the mean exit step per ln d, from d = 1e5 to 1e9, that is more than 1 % away " +
      "from 1/(2 ln(1 + eta lambda))",
    evidence: (preset) => ({
      seeds: byPreset(preset, 100, 400),
      sizes: "linear target, mu = 0.2, 0.5, 0.8, b = d = 1e5 and 1e9, eta = 0.1",
      draws: "seed",
    }),
    // Control: twice the slope, that of a start of size 1/d.
    ...withControl(async (preset, seed, wrong) => {
      const means = meanExit(await exitAgainstDimension(preset, seed), "mu", "d");
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      for (const mu of [0.2, 0.5, 0.8]) {
        const at = (d: number) => means.find((row) => row.mu === mu && row.d === d)!.mean;
        measured[mu] = (at(1e9) - at(1e5)) / Math.log(1e4);
        expected[mu] = exitLaw(searchMatrix(mu, activation("x")), 0.1).slope * (wrong ? 2 : 1);
      }
      return agree(measured, expected, { rel: 0.01 });
    }),
  };
}

function c16(): Claim {
  const shown: [string, number][] = [["x", 0.1], ["x", 0.5], ["x", 0.8], ["relu", 0.5], [
    "erf",
    0.5,
  ], ["sigmoid", 0.1]];
  return {
    id: "C16",
    paper,
    source: { whose: "paper", where: "public code (protocol of its run times)" },
    statement:
      "Published protocol (d = 1000, b = 500, eta = 0.2): mean exit steps of the chain follow " +
      "the flow from m0 = 0.53/sqrt(d)",
    falsifier: "A mean exit step that is more than 15 % away from the flow's for one of the six " +
      "settings, or a copy that never arrives",
    evidence: (preset) => ({
      seeds: byPreset(preset, 24, 48),
      sizes: "d = 1000, b = 500, eta = 0.2, exit at |m| = 0.5; x, ReLU, erf, sigmoid",
      draws: "seed",
    }),
    // Control: the flow from a start of size 1/d.
    ...withControl(async (preset, seed, wrong) => {
      const means = meanExit(await publishedProtocol(preset, seed), "student", "mu");
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      for (const [student, mu] of shown) {
        const row = means.find((mean) => mean.student === student && mean.mu === mu)!;
        measured[`${student} ${mu}`] = row.missing > 0 ? NaN : row.mean;
        expected[`${student} ${mu}`] = flowExitSteps(student, mu, wrong ? 1e6 : 1000, 0.2);
      }
      return agree(measured, expected, { rel: 0.15 });
    }),
  };
}

function c17(): Claim {
  return {
    id: "C17",
    paper,
    source: { whose: "ours" },
    statement: "SGD noise shortens the search by ln(1 + rho)/(2 ln(1 + eta lambda)) steps (8)",
    falsifier:
      "A shift of the mean exit step against b = 1e6 that is more than 4 steps (10 at b = 100) " +
      "away from the formula's",
    evidence: (preset) => ({
      seeds: byPreset(preset, 500, 2000),
      sizes: "linear target, mu = 0.5, d = 1e6, eta = 0.1, b = 100, 1e3, 1e4, exit at |m| = 0.03",
      draws: "seed",
    }),
    // Control: noise that changes nothing.
    ...withControl(async (preset, seed, wrong) => {
      const means = meanExit(await noiseAssistedSearch(preset, seed), "batch");
      const setting = linearSetting(1e6);
      const base = means.find((row) => row.batch === 1e6)!.mean;
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      const bounds: Record<string, number> = {};
      for (const batch of [1e4, 1e3, 100]) {
        const row = means.find((mean) => mean.batch === batch)!;
        measured[`b=${batch}`] = row.missing > 0 ? NaN : row.mean - base;
        expected[`b=${batch}`] = wrong ? 0 : noiseShift(setting, batch).shift;
        bounds[`b=${batch}`] = batch >= 1000 ? 4 : 10;
      }
      return agree(measured, expected, {
        bounds,
        text: "4 steps for b >= 1000, 10 steps at b = 100",
      });
    }),
  };
}

function c18(): Claim {
  return {
    id: "C18",
    paper,
    source: { whose: "ours" },
    statement:
      "The search stops below a batch of order b_c ~ sqrt(d) (9): fraction of runs that arrive",
    falsifier: "A run that arrives at b = 0.3 b_c, or one that does not at b = 4 b_c",
    evidence: (preset) => ({
      seeds: byPreset(preset, 50, 200),
      sizes: "linear target, mu = 0.5, d = 1e6 and 1e8, eta = 0.1, 1500 steps to |m| = 0.03",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const rows = await searchAroundCriticalBatch(
        preset,
        (d) => criticalBatch(linearSetting(d)),
        seed,
      );
      const fraction = (d: number, ratio: number) => {
        const group = rows.filter((row) => row.d === d && row.ratio === ratio);
        return group.filter((row) => row.exit !== null).length / group.length;
      };
      return agree({
        "b_c at d = 1e6": criticalBatch(linearSetting(1e6)),
        "d = 1e6, b = 0.3 b_c": fraction(1e6, 0.3),
        "d = 1e6, b = 4 b_c": fraction(1e6, 4),
        "d = 1e8, b = 0.3 b_c": fraction(1e8, 0.3),
        "d = 1e8, b = 4 b_c": fraction(1e8, 4),
      }, {
        "b_c at d = 1e6": 27.46710283669525,
        "d = 1e6, b = 0.3 b_c": 0,
        "d = 1e6, b = 4 b_c": 1,
        "d = 1e8, b = 0.3 b_c": 0,
        "d = 1e8, b = 4 b_c": 1,
      }, { abs: 1e-9, text: "b_c abs 1e-9; all or none arrive a factor 4 away from b_c" });
    },
  };
}

function c19(): Claim {
  const expected = {
    "adaptive 100000": 0.4402978,
    "adaptive 10000000": 0.406865874,
    "adaptive 1000000000": 0.40265298762,
    "constant 100000": 4.2639974398588265,
    "constant 10000000": 5.966001248282087,
    "constant 1000000000": 7.662179745818629,
  };
  return {
    id: "C19",
    paper,
    source: { whose: "ours" },
    statement: "An adaptive batch removes the logarithm: samples/d to |m| = 0.5 (linear, mu = 0.5)",
    falsifier:
      "A mean number of samples/d that is more than 5 % away from the reference's for one " +
      "batch rule and dimension",
    evidence: (preset) => ({
      seeds: byPreset(preset, 200, 400),
      sizes: "linear target, mu = 0.5, eta = 0.1, d = 1e5, 1e7, 1e9",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const rows = await batchRules(preset, linearBatchRules, seed);
      const measured = Object.fromEntries(
        Object.keys(expected).map((key) => {
          const [rule, d] = key.split(" ");
          const group = rows.filter((row) => row.rule === rule && row.d === Number(d));
          return [key, summary(group.map((row) => row.samples ?? NaN)).mean];
        }),
      );
      return agree(measured, expected, { rel: 0.05 });
    },
  };
}

function c20(): Claim {
  return {
    id: "C20",
    paper,
    source: { whose: "ours" },
    statement:
      "Hermite targets: exit(d = 1e5) - exit(d = 1e3) follows the noise-corrected slope (8)",
    falsifier:
      "A difference of the mean exit steps that is more than 3 standard errors away from the " +
      "noise-corrected slope's",
    evidence: (preset) => ({
      seeds: 48,
      sizes: `${
        byPreset(preset, "He_2 at mu = 0.5", "He_2 at mu = 0.5, He_3 at 0.5 and 0.7")
      }; d = 1e3 and 1e5, b = 3000, eta = 0.05/N_k`,
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const means = meanExit(await exitNonlinear(preset, seed), "student", "mu", "d");
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      const bounds: Record<string, number> = {};
      for (const low of means.filter((row) => row.d === 1e3)) {
        const { student, mu } = low;
        const high = means.find((row) =>
          row.student === student && row.mu === mu && row.d === 1e5
        )!;
        const target = activation(student);
        const matrix = hermiteSearchMatrix(mu, Number(student.slice(2)));
        const noise = gradientNoise(mu, target);
        const shift = (d: number) => noiseShift({ matrix, noise, step: 0.05, d }, 3000).shift;
        const name = `${student} ${mu}`;
        expected[name] = exitLaw(matrix, 0.05).slope * Math.log(100) + shift(1e5) - shift(1e3);
        measured[name] = low.missing + high.missing > 0 ? NaN : high.mean - low.mean;
        bounds[name] = 3 * Math.hypot(low.se, high.se);
      }
      return agree(measured, expected, { bounds, text: "3 standard errors" });
    },
  };
}

function c21(): Claim {
  return {
    id: "C21",
    paper,
    source: { whose: "ours" },
    statement: "Raising the step of omega removes the slow-down, raising that of u does nothing " +
      "(linear, mu = 0.9; ratio of exit steps to equal steps)",
    falsifier:
      "A ratio of mean exit steps that is more than 8 % away from the ratio of the linear " +
      "growth rates for one of five pairs of step sizes",
    evidence: (preset) => ({
      seeds: byPreset(preset, 50, 100),
      sizes: "linear target, mu = 0.9, b = d = 1e6, exit at |m| = 0.1",
      draws: "seed",
    }),
    // Control: the steps of u and omega exchanged.
    ...withControl(async (preset, seed, wrong) => {
      const means = meanExit(await stepRatios(preset, seed), "step", "stepOmega");
      const matrix = searchMatrix(0.9, activation("x"));
      const [base, ...others] = means;
      const growth = (u: number, omega: number) => Math.log1p(growthPerStep(matrix, u, omega));
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      for (const { step, stepOmega, mean, missing } of others) {
        measured[`${step} / ${stepOmega}`] = missing > 0 ? NaN : mean / base.mean;
        expected[`${step} / ${stepOmega}`] = growth(0.1, 0.1) /
          (wrong ? growth(stepOmega, step) : growth(step, stepOmega));
      }
      return agree(measured, expected, { rel: 0.08 });
    }),
  };
}

function c22(): Claim {
  return {
    id: "C22",
    paper,
    source: { whose: "ours" },
    statement:
      "The flip curriculum on He_3 succeeds iff 2 mu > mu_c; direct training iff mu > mu_c",
    falsifier:
      "A run with 2 mu > mu_c that the flip does not bring to s = 1, one with 2 mu < mu_c that " +
      "it does, or a direct run that ends on the wrong side of mu_c",
    evidence: (preset) => ({
      seeds: byPreset(preset, 4, 16),
      sizes: "He_3, mu = 0.1, 0.2, 0.4, 0.6, d = 1000, b = 500",
      draws: "seed",
    }),
    // Control: a flip that does not double the strength.
    ...withControl(async (preset, seed, wrong) => {
      const flipped = await flipCurriculum(preset, seed);
      const direct = await directTraining(preset, seed), factor = wrong ? 1 : 2;
      const [muC] = criticalStrengths((mu) => hermiteSearchMatrix(mu, 3).A);
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      const bounds: Record<string, number> = {};
      for (const mu of [0.1, 0.2, 0.4, 0.6]) {
        const stage2 = flipped.filter((row) => row.mu === mu && row.stage === 2);
        const begin = Math.min(...stage2.map((row) => row.at));
        const end = Math.max(...stage2.map((row) => row.at));
        const learnt = (rows: { s: number }[]) =>
          rows.filter((row) => Math.abs(row.s - 1) < 0.05).length / rows.length;
        measured[`${mu} flip succeeds`] = learnt(stage2.filter((row) => row.at === end));
        expected[`${mu} flip succeeds`] = factor * mu > muC ? 1 : 0;
        measured[`${mu} direct succeeds`] = learnt(direct.filter((row) => row.mu === mu));
        expected[`${mu} direct succeeds`] = mu > muC ? 1 : 0;
        measured[`${mu} s after flip`] = median(
          stage2.filter((row) => row.at === begin).map((row) => row.s),
        );
        expected[`${mu} s after flip`] = factor * mu;
        bounds[`${mu} flip succeeds`] = bounds[`${mu} direct succeeds`] = 0;
        bounds[`${mu} s after flip`] = 0.05 * 2 * mu;
      }
      return agree(measured, expected, { bounds, text: "fractions exact, s after flip rel 0.05" });
    }),
  };
}

function c23(): Claim {
  return {
    id: "C23",
    paper,
    source: { whose: "ours" },
    statement:
      "Misaligned w0 = mu w* + (1 - mu) xi: |m|, |n| -> 1/sqrt 2, q -> 1, |u| -> sqrt 2 (1 - mu)",
    falsifier:
      "A copy whose |m| or |n| ends more than 1e-4 away from 1/sqrt 2, or whose q ends as far " +
      "from 1",
    evidence: {
      seeds: 4,
      sizes: "x, erf, ReLU at mu = 0.6, d = 100, b = 500, 2500 steps; the flow to t = 120",
      draws: "seed",
    },
    check: (_, { seed = SEED }) => {
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      const mu = 0.6, half = Math.SQRT1_2;
      for (const name of ["x", "erf", "relu"]) {
        const model = {
          student: activation(name),
          d: 100,
          frozen: [mu, 1 - mu],
          batch: 500,
          step: 0.5,
        };
        const chain = new SingleIndexChain(model, 4, stream(seed, "misaligned", name));
        chain.run(2500);
        const { u, a } = chain.state;
        const worst = (value: (c: number) => number, wanted: number) => {
          const all = [0, 1, 2, 3].map(value);
          return all.reduce((p, q) => Math.abs(p - wanted) > Math.abs(q - wanted) ? p : q);
        };
        measured[`${name} |m|`] = worst((c) => Math.abs(a[2 * c]), half);
        measured[`${name} |n|`] = worst((c) => Math.abs(a[2 * c + 1]), half);
        measured[`${name} q`] = worst((c) => mu + u[c] * a[2 * c], 1);
        Object.assign(expected, { [`${name} |m|`]: half, [`${name} |n|`]: half, [`${name} q`]: 1 });
      }
      const x = activation("x");
      const flow = new LoraFlow({ student: x, frozen: [mu, 1 - mu], a0: [10 ** -1.5, 0] });
      const [end] = flow.path([120]);
      Object.assign(measured, { "flow u": end.u, "flow m": end.m, "flow n": end.n });
      Object.assign(expected, {
        "flow u": Math.SQRT2 * (1 - mu),
        "flow m": half,
        "flow n": -half,
      });
      return agree(measured, expected, { abs: 1e-4 });
    },
  };
}

function c26(): Claim {
  return {
    id: "C26",
    paper,
    source: { whose: "ours" },
    statement:
      "Label-noise floor: 1 - |m| = eta Delta d/(4b), excess risk (1 - mu)^2 times it (linear)",
    falsifier:
      "A mean 1 - |m| or excess risk that is more than 5 % away from its formula for one " +
      "strength and batch",
    evidence: (preset) => ({
      seeds: byPreset(preset, 10, 40),
      sizes: "linear target, mu = 0.2, 0.5, 0.7, d = 1e5, b = d and 4d, eta = 0.1, Delta = 0.5",
      draws: "seed",
    }),
    // Control: the floor of twice the label noise.
    ...withControl(async (preset, seed, wrong) => {
      const rows = await noiseFloorExperiment(preset, seed), labelNoise = wrong ? 1 : 0.5;
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      for (const mu of [0.2, 0.5, 0.7]) {
        for (const batch of [1e5, 4e5]) {
          const group = rows.filter((row) => row.mu === mu && row.batch === batch);
          const name = `mu = ${mu}, b = ${batch / 1e5}d`;
          const floor = noiseFloor({ step: 0.1, labelNoise, d: 1e5, batch, mu, kappa: 1 });
          measured[`${name}: 1 - |m|`] = summary(group.map((row) => row.gap)).mean;
          measured[`${name}: excess risk`] = summary(group.map((row) => row.excessRisk)).mean;
          expected[`${name}: 1 - |m|`] = floor.gap;
          expected[`${name}: excess risk`] = floor.excessRisk;
        }
      }
      return agree(measured, expected, { rel: 0.05 });
    }),
  };
}

function c27(): Claim {
  const expected: Record<string, number> = {
    "rank 1, mu 0.1": 5.080476739236936e-3,
    "rank 1, mu 0.5": 1.9991245276874924e-3,
    "rank 1, mu 0.9": 2.9733636043616576e-4,
    "rank 2, mu 0.9": 2.873888297151399e-4,
    "rank 4, mu 0.9": 2.5607053366448473e-4,
  };
  const learnt = ["rank 2, mu 0.1", "rank 2, mu 0.5", "rank 4, mu 0.1", "rank 4, mu 0.5"];
  return {
    id: "C27",
    paper,
    source: { whose: "ours" },
    statement:
      "Committee (ReLU, K = 4): rank 1 stays on a plateau, rank >= 2 learns unless mu is strong",
    falsifier:
      "A plateau that is off by more than a factor 2, or a test loss above 1e-5 at rank >= 2 " +
      "and mu <= 0.5",
    evidence: (preset) => ({
      seeds: byPreset(preset, 1, 4),
      sizes: `ReLU, K = 4, d = 100, b = ${
        byPreset(preset, 100, 300)
      }, 2500 steps, ranks 1, 2, 4, mu = 0.1, 0.5, 0.9`,
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const rows = await committeeExperiment(preset, "relu", seed);
      const last = Math.max(...rows.map((row) => row.at));
      const loss = (name: string) => {
        const [rank, mu] = name.match(/[\d.]+/g)!.map(Number);
        const end = rows.filter((row) => row.rank === rank && row.mu === mu && row.at === last);
        return summary(end.map((row) => row.loss)).mean;
      };
      const plateau = agree(
        Object.fromEntries(Object.keys(expected).map((name) => [name, Math.log2(loss(name))])),
        Object.fromEntries(Object.entries(expected).map(([name, x]) => [name, Math.log2(x)])),
        { abs: 1 },
      );
      const names = [...Object.keys(expected), ...learnt];
      return {
        measured: Object.fromEntries(names.map((name) => [name, loss(name)])),
        expected: { ...expected, ...Object.fromEntries(learnt.map((name) => [name, "< 1e-5"])) },
        tolerance: "plateaus: factor 2; learnt: test loss below 1e-5",
        pass: plateau.pass && learnt.every((name) => loss(name) < 1e-5),
      };
    },
  };
}

function c28(): Claim {
  return {
    id: "C28",
    paper,
    source: { whose: "ours" },
    statement: "Digits: the median search time grows like (1 - mu)^-1.9",
    falsifier:
      "A log-log slope of the median search time against 1 - mu that is more than 0.2 away " +
      "from -1.9",
    evidence: (preset) => ({
      seeds: ["1", "2", "3", "4"],
      sizes: `8 x 8 digits, 64-32-10 network, ${byPreset(preset, 5, 6)} strengths from 0 to ${
        byPreset(preset, 0.8, 0.9)
      }`,
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const rows = await digitsExperiment(preset, seed);
      const mus = [...new Set(rows.map((row) => row.mu))];
      const medians = mus.map((mu) =>
        median(rows.filter((row) => row.mu === mu).map((row) => row.exit ?? NaN))
      );
      const exponent = slope(mus.map((mu) => Math.log(1 - mu)), medians.map(Math.log));
      return agree({ exponent }, { exponent: -1.9 }, { abs: 0.2 });
    },
  };
}

/** The claims of this file, in the order of the specification. */
export const simulationClaims: readonly Claim[] = [
  c15(),
  c16(),
  c17(),
  c18(),
  c19(),
  c20(),
  c21(),
  c22(),
  c23(),
  c26(),
  c27(),
  c28(),
];
