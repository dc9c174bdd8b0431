/**
 * Two adapters that compete for one aligned target: how much each has learnt in the end.
 *
 * @module
 */
import { checkKeys, checkPositive } from "../../../../check.ts";
import { dot } from "../../../../linalg/mod.ts";
import { findRoot } from "../../../../ode/mod.ts";
import { alignedMode, growthModes, modalVectors } from "../../bases.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters } from "../../shapes.ts";

/** An aligned rank-one target and two adapters on their way to it. */
export interface Competition {
  /** Singular value of `W₂` along the target: adapter 1 grows at `s₂σ`. */
  readonly s2: number;
  /** Singular value of `W₁` along the target: adapter 2 grows at `ρs₁σ`. */
  readonly s1: number;
  /** Singular value of the target. */
  readonly sigma: number;
  /** Product that adapter 1 starts from, `x₁(0) = ½‖z₁‖²`. */
  readonly x1: number;
  /** Product that adapter 2 starts from, `x₂(0) = ½‖z₂‖²`. */
  readonly x2: number;
  /** Learning rate `ρ` of adapter 2 over that of adapter 1; 1 in the paper. */
  readonly rho?: number;
}

/** What the adapters have learnt along the target in the end. */
export interface Split {
  /** Of adapter 1, `pᵀB₁A₁v`. */
  readonly x1: number;
  /** Of adapter 2, `uᵀB₂A₂p`. */
  readonly x2: number;
}

/** Intersection by the logarithm of `x₂`, which must be the smaller one; undefined if it is not. */
function rootInSecond({ s2, s1, sigma, x1, x2, rho = 1 }: Competition): Split | undefined {
  const invariant = (log1: number, log2: number) =>
    s1 * log1 + Math.exp(log1) - (s2 * log2 + Math.exp(log2)) / rho;
  const wanted = invariant(Math.log(x1), Math.log(x2));
  // (s₂ + x₂)(s₁ + x₁) = s₁s₂ + σ, without the difference of large numbers.
  const other = (log2: number) => (sigma - s1 * Math.exp(log2)) / (s2 + Math.exp(log2));
  const excess = (log2: number) => invariant(Math.log(other(log2)), log2) - wanted;
  const high = Math.log(sigma / (2 * s1));
  if (!(excess(high) < 0)) return undefined;
  let low = high - 1;
  while (!(excess(low) > 0)) low -= 10;
  const log2 = findRoot(excess, low, high);
  return { x1: other(log2), x2: Math.exp(log2) };
}

/**
 * Final products of two balanced adapters.
 *
 * Law: `ẋ₁ = 2x₁(s₂ + x₂)e`, `ẋ₂ = 2ρx₂(s₁ + x₁)e`, `e = σ + s₁s₂ − (s₂ + x₂)(s₁ + x₁)`, keep
 * `I = s₁ log x₁ + x₁ − (s₂ log x₂ + x₂)/ρ`; the end is where this curve meets `e = 0`.
 * Assumes: Assumptions 2.1 and 2.2, a rank-one target, and a start so small that both adapters are
 * aligned before either has learnt anything.
 * Errors: relative, of the smaller product, `O(α^{4ρδ_w})` from the imbalance of adapter 2 and
 * `O(α^{1 + ρδ_w})` from the noise around it (`δ_w = s₁/s₂`, `ρδ_w < 1`), by power counting and as observed.
 * Source: ours (T10); sharp counterpart of the imbalance of the paper's Eqs. (11) and (14).
 *
 * @throws {RangeError} If a parameter is not a finite number > 0, or the start is beyond the target.
 * @throws {TypeError} If a parameter is unknown.
 *
 * @example Two thirds of the rates of growth leave adapter 2 little, a larger rate gives it most.
 * ```ts
 * import { finalSplit } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { x1, x2 } = finalSplit({ s2: 1, s1: 0.5, sigma: 1, x1: 1e-6, x2: 1e-6 });
 * assertAlmostEquals(x1, 0.9959689421, 1e-10);
 * assertAlmostEquals(x2, 0.002694613355, 1e-12);
 * const slow = finalSplit({ s2: 1.3, s1: 0.7, sigma: 2.2, x1: 1e-7, x2: 4e-6, rho: 1.5 });
 * assertAlmostEquals(slow.x2, 1.0728183845, 1e-9);
 * ```
 */
export function finalSplit(competition: Competition): Split {
  const what = "compute how two adapters share a target";
  checkKeys(what, competition, ["s2", "s1", "sigma", "x1", "x2", "rho"], "the competition");
  const { s2, s1, sigma, x1, x2, rho = 1 } = competition;
  for (const [name, value] of Object.entries({ s2, s1, sigma, x1, x2, rho })) {
    checkPositive(what, name, value);
  }
  if (!(s2 * x1 + s1 * x2 + x1 * x2 < sigma)) {
    throw new RangeError(
      `Cannot ${what} as the start must be short of the target, s2 x1 + s1 x2 + x1 x2 < sigma = ` +
        `${sigma}: current value is ${s2 * x1 + s1 * x2 + x1 * x2}`,
    );
  }
  const found = rootInSecond(competition);
  if (found) return found;
  // Adapter 1 is the small one: the same equations with the adapters exchanged, time divided by ρ.
  const exchanged = rootInSecond({ s2: s1, s1: s2, sigma, x1: x2, x2: x1, rho: 1 / rho });
  if (exchanged) return { x1: exchanged.x2, x2: exchanged.x1 };
  throw new RangeError(`Cannot ${what} as the root has no bracket: ${JSON.stringify(competition)}`);
}

/**
 * Final products for a problem and a start, with `x_i(0) = ½‖z_i‖²`.
 *
 * @param options `rho`, the learning rate of adapter 2 over that of adapter 1.
 * @throws {RangeError} If an assumption of {@linkcode finalSplit} fails, or an adapter holds nothing
 * along the target.
 * @throws {TypeError} If shapes do not chain.
 *
 * @example
 * ```ts
 * import { problemQ, splitOf, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 }), draws = portable(7);
 * const { x1, x2 } = splitOf(problem, startAdapters(problem, { start: "zeroB", r: 3, alpha: 1e-4, draws }));
 * assertAlmostEquals((1.3 + x2) * (0.65 + x1), 1.3 * 0.65 + 0.7, 1e-12);
 * ```
 */
export function splitOf(
  problem: Problem,
  start: Adapters,
  options: { readonly rho?: number } = {},
): Split {
  const what = "compute how two adapters share a target";
  checkKeys(what, options, ["rho"]);
  const { s2, s1, index, sigma } = competitionMode(what, problem);
  checkAdapters(what, problem, start);
  const [x1, x2] = modalVectors(growthModes(problem), start).map((z) => 0.5 * dot(z, z));
  return finalSplit({ s2: s2[index], s1: s1[index], sigma, x1, x2, ...options });
}

/** {@linkcode alignedMode} of a problem in which both layers have an adapter that can grow. */
export function competitionMode(what: string, problem: Problem): ReturnType<typeof alignedMode> {
  if (!problem.w1) {
    throw new RangeError(`Cannot ${what} as both layers must have an adapter: there is no w1`);
  }
  const mode = alignedMode(what, problem);
  if (mode.s1[mode.index] > 0) return mode;
  throw new RangeError(
    `Cannot ${what} as W1 must pass the target on, s1 > 0 along it: current value is 0`,
  );
}

/**
 * Exponents of the final products in α: `x₁(∞) ∝ α^{x1}`, `x₂(∞) ∝ α^{x2}`.
 *
 * Law: `ρδ_w < 1`: 0 and `2(1 − ρδ_w)`, adapter 2 is left behind; `ρδ_w > 1`: `2(1 − 1/(ρδ_w))` and 0;
 * at 1 both share at any α. Near 1 the limit is late: use {@linkcode finalSplit}.
 * Source: ours (T10).
 *
 * @param options `deltaW = s₁/s₂` and `rho`.
 * @throws {RangeError} If one is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { splitExponents } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(splitExponents({ deltaW: 0.25 }), { x1: 0, x2: 1.5 });
 * assertEquals(splitExponents({ deltaW: 0.5, rho: 4 }), { x1: 1, x2: 0 });
 * ```
 */
export function splitExponents(
  options: { readonly deltaW: number; readonly rho?: number },
): Split {
  const what = "compute how the shares of two adapters scale";
  checkKeys(what, options, ["deltaW", "rho"]);
  const { deltaW, rho = 1 } = options;
  checkPositive(what, "deltaW", deltaW);
  checkPositive(what, "rho", rho);
  const ratio = rho * deltaW;
  return ratio <= 1 ? { x1: 0, x2: 2 * (1 - ratio) } : { x1: 2 * (1 - 1 / ratio), x2: 0 };
}
