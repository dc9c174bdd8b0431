/**
 * One run of any problem from any start: the task that sweeps repeat over starts, scales and seeds.
 *
 * @module
 */
import { checkFinite, checkKeys, show } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import type { UpdateRuleLike } from "../../../../nn/mod.ts";
import {
  learnt,
  lossParts,
  misalignmentOf,
  type SignalDirections,
  signalDirections,
  signalError,
  stackOf,
  topOf,
} from "../../measures.ts";
import type { Adapters, Problem } from "../../model.ts";
import { adaptersOf } from "../../run_start.ts";
import { type PlainProblem, problemOf } from "../../shapes.ts";
import type { StartLike } from "../../starts.ts";
import { descend, stepsAt } from "../flow/descent.ts";
import { AdapterFlow, type FlowOptions } from "../flow/flow.ts";
import { type Reduced, reduceHidden } from "../flow/hidden.ts";

/** What a run adds to its rows: numbers by the names of their columns. */
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
  /** Times of the rows, increasing, in flow time: the sum of the step sizes for gradient descent. */
  readonly times: readonly number[];
  /** Step size of gradient descent, or a function of the step; without it, or at 0, the flow. */
  readonly eta?: number | ((step: number) => number);
  /** Update rule of gradient descent; `"gd"`, the only one of the flow, by default. */
  readonly rule?: UpdateRuleLike;
  /** Relative tolerance of the flow, `3·10⁻¹⁴` by default. */
  readonly rtol?: number;
  /** Further columns. */
  readonly observe?: Observe;
}

/** A moment of a run. */
export interface RunRow extends Row {
  /** Flow time; for gradient descent the sum of the step sizes so far. */
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
  /**
   * Half-time of the run: first time with `uᵀEv = σ/2`; null if it did not come. For descent the sum of the
   * step sizes, on the straight line between two steps: at half of a logistic drop its curvature is 0.
   */
  half: number | null;
  /** Of the run: `"done"`, or `"diverged: step too large"`, and then its rows end before. */
  status: string;
}

/**
 * The flow of a cell at a seed, before it is followed: reduced where that is exact.
 *
 * @param problem The problem of the cell, for those who start it at many seeds.
 */
export function startedFlow(
  cell: RunCell,
  seed: string,
  problem: Problem = problemOf(cell.problem),
): Reduced {
  const { startedBy, alpha, r, perFactor } = cell;
  const adapters = adaptersOf(problem, { startedBy, alpha, r, seed, perFactor });
  // Not under a hook, which sees entries; nor under Adam or an own rule, which may treat them one by one.
  const exact = !cell.hook && ["gd", "momentum"].includes((cell.rule ?? "gd") as string);
  return exact ? reduceHidden({ problem, adapters }) : { problem, adapters, lift: (same) => same };
}

/** The columns that are read off a state. */
export type StateColumn =
  | "at"
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
): Omit<Pick<RunRow, StateColumn>, "at"> {
  const { signal, mixed, rest } = lossParts(error(state), along), top = topOf(stackOf(b1, a1));
  return {
    ...{ loss: signal + mixed + rest, signal, mixed, rest },
    gap: misalignmentOf(top, [along.p, along.v]),
    norm1: top.value,
    norm2: b2 && a2 ? topOf(stackOf(b2, a2)).value : null,
    x1: learnt(b1, a1, along.p, along.v),
    x2: b2 && a2 ? learnt(b2, a2, along.u, along.p) : null,
  };
}

/** What falls to 0 at the half-time of a run: `uᵀEv − σ/2`. */
export function halfLeft(
  problem: Problem,
  along: SignalDirections,
): (adapters: Adapters) => number {
  const signal = signalError(problem, along);
  return (adapters) => signal(adapters) - along.sigma / 2;
}

/** The columns of a reader's own, beside those that every row has. */
function ownColumns(
  observe: Observe,
  moment: Parameters<Observe>[0],
  taken: readonly string[],
): Record<string, number> {
  const what = "observe a run", found = observe(moment);
  const own = typeof found === "object" && found !== null && !(found instanceof Promise) &&
    !Array.isArray(found) && !ArrayBuffer.isView(found);
  if (!own) {
    throw new TypeError(
      `Cannot ${what} as observe must return numbers by name, such as { share: 0.5 }: ` +
        `current value is ${found as unknown instanceof Promise ? "a promise" : show(found)}`,
    );
  }
  for (const [name, value] of Object.entries(found)) {
    checkFinite(what, `the column ${name}`, value);
    if (!taken.includes(name)) continue;
    throw new TypeError(
      `Cannot ${what} as columns must have other names than ${taken.join(", ")}: ` +
        `current value has ${show(name)}`,
    );
  }
  return found;
}

const KEYS = [
  ...["problem", "start", "startedBy", "alpha", "r", "perFactor", "times", "eta", "rule", "rtol"],
  ...["observe", "rates", "decay", "hook"],
];

/**
 * What is read off the states of a run.
 *
 * @param started The start of the run, see {@linkcode startedFlow}.
 * @param along Directions of its signal, for those who read many runs of one problem.
 * @returns The columns of a state, but those of the whole run.
 */
export function stateReader(
  { problem: like, observe }: Pick<RunCell, "problem" | "observe">,
  { problem, lift }: Reduced,
  along: SignalDirections = signalDirections(problem),
): (flow: AdapterFlow, t: number, state: Float64Array) => Pick<RunRow, StateColumn> {
  const whole = observe && problemOf(like);
  return (flow, t, state) => {
    const here = flow.adapters(state), row = { at: t, ...rowOf(flow.error, state, here, along) };
    if (!whole) return row;
    const moment = { t, adapters: lift(here), problem: whole };
    const taken = [...KEYS, ...Object.keys(row), "half", "status", "seed", "copy", "member"];
    return { ...row, ...ownColumns(observe, moment, taken) };
  };
}

/**
 * A run of gradient flow or descent: loss by parts, alignment, sizes and what was learnt at each time.
 * The seed, a whole number as text, is that of the start.
 *
 * A run that diverges before its first time has one row, of the start, and its status.
 */
export const flowRun: Task<RunCell, RunRow> = task(
  import.meta.url,
  "flowRun",
  (cell: RunCell, { seed }) => {
    const what = "run the flow";
    checkKeys(what, cell, KEYS, "the cell");
    const { times, eta = 0, rule = "gd", rates, decay, hook, rtol } = cell;
    const started = startedFlow(cell, seed), { problem, adapters } = started;
    const along = signalDirections(problem), left = halfLeft(problem, along);
    const rowAt = stateReader(cell, started, along);
    const changes = {
      ...(rates ? { rates } : {}),
      ...(decay === undefined ? {} : { decay }),
      ...(hook ? { hook } : {}),
    };
    if (eta !== 0) {
      const wanted = stepsAt(eta, times), at = wanted.map(({ step }) => step);
      const run = descend(problem, adapters, { eta, at, rule, event: left, ...changes });
      const { status, flow, event: half } = run;
      const found = run.states.map((state, i) => rowAt(flow, wanted[i].t, state));
      const rows = found.length > 0 ? found : [rowAt(flow, 0, flow.start)];
      return rows.map((row) => ({ ...row, half, status }));
    }
    if (rule !== "gd") {
      throw new RangeError(
        `Cannot ${what} as eta must be > 0 for a rule other than "gd": current value is 0`,
      );
    }
    const flow = new AdapterFlow(problem, adapters, changes);
    const { states, solution } = flow.solve(times, {
      events: [{ name: "half", direction: -1, g: (_t, y) => left(flow.adapters(y)) }],
      ...(rtol === undefined ? {} : { rtol }),
    });
    const hit = solution.events.at(0)?.t ?? null;
    return states.map((state, i) => (
      { ...rowAt(flow, times[i], state), half: hit, status: "done" }
    ));
  },
);
