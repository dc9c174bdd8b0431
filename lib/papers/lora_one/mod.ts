/**
 * lora-one: one step of the full gradient as the start of LoRA (arXiv:2502.01235). Theory,
 * simulations, claims and figures of the notebook.
 *
 * @module
 */
export * from "./measures.ts";
export * from "./problem.ts";
export * from "./relu.ts";
export * from "./simulation.ts";
export * from "./starts.ts";
export * from "./theory.ts";
