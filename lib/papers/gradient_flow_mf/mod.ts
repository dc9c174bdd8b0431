/**
 * gradient-flow-mf: LoRA as gradient flow in matrix factorisation (Xu et al., AISTATS 2025,
 * arXiv:2503.06982). The model, theory, simulations, experiments and claims of the notebook.
 *
 * @example Where the flow of an adapter ends: as exactly as numbers can from a spectral start, beside the
 * target when the start is tilted by a thousandth.
 * ```ts
 * import { spectralPrecision } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const end = async (tilt: number) => (await spectralPrecision({ times: [8], tilt })).rows[0];
 * const straight = await end(0), tilted = await end(1e-3);
 * assertEquals(straight.mixed + straight.rest, 0);
 * assert(tilted.mixed + tilted.rest > 0);
 * ```
 *
 * @module
 */
export * from "./bases.ts";
export * from "./claims/mod.ts";
export * from "./experiments/mod.ts";
export * from "./measures.ts";
export * from "./model.ts";
export * from "./problems/mod.ts";
export { references } from "./references.ts";
export * from "./shapes.ts";
export * from "./simulation/mod.ts";
export * from "./starts.ts";
export * from "./theory/mod.ts";
export * from "./problems/tilted.ts";
