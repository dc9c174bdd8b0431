/**
 * Losses that come close to the convergence bounds, for a given number of steps.
 *
 * @module
 */
import type { Row } from "../../../experiment/table/row.ts";
import { valley } from "../scalar.ts";
import { balancedRun } from "./scalar.ts";

/** A family of losses, one for each `T`. */
export type WorstFamily = "valley" | "ramp";

/** A worst case after its `T` steps of the paper's rule. */
export interface WorstRow extends Row {
  /** The family. */
  family: WorstFamily;
  /** `T`. */
  steps: number;
  /** `L`. */
  smoothness: number;
  /** `Δ`, for the loss that ends behind the last point with curvature `L`. */
  gap: number;
  /** `‖V₀‖²`. */
  v2: number;
  /** `‖V_T‖²`. */
  lastV2: number;
  /** `S_T`. */
  time: number;
  /** `min_{t<T} ‖∇J‖²`, of the run. */
  minGradient2: number;
  /** `min_{t<T} ‖∇J‖²/max(‖V‖² + ‖G‖, 1/(4√2L))`, of the run. */
  minNormalised: number;
  /** Steps `1/L` of full gradient descent along the same way. */
  descentSteps: number;
}

/** Where the ramp begins, in units of its slope: far out `‖V‖² + |f′|` is `‖V‖²`. */
const FAR = 1e4;

/**
 * A worst case of the paper's rule.
 *
 * - `valley`: `f′ = −ε/√(2x)` from `‖V₀‖ = (ε/L)^{1/3}`, so that `‖∇J‖ = ε` is constant ({@linkcode valley}).
 * - `ramp`: `f′ = −1` from `x₀ = 10⁴`, so that `‖∇J‖²/(‖V‖² + ‖G‖)` is constant.
 *
 * Source: ours.
 *
 * @param family Which.
 * @param steps `T ≥ 1`.
 * @param smoothness `L ≥ 1/(6√2)`.
 */
export function worstCaseRun(family: WorstFamily, steps: number, smoothness: number = 1): WorstRow {
  const { epsilon, v0 } = valley(steps, smoothness), ramp = family === "ramp";
  const slope = ramp ? () => -1 : (x: number) => -epsilon / Math.sqrt(2 * x);
  const x0 = ramp ? FAR : v0 * v0 / 2;
  const run = balancedRun({ slope, smoothness }, Math.sqrt(x0), [steps]);
  const [{ x, v2: lastV2, time, minGradient2, minNormalised }] = run;
  let descentSteps = 0;
  for (let w = x0; w < x; descentSteps++) w -= slope(w) / smoothness;
  const way = ramp ? x - x0 : epsilon * (Math.sqrt(lastV2) - v0);
  const gap = way + slope(x) ** 2 / (2 * smoothness);
  return {
    ...{ family, steps, smoothness, gap, v2: 2 * x0, lastV2, time },
    ...{ minGradient2, minNormalised, descentSteps },
  };
}
