/**
 * Claims about misaligned targets, competing adapters and their rates: C10–C12, C19, C20.
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
  comparison,
  geomspace,
  linspace,
  summary,
  where,
} from "../../../experiment/mod.ts";
import { type Matrix, matrix } from "../../../linalg/mod.ts";
import { solveOde } from "../../../ode/mod.ts";
import { portable } from "../../../random/mod.ts";
import { competition, type DoubleRows, seeds } from "../experiments/runs.ts";
import { canonical, growthModes, type Problem, type Scheme, startAdapters } from "../model.ts";
import { AdapterFlow, doubleProblem, doubleStart } from "../simulation/mod.ts";
import { finalSplit, startPower, type UniversalCurve, universalCurve } from "../theory/mod.ts";

const paper = "gradient-flow-mf";

/** F5: `W₂ = diag(1, s_b, 1, …)`, target direction at an angle in the first two coordinates. */
export function tilted(d: number, degrees: number, sb: number): Problem {
  const w2 = matrix(d, d), target = matrix(d, d), phi = degrees * Math.PI / 180;
  for (let i = 0; i < d; i++) w2.data[i * d + i] = i === 1 ? sb : 1;
  target.data[0] = Math.cos(phi);
  target.data[d] = Math.sin(phi);
  return { w2, target };
}

/** The universal curve of {@linkcode tilted}. */
export function tiltedCurve(degrees: number, sb: number): UniversalCurve {
  const phi = degrees * Math.PI / 180;
  return universalCurve({ s: [1, sb], u: [Math.cos(phi), Math.sin(phi)] });
}

/** Slope of `½ log L` and limit of `‖A‖²` in a simulation of a tilted problem from a small start. */
export function tiltedSimulation(degrees: number, sb: number): { mu: number; aSquared: number } {
  const problem = tilted(2, degrees, sb);
  const start = startAdapters(problem, { r: 1, scheme: "spectral", alpha: 1e-5 });
  const flow = new AdapterFlow(problem, start), curve = tiltedCurve(degrees, sb);
  const escape = Math.log(1e5) / curve.rate;
  const [from, to] = [26, 34].map((folds) => escape + 3 + folds / (2 * curve.mu));
  const { losses, states } = flow.solve([from, to]);
  const { a1 } = flow.adapters(states[1]);
  return {
    mu: Math.log(losses[0] / losses[1]) / (2 * (to - from)),
    aSquared: a1.data.reduce((sum, x) => sum + x * x, 0),
  };
}

function c10(): Claim {
  const reference: Record<string, number> = {
    "15°": 0.14833,
    "30°": 0.2756,
    "45°": 0.40637,
    "60°": 0.51095,
    "30°, s = 0.1": 0.09859,
  };
  const times: Record<string, number> = { "15°": 39.76, "30°": 27.24, "45°": 20.62, "60°": 17.07 };
  return {
    id: "C10",
    paper,
    source: { whose: "ours", where: "outside Assumption 2.2" },
    statement:
      "Misaligned target: local rate μ (theory, and fitted to a simulation), limit of ‖A‖² and " +
      "time to L = 1e-6 of the universal curve",
    falsifier:
      "A rate μ off the reference's by 6e-6, one fitted to a run off it by 1e-4 of it, a limit " +
      "of ‖A‖² off by 1e-6 of it, or a time to L = 1e-6 off by 6e-3",
    evidence: {
      seeds: 0,
      sizes: "problem S, d = 2, angles 0°, 15°, 30°, 45°, 60°, s = (1, 0.3) and (1, 0.1)",
      draws: "nothing",
    },
    check: () => {
      const { put, result } = comparison();
      for (const [key, mu] of Object.entries(reference)) {
        const degrees = parseFloat(key), sb = key.includes("0.1") ? 0.1 : 0.3;
        const curve = tiltedCurve(degrees, sb), run = tiltedSimulation(degrees, sb);
        put(`μ, ${key}`, curve.mu, mu, 6e-6);
        put(`fitted μ, ${key}`, run.mu, curve.mu, 1e-4 * curve.mu);
        put(`a², ${key}`, run.aSquared, curve.aSquared, 1e-6 * curve.aSquared);
        if (times[key]) put(`t(1e-6), ${key}`, curve.timeBelow(1e-6), times[key], 6e-3);
      }
      put("t(1e-6), 0°", universalCurve({ s: [1], u: [1] }).timeBelow(1e-6), 3.28, 6e-3);
      return result("digits of the reference; fitted μ rel 1e-4, ‖A‖² rel 1e-6");
    },
  };
}

/** Largest `|Δ log L|` of a random start against the shifted universal curve, where `L > 1e-9`. */
export function collapse(
  alpha: number,
): { rows: { at: number; loss: number; curve: number }[]; worst: number } {
  const problem = tilted(10, 30, 0.3), curve = tiltedCurve(30, 0.3);
  const start = startAdapters(problem, { r: 1, scheme: "gauss", alpha, draws: portable(81) });
  const tau = curve.shift(Math.sqrt(startPower(growthModes(problem), start)));
  const times = linspace(0, 60 - tau / 2, 241);
  const { losses } = new AdapterFlow(problem, start).solve(times);
  const rows = times.map((at, i) => ({ at, loss: losses[i], curve: curve.loss(at + tau) }));
  const gaps = rows.filter((row) => row.loss > 1e-9)
    .map((row) => Math.abs(Math.log(row.loss / row.curve)));
  return { rows, worst: Math.max(...gaps) };
}

function c10b(): Claim {
  return {
    id: "C10b",
    paper,
    source: { whose: "ours", where: "outside Assumption 2.2" },
    statement:
      "Random starts collapse on the universal curve after the predicted shift, without a fit: " +
      "largest |Δ log L|",
    falsifier:
      "A distance of log L from the shifted universal curve, where L > 1e-9, above 8.4e-2, " +
      "8e-3, 8e-4 at α = 1e-2, 1e-3, 1e-4",
    evidence: { seeds: 1, sizes: "problem S, d = 10, r = 1, 30°, s = 0.3", draws: "instance" },
    check: () =>
      atMost(
        {
          "α = 1e-2": collapse(1e-2).worst,
          "α = 1e-3": collapse(1e-3).worst,
          "α = 1e-4": collapse(1e-4).worst,
        },
        { "α = 1e-2": 8.4e-2, "α = 1e-3": 8e-3, "α = 1e-4": 8e-4 },
      ),
  };
}

function c10c(): Claim {
  return {
    id: "C10c",
    paper,
    source: { whose: "ours", where: "outside Assumption 2.2" },
    statement: "What lies outside the range of W₂ stays: L(60) = ½ sin² 30°",
    falsifier: "A loss at t = 60 that is off ½ sin² 30° = 1/8 by more than 1e-9",
    evidence: {
      seeds: 1,
      sizes: "problem S, d = 10, r = 1, 30°, s = 0, α = 1e-3",
      draws: "instance",
    },
    check: () => {
      const problem = tilted(10, 30, 0);
      const start = startAdapters(problem, {
        r: 1,
        scheme: "gauss",
        alpha: 1e-3,
        draws: portable(81),
      });
      const [loss] = new AdapterFlow(problem, start).solve([60]).losses;
      const phi = Math.PI / 6;
      const curve = universalCurve({ s: [1, 0], u: [Math.cos(phi), Math.sin(phi)] });
      return agree(
        { "L(60)": loss, theory: curve.irreducible },
        { "L(60)": 0.125, theory: 0.125 },
        {
          abs: 1e-9,
        },
      );
    },
  };
}

/** Losses of C11 at `T + 10`, `T + 40`, `T + 160`, `T = log(1/α)/λ₁`. */
export function misalignedDouble(degrees: number, scheme: Scheme, seed: string): readonly number[] {
  const problem = canonical({ d: 20, s2: 1, s1: 0.5, phi: degrees * Math.PI / 180, gmin: 0.2 });
  const start = startAdapters(problem, {
    r: 4,
    scheme,
    alpha: 1e-4,
    draws: portable(Number(seed)),
  });
  const T = Math.log(1e4) / growthModes(problem).rates1[0];
  return new AdapterFlow(problem, start).solve([T + 10, T + 40, T + 160]).losses;
}

function c11(): Claim {
  return {
    id: "C11",
    paper,
    source: { whose: "ours", where: "outside Assumption 2.2" },
    statement:
      "Two adapters, target at 30°: a gradient-spectral start does not shorten the transient " +
      "(its loss stays within 0.8 to 1.1 of the mean Gaussian one); when aligned it ends below " +
      "1e-17",
    falsifier:
      "A ratio of the spectral start's loss and the mean Gaussian one outside 0.8 to 1.1 at T " +
      "+ 10, T + 40 or T + 160, or an aligned spectral start above 1e-17",
    evidence: (preset) => ({
      seeds: byPreset(preset, 4, 20),
      sizes: "problem D, d = 20, r = 4, s₁ = 1/2, 30°, α = 1e-4",
      draws: "seed",
    }),
    check: (preset, { seed: name }) => {
      const spectral = misalignedDouble(30, "spectral", "0");
      const reference = [8.817569754296698e-4, 4.7227600235797925e-4, 4.34456362794104e-5];
      const { put, result } = comparison();
      const runs = seeds(500, preset === "full" ? 20 : 4, name).map((seed) =>
        misalignedDouble(30, "gauss", seed)
      );
      ["T + 10", "T + 40", "T + 160"].forEach((time, i) => {
        put(`spectral, ${time}`, spectral[i], reference[i], 1e-6 * reference[i]);
        const mean = summary(runs.map((run) => run[i])).mean;
        put(`spectral/gauss, ${time}`, spectral[i] / mean, 0.95, 0.15);
      });
      put("aligned, spectral, T + 10", misalignedDouble(0, "spectral", "0")[0], 0, 1e-17);
      return result("spectral rel 1e-6 to the reference; ratio from 0.8 to 1.1; 1e-17");
    },
  };
}

/** Final shares of F6 against the conserved quantity: rows of one `s₁` and α. */
export function sharesOf(rows: DoubleRows): (DoubleRows[number] & { predicted: number })[] {
  return rows.filter((row) => row.at > 0).map((row) => {
    const modes = growthModes(doubleProblem(row)), start = doubleStart(row, row.seed);
    const half = (adapter: 1 | 2) => 0.5 * startPower(modes, start, adapter);
    const split = finalSplit({ s2: 1, s1: row.s1, x1: half(1), x2: half(2) });
    return { ...row, predicted: split.x2 };
  });
}

function c12(): Claim {
  const bounds: Record<string, number> = {
    "0.25": 2.05e-5,
    "0.5": 8.4e-7,
    "0.75": 1.1e-7,
    "0.9": 3.4e-8,
  };
  const exponents: Record<string, number> = {
    "0.25": 1.5,
    "0.5": 0.9986,
    "0.75": 0.434,
    "0.9": 0.106,
  };
  return {
    id: "C12",
    paper,
    source: { whose: "ours", where: "on Eq. (11)" },
    statement:
      "Competition of two adapters: final share of adapter 2 from the conserved quantity " +
      "(largest |log ratio| at α = 1e-5), and its local exponent in α",
    falsifier:
      "A final share of adapter 2 whose logarithm is off the conserved quantity's root by more " +
      "than 2.05e-5 ... 3.4e-8, or a local exponent in α off by 6e-4",
    evidence: (preset) => ({
      seeds: byPreset(preset, 3, 10),
      sizes: "problem D, d = 12, r = 3, s₁ = 0.25, 0.5, 0.75, 0.9, α = 1e-4, 1e-5",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const rows = sharesOf(await competition(preset, seed));
      const { put, result } = comparison();
      for (const s1 of [0.25, 0.5, 0.75, 0.9]) {
        const here = where(rows, "s1", s1), at = (alpha: number) => where(here, "alpha", alpha);
        const gaps = at(1e-5).map((row) => Math.abs(Math.log(row.x2 / row.predicted)));
        put(`s₁ = ${s1}`, Math.max(...gaps), 0, bounds[s1]);
        const exponent = (key: "x2" | "predicted") => {
          const level = (alpha: number) => summary(at(alpha).map((row) => Math.log(row[key]))).mean;
          return (level(1e-4) - level(1e-5)) / Math.log(10);
        };
        // Exponents depend on the seeds: the reference's are those of all ten.
        const wanted = preset === "full" ? exponents[s1] : exponent("predicted");
        put(`exponent, s₁ = ${s1}`, exponent("x2"), wanted, 6e-4);
      }
      return result("bounds and digits of the reference");
    },
  };
}

/** The scalar flow of two aligned adapters, to its end. */
export function scalarCompetition(
  { s1, rho, x0 }: { s1: number; rho: number; x0: number },
): { x1: number; x2: number; drift: number } {
  const invariant = (x1: number, x2: number) => s1 * Math.log(x1) + x1 - (Math.log(x2) + x2) / rho;
  // In logarithms: the loser's share may be far below any absolute tolerance.
  const { y } = solveOde(
    (_t, y, dy) => {
      const x1 = Math.exp(y[0]), x2 = Math.exp(y[1]), e = s1 + 1 - (1 + x2) * (s1 + x1);
      dy[0] = 2 * (1 + x2) * e;
      dy[1] = 2 * rho * (s1 + x1) * e;
    },
    0,
    60,
    [Math.log(x0), Math.log(x0)],
    { rtol: 1e-12, atol: 1e-12 },
  );
  const [x1, x2] = [Math.exp(y[0]), Math.exp(y[1])];
  const size = Math.abs(s1 * Math.log(x0)) + Math.abs(Math.log(x0) / rho);
  return { x1, x2, drift: (invariant(x1, x2) - invariant(x0, x0)) / size };
}

function c19(): Claim {
  return {
    id: "C19",
    paper,
    source: { whose: "ours" },
    statement: "Layer-wise rates: the threshold of the competition moves to ρδ_w = 1 (δ_w = ½): " +
      "exponents of the loser in α, and shares at ρ = 2, against the conserved quantity too",
    falsifier:
      "An exponent of the loser off 1.5 (ρ = 0.5) or 1 (ρ = 1, 4) by 1.1e-3, a share at ρ = 2 " +
      "off the reference's by 1e-6, or a root off the flow's end by 1e-9",
    evidence: {
      seeds: 0,
      sizes: "scalar flow of two aligned adapters, s₁ = 1/2, ρ = 0.5, 1, 2, 4",
      draws: "nothing",
    },
    check: () => {
      const { put, result } = comparison();
      const wanted: Record<string, [loser: "x1" | "x2", exponent: number]> = {
        "0.5": ["x2", 1.5],
        "1": ["x2", 1],
        "4": ["x1", 1],
      };
      for (const [key, [loser, exponent]] of Object.entries(wanted)) {
        const rho = Number(key);
        const [a, b] = [1e-8, 1e-10].map((x0) => scalarCompetition({ s1: 0.5, rho, x0 })[loser]);
        // x₀ = α²: a decade of α is two of x₀.
        put(`exponent at ρ = ${key}`, Math.log10(a / b), exponent, 1.1e-3);
      }
      const even = scalarCompetition({ s1: 0.5, rho: 2, x0: 1e-10 });
      put("x₁ at ρ = 2", even.x1, 0.4421312, 1e-6);
      put("x₂ at ρ = 2", even.x2, 0.5921349, 1e-6);
      for (const rho of [0.5, 1, 2, 4]) {
        const run = scalarCompetition({ s1: 0.5, rho, x0: 1e-10 });
        const root = finalSplit({ s2: 1, s1: 0.5, x1: 1e-10, x2: 1e-10, rho });
        put(`root x₁, ρ = ${rho}`, Math.log(root.x1 / run.x1), 0, 1e-9);
        put(`root x₂, ρ = ${rho}`, Math.log(root.x2 / run.x2), 0, 1e-9);
        put(`drift of I, ρ = ${rho}`, run.drift, 0, 1e-11);
      }
      return result("exponents 1.1e-3, shares 1e-6 to the reference; roots 1e-9");
    },
  };
}

/** Pseudo-inverse of a diagonal matrix. */
function inverseDiagonal({ rows, columns, data }: Matrix): Matrix {
  const out = matrix(columns, rows);
  for (let i = 0; i < Math.min(rows, columns); i++) {
    const x = data[i * columns + i];
    out.data[i * rows + i] = x === 0 ? 0 : 1 / x;
  }
  return out;
}

/** Times of C20: to `L = σ²/8` and to `L = 1e-6`, of the flow and of the preconditioned flow. */
export function preconditionedTimes(): { half: number[]; late: number[] } {
  const problem = tilted(10, 30, 0.3);
  const start = startAdapters(problem, { r: 1, scheme: "gauss", alpha: 1e-3, draws: portable(81) });
  const runs = [{}, { preconditioner: inverseDiagonal(problem.w2) }].map((options) => {
    const flow = new AdapterFlow(problem, start, options);
    const { solution } = flow.solve([60], {
      events: [
        { name: "half", g: (_t, y) => Math.log(8 * flow.loss(y)), direction: -1 },
        { name: "late", g: (_t, y) => Math.log(flow.loss(y) / 1e-6), direction: -1 },
      ],
    });
    const at = (name: string) => solution.events.find((event) => event.name === name)?.t ?? NaN;
    return { half: at("half"), late: at("late") };
  });
  return { half: runs.map((run) => run.half), late: runs.map((run) => run.late) };
}

function c20(): Claim {
  return {
    id: "C20",
    paper,
    source: { whose: "ours", where: "outside Assumption 2.2" },
    statement:
      "Preconditioning by W₂⁺ removes the transient of a misaligned target: time to L = 1e-6 " +
      "from 37.32 to 12.33",
    falsifier:
      "A time to L = 1e-6 or to half of the target, plain or preconditioned, that is off the " +
      "reference's by more than 2e-3",
    evidence: {
      seeds: 1,
      sizes: "problem S, d = 10, r = 1, 30°, s = 0.3, α = 1e-3",
      draws: "instance",
    },
    check: () => {
      const { half, late } = preconditionedTimes();
      return agree(
        {
          "t(1e-6)": late[0],
          "preconditioned t(1e-6)": late[1],
          half: half[0],
          "preconditioned half": half[1],
        },
        {
          "t(1e-6)": 37.32469,
          "preconditioned t(1e-6)": 12.32747,
          half: 10.5931,
          "preconditioned half": 9.046167,
        },
        { abs: 2e-3 },
      );
    },
  };
}

/** Angles of F5. */
export const ANGLES: readonly number[] = [0, 15, 30, 45, 60];

/** Times of the universal curves of F5. */
export const CURVE_TIMES: readonly number[] = [0, ...geomspace(0.1, 45, 120)];

/** The claims of this file. */
export const misalignedClaims: readonly Claim[] = [
  ...[c10(), c10b(), c10c(), c11(), c12()],
  ...[c19(), c20()],
];
