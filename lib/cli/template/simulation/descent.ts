/**
 * Gradient descent from random balanced starts.
 *
 * @module
 */
import { checkInside, checkInteger } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import { stream } from "../../../random/mod.ts";
import { checkMode, type Mode } from "../model.ts";

/** One cell of the sweep. */
export interface DescentCell extends Mode {
  /** Scale `α` of the start `b = a = α g`. */
  readonly scale: number;
  /** Step size `η`. */
  readonly eta: number;
  /** Independent starts. */
  readonly copies: number;
}

/** One run. */
export type DescentRow = {
  /** Number of the start; equal numbers mean equal draws `g` at every scale. */
  copy: number;
  /** Part of the target that is learnt at the start. */
  share: number;
  /** Steps × `η` until half of the target is learnt. */
  time: number;
};

/**
 * Flow time until gradient descent from `b = a` has learnt half of the target; between two steps it
 * is interpolated in `log(y / (1 − y))`, which grows evenly. Equal to repeated `step()` of the model.
 *
 * @param a Start, `a = b > 0`, with less than half of the target learnt.
 * @param eta Step size, below `1 / (2 s σ)`.
 * @throws {RangeError} If an argument is out of its range.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { descentHalfTime, halfTime } from "lora-dynamics/cli/template/mod.ts";
 *
 * const mode = { gain: 1, target: 1 };
 * assertAlmostEquals(descentHalfTime(mode, 0.1, 1e-5), halfTime(mode, 0.1 ** 2), 1e-4);
 * ```
 */
export function descentHalfTime(mode: Mode, a: number, eta: number): number {
  const what = "run gradient descent";
  checkMode(what, mode);
  const { gain, target } = mode;
  checkInside(what, "a", a, 0, Math.sqrt(target / (2 * gain)));
  checkInside(what, "eta", eta, 0, 0.5 / (gain * target)); // no step leaps over the target
  const logit = (x: number) => Math.log(gain * x * x / (target - gain * x * x));
  let steps = 0, before = a;
  for (; gain * a * a < target / 2; steps++) {
    before = a;
    a += eta * gain * a * (target - gain * a * a);
  }
  const from = logit(before), to = logit(a);
  return eta * (steps - to / (to - from));
}

/** Half times of one cell, one row per start. */
export const descents: Task<DescentCell, DescentRow> = task(
  import.meta.url,
  "descents",
  (cell: DescentCell, { seed }): DescentRow[] => {
    const { gain, target, scale, eta, copies } = cell;
    checkInteger("run gradient descent", "copies", copies, 1);
    const draws = stream(seed, "starts");
    return Array.from({ length: copies }, (_, copy) => {
      const a = scale * Math.abs(draws.normal());
      return { copy, share: gain * a * a / target, time: descentHalfTime(cell, a, eta) };
    });
  },
);
