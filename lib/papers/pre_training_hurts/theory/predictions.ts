/**
 * Theory at the parameters of the experiments: what notebook and claims hold against the runs.
 *
 * @module
 */
import { activation } from "../../../gaussian/mod.ts";
import {
  criticalBatch,
  gradientNoise,
  growthRate,
  LoraFlow,
  type NoiseSetting,
  searchMatrix,
} from "./mod.ts";

/** Tolerance of curves that are drawn or held against runs with a spread of per cents. */
const FAST = { rtol: 1e-7, atol: 1e-11 };

/** Noise setting of the linear target at `μ = 0.5`, `η = 0.1`, where E3 and E11 live. */
export function linearSetting(d: number, mu = 0.5, step = 0.1): NoiseSetting {
  const x = activation("x");
  return { matrix: searchMatrix(mu, x), noise: gradientNoise(mu, x), step, d };
}

/** Batches of E11: the adaptive rule, and the constant batch that suffices at `u = 1/4`. */
export function linearBatchRules(
  d: number,
): { adaptive: { least: number; factor: number }; constant: number } {
  const setting = linearSetting(d);
  const factor = 2 * setting.step * setting.noise * d / growthRate(setting.matrix);
  return { adaptive: { least: 4 * criticalBatch(setting), factor }, constant: factor / 16 };
}

/** Typical overlap of a uniform direction with ω⋆, times `√d`: `exp E ln|ξ|` of a standard normal. */
export const TYPICAL_OVERLAP = 0.53;

/** Exit steps of the flow from the typical start `m₀ = 0.53/√d`, `u₀ = d⁻²`. */
export function flowExitSteps(student: string, mu: number, d: number, step: number): number {
  const start = { u0: d ** -2, a0: [TYPICAL_OVERLAP / Math.sqrt(d)] };
  const flow = new LoraFlow({ student: activation(student), frozen: [mu], ...start });
  return flow.exitTime(0.5, 1e6, FAST) / step;
}

/**
 * Exit steps by the authors' rule (the middle of the time that `m` spends in `μ ± 0.05`) on the flow
 * from `m₀`, which is the one number fitted to their published run times.
 */
export function windowExitSteps(
  student: string,
  mu: number,
  { m0 = 0.04, d = 1000, step = 0.2 }: { m0?: number; d?: number; step?: number } = {},
): number {
  const flow = new LoraFlow({ student: activation(student), frozen: [mu], u0: d ** -2, a0: [m0] });
  const enter = mu - 0.05 > m0 ? flow.exitTime(mu - 0.05, 1e6, FAST) : 0;
  return (enter + flow.exitTime(Math.min(0.999, mu + 0.05), 1e6, FAST)) / 2 / step;
}
