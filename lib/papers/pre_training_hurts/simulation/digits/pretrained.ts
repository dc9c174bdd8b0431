/**
 * Real data: a small network that has learnt the 8 × 8 digits, and what it has learnt in its first layer.
 *
 * @module
 */
import type { ActivationLike } from "../../../../gaussian/mod.ts";
import { type Matrix, svd } from "../../../../linalg/mod.ts";
import { digits, mlp, type Network, train } from "../../../../nn/mod.ts";
import { stream } from "../../../../random/mod.ts";

/** Images of a reader: a row of pixels and a class 0, 1, … for each. */
export interface OwnImages {
  /** Pixels, a row for each image. */
  readonly x: readonly (readonly number[])[];
  /** Classes. */
  readonly label: readonly number[];
}

/** How the network is pre-trained. */
export interface PretrainingSetting {
  /** Images and their classes: the digits, or a reader's own. */
  readonly data: "digits" | OwnImages;
  /** Images that are learnt from; the others test. */
  readonly train: number;
  /** Hidden units. */
  readonly hidden: number;
  /** Activation of the hidden units. */
  readonly activation: ActivationLike;
  /** Steps of SGD on both layers. */
  readonly fullSteps: number;
  /** Step size of these. */
  readonly fullStep: number;
  /** Images a step. */
  readonly batch: number;
}

/** A pre-trained network, and the largest change of its first layer. */
export interface Pretrained {
  /** Weights of the first layer, hidden × inputs. */
  readonly first: Matrix;
  /** Weights of the first layer before training. */
  readonly start: Matrix;
  /** The network. */
  readonly network: Network;
  /** Singular values of the change of the first layer. */
  readonly values: Float64Array;
  /** Unit vector û of the largest change among hidden units. */
  readonly left: Float64Array;
  /** Unit vector v̂ of the largest change among inputs. */
  readonly right: Float64Array;
  /** Images that were learnt from, count × inputs. */
  readonly images: Float64Array;
  /** Loss and accuracy on them, and on the others. */
  readonly trainLoss: number;
  /** Loss on the other images. */
  readonly testLoss: number;
  /** Share of the other images whose class is found. */
  readonly testAccuracy: number;
}

/** A labelled part of the data. */
interface Part {
  readonly count: number;
  readonly x: Float64Array;
  readonly label: ArrayLike<number>;
}

/** Training and test images. */
function partsOf({ data, train: count }: PretrainingSetting): { train: Part; test: Part } {
  if (data === "digits") return digits(count);
  const part = (from: number, to: number): Part => ({
    count: to - from,
    x: Float64Array.from(data.x.slice(from, to).flat()),
    label: data.label.slice(from, to),
  });
  return { train: part(0, count), test: part(count, data.x.length) };
}

const known = new Map<string, Pretrained>();

/** The pre-trained network of a setting; a setting without functions is trained once in a process. */
export function pretrained(setting: PretrainingSetting, seed: string): Pretrained {
  const plain = setting.data === "digits" && typeof setting.activation === "string";
  const key = plain ? JSON.stringify([seed, setting]) : undefined;
  const found = key === undefined ? undefined : known.get(key);
  if (found) return found;
  const made = pretrain(setting, seed);
  if (key !== undefined) known.set(key, made);
  return made;
}

/** SGD of both layers on one-hot classes and the square loss. */
function pretrain(setting: PretrainingSetting, seed: string): Pretrained {
  const { hidden, activation, fullSteps, fullStep, batch } = setting;
  const { train: own, test } = partsOf(setting), inputs = own.x.length / own.count;
  const classes = 1 + Math.max(...Array.from(own.label), ...Array.from(test.label));
  const rng = stream(seed, "digits", "full network");
  const network = mlp({
    ...{ sizes: [inputs, hidden, classes], activation, loss: "mse", biases: false, gain: 1 },
    ...{ rng: rng.stream("weights"), batch },
  });
  const { value: first } = network.layers.layer1.weight,
    start = { ...first, data: first.data.slice() };
  const rows = train(network, own, {
    ...{ steps: fullSteps, every: fullSteps, batch, method: "sgd", learningRate: fullStep },
    ...{ rng: rng.stream("order"), test },
  });
  const last = [...rows].at(-1)!;
  const change = { ...first, data: first.data.map((w, i) => w - start.data[i]) };
  const { u, values, v } = svd(change);
  const column = ({ rows: count, columns, data }: Matrix) =>
    Float64Array.from({ length: count }, (_, i) => data[i * columns]);
  return {
    ...{ network, first: { ...first, data: first.data.slice() }, start, values },
    ...{ left: column(u), right: column(v), images: own.x, trainLoss: last.loss },
    ...{ testLoss: last.testLoss ?? NaN, testAccuracy: last.testAccuracy ?? NaN },
  };
}
