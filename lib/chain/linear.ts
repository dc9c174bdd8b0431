import { checkInteger } from "../check.ts";
import { bartlett } from "../random/mod.ts";
import { type CheckedModel, checkModel, type SingleIndexModel } from "./model.ts";
import {
  type Chain,
  ChainState,
  checkOnSphere,
  type Draws,
  type SingleIndexStart,
} from "./state.ts";

/** A linear model; the batch may depend on the current `u` (adaptive batch). */
export interface LinearModel extends Omit<SingleIndexModel, "batch"> {
  /** Samples per step: a number, or a rule from `|u|`. Any size: a step costs the same. */
  readonly batch: number | ((u: number) => number);
}

/**
 * One-pass SGD of a rank-one adapter with linear student and teacher, exact in law at `O(1)` per
 * step for every `d` **and every batch**.
 *
 * All sums over the batch are quadratic in the Gaussians of the frame, hence functions of one
 * Wishart matrix `W ~ Wishart_{p+1}(I, b)` (Bartlett): with `v = w − ω⋆` in the frame,
 * `Σ c_i x_i = W v` inside and `Σ c_i² = vᵀ W v` for the χ² remainder outside. Label noise is one
 * more Gaussian direction with `v = −√Δ` whose projection is dropped.
 *
 * Assumes: σ = σ⋆ = x; `b ≥ p + 1` (`p + 2` with label noise).
 * Scale: time is counted in steps.
 * Source: ours, pre-training-hurts §2.3.
 *
 * @example A billion dimensions, a billion samples per step.
 * ```ts
 * import { LinearChain } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertGreater } from "@std/assert";
 *
 * const model = { student: activation("x"), d: 1e9, frozen: [0.5], batch: 1e9, step: 0.1 };
 * const chain = new LinearChain(model, 4, stream("7", "example"));
 * chain.run(1200);
 * assertGreater(Math.abs(chain.state.m(0)), 0.9);
 * ```
 */
export class LinearChain implements Chain {
  /** The model, checked; `batch` is the constant batch, or the least one that a rule may give. */
  readonly model: CheckedModel;
  /** Current state of all copies. */
  readonly state: ChainState;
  /** Steps made so far. */
  steps = 0;
  /** Samples used so far, per copy. */
  readonly samples: Float64Array;

  readonly #batch: number | ((u: number) => number);
  readonly #data: Draws;
  readonly #remainder: Draws;
  readonly #size: number;
  readonly #t: Float64Array;
  readonly #v: Float64Array;
  readonly #tv: Float64Array;
  readonly #wv: Float64Array;
  readonly #da: Float64Array;

  /**
   * `copies` independent chains in lockstep.
   *
   * @throws {RangeError} If an activation is not linear, `d < p + 1`, or `batch` is too small.
   */
  constructor(model: LinearModel, copies: number, rng: Draws, start: SingleIndexStart = {}) {
    const what = "run linear one-pass SGD";
    const { batch } = model;
    this.#size = (model.frozen?.length ?? 0) + 1 + ((model.noise ?? 0) > 0 ? 1 : 0);
    this.model = checkModel(what, {
      ...model,
      batch: typeof batch === "function" ? this.#size : batch,
    });
    const { p } = this.model;
    for (const side of ["student", "teacher"] as const) {
      const { series } = this.model[side];
      if (series?.length !== 2 || series[0] !== 0 || series[1] !== 1) {
        throw new RangeError(
          `Cannot ${what} as ${side} must be the activation x: ` +
            `current value is ${this.model[side].name}`,
        );
      }
    }
    if (typeof batch === "number") checkInteger(what, "batch", batch, this.#size);
    this.#batch = batch;
    this.state = new ChainState(copies, p, model.d, start, rng);
    if (this.model.sphere) checkOnSphere(what, start);
    this.samples = new Float64Array(copies);
    this.#data = rng.stream("data");
    this.#remainder = rng.stream("remainder");
    this.#t = new Float64Array(this.#size ** 2);
    this.#v = new Float64Array(this.#size);
    this.#tv = new Float64Array(this.#size);
    this.#wv = new Float64Array(this.#size);
    this.#da = new Float64Array(p);
  }

  /** Makes `steps` steps of all copies. */
  run(steps: number): void {
    checkInteger("run linear one-pass SGD", "steps", steps, 0);
    for (let k = 0; k < steps; k++) this.step();
  }

  /** One step of all copies. */
  step(): void {
    for (let c = 0; c < this.state.copies; c++) this.#stepCopy(c);
    this.steps++;
  }

  #stepCopy(c: number): void {
    const { frozen, p, d, noise, stepU, stepOmega, sphere } = this.model;
    const { u, a, h } = this.state;
    const b = this.#batchAt(u[c]);
    const v = this.#v, da = this.#da;
    for (let j = 0; j < p; j++) v[j] = frozen[j] + u[c] * a[c * p + j];
    v[0] -= 1;
    v[p] = u[c] * h[c];
    if (noise > 0) v[p + 1] = -Math.sqrt(noise);
    const square = this.#wishartProduct(b);
    const wv = this.#wv;
    let gu = h[c] * wv[p];
    for (let j = 0; j < p; j++) gu += a[c * p + j] * wv[j];
    const scale = stepOmega * u[c] / b;
    for (let j = 0; j < p; j++) da[j] = scale * wv[j];
    const rest = scale * scale * square * this.#remainder.chiSquare(d - p - 1);
    this.state.move(c, stepU * gu / b, da, scale * wv[p], rest, sphere);
    this.samples[c] += b;
  }

  #batchAt(u: number): number {
    if (typeof this.#batch === "number") return this.#batch;
    const b = this.#batch(Math.abs(u));
    checkInteger("run linear one-pass SGD", "the batch that the rule gives", b, this.#size);
    return b;
  }

  /** Draws `W = T Tᵀ ~ Wishart(I, b)`, leaves `W v` in `#wv` and returns `vᵀ W v`. */
  #wishartProduct(b: number): number {
    const n = this.#size, v = this.#v, tv = this.#tv, wv = this.#wv;
    const t = bartlett(this.#data, b, n, this.#t);
    let square = 0;
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let i = j; i < n; i++) sum += t[i * n + j] * v[i];
      tv[j] = sum;
      square += sum * sum;
    }
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += t[i * n + j] * tv[j];
      wv[i] = sum;
    }
    return square;
  }
}
