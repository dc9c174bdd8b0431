import { checkInteger } from "../check.ts";
import { semidefiniteRoot } from "../linalg/mod.ts";
import { wishart } from "../random/mod.ts";
import { checkCommittee, type CommitteeModel } from "./committee_model.ts";
import { checkDraws, type Draws } from "./state.ts";

/**
 * One-pass SGD of a two-layer student `ŷ = S⁻¹ Σ_k σ(W_k·x)`, `W = D T + U V`, exact in law at a
 * cost independent of `d`.
 *
 * Teacher rows `T` are orthonormal, `y = S⁻¹ Σ_k σ(t_k·x)`; `V` has unit rows, re-normalised after
 * every step. The state is `U` (`K × r`), the coordinates `a = V Tᵀ` (`r × K`) and a square root `H`
 * (`r × r`) of the Gram matrix of the rows of `V` outside span `T`. What a batch does outside all
 * of these is a Wishart matrix with `d − K − r` degrees of freedom.
 *
 * Assumes: inputs `N(0, I_d)`, a fresh batch at every step, `U₀ = d⁻²` in every entry.
 * Scale: time is counted in steps.
 * Source: model: code of nwemadji2026when; exact chain: ours, pre-training-hurts §2.4.
 *
 * @example
 * ```ts
 * import { CommitteeChain } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const model = {
 *   activation: activation("relu"), d: 100, frozen: [0.1, 0.1, 1, 1], rank: 2, batch: 30, step: 1,
 * };
 * const chain = new CommitteeChain(model, stream("7", "example"));
 * chain.run(10);
 * const row = [...chain.a.subarray(0, 4), ...chain.h.subarray(0, 2)];
 * assertAlmostEquals(Math.hypot(...row), 1, 1e-12);
 * ```
 */
export class CommitteeChain {
  /** Left factor, `K × r`. */
  readonly u: Float64Array;
  /** Coordinates of the adapter's rows on the teacher's, `r × K`. */
  readonly a: Float64Array;
  /** Square root of the Gram matrix of the rest of the rows, `r × r`. */
  readonly h: Float64Array;
  /** Output divisor `S`. */
  readonly scale: number;
  /** Steps made so far. */
  steps = 0;

  readonly #data: Draws;
  readonly #remainder: Draws;
  readonly #z: Float64Array;
  readonly #g: Float64Array;
  readonly #input: Float64Array;
  readonly #pre: Float64Array;
  readonly #value: Float64Array;
  readonly #slope: Float64Array;
  readonly #label: Float64Array;
  readonly #c: Float64Array;

  /**
   * A chain from `U₀ = d⁻²` and independent uniform rows of `V`.
   *
   * @throws {RangeError} If `d < K + 2r`, or a size or step is out of range.
   * @throws {TypeError} If the activation or the list of frozen rows is none.
   */
  constructor(readonly model: CommitteeModel, rng: Draws) {
    const what = "run committee SGD";
    this.scale = checkCommittee(what, model);
    checkDraws(what, rng);
    const { d, frozen, rank: r, batch } = model, K = frozen.length;
    this.u = new Float64Array(K * r).fill(d ** -2);
    this.a = new Float64Array(r * K);
    this.h = new Float64Array(r * r);
    this.#data = rng.stream("data");
    this.#remainder = rng.stream("remainder");
    this.#z = new Float64Array(batch * K);
    this.#g = new Float64Array(batch * r);
    this.#input = new Float64Array(batch * r);
    this.#pre = new Float64Array(batch * K);
    this.#value = new Float64Array(batch * K);
    this.#slope = new Float64Array(batch * K);
    this.#label = new Float64Array(batch * K);
    this.#c = new Float64Array(batch * r);
    this.#start(rng);
  }

  /** Rows of `V` are normalised Gaussians: `a` from normals, the rest's Gram from a Wishart. */
  #start(rng: Draws): void {
    const { d, frozen, rank: r } = this.model, K = frozen.length;
    rng.stream("start").fillNormal(this.a);
    const gram = wishart(rng.stream("start remainder"), d - K, r);
    this.#normalise(gram);
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("run committee SGD", "steps", steps, 0);
    for (let k = 0; k < steps; k++) this.step();
  }

  /** One step: all gradients at the old point, then the update. */
  step(): void {
    this.#residuals();
    const { d, frozen, rank: r, batch: b, step } = this.model, K = frozen.length;
    const { u, a, h } = this, c = this.#c, input = this.#input;
    const rate = step / b;
    for (let k = 0; k < K; k++) {
      for (let j = 0; j < r; j++) {
        u[k * r + j] -= rate * dot(this.#slope, k, K, input, j, r, b);
        a[j * K + k] -= rate * dot(c, j, r, this.#z, k, K, b);
      }
    }
    const square = new Float64Array(r * r);
    for (let i = 0; i < r; i++) {
      for (let j = 0; j < r; j++) {
        h[i * r + j] -= rate * dot(c, i, r, this.#g, j, r, b);
        square[i * r + j] = rate * rate * dot(c, i, r, c, j, r, b);
      }
    }
    const root = semidefiniteRoot(square, r);
    const rest = wishart(this.#remainder, d - K - r, r);
    const gram = sandwich(root, rest, r);
    for (let i = 0; i < r; i++) {
      for (let j = 0; j < r; j++) {
        for (let l = 0; l < r; l++) gram[i * r + j] += h[i * r + l] * h[j * r + l];
      }
    }
    this.#normalise(gram);
    this.steps++;
  }

  /** Draws a batch; leaves `δ_ik = e_i σ'(pre_ik)/S` in `#slope` and `c = δ U` in `#c`. */
  #residuals(): void {
    const { activation, frozen, rank: r, batch: b } = this.model, K = frozen.length;
    const { u, a, h } = this;
    const z = this.#z, g = this.#g, input = this.#input, pre = this.#pre, c = this.#c;
    this.#data.fillNormal(z);
    this.#data.fillNormal(g);
    for (let i = 0; i < b; i++) {
      for (let j = 0; j < r; j++) {
        let sum = 0;
        for (let k = 0; k < K; k++) sum += z[i * K + k] * a[j * K + k];
        for (let l = 0; l < r; l++) sum += g[i * r + l] * h[j * r + l];
        input[i * r + j] = sum;
      }
      for (let k = 0; k < K; k++) {
        let sum = z[i * K + k] * frozen[k];
        for (let j = 0; j < r; j++) sum += input[i * r + j] * u[k * r + j];
        pre[i * K + k] = sum;
      }
    }
    activation.fill(pre, b * K, this.#value, this.#slope);
    activation.fillValues(z, b * K, this.#label);
    for (let i = 0; i < b; i++) {
      let error = 0;
      for (let k = i * K; k < (i + 1) * K; k++) error += this.#value[k] - this.#label[k];
      error /= this.scale * this.scale;
      for (let k = i * K; k < (i + 1) * K; k++) this.#slope[k] *= error;
      for (let j = 0; j < r; j++) {
        let sum = 0;
        for (let k = 0; k < K; k++) sum += this.#slope[i * K + k] * u[k * r + j];
        c[i * r + j] = sum;
      }
    }
  }

  /** Scales the rows of `a` and of the Gram matrix to unit length and takes the new root `H`. */
  #normalise(gram: Float64Array): void {
    const { frozen, rank: r } = this.model, K = frozen.length, a = this.a;
    const length = new Float64Array(r);
    for (let j = 0; j < r; j++) {
      let square = gram[j * r + j];
      for (let k = 0; k < K; k++) square += a[j * K + k] ** 2;
      length[j] = Math.sqrt(square);
      for (let k = 0; k < K; k++) a[j * K + k] /= length[j];
    }
    for (let i = 0; i < r; i++) {
      for (let j = 0; j < r; j++) gram[i * r + j] /= length[i] * length[j];
    }
    semidefiniteRoot(gram, r, this.h);
  }

  /** Student rows in the frame of the teacher, `D + U a`, `K × K` row-major. */
  overlaps(): Float64Array {
    const { frozen, rank: r } = this.model, K = frozen.length;
    const out = new Float64Array(K * K);
    for (let i = 0; i < K; i++) {
      out[i * K + i] = frozen[i];
      for (let k = 0; k < K; k++) {
        for (let j = 0; j < r; j++) out[i * K + k] += this.u[i * r + j] * this.a[j * K + k];
      }
    }
    return out;
  }

  /** Gram matrix `W Wᵀ` of the student rows, `K × K` row-major. */
  gram(): Float64Array {
    const { frozen, rank: r } = this.model, K = frozen.length, { u, h } = this;
    const q = this.overlaps();
    const rest = new Float64Array(K * r);
    for (let i = 0; i < K; i++) {
      for (let l = 0; l < r; l++) {
        for (let j = 0; j < r; j++) rest[i * r + l] += u[i * r + j] * h[j * r + l];
      }
    }
    const out = new Float64Array(K * K);
    for (let i = 0; i < K; i++) {
      for (let k = 0; k < K; k++) {
        for (let j = 0; j < K; j++) out[i * K + k] += q[i * K + j] * q[k * K + j];
        for (let l = 0; l < r; l++) out[i * K + k] += rest[i * r + l] * rest[k * r + l];
      }
    }
    return out;
  }
}

/** `Σ_i x[i, p] y[i, q]` over the rows of two row-major matrices. */
function dot(
  x: Float64Array,
  p: number,
  xColumns: number,
  y: Float64Array,
  q: number,
  yColumns: number,
  rows: number,
): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += x[i * xColumns + p] * y[i * yColumns + q];
  return sum;
}

/** `L W Lᵀ`. */
function sandwich(l: Float64Array, w: Float64Array, n: number): Float64Array {
  const lw = new Float64Array(n * n), out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) lw[i * n + j] += l[i * n + k] * w[k * n + j];
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) out[i * n + j] += lw[i * n + k] * l[j * n + k];
    }
  }
  return out;
}
