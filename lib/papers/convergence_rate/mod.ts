/**
 * convergence-rate: descent lemma, learning rates and true rates of LoRA gradient descent
 * (arXiv:2512.18248). Theory, simulations, claims and figures of the notebook.
 *
 * @module
 */
export * from "./losses.ts";
export * from "./problem.ts";
export * from "./rules.ts";
export * from "./simulation.ts";
export * from "./softmax.ts";
export * from "./theory.ts";
