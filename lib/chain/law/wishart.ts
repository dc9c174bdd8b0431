import { checkInteger } from "../../check.ts";
import { bartlett } from "../../random/mod.ts";
import type { Draws } from "../draws.ts";
import { type GradientLaw, type GradientSums, gradientSums } from "./law.ts";
import type { CheckedModel } from "../model.ts";
import type { ChainState } from "../state.ts";

/** Samples of the next batch: a number, or a rule from `|u|`. */
export type Batch = number | ((u: number) => number);

/**
 * Gradients of linear student and teacher: all sums over a batch are functions of one Wishart matrix
 * `W ~ Wishart(I, b)`. With `v = w − ω⋆` in the frame and along ω, `Σ c_i x_i = W v` inside and
 * `Σ c_i² = vᵀ W v`. Label noise is one more Gaussian direction with `v = −√Δ` whose projection is
 * dropped.
 *
 * Source: ours.
 */
export class WishartLaw implements GradientLaw {
  readonly block: number;
  readonly sums: GradientSums;
  /** Number of Gaussian directions, and the least batch. */
  readonly size: number;
  /** Samples drawn so far, per copy. */
  readonly samples: Float64Array;

  readonly #data: Draws;
  readonly #t: Float64Array;
  readonly #v: Float64Array;
  readonly #tv: Float64Array;
  readonly #wv: Float64Array;

  constructor(
    readonly what: string,
    readonly model: CheckedModel,
    readonly batch: Batch,
    copies: number,
    rng: Draws,
  ) {
    const size = model.p + 1 + (model.noise > 0 ? 1 : 0);
    this.size = size;
    this.block = copies;
    this.samples = new Float64Array(copies);
    this.sums = gradientSums(model.p, copies, size);
    this.#data = rng.stream("data");
    this.#t = new Float64Array(size ** 2);
    this.#v = new Float64Array(size);
    this.#tv = new Float64Array(size);
    this.#wv = new Float64Array(size);
  }

  draw({ u, a, h }: ChainState, first: number, count: number): void {
    const { frozen, p, noise } = this.model, { sums, samples } = this;
    const v = this.#v, wv = this.#wv;
    for (let i = 0; i < count; i++) {
      const c = first + i;
      for (let j = 0; j < p; j++) v[j] = frozen[j] + u[c] * a[c * p + j];
      v[0] -= 1;
      v[p] = u[c] * h[c];
      if (noise > 0) v[p + 1] = -Math.sqrt(noise);
      const b = this.#batchAt(u[c]);
      samples[c] += b;
      sums.batch[i] = b;
      sums.square[i] = this.#wishartProduct(b);
      let gu = h[c] * wv[p];
      for (let j = 0; j < p; j++) {
        gu += a[c * p + j] * wv[j];
        sums.frame[j][i] = wv[j];
      }
      sums.u[i] = gu;
      sums.along[i] = wv[p];
    }
  }

  #batchAt(u: number): number {
    if (typeof this.batch === "number") return this.batch;
    // A copy that has diverged has no batch: any will do.
    if (Number.isNaN(u)) return this.size;
    const b = this.batch(Math.abs(u));
    checkInteger(this.what, "the batch that the rule gives", b, this.size);
    return b;
  }

  /** Draws `W = T Tᵀ ~ Wishart(I, b)`, leaves `W v` in `#wv` and returns `vᵀ W v`. */
  #wishartProduct(b: number): number {
    const n = this.size, v = this.#v, tv = this.#tv, wv = this.#wv;
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
