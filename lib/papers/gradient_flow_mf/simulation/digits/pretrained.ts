/**
 * A small network that was trained on upright digits, as a backbone for what is adapted.
 *
 * @module
 */
import { activation, type ActivationLike } from "../../../../gaussian/mod.ts";
import { type Matrix, multiplyNT } from "../../../../linalg/mod.ts";
import { mlp, type Network, optimizer } from "../../../../nn/mod.ts";
import { portable, stream } from "../../../../random/mod.ts";
import { kept } from "./kept.ts";
import { CLASSES, digitParts, type DigitTask, PIXELS, TRAIN } from "./images.ts";

/** The pre-trained network and the two tasks. */
export interface NetworkTask extends DigitTask {
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** Activation of the hidden layers. */
  readonly activation: ActivationLike;
  /** Steps of gradient descent on the upright images. */
  readonly pretrainSteps: number;
  /** Their learning rate. */
  readonly pretrainRate: number;
  /** Seed of the network's first weights, a whole number as text. */
  readonly networkSeed: string;
}

/** The task alone, of what may have more keys. */
export function networkTask(from: NetworkTask): NetworkTask {
  const { hidden, activation, pretrainSteps, pretrainRate, networkSeed } = from;
  const { change, images, splitSeed } = from;
  return {
    ...{ hidden, activation, pretrainSteps, pretrainRate, networkSeed },
    ...{ change, images, splitSeed },
  };
}

const trained = kept((task: Omit<NetworkTask, "change" | "images">): Network => {
  const { hidden, activation, pretrainSteps, pretrainRate, networkSeed, splitSeed } = task;
  const { upright } = digitParts({ change: 0, images: 1, splitSeed });
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
});

/**
 * The network after its training on all upright images, made once: take gradients and scores from it,
 * leave its weights alone.
 *
 * Law: no biases, weights `N(0, 1/in)` layer by layer from the portable generator, then full-batch
 * gradient descent on the softmax cross-entropy.
 *
 * @throws {RangeError} If the loss ceases to be finite.
 */
export function pretrainedNetwork(task: NetworkTask): Network {
  const { hidden, activation, pretrainSteps, pretrainRate, networkSeed, splitSeed } = task;
  return trained({ hidden, activation, pretrainSteps, pretrainRate, networkSeed, splitSeed });
}

/** Outputs of the last hidden layer, a row for each image; the images themselves without one. */
export function hiddenFeatures(task: NetworkTask, x: Matrix): Matrix {
  const sigma = activation(task.activation), layers = Object.values(pretrainedNetwork(task).layers);
  return layers.slice(0, -1).reduce((from, { weight }) => {
    const to = multiplyNT(from, weight.value);
    return { ...to, data: to.data.map((z) => sigma.f(z)) };
  }, x);
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
export function networkBefore(task: NetworkTask): BeforeTraining {
  const network = pretrainedNetwork(task), { test, uprightTest, training } = digitParts(task);
  return {
    uprightAccuracy: network.evaluate(uprightTest).accuracy,
    changedAccuracy: network.evaluate(test).accuracy,
    loss: network.evaluate(training).loss,
  };
}
