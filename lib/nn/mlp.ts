import { checkFinite, checkInteger, checkKeys, checkMethods, checkOneOf } from "../check.ts";
import { type Activation, activation, type ActivationLike } from "../gaussian/mod.ts";
import type { Floats } from "../linalg/mod.ts";
import type { Stream } from "../random/mod.ts";
import type { Memory } from "./_memory.ts";
import { ActivationLayer } from "./activation_layer.ts";
import { type Layer, Linear } from "./linear.ts";
import { losses, type LossName } from "./loss.ts";
import { type Architecture, BuiltNetwork } from "./built_network.ts";
import type { Network } from "./network.ts";
import { type FloatsOf, type Precision, precisions } from "./precision.ts";

/** How a multi-layer perceptron is made. */
export interface MlpOptions<P extends Precision = "double"> {
  /** Widths from the inputs to the outputs, at least two: `[784, 128, 10]`. */
  readonly sizes: readonly number[];
  /** Stream of the start; the child named after a layer draws its weights. */
  readonly rng: Stream;
  /** Activation of the hidden layers: a name, an expression or a function; default `"relu"`. */
  readonly activation?: ActivationLike;
  /** Loss; default `"cross-entropy"`. */
  readonly loss?: LossName;
  /** Whether layers have biases, which start at 0; default true. */
  readonly biases?: boolean;
  /** Hidden weights start as `N(0, gain²/in)`; default √2 for ReLU, else 1. Outputs: `N(0, 1/in)`. */
  readonly gain?: number;
  /** Largest number of examples of one gradient; default 64. */
  readonly batch?: number;
  /** Size of all its numbers; default `"double"`. `"single"` is faster and good to seven digits. */
  readonly precision?: P;
}

const KEYS = ["sizes", "rng", "activation", "loss", "biases", "gain", "batch", "precision"];

/**
 * A multi-layer perceptron with layers `layer1`, `layer2`, ….
 *
 * Law: `x ← f(W x + b)` for each hidden layer, then `W x + b`; `"x"` gives a linear network.
 * Gradients: backpropagation; ReLU has derivative 0 at 0.
 * Source: specs lora-one F10 (64–64–10, ReLU), gradient-flow-mf F11 (64–32–10, no biases, gain 1),
 * pre-training-hurts E8 (64–32–10, tanh, `mse`).
 *
 * In single precision products are made by `sgemm` where OpenBLAS is the backend, else by our kernels.
 *
 * @throws {RangeError} If a width, the batch or the gain is out of range, or a name is unknown.
 * @throws {TypeError} If an option is not known.
 *
 * @example
 * ```ts
 * import { mlp } from "lora-dynamics/nn/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const network = mlp({ sizes: [64, 32, 10], rng: stream("7"), activation: "tanh" });
 * assertEquals(Object.keys(network.layers), ["layer1", "layer2"]);
 * assertEquals(network.predict(new Float64Array(2 * 64)).length, 2 * 10);
 * ```
 *
 * @example Numbers of 32 bits: twice as many in a vector of the processor, and half of the memory.
 * ```ts
 * import { mlp } from "lora-dynamics/nn/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const network = mlp({ sizes: [64, 32, 10], rng: stream("7"), precision: "single" });
 * assert(network.values instanceof Float32Array);
 * assert(network.predict(new Float64Array(64)) instanceof Float64Array);
 * ```
 */
export function mlp<P extends Precision = "double">(
  options: MlpOptions<P>,
): Network<FloatsOf<P>> {
  const what = "make a perceptron";
  checkKeys(what, options, KEYS);
  const { sizes, rng, loss = "cross-entropy" } = options;
  const { biases = true, batch = 64, precision = "double" } = options;
  checkInteger(what, "the number of sizes", sizes.length, 2);
  sizes.forEach((size, i) => checkInteger(what, `sizes[${i}]`, size, 1));
  checkMethods(what, "rng", rng, "a stream", ["stream", "fillNormal"]);
  checkOneOf(what, "loss", loss, losses);
  checkInteger(what, "batch", batch, 1);
  checkOneOf(what, "precision", precision, precisions);
  const sigma = activation(options.activation ?? "relu");
  const gain = options.gain ?? (sigma.closed?.base === "relu" ? Math.SQRT2 : 1);
  checkFinite(what, "gain", gain);
  const build = (memory: Memory) => perceptron(memory, sizes, sigma, biases);
  const inputs = sizes[0], outputs = sizes[sizes.length - 1];
  const network = new BuiltNetwork({ inputs, outputs, batch, loss, precision, build });
  const layers = Object.values(network.layers);
  layers.forEach((layer, i) => startWeights(layer, rng, i + 1 < layers.length ? gain : 1));
  return network as Network<Floats> as Network<FloatsOf<P>>;
}

/** Weights `N(0, gain²/in)`, from the child of the stream named after the layer. */
export function startWeights(layer: Layer<Floats>, rng: Stream, gain: number): void {
  drawNormals(layer.weight.value.data, rng.stream(layer.name), gain / Math.sqrt(layer.inputs));
}

/** Fills with `N(0, deviation²)`, drawn in double precision whatever the precision is. */
export function drawNormals(data: Floats, rng: Stream, deviation: number): void {
  const drawn = rng.fillNormal(new Float64Array(data.length));
  for (let i = 0; i < data.length; i++) data[i] = deviation * drawn[i];
}

function perceptron(
  memory: Memory,
  sizes: readonly number[],
  sigma: Activation,
  bias: boolean,
): Architecture {
  const layers = sizes.slice(1).map((size, i) =>
    new Linear(memory, `layer${i + 1}`, sizes[i], size, { bias, first: i === 0 })
  );
  const last = layers.length - 1;
  const activated = layers.slice(0, last).map(({ outputs }) =>
    new ActivationLayer(memory, sigma, outputs)
  );
  return {
    layers: Object.fromEntries(layers.map((layer) => [layer.name, layer])),
    forward(x) {
      layers.forEach((layer, i) => {
        x = layer.forward(x);
        if (i < last) x = activated[i].forward(x);
      });
      return x;
    },
    backward(d) {
      for (let i = last; i >= 0; i--) {
        const dx = layers[i].backward(i < last ? activated[i].backward(d) : d);
        if (dx) d = dx;
      }
    },
  };
}
