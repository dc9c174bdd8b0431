// The one module of compiled kernels: `deno task kernels` compiles it, `mod.ts` loads it.

export { block, blockLength, fillUniform, jump, state } from "./xoshiro";
export { edges, fillNormal, makeTables } from "./normal";
export { fineTuningSteps } from "./fine_tuning";
export { gemm, gemmSingle, gemmWork } from "./gemm";
export { factorStep, factorStepWork } from "./factor_step";
export { lowRankGradient, lowRankWork } from "./low_rank";
export { laneAdvance, laneErrors, laneStage } from "./lanes";
export { addProducts } from "./many";
export {
  addScaled,
  addScaledSingle,
  dot,
  moveRows,
  moveWeighted,
  rowsTimesVector,
  shrinkAndMove,
} from "./vectors";

/** First address after the data of the module: matrices begin here. */
export const heap: usize = (__heap_base + 15) & ~15;

/** Natural logarithm, the same on every engine. */
export function log(x: f64): f64 {
  return Math.log(x);
}

/** Exponential, the same on every engine. */
export function exp(x: f64): f64 {
  return Math.exp(x);
}
