/**
 * Learning the teacher from scratch, all weights at once, as a Markov chain exact in law.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive } from "../../../check.ts";
import { semidefiniteRoot } from "../../../linalg/mod.ts";
import { bartlett, type Stream } from "../../../random/mod.ts";
import type { Activation } from "../../../gaussian/mod.ts";
import { teacherGram } from "../bases.ts";
import type { Model } from "../model.ts";

/** Options of a run from scratch. */
export interface ScratchOptions {
  /** Dimension of the inputs, at least `2k`. */
  readonly d: number;
  /** Step size. */
  readonly eta: number;
  /** Degrees of freedom by which the rest of an input is wrong: what a control of exactness changes. */
  readonly extraDegrees?: number;
}

/** Checks the options of a run from scratch of `k` directions. */
export function checkScratch(options: ScratchOptions, k: number): void {
  const what = "learn from scratch", { d, eta, extraDegrees = 0 } = options;
  checkKeys(what, options, ["d", "eta", "extraDegrees"]);
  checkInteger(what, "d", d, 2 * k);
  checkPositive(what, "eta", eta);
  checkInteger(what, "extraDegrees", extraDegrees, 0);
}

/**
 * One-pass SGD on all first-layer weights (A6): students on the sphere, output weights known.
 *
 * A student is followed by its coordinates in the span of the teacher and a triangular factor of what
 * is left of the students; the rest of an input enters through a `χ²` with `d − 2k` degrees of freedom.
 * A step adds squares and never subtracts them, so that aligned students lose no digits.
 *
 * Assumes: inputs `N(0, I_d)`, fresh at every step; teacher neurons of length 1 (`normalize`).
 * Scale: `O(k³)` a step whatever `d`; time in steps.
 * Source: ours.
 *
 * @example
 * ```ts
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { fineTuning, quantised, ScratchChain } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const model = fineTuning({ activation: "h3", k: 2, kappa: 1, c: quantised(2, () => 1) });
 * const chain = new ScratchChain(model, { d: 24, eta: 0.1 * 24 ** -1.5 }, stream("7", "example"));
 * while (chain.best < 0.5 && chain.steps < 50_000) chain.step();
 * assert(chain.best >= 0.5);
 * ```
 */
export class ScratchChain {
  /** Steps made. */
  steps = 0;
  readonly #k: number;
  readonly #free: number;
  readonly #eta: number;
  readonly #lambda: readonly number[];
  readonly #activation: Activation;
  readonly #rng: Stream;
  /** Rows: teacher neurons in an orthonormal basis of their span. */
  readonly #teacher: Float64Array;
  /** Rows: students in that basis. */
  readonly #inside: Float64Array;
  /** Rows: students outside it, lower triangular. */
  readonly #outside: Float64Array;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  /** Arguments, values and slopes of the students; arguments and values of the teachers. */
  readonly #z: Float64Array;
  readonly #value: Float64Array;
  readonly #slope: Float64Array;
  readonly #zStar: Float64Array;
  readonly #valueStar: Float64Array;
  readonly #delta: Float64Array;
  readonly #gram: Float64Array;

  /**
   * A chain at uniform random students.
   *
   * @throws {RangeError} If `d < 2k`, `η ≤ 0`, or a teacher neuron has not length 1.
   */
  constructor(model: Model, options: ScratchOptions, rng: Stream) {
    const { k } = model;
    checkScratch(options, k);
    [this.#k, this.#eta] = [k, options.eta];
    this.#free = options.d - 2 * k + (options.extraDegrees ?? 0);
    [this.#lambda, this.#activation] = [model.lambda, model.activation];
    this.#teacher = semidefiniteRoot(Float64Array.from(teacherGram(model)), k);
    this.#rng = rng.stream("data");
    const start = rng.stream("start");
    this.#inside = start.fillNormal(new Float64Array(k * k));
    this.#outside = bartlett(start, options.d - k, k);
    this.#x = new Float64Array(k);
    this.#y = new Float64Array(k);
    const room = () => new Float64Array(k);
    [this.#z, this.#value, this.#slope] = [room(), room(), room()];
    [this.#zStar, this.#valueStar] = [room(), room()];
    this.#delta = new Float64Array(k);
    this.#gram = new Float64Array(k * k);
    for (let i = 0; i < k; i++) {
      let square = 0;
      for (let j = 0; j < k; j++) {
        square += this.#inside[i * k + j] ** 2 + this.#outside[i * k + j] ** 2;
      }
      this.#scale(this.#inside, i, 1 / Math.sqrt(square));
      this.#scale(this.#outside, i, 1 / Math.sqrt(square));
    }
  }

  #scale(rows: Float64Array, i: number, by: number): void {
    for (let j = 0; j < this.#k; j++) rows[i * this.#k + j] *= by;
  }

  /** Overlap `⟨ŵ_i, v_j⟩` of a student and a teacher neuron. */
  overlap(i: number, j: number): number {
    return rowProduct(this.#inside, i, this.#teacher, j, this.#k);
  }

  /** Overlap `⟨ŵ_i, ŵ_j⟩` of two students. */
  between(i: number, j: number): number {
    return rowProduct(this.#inside, i, this.#inside, j, this.#k) +
      rowProduct(this.#outside, i, this.#outside, j, this.#k);
  }

  /** Largest overlap of a student with a teacher neuron. */
  get best(): number {
    let best = -Infinity;
    for (let i = 0; i < this.#k; i++) {
      for (let j = 0; j < this.#k; j++) best = Math.max(best, this.overlap(i, j));
    }
    return best;
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("learn from scratch", "steps", steps, 0);
    for (let i = 0; i < steps; i++) this.step();
  }

  /** One step. */
  step(): void {
    const k = this.#k, rng = this.#rng, z = this.#z, zStar = this.#zStar;
    const value = this.#value, slope = this.#slope;
    const inside = this.#inside, outside = this.#outside, x = this.#x, y = this.#y;
    this.steps++;
    for (let i = 0; i < k; i++) x[i] = rng.normal();
    for (let i = 0; i < k; i++) y[i] = rng.normal();
    const free = this.#free, rest = free > 0 ? Math.sqrt(rng.chiSquare(free)) : 0;
    for (let i = 0; i < k; i++) {
      zStar[i] = 0;
      z[i] = 0;
      for (let j = 0; j < k; j++) {
        zStar[i] += this.#teacher[i * k + j] * x[j];
        z[i] += inside[i * k + j] * x[j] + outside[i * k + j] * y[j];
      }
    }
    this.#activation.fill(z, k, value, slope);
    this.#activation.fillValues(zStar, k, this.#valueStar);
    let error = 0;
    for (let i = 0; i < k; i++) error += this.#lambda[i] * (value[i] - this.#valueStar[i]);
    // ŵ ← normalise((1 + δẑ) ŵ − δx), in coordinates along the teacher, the students and the rest.
    for (let i = 0; i < k; i++) {
      const delta = this.#eta * error * this.#lambda[i] * slope[i],
        keep = 1 + delta * z[i];
      let square = (delta * rest) ** 2;
      for (let j = 0; j < k; j++) {
        const at = i * k + j;
        inside[at] = keep * inside[at] - delta * x[j];
        outside[at] = keep * outside[at] - delta * y[j];
        square += inside[at] ** 2 + outside[at] ** 2;
      }
      const length = Math.sqrt(square);
      this.#scale(inside, i, 1 / length);
      this.#scale(outside, i, 1 / length);
      this.#delta[i] = -delta * rest / length;
    }
    this.#triangulate();
  }

  /** Makes the part outside the teacher's span triangular again, with the rest as a last column. */
  #triangulate(): void {
    const k = this.#k, root = this.#outside, gram = this.#gram, delta = this.#delta;
    for (let i = 0; i < k; i++) {
      for (let j = 0; j <= i; j++) {
        gram[i * k + j] = delta[i] * delta[j] + rowProduct(root, i, root, j, k);
      }
    }
    for (let i = 0; i < k; i++) {
      for (let j = 0; j <= i; j++) {
        let left = gram[i * k + j];
        for (let l = 0; l < j; l++) left -= root[i * k + l] * root[j * k + l];
        if (i === j) root[i * k + i] = Math.sqrt(Math.max(0, left));
        else root[i * k + j] = root[j * k + j] > 0 ? left / root[j * k + j] : 0;
      }
      for (let j = i + 1; j < k; j++) root[i * k + j] = 0;
    }
  }
}

function rowProduct(a: Float64Array, i: number, b: Float64Array, j: number, k: number): number {
  let sum = 0;
  for (let l = 0; l < k; l++) sum += a[i * k + l] * b[j * k + l];
  return sum;
}
