/**
 * convergence-rate: descent lemma, learning rates and true rates of LoRA gradient descent
 * (arXiv:2512.18248). Theory, simulations, claims and figures of the notebook.
 *
 * @module
 */
export * from "./claims/mod.ts";
export { scalarPaperRun } from "./claims/constant.ts";
export { scheduleScore, type Score, scoreOf } from "./claims/digits.ts";
export { equalityCase, lemmaVerdict, smallSmoothness } from "./claims/lemma.ts";
export { predictedRate } from "./claims/local.ts";
export { boundOverWorst, powerRun, powerSlopes, worstCases } from "./claims/rates.ts";
export { decayRun, loraPlusError, loraPlusTrials, scaleError } from "./claims/scale.ts";
export * from "./experiments/mod.ts";
export * from "./adapters.ts";
export * from "./losses.ts";
export * from "./model.ts";
export * from "./problems.ts";
export * from "./residual.ts";
export * from "./rules.ts";
export * from "./scalar.ts";
export * from "./simulation/mod.ts";
export * from "./softmax.ts";
export * from "./starts.ts";
export * from "./theory/mod.ts";
