import type { Draws } from "../draws.ts";
import type { CheckedModel } from "../model.ts";
import type { ChainState } from "../state.ts";
import { type GradientLaw, type GradientSums, gradientSums } from "./law.ts";

/** Entries of one block of samples: small enough for the caches, large enough to amortise calls. */
const BLOCK = 4096;

/**
 * Gradients from samples of the pre-activations: any activations, `b (p + 1)` normals per step.
 *
 * Source: ours, pre-training-hurts §2.2.
 */
export class SampledLaw implements GradientLaw {
  readonly block: number;
  readonly sums: GradientSums;

  readonly #data: Draws;
  readonly #noise: Draws;
  readonly #z: Float64Array;
  readonly #frame: Float64Array[];
  readonly #s: Float64Array;
  readonly #lambda: Float64Array;
  readonly #label: Float64Array;
  readonly #value: Float64Array;
  readonly #slope: Float64Array;

  constructor(readonly model: CheckedModel, copies: number, rng: Draws) {
    const { p, batch } = model;
    this.#data = rng.stream("data");
    this.#noise = rng.stream("noise");
    this.block = Math.max(1, Math.min(copies, Math.floor(BLOCK / batch)));
    const n = this.block * batch;
    this.#z = new Float64Array((p + 1) * n);
    this.#frame = Array.from({ length: p + 1 }, (_, j) => this.#z.subarray(j * n, (j + 1) * n));
    this.#s = new Float64Array(n);
    this.#lambda = new Float64Array(n);
    this.#label = new Float64Array(n);
    this.#value = new Float64Array(n);
    this.#slope = new Float64Array(n);
    this.sums = gradientSums(p, this.block, batch);
    if (batch > 1) return;
    const [frame, along] = [this.#frame.slice(0, p), this.#frame[p]];
    this.sums = { ...this.sums, weight: this.#slope, u: this.#s, frame, along };
    this.sums.square.fill(1);
  }

  draw(state: ChainState, first: number, count: number): void {
    this.#data.fillNormal(this.#z);
    if (this.model.batch === 1) this.#projectSingles(state, first, count);
    else this.#project(state, first, count);
    this.#residuals(count * this.model.batch);
    for (let i = 0; this.model.batch > 1 && i < count; i++) this.#add(i);
  }

  /** Projections `s_i = ω·x_i` and pre-activations `λ_i = w₀·x_i + u s_i`, copy by copy. */
  #project({ u, a, h }: ChainState, first: number, count: number): void {
    const { batch: b, p, frozen } = this.model;
    const frame = this.#frame, s = this.#s, lambda = this.#lambda;
    const z = frame[0], g = frame[p];
    for (let c = 0; c < count; c++) {
      const from = c * b, to = from + b, at = (first + c) * p;
      const hc = h[first + c], uc = u[first + c], m = a[at], mu = frozen[0];
      for (let i = from; i < to; i++) s[i] = hc * g[i] + m * z[i];
      for (let j = 1; j < p; j++) {
        const y = frame[j], aj = a[at + j];
        for (let i = from; i < to; i++) s[i] += aj * y[i];
      }
      for (let i = from; i < to; i++) lambda[i] = uc * s[i] + mu * z[i];
      for (let j = 1; j < p; j++) {
        const y = frame[j], w = frozen[j];
        for (let i = from; i < to; i++) lambda[i] += w * y[i];
      }
    }
  }

  /** The same for one sample per copy, in one loop over the copies. */
  #projectSingles({ u, a, h }: ChainState, first: number, count: number): void {
    const { p, frozen } = this.model, mu = frozen[0], nu = frozen[1];
    const frame = this.#frame, s = this.#s, lambda = this.#lambda;
    const z = frame[0], y = frame[1], g = frame[p];
    for (let i = 0; i < count; i++) {
      const c = first + i;
      let sum = h[c] * g[i] + a[c * p] * z[i];
      if (p > 1) sum += a[c * p + 1] * y[i];
      for (let j = 2; j < p; j++) sum += a[c * p + j] * frame[j][i];
      s[i] = sum;
      let argument = u[c] * sum + mu * z[i];
      if (p > 1) argument += nu * y[i];
      for (let j = 2; j < p; j++) argument += frozen[j] * frame[j][i];
      lambda[i] = argument;
    }
  }

  /** Leaves `c_i = (σ(λ_i) − y_i) σ'(λ_i)` of the first `n` samples in `#slope`. */
  #residuals(n: number): void {
    const { student, teacher, noise } = this.model, frame = this.#frame, lambda = this.#lambda;
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

  /** Sums over the batch of copy `c` of the block. */
  #add(c: number): void {
    const { batch: b, p } = this.model, { sums } = this;
    const s = this.#s, residual = this.#slope, g = this.#frame[p];
    const from = c * b, to = from + b;
    let gu = 0, gh = 0, square = 0;
    for (let i = from; i < to; i++) {
      const ci = residual[i];
      gu += ci * s[i];
      gh += ci * g[i];
      square += ci * ci;
    }
    sums.u[c] = gu;
    sums.along[c] = gh;
    sums.square[c] = square;
    for (let j = 0; j < p; j++) {
      const z = this.#frame[j];
      let sum = 0;
      for (let i = from; i < to; i++) sum += residual[i] * z[i];
      sums.frame[j][c] = sum;
    }
  }
}
