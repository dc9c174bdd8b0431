/**
 * Time averages of a run: what SGD does once it goes nowhere any more.
 *
 * @module
 */
import { checkInteger, checkKeys } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { pairMoments } from "../../../gaussian/mod.ts";
import { frozenOf } from "../frozen.ts";
import { openCopies } from "./runs/open.ts";
import { gapOf, momentOf } from "./runs/run.ts";
import { activationsOf, rngOf, SETTING_KEYS, type SgdSetting } from "./runs/setting.ts";

/** A run whose end is averaged. */
export interface StationaryCell extends SgdSetting {
  /** Steps before the average, to forget the start. */
  readonly burnIn: number;
  /** Steps averaged over. */
  readonly averaged: number;
}

/** Averages over time of one copy. */
export interface StationaryRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Mean of `|m|`. */
  m: number;
  /** Mean of `1 − |m|`, to full relative accuracy. */
  gap: number;
  /** Mean of `u` with the sign of `u m`. */
  u: number;
  /** Mean of `u²`. */
  uSquare: number;
  /** Mean of `s = w·ω⋆`. */
  s: number;
  /** Mean of the population loss, which is the excess risk where student and teacher match. */
  loss: number;
  /** `"running"`, or when and how many copies have diverged. */
  status: string;
}

/**
 * Time averages of one-pass SGD, one row per copy; exact in law unless the sampler says otherwise.
 *
 * Scale: steps. Source: ours.
 *
 * @example Label noise keeps the linear target `ηΔd/(4b)` away from overlap 1.
 * ```ts
 * import { stationary } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [row] = [await stationary({
 *   student: "x", w0: 0.5, d: 1e5, batch: 1e5, step: 0.1, noise: 0.5, copies: 1,
 *   start: { u: 0.5, a: [1] }, burnIn: 500, averaged: 500,
 * })].flat();
 * assertAlmostEquals(row.gap, 0.0125, 5e-4);
 * ```
 */
export const stationary: Task<StationaryCell, StationaryRow> = task(
  import.meta.url,
  "stationary",
  (cell: StationaryCell, { seed }): StationaryRow[] => {
    const what = "average a run";
    checkKeys(what, cell, [...SETTING_KEYS, "burnIn", "averaged"], "the cell");
    const { burnIn, averaged } = cell;
    checkInteger(what, "burnIn", burnIn, 0);
    checkInteger(what, "averaged", averaged, 1);
    const frozen = frozenOf(cell.w0), run = openCopies(cell, rngOf(cell, seed));
    const { student, teacher } = activationsOf(cell), moments = pairMoments(student, teacher);
    const rows = Array.from({ length: run.copies }, (_, copy): StationaryRow => (
      { copy, m: 0, gap: 0, u: 0, uSquare: 0, s: 0, loss: 0, status: "" }
    ));
    while (run.steps < burnIn) run.step();
    while (run.steps < burnIn + averaged) {
      run.step();
      rows.forEach((row, copy) => {
        const moment = momentOf(frozen, moments, run.state(copy)), { u, m, s, loss } = moment;
        row.m += Math.abs(m) / averaged;
        row.gap += gapOf(moment) / averaged;
        row.u += (m < 0 ? -u : u) / averaged;
        row.uSquare += u * u / averaged;
        row.s += s / averaged;
        row.loss += loss / averaged;
      });
    }
    return rows.map((row) => ({ ...row, status: run.status }));
  },
);
