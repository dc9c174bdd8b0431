/**
 * What the adapter is compared with: full fine-tuning, and training from scratch.
 *
 * @module
 */
import { checkFinite, checkInside, checkInteger } from "../../../check.ts";
import { type ActivationLike, pairMoments } from "../../../gaussian/mod.ts";
import { solveOde } from "../../../ode/mod.ts";
import { arrival } from "./_arrival.ts";
import { checkStrength } from "./_strength.ts";
import { stepScale } from "../step_scale.ts";

/**
 * Time at which full fine-tuning (gradient flow on `w`) from `μω⋆` reaches `s = w·ω⋆`; it stays on
 * the ray, `s' = −dL(sω⋆)/ds`, so no search is needed.
 *
 * Source: ours
 *
 * @param from Start `μ` on the ray.
 * @param to End of the ray, between `from` and the stationary point that the flow runs to.
 * @returns The time; `NaN` if the flow does not reach `to`.
 *
 * @example
 * ```ts
 * import { fullFineTuningTime } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // Linear target: s' = 1 − s.
 * assertAlmostEquals(fullFineTuningTime(activation("x"), 0.5, 0.75), Math.LN2, 1e-8);
 * ```
 */
export function fullFineTuningTime(student: ActivationLike, from: number, to: number): number {
  checkStrength("compute a full fine-tuning time", from, "from");
  checkFinite("compute a full fine-tuning time", "to", to);
  if (from === to) return 0;
  const moments = pairMoments(student, student), scale = stepScale(student);
  const slope = (s: number) => {
    const r = s * s;
    const radial = moments.selfDr(r) - 2 * moments.crossDr(r, s);
    return -(radial * s - moments.crossDq(r, s)) / scale;
  };
  const solution = solveOde((_t, y, dy) => dy[0] = slope(y[0]), 0, 1e6, [from], {
    rtol: 1e-10,
    atol: 1e-14,
    events: [{ name: "arrival", g: (_t, y) => y[0] - to, terminal: true }],
  });
  return arrival(solution);
}

/**
 * Time at which training from scratch on the sphere takes `m₀` to `m₁` on a target of information
 * exponent `k`: `m' = (1 − m²) m^{k−1}`, by quadrature in `ln m`.
 *
 * Source: information-exponent theory of Ben Arous, Gheissari and Jagannath
 *
 * @param k Information exponent, an integer ≥ 1.
 * @param m0 Overlap at the start, in (0, 1).
 * @param m1 Overlap at the end, in (m₀, 1).
 * @throws {RangeError} If an overlap is out of its range.
 *
 * @example
 * ```ts
 * import { scratchTime } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(scratchTime(1, 0.1, 0.5), Math.atanh(0.5) - Math.atanh(0.1), 1e-10);
 * // k = 3: √d for m₀ = d^{−1/2}.
 * assertAlmostEquals(scratchTime(3, 1e-3, 0.5) / 1000, 1, 0.01);
 * ```
 */
export function scratchTime(k: number, m0: number, m1: number): number {
  checkInteger("compute a time from scratch", "k", k, 1);
  checkInside("compute a time from scratch", "m0", m0, 0, 1);
  checkInside("compute a time from scratch", "m1", m1, m0, 1);
  // t(x), x = ln m: dt/dx = m^{2−k}/(1 − m²)
  const solution = solveOde(
    (x, _y, dy) => dy[0] = Math.exp((2 - k) * x) / -Math.expm1(2 * x),
    Math.log(m0),
    Math.log(m1),
    [0],
    { method: "dop853", rtol: 1e-11, atol: 1e-14 },
  );
  arrival(solution);
  return solution.y[0];
}
