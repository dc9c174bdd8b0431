/**
 * LoRA on all layers of a small network that was trained on digits and learns changed ones.
 *
 * @module
 */
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { type Network, optimizer, type UpdateRuleLike } from "../../../nn/mod.ts";
import { portable } from "../../../random/mod.ts";
import type { StartLike } from "../starts.ts";
import { startedLayer } from "./_layer_start.ts";
import { digitParts } from "./images.ts";
import { type NetworkTask, pretrainedNetwork } from "./pretrained.ts";

/** One run of LoRA on the pre-trained network. */
export interface NetworkRun extends NetworkTask {
  /** How the adapters start. */
  readonly adapters: StartLike;
  /** Scale of the start. */
  readonly alpha: number;
  /** Whether random entries have deviation `α/√out` (in B) and `α/√in` (in A) instead of `α`. */
  readonly perFactor: boolean;
  /** Rank of the adapter of every layer. */
  readonly rank: number;
  /** Update rule, on all images at each step. */
  readonly method: UpdateRuleLike;
  /** Learning rate. */
  readonly learningRate: number;
  /** Numbers of steps at which to report; the last ends the run. */
  readonly steps: readonly number[];
}

/** A run with the name of its start, which becomes a column. */
export interface NetworkDigitsCell extends NetworkRun {
  /** Name of the start. */
  readonly start: string;
}

/** A moment of a run on digits. */
export interface DigitsRow extends Row {
  /** Number of steps, or flow time. */
  at: number;
  /** Loss on the training images. */
  loss: number;
  /** Accuracy on the test images. */
  accuracy: number;
}

/**
 * The network with adapters of the start on every layer, and the images.
 *
 * @param run What is adapted, and how.
 * @param seed Of the start, a whole number as text: `B` and `A` layer by layer.
 */
export function adaptedNetwork(
  run: Omit<NetworkRun, "steps" | "method" | "learningRate">,
  seed: string,
): Network {
  const frozen = pretrainedNetwork(run), { adapters, alpha, perFactor, rank } = run;
  frozen.lossAndGradient(digitParts(run).training);
  const names = Object.keys(frozen.layers), shape = { rank, scale: 1 };
  const adapted = frozen.withAdapters(Object.fromEntries(names.map((name) => [name, shape])));
  const draws = portable(Number(seed));
  for (const { name, weight, inputs, outputs } of Object.values(frozen.layers)) {
    const descent = { ...weight.value, data: weight.gradient!.data.map((x) => -x) };
    const { b, a } = startedLayer(`start ${name}`, adapters, {
      ...{ weight: weight.value, descent, rank, alpha, draws },
      deviation: perFactor
        ? { b: alpha / Math.sqrt(outputs), a: alpha / Math.sqrt(inputs) }
        : { b: alpha, a: alpha },
    });
    adapted.parameters[`${name}.B`].value.data.set(b.data);
    adapted.parameters[`${name}.A`].value.data.set(a.data);
  }
  return adapted;
}

function trainOnDigits(run: NetworkRun, seed: string): DigitsRow[] {
  const adapted = adaptedNetwork(run, seed), { training, test } = digitParts(run);
  const { steps, learningRate, method } = run, rule = optimizer(adapted, { learningRate, method });
  let done = 0;
  return steps.map((at) => {
    for (; done < at; done++) {
      adapted.lossAndGradient(training);
      rule.step();
    }
    const { loss } = adapted.evaluate(training);
    if (!Number.isFinite(loss)) {
      throw new RangeError(
        `Cannot train the adapters as learningRate must be small enough for a finite loss: ` +
          `at ${learningRate} it is ${loss} after ${at} steps`,
      );
    }
    return { at, loss, accuracy: adapted.evaluate(test).accuracy };
  });
}

/**
 * Training loss and test accuracy of LoRA on all layers of the network, on the changed digits. The
 * seed, a whole number as text, is that of the start.
 *
 * Source: ours; the paper adapts the last layer only, see `lastLayerRun`.
 *
 * @throws {RangeError} If the loss ceases to be finite: the number of steps and the learning rate are
 * named.
 * @throws {TypeError} If a start of one's own does not fit a layer.
 */
export const networkDigitsRun: Task<NetworkDigitsCell, DigitsRow> = task(
  import.meta.url,
  "networkDigitsRun",
  (cell: NetworkDigitsCell, { seed }) => trainOnDigits(cell, seed),
);
