/**
 * T8, T8a: the plateau that an all-random start leaves where there is one adapter, because its rank
 * exceeds that of the target.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive } from "../../../../check.ts";
import { frobeniusNorm, multiply, multiplyTN, transpose } from "../../../../linalg/mod.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters, checkProblem } from "../../shapes.ts";
import { checkAligned, checkSingle, excessOf, outsideOf, targetSides } from "./excess.ts";

/**
 * Loss of the plateau of a given start, after all modes of the target have been learnt.
 *
 * Law: `½‖W₂ P_p^⊥ B(0) Π A(0) P_v^⊥‖²`, with `p_j ∝ W₂ᵀu_j`, `v_j` the target's directions and `Π` the
 * projector of `ℝ^r` on what is orthogonal to the modal vectors `c₁, …, c_k`. For `W₂ = sI` that is
 * `½s²‖P_u^⊥ B(0) Π A(0) P_v^⊥‖²`. Zero for `r = k`, and where `B(0) = 0` or `A(0) = 0`.
 * Assumes: one adapter, target within singular directions of `W₂`, `r ≥ k`, a small start.
 * Scale: flow times from `T_{1/2} + O(log(1/α))/(s σ)` on, far below `1/(s²α² max(m, n))`; then see
 * {@linkcode balancedTail}. Relative corrections `O(s²α²(m + n)t)`.
 * Source: ours, T8 (MF, sQ) and T8a (S).
 *
 * @param problem Problem with one adapter: MF, sQ or S.
 * @param adapters Its start.
 * @throws {RangeError} If the problem has two adapters (see T12), the target is at an angle (see T9), or
 * `r < k`.
 * @throws {TypeError} If shapes do not fit.
 *
 * @example The usual start of this problem leaves nothing.
 * ```ts
 * import { excessRankLoss, factorization, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 20 });
 * const plateau = (start: "gauss" | "zeroB") =>
 *   excessRankLoss(problem, startAdapters(problem, { start, r: 4, alpha: 1e-3, draws: portable(100) }));
 * assertAlmostEquals(plateau("gauss") / 5.169748445703586e-10, 1, 1e-9);
 * assertEquals(plateau("zeroB"), 0);
 * ```
 */
export function excessRankLoss(problem: Problem, adapters: Adapters): number {
  const { parts } = excessOf("compute the plateau of the excess rank", problem, adapters);
  if (parts === null) return 0;
  return 0.5 * frobeniusNorm(multiply(multiply(problem.w2, parts.b), parts.a)) ** 2;
}

/**
 * What a start has outside the target, `½‖W₂ P_p^⊥ B(0)A(0) P_v^⊥‖²`: the plateau if nothing of it were
 * damped, larger on average by `r/(r − k)`.
 *
 * @throws {RangeError} As {@linkcode excessRankLoss}.
 */
export function outsideLoss(problem: Problem, adapters: Adapters): number {
  const what = "compute what a start has outside the target";
  checkProblem(what, problem);
  checkSingle(what, problem);
  checkAdapters(what, problem, adapters);
  checkAligned(what, problem);
  const { u, v } = targetSides(problem), { b1, a1 } = adapters;
  const rows = outsideOf(u, multiply(multiply(problem.w2, b1), a1));
  return 0.5 * frobeniusNorm(outsideOf(v, transpose(rows))) ** 2;
}

/** Sizes and scales of {@linkcode expectedExcessRank}. */
export interface ExpectedExcessRank {
  /** Rows of the target. */
  readonly m: number;
  /** Columns of the target. */
  readonly n: number;
  /** Rank of the adapter. */
  readonly r: number;
  /** Standard deviation of all entries of the start. */
  readonly alpha: number;
  /** Rank of the target, 1 by default. */
  readonly k?: number;
  /** Singular value of `W₂ = sQ`, `Q` square; 1 by default. */
  readonly s?: number;
}

/**
 * Mean of the plateau over all-random starts, where `W₂ = sQ`: `½s²α⁴(m − k)(n − k)(r − k)`.
 *
 * Slope 4 in `log α`, linear in the excess rank. The factors are the degrees of freedom that `P_u^⊥`,
 * `P_v^⊥` and `Π` leave; see {@linkcode excessRankDeviation} for the spread around it.
 * Source: ours, T8.
 *
 * @throws {RangeError} If a size is no integer ≥ 1, a scale not > 0, or `k` exceeds `r`, `m` or `n`.
 * @throws {TypeError} If an option is unknown.
 *
 * @example
 * ```ts
 * import { expectedExcessRank } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const mean = expectedExcessRank({ m: 13, n: 7, r: 5, k: 2, alpha: 0.01 });
 * assertAlmostEquals(mean, 8.25e-7, 1e-20);
 * ```
 */
export function expectedExcessRank(options: ExpectedExcessRank): number {
  const { m, n, q, alpha, s } = freedoms("compute the mean plateau of the excess rank", options);
  return 0.5 * s * s * alpha ** 4 * m * n * q;
}

/** Degrees of freedom that the target leaves, and scales. */
function freedoms(what: string, options: ExpectedExcessRank) {
  checkKeys(what, options, ["m", "n", "r", "alpha", "k", "s"]);
  const { m, n, r, alpha, k = 1, s = 1 } = options;
  checkInteger(what, "k", k, 1);
  checkInteger(what, "m", m, k);
  checkInteger(what, "n", n, k);
  checkInteger(what, `r, which the rank k = ${k} of the target must not exceed,`, r, k);
  checkPositive(what, "alpha", alpha);
  checkPositive(what, "s", s);
  return { m: m - k, n: n - k, q: r - k, alpha, s };
}

/**
 * Standard deviation of the plateau over all-random starts relative to its mean, where `W₂ = sQ`:
 * `√(2(m' + n' + q + 1)/(m'n'q))` with `m' = m − k`, `n' = n − k`, `q = r − k`.
 *
 * The plateau is `½s²‖BA‖²` of two Gaussian factors, `m' × q` and `q × n'`: given `A` its variance is that of
 * a quadratic form of `B`.
 * Source: ours.
 *
 * @throws {RangeError} As {@linkcode expectedExcessRank}; also if nothing is left, `m'n'q = 0`.
 *
 * @example
 * ```ts
 * import { excessRankDeviation } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const deviation = excessRankDeviation({ m: 13, n: 7, r: 5, k: 2, alpha: 0.01 });
 * assertAlmostEquals(deviation, Math.sqrt(2 * (11 + 5 + 3 + 1) / (11 * 5 * 3)), 1e-14);
 * ```
 */
export function excessRankDeviation(options: ExpectedExcessRank): number {
  const what = "compute the spread of the plateau of the excess rank";
  const { m, n, q } = freedoms(what, options);
  checkPositive(what, "(m − k)(n − k)(r − k)", m * n * q);
  return Math.sqrt(2 * (m + n + q + 1) / (m * n * q));
}

/**
 * Mean of the plateau over all-random starts for any frozen factor:
 * `½α⁴(r − k)(n − k)(‖W₂‖²_F − Σ_j ‖W₂ᵀu_j‖²)`.
 *
 * Assumes: one adapter, target within singular directions of `W₂`.
 * Source: ours, T8a; with `W₂ = sQ` it is {@linkcode expectedExcessRank}.
 *
 * @throws {RangeError} If the problem has two adapters, the target is at an angle, or `r < k`.
 *
 * @example
 * ```ts
 * import { aligned, expectedExcessRankOf } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = aligned({ s2: [2, 3, 1], target: [0, 0.5], n: 4 });
 * assertAlmostEquals(expectedExcessRankOf(problem, { r: 3, alpha: 0.1 }), 0.5e-4 * 2 * 3 * 5, 1e-12);
 * ```
 */
export function expectedExcessRankOf(
  problem: Problem,
  options: { readonly r: number; readonly alpha: number },
): number {
  const what = "compute the mean plateau of the excess rank";
  checkProblem(what, problem);
  checkKeys(what, options, ["r", "alpha"]);
  checkSingle(what, problem);
  checkAligned(what, problem);
  const { r, alpha } = options, { u, values } = targetSides(problem), k = values.length;
  checkInteger(what, `r, which the rank k = ${k} of the target must not exceed,`, r, k);
  checkPositive(what, "alpha", alpha);
  const signal = frobeniusNorm(multiplyTN(problem.w2, u)) ** 2;
  const rest = frobeniusNorm(problem.w2) ** 2 - signal;
  return 0.5 * alpha ** 4 * (r - k) * (problem.target.columns - k) * rest;
}
