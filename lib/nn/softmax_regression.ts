import { checkKeys } from "../check.ts";
import { type Stream, stream } from "../random/mod.ts";
import { mlp } from "./mlp.ts";
import type { Network } from "./network.ts";
import type { FloatsOf, Precision } from "./precision.ts";

/** How a softmax regression is made. */
export interface SoftmaxRegressionOptions<P extends Precision = "double"> {
  /** Number of inputs. */
  readonly inputs: number;
  /** Number of classes. */
  readonly classes: number;
  /** Stream of the start; without one the weights are zero. */
  readonly rng?: Stream;
  /** Whether there is a bias, which starts at 0; default true. */
  readonly biases?: boolean;
  /** Largest number of examples of one gradient; default 64. */
  readonly batch?: number;
  /** Size of all its numbers; default `"double"`. `"single"` is faster and good to seven digits. */
  readonly precision?: P;
}

/**
 * Softmax regression: one affine layer, `layer1`, and the cross-entropy.
 *
 * Law: `p = softmax(W x + b)`; gradient in `W`: `(P − Y)ᵀ X / N`. It is L-smooth with
 * `L = ½ λ_max(XᵀX/N)`. Weights start as `N(0, 1/in)`, or at zero without a stream.
 * Source: ours.
 *
 * @throws {RangeError} If a size is not an integer ≥ 1.
 *
 * @example At zero weights the loss is log of the number of classes.
 * ```ts
 * import { softmaxRegression } from "lora-dynamics/nn/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const network = softmaxRegression({ inputs: 2, classes: 10 });
 * const x = Float64Array.of(1, 2);
 * assertAlmostEquals(network.evaluate({ count: 1, x, label: [3] }).loss, Math.log(10), 1e-12);
 * ```
 */
export function softmaxRegression<P extends Precision = "double">(
  options: SoftmaxRegressionOptions<P>,
): Network<FloatsOf<P>> {
  checkKeys(
    "make a softmax regression",
    options,
    ["inputs", "classes", "rng", "biases", "batch", "precision"],
  );
  const { inputs, classes, biases, batch, rng, precision } = options;
  const network = mlp({ sizes: [inputs, classes], rng: rng ?? zeros, biases, batch, precision });
  if (!rng) network.values.fill(0);
  return network;
}

const zeros = stream("zero");
