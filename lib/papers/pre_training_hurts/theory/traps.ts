/**
 * Strengths at which the search stands still, and the one at which it is fastest.
 *
 * @module
 */
import { checkFinite, checkPositive, checkSorted } from "../../../check.ts";
import { type ActivationLike, pairMoments } from "../../../gaussian/mod.ts";
import { stepScale } from "../step_scale.ts";
import { searchTime } from "./growth.ts";
import { type SearchMatrix, searchSlope } from "./search_matrix.ts";

/** Grid on which roots of `A` are looked for. */
const GRID = 400;

/**
 * Strengths at which τ diverges: the roots of `A(μ)` between `from` and `to`, in increasing order.
 *
 * A root where `A` falls from + to − is a local minimum of the loss along the frozen ray, one where it rises a
 * maximum: a model pre-trained below the maximum is pulled away from the target.
 *
 * Assumes: two roots are farther apart than 1/400 of the range.
 * Source: peaks of τ: code of nwemadji2026when; roots and meaning: ours.
 *
 * @param slope `A` as a function of μ, e.g. `(mu) => searchMatrix(mu, "He3").A`.
 * @param range Where roots are looked for, `[0.02, 0.99]` when not given: `A` also vanishes at 0 for every
 * activation without a linear part, and at 1 for every matched one.
 * @throws {RangeError} If the range is not increasing.
 *
 * @example
 * ```ts
 * import { criticalStrengths, hermiteSearchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [muC] = criticalStrengths((mu) => hermiteSearchMatrix(mu, 3).A);
 * assertAlmostEquals(muC, 0.3207243473, 1e-9);
 * ```
 */
export function criticalStrengths(
  slope: (mu: number) => number,
  range: readonly [from: number, to: number] = [0.02, 0.99],
): number[] {
  checkSorted("find the critical strengths", "range", range);
  const [from, to] = range, roots: number[] = [];
  let left = from, atLeft = slope(left);
  for (let i = 1; i <= GRID; i++) {
    const right = from + (to - from) * i / GRID, atRight = slope(right);
    if (atRight === 0) roots.push(right);
    else if (atLeft * atRight < 0) roots.push(bisect(slope, left, right));
    left = right;
    atLeft = atRight;
  }
  return roots;
}

function bisect(f: (x: number) => number, low: number, high: number): number {
  const sign = Math.sign(f(low));
  for (let i = 0; i < 60 && Math.abs(high - low) > Number.EPSILON * Math.abs(high); i++) {
    const middle = (low + high) / 2;
    if (Math.sign(f(middle)) === sign) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Slope `A(s) = −dL(sω⋆)/ds` of the loss along the ray, over `N_k`, as a function to look for roots of: in closed
 * form where the activations have one, else by its integral.
 *
 * Source: ours.
 *
 * @example
 * ```ts
 * import { raySlope, searchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(raySlope("erf")(0.3), searchMatrix(0.3, "erf").A, 1e-14);
 * ```
 */
export function raySlope(
  student: ActivationLike,
  teacher: ActivationLike = student,
): (s: number) => number {
  const moments = pairMoments(student, teacher), scale = stepScale(student);
  if (moments.kind !== "closed form") {
    // At 0 a kink has two slopes: that on the side of the target counts.
    return (s) => searchSlope(s === 0 ? 1e-12 : s, student, teacher);
  }
  return (s) => {
    const r = s * s, q = s;
    const along = 2 * s * moments.crossDr(r, q) + moments.crossDq(r, q);
    return (along - s * moments.selfDr(r)) / scale;
  };
}

/**
 * Where the adapter takes `s = w·ω⋆`: the first stationary point of the loss along the ray, downhill from μ.
 *
 * The adapter aligns with the ray, `|m| → 1`, towards the side of smaller loss, and `u` then descends the ray:
 * `s → 1` if nothing lies between, else a local minimum that is not the target.
 *
 * Assumes: the end is stable across the ray, too; the flow says whether it is.
 * Source: ours.
 *
 * @param slope `A` as a function of the place on the ray, e.g. `(s) => searchMatrix(s, "He3").A`.
 * @param mu Strength of pre-training.
 * @param reach Length of the ray that is walked; `NaN` when nothing is met on it.
 * @throws {RangeError} If `mu` is not finite or `reach` not a finite number > 0.
 *
 * @example He₃ erases a weak pre-trained weight, He₁₀ keeps it at 0.3968.
 * ```ts
 * import { hermiteSearchMatrix, rayEnd } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const end = (k: number, mu: number) => rayEnd((s) => hermiteSearchMatrix(s, k).A, mu);
 * assertAlmostEquals(end(3, 0.3), 0, 1e-12);
 * assertAlmostEquals(end(3, 0.4), 1, 1e-12);
 * assertAlmostEquals(end(10, 0.5), 0.3967893026, 1e-9);
 * assertAlmostEquals(end(10, 0.2), 0.3967893026, 1e-9);
 * ```
 */
export function rayEnd(slope: (s: number) => number, mu: number, reach = 3): number {
  checkFinite("follow the ray", "mu", mu);
  checkPositive("follow the ray", "reach", reach);
  const side = Math.sign(slope(mu)), stride = reach / GRID;
  if (side === 0) return mu;
  for (let i = 0; i < GRID; i++) {
    const from = mu + side * i * stride, to = from + side * stride;
    if (slope(to) * side > 0) continue;
    return bisect(slope, from, to);
  }
  return NaN;
}

/**
 * Strength above the traps at which the search is fastest, and its τ, by golden-section search.
 *
 * Source: ours
 *
 * @param matrix Search matrix as a function of μ.
 * @param slope Its entry `A`, where that is to be had more cheaply: see {@linkcode raySlope}.
 *
 * @example
 * ```ts
 * import { fastestStrength, hermiteSearchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { mu, tau } = fastestStrength((mu) => hermiteSearchMatrix(mu, 3));
 * assertAlmostEquals(mu, 0.7442, 1e-4);
 * assertAlmostEquals(tau, 2.7547, 1e-4);
 * ```
 */
export function fastestStrength(
  matrix: (mu: number) => SearchMatrix,
  slope: (mu: number) => number = (mu) => matrix(mu).A,
): { mu: number; tau: number } {
  const traps = criticalStrengths(slope);
  let low = (traps.at(-1) ?? 0.05) + 1e-6, high = 1 - 1e-6;
  const golden = (Math.sqrt(5) - 1) / 2;
  const time = (mu: number) => searchTime(matrix(mu));
  while (high - low > 1e-9) {
    const x = high - golden * (high - low), y = low + golden * (high - low);
    if (time(x) < time(y)) high = y;
    else low = x;
  }
  const mu = (low + high) / 2;
  return { mu, tau: time(mu) };
}
