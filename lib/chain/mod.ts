/**
 * One-pass SGD, exact in law at a cost independent of the dimension, with any update rule that
 * combines whole vectors, any loss and label noise and all inputs that look the same from all sides,
 * and the direct algorithm it is checked against.
 *
 * @module
 */
export type { Activation } from "../gaussian/mod.ts";
export {
  type AdapterModel,
  type AdapterRows,
  type AdapterState,
  AdapterSteps,
} from "./adapter_steps.ts";
export { CommitteeChain } from "./committee.ts";
export type { CommitteeModel } from "./committee_model.ts";
export { DirectCommittee } from "./direct/committee.ts";
export { DirectSgd } from "./direct/sgd.ts";
export { DirectTwoLayer, type TwoLayerModel } from "./direct/two_layer.ts";
export type { Draws } from "./draws.ts";
export type { GradientLaw, GradientSums } from "./law/law.ts";
export { LinearChain, type LinearModel } from "./linear.ts";
export type { CheckedModel, SingleIndexModel } from "./model.ts";
export { firstPassage, type Overlaps, type PassageOptions, windowExit } from "./passage.ts";
export {
  type InputChoice,
  type InputLaw,
  inputLaw,
  inputLaws,
  type InputName,
} from "./problem/inputs.ts";
export type { LawDraws } from "./problem/law_draws.ts";
export type { Listed, Named, Parameter } from "./problem/listed.ts";
export {
  type ChainLoss,
  chainLoss,
  chainLosses,
  type LossChoice,
  type LossName,
  type OwnLoss,
} from "./problem/loss.ts";
export {
  type NoiseChoice,
  type NoiseLaw,
  noiseLaw,
  noiseLaws,
  type NoiseName,
} from "./problem/noise.ts";
export { RankOneChain } from "./rank_one.ts";
export type { ChainRule, Combination, Move, Now, Pair, Products } from "./rule/rule.ts";
export { chainRule, chainRules, type RuleChoice, type RuleEntry } from "./rule/rules.ts";
export { type Schedule, type StepSize, type StepSizes, stepSizes } from "./rule/schedule.ts";
export { SingleIndexChain } from "./single_index.ts";
export { ChainState, type MemoryState, type SingleIndexStart } from "./state.ts";
export type { Batch } from "./law/wishart.ts";
