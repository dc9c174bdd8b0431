/**
 * LoRA on a small network that was trained on digits and learns changed ones.
 *
 * The paper's image experiment was not seen: this is a small stand-in of our own.
 *
 * @module
 */
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { ActivationLike } from "../../../gaussian/mod.ts";
import type { Matrix } from "../../../linalg/mod.ts";
import {
  type Labelled,
  mlp,
  type Network,
  optimizer,
  type OptimizerName,
} from "../../../nn/mod.ts";
import { portable, stream } from "../../../random/mod.ts";
import { type LayerStart, layerStart, type LayerStartName } from "../starts.ts";
import type { DigitsRow } from "./digits.ts";
import { CLASSES, type ImageChange, images, PIXELS, rowsOf, TRAIN } from "./images.ts";

/** The pre-trained network and the two tasks. */
export interface NetworkTask {
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** Activation of the hidden layers. */
  readonly activation: ActivationLike;
  /** Steps of gradient descent on the upright images. */
  readonly pretrainSteps: number;
  /** Their learning rate. */
  readonly pretrainRate: number;
  /** What is done to the images of the second task. */
  readonly change: number | ImageChange;
  /** Changed images to train on. */
  readonly images: number;
  /** Seed of the network's first weights, a whole number as text. */
  readonly networkSeed: string;
  /** Seed of the order of the images. */
  readonly splitSeed: string;
}

/** One run of LoRA on it. */
export interface NetworkRun extends NetworkTask {
  /** How the adapters start. */
  readonly adapters: LayerStartName | LayerStart;
  /** Scale of the start. */
  readonly alpha: number;
  /** Rank of the adapter of every layer. */
  readonly rank: number;
  /** Optimizer, on all images at each step. */
  readonly method: OptimizerName;
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

function prepare(setup: NetworkTask) {
  const { upright, changed, label } = images(setup.change, Number(setup.splitSeed));
  const part = (x: Matrix, from: number, to: number): Labelled => (
    { count: to - from, x: rowsOf(x, from, to).data.slice(), label: label.slice(from, to) }
  );
  return {
    network: pretrained(setup, part(upright, 0, TRAIN)),
    training: part(changed, 0, setup.images),
    test: part(changed, TRAIN, changed.rows),
    uprightTest: part(upright, TRAIN, upright.rows),
  };
}

/** Weights of entries `N(0, 1/in)`, then gradient descent on the upright images. */
function pretrained(setup: NetworkTask, upright: Labelled): Network {
  const { hidden, activation, pretrainSteps, pretrainRate, networkSeed } = setup;
  const network = mlp({
    sizes: [PIXELS, ...hidden, CLASSES],
    activation,
    rng: stream("unused"),
    biases: false,
    batch: TRAIN,
  });
  const draws = portable(Number(networkSeed));
  for (const { weight, inputs } of Object.values(network.layers)) {
    const { data } = weight.value, scale = Math.sqrt(inputs);
    data.set(draws.normals(data.length).map((x) => x / scale));
  }
  const rule = optimizer(network, { learningRate: pretrainRate, method: "gd" });
  for (let step = 0; step < pretrainSteps; step++) {
    const loss = network.lossAndGradient(upright);
    if (!Number.isFinite(loss)) {
      throw new RangeError(
        `Cannot pre-train the network as pretrainRate must be small enough for a finite loss: ` +
          `at ${pretrainRate} it is ${loss} after ${step} steps`,
      );
    }
    rule.step();
  }
  return network;
}

/** Scores of the pre-trained network. */
export interface BeforeTraining {
  /** Accuracy on the upright test images. */
  readonly uprightAccuracy: number;
  /** Accuracy on the changed test images. */
  readonly changedAccuracy: number;
  /** Loss on the changed training images. */
  readonly loss: number;
}

/** What the network scores before fine-tuning. */
export function networkBefore(setup: NetworkTask): BeforeTraining {
  const { network, test, uprightTest, training } = prepare(setup);
  return {
    uprightAccuracy: network.evaluate(uprightTest).accuracy,
    changedAccuracy: network.evaluate(test).accuracy,
    loss: network.evaluate(training).loss,
  };
}

/** Puts the start into the adapters of every layer; `frozen` has the gradient in its weights. */
function startLayers(frozen: Network, adapted: Network, run: NetworkRun, seed: string): void {
  const start = layerStart(run.adapters), draws = portable(Number(seed)), { rank, alpha } = run;
  for (const { name, weight } of Object.values(frozen.layers)) {
    const { value, gradient } = weight;
    const descent = { ...value, data: gradient!.data.map((x) => -x) };
    const factors = start.factors({ weight: value, descent, rank, alpha, draws });
    for (const [role, key] of [["B", "b"], ["A", "a"]] as const) {
      const place = adapted.parameters[`${name}.${role}`].value, found: Matrix = factors[key];
      if (found?.rows !== place.rows || found.columns !== place.columns) {
        throw new TypeError(
          `Cannot start ${name} as ${key} of ${start.name} must be ${place.rows} x ` +
            `${place.columns}: current shape is ${found?.rows} x ${found?.columns}`,
        );
      }
      place.data.set(found.data);
    }
  }
}

function trainOnDigits(run: NetworkRun, seed: string): DigitsRow[] {
  const { network, training, test } = prepare(run), { rank, steps, learningRate, method } = run;
  network.lossAndGradient(training);
  const shape = { rank, scale: 1 }, names = Object.keys(network.layers);
  const adapted = network.withAdapters(Object.fromEntries(names.map((name) => [name, shape])));
  startLayers(network, adapted, run, seed);
  const rule = optimizer(adapted, { learningRate, method });
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
 * @throws {RangeError} If the loss ceases to be finite: the number of steps and the learning rate are
 * named.
 * @throws {TypeError} If a start of one's own does not fit a layer.
 */
export const networkDigitsRun: Task<NetworkDigitsCell, DigitsRow> = task(
  import.meta.url,
  "networkDigitsRun",
  (cell: NetworkDigitsCell, { seed }) => trainOnDigits(cell, seed),
);
