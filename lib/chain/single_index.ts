import { checkInteger } from "../check.ts";
import { type CheckedModel, checkModel, type SingleIndexModel } from "./model.ts";
import {
  type Chain,
  ChainState,
  checkOnSphere,
  type Draws,
  type SingleIndexStart,
} from "./state.ts";

/** Entries of one block of samples: small enough for the caches, large enough to amortise calls. */
const BLOCK = 4096;

/**
 * One-pass SGD of a rank-one adapter, exact in law for every `d`, at a cost independent of `d`.
 *
 * The state is `u`, the coordinates `a` of ω in a frame that holds ω⋆ and w₀, and the length `h` of
 * the rest. Inputs are isotropic, so what a batch does outside frame and ω is one χ² variable with
 * `d − p − 1` degrees of freedom: `(u, a, h)` is a Markov chain with exactly this kernel for every
 * `d ≥ p + 1`, batch and step size; no large-`d` limit is taken.
 *
 * Assumes: inputs `N(0, I_d)`, a fresh batch at every step, labels `σ⋆(ω⋆·x) + √Δ z`.
 * Scale: time is counted in steps.
 * Streams: `"data"`, `"noise"`, `"remainder"` and the starts are drawn from named children of `rng`,
 * so that chains at different `d` share all random numbers but the χ² remainder.
 * Source: ours, pre-training-hurts §2.2 (proposition with proof).
 *
 * @example An overlap that grows from `d^{-1/2}` to order one.
 * ```ts
 * import { SingleIndexChain } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertGreater } from "@std/assert";
 *
 * const model = { student: activation("x"), d: 1000, frozen: [0.5], batch: 500, step: 0.2 };
 * const chain = new SingleIndexChain(model, 4, stream("7", "example"));
 * chain.run(400);
 * assertGreater(Math.abs(chain.state.m(0)), 0.9);
 * ```
 */
export class SingleIndexChain implements Chain {
  /** The model, checked and with defaults filled in. */
  readonly model: CheckedModel;
  /** Current state of all copies. */
  readonly state: ChainState;
  /** Steps made so far. */
  steps = 0;

  readonly #data: Draws;
  readonly #noise: Draws;
  readonly #remainder: Draws;
  readonly #chi2: Float64Array;
  readonly #perBlock: number;
  readonly #z: Float64Array;
  readonly #frame: Float64Array[];
  readonly #s: Float64Array;
  readonly #lambda: Float64Array;
  readonly #label: Float64Array;
  readonly #value: Float64Array;
  readonly #slope: Float64Array;
  readonly #da: Float64Array;

  /**
   * `copies` independent chains in lockstep.
   *
   * @throws {RangeError} If `d < p + 1`, `batch < 1`, a step size is not `> 0`, `noise < 0`.
   * @throws {TypeError} If a shape does not fit.
   */
  constructor(
    model: SingleIndexModel,
    copies: number,
    rng: Draws,
    start: SingleIndexStart = {},
  ) {
    const what = "run one-pass SGD";
    this.model = checkModel(what, model);
    const { p, batch, d, sphere } = this.model;
    this.state = new ChainState(copies, p, d, start, rng);
    if (sphere) checkOnSphere(what, start);
    this.#data = rng.stream("data");
    this.#noise = rng.stream("noise");
    this.#remainder = rng.stream("remainder");
    this.#chi2 = new Float64Array(copies);
    this.#perBlock = Math.max(1, Math.min(copies, Math.floor(BLOCK / batch)));
    const n = this.#perBlock * batch;
    this.#z = new Float64Array((p + 1) * n);
    this.#frame = Array.from({ length: p + 1 }, (_, j) => this.#z.subarray(j * n, (j + 1) * n));
    this.#s = new Float64Array(n);
    this.#lambda = new Float64Array(n);
    this.#label = new Float64Array(n);
    this.#value = new Float64Array(n);
    this.#slope = new Float64Array(n);
    this.#da = new Float64Array(p);
  }

  /** Makes `steps` steps of all copies. */
  run(steps: number): void {
    checkInteger("run one-pass SGD", "steps", steps, 0);
    for (let k = 0; k < steps; k++) this.step();
  }

  /** One step of all copies. */
  step(): void {
    const { model, state } = this;
    this.#remainder.fillChiSquare(this.#chi2, model.d - model.p - 1);
    for (let first = 0; first < state.copies; first += this.#perBlock) {
      const count = Math.min(this.#perBlock, state.copies - first);
      this.#residuals(first, count);
      if (model.batch === 1) this.#updateSingles(first, count);
      else for (let c = 0; c < count; c++) this.#update(first + c, c * model.batch);
    }
    this.steps++;
  }

  /** Draws the block's samples and leaves `c_i = (σ(λ_i) − y_i) σ'(λ_i)` in `#slope`. */
  #residuals(first: number, count: number): void {
    const { batch: b, p, frozen, student, teacher, noise } = this.model;
    const { u, a, h } = this.state;
    const frame = this.#frame, s = this.#s, lambda = this.#lambda;
    const n = count * b;
    this.#data.fillNormal(this.#z);
    const g = frame[p];
    if (b === 1) this.#projectSingles(first, count);
    for (let c = 0; b > 1 && c < count; c++) {
      const from = c * b, to = from + b;
      const hc = h[first + c], uc = u[first + c];
      for (let i = from; i < to; i++) s[i] = hc * g[i];
      for (let j = 0; j < p; j++) {
        const z = frame[j], aj = a[(first + c) * p + j];
        for (let i = from; i < to; i++) s[i] += aj * z[i];
      }
      for (let i = from; i < to; i++) lambda[i] = uc * s[i];
    }
    for (let j = 0; j < p; j++) {
      const z = frame[j], w = frozen[j];
      for (let i = 0; i < n; i++) lambda[i] += w * z[i];
    }
    const value = this.#value, slope = this.#slope, label = this.#label;
    student.fill(lambda, n, value, slope);
    teacher.fillValues(frame[0], n, label);
    if (noise > 0) {
      // λ is spent: its array takes the label noise.
      const scale = Math.sqrt(noise), z = n === lambda.length ? lambda : lambda.subarray(0, n);
      this.#noise.fillNormal(z);
      for (let i = 0; i < n; i++) label[i] += scale * z[i];
    }
    for (let i = 0; i < n; i++) slope[i] *= value[i] - label[i];
  }

  /** Adapter's projections and arguments `s`, `u s` of one sample per copy: a loop over copies. */
  #projectSingles(first: number, count: number): void {
    const { p } = this.model, { u, a, h } = this.state;
    const frame = this.#frame, s = this.#s, lambda = this.#lambda, g = frame[p];
    for (let i = 0; i < count; i++) s[i] = h[first + i] * g[i];
    for (let j = 0; j < p; j++) {
      const z = frame[j];
      for (let i = 0; i < count; i++) s[i] += a[(first + i) * p + j] * z[i];
    }
    for (let i = 0; i < count; i++) lambda[i] = u[first + i] * s[i];
  }

  /** The moves of copies that saw one sample each. */
  #updateSingles(first: number, count: number): void {
    const { p, stepU, stepOmega, sphere } = this.model, { u, a, h } = this.state;
    const frame = this.#frame, s = this.#s, residual = this.#slope, g = frame[p];
    const z = frame[0], chi2 = this.#chi2;
    for (let i = 0; i < count; i++) {
      const c = first + i, ci = residual[i], scale = stepOmega * u[c];
      const remainder = h[c] - scale * (ci * g[i]);
      const outside = remainder * remainder + scale * scale * (ci * ci) * chi2[c];
      const m = a[c * p] - scale * (ci * z[i]);
      let square = outside + m * m;
      for (let j = 1; j < p; j++) {
        const x = a[c * p + j] - scale * (ci * frame[j][i]);
        a[c * p + j] = x;
        square += x * x;
      }
      u[c] -= stepU * (ci * s[i]);
      const length = sphere ? 1 / Math.sqrt(square) : 1;
      a[c * p] = m * length;
      for (let j = 1; j < p; j++) a[c * p + j] *= length;
      h[c] = Math.sqrt(outside) * length;
    }
  }

  /** Gradient sums over the samples of copy `c`, which start at `from`, and its move. */
  #update(c: number, from: number): void {
    const { batch: b, p, stepU, stepOmega, sphere } = this.model;
    const frame = this.#frame, s = this.#s, residual = this.#slope, g = frame[p], da = this.#da;
    const to = from + b;
    let gu = 0, gh = 0, square = 0;
    for (let i = from; i < to; i++) {
      const ci = residual[i];
      gu += ci * s[i];
      gh += ci * g[i];
      square += ci * ci;
    }
    const scale = stepOmega * this.state.u[c] / b;
    for (let j = 0; j < p; j++) {
      const z = frame[j];
      let sum = 0;
      for (let i = from; i < to; i++) sum += residual[i] * z[i];
      da[j] = scale * sum;
    }
    const rest = scale * scale * square * this.#chi2[c];
    this.state.move(c, stepU * gu / b, da, scale * gh, rest, sphere);
  }
}
