import type { Draws } from "../draws.ts";
import type { CheckedModel } from "../model.ts";
import { sizeSampler } from "../problem/inputs.ts";
import type { Sampler } from "../problem/law_draws.ts";
import { squareSlope } from "../problem/loss.ts";
import { noiseSampler } from "../problem/noise.ts";
import type { ChainState } from "../state.ts";
import { Rests } from "./rests.ts";
import { type GradientLaw, type GradientSums, gradientSums } from "./law.ts";

/** Entries of one block of samples: small enough for the caches, large enough to amortise calls. */
const BLOCK = 4096;

/** Most samples of a batch whose arrays fit: about ten of them, of eight bytes a sample. */
const MOST = 2 ** 26;

/**
 * Gradients from samples of the pre-activations: any activations, loss and label noise, `b (p + 1)`
 * normals per step, and inputs `x = ρ g` with a radius `ρ` of any law, independent of `g ~ N(0, I_d)`,
 * or with a length of any law, `ρ = |x|/|g|`.
 *
 * With `c_i` the slope of the loss times that of the student, the batch pushes ω along `Σ c_i ρ_i g_i`,
 * and `c_i` and `ρ_i` are functions of label noise, radii and the parts of the `g_i` in the frame and
 * along ω. Given these, the other `d − p − 1` coordinates of the `g_i` are still independent standard
 * normals, so their sum is Gaussian with variance `Σ c_i² ρ_i²`, and its squared length is that times
 * a χ² variable with `d − p − 1` degrees of freedom. A given length makes `ρ_i` depend on the other
 * coordinates too, but by their length alone; their directions are still uniform: see `Rests`.
 *
 * Source: ours; radii, losses and laws of the label noise: ours.
 */
export class SampledLaw implements GradientLaw {
  readonly block: number;
  readonly sums: GradientSums;

  readonly #data: Draws;
  readonly #noise: Sampler;
  readonly #size: Sampler | undefined;
  readonly #rests: Rests | undefined;
  readonly #z: Float64Array;
  readonly #frame: Float64Array[];
  readonly #s: Float64Array;
  readonly #lambda: Float64Array;
  readonly #label: Float64Array;
  readonly #value: Float64Array;
  readonly #slope: Float64Array;
  readonly #rho: Float64Array;
  /** Squares outside frame and ω: variances `ρ²`, or squared lengths where these are drawn. */
  readonly #rest2: Float64Array;

  constructor(readonly model: CheckedModel, copies: number, rng: Draws) {
    const { d, p, batch, noiseLaw, inputs } = model;
    if (batch > MOST) {
      throw new RangeError(
        `Cannot draw a batch sample by sample as batch must be <= ${MOST}: current value is ${batch}; a linear ` +
          "target with square loss, normal inputs and normal label noise takes any",
      );
    }
    this.#data = rng.stream("data");
    this.#noise = noiseSampler(noiseLaw, rng.stream("noise"));
    this.#size = sizeSampler(inputs, d, rng.stream("radius"));
    this.block = Math.max(1, Math.min(copies, Math.floor(BLOCK / batch)));
    const n = this.block * batch;
    this.#z = new Float64Array((p + 1) * n);
    this.#frame = Array.from({ length: p + 1 }, (_, j) => this.#z.subarray(j * n, (j + 1) * n));
    this.#s = new Float64Array(n);
    this.#lambda = new Float64Array(n);
    this.#label = new Float64Array(n);
    this.#value = new Float64Array(n);
    this.#slope = new Float64Array(n);
    this.#rho = new Float64Array(this.#size === undefined ? 0 : n);
    this.#rest2 = new Float64Array(n).fill(1);
    if (inputs.length !== undefined) {
      this.#rests = new Rests(d - p - 1, n, batch > 1, rng.stream("rest"));
    }
    this.sums = { ...gradientSums(p, this.block, batch), fixed: this.#rests !== undefined };
    if (batch > 1) return;
    const [frame, along] = [this.#frame.slice(0, p), this.#frame[p]];
    const square = this.#rest2;
    this.sums = { ...this.sums, weight: this.#slope, u: this.#s, frame, along, square };
  }

  draw(state: ChainState, first: number, count: number): void {
    this.#data.fillNormal(this.#z);
    if (this.#size !== undefined) this.#stretch(this.#size, count * this.model.batch);
    if (this.model.batch === 1) this.#projectSingles(state, first, count);
    else this.#project(state, first, count);
    this.#residuals(count * this.model.batch);
    for (let i = 0; this.model.batch > 1 && i < count; i++) this.#add(i);
  }

  /** Multiplies the first `n` inputs by their radii. */
  #stretch(size: Sampler, n: number): void {
    const rho = n === this.#rho.length ? this.#rho : this.#rho.subarray(0, n);
    const rest2 = this.#rest2, rests = this.#rests;
    size.fill(rho);
    if (rests !== undefined) this.#fromLengths(rests, rho);
    for (let i = 0; i < n; i++) rest2[i] = rho[i] * rho[i] * (rests?.squares[i] ?? 1);
    for (const column of this.#frame) for (let i = 0; i < n; i++) column[i] *= rho[i];
  }

  /** Makes radii of lengths. */
  #fromLengths(rests: Rests, rho: Float64Array): void {
    rests.draw();
    for (let i = 0; i < rho.length; i++) {
      let square = rests.squares[i];
      for (const column of this.#frame) square += column[i] * column[i];
      rho[i] /= Math.sqrt(square);
    }
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

  /** Leaves `c_i = ℓ'(σ(λ_i), y_i) σ'(λ_i)` of the first `n` samples in `#slope`. */
  #residuals(n: number): void {
    const { student, teacher, noise, loss } = this.model;
    const frame = this.#frame, lambda = this.#lambda, outer = loss.slope;
    const value = this.#value, slope = this.#slope, label = this.#label;
    student.fill(lambda, n, value, slope);
    teacher.fillValues(frame[0], n, label);
    if (noise > 0) {
      // λ is spent: its array takes the label noise.
      const scale = Math.sqrt(noise), z = n === lambda.length ? lambda : lambda.subarray(0, n);
      this.#noise.fill(z);
      for (let i = 0; i < n; i++) label[i] += scale * z[i];
    }
    if (outer === squareSlope) { for (let i = 0; i < n; i++) slope[i] *= value[i] - label[i]; }
    else for (let i = 0; i < n; i++) slope[i] *= outer(value[i], label[i]);
  }

  /** Sums over the batch of copy `c` of the block. */
  #add(c: number): void {
    const { batch: b, p } = this.model, { sums } = this;
    const s = this.#s, residual = this.#slope, g = this.#frame[p], rest2 = this.#rest2;
    const from = c * b, to = from + b;
    let gu = 0, gh = 0, square = 0;
    for (let i = from; i < to; i++) {
      const ci = residual[i];
      gu += ci * s[i];
      gh += ci * g[i];
      square += ci * ci * rest2[i];
    }
    sums.u[c] = gu;
    sums.along[c] = gh;
    sums.square[c] = this.#rests?.sum(residual, rest2, from, to) ?? square;
    for (let j = 0; j < p; j++) {
      const z = this.#frame[j];
      let sum = 0;
      for (let i = from; i < to; i++) sum += residual[i] * z[i];
      sums.frame[j][c] = sum;
    }
  }
}
