/**
 * T4: when an adapter leaves the saddle at zero.
 *
 * @module
 */
import { checkKeys, checkPositive } from "../../../../check.ts";
import { dot } from "../../../../linalg/mod.ts";
import { modalVector } from "../../bases.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters } from "../../shapes.ts";
import { type LeftMode, leftMode } from "./left_mode.ts";

/**
 * Time at which adapter 1 has learnt half of a rank-one target.
 *
 * Law: `T_½ = log(2σ/(s‖z₁‖²))/(2sσ)`.
 * Assumes: `u` is a left singular vector of `W₂` with value `s`; a small start; in problem D also that
 * adapter 2 learns little, `x₂(∞) ≪ 1`. The error is `O(α² log 1/α)`, in problem D also `O(x₂)`.
 * Scale: gradient-flow time.
 * Source: ours; the paper bounds it by `c₁ log(1/α)/(σσ_{W₂})` with `c₁` of 2.6 and more.
 *
 * @param options `s > 0`, `sigma > 0` and `power = ‖z₁‖² > 0`, see {@linkcode startPower}.
 * @throws {RangeError} If an argument is not a finite number > 0.
 * @throws {TypeError} If a key is unknown.
 *
 * @example
 * ```ts
 * import { escapeTime } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const power = 2.85533892e-7;
 * assertAlmostEquals(escapeTime({ s: 1.7, sigma: 0.6, power }), 7.21597961, 1e-7);
 * ```
 */
export function escapeTime(
  options: { readonly s: number; readonly sigma: number; readonly power: number },
): number {
  const what = "compute an escape time";
  checkKeys(what, options, ["s", "sigma", "power"]);
  const { s, sigma, power } = options;
  checkPositive(what, "s", s);
  checkPositive(what, "sigma", sigma);
  checkPositive(what, "power", power);
  return Math.log(2 * sigma / (s * power)) / (2 * s * sigma);
}

/**
 * Squared length `‖z₁‖²` of what a start holds of the growing direction of adapter 1: all that the
 * escape depends on.
 *
 * Law: `z₁ = (B₁ᵀp + A₁v)/√2`.
 * Assumes: a rank-one target with `u` a left singular vector of `W₂`.
 *
 * @throws {RangeError} If the assumption fails.
 * @throws {TypeError} If the adapters do not fit the problem.
 */
export function startPower(problem: Problem, start: Adapters): number {
  const what = "measure a start";
  return powerAlong(what, leftMode(what, problem), problem, start);
}

function powerAlong(what: string, { p, v }: LeftMode, problem: Problem, start: Adapters): number {
  checkAdapters(what, problem, start);
  const z = modalVector(start.b1, start.a1, [p, v]);
  return dot(z, z);
}

/**
 * T4 of a problem from a start.
 *
 * @throws {RangeError} If the target has not rank one or is not along singular vectors of the frozen
 * layers (the message leads to T9), if `δ_w ≥ 1` (then adapter 2 escapes first: exchange the layers), or
 * if nothing of the start grows.
 * @throws {TypeError} If the adapters do not fit the problem.
 *
 * @example The paper's start on its own problem, against its flow.
 * ```ts
 * import { AdapterFlow, escapeTimeOf, problemQ, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.3 }), draws = portable(840);
 * const start = startAdapters(problem, { start: "zeroB", r: 3, alpha: 1e-4, draws });
 * const half = escapeTimeOf(problem, start), [loss] = new AdapterFlow(problem, start).solve([half]).losses;
 * assertAlmostEquals(Math.sqrt(2 * loss), 0.7 / 2, 1e-4);
 * ```
 */
export function escapeTimeOf(problem: Problem, start: Adapters): number {
  const what = "compute the escape time of a start", mode = leftMode(what, problem);
  const { s, s1, sigma } = mode;
  if (!(s1 < s)) {
    throw new RangeError(
      `Cannot ${what} as δ_w must be below 1, else adapter 2 escapes first; exchange the layers ` +
        `(exchanged; B = 0 becomes A = 0): current value is ${s1 / s}`,
    );
  }
  const power = powerAlong(what, mode, problem, start);
  if (power === 0) {
    throw new RangeError(
      `Cannot ${what} as the start must have a part along the growing direction: ‖z₁‖² is 0`,
    );
  }
  return escapeTime({ s, sigma, power });
}
