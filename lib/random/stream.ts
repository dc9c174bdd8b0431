/**
 * Random streams named by what they are for.
 *
 * @module
 */
import { checkFloats, checkInteger, checkWithin } from "../check.ts";
import { kernels } from "../kernels/mod.ts";
import { Gamma } from "./gamma.ts";
import { checkName, type PathStep, stateOf } from "./seed.ts";
import { Sequence } from "./sequence.ts";

/** Beyond it a 64-bit number no longer resolves the degrees of freedom themselves. */
export const mostFreedom = 1e15;

/**
 * A stream of random draws, fixed by its seed and path: the same on every engine and machine.
 *
 * Law: independent draws; normals, uniforms and gammas come from separate sub-sequences of
 * xoshiro256++, 2¹²⁸ steps apart, so that none moves another. How single draws and fills are mixed
 * does not change the numbers.
 * Scale: a stream takes 0.8 KB until its first draw, and 2 KB for each of its four sub-sequences
 * that is drawn from at length.
 * Source: ours; xoshiro256++ of Blackman and Vigna (2021), ziggurat (2000) and gamma rejection
 * (2000) of Marsaglia and Tsang.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { stream } from "lora-dynamics/random/mod.ts";
 *
 * const rng = stream("7", "data", 3);
 * const one = rng.normal();
 * rng.uniform();
 * const block = stream("7", "data", 3).fillNormal(new Float64Array(2));
 * assertEquals(block[0], one);
 * assertEquals(block[1], rng.normal());
 * ```
 */
export class Stream {
  /** The seed. */
  readonly seed: string;
  /** What the stream is for. */
  readonly path: readonly PathStep[];
  #root: Int32Array | undefined;
  #normals: Sequence;
  #uniforms: Sequence;
  #gammas: Gamma;

  /**
   * The stream of this name, as the function `stream` gives it.
   *
   * @param seed Seed, not empty.
   * @param path What the stream is for: names and numbers.
   * @throws {TypeError} If the seed is not a string or a step is neither a string nor a number.
   * @throws {RangeError} If the seed is empty or a number of the path is not finite.
   */
  constructor(seed: string, path: readonly PathStep[] = []) {
    checkName(seed, path);
    this.seed = seed;
    this.path = [...path];
    this.#normals = new Sequence(kernels.fillNormal, () => this.#part(0));
    this.#uniforms = new Sequence(kernels.fillUniform, () => this.#part(1));
    this.#gammas = new Gamma(
      new Sequence(kernels.fillNormal, () => this.#part(2)),
      new Sequence(kernels.fillUniform, () => this.#part(3)),
    );
  }

  /** State of the sub-sequence `index`. */
  #part(index: number): Int32Array {
    this.#root ??= stateOf(this.seed, this.path);
    kernels.state.set(this.#root);
    for (let i = 0; i < index; i++) kernels.jump();
    return kernels.state.slice();
  }

  /**
   * The child of this stream with a longer path, whatever was drawn so far. With no argument: this
   * stream again, from its start.
   *
   * @throws {TypeError} If a step is neither a string nor a number.
   * @throws {RangeError} If a number is not finite.
   */
  stream(...path: PathStep[]): Stream {
    return new Stream(this.seed, [...this.path, ...path]);
  }

  /** `count` standard normals in an array of their own; `fillNormal` fills one that is there. */
  normals(count: number): Float64Array {
    checkInteger("draw normals", "count", count, 0);
    return this.fillNormal(new Float64Array(count));
  }

  /** A uniform in (0, 1): the midpoint of one of 2⁵² equal cells, never 0 and never 1. */
  uniform(): number {
    return this.#uniforms.next();
  }

  /** A standard normal; never 0. */
  normal(): number {
    return this.#normals.next();
  }

  /**
   * An integer from 0 to `n − 1`, exactly uniform, from the uniforms of the stream.
   *
   * @param n Number of values, from 1 to 2³².
   * @throws {RangeError} If `n` is not an integer in that range.
   */
  integer(n: number): number {
    checkInteger("draw an integer", "n", n, 1, 2 ** 32);
    const cells = 2 ** (32 - Math.clz32(n - 1));
    while (true) {
      const k = Math.floor(this.#uniforms.next() * cells);
      if (k < n) return k;
    }
  }

  /**
   * A gamma draw of scale 1. Shape 0 gives 0; a small shape gives 0 when the draw lies below the
   * smallest number.
   *
   * @param shape Shape, from 0 to 5e14.
   * @throws {RangeError} If `shape` lies outside.
   */
  gamma(shape: number): number {
    checkWithin("draw a gamma", "shape", shape, 0, mostFreedom / 2);
    return this.#gammas.next(shape);
  }

  /**
   * A χ² draw; 0 degrees of freedom give 0.
   *
   * @param nu Degrees of freedom, any real number from 0 to 1e15.
   * @throws {RangeError} If `nu` lies outside.
   */
  chiSquare(nu: number): number {
    checkWithin("draw a chi-square", "nu", nu, 0, mostFreedom);
    return 2 * this.#gammas.next(0.5 * nu);
  }

  /**
   * Fills `out` with standard normals, as so many calls of `normal()`; returns it.
   *
   * @throws {TypeError} If `out` is not a Float64Array.
   */
  fillNormal(out: Float64Array): Float64Array {
    checkFloats("draw normals", "out", out);
    this.#normals.fill(out);
    return out;
  }

  /**
   * Fills `out` with uniforms in (0, 1), as so many calls of `uniform()`; returns it.
   *
   * @throws {TypeError} If `out` is not a Float64Array.
   */
  fillUniform(out: Float64Array): Float64Array {
    checkFloats("draw uniforms", "out", out);
    this.#uniforms.fill(out);
    return out;
  }

  /**
   * Fills `out` with χ² draws, as so many calls of `chiSquare(nu)`; returns it.
   *
   * @param nu Degrees of freedom, any real number from 0 to 1e15.
   * @throws {RangeError} If `nu` lies outside.
   * @throws {TypeError} If `out` is not a Float64Array.
   */
  fillChiSquare(out: Float64Array, nu: number): Float64Array {
    checkFloats("draw chi-squares", "out", out);
    checkWithin("draw chi-squares", "nu", nu, 0, mostFreedom);
    this.#gammas.fill(out, 0.5 * nu, 2);
    return out;
  }
}

/**
 * The random stream of this name.
 *
 * Law: streams of different names are independent: `stream("7", "a", 1)`, `stream("7", "a", "1")`
 * and `stream("7", "a1")` are three streams.
 * Source: ours: the name as JSON, turned into the state of the generator by `seedrandom`.
 *
 * @param seed Seed, not empty.
 * @param path What the stream is for: names and numbers.
 * @throws {TypeError} If the seed is not a string or a step is neither a string nor a number.
 * @throws {RangeError} If the seed is empty or a number of the path is not finite.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { stream } from "lora-dynamics/random/mod.ts";
 *
 * const teacher = stream("7", "teacher");
 * assertEquals(teacher.normal(), stream("7").stream("teacher").normal());
 * assert(stream("7", "data", 0).normal() !== stream("7", "data", 1).normal());
 * ```
 */
export function stream(seed: string, ...path: PathStep[]): Stream {
  return new Stream(seed, path);
}
