/**
 * One-pass SGD on Gaussian inputs, exact in law at a cost independent of the dimension, and the
 * direct algorithm it is checked against.
 *
 * @module
 */
export type { Activation } from "../gaussian/mod.ts";
export { CommitteeChain } from "./committee.ts";
export type { CommitteeModel } from "./committee_model.ts";
export { DirectCommittee } from "./direct_committee.ts";
export { DirectSgd } from "./direct.ts";
export { DirectTwoLayer, type TwoLayerModel } from "./direct_two_layer.ts";
export { LinearChain, type LinearModel } from "./linear.ts";
export type { CheckedModel, SingleIndexModel } from "./model.ts";
export { firstPassage, type PassageOptions, windowExit } from "./passage.ts";
export { SingleIndexChain } from "./single_index.ts";
export { type Chain, ChainState, type Draws, type SingleIndexStart } from "./state.ts";
