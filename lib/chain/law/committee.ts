import type { CommitteeModel, CommitteeSetting } from "../committee_model.ts";
import type { Draws } from "../draws.ts";
import type { Kept } from "../kept.ts";
import type { Numbers } from "../rule/numbers.ts";

/** State of a committee as its law reads it. */
export interface CommitteeState {
  /** Left factor, `K × r`. */
  readonly u: Float64Array;
  /** Coordinates of the rows of `V` in the frame, `r × p`. */
  readonly a: Float64Array;
  /** Coordinates outside, `r × r`. */
  readonly h: Float64Array;
}

/**
 * The gradient of a committee's batch in law, whatever rule uses it: sums over samples of the
 * pre-activations, `b (p + r)` normals per step.
 *
 * Source: ours.
 */
export class CommitteeLaw {
  readonly #setting: CommitteeSetting;
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
    this.#setting = setting;
    const { rank: r, batch } = model, { K, p } = setting;
    this.#data = rng.stream("data");
    this.#z = new Float64Array(batch * p);
    this.#g = new Float64Array(batch * r);
    this.#input = new Float64Array(batch * r);
    this.#pre = new Float64Array(batch * K);
    this.#value = new Float64Array(batch * K);
    this.#slope = new Float64Array(batch * K);
    this.#label = new Float64Array(batch * p);
    this.#c = new Float64Array(batch * r);
  }

  /** Draws a batch at a state and leaves the sums of its gradients in both factors. */
  draw(state: CommitteeState, left: Numbers, right: Kept): void {
    this.#residuals(state);
    const { rank: r, batch: b } = this.model, { K, p } = this.#setting;
    const c = this.#c;
    for (let j = 0; j < r; j++) {
      for (let k = 0; k < K; k++) {
        left.gradient[k * r + j] = dot(this.#slope, k, K, this.#input, j, r, b);
      }
      for (let q = 0; q < p; q++) right.sumFrame[j * p + q] = dot(c, j, r, this.#z, q, p, b);
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
    const { rank: r, batch: b } = this.model;
    const { K, p, rows, activation, scale } = this.#setting;
    const z = this.#z, g = this.#g, input = this.#input, pre = this.#pre, c = this.#c;
    this.#data.fillNormal(z);
    this.#data.fillNormal(g);
    for (let i = 0; i < b; i++) {
      for (let j = 0; j < r; j++) {
        let sum = 0;
        for (let q = 0; q < p; q++) sum += z[i * p + q] * a[j * p + q];
        for (let l = 0; l < r; l++) sum += g[i * r + l] * h[j * r + l];
        input[i * r + j] = sum;
      }
      for (let k = 0; k < K; k++) {
        let sum = 0;
        for (let q = 0; q < p; q++) sum += z[i * p + q] * rows[k * p + q];
        for (let j = 0; j < r; j++) sum += input[i * r + j] * u[k * r + j];
        pre[i * K + k] = sum;
      }
    }
    activation.fill(pre, b * K, this.#value, this.#slope);
    activation.fillValues(z, b * p, this.#label);
    for (let i = 0; i < b; i++) {
      let error = 0;
      for (let k = 0; k < K; k++) error += this.#value[i * K + k] - this.#label[i * p + k];
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
