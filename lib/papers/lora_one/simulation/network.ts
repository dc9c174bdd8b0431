/**
 * The network of the digits: trained on odd ones, with the adapters of each method, and its one-step
 * gradients.
 *
 * @module
 */
import { type Matrix, multiplyNT, svd, transpose } from "../../../linalg/mod.ts";
import {
  adapt,
  type AdaptOptions,
  digitPixels,
  type Labelled,
  mlp,
  type Network,
  optimizer,
} from "../../../nn/mod.ts";
import { stream } from "../../../random/mod.ts";
import { portableNormal } from "../model.ts";

const PIXELS = 64, HIDDEN = 64, CLASSES = 10, ALPHA = 8;

/** Rank of the adapters of the digits. */
export const DIGITS_RANK = 4;

/** Layers in the order of the computation. */
export const DIGITS_LAYERS: readonly string[] = ["layer1", "layer2"];

/** What is compared; `LoRA-One*` is ours. */
export type DigitsMethod =
  | "Full"
  | "LoRA"
  | "LoRA+"
  | "rsLoRA"
  | "PiSSA"
  | "LoRA-GA"
  | "LoRA-One"
  | "LoRA-One*";

/** All methods, in the order of the table. */
export const DIGITS_METHODS: readonly DigitsMethod[] = [
  ...["Full", "LoRA", "LoRA+", "rsLoRA", "PiSSA", "LoRA-GA", "LoRA-One", "LoRA-One*"] as const,
];

/** Learning rates: the same grid for every method. */
export const DIGITS_RATES: Readonly<Record<"GD" | "Adam", readonly number[]>> = {
  GD: [1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1],
  Adam: [3e-4, 1e-3, 3e-3, 1e-2, 3e-2],
};

/** The three parts of the digits: odd for pre-training, even for fine-tuning, even for the test. */
export interface DigitsParts {
  /** Odd digits. */
  readonly odd: Labelled;
  /** Even digits. */
  readonly even: Labelled;
  /** Held-out even digits (every fifth image). */
  readonly test: Labelled;
  /** Held-out odd digits. */
  readonly oddTest: Labelled;
}

let parts: DigitsParts | undefined;

/** The digits, pixels in [0, 1], by parity of the label; index mod 5 = 4 is held out. */
export function digitsParts(): DigitsParts {
  if (parts) return parts;
  const all = digitPixels();
  const select = (wanted: (label: number, index: number) => boolean): Labelled => {
    const chosen = Array.from(all.label.keys()).filter((i) => wanted(all.label[i], i));
    const x = new Float64Array(chosen.length * PIXELS);
    chosen.forEach((from, to) => {
      for (let k = 0; k < PIXELS; k++) x[to * PIXELS + k] = all.x[from * PIXELS + k] / 16;
    });
    return { count: chosen.length, x, label: Uint8Array.from(chosen, (i) => all.label[i]) };
  };
  return parts = {
    odd: select((label, i) => label % 2 === 1 && i % 5 !== 4),
    even: select((label, i) => label % 2 === 0 && i % 5 !== 4),
    test: select((label, i) => label % 2 === 0 && i % 5 === 4),
    oddTest: select((label, i) => label % 2 === 1 && i % 5 === 4),
  };
}

const pretrained = new Map<number, Network>();

/** The network after 300 full-batch steps of Adam (3e-3) on the odd digits, one for each seed. */
export function pretrainedNetwork(seed: number): Network {
  const known = pretrained.get(seed);
  if (known) return known;
  const { odd } = digitsParts();
  const sizes = [PIXELS, HIDDEN, CLASSES];
  const network = mlp({ sizes, rng: stream("unused"), batch: odd.count });
  const fill = (name: string, w: Matrix, deviation: number) => {
    network.layers[name].weight.value.data.set(transpose(w).data.map((x) => x * deviation));
  };
  fill("layer1", portableNormal(900 + seed, PIXELS, HIDDEN), Math.sqrt(2 / PIXELS));
  fill("layer2", portableNormal(910 + seed, HIDDEN, CLASSES), Math.sqrt(1 / HIDDEN));
  const rule = optimizer(network, { learningRate: 3e-3, method: "adam" });
  for (let t = 0; t < 300; t++) {
    network.lossAndGradient(odd);
    rule.step();
  }
  pretrained.set(seed, network);
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

/** Best training loss along directions, over the 41 step sizes. */
export function lineSearch(
  network: Network,
  directions: readonly Matrix[],
): { eta: number; loss: number; accuracy: number } {
  const { even, test } = digitsParts();
  let best = { eta: NaN, loss: Infinity, accuracy: NaN };
  for (const eta of SEARCH) {
    const candidate = moved(network, directions, eta), { loss } = candidate.evaluate(even);
    if (loss < best.loss) best = { eta, loss, accuracy: candidate.evaluate(test).accuracy };
  }
  return best;
}

const searched = new Map<number, number>();

/** The γ of LoRA-One*: the line search along the rank-four part of the gradient. */
function starGamma(seed: number, network: Network, scale: number): number {
  let eta = searched.get(seed);
  if (eta === undefined) {
    const directions = negativeGradients(network, digitsParts().even)
      .map((g) => lowRankPart(g, DIGITS_RANK));
    searched.set(seed, eta = lineSearch(network, directions).eta);
  }
  return eta / scale;
}

/**
 * The network as a method fine-tunes it: adapters of rank 4 and `α_L = 8` on both layers, biases
 * frozen; for `"Full"` a copy without adapters.
 *
 * @param spread Scale of LoRA's random factor relative to the usual one.
 */
export function methodNetwork(method: DigitsMethod, seed: number, spread = 1): Network {
  const network = pretrainedNetwork(seed), { even } = digitsParts();
  if (method === "Full") return network.merged();
  const rng = stream("unused"), common = { rank: DIGITS_RANK, alpha: ALPHA, data: even, rng };
  const scale = ALPHA / Math.sqrt(DIGITS_RANK);
  const options: AdaptOptions = method === "LoRA-One"
    ? { ...common, method: "LoRA-One script", gamma: 16 }
    : method === "LoRA-One*"
    ? { ...common, method: "LoRA-One", gamma: starGamma(seed, network, scale) }
    : { ...common, method, rootScale: method === "PiSSA" ? true : undefined };
  const adapted = adapt(network, options);
  if (method === "LoRA" || method === "LoRA+" || method === "rsLoRA") {
    DIGITS_LAYERS.forEach((name, i) => {
      const layer = adapted.layers[name], width = layer.inputs;
      const a = portableNormal(920 + 10 * seed + i, width, DIGITS_RANK);
      const factor = spread / Math.sqrt(width);
      layer.a!.value.data.set(transpose(a).data.map((x) => x * factor));
    });
  }
  return adapted;
}
