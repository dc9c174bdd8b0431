/**
 * One-pass SGD, exact in law at a cost independent of the dimension, with any update rule that
 * combines whole vectors, any loss and label noise and all inputs that look the same from all sides,
 * and the direct algorithm it is checked against.
 *
 * @example The exact chain has the law of the algorithm that draws whole inputs: mean squared overlaps of
 * 400 runs agree within four standard errors. The chain would cost the same in 10⁹ dimensions.
 * ```ts
 * import { DirectSgd, SingleIndexChain } from "lora-dynamics/chain/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const model = { student: "erf", d: 20, frozen: [0.5], batch: 8, step: 1 }, steps = 60, runs = 400;
 * const chain = new SingleIndexChain(model, runs, stream("7", "chain"));
 * chain.run(steps);
 * const exact = Array.from({ length: runs }, (_, i) => chain.state.m(i) ** 2);
 * const direct = Array.from({ length: runs }, (_, i) => {
 *   const sgd = new DirectSgd(model, stream("7", "direct", i));
 *   sgd.run(steps);
 *   return sgd.m() ** 2;
 * });
 * const mean = (x: number[]) => x.reduce((sum, value) => sum + value) / runs;
 * const variance = (x: number[]) => mean(x.map((value) => (value - mean(x)) ** 2)) / runs;
 * const error = Math.sqrt(variance(exact) + variance(direct));
 * assert(mean(exact) > 0.3 && Math.abs(mean(exact) - mean(direct)) < 4 * error);
 * ```
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
