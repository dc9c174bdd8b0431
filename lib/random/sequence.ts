/**
 * A sequence of draws of one kind, made in blocks by a kernel.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";

/** Length of the first block of a sequence; each further one is twice as long, up to `longest`. */
const shortest = 8;
const longest = 256;
const empty = new Float64Array(0);

/** Draws of one kind. How calls of `next` and `fill` are mixed does not change the numbers. */
export class Sequence {
  #draw: (n: number) => void;
  #state: () => Int32Array;
  #own: Int32Array | undefined;
  #block: Float64Array = empty;
  #at = 0;

  /**
   * @param draw Kernel that writes `n` draws into the block of the kernels.
   * @param state Gives the first state; called at the first draw.
   */
  constructor(draw: (n: number) => void, state: () => Int32Array) {
    this.#draw = draw;
    this.#state = state;
  }

  /** The next draw. */
  next(): number {
    if (this.#at === this.#block.length) this.#refill();
    return this.#block[this.#at++];
  }

  /** The next `out.length` draws. */
  fill(out: Float64Array): void {
    let i = 0;
    while (i < out.length) {
      if (this.#at === this.#block.length) {
        if (out.length - i >= longest) return this.#generate(out, i);
        this.#refill();
      }
      const block = this.#block;
      let at = this.#at;
      const end = Math.min(out.length, i + block.length - at);
      while (i < end) out[i++] = block[at++];
      this.#at = at;
    }
  }

  #refill(): void {
    const length = Math.min(longest, 2 * this.#block.length || shortest);
    if (this.#block.length !== length) this.#block = new Float64Array(length);
    this.#generate(this.#block, 0);
    this.#at = 0;
  }

  /** Draws straight into `out` from position `from` on, past the block of this sequence. */
  #generate(out: Float64Array, from: number): void {
    const { state, block } = kernels;
    this.#own ??= this.#state();
    state.set(this.#own);
    for (let i = from; i < out.length; i += block.length) {
      const n = Math.min(block.length, out.length - i);
      this.#draw(n);
      out.set(n === block.length ? block : block.subarray(0, n), i);
    }
    this.#own.set(state);
  }
}
