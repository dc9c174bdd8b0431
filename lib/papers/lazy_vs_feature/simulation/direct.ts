/**
 * The same algorithms in `d` dimensions, step by step: what the chains are checked against.
 *
 * @module
 */
import { checkInteger } from "../../../check.ts";
import { dot, normalize, semidefiniteRoot } from "../../../linalg/mod.ts";
import { sphere, type Stream } from "../../../random/mod.ts";
import type { Model } from "../model.ts";
import type { RunNow } from "../step_scales.ts";
import { type CheckedRun, checkRun, type RunOptions } from "./options.ts";

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
  /** Steps made. */
  steps = 0;
  readonly #model: Model;
  readonly #run: CheckedRun;
  readonly #rng: Stream;
  readonly #scale: (now: RunNow) => number;
  readonly #w: Float64Array;
  readonly #x: Float64Array;
  readonly #tail: Float64Array;
  readonly #gradient: Float64Array;
  readonly #gradientC: Float64Array;
  readonly #velocity: Float64Array;
  readonly #velocityC: Float64Array;
  readonly #slope: Float64Array;
  #gate = 0;

  /**
   * A run at its start.
   *
   * @throws {RangeError} If an option is out of range or does not fit the model.
   * @throws {TypeError} If an option is not known.
   */
  constructor(model: Model, options: RunOptions, rng: Stream) {
    const run = this.#run = checkRun(model, options);
    this.#model = model;
    this.#rng = rng.stream("direct");
    const { k } = model, { n, algorithm, m0, alpha: { course, rule } } = run;
    this.#scale = rule?.open(n) ?? (({ tau }) => course!(tau));
    const eye = Float64Array.from({ length: k * k }, (_, i) => i % (k + 1) ? 0 : 1);
    this.#w = model.gram ? semidefiniteRoot(Float64Array.from(model.gram), k) : eye;
    const zero = algorithm === "free" || algorithm === "lazy";
    this.u = zero ? new Float64Array(n) : sphere(rng.stream("direct start"), n);
    if (m0 !== undefined) {
      this.u[0] = 0;
      const across = Math.sqrt(1 - m0 * m0) / Math.sqrt(dot(this.u, this.u));
      for (let i = 0; i < n; i++) this.u[i] *= across;
      this.u[0] = m0;
    }
    this.hatC = Float64Array.from(model.hatC);
    this.#x = new Float64Array(k + n);
    this.#tail = this.#x.subarray(k);
    [this.#gradient, this.#velocity] = [new Float64Array(n), new Float64Array(n)];
    [this.#gradientC, this.#velocityC] = [new Float64Array(k), new Float64Array(k)];
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

  /** One step: whole inputs, the gradient in `û` and `ĉ`, the velocity, the move. */
  step(): void {
    const { k, c, lambda, xi, r0, activation } = this.#model, w = this.#w;
    const { n, ratio, noise, noiseLaw, law, algorithm, batch, momentum } = this.#run;
    const { u, hatC } = this;
    const alpha = this.#scale({ tau: this.steps / n, m: this.m, gate: this.#gate });
    const lazy = algorithm === "lazy", eta = alpha / n / batch, rng = this.#rng;
    const gradientU = this.#gradient.fill(0), gradientC = this.#gradientC.fill(0);
    const x = this.#x, tail = this.#tail, slope = this.#slope;
    this.steps++;
    for (let sample = 0; sample < batch; sample++) {
      for (let j = 0; j < x.length; j++) {
        x[j] = law && j < k ? law.quantile(rng.uniform()) : rng.normal();
      }
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
      if (noise > 0) teacher += noise * noiseLaw.draw(rng);
      const error = student - teacher;
      this.#gate = dot(slope, hatC);
      const gamma = error * this.#gate;
      for (let j = 0; j < n; j++) gradientU[j] += gamma * tail[j];
      for (let i = 0; i < k; i++) gradientC[i] += error * s * slope[i];
    }
    const unit = algorithm === "sphere" || algorithm === "joint";
    if (unit) removePart(gradientU, u);
    step(u, this.#velocity, gradientU, eta, momentum);
    if (unit) normalize(u);
    if (algorithm !== "joint" && algorithm !== "adapter") return;
    const radius = Math.sqrt(dot(hatC, hatC));
    if (!unit) return step(hatC, this.#velocityC, gradientC, eta * ratio, momentum);
    // The unit vector ĉ/|ĉ| is what is trained.
    for (let i = 0; i < k; i++) {
      hatC[i] /= radius;
      gradientC[i] *= radius;
    }
    removePart(gradientC, hatC);
    const velocity = this.#velocityC;
    step(hatC, velocity, gradientC, eta * ratio, momentum);
    normalize(hatC);
    for (let i = 0; i < k; i++) hatC[i] *= radius;
  }
}

/** A heavy-ball step. */
function step(
  at: Float64Array,
  velocity: Float64Array,
  gradient: Float64Array,
  eta: number,
  momentum: number,
): void {
  for (let i = 0; i < at.length; i++) {
    velocity[i] = momentum * velocity[i] + gradient[i];
    at[i] -= eta * velocity[i];
  }
}

/** Removes the part of `x` along the unit vector `along`. */
function removePart(x: Float64Array, along: Float64Array): void {
  const part = dot(x, along);
  for (let i = 0; i < x.length; i++) x[i] -= part * along[i];
}
