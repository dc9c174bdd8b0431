import type { Activation } from "../../gaussian/mod.ts";
import type { CommitteeModel, CommitteeSetting } from "../committee_model.ts";
import type { Draws } from "../draws.ts";
import type { Kept } from "../kept.ts";
import type { Numbers } from "../rule/numbers.ts";

/** State of a committee as its law reads it. */
export interface CommitteeState {
  /** Left factor, `K × r`. */
  readonly u: Float64Array;
  /** Coordinates of the rows of `V` in the frame, `r × K`. */
  readonly a: Float64Array;
  /** Coordinates outside, `r × r`. */
  readonly h: Float64Array;
}

/**
 * The gradient of a committee's batch in law, whatever rule uses it: sums over samples of the
 * pre-activations, `b (K + r)` normals per step.
 *
 * Source: ours, pre-training-hurts §2.4.
 */
export class CommitteeLaw {
  readonly #activation: Activation;
  readonly #scale: number;
  readonly #data: Draws;
  readonly #z: Float64Array;
  readonly #g: Float64Array;
  readonly #input: Float64Array;
  readonly #pre: Float64Array;
  readonly #value: Float64Array;
  readonly #slope: Float64Array;
  readonly #label: Float64Array;
  readonly #c: Float64Array;

  constructor(readonly model: CommitteeModel, setting: CommitteeSetting, rng: Draws) {
    this.#activation = setting.activation;
    this.#scale = setting.scale;
    const { frozen, rank: r, batch } = model, K = frozen.length;
    this.#data = rng.stream("data");
    this.#z = new Float64Array(batch * K);
    this.#g = new Float64Array(batch * r);
    this.#input = new Float64Array(batch * r);
    this.#pre = new Float64Array(batch * K);
    this.#value = new Float64Array(batch * K);
    this.#slope = new Float64Array(batch * K);
    this.#label = new Float64Array(batch * K);
    this.#c = new Float64Array(batch * r);
  }

  /** Draws a batch at a state and leaves the sums of its gradients in both factors. */
  draw(state: CommitteeState, left: Numbers, right: Kept): void {
    this.#residuals(state);
    const { frozen, rank: r, batch: b } = this.model, K = frozen.length;
    const c = this.#c;
    for (let k = 0; k < K; k++) {
      for (let j = 0; j < r; j++) {
        left.gradient[k * r + j] = dot(this.#slope, k, K, this.#input, j, r, b);
        right.sumFrame[j * K + k] = dot(c, j, r, this.#z, k, K, b);
      }
    }
    for (let i = 0; i < r; i++) {
      for (let j = 0; j < r; j++) {
        right.sumAlong[i * r + j] = dot(c, i, r, this.#g, j, r, b);
        right.covariance[i * r + j] = dot(c, i, r, c, j, r, b);
      }
    }
  }

  /** Draws a batch; leaves `δ_ik = e_i σ'(pre_ik)/S` in `#slope` and `c = δ U` in `#c`. */
  #residuals({ u, a, h }: CommitteeState): void {
    const { frozen, rank: r, batch: b } = this.model, K = frozen.length;
    const activation = this.#activation, scale = this.#scale;
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
      error /= scale * scale;
      for (let k = i * K; k < (i + 1) * K; k++) this.#slope[k] *= error;
      for (let j = 0; j < r; j++) {
        let sum = 0;
        for (let k = 0; k < K; k++) sum += this.#slope[i * K + k] * u[k * r + j];
        c[i * r + j] = sum;
      }
    }
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
