/**
 * One run through the escape: stops at given times, at the moment the target is being learnt, and after.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { solveOde } from "../../../../ode/mod.ts";
import { learnt, signalDirections } from "../../measures.ts";
import type { Adapters, Problem } from "../../model.ts";
import { AdapterFlow } from "../flow/flow.ts";
import { type Observe, type RunCell, startedFlow } from "./run.ts";

/** What a run starts from. */
export interface EscapeStart {
  /** The problem, its hidden dimensions reduced where that is exact. */
  readonly problem: Problem;
  /** The adapters. */
  readonly adapters: Adapters;
  /** Their scale. */
  readonly alpha: number;
}

/** A run that is stopped where adapter 1 has learnt a given amount. */
export interface EscapeCell
  extends Pick<RunCell, "problem" | "start" | "startedBy" | "alpha" | "r"> {
  /** The escape is where `gᵀB₁A₁v` first reaches this. */
  readonly threshold: number;
  /** Latest time of the escape; a run that has not escaped by then ends there, at `"never"`. */
  readonly horizon: number;
  /** Further moments before the escape by name. */
  readonly stops: (start: EscapeStart) => Readonly<Record<string, number>>;
  /** Further columns of the first row. */
  readonly atStart: (start: EscapeStart) => Readonly<Record<string, number>>;
  /** Times after the escape, increasing, counted from it. */
  readonly after: readonly number[];
  /** Columns. */
  readonly observe: Observe;
}

/** A moment of a run. */
export interface EscapeRow extends Row {
  /** `"start"`, the name of a stop, `"escape"` and `"after"`, or `"never"` at the horizon. */
  moment: string;
  /** Flow time. */
  at: number;
}

const KEYS = [
  ...["problem", "start", "startedBy", "alpha", "r"],
  ...["threshold", "horizon", "stops", "atStart", "after", "observe"],
];

/**
 * A run of the gradient flow, observed at its start, at stops, at the escape and at times counted from
 * it. Where the other adapter takes the target there is no escape: the run ends at the horizon.
 *
 * @param seed Of the start, a whole number as text.
 */
export function throughEscape(cell: EscapeCell, seed: string): EscapeRow[] {
  checkKeys("run through the escape", cell, KEYS, "the cell");
  const { problem: plain, start, startedBy, alpha, r, threshold, horizon, after } = cell;
  const { problem, adapters } = startedFlow(
    { problem: plain, start, startedBy, alpha, r, times: [] },
    seed,
  );
  const flow = new AdapterFlow(problem, adapters), { p, v } = signalDirections(problem);
  const started = { problem, adapters, alpha };
  const stops = Object.entries(cell.stops(started))
    .filter(([, at]) => at < horizon).toSorted(([, a], [, b]) => a - b);
  // A small start is followed from its beginning, and its noise to the end.
  const accuracy = { rtol: 3e-14, atol: 1e-12 * Math.min(1, alpha) };
  const { status, t: end, y: last, states, events: [escape] } = solveOde(
    flow.rhs,
    0,
    horizon,
    flow.start,
    {
      ...accuracy,
      times: [...new Set(stops.map(([, at]) => at))],
      land: true,
      events: [{
        name: "escape",
        direction: 1,
        terminal: true,
        g: (_t, y) => {
          const { b1, a1 } = flow.adapters(y);
          return learnt(b1, a1, p, v) - threshold;
        },
      }],
    },
  );
  if (status !== "done" && !escape) {
    throw new Error(`Cannot run through the escape: ${status} at t = ${end}`);
  }
  const at = (moment: string, t: number, state: Float64Array) => {
    const observed = cell.observe({ t, adapters: flow.adapters(state), problem });
    return { moment, at: t, ...observed };
  };
  const times = [...new Set(stops.map(([, time]) => time))];
  const reached = stops.flatMap(([name, time]) => {
    const state = states[times.indexOf(time)];
    return state === undefined ? [] : [at(name, time, state)];
  });
  const before = [{ ...at("start", 0, flow.start), ...cell.atStart(started) }, ...reached];
  if (!escape) return [...before, at("never", end, last)];
  const next = new AdapterFlow(problem, flow.adapters(escape.y));
  const later = after.length === 0 ? [] : next.solve(after, accuracy).states;
  return [
    ...before,
    at("escape", escape.t, escape.y),
    ...later.map((state, i) => at("after", escape.t + after[i], state)),
  ];
}

/** The same as a task; cells whose columns and stops are functions stay in this process. */
export const escapeRun: Task<EscapeCell, EscapeRow> = task(
  import.meta.url,
  "escapeRun",
  (cell: EscapeCell, { seed }) => throughEscape(cell, seed),
);
