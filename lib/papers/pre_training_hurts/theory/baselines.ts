/**
 * What the adapter is compared with: full fine-tuning, and training from scratch.
 *
 * @module
 */
import { checkFinite, checkInside, checkKeys, checkPositive } from "../../../check.ts";
import { type ActivationLike, pairMoments } from "../../../gaussian/mod.ts";
import { solveOde } from "../../../ode/mod.ts";
import { stepScale } from "../step_scale.ts";
import { arrival } from "./_arrival.ts";
import { populationLoss } from "./flow.ts";
import { checkStrength } from "./_strength.ts";

/** Where a baseline ends: at a number on its way, or where the population loss has fallen to a level. */
export type BaselineEnd = number | { readonly loss: number };

/**
 * Time at which full fine-tuning (gradient flow on `w`) from `μω⋆` reaches `s = w·ω⋆`, or a loss; it stays on
 * the ray, `s' = −dL(sω⋆)/ds`, so no search is needed.
 *
 * Scale: gradient-flow time, divided by `N_k` for He_k as all of the paper. Source: ours.
 *
 * @param from Start `μ` on the ray.
 * @param to End of the ray, between `from` and the stationary point that the flow runs to; or `{ loss }`.
 * @returns The time; `NaN` if the flow does not reach it.
 *
 * @example
 * ```ts
 * import { fullFineTuningTime } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // Linear target: s' = 1 − s, L = (1 − s)²/2.
 * assertAlmostEquals(fullFineTuningTime("x", 0.5, 0.75), Math.LN2, 1e-8);
 * assertAlmostEquals(fullFineTuningTime("x", 0.5, { loss: 1 / 32 }), Math.LN2, 1e-8);
 * ```
 */
export function fullFineTuningTime(
  student: ActivationLike,
  from: number,
  to: BaselineEnd,
): number {
  const what = "compute a full fine-tuning time";
  checkStrength(what, from, "from");
  const moments = pairMoments(student, student), scale = stepScale(student);
  const slope = (s: number) => {
    const r = s * s;
    const radial = moments.selfDr(r) - 2 * moments.crossDr(r, s);
    return -(radial * s - moments.crossDq(r, s)) / scale;
  };
  const lossAt = (s: number) => populationLoss(moments, s * s, s);
  if (typeof to === "number") checkFinite(what, "to", to);
  else checkLevel(what, to);
  const away = typeof to === "number"
    ? (s: number) => s - to
    : (s: number) => Math.log(to.loss / lossAt(s));
  if (typeof to === "number" ? from === to : away(from) >= 0) return 0;
  const solution = solveOde((_t, y, dy) => dy[0] = slope(y[0]), 0, 1e6, [from], {
    rtol: 1e-10,
    atol: 1e-14,
    events: [{ name: "arrival", g: (_t, y) => away(y[0]), terminal: true }],
  });
  return arrival(solution);
}

/**
 * Time at which training from scratch on the sphere (`w = ω`, so that the norm of the target is known) takes an overlap
 * `m₀` to `m₁`, or to a loss: `m' = −(1 − m²) L_q(1, m)`, for `He_k` `(1 − m²) m^{k−1}`, by quadrature in `ln m`.
 *
 * Scale: gradient-flow time, divided by `N_k` for He_k as all of the paper.
 * Source: information-exponent theory of Ben Arous, Gheissari and Jagannath; here for any activation.
 *
 * @param student Activation of student and teacher.
 * @param m0 Overlap at the start, in (0, 1).
 * @param to Overlap at the end, in (m₀, 1); or `{ loss }`.
 * @throws {RangeError} If an overlap is out of its range.
 *
 * @example
 * ```ts
 * import { scratchTime } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(scratchTime("x", 0.1, 0.5), Math.atanh(0.5) - Math.atanh(0.1), 1e-10);
 * // He₃: √d for m₀ = d^{−1/2}.
 * assertAlmostEquals(scratchTime("He3", 1e-3, 0.5) / 1000, 1, 0.01);
 * ```
 */
export function scratchTime(student: ActivationLike, m0: number, to: BaselineEnd): number {
  const what = "compute a time from scratch";
  checkInside(what, "m0", m0, 0, 1);
  const moments = pairMoments(student, student), scale = stepScale(student);
  const m1 = typeof to === "number"
    ? to
    : overlapAt(what, to, m0, (m) => populationLoss(moments, 1, m));
  if (m1 === m0 && typeof to !== "number") return 0;
  checkInside(what, "m1", m1, m0, 1);
  // t(x), x = ln m: dt/dx = m/((1 − m²) (−L_q))
  const solution = solveOde(
    (x, _y, dy) => {
      const m = Math.exp(x);
      dy[0] = scale * m / (-Math.expm1(2 * x) * moments.crossDq(1, m));
    },
    Math.log(m0),
    Math.log(m1),
    [0],
    { method: "dop853", rtol: 1e-11, atol: 1e-14 },
  );
  arrival(solution);
  return solution.y[0];
}

/** Overlap in (from, 1) at which a falling loss has the level; `from` when it is already below. */
/** A level of the loss. */
function checkLevel(what: string, to: Exclude<BaselineEnd, number>): void {
  checkKeys(what, to, ["loss"], "to");
  checkPositive(what, "to.loss", to.loss);
}

function overlapAt(
  what: string,
  to: Exclude<BaselineEnd, number>,
  from: number,
  loss: (m: number) => number,
): number {
  checkLevel(what, to);
  const level = to.loss;
  if (loss(from) <= level) return from;
  let low = from, high = 1;
  for (let i = 0; i < 200 && high - low > Number.EPSILON; i++) {
    const middle = (low + high) / 2;
    if (loss(middle) > level) low = middle;
    else high = middle;
  }
  return low;
}
