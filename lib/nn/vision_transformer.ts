import { checkInteger, checkKeys, checkMethods, checkOneOf } from "../check.ts";
import { type Activation, activation, type ActivationLike } from "../gaussian/mod.ts";
import type { Floats } from "../linalg/mod.ts";
import type { Stream } from "../random/mod.ts";
import type { Memory } from "./_memory.ts";
import { type Architecture, BuiltNetwork } from "./built_network.ts";
import { LayerNorm } from "./layer_norm.ts";
import { Linear } from "./linear.ts";
import { losses, type LossName } from "./loss.ts";
import { drawNormals, startWeights } from "./mlp.ts";
import type { Network } from "./network.ts";
import { type FloatsOf, type Precision, precisions } from "./precision.ts";
import { cutPatches, meanOverTokens, spreadOverTokens } from "./patches.ts";
import { TransformerBlock } from "./transformer_block.ts";
import type { Tensor } from "./_tensor.ts";

/** How a vision transformer is made. */
export interface VisionTransformerOptions<P extends Precision = "double"> {
  /** Stream of the start; the child named after a layer draws its weights. */
  readonly rng: Stream;
  /** Pixels along a side of the square images; default 8. */
  readonly side?: number;
  /** Pixels along a side of a patch, a divisor of `side`; default 2 (16 tokens of 4 pixels). */
  readonly patch?: number;
  /** Width of a token, a multiple of `heads`; default 16. */
  readonly width?: number;
  /** Width of the hidden layer in a block; default twice `width`. */
  readonly hidden?: number;
  /** Number of heads; default 1. */
  readonly heads?: number;
  /** Number of blocks; default 1. */
  readonly blocks?: number;
  /** Number of outputs; default 10. */
  readonly classes?: number;
  /** Activation in the blocks: a name, an expression or a function; default `"relu"`. */
  readonly activation?: ActivationLike;
  /** Loss; default `"cross-entropy"`. */
  readonly loss?: LossName;
  /** Largest number of examples of one gradient; default 64. */
  readonly batch?: number;
  /** Size of all its numbers; default `"double"`. `"single"` is faster and good to seven digits. */
  readonly precision?: P;
}

const KEYS = [
  ...["rng", "side", "patch", "width", "hidden", "heads", "blocks", "classes", "activation"],
  ...["loss", "batch", "precision"],
];

/**
 * A tiny vision transformer.
 *
 * Law: patches go through `embed` and get a learnt `position`; then blocks with layer norm in front,
 * `x ← x + attention(norm(x))`, `x ← x + down(f(up(norm(x))))`; then layer norm, the mean over the
 * tokens, and `head`. Layers: `embed`, `block1.query`, `block1.key`, `block1.value`, `block1.output`,
 * `block1.up`, `block1.down`, …, `head`. Weights start as `N(0, 1/in)`, biases at 0, positions as
 * `N(0, 0.02²)`.
 * Source: Dosovitskiy et al. 2021 with mean pooling; the sizes are ours, for 8 × 8 digits.
 *
 * @throws {RangeError} If a size is out of range, `patch` does not divide `side`, `heads` does not
 * divide `width`, or a name is unknown.
 *
 * @example
 * ```ts
 * import { visionTransformer } from "lora-dynamics/nn/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const network = visionTransformer({ rng: stream("7"), patch: 4, width: 8, heads: 2 });
 * assertEquals(network.layers.embed.inputs, 16);
 * assertEquals(network.parameters["tokens.position"].value.rows, 4);
 * assertEquals(network.predict(new Float64Array(64)).length, 10);
 * ```
 */
export function visionTransformer<P extends Precision = "double">(
  options: VisionTransformerOptions<P>,
): Network<FloatsOf<P>> {
  const what = "make a vision transformer";
  checkKeys(what, options, KEYS);
  const { rng, side = 8, patch = 2, width = 16, heads = 1, blocks = 1, classes = 10 } = options;
  const { hidden = 2 * width, loss = "cross-entropy", batch = 64 } = options;
  const { precision = "double" } = options;
  const sizes = { side, patch, width, hidden, heads, blocks, classes, batch };
  for (const [name, size] of Object.entries(sizes)) checkInteger(what, name, size, 1);
  checkDivides(what, "patch", patch, "side", side);
  checkDivides(what, "heads", heads, "width", width);
  checkMethods(what, "rng", rng, "a stream", ["stream", "fillNormal"]);
  checkOneOf(what, "loss", loss, losses);
  checkOneOf(what, "precision", precision, precisions);
  const sigma = activation(options.activation ?? "relu");
  const norms: { start(): void }[] = [];
  const build = (memory: Memory) => transformer(memory, sizes, sigma, norms);
  const shape = { inputs: side * side, outputs: classes, batch };
  const network = new BuiltNetwork({ ...shape, loss, precision, build });
  for (const norm of norms) norm.start();
  for (const layer of Object.values(network.layers)) startWeights(layer, rng, 1);
  const position = network.parameters["tokens.position"].value.data;
  drawNormals(position, rng.stream("tokens.position"), 0.02);
  return network as Network<Floats> as Network<FloatsOf<P>>;
}

function checkDivides(what: string, name: string, part: number, of: string, whole: number): void {
  if (whole % part === 0) return;
  throw new RangeError(
    `Cannot ${what} as ${name} must divide ${of} = ${whole}: current value is ${part}`,
  );
}

interface Sizes {
  readonly side: number;
  readonly patch: number;
  readonly width: number;
  readonly hidden: number;
  readonly heads: number;
  readonly blocks: number;
  readonly classes: number;
}

function transformer(
  memory: Memory,
  sizes: Sizes,
  sigma: Activation,
  norms: { start(): void }[],
): Architecture {
  const { side, patch, width, classes } = sizes, tokens = (side / patch) ** 2;
  const patches = memory.buffer(tokens, patch * patch);
  const embed = new Linear(memory, "embed", patch * patch, width, {
    perExample: tokens,
    first: true,
  });
  const position = memory.parameter("tokens", "position", tokens, width);
  const blocks = Array.from(
    { length: sizes.blocks },
    (_, i) => new TransformerBlock(memory, `block${i + 1}`, { ...sizes, tokens }, sigma),
  );
  const norm = new LayerNorm(memory, "norm", width, tokens);
  const pooled = memory.buffer(1, width), dTokens = memory.buffer(tokens, width);
  const head = new Linear(memory, "head", width, classes);
  norms.push(...blocks, norm);
  const layers = [embed, ...blocks.flatMap((block) => block.layers), head];
  return {
    layers: Object.fromEntries(layers.map((layer) => [layer.name, layer])),
    forward(images) {
      const n = images.rows;
      let x: Tensor = embed.forward(cutPatches(images, side, patch, patches.rows(n * tokens)));
      const place = position.value.data, { data } = x;
      for (let at = 0; at < data.length; at += place.length) {
        for (let j = 0; j < place.length; j++) data[at + j] += place[j];
      }
      for (const block of blocks) x = block.forward(x);
      return head.forward(meanOverTokens(norm.forward(x), pooled.rows(n)));
    },
    backward(slope) {
      const dPooled = head.backward(slope)!;
      let d = norm.backward(spreadOverTokens(dPooled, dTokens.rows(slope.rows * tokens)));
      for (let i = blocks.length - 1; i >= 0; i--) d = blocks[i].backward(d);
      const dPlace = position.gradient?.data;
      if (dPlace) {
        dPlace.fill(0);
        for (let at = 0; at < d.data.length; at += dPlace.length) {
          for (let j = 0; j < dPlace.length; j++) dPlace[j] += d.data[at + j];
        }
      }
      embed.backward(d);
    },
  };
}
