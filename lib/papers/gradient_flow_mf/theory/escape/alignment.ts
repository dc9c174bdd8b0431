/**
 * T3, T3', T3'': the alignment phase. While the adapters are tiny the flow is linear, and the stack of
 * adapter 1 turns towards the direction that grows fastest.
 *
 * @module
 */
import { checkInteger, checkKeys, checkNonNegative, show } from "../../../../check.ts";
import { digamma, trigamma } from "../../../../gaussian/mod.ts";
import { add, dot, type Matrix } from "../../../../linalg/mod.ts";
import { type GrowthModes, growthModes, modalVector, type Pair } from "../../bases.ts";
import { misalignment, stackOf } from "../../measures.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters } from "../../shapes.ts";

/** Entry `i` of `(p; ±v)/√2`. */
function entryOf([p, v]: Pair, sign: 1 | -1, i: number): number {
  return (i < p.length ? p[i] : sign * v[i - p.length]) / Math.SQRT2;
}

/**
 * The linearised flow `Z₁(t) = e^{S₁t} Z₁(0)` of adapter 1.
 *
 * Law: `S₁ = [0, W₂ᵀΔ; ΔᵀW₂, 0]` has the eigenpairs `±λ_j, (p_j; ±v_j)/√2`; what is orthogonal to all
 * of them does not move.
 * Assumes: `‖Z‖² ≪ σ`; the neglected terms are relatively of this order. For any target.
 * Shapes: `(h + n) × r`, as `stackOf`.
 * Source: the paper, Eq. (7) without `D_i`; its Eq. (10) leaves out the part that does not move.
 *
 * @throws {TypeError} If the adapters do not fit the problem.
 * @throws {RangeError} If `t` is not a finite number ≥ 0.
 *
 * @example Along the growing direction it grows, across it stays.
 * ```ts
 * import { factorization, linearStack } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 2, sigma: [3], s: 0.5 });
 * const start = { b1: matrix(2, 1, [1e-6, 1e-6]), a1: matrix(1, 2, [1e-6, 0]) };
 * const { data } = linearStack(problem, start, 2);
 * assertAlmostEquals(data[0], 1e-6 * Math.exp(3), 1e-18);
 * assertAlmostEquals(data[1], 1e-6, 1e-18);
 * ```
 */
export function linearStack(problem: Problem, start: Adapters, t: number): Matrix {
  const what = "follow the linearised flow";
  checkAdapters(what, problem, start);
  checkNonNegative(what, "t", t);
  return grown(growthModes(problem), stackOf(start.b1, start.a1), t);
}

/** `e^{S₁t} Z`. */
function grown({ rates1, modes1 }: GrowthModes, from: Matrix, t: number): Matrix {
  const r = from.columns, z = { ...from, data: from.data.slice() };
  modes1.forEach((pair, j) => {
    for (const sign of [1, -1] as const) {
      const gain = Math.expm1(sign * rates1[j] * t);
      for (let k = 0; k < r; k++) {
        let along = 0;
        for (let i = 0; i < z.rows; i++) along += entryOf(pair, sign, i) * from.data[i * r + k];
        for (let i = 0; i < z.rows; i++) z.data[i * r + k] += gain * along * entryOf(pair, sign, i);
      }
    }
  });
  return z;
}

/** What of a stack is orthogonal to all modes that grow or shrink. */
function unmoved({ modes1 }: GrowthModes, from: Matrix): Matrix {
  const r = from.columns, z = { ...from, data: from.data.slice() };
  for (const pair of modes1) {
    for (const sign of [1, -1] as const) {
      for (let k = 0; k < r; k++) {
        let along = 0;
        for (let i = 0; i < z.rows; i++) along += entryOf(pair, sign, i) * z.data[i * r + k];
        for (let i = 0; i < z.rows; i++) z.data[i * r + k] -= along * entryOf(pair, sign, i);
      }
    }
  }
  return z;
}

/**
 * T3: misalignment `1 − cos(γ₁, U^S_{Z₁}(t))` in the alignment phase.
 *
 * Law: `½ Σ_{j≠1} e^{−2(λ−ℓ_j)t} (c₁·c_j)²/‖c₁‖⁴` over all eigenpairs `ℓ_j, g_j` of the generator `S₁`,
 * its null space included, with `c_j = Z₁(0)ᵀg_j` and `g₁ = γ₁`. It does not depend on the scale of the
 * start. For a rank-one target the null space leads, as `e^{−2λt}`.
 * Assumes: `‖Z‖² ≪ σ`; relative errors `‖Z‖²` and `e^{−2(λ−ℓ₂)t}`. For any target.
 * Source: ours; the object is that of the paper's Claim 3.1.
 *
 * @param problem The problem.
 * @param start The adapters at `t = 0`.
 * @param t Time, `λt` not small.
 * @throws {TypeError} If the adapters do not fit the problem.
 * @throws {RangeError} If `t` is not a finite number ≥ 0, or nothing of the start grows.
 *
 * @example It falls as `e^{−2λt}`, `λ = sσ = 1.5`.
 * ```ts
 * import { alignmentLaw, factorization, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 9, n: 6, sigma: [3], s: 0.5 }), draws = portable(7);
 * const start = startAdapters(problem, { start: "zeroB", r: 3, alpha: 1e-4, draws });
 * const [early, late] = [4, 5].map((t) => alignmentLaw(problem, start, t));
 * assertAlmostEquals(Math.log(early / late), 2 * 1.5, 1e-4);
 * ```
 */
export function alignmentLaw(problem: Problem, start: Adapters, t: number): number {
  return alignmentCourse(problem, start, [t]).law[0];
}

/** The alignment of a start at several times. */
export interface AlignmentCourse {
  /** Misalignment by the formula, {@linkcode alignmentLaw}. */
  readonly law: readonly number[];
  /** Misalignment of the linearised flow itself, {@linkcode linearStack}. */
  readonly linear: readonly number[];
  /** Misalignment by the paper's Eq. (10) as printed: the linearised flow without the null space. */
  readonly printed: readonly number[];
}

/**
 * T3 at several times: the formula, and the linearised flow that it is the limit of.
 *
 * Source: ours.
 *
 * @throws {TypeError} If the adapters do not fit the problem.
 * @throws {RangeError} If a time is not a finite number ≥ 0, or nothing of the start grows.
 */
export function alignmentCourse(
  problem: Problem,
  start: Adapters,
  times: readonly number[],
): AlignmentCourse {
  const what = "compute the alignment";
  checkAdapters(what, problem, start);
  times.forEach((t, i) => checkNonNegative(what, times.length > 1 ? `times[${i}]` : "t", t));
  const modes = growthModes(problem), { rates1: [lambda], modes1: [pair] } = modes;
  const from = stackOf(start.b1, start.a1), c = modalVector(start.b1, start.a1, pair);
  const power = dot(c, c), r = from.columns;
  if (power === 0) {
    throw new RangeError(
      `Cannot ${what} as the start must have a part along the growing direction: its modal ` +
        `vector z₁ is 0, ${show([...c])}`,
    );
  }
  const law = (z: Matrix, t: number) => {
    // Z ζ = e^{λt}‖c‖ (γ₁ + what is left of the others): the left singular vector, up to its length.
    const length = Math.exp(lambda * t) * power;
    let rest = 0;
    for (let i = 0; i < z.rows; i++) {
      let image = 0;
      for (let k = 0; k < r; k++) image += z.data[i * r + k] * c[k];
      rest += (image / length - entryOf(pair, 1, i)) ** 2;
    }
    return 0.5 * rest;
  };
  const stacks = times.map((t) => grown(modes, from, t)), still = unmoved(modes, from);
  return {
    law: stacks.map((z, i) => law(z, times[i])),
    linear: stacks.map((z) => misalignment(z, pair)),
    printed: stacks.map((z) => misalignment(add(z, still, -1), pair)),
  };
}

/**
 * T3': exponent of the misalignment at the escape, `1 − cos ∝ α^q`.
 *
 * Law: at the escape `t ≃ log(1/α)/λ`, hence `q = 2(1 − ℓ₂/λ)` with `ℓ₂` the second largest eigenvalue
 * of `S₁`: `q = 2` for a target of rank one, `2(1 − λ₂/λ₁)` for a higher rank.
 * Source: ours; the paper's Claim 3.2, Theorems C.1 and C.2 have smaller exponents as bounds of `sin²`.
 *
 * @example
 * ```ts
 * import { alignmentExponent, factorization } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(alignmentExponent(factorization({ m: 5, sigma: [2, 0.5], s: 3 })), 1.5, 1e-12);
 * assertAlmostEquals(alignmentExponent(factorization({ m: 5, sigma: [2] })), 2, 1e-12);
 * ```
 */
export function alignmentExponent(problem: Problem): number {
  const { rates1, modes1: [[p, v]] } = growthModes(problem);
  // Without a second mode what stays is next; in one dimension there is only the shrinking pair.
  const next = rates1[1] ?? (p.length + v.length > 2 ? 0 : -rates1[0]);
  return 2 * (1 - next / rates1[0]);
}

/** Starts whose entries are independent normals, and how many of the two factors are. */
const RANDOM_FACTORS = {
  zeroB: { b: 0, a: 1 },
  zeroA: { b: 1, a: 0 },
  gauss: { b: 1, a: 1 },
} as const;

/**
 * T3'': the prefactor `C` in `1 − cos ≃ C e^{−2λt}`, which tells the starts apart.
 *
 * Law: `C = χ²_N/(2κχ²_r)`, independent, with `N = n − 1` random entries across the growing direction
 * for `B = 0`, `h − 1` for `A = 0`, `h + n − 2` for all random, and `‖z₁‖² = κα²χ²_r`, `κ = ½, ½, 1`.
 * Assumes: a rank-one target; every entry of the random factors `N(0, α²)`.
 * Source: ours.
 *
 * @param options The start, the sizes `h` and `n`, the rank `r`.
 * @returns Mean and standard deviation of `log C`.
 * @throws {RangeError} If the start is not one of the three, or a size is no integer ≥ 2 (`r` ≥ 1).
 *
 * @example In the paper's Fig. 1 random `B` starts about a decade behind random `A`.
 * ```ts
 * import { alignmentPrefactor } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const size = { h: 100, n: 10, r: 4 };
 * const [b, a] = (["zeroB", "zeroA"] as const).map((start) => alignmentPrefactor({ start, ...size }));
 * assertAlmostEquals((a.mean - b.mean) / Math.LN10, 1.09, 0.01);
 * ```
 */
export function alignmentPrefactor(
  setting: {
    readonly start: "zeroB" | "zeroA" | "gauss";
    readonly h: number;
    readonly n: number;
    readonly r: number;
  },
): { mean: number; sd: number } {
  const what = "compute the prefactor of the alignment", { start, h, n, r } = setting;
  checkKeys(what, setting, ["start", "h", "n", "r"], "the setting");
  if (!Object.hasOwn(RANDOM_FACTORS, start)) {
    throw new RangeError(
      `Cannot ${what} as start must be one of ${Object.keys(RANDOM_FACTORS).join(", ")}: ` +
        `current value is ${show(start)}`,
    );
  }
  checkInteger(what, "h", h, 2);
  checkInteger(what, "n", n, 2);
  checkInteger(what, "r", r, 1);
  const { b, a } = RANDOM_FACTORS[start], entries = b * (h - 1) + a * (n - 1);
  return {
    mean: digamma(entries / 2) - digamma(r / 2) - Math.log(b + a),
    sd: Math.sqrt(trigamma(entries / 2) + trigamma(r / 2)),
  };
}
