/**
 * One run of any setting: the task that sweeps repeat over strengths, dimensions, batches and seeds.
 *
 * @module
 */
import { checkKeys, show } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { type PairMoments, pairMoments } from "../../../../gaussian/mod.ts";
import { frozenOf } from "../../frozen.ts";
import { type AdapterState, openCopies } from "./open.ts";
import { activationsOf, rngOf, SETTING_KEYS, type SgdSetting } from "./setting.ts";

/** A copy at one moment, as own columns and events see it. */
export interface Moment extends AdapterState {
  /** Overlap `m = ω·ω⋆`, with its sign. */
  readonly m: number;
  /** `s = w·ω⋆`. */
  readonly s: number;
  /** `r = |w|²`. */
  readonly r: number;
  /** Population loss `½ E(ŷ − σ⋆)²` on normal inputs, without the noise of the labels. */
  readonly loss: number;
  /** Steps made. */
  readonly at: number;
  /** Samples used. */
  readonly samples: number;
}

/** What a run adds to its rows: numbers by the names of their columns. */
export type Observe = (moment: Moment) => Record<string, number>;

/** A run. */
export interface RunCell extends SgdSetting {
  /** Increasing steps at which the copies are looked at. */
  readonly looks: readonly number[];
  /** Further columns. */
  readonly observe?: Observe;
}

/** A copy at one step. */
export interface RunRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Steps made. */
  at: number;
  /** Samples used. */
  samples: number;
  /** `|m|`. */
  m: number;
  /** `u` with the sign of `u m`. */
  u: number;
  /** Overlap with the second direction of the frame, with the sign that makes `m` positive; 0 when aligned. */
  n: number;
  /** `1 − |m|` to full relative accuracy. */
  gap: number;
  /** `s = w·ω⋆`. */
  s: number;
  /** Population loss. */
  loss: number;
  /** `"running"`, or when and how many copies have diverged. */
  status: string;
}

/** What a state says about the student. */
export function momentOf(
  frozen: readonly number[],
  moments: PairMoments,
  { u, a, h }: AdapterState,
): Omit<Moment, "at" | "samples"> {
  let r = (u * h) ** 2;
  frozen.forEach((w, j) => r += (w + u * a[j]) ** 2);
  const s = frozen[0] + u * a[0];
  const loss = r === Infinity // a run that is about to leave all numbers
    ? Infinity
    : Math.max(0, moments.self(r) / 2 - moments.cross(r, s) + moments.target / 2);
  return { u, a, h, m: a[0], s, r, loss };
}

/** Columns of the rows that no column of a reader may have. */
const TAKEN = ["copy", "at", "samples", "m", "u", "n", "gap", "s", "loss", "status"];

/** `1 − |m|` without the cancellation near 1; on the sphere the length of ω is 1 up to rounding. */
export function gapOf({ m, a, h }: Pick<Moment, "m" | "a" | "h">): number {
  const rest = a.slice(1).reduce((sum, x) => sum + x * x, h * h), length = Math.sqrt(rest + m * m);
  return rest / (length + Math.abs(m)) + (Math.abs(1 - length) < 1e-12 ? 0 : 1 - length);
}

/** A copy at one moment as a row. */
export function rowOf(
  copy: number,
  moment: Moment,
  status: string,
  observe?: Observe,
): RunRow {
  const { at, samples, m, u, a, s, loss } = moment, sign = m < 0 ? -1 : 1;
  const own = observe ? observe(moment) : {};
  if (typeof own !== "object" || own === null) {
    throw new TypeError(
      `Cannot add a column as observe must return numbers by name: current value is ${show(own)}`,
    );
  }
  const clash = Object.keys(own).find((key) => TAKEN.includes(key));
  if (clash !== undefined) {
    throw new RangeError(
      `Cannot add a column as its name must be none of ${
        TAKEN.join(", ")
      }: current value is ${clash}`,
    );
  }
  return {
    ...{ copy, at, samples, m: Math.abs(m), u: u * sign, n: (a[1] ?? 0) * sign },
    ...{ gap: gapOf(moment), s, loss, status },
    ...own,
  };
}

/** Makes steps of opened copies and calls `look` with every copy at each of the given steps. */
export function follow(
  setting: SgdSetting,
  seed: string,
  at: readonly number[],
  look: (copy: number, moment: Moment, status: string) => void,
): void {
  const frozen = frozenOf(setting.w0), { student, teacher } = activationsOf(setting);
  const moments = pairMoments(student, teacher), run = openCopies(setting, rngOf(setting, seed));
  for (const step of at) {
    while (run.steps < step) run.step();
    for (let copy = 0; copy < run.copies; copy++) {
      const samples = run.samples(copy), state = run.state(copy);
      look(copy, { ...momentOf(frozen, moments, state), at: step, samples }, run.status);
    }
  }
}

/**
 * One-pass SGD of any setting, one row per copy and step that is looked at; exact in law unless the sampler
 * says otherwise.
 *
 * Scale: steps.
 *
 * @example
 * ```ts
 * import { sgdRun } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = [await sgdRun({
 *   student: "x", w0: 0.5, d: 1000, batch: 500, step: 0.2, copies: 2, looks: [0, 50],
 * })].flat();
 * assertEquals(rows.map(({ copy, at }) => [copy, at]), [[0, 0], [1, 0], [0, 50], [1, 50]]);
 * ```
 */
export const sgdRun: Task<RunCell, RunRow> = task(
  import.meta.url,
  "sgdRun",
  (cell: RunCell, { seed }): RunRow[] => {
    checkKeys("run SGD", cell, [...SETTING_KEYS, "looks", "observe"], "the cell");
    const rows: RunRow[] = [];
    follow(cell, seed, cell.looks, (copy, moment, status) => {
      rows.push(rowOf(copy, moment, status, cell.observe));
    });
    return rows;
  },
);

/**
 * Steps `0 … last` at which a run is looked at, about equally spaced in `ln(1 + step)`.
 *
 * @param last Last step, always kept.
 * @param points About how many steps; early ones that round to the same step count once.
 *
 * @example
 * ```ts
 * import { keptSteps } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(keptSteps(100, 4), [0, 2, 9, 31, 100]);
 * ```
 */
export function keptSteps(last: number, points: number): number[] {
  const steps = new Set([0]);
  for (let i = 1; i <= points; i++) {
    steps.add(Math.round(Math.expm1(Math.log1p(last) * i / points)));
  }
  return [...steps].sort((a, b) => a - b);
}
