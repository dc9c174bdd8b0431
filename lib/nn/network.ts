import type { Floats } from "../linalg/mod.ts";
import type { Layer } from "./linear.ts";
import type { LossName } from "./loss.ts";
import type { AdapterShape, Parameter, Role } from "./parameter.ts";
import type { Examples } from "./examples.ts";
import type { Precision } from "./precision.ts";

/** Step sizes by role, relative to the step size. */
export type Rates = Readonly<Partial<Record<Role, number>>>;

/** Loss and accuracy on some examples. */
export interface Score {
  /** Mean loss. */
  readonly loss: number;
  /** Fraction of examples whose largest output is where the label (or the largest target) is. */
  readonly accuracy: number;
}

/**
 * A network with hand-written gradients: made by `mlp`, `softmaxRegression`, `visionTransformer` and
 * `adapt`. All memory is reserved when it is made; steps allocate nothing that grows with sizes.
 *
 * In single precision (option `precision` of the first three) parameters, gradients and all between
 * them are 32-bit numbers; losses, scores, examples and predictions are 64-bit numbers as ever.
 *
 * @example
 * ```ts
 * import { mlp } from "lora-dynamics/nn/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const network = mlp({ sizes: [2, 3, 2], rng: stream("7", "weights") });
 * const loss = network.lossAndGradient({ count: 1, x: Float64Array.of(1, 2), label: [0] });
 * assertEquals(loss, network.evaluate({ count: 1, x: Float64Array.of(1, 2), label: [0] }).loss);
 * assertEquals(network.values.length, 3 * 2 + 3 + 2 * 3 + 2);
 * assertEquals(network.parameters["layer1.weight"].value.rows, 3);
 * ```
 */
export interface Network<F extends Floats = Float64Array> {
  /** Number of inputs. */
  readonly inputs: number;
  /** Number of outputs. */
  readonly outputs: number;
  /** Largest number of examples of one gradient. */
  readonly batch: number;
  /** Loss. */
  readonly loss: LossName;
  /** Size of its numbers. */
  readonly precision: Precision;
  /** All trained parameters, one after the other. */
  readonly values: F;
  /** Gradient of the loss in `values`, written by `lossAndGradient`. */
  readonly gradient: F;
  /** All parameters by name, trained and frozen. */
  readonly parameters: Readonly<Record<string, Parameter<F>>>;
  /** The affine layers by name: those that can carry an adapter. */
  readonly layers: Readonly<Record<string, Layer<F>>>;
  /** Step sizes by role relative to the step size: `{ B: 16 }` for LoRA+. */
  readonly rates: Rates;

  /**
   * Mean loss of a batch; its derivatives go to `gradient`.
   *
   * @param data Examples.
   * @param rows Which of them, by number; all when not given. At most `batch`.
   * @throws {TypeError} If sizes do not match those of the network.
   * @throws {RangeError} If there are more examples than `batch`, or a row or label is out of range.
   */
  lossAndGradient(data: Examples, rows?: ArrayLike<number>): number;

  /**
   * Mean loss and accuracy; any number of examples.
   *
   * @throws {TypeError} If sizes do not match those of the network.
   * @throws {RangeError} If a label is out of range.
   */
  evaluate(data: Examples): Score;

  /**
   * Outputs (before any softmax), `count × outputs`, as a new array.
   *
   * @param x Inputs, `count × inputs`.
   * @throws {TypeError} If the number of inputs does not match.
   */
  predict(x: Float64Array): Float64Array;

  /**
   * The same network with adapters whose entries are zero: the present weights, all frozen, and the
   * factors, trained. For the usual starts see `adapt`.
   *
   * @param adapters Rank and scale by layer.
   * @param rates Relative step sizes by role.
   * @throws {TypeError} If this network has adapters already.
   * @throws {RangeError} If there is no such layer, or `r > min(in, out)`.
   */
  withAdapters(
    adapters: Readonly<Record<string, AdapterShape>>,
    rates?: Rates,
  ): Network<F>;

  /**
   * A network without adapters and with the weights `W + s·B A`, all trained: the same function to
   * rounding. Without adapters it is a copy.
   */
  merged(): Network<F>;
}
