/**
 * The same algorithms in `d` dimensions, step by step: what the chains are checked against.
 *
 * @module
 */
import { checkInteger } from "../../check.ts";
import { semidefiniteRoot } from "../../linalg/mod.ts";
import { sphere, type Stream } from "../../random/mod.ts";
import { type Model, SIGMA } from "./problem.ts";
import { checkRun, type RunOptions } from "./simulation_chain.ts";

/**
 * Direct SGD on whole inputs. The base spans the first `k` coordinates, `u` is the next one.
 *
 * Scale: `O(d)` and `O(k)` activations a step; a check, not a tool.
 * Source: dayi25a, Eq. (4); lazy-vs-feature §4.
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
  }

  /** Overlap `⟨û, u⟩`. */
  get m(): number {
    return this.u[0];
  }

  /** Squared length of the adapter. */
  get nu(): number {
    return this.u.reduce((sum, x) => sum + x * x, 0);
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

  /** One step: a whole input, the gradient with respect to `û` (and `ĉ`), the move. */
  step(): void {
    const { k, lambda, c, xi, r0, activation } = this.#model, { f, df } = SIGMA[activation];
    const { n, alpha, ratio, noise, algorithm } = this.#run, eta = alpha / n, { u, hatC } = this;
    const x = this.#rng.fillNormal(new Float64Array(k + n)), tail = x.subarray(k);
    const s = u.reduce((sum, value, j) => sum + value * tail[j], 0), lazy = algorithm === "lazy";
    let student = 0, teacher = 0;
    const gradC = new Float64Array(k);
    for (let i = 0; i < k; i++) {
      let a = 0;
      for (let j = 0; j < k; j++) a += this.#w[i * k + j] * x[j];
      const at = lazy ? a / r0 : (a + xi * hatC[i] * s) / r0;
      gradC[i] = xi * lambda[i] * df(at) / r0;
      student += lambda[i] * f(at) + (lazy ? gradC[i] * hatC[i] * s : 0);
      teacher += lambda[i] * f((a + xi * c[i] * tail[0]) / r0);
    }
    if (noise > 0) teacher += noise * this.#rng.normal();
    const error = student - teacher;
    const gamma = error * gradC.reduce((sum, value, i) => sum + value * hatC[i], 0);
    const unit = algorithm === "sphere" || algorithm === "joint";
    for (let j = 0; j < n; j++) u[j] -= eta * gamma * (tail[j] - (unit ? s * u[j] : 0));
    if (unit) normalise(u);
    if (algorithm !== "joint") return;
    const g = gradC.map((value) => value * error * s);
    const along = g.reduce((sum, value, i) => sum + value * hatC[i], 0);
    for (let i = 0; i < k; i++) g[i] -= along * hatC[i];
    for (let i = 0; i < k; i++) hatC[i] -= eta * ratio * g[i];
    normalise(hatC);
  }
}

function normalise(x: Float64Array): void {
  const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  for (let i = 0; i < x.length; i++) x[i] /= length;
}
