/**
 * Softmax regression as a loss of the update of its weights, on all examples or on a minibatch.
 *
 * @module
 */
import { checkInteger, checkKeys } from "../../check.ts";
import {
  type Matrix,
  matrix,
  multiplyNT,
  multiplyTN,
  spectralBound,
  workspace,
} from "../../linalg/mod.ts";
import type { Loss } from "./losses.ts";

/** Data and frozen weights of a softmax regression. */
export interface SoftmaxOptions {
  /** `N × d`. */
  readonly features: Matrix;
  /** Class of each example, 0 … C − 1. */
  readonly labels: ArrayLike<number>;
  /** Frozen `W₀`, `C × d`. */
  readonly weights: Matrix;
  /** Frozen `b₀`, `C` entries; zeros by default. */
  readonly bias?: ArrayLike<number>;
}

/**
 * Mean cross-entropy of the logits `(W₀ + X)x_i + b₀`; gradient `(P − Y)ᵀF/N`,
 * `L = ½λ_max(FᵀF/N)`, lower bound 0.
 *
 * @throws {TypeError} If the shapes do not chain.
 * @throws {RangeError} If a label is no class.
 *
 * @example Two classes at zero weights: log 2.
 * ```ts
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { SoftmaxLoss } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const loss = new SoftmaxLoss({
 *   features: matrix(2, 1, [1, -1]),
 *   labels: [0, 1],
 *   weights: matrix(2, 1),
 * });
 * assertAlmostEquals(loss.evaluate(matrix(2, 1), matrix(2, 1)), Math.LN2);
 * assertAlmostEquals(loss.smoothness, 0.5);
 * ```
 */
export class SoftmaxLoss implements Loss {
  /** `"softmax"`. */
  readonly name = "softmax";
  /** `C`. */
  readonly rows: number;
  /** `d`. */
  readonly columns: number;
  /** `½λ_max(FᵀF/N)` over all examples. */
  readonly smoothness: number;
  /** 0. */
  readonly low = 0;
  readonly #frozen: Matrix;
  readonly #bias: Float64Array;
  readonly #labels: Uint8Array;
  readonly #all: Matrix;
  /** Weights, gradient, and of the examples at hand features and logits; near the kernels if large. */
  readonly #home: Record<"weights" | "gradient" | "features" | "logits", Matrix>;
  #count: number;
  readonly #chosen: Uint8Array;

  /** See {@linkcode SoftmaxOptions}. */
  constructor(options: SoftmaxOptions) {
    const what = "make a softmax loss", { features, labels, weights, bias } = options;
    checkKeys(what, options, ["features", "labels", "weights", "bias"]);
    const { rows: count, columns } = features;
    if (
      weights.columns !== columns || labels.length !== count ||
      (bias !== undefined && bias.length !== weights.rows)
    ) {
      throw new TypeError(
        `Cannot ${what} as features, labels, weights and bias must be N x d, N, C x d and C: current ` +
          `shapes are ${count} x ${columns}, ${labels.length}, ${weights.rows} x ` +
          `${weights.columns} and ${bias?.length ?? "none"}`,
      );
    }
    Array.from(labels, (y, i) => checkInteger(what, `labels[${i}]`, y, 0, weights.rows - 1));
    this.rows = weights.rows;
    this.columns = columns;
    this.#frozen = weights;
    this.#bias = Float64Array.from(bias ?? new Float64Array(weights.rows));
    this.#labels = Uint8Array.from(labels);
    this.#all = features;
    const shapes = {
      weights: [this.rows, columns],
      gradient: [this.rows, columns],
      features: [count, columns],
      logits: [count, this.rows],
    } as const;
    this.#home = count * columns > 1000 ? workspace(shapes) : {
      weights: matrix(...shapes.weights),
      gradient: matrix(...shapes.gradient),
      features: matrix(...shapes.features),
      logits: matrix(...shapes.logits),
    };
    this.#chosen = new Uint8Array(count);
    this.#count = count;
    this.#home.features.data.set(features.data);
    this.#chosen.set(this.#labels);
    this.smoothness = 0.5 * spectralBound(multiplyTN(features, features)) / count;
  }

  /**
   * From now on the mean is over these examples: a minibatch.
   *
   * @throws {RangeError} If there is none, there are more than `N`, or one is not from 0 to `N − 1`.
   */
  select(examples: ArrayLike<number>): void {
    const what = "select examples", { features } = this.#home, d = this.columns;
    checkInteger(what, "their number", examples.length, 1, this.#all.rows);
    for (let i = 0; i < examples.length; i++) {
      const known = Number.isInteger(examples[i]) && examples[i] >= 0 &&
        examples[i] < this.#all.rows;
      if (!known) checkInteger(what, `examples[${i}]`, examples[i], 0, this.#all.rows - 1);
    }
    this.#count = examples.length;
    for (let i = 0; i < examples.length; i++) {
      const from = examples[i];
      features.data.set(this.#all.data.subarray(from * d, (from + 1) * d), i * d);
      this.#chosen[i] = this.#labels[from];
    }
  }

  /** Logits of the examples at hand, in the workspace. */
  #forward(x: Matrix): { features: Matrix; logits: Matrix } {
    const { weights } = this.#home, count = this.#count;
    const top = ({ columns, data }: Matrix): Matrix => (
      { rows: count, columns, data: data.subarray(0, count * columns) }
    );
    const features = top(this.#home.features), logits = top(this.#home.logits);
    for (let i = 0; i < x.data.length; i++) weights.data[i] = this.#frozen.data[i] + x.data[i];
    multiplyNT(features, weights, logits);
    for (let i = 0, at = 0; i < count; i++) {
      for (let k = 0; k < this.rows; k++) logits.data[at++] += this.#bias[k];
    }
    return { features, logits };
  }

  /** Loss at `x`; `gradient` takes the gradient. */
  evaluate(x: Matrix, gradient: Matrix): number {
    const { features, logits } = this.#forward(x), classes = this.rows, p = logits.data;
    let loss = 0;
    for (let i = 0; i < this.#count; i++) {
      const from = i * classes, y = from + this.#chosen[i];
      let top = -Infinity;
      for (let k = from; k < from + classes; k++) top = Math.max(top, p[k]);
      const margin = p[y] - top;
      let sum = 0;
      for (let k = from; k < from + classes; k++) sum += p[k] = Math.exp(p[k] - top);
      loss += Math.log(sum) - margin;
      for (let k = from; k < from + classes; k++) p[k] /= sum * this.#count;
      p[y] -= 1 / this.#count;
    }
    gradient.data.set(multiplyTN(logits, features, this.#home.gradient).data);
    return loss / this.#count;
  }

  /** Fraction of other examples whose largest logit is that of their label. */
  accuracy(x: Matrix, features: Matrix, labels: ArrayLike<number>): number {
    const weights = matrix(this.rows, this.columns, x.data.map((w, i) => w + this.#frozen.data[i]));
    const logits = multiplyNT(features, weights), classes = this.rows;
    let right = 0;
    for (let i = 0; i < features.rows; i++) {
      let best = 0;
      const z = (k: number) => logits.data[i * classes + k] + this.#bias[k];
      for (let k = 1; k < classes; k++) if (z(k) > z(best)) best = k;
      if (best === labels[i]) right++;
    }
    return right / features.rows;
  }
}
