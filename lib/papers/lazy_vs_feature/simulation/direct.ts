/**
 * The same algorithms in `d` dimensions, step by step: what the chains are checked against.
 *
 * @module
 */
import { checkInteger } from "../../../check.ts";
import { dot, normalize, semidefiniteRoot } from "../../../linalg/mod.ts";
import { sphere, type Stream } from "../../../random/mod.ts";
import type { Model } from "../model.ts";
import { checkRun, type RunOptions } from "./chain.ts";

/**
 * Direct SGD on whole inputs. The base spans the first `k` coordinates, `u` is the next one.
 *
 * Scale: `O(d)` and `O(k)` activations a step; a check, not a tool.
 * Source: dayi25a, Eq. (4).
 */
export class DirectFineTuning {
  /** Adapter direction `û` on the complement of the base, `n` entries; its first axis is `u`. */
  readonly u: Float64Array;
  /** Left factor of the student. */
  readonly hatC: Float64Array;
  readonly #model: Model;
  readonly #run: ReturnType<typeof checkRun>;
  readonly #rng: Stream;
  readonly #w: Float64Array;
  readonly #x: Float64Array;
  readonly #tail: Float64Array;
  readonly #gradient: Float64Array;
  readonly #gradientC: Float64Array;
  readonly #slope: Float64Array;

  /**
   * A run at its start.
   *
   * @throws {RangeError} If an option is out of range.
   */
  constructor(model: Model, options: RunOptions, rng: Stream) {
    this.#run = checkRun(options);
    this.#model = model;
    this.#rng = rng.stream("direct");
    const { k } = model, { n, algorithm } = this.#run;
    const eye = Float64Array.from({ length: k * k }, (_, i) => i % (k + 1) ? 0 : 1);
    this.#w = model.gram ? semidefiniteRoot(Float64Array.from(model.gram), k) : eye;
    const zero = algorithm === "free" || algorithm === "lazy";
    this.u = zero ? new Float64Array(n) : sphere(rng.stream("direct start"), n);
    this.hatC = Float64Array.from(model.hatC);
    this.#x = new Float64Array(k + n);
    this.#tail = this.#x.subarray(k);
    this.#gradient = new Float64Array(n);
    this.#gradientC = new Float64Array(k);
    this.#slope = new Float64Array(k);
  }

  /** Overlap `⟨û, u⟩`. */
  get m(): number {
    return this.u[0];
  }

  /** Squared length of the adapter. */
  get nu(): number {
    return dot(this.u, this.u);
  }

  /** Overlap `⟨ĉ, c⟩`. */
  get q(): number {
    return this.hatC.reduce((sum, x, i) => sum + x * this.#model.c[i], 0);
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("run fine-tuning SGD", "steps", steps, 0);
    for (let i = 0; i < steps; i++) this.step();
  }

  /** One step: whole inputs, the gradient with respect to `û` (and `ĉ`), the move. */
  step(): void {
    const { k, c, lambda, xi, r0, activation } = this.#model, w = this.#w;
    const { n, alpha, ratio, noise, algorithm, batch } = this.#run, { u, hatC } = this;
    const lazy = algorithm === "lazy", eta = alpha / n / batch;
    const gradientU = this.#gradient.fill(0), gradientC = this.#gradientC.fill(0);
    const x = this.#x, tail = this.#tail, slope = this.#slope;
    for (let sample = 0; sample < batch; sample++) {
      const rng = this.#rng;
      // A short vector: one by one is faster than a call to the block generator.
      for (let j = 0; j < x.length; j++) x[j] = rng.normal();
      const s = dot(u, tail);
      let student = 0, teacher = 0;
      for (let i = 0; i < k; i++) {
        let a = 0;
        for (let j = 0; j < k; j++) a += w[i * k + j] * x[j];
        const at = lazy ? a / r0 : (a + xi * hatC[i] * s) / r0;
        slope[i] = xi * lambda[i] * activation.df(at) / r0;
        student += lambda[i] * activation.f(at) + (lazy ? slope[i] * hatC[i] * s : 0);
        teacher += lambda[i] * activation.f((a + xi * c[i] * tail[0]) / r0);
      }
      if (noise > 0) teacher += noise * this.#rng.normal();
      const error = student - teacher;
      const gamma = error * dot(slope, hatC);
      for (let j = 0; j < n; j++) gradientU[j] += gamma * tail[j];
      for (let i = 0; i < k; i++) gradientC[i] += error * s * slope[i];
    }
    const unit = algorithm === "sphere" || algorithm === "joint";
    if (unit) removePart(gradientU, u);
    for (let j = 0; j < n; j++) u[j] -= eta * gradientU[j];
    if (unit) normalize(u);
    if (algorithm !== "joint") return;
    removePart(gradientC, hatC);
    for (let i = 0; i < k; i++) hatC[i] -= eta * ratio * gradientC[i];
    normalize(hatC);
  }
}

/** Removes the part of `x` along the unit vector `along`. */
function removePart(x: Float64Array, along: Float64Array): void {
  const part = dot(x, along);
  for (let i = 0; i < x.length; i++) x[i] -= part * along[i];
}
