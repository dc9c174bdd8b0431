import type { Activation } from "../gaussian/mod.ts";
import { add } from "../linalg/mod.ts";
import type { Buffer, Memory } from "./_memory.ts";
import { ActivationLayer } from "./activation_layer.ts";
import { Attention } from "./attention.ts";
import { LayerNorm } from "./layer_norm.ts";
import { Linear } from "./linear.ts";
import type { Tensor } from "./_tensor.ts";

/** Sizes of a block. */
export interface BlockSizes {
  readonly width: number;
  readonly hidden: number;
  readonly heads: number;
  readonly tokens: number;
}

/**
 * A block of a transformer with layer norm in front:
 * `z = x + attention(norm1(x))`, `y = z + down(f(up(norm2(z))))`.
 */
export class TransformerBlock {
  readonly layers: readonly Linear[];
  #norm1: LayerNorm;
  #attention: Attention;
  #norm2: LayerNorm;
  #up: Linear;
  #activated: ActivationLayer;
  #down: Linear;
  #z: Buffer;
  #y: Buffer;

  constructor(
    memory: Memory,
    name: string,
    { width, hidden, heads, tokens }: BlockSizes,
    activation: Activation,
  ) {
    this.#norm1 = new LayerNorm(memory, `${name}.norm1`, width, tokens);
    this.#attention = new Attention(memory, name, width, heads, tokens);
    this.#norm2 = new LayerNorm(memory, `${name}.norm2`, width, tokens);
    this.#up = new Linear(memory, `${name}.up`, width, hidden, { perExample: tokens });
    this.#activated = new ActivationLayer(memory, activation, hidden, tokens);
    this.#down = new Linear(memory, `${name}.down`, hidden, width, { perExample: tokens });
    this.layers = [...this.#attention.layers, this.#up, this.#down];
    this.#z = memory.buffer(tokens, width);
    this.#y = memory.buffer(tokens, width);
  }

  start(): void {
    this.#norm1.start();
    this.#norm2.start();
  }

  forward(x: Tensor): Tensor {
    const z = add(x, this.#attention.forward(this.#norm1.forward(x)), 1, this.#z.rows(x.rows));
    const up = this.#up.forward(this.#norm2.forward(z));
    return add(z, this.#down.forward(this.#activated.forward(up)), 1, this.#y.rows(x.rows));
  }

  backward(dy: Tensor): Tensor {
    const dHidden = this.#activated.backward(this.#down.backward(dy)!);
    const dz = this.#norm2.backward(this.#up.backward(dHidden)!);
    add(dz, dy, 1, dz);
    const dx = this.#norm1.backward(this.#attention.backward(dz));
    return add(dx, dz, 1, dx);
  }
}
