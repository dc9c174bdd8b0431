/**
 * Runs of the flow that sweeps repeat over seeds and scales: one task per experiment.
 *
 * @module
 */
import { linspace } from "../../../experiment/sweep/spaced.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { matrix } from "../../../linalg/mod.ts";
import { portable, stream } from "../../../random/mod.ts";
import { misalignment, share, stackNorm, stackOf } from "../measures.ts";
import {
  type Adapters,
  canonical,
  factorization,
  growthModes,
  modalVector,
  type Problem,
  type Scheme,
  startAdapters,
} from "../model.ts";
import { AdapterFlow } from "./flow.ts";
import { sampleReduced } from "./reduced.ts";

/** First time at which mode `j` of the target is half learnt: `u_jᵀEv_j = σ_j/2`. */
function halfEvent(flow: AdapterFlow, j: number, name: string) {
  const n = flow.problem.target.columns, at = j * n + j;
  const half = flow.problem.target.data[at] / 2;
  return {
    name,
    direction: -1 as const,
    g: (_t: number, y: Float64Array) => flow.error(y).data[at] - half,
  };
}

/** Problem D in its canonical form, and how it is started. */
export interface DoubleCell {
  /** Size. */
  d: number;
  /** Rank. */
  r: number;
  /** Singular value of `W₁`; that of `W₂` is 1, the target's is 1. */
  s1: number;
  /** Start. */
  scheme: Scheme;
  /** Its scale. */
  alpha: number;
  /** Last time. */
  end: number;
  /** Equally spaced times from 0 to `end`. */
  points: number;
  /** Angle of the target, in degrees; 0 by default. */
  degrees?: number;
  /** Smallest relative singular value of the frozen factors; 0.5 by default. */
  gmin?: number;
}

/** The problem of a cell. */
export function doubleProblem({ d, s1, degrees = 0, gmin }: DoubleCell): Problem {
  return canonical({ d, s2: 1, s1, phi: degrees * Math.PI / 180, ...(gmin ? { gmin } : {}) });
}

/** The start of a cell: seeds are those of the portable generator. */
export function doubleStart(cell: DoubleCell, seed: string): Adapters {
  const { r, scheme, alpha } = cell;
  return startAdapters(doubleProblem(cell), { r, scheme, alpha, draws: portable(Number(seed)) });
}

/** A time of a run of problem D. */
export interface DoubleRow extends Row {
  /** Time. */
  at: number;
  /** Loss. */
  loss: number;
  /** Misalignment `1 − cos` of `Z₁` with `γ₁`. */
  gap: number;
  /** `‖Z₁‖₂`. */
  norm: number;
  /** Share of adapter 1, entry (0, 0) of its product. */
  x1: number;
  /** Share of adapter 2. */
  x2: number;
  /** Half-time of the run; null if it did not come, or the target is at an angle. */
  half: number | null;
}

/** The flow of problem D: loss, misalignment and `‖Z₁‖` against time, and the half-time. */
export const doubleRun: Task<DoubleCell, DoubleRow> = task(
  import.meta.url,
  "doubleRun",
  (cell: DoubleCell, { seed }) => {
    const problem = doubleProblem(cell), flow = new AdapterFlow(problem, doubleStart(cell, seed));
    const mode = growthModes(problem).modes1[0];
    const times = linspace(0, cell.end, cell.points);
    const { states, losses, solution } = flow.solve(times, {
      events: cell.degrees ? [] : [halfEvent(flow, 0, "half")],
    });
    const half = solution.events.at(0)?.t ?? null;
    return states.map((state, i) => {
      const y = flow.adapters(state);
      return {
        at: times[i],
        loss: losses[i],
        gap: misalignment(stackOf(y.b1, y.a1), mode),
        norm: stackNorm(y),
        x1: share(y.b1, y.a1),
        x2: share(y.b2!, y.a2!),
        half,
      };
    });
  },
);

/** Problem MF with a diagonal target, and how it is started. */
export interface FactorCell {
  /** Size. */
  d: number;
  /** Rank. */
  r: number;
  /** Singular values of the target, largest first; as text, `"1, 0.5"`. */
  sigma: string;
  /** Start. */
  scheme: Scheme;
  /** Its scale. */
  alpha: number;
  /** Time at which the loss is taken. */
  end: number;
  /** Added to the seed for `A`, which then has a generator of its own; `B` first otherwise. */
  apart?: number;
}

/** Singular values of a cell. */
export function sigmaOf({ sigma }: FactorCell): number[] {
  return sigma.split(",").map(Number);
}

/** The start of a cell. */
export function factorStart(cell: FactorCell, seed: string): Adapters {
  const { d, r, scheme, alpha, apart } = cell, problem = factorization(d, sigmaOf(cell));
  const draw = (seed: number) =>
    startAdapters(problem, { r, scheme, alpha, draws: portable(seed) });
  if (apart === undefined) return draw(Number(seed));
  const a = portable(Number(seed) + apart).normals(r * d);
  return { b1: draw(Number(seed)).b1, a1: matrix(r, d, a.map((x) => alpha * x)) };
}

/** A run of problem MF. */
export interface FactorRow extends Row {
  /** `"escaped"`, or that the horizon is before the predicted escape. */
  status: string;
  /** Loss at the end. */
  loss: number;
  /** Half-time of mode 1; null if it did not come. */
  half1: number | null;
  /** Half-time of mode 2. */
  half2: number | null;
  /** Misalignment at the first half-time. */
  gap: number | null;
}

/** The flow of problem MF: half-times of two modes, misalignment at the first, loss at the end. */
export const factorRun: Task<FactorCell, FactorRow> = task(
  import.meta.url,
  "factorRun",
  (cell: FactorCell, { seed }) => {
    const sigma = sigmaOf(cell), problem = factorization(cell.d, sigma);
    const flow = new AdapterFlow(problem, factorStart(cell, seed));
    const events = sigma.slice(0, 2).map((_, j) => halfEvent(flow, j, `half${j + 1}`));
    const { losses, solution } = flow.solve([cell.end], { events });
    const hit = (name: string) => solution.events.find((event) => event.name === name);
    const first = hit("half1"), mode = growthModes(problem).modes1[0];
    const at = first && flow.adapters(first.y);
    // A run that has not escaped says when it would: `‖z₁‖` grows at the rate σ₁ until then.
    const z = modalVector(flow.adapters(flow.start).b1, flow.adapters(flow.start).a1, mode);
    const power = z.reduce((sum, x) => sum + x * x, 0);
    const predicted = Math.log(2 * sigma[0] / power) / (2 * sigma[0]);
    return {
      status: first
        ? "escaped"
        : `horizon ${cell.end} is before the escape, predicted at ${predicted.toPrecision(3)}`,
      loss: losses[0],
      half1: first?.t ?? null,
      half2: hit("half2")?.t ?? null,
      gap: at ? misalignment(stackOf(at.b1, at.a1), mode) : null,
    };
  },
);

/** A draw of problem MF in law at any size, followed in `r + 1` dimensions. */
export interface ReducedCell {
  /** `m = n`. */
  m: number;
  /** Rank. */
  r: number;
  /** Scale. */
  alpha: number;
  /** Time at which the loss is taken. */
  end: number;
  /** Draws. */
  draws: number;
}

/** One draw. */
export interface DrawRow extends Row {
  /** Number of the draw. */
  copy: number;
  /** Loss at the start. */
  loss0: number;
  /** Loss at the end. */
  loss: number;
  /** Half-time; null if it did not come. */
  half: number | null;
}

/** Half-times and late losses of many draws in law. */
export const reducedRun: Task<ReducedCell, DrawRow> = task(
  import.meta.url,
  "reducedRun",
  ({ m, r, alpha, end, draws }: ReducedCell, { seed }) =>
    Array.from({ length: draws }, (_, copy) => {
      const rng = stream(seed, "reduced", m, copy);
      const { problem, start } = sampleReduced({ m, n: m, r, alpha }, rng);
      const flow = new AdapterFlow(problem, start);
      const { losses, solution } = flow.solve([0, end], {
        events: [halfEvent(flow, 0, "half")],
        rtol: 1e-10,
      });
      return { copy, loss0: losses[0], loss: losses[1], half: solution.events.at(0)?.t ?? null };
    }),
);

/** The same with all `m × n` entries. */
export const fullRun: Task<ReducedCell, DrawRow> = task(
  import.meta.url,
  "fullRun",
  ({ m, r, alpha, end, draws }: ReducedCell, { seed }) => {
    const problem = factorization(m);
    return Array.from({ length: draws }, (_, copy) => {
      const normals = (name: string) => {
        const x = stream(seed, "full", m, copy, name).fillNormal(new Float64Array(m * r));
        return x.map((value) => alpha * value);
      };
      const start = { b1: matrix(m, r, normals("B")), a1: matrix(r, m, normals("A")) };
      const flow = new AdapterFlow(problem, start);
      const { losses, solution } = flow.solve([0, end], {
        events: [halfEvent(flow, 0, "half")],
        rtol: 1e-10,
      });
      return { copy, loss0: losses[0], loss: losses[1], half: solution.events.at(0)?.t ?? null };
    });
  },
);
