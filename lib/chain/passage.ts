import {
  checkFinite,
  checkInside,
  checkInteger,
  checkKeys,
  checkMethods,
  checkNonNegative,
} from "../check.ts";

/** What a first passage needs of a run: every chain, a direct run, or a reader's own is one. */
export interface Overlaps {
  /** Number of independent copies. */
  readonly copies: number;
  /** Overlap of copy `c`, with its sign; NaN once it has diverged. */
  m(c: number): number;
  /** One step of all copies. */
  step(): void;
}

/** Options of a first passage. */
export interface PassageOptions {
  /** Threshold `R` of `|m|`, in (0, 1). */
  readonly radius: number;
  /** Steps after which copies that have not arrived are given up. */
  readonly maxSteps: number;
}

/**
 * First-passage times of `|m|` to a threshold, one per copy, log-interpolated between steps:
 * `t = k − 1 + (ln R − ln|m_{k−1}|) / (ln|m_k| − ln|m_{k−1}|)`.
 *
 * Runs the chain until every copy has arrived or diverged, or `maxSteps` steps are made; a copy that
 * has not arrived gets `NaN`, one that is there at the start gets 0. An overlap that is not finite is
 * no arrival, and ends the copy: the chain's `status` says when that was.
 *
 * Scale: steps, counted from the state in which the chain is given.
 * Source: ours (main definition of the exit time).
 *
 * @throws {RangeError} If `radius` is not in (0, 1) or `maxSteps` is not an integer `≥ 1`.
 * @throws {TypeError} If `chain` is none, or a key of the options is not known.
 *
 * @example
 * ```ts
 * import { firstPassage, LinearChain } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const model = { student: activation("x"), d: 1e5, frozen: [0.5], batch: 1e5, step: 0.1 };
 * const times = firstPassage(new LinearChain(model, 8, stream("7")), { radius: 0.5, maxSteps: 2000 });
 * assert(times.every((t) => t > 50 && t < 2000));
 * ```
 */
export function firstPassage(chain: Overlaps, options: PassageOptions): Float64Array {
  const what = "measure a first passage";
  checkMethods(what, "chain", chain, "a chain with copies, m(c) and step()", ["m", "step"]);
  checkInteger(what, "chain.copies", chain.copies, 1);
  checkKeys(what, options, ["radius", "maxSteps"]);
  const { radius, maxSteps } = options;
  checkInside(what, "radius", radius, 0, 1);
  checkInteger(what, "maxSteps", maxSteps, 1);
  const times = new Float64Array(chain.copies).fill(NaN);
  // The overlap before the step; NaN for a copy that is through.
  const before = Float64Array.from(times, (_, c) => Math.abs(chain.m(c)));
  let open = 0;
  for (let c = 0; c < times.length; c++) {
    if (before[c] < radius) {
      open++;
      continue;
    }
    if (before[c] < Infinity) times[c] = 0;
    before[c] = NaN;
  }
  for (let k = 1; k <= maxSteps && open > 0; k++) {
    chain.step();
    for (let c = 0; c < times.length; c++) {
      if (Number.isNaN(before[c])) continue;
      const now = Math.abs(chain.m(c));
      if (now < radius) {
        before[c] = now;
        continue;
      }
      // From m = 0 the logarithm leaps from −∞: the step itself.
      const share = before[c] > 0 ? Math.log(radius / before[c]) / Math.log(now / before[c]) : 1;
      if (now < Infinity) times[c] = k - 1 + share;
      before[c] = NaN;
      open--;
    }
  }
  return times;
}

/**
 * Exit time by the rule of the authors' tables: the mean index of all steps at which a curve lies
 * within `halfWidth` of a level. `NaN` when it never does.
 *
 * Their level is μ itself, so the threshold moves with the strength of pre-training; kept to compare
 * with their run times, not used elsewhere.
 *
 * Scale: steps.
 * Source: code of nwemadji2026when.
 *
 * @param overlap Values of `|m|` (averaged over runs) at steps 0, 1, 2, ….
 * @param level Centre of the window.
 * @param halfWidth Half its width; 0.05 in the authors' code.
 * @throws {RangeError} If `level` or an overlap is not finite or `halfWidth` is not a finite number `≥ 0`.
 *
 * @example
 * ```ts
 * import { windowExit } from "lora-dynamics/chain/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(windowExit([0, 0.1, 0.46, 0.52, 0.9], 0.5, 0.05), 2.5);
 * ```
 */
export function windowExit(overlap: ArrayLike<number>, level: number, halfWidth = 0.05): number {
  checkFinite("measure a window exit", "level", level);
  checkNonNegative("measure a window exit", "halfWidth", halfWidth);
  let sum = 0, count = 0;
  for (let k = 0; k < overlap.length; k++) {
    // A name is made only for what is wrong: curves have many steps.
    if (!Number.isFinite(overlap[k])) {
      checkFinite("measure a window exit", `overlap[${k}]`, overlap[k]);
    }
    if (Math.abs(overlap[k] - level) <= halfWidth) {
      sum += k;
      count++;
    }
  }
  return sum / count;
}
