/**
 * lora-dynamics: dynamics of low-rank adapters, and the theory that predicts them.
 *
 * One namespace per room. Theory and simulation never import each other, so that an overlay of the
 * two is a test. A single room loads faster, `lora-dynamics/random/mod.ts` and so on: this module
 * also loads `figure`, whose packages need the permissions read, env, sys and ffi.
 *
 * - `random`: named streams of random numbers.
 * - `gaussian`: Hermite polynomials, quadrature, activations and their Gaussian moments.
 * - `ode`: explicit, stiff and geometric integrators with events and dense output; many small systems.
 * - `linalg`: dense matrices, products, decompositions, low-rank steps.
 * - `nn`: small networks with hand-written gradients, adapters and their starts; the digits.
 * - `chain`: one-pass SGD, exact in law at a cost independent of the dimension.
 * - `experiment`: parameters, sweeps, claims, progress, provenance.
 * - `figure`: figures and tables, in notebooks and as files.
 * - `kernels`: the compiled module under `random` and `linalg`.
 * - `convergenceRate`: theory, simulations, claims and figures of the notebook convergence-rate.
 * - `gradientFlowMf`: theory, simulations, claims and figures of the notebook gradient-flow-mf.
 * - `lazyVsFeature`: theory, simulations, claims, figures of the notebook lazy-vs-feature.
 * - `loraOne`: theory, simulations, claims and figures of the notebook lora-one.
 * - `preTrainingHurts`: theory, simulations, claims and figures of the notebook pre-training-hurts.
 *
 * @example Mean steps to overlap 1/2 in dimension 10⁶: 64 runs agree with the flow within 4 standard
 * errors.
 * ```ts
 * import { chain, gaussian, preTrainingHurts, random } from "lora-dynamics";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const student = gaussian.activation("x"), d = 1e6, step = 0.1;
 * const model = { student, d, batch: d, frozen: [0.5], step };
 * const runs = new chain.LinearChain(model, 64, random.stream("7", "example"));
 * const steps = chain.firstPassage(runs, { radius: 0.5, maxSteps: 2000 });
 * const mean = steps.reduce((sum, t) => sum + t, 0) / steps.length;
 *
 * const m0 = 0.53 / Math.sqrt(d);
 * const flow = new preTrainingHurts.LoraFlow({ student, frozen: [0.5], u0: d ** -2, a0: [m0] });
 * assertAlmostEquals(mean, flow.exitTime(0.5) / step, 28);
 * ```
 *
 * @module
 */
export * as chain from "./chain/mod.ts";
export * as convergenceRate from "./papers/convergence_rate/mod.ts";
export * as experiment from "./experiment/mod.ts";
export * as figure from "./figure/mod.ts";
export * as gaussian from "./gaussian/mod.ts";
export * as gradientFlowMf from "./papers/gradient_flow_mf/mod.ts";
export * as kernels from "./kernels/mod.ts";
export * as lazyVsFeature from "./papers/lazy_vs_feature/mod.ts";
export * as linalg from "./linalg/mod.ts";
export * as loraOne from "./papers/lora_one/mod.ts";
export * as nn from "./nn/mod.ts";
export * as ode from "./ode/mod.ts";
export * as preTrainingHurts from "./papers/pre_training_hurts/mod.ts";
export * as random from "./random/mod.ts";
