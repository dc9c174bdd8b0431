/**
 * convergence-rate: descent lemma, learning rates and true rates of LoRA gradient descent
 * (arXiv:2512.18248). Theory, simulations, claims and figures of the notebook.
 *
 * @module
 */
export * from "./claims.ts";
export { scalarPaperRun } from "./claims_constant.ts";
export { scheduleScore, type Score, scoreOf } from "./claims_digits.ts";
export { equalityCase, lemmaVerdict, smallSmoothness } from "./claims_lemma.ts";
export { predictedRate } from "./claims_local.ts";
export { boundOverWorst, powerRun, powerSlopes, worstCases } from "./claims_rates.ts";
export { decayRun, loraPlusError, loraPlusTrials, scaleError } from "./claims_scale.ts";
export * from "./experiments.ts";
export * from "./figures.ts";
export * from "./losses.ts";
export * from "./problem.ts";
export * from "./rules.ts";
export * from "./simulation.ts";
export * from "./softmax.ts";
export * from "./theory.ts";
