/**
 * What a frozen random `ĉ` costs as the number of neurons grows: the flow of the overlap from two sums
 * of signs, for any `k`.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive, checkWithin } from "../../../../check.ts";
import type { ActivationLike } from "../../../../gaussian/mod.ts";
import { fineTuning, type Model } from "../../model.ts";
import { frozenSlope } from "../landscape/frozen.ts";
import { chebyshev } from "../moments/interpolation.ts";
import { averages } from "../moments/moments.ts";
import { bestPassage, passagePoints, passageTime } from "../flow/passage.ts";

/** Sums of the signs of `c` and `ĉ`. */
export interface SignCounts {
  /** `√k Σ c_i`. */
  readonly c: number;
  /** `√k Σ ĉ_i`. */
  readonly hatC: number;
  /** `k ⟨ĉ, c⟩`. */
  readonly both: number;
}

/** Sums of signs near the medians of `|Σ c_i|` and `|⟨ĉ, c⟩|`, in units of one sign, for some `k`. */
export const TYPICAL_SIGNS: readonly { readonly k: number; readonly sums: SignCounts }[] = [
  { k: 17, sums: { c: 3, hatC: 3, both: 5 } },
  { k: 65, sums: { c: 5, hatC: 5, both: 5 } },
  { k: 257, sums: { c: 11, hatC: 11, both: 13 } },
  { k: 1025, sums: { c: 21, hatC: 21, both: 21 } },
];

/**
 * A model with signs of given sums, `λ = 1/√k` and an orthonormal base.
 *
 * @throws {RangeError} If no signs have these sums.
 * @example
 * ```ts
 * import { signModel } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { c, hatC } = signModel("h3", { k: 17, kappa: 0.5, sums: { c: 3, hatC: 3, both: 5 } });
 * assertAlmostEquals(c.reduce((sum, x, i) => sum + x * hatC[i], 0), 5 / 17);
 * ```
 */
export function signModel(
  activation: ActivationLike,
  options: { k: number; kappa: number; sums: SignCounts },
): Model {
  checkKeys("build a model", options, ["k", "kappa", "sums"]);
  checkKeys("build a model", options.sums, ["c", "hatC", "both"], "sums");
  const { k, kappa, sums } = options;
  checkInteger("build a model", "k", k, 1);
  const { c, hatC, both } = sums, quarter = (x: number) => (k + x) / 4;
  // Neurons with signs (+,+), (+,−), (−,+), (−,−) of (c, ĉ).
  const counts = [
    quarter(c + hatC + both),
    quarter(c - hatC - both),
    quarter(hatC - c - both),
    quarter(both - c - hatC),
  ];
  if (!counts.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new RangeError(
      `Cannot build a model as sums must be those of ${k} signs: current value is ${
        JSON.stringify(sums)
      }`,
    );
  }
  const fill = (signs: number[]) =>
    counts.flatMap((n, i) => Array<number>(n).fill(signs[i] / Math.sqrt(k)));
  return fineTuning({
    activation,
    k,
    kappa,
    c: fill([1, 1, -1, -1]),
    hatC: fill([1, -1, 1, -1]),
  });
}

/** Time of a frozen `ĉ`, and what decides it. */
export interface FrozenCost {
  /** Step scale: the best one, or the given one. */
  readonly alpha: number;
  /** Time from `m = 0` to `|m| = target`, in units of `n` samples. */
  readonly time: number;
  /** `Φ′(0)`. */
  readonly slope: number;
  /** `V(0) = E γ²`. */
  readonly square: number;
}

/** Nodes for `V(m)` of an activation that is no polynomial: right to about 1e-5. */
const NODES = 5;

/** Options of `frozenCost`. */
export interface CostOptions {
  /** Overlap to reach, in size; 0.9 when not given. */
  readonly target?: number;
  /** Step scale `α`; the best one when not given. */
  readonly alpha?: number;
}

/**
 * Time of the flow of a frozen `ĉ` from 0 to `|m| = target`, on the side that `Φ′(0)` points to.
 *
 * Assumes: orthonormal base, quantised `c` and `ĉ`, `λ = 1/√k`; `n → ∞` at fixed `k`.
 * Scale: `τ = steps/n`. Infinite if no step size reaches the target.
 * Source: ours.
 *
 * @throws {RangeError} If the model is not of this kind, `target` is outside `(0, 1)`, or `α ≤ 0`.
 */
export function frozenCost(model: Model, options: CostOptions = {}): FrozenCost {
  const what = "time a frozen factor", { target = 0.9 } = options;
  checkKeys(what, options, ["target", "alpha"]);
  if (options.alpha !== undefined) checkPositive(what, "alpha", options.alpha);
  const { k, kappa, activation, c, hatC, gram, lambda, normalize } = model;
  checkWithin(what, "target", target, 1e-6, 1 - 1e-9);
  const signs = [...c, ...hatC].every((x) => Math.abs(k * x * x - 1) < 1e-9);
  const wanted: [boolean, string, string][] = [
    [gram === undefined, "W must be orthonormal", "the model gives a Gram matrix"],
    [normalize, "inputs must be normalised", "normalize is false"],
    [
      signs,
      "c and hatC must be ±1/√k",
      `current values are ${c.join(", ")} and ${hatC.join(", ")}`,
    ],
    [
      lambda.every((x) => Math.abs(x * Math.sqrt(k) - 1) < 1e-9),
      "λ = 1/√k must hold",
      `current value is ${lambda.join(", ")}`,
    ],
  ];
  for (const [holds, must, now] of wanted) {
    if (!holds) throw new RangeError(`Cannot ${what} as ${must}: ${now}`);
  }
  // Whole numbers of signs: entries of 1/√k would sum to more than 1.
  const sum = (x: readonly number[]) => x.reduce((total, y) => total + Math.sign(y), 0);
  const A = sum(c) * sum(hatC) / k, q = sum(c.map((x, i) => x * hatC[i])) / k;
  const landscape = { activation, k, kappa, A, q }, slope = frozenSlope(landscape, 0);
  const side = slope < 0 ? -1 : 1;
  const square = chebyshev((m) => averages(model, side * m).V, {
    low: 0,
    high: target,
    // Exact for polynomials.
    count: activation.series ? Math.max(7, 2 * activation.series.length - 1) : NODES,
  });
  const points = passagePoints(
    (m) => (1 - m * m) * frozenSlope(landscape, side * m) * side,
    (m) => m * square(m) / 2,
    target,
  );
  const { alpha } = options;
  const found = alpha === undefined
    ? bestPassage(points)
    : { alpha, time: passageTime(points, alpha) };
  return { ...found, slope, square: square(0) };
}
