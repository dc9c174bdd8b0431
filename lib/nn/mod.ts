/**
 * Small networks in 64-bit numbers, or 32-bit ones, with hand-written gradients: softmax regression, perceptrons and
 * a tiny vision transformer, with adapters on any layer, the usual starts of adapters, optimizers, a
 * training loop, and real data.
 *
 * @example A network that knows digits below 5 learns the others by LoRA of rank 4: the weights of the
 * network stay, a fifth as many numbers move.
 * ```ts
 * import { adapt, digits, mlp, train } from "lora-dynamics/nn/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { train: all } = digits(600), known = (from: boolean) => {
 *   const chosen = Array.from(all.label.keys()).filter((i) => (all.label[i] < 5) === from);
 *   const x = Float64Array.from(chosen.flatMap((i) => [...all.x.subarray(64 * i, 64 * i + 64)]));
 *   return { count: chosen.length, x, label: chosen.map((i) => all.label[i]) };
 * };
 * const network = mlp({ sizes: [64, 64, 10], rng: stream("7", "weights"), batch: 32 });
 * const run = { steps: 300, batch: 32, every: 300, method: "adam" } as const;
 * const before = [...train(network, known(true), { ...run, learningRate: 3e-3, rng: stream("7", "first") })];
 * const lora = adapt(network, { method: "LoRA", rank: 4, rng: stream("7", "adapter") });
 * const after = [...train(lora, known(false), { ...run, learningRate: 1e-2, rng: stream("7", "second") })];
 * assert(before[1].accuracy > 0.98 && after[0].accuracy < 0.1 && after[1].accuracy > 0.95);
 * assert(lora.values.length < network.values.length / 5);
 * ```
 *
 * @module
 */
export type { Floats, Matrix } from "../linalg/mod.ts";
export type { PathStep, Stream } from "../random/mod.ts";
export { adapt, type AdaptOptions } from "./adapt.ts";
export { digitPixels, digits, type Labelled } from "./digits.ts";
export { type Examples } from "./examples.ts";
export { type Layer } from "./linear.ts";
export { type LossName } from "./loss.ts";
export { mlp, type MlpOptions } from "./mlp.ts";
export { type Network, type Rates, type Score } from "./network.ts";
export {
  type Optimizer,
  optimizer,
  type OptimizerName,
  type OptimizerOptions,
} from "./optimizer.ts";
export { type AdapterShape, type Parameter, type Role } from "./parameter.ts";
export {
  type AdapterConfig,
  type AdapterLayer,
  adapterLayers,
  readAdapter,
  toAdapterFile,
  toWeightFile,
} from "./checkpoint/peft.ts";
export {
  parseSafetensors,
  type Safetensors,
  type Tensor,
  type TensorLike,
  type TensorType,
  toSafetensors,
} from "./checkpoint/safetensors.ts";
export { type FloatsOf, type Precision } from "./precision.ts";
export { softmaxRegression, type SoftmaxRegressionOptions } from "./softmax_regression.ts";
export { type CompletedSvd, completedSvd } from "./starts/completed_svd.ts";
export { START_NAMES, type StartName, startOf, startRule, STARTS } from "./starts/registry.ts";
export {
  type LayerLike,
  type Normals,
  productOf,
  type Start,
  type StartFactors,
  type StartLayer,
  type StartRule,
} from "./starts/start.ts";
export { train, type TrainingRow, type TrainOptions } from "./train.ts";
export {
  type Update,
  type UpdateConstants,
  type UpdateRule,
  updateRule,
  type UpdateRuleLike,
  type UpdateRuleName,
} from "./update_rule.ts";
export { visionTransformer, type VisionTransformerOptions } from "./vision_transformer.ts";
