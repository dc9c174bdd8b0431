/**
 * Half-times of the modes of a target: a run that ends when the last of them is half learnt.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { dot, normalize } from "../../../../linalg/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { solveOde } from "../../../../ode/mod.ts";
import { growthModes } from "../../bases.ts";
import { misalignment, signalError, stackOf } from "../../measures.ts";
import type { Problem } from "../../model.ts";
import { seedNumber } from "../../problems/mod.ts";
import { type PlainProblem, problemOf } from "../../shapes.ts";
import { startAdapters, type StartLike } from "../../starts.ts";
import { AdapterFlow } from "../flow/flow.ts";
import { reduceHidden } from "../flow/hidden.ts";

/** A run up to the last half-time. */
export interface HalfTimeCell {
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
  /** Number of modes to wait for. */
  readonly modes: number;
  /** Last time, should a mode not come. */
  readonly horizon: number;
}

/** A mode of a run. */
export interface ModeRow extends Row {
  /** Number of the mode, from 1, in the order of falling growth rates. */
  mode: number;
  /** First time with `u_jᵀEv_j = σ_j/2`; null if it does not come before the horizon. */
  half: number | null;
  /** Misalignment `1 − cos` of `Z₁` with the first mode at that time. */
  gap: number | null;
}

/** Directions of the modes in the target, `u_j = Δv_j/σ_j`. */
function modesOf(problem: Problem, count: number) {
  const { target } = problem;
  return growthModes(problem).modes1.slice(0, count).map(([, v]) => {
    const image = Float64Array.from(
      { length: target.rows },
      (_, i) => dot(target.data.subarray(i * target.columns, (i + 1) * target.columns), v),
    );
    const sigma = Math.sqrt(dot(image, image));
    return { u: normalize(image), v, sigma };
  });
}

/**
 * Half-times of the leading modes of a target under gradient flow, and how well adapter 1 is aligned with
 * the first of them then. The seed, a whole number as text, is that of the start.
 *
 * Errors: of the times about 1e-9 over the growth rate, by the interpolant between steps.
 */
export const halfTimeRun: Task<HalfTimeCell, ModeRow> = task(
  import.meta.url,
  "halfTimeRun",
  (cell: HalfTimeCell, { seed }) => {
    const what = "follow an escape";
    checkKeys(what, cell, ["problem", "start", "startedBy", "alpha", "r", "modes", "horizon"]);
    const { startedBy, alpha, r, modes: count, horizon } = cell, whole = problemOf(cell.problem);
    checkPositive(what, "horizon", horizon);
    checkInteger(what, "modes", count, 1);
    const draws = portable(seedNumber(what, seed));
    const started = startAdapters(whole, { start: startedBy, alpha, r, draws });
    const { problem, adapters } = reduceHidden({ problem: whole, adapters: started });
    const modes = modesOf(problem, count), [first] = growthModes(problem).modes1;
    const flow = new AdapterFlow(problem, adapters);
    const left = modes.map((mode) => {
      const signal = signalError(problem, mode);
      return (_t: number, y: Float64Array) => signal(flow.adapters(y)) - mode.sigma / 2;
    });
    const { events } = solveOde(flow.rhs, 0, horizon, flow.start, {
      ...{ rtol: 1e-12, atol: 1e-12 * Math.min(1, alpha), times: [horizon] },
      events: [
        ...left.map((g, j) => ({ name: String(j), direction: -1 as const, g })),
        {
          ...{ name: "all", direction: -1, terminal: true },
          g: (t, y) => left.reduce((most, g) => Math.max(most, g(t, y)), -Infinity),
        },
      ],
    });
    return modes.map((_, j) => {
      const hit = events.find(({ name }) => name === String(j));
      if (!hit) return { mode: j + 1, half: null, gap: null };
      const { b1, a1 } = flow.adapters(hit.y);
      return { mode: j + 1, half: hit.t, gap: misalignment(stackOf(b1, a1), first) };
    });
  },
);
