/**
 * Scalar adapters: a million steps in milliseconds. Balanced ones (`a = b = u`, `x = u²`) on a slope
 * `f′`, and unbalanced ones on `L φ(ab − y)` with a constant step.
 *
 * @module
 */
import {
  checkFinite,
  checkInteger,
  checkKeys,
  checkNonNegative,
  checkPositive,
  checkSorted,
} from "../../../check.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { PAPER_CONSTANT, rateRule, type RuleLike } from "../rules.ts";
import type { ScalarLoss } from "../scalar.ts";
import { type ResidualLoss, residualLoss } from "../residual.ts";

/** A balanced scalar run at one of the given times. */
export interface ScalarRow extends Row {
  /** Steps done. */
  t: number;
  /** `x = u²`, the update. */
  x: number;
  /** `‖V‖² = 2x`. */
  v2: number;
  /** `‖∇J‖² = 2x f′²`. */
  gradient2: number;
  /** `min_{s<t} ‖∇J_s‖²`; infinite at `t = 0`. */
  minGradient2: number;
  /** `min_{s<t} ‖∇J‖²/max(‖V‖² + |f′|, 1/(4√2L))`. */
  minNormalised: number;
  /** `f′²`. */
  full2: number;
  /** `S_t = Σ η`. */
  time: number;
  /** `f′²` of full gradient descent with step `1/L` from the same `x`. */
  descent2: number;
}

/**
 * LoRA gradient descent on a scalar loss, balanced: `u ← u − η f′(u²) u`; beside it gradient descent on `x` with
 * step `1/L`. Rules see a loss of NaN, which a slope alone does not give.
 *
 * Scale: `t` counts steps. Source: ours.
 *
 * @param loss Slope and smoothness.
 * @param u0 `u₀ > 0`.
 * @param times Numbers of steps at which to report, increasing; the last ends the run.
 * @param rule Learning rate, the paper's by default.
 * @returns One row per time.
 * @throws {RangeError} If times do not increase or are no integers ≥ 0, or the slope or the learning rate is not
 * finite at a point of the run (which is named).
 *
 * @example
 * ```ts
 * import { balancedRun, logistic } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [row] = balancedRun(logistic, 0.5, [10_000]);
 * assertAlmostEquals(row.v2, 2 * Math.log(10_000 / Math.SQRT2), 0.01);
 * ```
 */
export function balancedRun(
  { slope, smoothness }: ScalarLoss,
  u0: number,
  times: readonly number[],
  rule: RuleLike = "paper",
): ScalarRow[] {
  const what = "run balanced scalars";
  checkPositive(what, "u0", u0);
  checkPositive(what, "smoothness", smoothness);
  checkSorted(what, "times", times);
  times.forEach((t, i) => checkInteger(what, `times[${i}]`, t, 0));
  const { rate } = rateRule(rule), least = 1 / (PAPER_CONSTANT * smoothness);
  const rows: ScalarRow[] = [];
  const sizes = { smoothness, loss: NaN, v2: NaN, vop: NaN, g: NaN, gamma: NaN, gradient: NaN };
  let u = u0, w = u0 * u0, time = 0, minGradient2 = Infinity, minNormalised = Infinity;
  for (let t = 0, next = 0;; t++) {
    const x = u * u, f = slope(x), h = slope(w), v2 = 2 * x, gradient2 = v2 * f * f;
    if (t === times[next]) {
      rows.push({
        ...{ t, x, v2, gradient2, minGradient2, minNormalised },
        ...{ full2: f * f, time, descent2: h * h },
      });
      if (++next === times.length) return rows;
    }
    sizes.v2 = v2;
    sizes.g = sizes.gamma = Math.abs(f);
    sizes.vop = Math.sqrt(v2);
    sizes.gradient = sizes.vop * sizes.g;
    const eta = rate(sizes, t);
    if (!(eta >= 0 && eta < Infinity && f * f < Infinity)) {
      checkFinite(what, `the slope at x = ${x}`, f);
      checkFinite(what, `the learning rate of step ${t}`, eta);
      checkNonNegative(what, `the learning rate of step ${t}`, eta);
    }
    minGradient2 = Math.min(minGradient2, gradient2);
    minNormalised = Math.min(minNormalised, gradient2 / Math.max(v2 + sizes.g, least));
    u -= eta * f * u;
    w -= h / smoothness;
    time += eta;
  }
}

/** Result of a constant step on `L φ(ab − y)`. */
export interface ConstantRun {
  /** `converged`: `‖∇J‖ < 10⁻⁹`; `diverged`: `|ab − y| > 10⁸`; else `bounded`. */
  readonly state: "converged" | "diverged" | "bounded";
  /** Whether the loss never rose. */
  readonly monotone: boolean;
  /** Steps done. */
  readonly steps: number;
}

/** What {@linkcode constantRun} runs. */
export interface ConstantRunOptions {
  /** `a₀`. */
  readonly a0: number;
  /** `b₀`, by default 0: LoRA's start. */
  readonly b0?: number;
  /** Target of the product, 1 by default. */
  readonly y?: number;
  /** `L > 0`, 1 by default. */
  readonly smoothness?: number;
  /** `φ`, by default `½z²`; see {@linkcode residualLoss}. */
  readonly loss?: ResidualLoss;
  /** Step `η > 0`. */
  readonly eta: number;
  /** The most steps. */
  readonly steps: number;
}

/**
 * Gradient descent with constant step on `J = L φ(ab − y)`, by default `½(ab − y)²`.
 *
 * @throws {RangeError} If a number is not finite, `eta` or `smoothness` is not > 0, or the slope is not
 * finite at a point of the run (which is named).
 *
 * @example Above the boundary the run diverges, below it does not.
 * ```ts
 * import { constantRun, divergenceStep } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const limit = divergenceStep(2, 1), steps = 3000;
 * assertEquals(constantRun({ a0: 2, eta: 1.05 * limit, steps }).state, "diverged");
 * assertEquals(constantRun({ a0: 2, eta: 0.5 * limit, steps }).state, "converged");
 * ```
 */
export function constantRun(
  options: ConstantRunOptions,
): ConstantRun {
  const what = "run a constant step", { a0, b0 = 0, y = 1, smoothness = 1, eta, steps } = options;
  checkKeys(what, options, ["a0", "b0", "y", "smoothness", "loss", "eta", "steps"]);
  const { value, slope } = options.loss ?? residualLoss("quadratic");
  for (const [name, number] of Object.entries({ a0, b0, y })) checkFinite(what, name, number);
  checkPositive(what, "smoothness", smoothness);
  checkPositive(what, "eta", eta);
  checkInteger(what, "steps", steps, 1);
  let a = a0, b = b0, z = a * b - y, j = value(z), monotone = true;
  for (let t = 0; t < steps; t++) {
    if (Math.abs(z) > 1e8) return { state: "diverged", monotone: false, steps: t };
    const g = smoothness * slope(z);
    if (!(g * g < Infinity)) checkFinite(what, `the slope at z = ${z}`, g);
    if (g * g * (a * a + b * b) < 1e-18) return { state: "converged", monotone, steps: t };
    const old = a, before = j;
    a -= eta * g * b;
    b -= eta * g * old;
    z = a * b - y;
    j = value(z);
    // Rounding at the bottom is no rise.
    if (j > before * (1 + 2e-12) && before > 5e-25) monotone = false;
  }
  return { state: "bounded", monotone, steps };
}

/** Step at which `holds` changes from false to true: a scan by 2 %, then bisection. */
export function firstStep(low: number, holds: (eta: number) => boolean): number {
  let high = low;
  while (!holds(high)) {
    low = high;
    high *= 1.02;
  }
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return high; // neighbours
    if (holds(middle)) high = middle;
    else low = middle;
  }
}
