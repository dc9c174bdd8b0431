import { gramRoot } from "./root.ts";
import type { Factor } from "./rule/run.ts";

/** Sizes of the vectors that a chain keeps. */
export interface KeptShape {
  /** Directions of the frame. */
  readonly p: number;
  /** Vectors that the student uses: 1 for a rank-one adapter, `r` rows of `V` for a committee. */
  readonly r: number;
  /** Vectors of memory beside each of them. */
  readonly memory: number;
  /** Whether the student's vectors have length 1. */
  readonly sphere: boolean;
}

/**
 * Vectors of `ℝ^d` as far as a rule can tell them apart: `r` rows of a student and their memory.
 *
 * Each is given by its coordinates in the frame and, outside it, by a row of a square root `H` of
 * the Gram matrix (`k × k`, `k = r (1 + memory)`): coordinates in some basis in which the student's
 * rows use the first `r` directions only. The gradient of a batch is the sum `Σ_i c_i x_iᵀ`, times
 * `factor / batch`. It has known coordinates in the frame and in these `r` directions; in the other
 * `d − p − r` it is Gaussian with the covariance `C = Σ_i c_i c_iᵀ`, so its part in the directions
 * of the memory is `√C N` and the Gram matrix of what is left is `√C W √Cᵀ`, `W` a Wishart matrix
 * with `d − p − k` degrees of freedom.
 *
 * Source: ours; the memory is one more row of the same Gram matrix.
 */
export class Kept implements Factor {
  /** Number of vectors. */
  readonly k: number;
  /** Coordinates in the frame, `k × p`: the student's rows, then each block of memory. */
  readonly frame: Float64Array;
  /** Coordinates outside, `H`, `k × k`. */
  readonly root: Float64Array;
  /** The batch's sum in the frame, `r × p`. */
  readonly sumFrame: Float64Array;
  /** The batch's sum along the student's rows, `r × r`. */
  readonly sumAlong: Float64Array;
  /** Covariance `C` of the batch's sum in all other directions, `r × r`. */
  readonly covariance: Float64Array;
  /** Standard normals `N`, `r × (k − r)`. */
  readonly normals: Float64Array;
  /** Wishart matrix `W`, `r × r`. */
  readonly wishart: Float64Array;
  /** What the sums are multiplied by. */
  factor = 1;
  /** What they are divided by. */
  batch = 1;

  readonly #rates: Float64Array;
  readonly #lengths: Float64Array;
  readonly #newFrame: Float64Array;
  readonly #rest: Float64Array;
  readonly #gram: Float64Array;
  readonly #scaled: Float64Array;
  readonly #spread: Float64Array;
  readonly #outside: Float64Array;
  readonly #product: Float64Array;

  constructor(readonly shape: KeptShape) {
    const { p, r, memory } = shape, k = r * (1 + memory);
    this.k = k;
    const room = (n: number) => new Float64Array(n);
    [this.frame, this.#newFrame] = [room(k * p), room(k * p)];
    [this.root, this.#rest, this.#gram] = [room(k * k), room(k * k), room(k * k)];
    [this.sumFrame, this.sumAlong] = [room(r * p), room(r * r)];
    [this.covariance, this.#scaled, this.#spread] = [room(r * r), room(r * r), room(r * r)];
    [this.wishart, this.#outside, this.#product] = [room(r * r), room(r * r), room(r * r)];
    this.normals = room(r * (k - r));
    this.#rates = room(1 + memory);
    this.#lengths = room(k).fill(1);
  }

  /** Leaves `√(s² C)` in `#spread` and the Gram matrix `√(s² C) W √(s² C)ᵀ` in `#outside`. */
  #spreadOut(s: number): void {
    const { r } = this.shape, { wishart } = this;
    const spread = this.#spread, product = this.#product, outside = this.#outside;
    for (let i = 0; i < r * r; i++) this.#scaled[i] = s * s * this.covariance[i];
    gramRoot(this.#scaled, r, r, spread);
    for (let i = 0; i < r; i++) {
      for (let j = 0; j < r; j++) {
        let sum = 0;
        for (let l = 0; l < r; l++) sum += spread[i * r + l] * wishart[l * r + j];
        product[i * r + j] = sum;
      }
    }
    for (let i = 0; i < r; i++) {
      for (let j = 0; j < r; j++) {
        let sum = 0;
        for (let l = 0; l < r; l++) sum += product[i * r + l] * spread[j * r + l];
        outside[i * r + j] = sum;
      }
    }
  }

  /** `√(s² C) N` in row `j`, column `l` of the directions of the memory. */
  #alongMemory(j: number, l: number): number {
    const { r } = this.shape, extra = this.k - r;
    let sum = 0;
    for (let i = 0; i < r; i++) sum += this.#spread[j * r + i] * this.normals[i * extra + l];
    return sum;
  }

  inner(i: number, j: number): number {
    const { p, r, memory } = this.shape, { k } = this, last = memory + 1;
    const gradients = (i === last ? 1 : 0) + (j === last ? 1 : 0);
    if (gradients > 0) this.#spreadOut(1);
    let sum = 0;
    for (let row = 0; row < r; row++) {
      for (let q = 0; q < p; q++) sum += this.#inFrame(i, row, q) * this.#inFrame(j, row, q);
      for (let l = 0; l < k; l++) sum += this.#outsideOf(i, row, l) * this.#outsideOf(j, row, l);
      if (gradients === 2) sum += this.#outside[row * (r + 1)];
    }
    return sum * (this.factor / this.batch) ** gradients;
  }

  #inFrame(i: number, row: number, q: number): number {
    const { p, r, memory } = this.shape;
    return i > memory ? this.sumFrame[row * p + q] : this.frame[(i * r + row) * p + q];
  }

  #outsideOf(i: number, row: number, l: number): number {
    const { r, memory } = this.shape;
    if (i <= memory) return this.root[(i * r + row) * this.k + l];
    return l < r ? this.sumAlong[row * r + l] : this.#alongMemory(row, l - r);
  }

  move(table: Float64Array): boolean {
    const { memory } = this.shape, width = memory + 2;
    for (let i = 0; i <= memory; i++) {
      this.#rates[i] = table[i * width + memory + 1] * this.factor / this.batch;
    }
    // In units of the step of the student's rows, so that plain SGD adds ∓1 times the rest.
    const unit = Math.abs(this.#rates[0]) || 1;
    this.#spreadOut(unit);
    for (let i = 0; i <= memory; i++) this.#combine(table, i, unit);
    this.frame.set(this.#newFrame);
    this.#takeGram(unit);
    return this.#settle();
  }

  /** The new vectors of block `i` in the frame and in the old directions outside it. */
  #combine(table: Float64Array, i: number, unit: number): void {
    const { p, r, memory } = this.shape, { k, frame, root } = this;
    const rate = this.#rates[i], shares = i * (memory + 2);
    for (let row = 0; row < r; row++) {
      const at = i * r + row;
      for (let q = 0; q < p; q++) {
        let sum = 0;
        for (let j = 0; j <= memory; j++) sum += table[shares + j] * frame[(j * r + row) * p + q];
        this.#newFrame[at * p + q] = sum + rate * this.sumFrame[row * p + q];
      }
      for (let l = 0; l < k; l++) {
        let sum = 0;
        for (let j = 0; j <= memory; j++) sum += table[shares + j] * root[(j * r + row) * k + l];
        this.#rest[at * k + l] = l < r
          ? sum + rate * this.sumAlong[row * r + l]
          : sum + rate / unit * this.#alongMemory(row, l - r);
      }
    }
  }

  /** The Gram matrix of the new vectors outside the frame. */
  #takeGram(unit: number): void {
    const { r } = this.shape, { k } = this, gram = this.#gram, rest = this.#rest;
    const rates = this.#rates, outside = this.#outside;
    for (let i = 0; i < k; i++) {
      const own = rates[(i - i % r) / r] / unit;
      for (let j = 0; j < k; j++) {
        const share = own * (rates[(j - j % r) / r] / unit);
        gram[i * k + j] = share * outside[(i % r) * r + j % r];
        for (let l = 0; l < k; l++) gram[i * k + j] += rest[i * k + l] * rest[j * k + l];
      }
    }
  }

  /** Starts from a Gram matrix of the student's rows outside the frame; they get length 1. */
  start(gram: Float64Array): void {
    const { r } = this.shape, { k } = this;
    this.#gram.fill(0);
    for (let i = 0; i < r; i++) this.#gram.set(gram.subarray(i * r, (i + 1) * r), i * k);
    this.#normalise();
    this.#settle(false);
  }

  /** Scales the student's rows to length 1, in the frame and in the Gram matrix. */
  #normalise(): void {
    const { p, r } = this.shape, { k, frame } = this, gram = this.#gram, lengths = this.#lengths;
    for (let j = 0; j < r; j++) {
      let square = gram[j * k + j];
      for (let q = 0; q < p; q++) square += frame[j * p + q] ** 2;
      lengths[j] = Math.sqrt(square);
      for (let q = 0; q < p; q++) frame[j * p + q] /= lengths[j];
    }
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) gram[i * k + j] /= lengths[i] * lengths[j];
    }
  }

  /** Takes the root of the Gram matrix; whether all is finite. */
  #settle(sphere = this.shape.sphere): boolean {
    if (sphere) this.#normalise();
    gramRoot(this.#gram, this.k, this.shape.r, this.root);
    const { frame, k } = this;
    let alarm = 0;
    for (let q = 0; q < frame.length; q++) alarm += frame[q] * frame[q];
    for (let i = 0; i < k; i++) alarm += this.#gram[i * (k + 1)];
    return Number.isFinite(alarm);
  }
}
