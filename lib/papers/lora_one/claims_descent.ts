/**
 * Claims about descent from gradient-based starts: C13–C23.
 *
 * Expected numbers are the reference values of the specification, from an independent implementation.
 *
 * @module
 */
import {
  type Claim,
  comparison,
  distinct,
  median,
  type Preset,
  slope,
  where,
} from "../../experiment/mod.ts";
import { add, frobeniusNorm, type Matrix, multiply, spectralNorm } from "../../linalg/mod.ts";
import { portable } from "../../random/mod.ts";
import { dampedExperiment, gradientExperiment, preconditionedExperiment } from "./experiments.ts";
import { lossOf, riskOf } from "./measures.ts";
import {
  conditionedProblem,
  covarianceOf,
  offsetProblem,
  orth,
  portableNormal,
  spectrum,
} from "./problem.ts";
import {
  LinearDescent,
  middleDescent,
  portraitData,
  portraitDistance,
  portraitLora,
  portraitRun,
  portraitSpectral,
  shiftedProblem,
} from "./simulation.ts";
import { productOf, type Start, type StartName, startOf } from "./starts.ts";
import {
  contractionBound,
  type Floor,
  floorByScale,
  gradientRate,
  middleFloor,
  offsetFloor,
  preconditionedRate,
  productTrajectory,
} from "./theory.ts";

const paper = "lora-one";

function c13(): Claim {
  return {
    id: "C13",
    paper,
    source: "ours",
    statement: "Preconditioned descent takes as many steps to 1e-6 at every condition number",
    check: async () => {
      const rows = await preconditionedExperiment(), { put, result } = comparison();
      for (const kappa of distinct(rows, "kappa")) {
        const { iterations } = where(rows, "kappa", kappa)[0];
        put(`κ = ${kappa}`, iterations ?? NaN, kappa === 1 ? 32 : 31, 0);
      }
      return result("exact");
    },
  };
}

/** `(A_tB_t − Δ)S⁻¹` of the golden instance after some preconditioned steps. */
function normalisedError(kappa: number, steps: number): Matrix {
  const problem = conditionedProblem(kappa), values = spectrum(kappa, 4);
  const start = startOf("LoRA-One", { gradient: problem.gradient, r: 4 });
  const run = new LinearDescent(problem, start, { rate: 0.5, preconditioned: true });
  const error = run.advance(steps).error();
  return { ...error, data: error.data.map((x, i) => x / values[i % 4]) };
}

function c14(): Claim {
  return {
    id: "C14",
    paper,
    source: "ours",
    statement: "Exact equivariance: (AB − Δ)S⁻¹ after 10 preconditioned steps is that of κ = 1 " +
      "(relative difference)",
    check: () => {
      const base = normalisedError(1, 10), size = frobeniusNorm(base);
      const { put, result } = comparison();
      for (const kappa of [10, 100, 1000, 1e6]) {
        const gap = frobeniusNorm(add(normalisedError(kappa, 10), base, -1)) / size;
        // BBᵀ squares the condition number.
        put(`κ = ${kappa}`, gap, 0, kappa === 1e6 ? 2e-6 : 2e-12);
      }
      return result("2e-12, and 2e-6 at κ = 1e6");
    },
  };
}

function c15(): Claim {
  return {
    id: "C15",
    paper,
    source: "ours",
    statement: "The closed recursion of the product is preconditioned descent: largest deviation " +
      "over 25 steps, κ = 100",
    check: () => {
      const problem = conditionedProblem(100), { put, result } = comparison();
      const path = productTrajectory(problem.covariance, problem.target, { rate: 0.5, steps: 25 });
      const start = startOf("LoRA-One", { gradient: problem.gradient, r: 4 });
      const run = new LinearDescent(problem, start, { rate: 0.5, preconditioned: true });
      let worst = 0;
      run.advance(25, (t) => {
        const gap = add(multiply(run.a, run.b), path[t], -1).data;
        worst = gap.reduce((most, x) => Math.max(most, Math.abs(x)), worst);
      });
      put("largest deviation", worst, 0, 1e-13);
      // The universal trajectory: one path to U serves every spectrum.
      const u = orth(portableNormal(11, 100, 4)), values = spectrum(100, 4);
      const one = productTrajectory(problem.covariance, u, { rate: 0.5, steps: 25 });
      const scaled = { ...one[25], data: one[25].data.map((x, i) => x * values[i % 4]) };
      put("universal path, step 25", frobeniusNorm(add(scaled, path[25], -1)), 0, 1e-13);
      return result("1e-13");
    },
  };
}

function c16(): Claim {
  return {
    id: "C16",
    paper,
    source: "ours",
    statement: "Local rate of preconditioned descent at κ = 1: last ten steps to 1e-10 against " +
      "1 − ημ_min",
    check: async () => {
      const { rate } = where(await preconditionedExperiment(), "kappa", 1)[0];
      const u = orth(portableNormal(11, 100, 4));
      const predicted = preconditionedRate(conditionedProblem(1).covariance, u, 0.5);
      const { put, result } = comparison();
      put("measured", rate, 0.703577969064, 1e-4);
      put("predicted", predicted, 0.708418076119, 1e-10);
      put("(1 − measured)/(1 − predicted)", (1 - rate) / (1 - predicted), 1, 0.06);
      return result("digits of the reference; 1 − rate within 6 %");
    },
  };
}

function c17(): Claim {
  const wanted: Record<number, number> = { 1: 32, 10: 287, 100: 2191, 1000: 14783 };
  return {
    id: "C17",
    paper,
    source: "ours",
    statement: "Plain gradient descent from the spectral start takes steps ∝ κ (iterations to " +
      "1e-6), at the predicted late rate",
    check: async (preset) => {
      const rows = await gradientExperiment(preset), { put, result } = comparison();
      const u = orth(portableNormal(11, 100, 4)), { covariance } = conditionedProblem(1);
      const kappas = distinct(rows, "kappa");
      const steps = kappas.map((kappa) => where(rows, "kappa", kappa)[0].iterations ?? NaN);
      kappas.forEach((kappa, i) => {
        put(`iterations, κ = ${kappa}`, steps[i], wanted[kappa], 0);
        const { rate } = where(rows, "kappa", kappa)[0];
        const predicted = gradientRate(covariance, u, { values: spectrum(kappa, 4), rate: 0.5 });
        put(`(1 − rate)/(1 − predicted), κ = ${kappa}`, (1 - rate) / (1 - predicted), 1, 0.1);
      });
      const logs = (x: readonly number[]) => x.map(Math.log);
      put("slope of log steps in log κ", slope(logs(kappas), logs(steps)), 0.9, 0.1);
      return result("iterations exact; 1 − rate within 10 %; slope 0.9 ± 0.1 (κ = 1 is damped)");
    },
  };
}

/** Steps of normalised preconditioned descent: `ρ_t`, and the worst ratio of successive ones. */
export function contractionOf(
  covariance: Matrix,
  u: Matrix,
  rate: number,
): { rho: number; worst: number; epsilon: number } {
  const path = productTrajectory(covariance, u, { rate, steps: 30 });
  const rho = path.map((m) => spectralNorm(add(m, u, -1)));
  const ratios = rho.slice(1).map((x, i) => x / rho[i]);
  const one = covariance.data.map((x, i) => x - (i % (covariance.rows + 1) === 0 ? 1 : 0));
  return {
    rho: rho[0],
    worst: Math.max(...ratios),
    epsilon: spectralNorm({ ...covariance, data: one }),
  };
}

function c18(): Claim {
  return {
    id: "C18",
    paper,
    source: "ours",
    statement: "Contraction bound q: above the worst step at N ≫ d, and vacuous at d/N = 1/16 " +
      "where every step contracts",
    check: () => {
      const { put, result } = comparison(), rate = 0.5;
      const large = contractionOf(
        covarianceOf(portableNormal(14, 20000, 20)),
        orth(portableNormal(13, 20, 4)),
        rate,
      );
      const bound = contractionBound({ rate, ...large });
      put("worst step over bound, d/N = 1/1000", large.worst / bound, 0.5, 0.5);
      put("bound, d/N = 1/1000", bound, 0.575, 0.03);
      put("worst step, d/N = 1/1000", large.worst, 0.52, 0.02);
      const { covariance } = conditionedProblem(1);
      const small = contractionOf(covariance, orth(portableNormal(11, 100, 4)), rate);
      put("bound, d/N = 1/16", contractionBound({ rate, ...small }), 1.27213061873, 1e-8);
      put("worst step, d/N = 1/16", small.worst, 0.703523706059, 1e-4);
      return result(
        "worst ≤ bound; draws of our own at 1/1000 (0.03, 0.02), digits of the reference at 1/16",
      );
    },
  };
}

function c19(): Claim {
  const wanted: Record<string, number> = {
    "λ = 0.01, κ = 4": 32,
    "λ = 0.001, κ = 4": 31,
    "λ = 0.000001, κ = 4": 31,
    "λ = 0.01, κ = 1000": 164,
    "λ = 0.001, κ = 1000": 34,
    "λ = 0.000001, κ = 1000": 31,
  };
  return {
    id: "C19",
    paper,
    source: "ours",
    statement:
      "Over-rank (r = 8) needs damping, and damping breaks κ-independence: iterations to " +
      "1e-6",
    check: async () => {
      const rows = await dampedExperiment(), { put, result } = comparison();
      for (const [name, steps] of Object.entries(wanted)) {
        const [damping, kappa] = name.split(", ").map((part) => Number(part.split("= ")[1]));
        const [row] = where(where(rows, "damping", damping), "kappa", kappa);
        put(name, row.iterations ?? NaN, steps, 0);
      }
      return result("exact");
    },
  };
}

/** A curve of F4. */
export interface OffsetRun {
  /** Name in the figure. */
  readonly name: string;
  /** Risk of steps 0 … 100. */
  readonly risks: number[];
  /** Last training loss. */
  readonly loss: number;
  /** Where it must stop. */
  readonly floor: Floor;
}

/** A start of F4 by name; `"LoRA-GA, no offset"` is ours. */
export function offsetStart(name: StartName): Start {
  const { gradient, weight } = offsetProblem();
  // LoRA-GA with f = 100^¼/√4 on both factors, as in F4's protocol.
  return startOf(name, { gradient, weight, r: 8, gamma: name.startsWith("LoRA-GA") ? 4 : 1 });
}

/** F4: 100 preconditioned steps (`η = ½`, `λ = 10⁻³`) of every start, with the floor of each. */
export function offsetRuns(): OffsetRun[] {
  const problem = offsetProblem();
  const preconditioned = (name: string, start: Start): OffsetRun => {
    const options = { rate: 0.5, preconditioned: true, damping: 1e-3 };
    const run = new LinearDescent(shiftedProblem(problem, start), start, options);
    const risks: number[] = [];
    run.advance(100, () => {
      risks.push(run.risk());
    });
    const zero = { ...problem.target, data: new Float64Array(problem.target.data.length) };
    const floor = offsetFloor(problem, start.shifted ? productOf(start) : zero, 8);
    return { name, risks, loss: run.loss(), floor };
  };
  const ga = offsetStart("LoRA-GA"), sb = offsetStart("LoRA-SB"), risks: number[] = [];
  const last = middleDescent(problem, sb, {
    rate: 0.5,
    steps: 100,
    visit: (_, error) => {
      risks.push(riskOf(error));
    },
  });
  const reached = middleFloor(problem, sb.a, undefined);
  return [
    preconditioned("LoRA-One", offsetStart("LoRA-One")),
    preconditioned("LoRA-One toy", offsetStart("LoRA-One toy")),
    preconditioned("LoRA-GA, no offset", { ...ga, shifted: false }),
    preconditioned("LoRA-GA", ga),
    {
      name: "LoRA-SB",
      risks,
      loss: lossOf(problem, last),
      floor: { ...reached, rank: 4 },
    },
    preconditioned("PiSSA", offsetStart("PiSSA")),
  ];
}

let offsets: OffsetRun[] | undefined;

/** {@linkcode offsetRuns}, computed once. */
export function knownOffsetRuns(): OffsetRun[] {
  return offsets ??= offsetRuns();
}

function c20(): Claim {
  return {
    id: "C20",
    paper,
    source: "ours",
    statement: "Offset starts stop on their Eckart–Young floors: final loss and risk against the " +
      "floor, known before training",
    check: () => {
      const { put, result } = comparison();
      const of = (name: string) => {
        const run = knownOffsetRuns().find((one) => one.name === name)!;
        return { loss: run.loss, risk: run.risks[100], floor: run.floor };
      };
      const [ga, pissa, sb] = [of("LoRA-GA"), of("PiSSA"), of("LoRA-SB")];
      put("LoRA-GA, loss − floor", ga.loss - ga.floor.loss, 0, 1e-5);
      put("LoRA-GA, risk − floor", ga.risk - ga.floor.risk, 0, 1e-5);
      put("LoRA-GA, loss floor", ga.floor.loss, 0.0427777290563, 1e-9);
      put("LoRA-GA, risk floor", ga.floor.risk, 0.0501441211866, 1e-9);
      put("LoRA-GA, rank of M", ga.floor.rank, 12, 0);
      put("PiSSA, loss − floor", pissa.loss - pissa.floor.loss, 0, 1e-5);
      put("PiSSA, risk − floor", pissa.risk - pissa.floor.risk, 0, 1e-5);
      put("PiSSA, loss floor", pissa.floor.loss, 0.774566621717, 1e-8);
      put("PiSSA, risk floor", pissa.floor.risk, 0.799500684439, 1e-8);
      put("LoRA-SB, risk − floor", sb.risk - sb.floor.risk, 0, 1e-5);
      put("LoRA-SB, risk floor", sb.floor.risk, 0.0556354420748, 1e-9);
      put("LoRA-SB, ½(d/N)‖Δ‖²", sb.floor.risk, 0.05859375, 0.004);
      return result("runs within 1e-5 of their floors; floors to the digits of the reference");
    },
  };
}

function c21(): Claim {
  return {
    id: "C21",
    paper,
    source: "ours",
    statement: "Without an offset there is no floor: risk of LoRA-One and of LoRA-GA without " +
      "offset after 100 steps",
    check: () => {
      const { put, result } = comparison();
      const risk = (name: string) => knownOffsetRuns().find((one) => one.name === name)!.risks[100];
      put("LoRA-One", risk("LoRA-One"), 0, 1e-29);
      put("LoRA-One toy (offset, same subspace)", risk("LoRA-One toy"), 0, 1e-28);
      put("LoRA-GA, no offset", risk("LoRA-GA, no offset"), 0, 1e-8);
      return result("below 1e-29, 1e-28, 1e-8");
    },
  };
}

/** Scales of C22. */
export const OFFSET_SCALES: readonly number[] = [0.01, 0.1, 0.3, 1, 2.5, 10, 100];

function c22(): Claim {
  const losses = [
    1.13266547556e-5,
    0.00107280050869,
    0.00732507214076,
    0.0295468507998,
    0.0427777290563,
    0.0467412976086,
    0.0470320065819,
  ];
  return {
    id: "C22",
    paper,
    source: "ours",
    statement:
      "LoRA-GA's loss floor against the size s of its offset A₀B₀ (unit product times s), " +
      "and its limit",
    check: () => {
      const problem = offsetProblem(),
        start = offsetStart("LoRA-GA"),
        { put, result } = comparison();
      const f2 = Math.sqrt(100) / 4; // product of the factors' scales
      const floors = floorByScale(problem, productOf(start), {
        r: 8,
        scales: OFFSET_SCALES.map((s) => s / f2),
      });
      floors.forEach(({ loss }, i) =>
        put(`s = ${OFFSET_SCALES[i]}`, loss, losses[i], 1e-8 * losses[i] + 1e-12)
      );
      const left = { ...start.a, data: start.a.data.map((x) => -x / Math.sqrt(f2)) };
      put("s → ∞", middleFloor(problem, left).loss, 0.0470349634752, 1e-10);
      return result("digits of the reference");
    },
  };
}

/** Draws of the portrait: distances and steps of both starts. */
export function portraitDraws(
  N: number,
  count: number,
): { closer: boolean; faster: boolean; steps: [number, number] }[] {
  return Array.from({ length: count }, (_, i) => {
    const data = portraitData(portable(10_000 * N + i), N), spectral = portraitSpectral(data);
    const lora = portraitLora(portable(5_000_000 + 10_000 * N + i));
    const [slow, fast] = [lora, spectral].map((start) =>
      portraitRun(data, start, { stop: true }).steps
    );
    const closer = portraitDistance(spectral) < portraitDistance(lora);
    const order = (x: number) => Number.isNaN(x) ? Infinity : x;
    return { closer, faster: order(fast) < order(slow), steps: [slow, fast] };
  });
}

function c23(): Claim {
  const reference: [number, number, number, number, number][] = [
    [4, 0.923, 0.883, 101, 64],
    [16, 1, 0.99, 57.5, 28],
    [64, 1, 0.997, 47.5, 20],
  ];
  return {
    id: "C23",
    paper,
    source: "paper",
    statement: "Portrait (F3): the spectral start is closer to the minimisers and faster, over " +
      "draws of the data (golden draw; fractions)",
    check: (preset: Preset) => {
      const { put, result } = comparison(), count = preset === "full" ? 600 : 300;
      const data = portraitData(portable(7)), lora = portraitLora(portable(8));
      const spectral = portraitSpectral(data);
      put("golden distance, LoRA", portraitDistance(lora), 1.75339395434, 1e-6);
      put("golden distance, spectral", portraitDistance(spectral), 1.15081706601, 1e-5);
      put("golden steps, LoRA", portraitRun(data, lora).steps, 71, 0);
      put("golden steps, spectral", portraitRun(data, spectral).steps, 64, 0);
      const end = portraitRun(data, spectral).path.at(-1)!;
      [1.34626544018, 0.673132720089, 1.48559113256].forEach((x, i) =>
        put(`golden end ${i + 1}`, end[i], x, 1e-9)
      );
      for (const [N, closer, faster, slow, fast] of reference) {
        const draws = portraitDraws(N, count), n = draws.length;
        const share = (key: "closer" | "faster") => draws.filter((draw) => draw[key]).length / n;
        // Both sides are binomial: 300 draws there, `count` here; a share near 1 gets a floor.
        const bound = (p: number) => 4 * Math.sqrt(Math.max(p * (1 - p), 0.01) * (1 / 300 + 1 / n));
        put(`closer, N = ${N}`, share("closer"), closer, bound(closer));
        put(`faster, N = ${N}`, share("faster"), faster, bound(faster));
        const ended = draws.map(({ steps }) => steps.map((x) => Number.isNaN(x) ? 1000 : x));
        put(`median steps, LoRA, N = ${N}`, median(ended.map((x) => x[0])), slow, 0.25 * slow);
        put(`median steps, spectral, N = ${N}`, median(ended.map((x) => x[1])), fast, 0.25 * fast);
      }
      return result("golden digits; 4 standard errors of both shares; medians within 25 %");
    },
  };
}

/** The claims of this file. */
export const descentClaims: readonly Claim[] = [
  ...[c13(), c14(), c15(), c16(), c17(), c18(), c19(), c20(), c21(), c22(), c23()],
];
