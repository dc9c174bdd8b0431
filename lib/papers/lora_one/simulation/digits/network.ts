/**
 * The network of the digits: trained on some of them, to be fine-tuned on others, and its one-step
 * gradients.
 *
 * @module
 */
import { type Matrix, matrix, multiplyNT, svd, transpose } from "../../../../linalg/mod.ts";
import { type Labelled, mlp, type Network, optimizer } from "../../../../nn/mod.ts";
import { portable, type PortableDraws, stream } from "../../../../random/mod.ts";
import { digitImages, PIXELS } from "./images.ts";

/** Outputs of the network, whatever digits it sees. */
const CLASSES = 10;

/** Layers in the order of the computation. */
export const DIGITS_LAYERS: readonly string[] = ["layer1", "layer2"];

/** What the network has learnt, and what it is to learn. */
export interface DigitsTransfer {
  /** Digits of the pre-training. */
  readonly source: readonly number[];
  /** Digits of the fine-tuning. */
  readonly target: readonly number[];
  /** Width of the hidden layer. */
  readonly hidden: number;
  /** Full-batch steps of Adam (rate 0.003) on the source. */
  readonly pretraining: number;
}

/** The same with the size of the adapters on both layers. */
export interface DigitsSetting extends DigitsTransfer {
  /** Rank. */
  readonly rank: number;
  /** LoRA's alpha: the layer has `W + s·BA` with `s = α/√r`, or `α/r`, as the method has it. */
  readonly alpha: number;
}

/** What something is drawn for. */
export type DigitsPurpose = "layer1" | "layer2" | "layer1 adapter" | "layer2 adapter";

/**
 * Draws of a seed for one purpose. The seeds 0 … 9 are those of the reference values and come from the
 * portable generator, which any language can repeat; any other text names a stream of its own.
 */
export function digitsDraws(seed: string, purpose: DigitsPurpose): PortableDraws {
  if (!/^\d$/.test(seed)) return streamDraws(seed, purpose);
  const s = Number(seed);
  const first = {
    ...{ "layer1": 900 + s, "layer2": 910 + s },
    ...{ "layer1 adapter": 920 + 10 * s, "layer2 adapter": 921 + 10 * s },
  };
  return portable(first[purpose]);
}

/** Draws of a stream of this seed and these names. */
export function streamDraws(seed: string, ...path: string[]): PortableDraws {
  const rng = stream(seed, "digits", ...path);
  return {
    uniform: () => rng.uniform(),
    normals: (count) => rng.fillNormal(new Float64Array(count)),
  };
}

const pretrained = new Map<string, Network>();

/** The network after its training on the source, one for each setting and seed. */
export function pretrainedNetwork(transfer: DigitsTransfer, seed: string): Network {
  const { source, target, hidden, pretraining } = transfer;
  const key = JSON.stringify([source, target, hidden, pretraining, seed]);
  const known = pretrained.get(key);
  if (known) return known;
  const { train } = digitImages(source);
  const batch = Math.max(train.count, digitImages(target).train.count);
  const network = mlp({ sizes: [PIXELS, hidden, CLASSES], rng: stream("unused"), batch });
  const fill = (name: "layer1" | "layer2", inputs: number, outputs: number, gain: number) => {
    const w = matrix(inputs, outputs, digitsDraws(seed, name).normals(inputs * outputs));
    const deviation = Math.sqrt(gain / inputs);
    network.layers[name].weight.value.data.set(transpose(w).data.map((x) => x * deviation));
  };
  fill("layer1", PIXELS, hidden, 2);
  fill("layer2", hidden, CLASSES, 1);
  const rule = optimizer(network, { learningRate: 3e-3, method: "adam" });
  for (let t = 0; t < pretraining; t++) {
    network.lossAndGradient(train);
    rule.step();
  }
  pretrained.set(key, network);
  return network;
}

/** Negative gradients of the layers, out × in, at the pre-trained weights on some images. */
export function negativeGradients(network: Network, data: Labelled): Matrix[] {
  network.lossAndGradient(data);
  return DIGITS_LAYERS.map((name) => {
    const { value, gradient } = network.layers[name].weight;
    return { ...value, data: gradient!.data.map((x) => -x) };
  });
}

/** The best approximation of rank `r`. */
export function lowRankPart(g: Matrix, r: number): Matrix {
  const { u, values, v } = svd(g, r);
  return multiplyNT({ ...u, data: u.data.map((x, i) => x * values[i % r]) }, v);
}

/** Step sizes of the line search: 41 values from 10⁻² to 10². */
const SEARCH = Array.from({ length: 41 }, (_, i) => 10 ** (-2 + i / 10));

/** The network moved along given directions. */
function moved(network: Network, directions: readonly Matrix[], eta: number): Network {
  const copy = network.merged();
  DIGITS_LAYERS.forEach((name, i) => {
    const { data } = copy.layers[name].weight.value;
    directions[i].data.forEach((x, at) => data[at] += eta * x);
  });
  return copy;
}

/** Best training loss on the target along directions, over the 41 step sizes. */
export function lineSearch(
  network: Network,
  directions: readonly Matrix[],
  target: readonly number[],
): { eta: number; loss: number; accuracy: number } {
  const { train, test } = digitImages(target);
  let best = { eta: NaN, loss: Infinity, accuracy: NaN };
  for (const eta of SEARCH) {
    const candidate = moved(network, directions, eta), { loss } = candidate.evaluate(train);
    if (loss < best.loss) best = { eta, loss, accuracy: candidate.evaluate(test).accuracy };
  }
  return best;
}
