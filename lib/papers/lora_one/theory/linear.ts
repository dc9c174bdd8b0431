/**
 * The linear phase of LoRA's gradient descent: closed form, angle, its bounds and exponents.
 *
 * @module
 */
import { checkInside, checkInteger, checkKeys, checkPositive } from "../../../check.ts";
import {
  add,
  type Matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  solvePositiveRight,
  spectralBound,
  spectralNorm,
  svd,
  transpose,
} from "../../../linalg/mod.ts";
import { alignment, type Directions, directionsOf } from "../measures.ts";
import { type Adapter, type LinearProblem } from "../problems/linear.ts";

function weighted(x: Matrix, row: (i: number) => number): Matrix {
  return { ...x, data: x.data.map((value, at) => value * row(Math.floor(at / x.columns))) };
}

/** What the linear phase says of one start; see {@linkcode linearPhase}. */
export interface LinearPhase {
  /** Singular triples of `G`. */
  readonly directions: Directions;
  /** `A_t` and `B_t` of the linearised recursion. */
  factors(t: number): Adapter;
  /** `sin θ_t` of the linearised recursion. It does not depend on the scale of `A₀`. */
  sine(t: number): number;
  /** Leading order of `tan θ_t`, good for `tan θ ≪ 1`; exact when `r = r*`. */
  leadingTangent(t: number): number;
  /** `‖b a⁺‖_op`: the leading tangent at `t = 0`. */
  readonly startTangent: number;
  /** `t_nl`: until then the remainder stays below `‖A₀‖`, guaranteed; 0 when it says nothing. */
  readonly nonlinearTime: number;
  /** Bound on `‖Z_t − Z_t^lin‖/‖A₀‖` for `t ≤ t_nl`. */
  remainder(t: number): number;
  /** Bound on `sin θ_t` for `t ≤ t_nl`; 1 when it says nothing. */
  sineBound(t: number): number;
}

/**
 * The linear phase of a start with `B₀ = 0`, with explicit constants.
 *
 * Law: with `G = U S Vᵀ`, `c_i^±(t) = ½[(1 + ηλ_i)^t ± (1 − ηλ_i)^t]`:
 * `A_t = U c⁺ UᵀA₀ + (I − UUᵀ)A₀`, `B_tᵀ = V c⁻ UᵀA₀`; with `a = UᵀA₀`, `b = U_⊥ᵀA₀` the angle is
 * `tan θ_t ≃ ‖b a⁺ diag(1/c⁺)‖`. With `a₀ = ‖A₀‖` and `δ_t = 4√2‖Σ̂‖a₀²/λ₁ · (1 + ηλ₁)^{3t}` the
 * remainder is at most `δ_t a₀` while `δ_t ≤ 1`, and
 * `sin θ_t ≤ (‖b‖ + δ_t a₀)/(c⁺_{r*}(t) σ_min(a) − δ_t a₀)`.
 * Scale: `t` in steps of size `rate`.
 * Source: the route is the paper's; constants ours.
 *
 * @param problem The problem.
 * @param a `A₀`, `d × r` with `r ≥ r*`.
 * @param rate Step size `η`, with `ηλ₁(G) < 1`.
 * @throws {RangeError} If `r < r*`, or the rate is out of range.
 */
export function linearPhase(problem: LinearProblem, a: Matrix, rate: number): LinearPhase {
  const what = "follow the linear phase", directions = directionsOf(problem.gradient);
  const { u, v, values } = directions, rank = values.length;
  checkInside(what, `rate for λ₁(G) = ${values[0]}`, rate, 0, 1 / values[0]);
  checkInteger(what, `r for r* = ${rank}`, a.columns, rank);
  const inside = multiplyTN(u, a), outside = add(a, multiply(u, inside), -1);
  const gram = multiplyNT(inside, inside);
  // b a⁺ = b aᵀ(a aᵀ)⁻¹, rows of the complement in the coordinates of the whole space.
  const ratio = solvePositiveRight(multiplyNT(outside, inside), gram);
  const size = spectralNorm(a), lambda = values[0], curvature = spectralNorm(problem.covariance);
  const grow = 1 + rate * lambda, least = svd(inside).values[rank - 1];
  const stray = spectralNorm(outside);
  const c = (i: number, t: number, sign: number) =>
    0.5 * ((1 + rate * values[i]) ** t + sign * (1 - rate * values[i]) ** t);
  const coefficient = 4 * Math.SQRT2 * curvature * size * size / lambda;
  const nonlinearTime = Math.max(0, -Math.log(coefficient) / (3 * Math.log(grow)));
  const remainder = (t: number) => coefficient * grow ** (3 * t);
  const factors = (t: number): Adapter => ({
    a: add(outside, multiply(u, weighted(inside, (i) => c(i, t, 1)))),
    b: multiplyTN(weighted(inside, (i) => c(i, t, -1)), transpose(v)),
  });
  const leadingTangent = (t: number) =>
    spectralBound({ ...ratio, data: ratio.data.map((x, at) => x / c(at % rank, t, 1)) });
  return {
    directions,
    factors,
    sine: (t) => alignment(factors(t).a, u),
    leadingTangent,
    startTangent: leadingTangent(0),
    nonlinearTime,
    remainder,
    sineBound: (t) => {
      const delta = remainder(t) * size, below = c(rank - 1, t, 1) * least - delta;
      return below > 0 ? Math.min(1, (stray + delta) / below) : 1;
    },
  };
}

/**
 * Exponent `χ` of `tan θ(t₁) ∝ α^χ` when the top mode is half learnt:
 * `χ = ln(1 + ηλ_{r*})/ln(1 + ηλ₁) ≈ 1/κ♮`.
 *
 * Source: ours, heuristic and checked.
 *
 * @example
 * ```ts
 * import { sharpExponent } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(sharpExponent({ top: 1, least: 0.5, rate: 0.02 }), 0.502475, 1e-6);
 * ```
 */
export function sharpExponent(
  setting: { top: number; least: number; rate: number },
): number {
  const what = "compute the exponent", { top, least, rate } = setting;
  checkKeys(what, setting, ["top", "least", "rate"], "the setting");
  checkPositive(what, "rate", rate);
  checkPositive(what, "least", least);
  checkPositive(what, "top", top);
  return Math.log1p(rate * least) / Math.log1p(rate * top);
}

/** Exponent `2/(3κ♮)` that Theorem 3.2 guarantees: `α ≲ θ^{3κ♮/2}`. */
export function guaranteedExponent(kappa: number): number {
  checkPositive("compute the exponent", "kappa", kappa);
  return 2 / (3 * kappa);
}

/**
 * Scale of the start that Theorem 3.2 asks for, up to a constant: `θ^{3κ/2} d^{−3κ/4−1/2} ‖G‖^{1/2}`.
 *
 * Assumes: `r ≥ 2r*`. Source: Theorem 3.2 of the paper.
 */
export function requiredScale(
  setting: {
    theta: number;
    kappa: number;
    d: number;
    gradientNorm: number;
    r: number;
    targetRank: number;
  },
): number {
  const what = "apply Theorem 3.2", { theta, kappa, d, gradientNorm, r, targetRank } = setting;
  const known = ["theta", "kappa", "d", "gradientNorm", "r", "targetRank"];
  checkKeys(what, setting, known, "the setting");
  checkInside(what, "theta", theta, 0, 1);
  checkPositive(what, "kappa", kappa);
  checkPositive(what, "gradientNorm", gradientNorm);
  checkInteger(what, "d", d, 1);
  checkInteger(what, "targetRank", targetRank, 1);
  checkInteger(what, `r (the theorem needs r >= 2r*, r* = ${targetRank})`, r, 2 * targetRank);
  return theta ** (1.5 * kappa) * d ** (-0.75 * kappa - 0.5) * Math.sqrt(gradientNorm);
}

/**
 * Steps that the linear phase needs to bring a random start to an angle, at leading order:
 * `2‖ba⁺‖(1 + ηλ)^{−t} = tan θ`, with `‖ba⁺‖` of the start.
 *
 * Scale: steps. Source: ours.
 */
export function alignmentTime(
  setting: {
    startTangent: number;
    tangent: number;
    value: number;
    rate: number;
  },
): number {
  const what = "predict the alignment time", { startTangent, tangent, value, rate } = setting;
  checkKeys(what, setting, ["startTangent", "tangent", "value", "rate"], "the setting");
  for (const [name, x] of Object.entries({ startTangent, tangent, value, rate })) {
    checkPositive(what, name, x);
  }
  return Math.log(2 * startTangent / tangent) / Math.log1p(rate * value);
}

/** Steps per decade of `d` that the alignment time grows by: `½ ln 10/ln(1 + ηλ)`. */
export function stepsPerDecade(rate: number, value = 1): number {
  checkPositive("predict the alignment time", "rate", rate);
  checkPositive("predict the alignment time", "value", value);
  return 0.5 * Math.LN10 / Math.log1p(rate * value);
}
