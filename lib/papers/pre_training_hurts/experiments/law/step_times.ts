/**
 * What a step costs, of the exact chain and of SGD on whole inputs, against the dimension.
 *
 * @module
 */
import { checkInteger, checkKeys } from "../../../../check.ts";
import type { Row } from "../../../../experiment/mod.ts";
import type { ActivationLike } from "../../../../gaussian/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { openCopies } from "../../simulation/runs/open.ts";
import { type Sampler, samplers } from "../../simulation/runs/setting.ts";

/** What is timed. */
export interface StepTimeOptions {
  /** Activation of student and teacher. */
  readonly student?: ActivationLike;
  /** Dimensions. */
  readonly d?: readonly number[];
  /** Samples per step. */
  readonly batch?: number;
  /** Samplers. */
  readonly samplers?: readonly Sampler[];
  /** Copies that make steps together. */
  readonly copies?: number;
}

/** Time of a step on this machine. */
export interface StepTimeRow extends Row {
  /** What makes the steps. */
  sampler: string;
  /** Dimension. */
  d: number;
  /** Nanoseconds a step and copy. */
  nanoseconds: number;
}

/** Numbers that SGD on whole inputs draws at most for one measurement. */
const MOST = 2e7;

/**
 * Time of a step against the dimension, measured now and here: it is no experiment, since it differs at every call. SGD
 * on whole inputs is left out where one step of all copies would draw more than 2·10⁷ numbers.
 *
 * @example
 * ```ts
 * import { stepTimes } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = stepTimes({ d: [100, 1e9], batch: 1, copies: 16 });
 * assertEquals(rows.map(({ sampler, d }) => `${sampler} ${d}`), [
 *   ...["exact chain 100", "exact chain 1000000000", "chain of samples 100", "chain of samples 1000000000"],
 *   "whole inputs 100",
 * ]);
 * ```
 */
export function stepTimes(options: StepTimeOptions = {}): StepTimeRow[] {
  const what = "time a step";
  checkKeys(what, options, ["student", "d", "batch", "samplers", "copies"], "the options");
  const { student = "erf", d: dims = [100, 1000, 1e4, 1e9], batch = 1, copies = 64 } = options;
  checkInteger(what, "batch", batch, 1);
  checkInteger(what, "copies", copies, 1);
  return (options.samplers ?? samplers).flatMap((sampler) =>
    dims.filter((d) => sampler !== "whole inputs" || d * batch * copies <= MOST)
      .map((d): StepTimeRow => {
        const setting = { student, w0: 0.5, d, batch, step: 0.01, sampler, copies };
        const run = openCopies(setting, stream("7", "step times"));
        timeOf(run, 6); // compiled by then
        return { sampler, d, nanoseconds: timeOf(run, 6) / copies };
      })
  );
}

/** Nanoseconds a step over so many milliseconds. */
function timeOf(run: { step(): void }, milliseconds: number): number {
  const start = performance.now();
  let steps = 0;
  while (performance.now() - start < milliseconds) {
    run.step();
    steps++;
  }
  return (performance.now() - start) * 1e6 / steps;
}
