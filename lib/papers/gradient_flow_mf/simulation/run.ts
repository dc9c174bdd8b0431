/**
 * One run of any problem from any start: the task that sweeps repeat over starts, scales and seeds.
 *
 * @module
 */
import { checkKeys } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import type { Matrix } from "../../../linalg/mod.ts";
import type { UpdateRuleLike } from "../../../nn/mod.ts";
import { portable } from "../../../random/mod.ts";
import {
  learnt,
  lossParts,
  misalignment,
  type SignalDirections,
  signalDirections,
  stackOf,
  topOf,
} from "../measures.ts";
import type { Adapters, Problem } from "../model.ts";
import { seedNumber } from "../problems.ts";
import { type PlainProblem, problemOf } from "../shapes.ts";
import { startAdapters, type StartLike } from "../starts.ts";
import { descend } from "./descent.ts";
import { AdapterFlow, type FlowOptions } from "./flow.ts";
import { reduceHidden } from "./hidden.ts";

/** What a run adds to its rows. */
export type Observe = (
  moment: { readonly t: number; readonly adapters: Adapters; readonly problem: Problem },
) => Record<string, number>;

/** One run. */
export interface RunCell extends FlowOptions {
  /** The problem. */
  readonly problem: PlainProblem;
  /** Name of the start, which becomes a column. */
  readonly start: string;
  /** The start. */
  readonly startedBy: StartLike;
  /** Its scale. */
  readonly alpha: number;
  /** Rank of both adapters, or of each. */
  readonly r: number | readonly [number, number];
  /** See `startAdapters`. */
  readonly perFactor?: boolean;
  /** Times of the rows, increasing, in flow time. */
  readonly times: readonly number[];
  /** Step size of gradient descent; without it, or at 0, the gradient flow. */
  readonly eta?: number | ((step: number) => number);
  /** Update rule of gradient descent. */
  readonly rule?: UpdateRuleLike;
  /** Relative tolerance of the flow, `3·10⁻¹⁴` by default. */
  readonly rtol?: number;
  /** Further columns. */
  readonly observe?: Observe;
}

/** A moment of a run. */
export interface RunRow extends Row {
  /** Flow time; steps times step size for gradient descent with a constant one, else steps. */
  at: number;
  /** Loss. */
  loss: number;
  /** Its part along the target, `½(uᵀEv)²`. */
  signal: number;
  /** Its part in the row and column of the signal. */
  mixed: number;
  /** All the rest, `½‖E_⊥⊥‖²`. */
  rest: number;
  /** Misalignment `1 − cos` of `Z₁` with `γ₁`. */
  gap: number;
  /** `‖Z₁‖₂`. */
  norm1: number;
  /** `‖Z₂‖₂`; null without a second adapter. */
  norm2: number | null;
  /** What adapter 1 has learnt, `pᵀB₁A₁v`. */
  x1: number;
  /** What adapter 2 has learnt, `uᵀB₂A₂p`. */
  x2: number | null;
  /** Half-time of the run: first time with `uᵀEv = σ/2`; null if it did not come, or for descent. */
  half: number | null;
  /** `"done"`, or `"diverged: step too large"`: then rows end before. */
  status: string;
}

/** The flow of a cell at a seed, before it is followed: reduced where that is exact. */
export function startedFlow(cell: RunCell, seed: string): { problem: Problem; adapters: Adapters } {
  const problem = problemOf(cell.problem), { startedBy: start, alpha, r, perFactor } = cell;
  const adapters = startAdapters(problem, {
    ...{ start, alpha, r, draws: portable(seedNumber("start a run", seed)) },
    ...(perFactor === undefined ? {} : { perFactor }),
  });
  const exact = !cell.hook && (cell.rule ?? "gd") !== "adam" && typeof cell.rule !== "object";
  return exact ? reduceHidden({ problem, adapters }) : { problem, adapters };
}

/** The columns that are read off a state. */
type Measured =
  | "loss"
  | "signal"
  | "mixed"
  | "rest"
  | "gap"
  | "norm1"
  | "norm2"
  | "x1"
  | "x2";

function rowOf(
  error: AdapterFlow["error"],
  state: Float64Array,
  { b1, a1, b2, a2 }: Adapters,
  along: SignalDirections,
): Pick<RunRow, Measured> {
  const { signal, mixed, rest } = lossParts(error(state), along), stack = stackOf(b1, a1);
  return {
    ...{ loss: signal + mixed + rest, signal, mixed, rest },
    gap: misalignment(stack, [along.p, along.v]),
    norm1: topOf(stack).value,
    norm2: b2 && a2 ? topOf(stackOf(b2, a2)).value : null,
    x1: learnt(b1, a1, along.p, along.v),
    x2: b2 && a2 ? learnt(b2, a2, along.u, along.p) : null,
  };
}

/** `uᵀEv`. */
function signalOf({ rows, columns, data }: Matrix, { u, v }: SignalDirections): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    if (u[i] === 0) continue;
    for (let j = 0; j < columns; j++) sum += u[i] * data[i * columns + j] * v[j];
  }
  return sum;
}

const KEYS = [
  ...[
    "problem",
    "start",
    "startedBy",
    "alpha",
    "r",
    "perFactor",
    "times",
    "eta",
    "rule",
    "rtol",
    "observe",
  ],
  ...["rates", "decay", "hook"],
];

/**
 * A run of gradient flow or descent: loss by parts, alignment, sizes and what was learnt at each time.
 * The seed, a whole number as text, is that of the start.
 */
export const flowRun: Task<RunCell, RunRow> = task(
  import.meta.url,
  "flowRun",
  (cell: RunCell, { seed }) => {
    checkKeys("run the flow", cell, KEYS, "the cell");
    const { times, eta = 0, rule, rates, decay, hook, rtol, observe } = cell;
    const { problem, adapters } = startedFlow(cell, seed), along = signalDirections(problem);
    const changes = {
      ...(rates ? { rates } : {}),
      ...(decay === undefined ? {} : { decay }),
      ...(hook ? { hook } : {}),
    };
    const rows = (flow: AdapterFlow, at: readonly number[], states: readonly Float64Array[]) =>
      states.map((state, i) => {
        const here = flow.adapters(state);
        return {
          ...{ at: at[i], ...rowOf(flow.error, state, here, along) },
          ...observe?.({ t: at[i], adapters: here, problem }),
        };
      });
    if (eta !== 0) {
      const steps = typeof eta === "function" ? times : times.map((t) => Math.round(t / eta));
      const run = descend(problem, adapters, {
        eta,
        at: steps,
        ...changes,
        ...(rule ? { rule } : {}),
      });
      const { status } = run, found = rows(run.flow, times, run.states);
      if (found.length === 0) {
        throw new RangeError(
          `Cannot run gradient descent as eta must be small enough: ${status} before the first time`,
        );
      }
      return found.map((row) => ({ ...row, half: null, status }));
    }
    const flow = new AdapterFlow(problem, adapters, changes), half = along.sigma / 2;
    const { states, solution } = flow.solve(times, {
      events: [{
        name: "half",
        direction: -1,
        g: (_t, y) => signalOf(flow.error(y), along) - half,
      }],
      ...(rtol === undefined ? {} : { rtol }),
    });
    const hit = solution.events.at(0)?.t ?? null;
    return rows(flow, times, states).map((row) => ({ ...row, half: hit, status: "done" }));
  },
);
