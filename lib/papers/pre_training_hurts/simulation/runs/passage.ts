/**
 * Passage times: the step at which a quantity of a run first crosses a level.
 *
 * @module
 */
import {
  checkFinite,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkPositive,
} from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { pairMoments } from "../../../../gaussian/mod.ts";
import { frozenOf } from "../../frozen.ts";
import { openCopies } from "./open.ts";
import { type Moment, momentOf } from "./run.ts";
import { activationsOf, rngOf, SETTING_KEYS, type SgdSetting } from "./setting.ts";

/** What has to be reached: `|m|` or `s` from below, the loss from above, or a quantity of one's own. */
export interface Goal {
  /** `"m"` for `|m|`, `"s"`, `"loss"`, or a function of the moment. */
  readonly of: "m" | "s" | "loss" | ((moment: Omit<Moment, "at" | "samples">) => number);
  /** Level. */
  readonly level: number;
  /** Whether it is reached from above; true for the loss, else false, when not given. */
  readonly falls?: boolean;
}

/** A run to a goal. */
export interface PassageCell extends SgdSetting {
  /** What has to be reached. */
  readonly goal: Goal;
  /** Steps after which a copy is given up. */
  readonly maxSteps: number;
}

/** The passage of a copy. */
export interface PassageRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Step of the passage, interpolated; `null` when it was not seen. */
  exit: number | null;
  /** Samples used until then; `null` when it was not seen. */
  samples: number | null;
  /** `|m|` at the start. */
  m0: number;
  /** `u` at the start, with the sign of `u m`. */
  u0: number;
  /** `|m|` when the copy was left. */
  m: number;
  /** `s` when the copy was left. */
  s: number;
  /** `"arrived"`, `"given up"` after `maxSteps`, or `"diverged"`. */
  status: string;
}

/** Checks a goal. */
export function checkGoal(goal: Goal): void {
  const what = "set a goal";
  checkKeys(what, goal, ["of", "level", "falls"], "the goal");
  if (typeof goal.of !== "function") checkOneOf(what, "goal.of", goal.of, ["m", "s", "loss"]);
  checkFinite(what, "goal.level", goal.level);
  if (goal.of === "m" || goal.of === "loss") checkPositive(what, "goal.level", goal.level);
}

/**
 * Steps until a goal is reached, one row per copy; exact in law unless the sampler says otherwise.
 *
 * A passage is interpolated between two steps in the logarithm of the quantity where both values have the sign
 * of the level, as `t = k − 1 + (ln R − ln|m_{k−1}|)/(ln|m_k| − ln|m_{k−1}|)` for the overlap, else linearly.
 * A copy that has arrived goes on with the others, unseen.
 *
 * Scale: steps. Source: ours.
 *
 * @example
 * ```ts
 * import { passages } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const setting = { student: "x", w0: 0.5, d: 1000, batch: 500, step: 0.2, copies: 3 } as const;
 * const rows = [await passages({ ...setting, goal: { of: "m", level: 0.5 }, maxSteps: 1000 })].flat();
 * assert(rows.every(({ exit, status }) => exit! > 10 && status === "arrived"));
 * ```
 */
export const passages: Task<PassageCell, PassageRow> = task(
  import.meta.url,
  "passages",
  (cell: PassageCell, { seed }): PassageRow[] => {
    checkKeys("run to a goal", cell, [...SETTING_KEYS, "goal", "maxSteps"], "the cell");
    checkGoal(cell.goal);
    checkInteger("run to a goal", "maxSteps", cell.maxSteps, 1);
    const { of, level, falls = of === "loss" } = cell.goal, frozen = frozenOf(cell.w0);
    const run = openCopies(cell, rngOf(cell, seed)), { student, teacher } = activationsOf(cell);
    const moments = pairMoments(student, teacher);
    const moment = (c: number) => momentOf(frozen, moments, run.state(c));
    const value = typeof of === "function"
      ? (c: number) => of(moment(c))
      : of === "m"
      ? (c: number) => Math.abs(run.m(c))
      : (c: number) => moment(c)[of];
    const there = (x: number) => falls ? x <= level : x >= level;
    const rows: (PassageRow | undefined)[] = Array(run.copies).fill(undefined);
    const before = Float64Array.from(rows, (_, c) => value(c));
    const starts = rows.map((_, c) => {
      const m = run.m(c);
      return { m0: Math.abs(m), u0: run.state(c).u * (m < 0 ? -1 : 1) };
    });
    const leave = (c: number, exit: number | null, status: string) => {
      const { m, s } = moment(c), samples = exit === null ? null : run.samples(c);
      rows[c] = { copy: c, exit, samples, ...starts[c], m: Math.abs(m), s, status };
      open--;
    };
    let open = run.copies;
    before.forEach((x, c) => there(x) && leave(c, 0, "arrived"));
    for (let k = 1; k <= cell.maxSteps && open > 0; k++) {
      run.step();
      for (let c = 0; c < run.copies; c++) {
        if (rows[c] !== undefined) continue;
        const x = value(c);
        if (!Number.isFinite(x)) leave(c, null, "diverged");
        else if (there(x)) leave(c, k - 1 + shareOf(before[c], x, level), "arrived");
        else before[c] = x;
      }
    }
    rows.forEach((row, c) => row === undefined && leave(c, null, "given up"));
    return rows as PassageRow[];
  },
);

/** Share of a step after which a level between two values is met. */
function shareOf(from: number, to: number, level: number): number {
  if (from * level > 0 && to * level > 0) return Math.log(level / from) / Math.log(to / from);
  // From m = 0 the logarithm leaps from −∞: the step itself.
  return from === 0 ? 1 : (level - from) / (to - from);
}
