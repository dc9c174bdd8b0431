import type { Activation } from "../gaussian/mod.ts";
import type { Buffer, Memory } from "./_memory.ts";
import type { Tensor } from "./_tensor.ts";

/** An activation entry by entry; its slopes take the place of its arguments. */
export class ActivationLayer {
  readonly #activation: Activation;
  readonly #value: Buffer;
  #slope!: Tensor;

  /** For arguments with `perExample` rows for each example. */
  constructor(memory: Memory, activation: Activation, columns: number, perExample = 1) {
    this.#activation = activation;
    this.#value = memory.buffer(perExample, columns);
  }

  /** `f(x)`; `x` holds `f′(x)` afterwards. */
  forward(x: Tensor): Tensor {
    const y = this.#value.rows(x.rows);
    // The loops are the same for both kinds of arrays.
    const from = x.data as Float64Array, to = y.data as Float64Array;
    this.#activation.fill(from, from.length, to, from);
    this.#slope = x;
    return y;
  }

  /** `d ← d · f′`. */
  backward(d: Tensor): Tensor {
    const slope = this.#slope.data, { data } = d, n = data.length;
    for (let i = 0; i < n; i++) data[i] *= slope[i];
    return d;
  }
}
