/**
 * Flows of an adapter from zero, with the model and with its linearisation.
 *
 * @module
 */
import type { Model } from "../../model.ts";
import type { StepScale } from "../../step_scales.ts";
import { stepAverages, tangentConstants } from "../moments/moments.ts";
import { courseOf, FEW, solveFlow } from "./solve.ts";

/** A zero-initialised adapter at one time. */
export interface AdapterPoint {
  /** Overlap `⟨û, u⟩`. */
  readonly m: number;
  /** Squared length `|û|²`. */
  readonly nu: number;
  /** Population loss. */
  readonly loss: number;
}

/**
 * Flow of the zero-initialised adapter (A3): `ṁ = −αE γs*`, `ν̇ = −2αE γs + α²E γ²`.
 *
 * Assumes: `n → ∞` at fixed `k`. Scale: `τ = steps/n`. Source: ours.
 *
 * @throws {RangeError} If the scale watches the run, the times are not positive and increasing, or the step is so
 * long that the flow escapes.
 */
export function adapterFlow(
  model: Model,
  alpha: StepScale,
  times: readonly number[],
): AdapterPoint[] {
  const scale = courseOf(alpha);
  const states = solveFlow("solve the flow of an adapter", times, {
    start: [0, 0],
    rates: (t, [m, nu], dy) => {
      const { gammaStar, gammaS, V } = stepAverages(model, m, nu), alpha = scale(t);
      dy[0] = -alpha * gammaStar;
      dy[1] = -2 * alpha * gammaS + alpha * alpha * V;
    },
    ...{ rtol: 1e-9, atol: 1e-13, maxSteps: FEW },
  });
  return states.map(([m, nu]) => ({ m, nu, loss: stepAverages(model, m, nu).loss }));
}

/**
 * Flow of the lazy, linearised adapter (A4) at the student's `ĉ`, a closed linear system.
 *
 * Assumes: `n → ∞` at fixed `k`. Scale: `τ = steps/n`. Source: ours.
 *
 * @throws {RangeError} As {@linkcode adapterFlow} does.
 */
export function lazyFlow(
  model: Model,
  alpha: StepScale,
  times: readonly number[],
): AdapterPoint[] {
  const scale = courseOf(alpha);
  const { P2, P4, P11, P31, D0, D2 } = tangentConstants(model), { xi } = model, x2 = xi * xi;
  const states = solveFlow("solve the flow of a linearised adapter", times, {
    start: [0, 0],
    rates: (t, [m, nu], dy) => {
      const alpha = scale(t);
      dy[0] = -alpha * (x2 * P2 * m - xi * P11);
      dy[1] = -2 * alpha * (x2 * P2 * nu - xi * P11 * m) +
        alpha * alpha * x2 * (x2 * P4 * nu - 2 * xi * P31 * m + D2);
    },
  });
  return states.map(([m, nu]) => (
    { m, nu, loss: (x2 * P2 * nu - 2 * xi * P11 * m + D0) / 2 }
  ));
}
