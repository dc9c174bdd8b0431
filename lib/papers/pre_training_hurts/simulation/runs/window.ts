/**
 * Exit times by the authors' rule: the window around μ, applied to the mean curve of a few runs.
 *
 * @module
 */
import { checkInteger, checkKeys } from "../../../../check.ts";
import { windowExit } from "../../../../chain/mod.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { openCopies } from "./open.ts";
import { rngOf, SETTING_KEYS, type SgdSetting } from "./setting.ts";

/** Runs from given starts, and the groups of them whose mean curve is looked at. */
export interface WindowCell extends Omit<SgdSetting, "copies" | "start"> {
  /** Overlap `m₀` of each start. */
  readonly starts: readonly number[];
  /** Scalar factor `u₀` of all starts. */
  readonly u0: number;
  /** Groups, as numbers of the starts; a start may stand in several, or twice in one. */
  readonly groups: readonly (readonly number[])[];
  /** Middle of the window. */
  readonly level: number;
  /** Half its width. */
  readonly halfWidth: number;
  /** Steps after which a run ends at the latest. */
  readonly maxSteps: number;
}

const OWN = ["starts", "u0", "groups", "level", "halfWidth", "maxSteps"];

/** The exit of a group. */
export interface WindowRow extends Row {
  /** Number of the group. */
  group: number;
  /** Mean `|m₀|` of its starts. */
  m0: number;
  /** Mean index of the steps at which the mean of `|m|` lies in the window; null when it never did. */
  exit: number | null;
}

/**
 * Exit times by the authors' rule: `|m|` is averaged over a group of runs, step by step, and the mean index of all
 * steps in the window `level ± halfWidth` is the exit.
 *
 * Runs end a tenth after the last of them has passed the window, or after `maxSteps`.
 *
 * Scale: steps. Source: rule: code of nwemadji2026when.
 *
 * @example
 * ```ts
 * import { windowExits } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const setting = { student: "x", w0: 0.5, d: 1000, batch: 500, step: 0.2, u0: 1e-6 } as const;
 * const rule = { level: 0.5, halfWidth: 0.05, maxSteps: 1000 };
 * const rows = [await windowExits({ ...setting, ...rule, starts: [0.01, 0.04], groups: [[0], [1]] })].flat();
 * assert(rows[0].exit! > rows[1].exit!);
 * ```
 */
export const windowExits: Task<WindowCell, WindowRow> = task(
  import.meta.url,
  "windowExits",
  (cell: WindowCell, { seed }) => {
    const { starts, u0, groups, level, halfWidth, maxSteps, ...setting } = cell;
    const known = SETTING_KEYS.filter((key) => key !== "copies" && key !== "start");
    checkKeys("measure window exits", cell, [...known, ...OWN], "the cell");
    checkInteger("measure window exits", "maxSteps", maxSteps, 1);
    const rng = rngOf({ ...setting, copies: 1 }, seed), above = level + halfWidth;
    const runs = starts.map((m0, i) =>
      openCopies({ ...setting, copies: 1, start: { u: u0, a: [m0] } }, rng.stream("start", i))
    );
    const curves = runs.map((run) => [Math.abs(run.m(0))]), last = () => curves[0].length - 1;
    let end = maxSteps;
    while (last() < end) {
      runs.forEach((run, i) => {
        run.step();
        curves[i].push(Math.abs(run.m(0)));
      });
      const passed = curves.every((curve) => curve[last()] > above);
      if (passed && end === maxSteps) end = Math.min(maxSteps, Math.ceil(1.1 * last()) + 1);
    }
    const mean = new Float64Array(curves[0].length);
    return groups.map((group, g): WindowRow => {
      mean.fill(0);
      for (const i of group) {
        const curve = curves[i];
        for (let k = 0; k < mean.length; k++) mean[k] += curve[k] / group.length;
      }
      const exit = Number.isFinite(mean.at(-1)!) ? windowExit(mean, level, halfWidth) : NaN;
      return { group: g, m0: mean[0], exit: Number.isFinite(exit) ? exit : null };
    });
  },
);
