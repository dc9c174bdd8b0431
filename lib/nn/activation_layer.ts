import type { Activation } from "../gaussian/mod.ts";
import type { Matrix } from "../linalg/mod.ts";
import type { Buffer, Memory } from "./_memory.ts";

/** An activation entry by entry; its slopes take the place of its arguments. */
export class ActivationLayer {
  readonly #activation: Activation;
  readonly #value: Buffer;
  #slope!: Matrix;

  /** For arguments with `perExample` rows for each example. */
  constructor(memory: Memory, activation: Activation, columns: number, perExample = 1) {
    this.#activation = activation;
    this.#value = memory.buffer(perExample, columns);
  }

  /** `f(x)`; `x` holds `f′(x)` afterwards. */
  forward(x: Matrix): Matrix {
    const y = this.#value.rows(x.rows);
    this.#activation.fill(x.data, x.data.length, y.data, x.data);
    this.#slope = x;
    return y;
  }

  /** `d ← d · f′`. */
  backward(d: Matrix): Matrix {
    const slope = this.#slope.data, { data } = d, n = data.length;
    for (let i = 0; i < n; i++) data[i] *= slope[i];
    return d;
  }
}
