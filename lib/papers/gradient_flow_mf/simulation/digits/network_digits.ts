/**
 * LoRA on all layers of a small network that was trained on digits and learns changed ones.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { svd } from "../../../../linalg/mod.ts";
import { type Network, optimizer, type UpdateRuleLike } from "../../../../nn/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { modalVector } from "../../bases.ts";
import type { StartLike } from "../../starts.ts";
import { kept } from "./kept.ts";
import { startedLayer } from "./_layer_start.ts";
import { digitParts } from "./images.ts";
import { type NetworkTask, networkTask, pretrainedNetwork } from "./pretrained.ts";

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

/** A moment of a run on the network. */
export interface NetworkDigitsMoment extends DigitsRow {
  /**
   * Head start of the first layer's adapter over the last one's, `log₁₀(‖z₁‖/‖z_last‖)` at the start with
   * the modal vectors along the leading singular pairs of the negative gradients; null where one is 0.
   */
  lead: number | null;
}

/** A network with adapters, and which of them is ahead. */
export interface AdaptedNetwork {
  /** All frozen but the adapters. */
  readonly network: Network;
  /** See `NetworkDigitsMoment`. */
  readonly lead: number | null;
}

/** Negative gradients of the layers at the pre-trained weights, with their leading pairs. */
const descents = kept((task: NetworkTask) => {
  const network = pretrainedNetwork(task);
  network.lossAndGradient(digitParts(task).training);
  return Object.values(network.layers).map(({ weight }) => {
    const descent = { ...weight.value, data: weight.gradient!.data.map((x) => -x) };
    const { u, values, v } = svd(descent, 1);
    return { descent, pair: [u.data, v.data] as const, rate: values[0] };
  });
});

/**
 * Rate at which the adapter of each layer grows near zero, layer by layer: the largest singular value of
 * the negative gradient on the changed digits at the pre-trained weights.
 *
 * Scale: learning rate × steps. Source: ours (T3, on a network).
 *
 * @param task The task, or the parameters of `networkDigits`, of which it takes the task.
 * @throws {TypeError} If a key is not known.
 *
 * @example
 * ```ts
 * import { networkRates } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [first, last] = networkRates({
 *   ...{ hidden: [32], activation: "relu", pretrainSteps: 300, pretrainRate: 0.5 },
 *   ...{ change: 90, images: 600, networkSeed: "900", splitSeed: "1234" },
 * });
 * assertAlmostEquals(last / first, 0.95, 0.01); // nearly equal: the start decides
 * ```
 */
export function networkRates(task: NetworkTask): number[] {
  const ofTask = ["hidden", "activation", "pretrainSteps", "pretrainRate", "networkSeed"];
  const ofRuns = ["starts", "alpha", "perFactor", "rank", "method", "learningRate", "steps"];
  const known = [...ofTask, "change", "images", "splitSeed", ...ofRuns, "copies", "seed"];
  checkKeys("find the rates", task, known, "the task");
  return descents(networkTask(task)).map(({ rate }) => rate);
}

/**
 * The network with adapters of the start on every layer.
 *
 * @param run What is adapted, and how.
 * @param seed Of the start, a whole number as text: `B` and `A` layer by layer.
 */
export function adaptedNetwork(
  run: Omit<NetworkRun, "steps" | "method" | "learningRate">,
  seed: string,
): AdaptedNetwork {
  const { adapters, alpha, perFactor, rank } = run, task = networkTask(run);
  const frozen = pretrainedNetwork(task), names = Object.keys(frozen.layers);
  const shape = { rank, scale: 1 };
  const network = frozen.withAdapters(Object.fromEntries(names.map((name) => [name, shape])));
  const draws = portable(Number(seed));
  const sizes = descents(task).map(({ descent, pair }, i) => {
    const { weight, inputs, outputs } = frozen.layers[names[i]];
    const { b, a } = startedLayer(`start ${names[i]}`, adapters, {
      ...{ weight: weight.value, descent, rank, alpha, draws },
      deviation: perFactor
        ? { b: alpha / Math.sqrt(outputs), a: alpha / Math.sqrt(inputs) }
        : { b: alpha, a: alpha },
    });
    network.parameters[`${names[i]}.B`].value.data.set(b.data);
    network.parameters[`${names[i]}.A`].value.data.set(a.data);
    return Math.hypot(...modalVector(b, a, pair));
  });
  const lead = Math.log10(sizes[0] / sizes.at(-1)!);
  return { network, lead: Number.isFinite(lead) ? lead : null };
}

function trainOnDigits(run: NetworkRun, seed: string): NetworkDigitsMoment[] {
  const { network: adapted, lead } = adaptedNetwork(run, seed),
    { training, test } = digitParts(run);
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
    return { at, loss, accuracy: adapted.evaluate(test).accuracy, lead };
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
export const networkDigitsRun: Task<NetworkDigitsCell, NetworkDigitsMoment> = task(
  import.meta.url,
  "networkDigitsRun",
  (cell: NetworkDigitsCell, { seed }) => trainOnDigits(cell, seed),
);
