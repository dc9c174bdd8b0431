import { checkInteger, checkMethods, checkPositive } from "../check.ts";
import { permutation, type Stream } from "../random/mod.ts";
import { checkExamples, type Examples } from "./examples.ts";
import type { Floats } from "../linalg/mod.ts";
import type { Network } from "./network.ts";
import { optimizer, type OptimizerOptions } from "./optimizer.ts";

/** How long and on what a network is trained, besides the options of the optimizer. */
export interface TrainOptions<F extends Floats = Float64Array> extends OptimizerOptions {
  /** Number of steps; or give `epochs`. */
  readonly steps?: number;
  /** Number of passes over the examples, each in a new order; the last batch may be smaller. */
  readonly epochs?: number;
  /** Examples per step; default all of them. */
  readonly batch?: number;
  /** Stream of the order of the examples; needed when the batch is not all of them. */
  readonly rng?: Stream;
  /** Steps between rows; default a hundredth of all steps. */
  readonly every?: number;
  /** Examples that are only evaluated. */
  readonly test?: Examples;
  /** Step size as a function of the step, from 0, called when the gradient is known. */
  readonly schedule?: (step: number, network: Network<F>) => number;
  /** Training loss beyond which a run counts as diverged; default ∞. */
  readonly stopAbove?: number;
}

/** State of a run after `step` steps, as a row of a table. */
export type TrainingRow = {
  /** Number of steps made. */
  step: number;
  /** The same in passes over the examples. */
  epoch: number;
  /** Loss on all training examples. */
  loss: number;
  /** Accuracy on them. */
  accuracy: number;
  /** Loss on the test examples; null without any. */
  testLoss: number | null;
  /** Accuracy on them. */
  testAccuracy: number | null;
  /** `running`, `done`, or what to do about a loss that is not finite or above `stopAbove`. */
  status: string;
};

const diverged = "diverged: lower learningRate";

/**
 * Trains a network, row by row: at the start, every `every` steps and at the end. Rows are made as
 * they are asked for; stop asking and the network stays as it is.
 *
 * Law: each step draws the next `batch` examples of a random order without replacement, takes the
 * gradient of their mean loss and moves. Full batches need no stream.
 * Scale: one step is one update; `epoch = steps · batch / count`, to rounding up of the last batch.
 *
 * @throws {RangeError} If a number is out of range, or the batch exceeds that of the network.
 * @throws {TypeError} If sizes do not match, `gd` is asked for with a smaller batch, or the stream or
 * the number of steps is missing.
 *
 * @example
 * ```ts
 * import { softmaxRegression, train } from "lora-dynamics/nn/mod.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const network = softmaxRegression({ inputs: 1, classes: 2 });
 * const data = { count: 2, x: Float64Array.of(-1, 1), label: [0, 1] };
 * const rows = [...train(network, data, { steps: 20, learningRate: 1, method: "gd", every: 10 })];
 * assertEquals(rows.map((row) => row.step), [0, 10, 20]);
 * assert(rows[2].loss < 0.1 && rows[2].accuracy === 1 && rows[2].status === "done");
 * ```
 */
export function train<F extends Floats = Float64Array>(
  network: Network<F>,
  data: Examples,
  options: TrainOptions<F>,
): Generator<TrainingRow> {
  const what = "train a network";
  checkExamples(what, data, network.inputs, network.outputs);
  const { batch = data.count, epochs, rng, method, test, stopAbove } = options;
  checkInteger(`${what} of capacity ${network.batch}`, "batch", batch, 1, network.batch);
  checkInteger(what, "batch", batch, 1, data.count);
  const perEpoch = Math.ceil(data.count / batch);
  if (epochs !== undefined) checkInteger(what, "epochs", epochs, 0);
  const steps = options.steps ?? perEpoch * (epochs ?? NaN);
  checkInteger(what, "steps (or epochs)", steps, 0);
  const every = options.every ?? Math.max(1, Math.round(steps / 100));
  checkInteger(what, "every", every, 1);
  if (stopAbove !== undefined) checkPositive(what, "stopAbove", stopAbove);
  if (test) checkExamples(`${what}, test`, test, network.inputs, network.outputs);
  if (batch < data.count) {
    checkMethods(what, "rng", rng, "a stream", ["integer"]);
    if (method === "gd") {
      throw new TypeError(
        `Cannot ${what} as batch must be all ${data.count} examples for gd: current value is ${batch}`,
      );
    }
  }
  return run(network, data, options, { steps, every, batch, perEpoch });
}

function* run<F extends Floats>(
  network: Network<F>,
  data: Examples,
  options: TrainOptions<F>,
  { steps, every, batch, perEpoch }: {
    steps: number;
    every: number;
    batch: number;
    perEpoch: number;
  },
): Generator<TrainingRow> {
  const { rng, schedule, test, stopAbove = Infinity, ...others } = options;
  const { steps: _steps, epochs: _epochs, batch: _batch, every: _every, ...own } = others;
  const rule = optimizer(network, own); // it refuses what neither knows
  let order: Int32Array | undefined;
  const row = (step: number): TrainingRow => {
    const { loss, accuracy } = network.evaluate(data), score = test && network.evaluate(test);
    const status = !(loss <= stopAbove) ? diverged : step === steps ? "done" : "running";
    const testLoss = score ? score.loss : null, testAccuracy = score ? score.accuracy : null;
    return { step, epoch: step / perEpoch, loss, accuracy, testLoss, testAccuracy, status };
  };
  for (let step = 0; step <= steps; step++) {
    if (step % every === 0 || step === steps) {
      const now = row(step);
      yield now;
      if (now.status === diverged) return;
    }
    if (step === steps) return;
    const place = step % perEpoch, from = place * batch;
    if (batch < data.count && rng) {
      if (place === 0) order = permutation(rng, data.count);
      network.lossAndGradient(data, order!.subarray(from, from + batch));
    } else network.lossAndGradient(data);
    rule.step(schedule?.(step, network));
  }
}
