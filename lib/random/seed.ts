/**
 * From the name of a stream to the state of its generator.
 *
 * @module
 */
// @ts-types="./seedrandom.d.ts"
import seedrandom from "seedrandom";
import { checkFinite, checkString } from "../check.ts";

/** A step of a path: a name or a number. */
export type PathStep = string | number;

/**
 * Rejects what cannot name a stream.
 *
 * @throws {TypeError} If the seed is not a string or a step is neither a string nor a number.
 * @throws {RangeError} If the seed is empty or a number of the path is not finite.
 */
export function checkName(seed: string, path: readonly PathStep[]): void {
  checkString("make a random stream", "seed", seed);
  if (seed === "") {
    throw new RangeError(
      'Cannot make a random stream as seed must be a non-empty string: current value is ""',
    );
  }
  path.forEach((step, i) => {
    if (typeof step !== "string") checkFinite("make a random stream", `path[${i}]`, step);
  });
}

/**
 * seedrandom keys RC4, which sees only the low 8 bits of a character, repeats a short key ("a" and
 * "aa" are one key) and lets the end of a long key act little. Hence JSON in ASCII, whose brackets
 * exclude repetition, and of a long text the beginning replaced by its digest.
 */
const longestKey = 128;

function encode(seed: string, path: readonly PathStep[]): string {
  return JSON.stringify([seed, ...path]).replace(
    /[\u007f-\uffff]/g,
    (character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

function digest(key: string): Int32Array {
  const generator = seedrandom(key);
  return Int32Array.from({ length: 8 }, () => generator.int32());
}

function hexadecimal(words: Int32Array): string {
  return Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** State of xoshiro256++ (eight 32-bit words) of the stream with this name. */
export function stateOf(seed: string, path: readonly PathStep[]): Int32Array {
  let key = encode(seed, path);
  while (key.length > longestKey) {
    key = hexadecimal(digest(key.slice(0, longestKey))) + key.slice(longestKey);
  }
  return digest(key);
}
