import { checkInteger } from "../check.ts";
import type { Stream } from "./stream.ts";

/**
 * A permutation of 0 … n − 1, uniform among all n!.
 *
 * Law: the shuffle of Fisher and Yates with exact integers.
 * Source: D. E. Knuth, The Art of Computer Programming 2, algorithm 3.4.2P.
 *
 * @param rng Stream; only its uniforms are drawn.
 * @param n Length, from 0 to 2³¹ − 1.
 * @throws {RangeError} If `n` is not an integer in that range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { permutation, stream } from "lora-dynamics/random/mod.ts";
 *
 * const order = permutation(stream("7", "order"), 5);
 * assertEquals([...order].sort(), [0, 1, 2, 3, 4]);
 * ```
 */
export function permutation(rng: Stream, n: number): Int32Array {
  checkInteger("draw a permutation", "n", n, 0, 2 ** 31 - 1);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  return order;
}
