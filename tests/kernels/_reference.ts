/**
 * xoshiro256++ once more, from its paper and with BigInt, to hold the kernels to.
 *
 * @module
 */
import { kernels } from "lora-dynamics/kernels/mod.ts";

const word = (1n << 64n) - 1n;

function rotate(x: bigint, by: bigint): bigint {
  return ((x << by) & word) | (x >> (64n - by));
}

/** Advances the four words of the state; gives the output. */
export function next(state: bigint[]): bigint {
  const output = (rotate((state[0] + state[3]) & word, 23n) + state[0]) & word;
  const shifted = (state[1] << 17n) & word;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = rotate(state[3], 45n);
  return output;
}

/** Puts a state into the kernels. */
export function setState(state: readonly bigint[]): void {
  const words = BigUint64Array.from(state);
  kernels.state.set(new Int32Array(words.buffer));
}

/** The state in the kernels. */
export function getState(): bigint[] {
  return [...new BigUint64Array(kernels.state.slice().buffer)];
}
