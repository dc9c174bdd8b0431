/**
 * Real data: a network trained on odd digits and fine-tuned on even ones, by all methods.
 *
 * @module
 */
import { type Row, type Task, task } from "../../experiment/mod.ts";
import {
  columns,
  type Matrix,
  matrix,
  multiplyNT,
  svd,
  symmetricEigen,
  transpose,
} from "../../linalg/mod.ts";
import {
  adapt,
  type AdaptOptions,
  digitPixels,
  type Labelled,
  mlp,
  type Network,
  optimizer,
} from "../../nn/mod.ts";
import { stream } from "../../random/mod.ts";
import { portableNormal } from "./problem.ts";

const PIXELS = 64, HIDDEN = 64, CLASSES = 10, RANK = 4, ALPHA = 8;

/** Layers in the order of the computation. */
const LAYERS = ["layer1", "layer2"];

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

/** Loss above which a run counts as diverged. */
const DIVERGED = 50;

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
  return LAYERS.map((name) => {
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
  LAYERS.forEach((name, i) => {
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
      .map((g) => lowRankPart(g, RANK));
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
  const rng = stream("unused"), common = { rank: RANK, alpha: ALPHA, data: even, rng };
  const scale = ALPHA / Math.sqrt(RANK);
  const options: AdaptOptions = method === "LoRA-One"
    ? { ...common, method: "LoRA-One script", gamma: 16 }
    : method === "LoRA-One*"
    ? { ...common, method: "LoRA-One", gamma: starGamma(seed, network, scale) }
    : { ...common, method, rootScale: method === "PiSSA" ? true : undefined };
  const adapted = adapt(network, options);
  if (method === "LoRA" || method === "LoRA+" || method === "rsLoRA") {
    LAYERS.forEach((name, i) => {
      const layer = adapted.layers[name], width = layer.inputs;
      const a = portableNormal(920 + 10 * seed + i, width, RANK);
      const factor = spread / Math.sqrt(width);
      layer.a!.value.data.set(transpose(a).data.map((x) => x * factor));
    });
  }
  return adapted;
}

/** Visits loss and network at every step of full-batch training. */
function fineTune(
  network: Network,
  { rate, rule, steps }: { rate: number; rule: "GD" | "Adam"; steps: number },
  visit: (step: number, loss: number) => boolean | void,
): void {
  const { even } = digitsParts(), full = !network.layers.layer1.a;
  const method = rule === "GD" ? "gd" as const : "adam" as const;
  const step = optimizer(network, {
    learningRate: rate,
    method,
    ...(full ? { rates: { bias: 0 } } : {}),
  });
  for (let t = 0; t <= steps; t++) {
    const loss = network.lossAndGradient(even);
    if (visit(t, loss) || t === steps) return;
    step.step();
  }
}

/** A fine-tuning run. */
export interface DigitsCell {
  /** Method. */
  method: DigitsMethod;
  /** Optimizer. */
  rule: "GD" | "Adam";
  /** Learning rate. */
  rate: number;
  /** Steps. */
  steps: number;
}

/** A step of it. */
export interface DigitsRow extends Row {
  /** Step. */
  at: number;
  /** Training loss at this step. */
  loss: number;
  /** Training loss at the end; 1000 when the run diverged. */
  final: number;
  /** First step with training loss below 0.3, or the number of steps. */
  hit: number;
  /** Test accuracy at the end; 0 when the run diverged. */
  accuracy: number;
  /** Whether the loss exceeded 50. */
  diverged: boolean;
}

/** Fine-tuning on the even digits: rows every five steps. */
export const digitsRun: Task<DigitsCell, DigitsRow> = task(
  import.meta.url,
  "digitsRun",
  ({ method, rule, rate, steps }: DigitsCell, { seed }) => {
    const network = methodNetwork(method, Number(seed));
    const curve: { at: number; loss: number }[] = [];
    let hit = steps, final = NaN, diverged = false;
    fineTune(network, { rate, rule, steps }, (at, loss) => {
      if (at % 5 === 0) curve.push({ at, loss: Math.min(loss, 1000) });
      if (loss < 0.3 && hit === steps) hit = at;
      diverged = !(loss <= DIVERGED);
      final = diverged ? 1000 : loss;
      return diverged;
    });
    const accuracy = diverged ? 0 : network.evaluate(digitsParts().test).accuracy;
    return curve.map((row) => ({ ...row, final, hit, accuracy, diverged }));
  },
);

/** LoRA at a scale of its start. */
export interface AngleCell {
  /** Scale of `A₀` relative to the usual one. */
  spread: number;
  /** Steps of gradient descent at rate 0.05. */
  steps: number;
}

/** Its alignment with the one-step gradient. */
export interface AngleRow extends Row {
  /** Step. */
  at: number;
  /** Layer, 1 or 2. */
  layer: number;
  /** `sin` of the leading input directions of adapter and gradient. */
  sineA: number;
  /** `sin` of the leading output directions. */
  sineB: number;
  /** Training loss. */
  loss: number;
}

function leading(x: Matrix, side: "u" | "v"): Float64Array {
  return columns(svd(x)[side], 0, 1).data;
}

function sineOf(x: Float64Array, y: Float64Array): number {
  let dot = 0, rest = 0;
  for (let i = 0; i < x.length; i++) dot += x[i] * y[i];
  for (let i = 0; i < x.length; i++) rest += (x[i] - dot * y[i]) ** 2;
  return Math.min(1, Math.sqrt(rest));
}

/** Alignment of vanilla LoRA's factors with the leading directions of `G`. */
export const angleRun: Task<AngleCell, AngleRow> = task(
  import.meta.url,
  "angleRun",
  ({ spread, steps }: AngleCell, { seed }) => {
    const base = pretrainedNetwork(Number(seed));
    const goals = negativeGradients(base, digitsParts().even)
      .map((g) => ({ input: leading(g, "v"), output: leading(g, "u") }));
    const network = methodNetwork("LoRA", Number(seed), spread), rows: AngleRow[] = [];
    fineTune(network, { rate: 0.05, rule: "GD", steps }, (at, loss) => {
      if (at % 10 !== 0) return;
      LAYERS.forEach((name, i) => {
        const { a, b } = network.layers[name];
        const zero = b!.value.data.every((x) => x === 0);
        rows.push({
          at,
          layer: i + 1,
          sineA: sineOf(leading(a!.value, "v"), goals[i].input),
          sineB: zero ? 1 : sineOf(leading(b!.value, "u"), goals[i].output),
          loss,
        });
      });
    });
    return rows;
  },
);

/** Nothing to choose: the seed says all. */
export interface OneStepDigitsCell {
  /** Images of the small batch. */
  few: number;
}

/** One step of the gradient at the best step size, no training. */
export interface OneStepDigitsRow extends Row {
  /** Which gradient. */
  gradient: "full" | "rank 4" | "rank 4, few images";
  /** Step size of least training loss. */
  eta: number;
  /** Training loss. */
  loss: number;
  /** Test accuracy. */
  accuracy: number;
  /** Share of `‖G‖²` in the rank-four part, the smaller of both layers. */
  energy: number;
}

/** Accuracy of one step along the gradient, its rank-four part, and that from a few images. */
export const oneStepDigitsRun: Task<OneStepDigitsCell, OneStepDigitsRow> = task(
  import.meta.url,
  "oneStepDigitsRun",
  ({ few }: OneStepDigitsCell, { seed }) => {
    const network = pretrainedNetwork(Number(seed)), { even } = digitsParts();
    const full = negativeGradients(network, even), low = full.map((g) => lowRankPart(g, RANK));
    const energy = Math.min(...full.map((g) => {
      const { values } = svd(g), square = (x: Float64Array) => x.reduce((s, y) => s + y * y, 0);
      return square(values.slice(0, RANK)) / square(values);
    }));
    const batch: Labelled = {
      count: few,
      x: even.x.slice(0, few * PIXELS),
      label: even.label.slice(0, few),
    };
    const small = negativeGradients(network, batch).map((g) => lowRankPart(g, RANK));
    const kinds = [["full", full], ["rank 4", low], ["rank 4, few images", small]] as const;
    return kinds.map(([gradient, directions]) => (
      { gradient, ...lineSearch(network, directions), energy }
    ));
  },
);

/** Trajectories of one seed in the plane of full fine-tuning. */
export interface PathCell {
  /** Steps. */
  steps: number;
}

/** A point of a trajectory. */
export interface PathRow extends Row {
  /** Method. */
  method: string;
  /** Step. */
  at: number;
  /** First coordinate. */
  x: number;
  /** Second coordinate. */
  y: number;
}

/** Gradient descent at its best rate: trajectories of the weights on full fine-tuning's two axes. */
export const pathRun: Task<PathCell, PathRow> = task(
  import.meta.url,
  "pathRun",
  ({ steps }: PathCell, { seed }) => {
    const rates: [DigitsMethod, number][] = [
      ...[["Full", 1], ["LoRA", 0.1], ["LoRA-GA", 0.1]] as [DigitsMethod, number][],
      ...[["LoRA-One", 0.1], ["LoRA-One*", 0.1]] as [DigitsMethod, number][],
    ];
    const flat = (network: Network) =>
      LAYERS.flatMap((name) => [...network.layers[name].effectiveWeight().data]);
    const origin = flat(pretrainedNetwork(Number(seed)));
    const paths = rates.map(([method, rate]) => {
      const network = methodNetwork(method, Number(seed)), points: number[][] = [];
      fineTune(network, { rate, rule: "GD", steps }, (at) => {
        if (at % 5 === 0) points.push(flat(network).map((x, i) => x - origin[i]));
      });
      return { method, points };
    });
    const reference = paths[0].points, n = reference.length, size = origin.length;
    const mean = Array.from({ length: size }, (_, i) => {
      let sum = 0;
      for (const point of reference) sum += point[i] / n;
      return sum;
    });
    const centred = matrix(
      n,
      size,
      Float64Array.from(reference.flatMap((p) => p.map((x, i) => x - mean[i]))),
    );
    const { vectors } = symmetricEigen(multiplyNT(centred, centred));
    const axes = [0, 1].map((j) => {
      const axis = new Float64Array(size);
      for (let i = 0; i < n; i++) {
        const w = vectors.data[i * n + j];
        for (let k = 0; k < size; k++) axis[k] += w * centred.data[i * size + k];
      }
      const length = Math.hypot(...axis), sign = dotOf(axis, reference[n - 1]) < 0 ? -1 : 1;
      return axis.map((x) => sign * x / length);
    });
    return paths.flatMap(({ method, points }) =>
      points.map((point, i) => (
        { method, at: 5 * i, x: dotOf(axes[0], point), y: dotOf(axes[1], point) }
      ))
    );
  },
);

function dotOf(axis: Float64Array, point: readonly number[]): number {
  return axis.reduce((sum, x, i) => sum + x * point[i], 0);
}
