/**
 * Small networks in 64-bit numbers, or 32-bit ones, with hand-written gradients: softmax regression, perceptrons and
 * a tiny vision transformer, with adapters on any layer, the usual starts of adapters, optimizers, a
 * training loop, and real data.
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
