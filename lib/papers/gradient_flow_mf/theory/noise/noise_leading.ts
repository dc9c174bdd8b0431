/**
 * What small starts leave behind for `α → 0`: the noise equations where adapter 2 has learnt almost
 * nothing.
 *
 * @module
 */
import { checkInteger, checkKeys, checkOneOf, checkPositive } from "../../../../check.ts";
import { solveOde } from "../../../../ode/mod.ts";
import type { AlignedMode } from "../../bases.ts";
import type { Adapters, Problem } from "../../model.ts";
import { chiSquaredMoment } from "../escape/log_gamma.ts";
import { competitionMode, finalSplit } from "./competition.ts";
import { noiseStart } from "./noise_start.ts";

/** The starts for which a leading law exists. */
export type NoisyStart = "zeroB" | "zeroA" | "gauss";

/** Integrals over the escape, by hidden index. */
export interface LeadingIntegrals {
  /**
   * `K_i = ∫(s₁ + x₁)√(x₁φ) b_i dt`: how adapter 2 answers to what it has mixed into adapter 1; infinite
   * where `s₂ᵢ = 0`, where nothing of it reaches the error.
   */
  readonly k: Float64Array;
  /** `Q_i = ∫√(x₁φ) e m_i dt`: what adapter 1 mixes into adapter 2, and the reverse where `s₂ᵢ = 0`. */
  readonly q: Float64Array;
}

/** `φ^ρ = x₂/x₂(∞)` by what adapter 1 has learnt. */
function shape({ s2, index, sigma, deltaW }: AlignedMode, rho: number, x: number): number {
  const s = s2[index];
  return ((s * x / sigma) ** deltaW * Math.exp((x - sigma / s) / s)) ** rho;
}

/**
 * The integrals of the leading laws.
 *
 * Law: `x₁ = (σ/s₂)/(1 + e^{−2λt})`, `x₂ = x₂(∞)φ(x₁)^ρ`, `φ(x) = (s₂x/σ)^{δ_w} e^{(x − σ/s₂)/s₂}`;
 * `m_i′ = −s₂ᵢ²x₁m_i` from 1, `b_i′ = √(x₁φ^ρ) e − s₂ᵢ²x₁b_i` from 0.
 * Assumes: Assumptions 2.1 and 2.2, a rank-one target, `δ_w < 1`; `x₂(s₁ + x₁)² ≪ s₂ᵢ²x₁`.
 * Source: ours (T12a).
 *
 * @param options `rho`, the learning rate of adapter 2 over that of adapter 1.
 * @throws {RangeError} If an assumption fails, or `rho` is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { leadingIntegrals, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { k, q } = leadingIntegrals(problemQ({ delta: 0.6 }));
 * assertAlmostEquals(k[0], 0.141980637, 1e-8);
 * assertAlmostEquals(q[0], 0.164340366, 1e-8);
 * ```
 */
export function leadingIntegrals(
  problem: Problem,
  options: { readonly rho?: number } = {},
): LeadingIntegrals {
  const what = "compute the integrals of the leading laws";
  checkKeys(what, options, ["rho"]);
  const { rho = 1 } = options;
  checkPositive(what, "rho", rho);
  const mode = competitionMode(what, problem), { s2, s1, index, sigma, lambda, deltaW } = mode;
  const h = s2.length, limit = sigma / s2[index];
  const rhs = (t: number, y: Float64Array, dy: Float64Array) => {
    const x1 = limit / (1 + Math.exp(-2 * lambda * t)), e = sigma / (1 + Math.exp(2 * lambda * t));
    const root = Math.sqrt(x1 * shape(mode, rho, x1));
    for (let i = 0; i < h; i++) {
      const damping = s2[i] ** 2 * x1, m = y[i], b = y[h + i];
      dy[i] = -damping * m;
      dy[h + i] = root * e - damping * b;
      dy[2 * h + i] = s2[i] === 0 ? 0 : (s1[index] + x1) * root * b;
      dy[3 * h + i] = root * e * m;
    }
  };
  // Before t₀ everything grows like e^{λ(1 + ρδ_w)t}, up to e^{2λt₀}.
  const t0 = -18 / lambda, slowest = Math.min(...s2.filter((x) => x > 0));
  const x0 = limit / (1 + Math.exp(-2 * lambda * t0)),
    b0 = Math.sqrt(x0 * shape(mode, rho, x0)) *
      sigma / (lambda * (1 + rho * deltaW));
  const y0 = new Float64Array(4 * h).fill(1, 0, h).fill(b0, h, 2 * h).fill(b0, 3 * h);
  const t1 = 20 / lambda + 36 / (slowest ** 2 * limit);
  const atol = new Float64Array(4 * h).fill(1e-20);
  const { status, y } = solveOde(rhs, t0, t1, y0, { rtol: 1e-11, atol });
  if (status !== "done") throw new Error(`Cannot ${what}: ${status}`);
  return {
    k: y.slice(2 * h, 3 * h).map((x, i) => s2[i] === 0 ? Infinity : x),
    q: y.slice(3 * h),
  };
}

/** What is left in the end, to leading order. */
export interface LeadingFloor {
  /** Loss `½‖E_⊥⊥‖²`. */
  readonly loss: number;
  /** Misalignment `1 − cos` of adapter 1 with the target. */
  readonly gap: number;
  /** Which law it is. */
  readonly law: NoisyStart;
}

/**
 * Final loss and misalignment of a start, to leading order for `x₂(∞) → 0`.
 *
 * Law: `B = 0`: `L = ½ρ²x₂²(Σ s₂ᵢ²K_i²q_i²)(Σ s₁ⱼ²q_j²)`, `q = A₂⊥ᵀζ₂`; `A = 0`:
 * `L = ½ρ²x₂‖β₂‖² Σ s₁ⱼ²Q_j²β₁ⱼ²`, `β_i = B_i⊥ζ_i`; all random: `L = ½‖R + β₂qᵀdiag(s₁)‖²`. With
 * `x₁ = σ/s₂` the misalignment is `‖P_null β₁‖²/(4x₁)` (the null space of `W₂`; without it, or at `B = 0`, what
 * `x₂` mixes in), and for `B = 0`
 * `x₂(Q²‖P_null q‖² + Σ s₁ⱼ²q_j²/(s₂²x₁))/(4x₁)`. `x₂` is that of `finalSplit`.
 * Errors: relative `O(√x₂)`, that is `O(α^{1 − ρδ_w})`: useless near `ρδ_w = 1`; use `noiseCourse` there.
 * Source: ours (T12a, T12b).
 *
 * @throws {RangeError} If an assumption fails (see `noiseCourse`), or no law is left: one of `B` and `A`
 * vanishes in one adapter only.
 *
 * @example
 * ```ts
 * import { leadingFloor, noiseCourse, problemQ, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.3 }), draws = portable(840);
 * const start = startAdapters(problem, { start: "zeroB", r: 3, alpha: 1e-5, draws });
 * const { loss } = leadingFloor(problem, start), { final } = noiseCourse(problem, start, []);
 * assertAlmostEquals(loss / final.loss, 1, 0.01);
 * ```
 */
export function leadingFloor(
  problem: Problem,
  start: Adapters,
  options: { readonly rho?: number } = {},
): LeadingFloor {
  const what = "compute the leading law of the final error";
  checkKeys(what, options, ["rho"]);
  const { rho = 1 } = options;
  const { mode, indices, x1, x2, beta1, beta2, q, frozen } = noiseStart(what, problem, start);
  const zero = (...parts: readonly { readonly data: Float64Array }[]) =>
    parts.every(({ data }) => data.every((x) => x === 0));
  const { b1, a1, b2, a2 } = start, { index, sigma } = mode, s2 = mode.s2[index];
  const integrals = leadingIntegrals(problem, { rho }), limit = sigma / s2;
  const share = finalSplit({ s2, s1: mode.s1[index], sigma, x1, x2, rho }).x2;
  const sum = (of: (k: number) => number) => indices.reduce((total, _, k) => total + of(k), 0);
  const of = (values: Float64Array, k: number) => values[indices[k].hidden] ?? 0;
  const isNull = (k: number) => indices[k].hidden >= 0 && indices[k].s2 === 0;
  if (zero(b1, b2!)) {
    const mixed = sum((k) =>
      indices[k].s2 > 0 ? (indices[k].s2 * of(integrals.k, k) * q[k]) ** 2 : 0
    );
    const carried = sum((k) => (indices[k].s1 * q[k]) ** 2);
    const unseen = sum((k) => isNull(k) ? (of(integrals.q, k) * q[k]) ** 2 : 0);
    const loss = 0.5 * (rho * share) ** 2 * mixed * carried;
    const gap = share * (unseen + carried / (s2 ** 2 * limit)) / (4 * limit);
    return { loss, gap, law: "zeroB" };
  }
  const unseen = sum((k) => isNull(k) ? beta1[k] ** 2 : 0);
  const slaved = sum((k) =>
    indices[k].s2 > 0 ? ((mode.s1[index] + limit) * beta2[k] / indices[k].s2) ** 2 : 0
  );
  const carried = sum((k) => (indices[k].s1 * q[k] / s2) ** 2);
  const gap = (unseen || share * (slaved + carried) / limit) / (4 * limit);
  if (zero(a1, a2!)) {
    const own = sum((k) => beta2[k] ** 2);
    const mixed = sum((k) => (indices[k].s1 * of(integrals.q, k) * beta1[k]) ** 2);
    return { loss: 0.5 * rho ** 2 * share * own * mixed, gap, law: "zeroA" };
  }
  const size = indices.length;
  const loss = 0.5 * frozen.data.reduce((total, entry, at) => {
    const i = Math.floor(at / size), j = at % size;
    return total + (entry + beta2[i] * q[j] * indices[j].s1) ** 2;
  }, 0);
  if (loss > 0) return { loss, gap, law: "gauss" };
  throw new RangeError(
    `Cannot ${what} as the start must be B = 0 or A = 0 in both adapters, or have an all-random part: ` +
      `its leading error is 0`,
  );
}

/**
 * Exponents in α of the final loss and of the final misalignment, in the limit `α → 0`.
 *
 * Law: loss `4(2 − ρδ_w)` for `B = 0`, `2(3 − ρδ_w)` for `A = 0`, 4 for all-random starts; misalignment
 * `2(2 − ρδ_w)` for `B = 0` (at most 4, from the conserved imbalance), 2 for the others if `W₂` has a null space.
 * Assumes: `ρδ_w < 1`.
 * Source: ours (T12a, T12b).
 *
 * @throws {RangeError} If `ρδ_w ≥ 1`, or the start is not zeroB, zeroA or gauss.
 *
 * @example
 * ```ts
 * import { leadingExponents } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(leadingExponents({ start: "zeroB", deltaW: 0.5 }), { loss: 6, gap: 3 });
 * assertEquals(leadingExponents({ start: "zeroA", deltaW: 0.5, rho: 0.5 }), { loss: 5.5, gap: 2 });
 * ```
 */
export function leadingExponents(
  options: { readonly start: NoisyStart; readonly deltaW: number; readonly rho?: number },
): { loss: number; gap: number } {
  const what = "compute the exponents of the final error";
  checkKeys(what, options, ["start", "deltaW", "rho"]);
  const { start, deltaW, rho = 1 } = options, ratio = rho * deltaW;
  checkOneOf(what, "start", start, ["zeroB", "zeroA", "gauss"]);
  checkPositive(what, "deltaW", deltaW);
  checkPositive(what, "rho", rho);
  if (!(ratio < 1)) {
    throw new RangeError(
      `Cannot ${what} as rho delta_w must be < 1, else exchange the layers: current value is ${ratio}`,
    );
  }
  if (start === "zeroB") return { loss: 4 * (2 - ratio), gap: Math.min(4, 2 * (2 - ratio)) };
  return { loss: start === "zeroA" ? 2 * (3 - ratio) : 4, gap: 2 };
}

/**
 * Mean of the final loss over starts, to leading order.
 *
 * Law: with `x₂ = X(½‖z₂‖²)(½‖z₁‖²)^{−ρδ_w}`, `X = (σ/s₂)^{ρδ_w} e^{ρσ/s₂²}`, `½‖z‖² ~ ¼α²χ²_r`:
 * `B = 0`: `½ρ²α⁴ E[x₂²] [Σc_i Σd_j + 2Σc_id_i]`, `c = s₂²K²`, `d = s₁²`;
 * `A = 0`: `½ρ²α⁴ E[x₂](m − 1)Σs₁ⱼ²Q_j²`; all random:
 * `½α⁴[(r − 1)(n − 1)Σs₂ᵢ² + r(m − 1)Σs₁ᵢ²]`. Sums leave the target out.
 * The mean is infinite for `B = 0` up to `r = 4ρδ_w`, for `A = 0` up to `r = 2ρδ_w`: slow starts dominate.
 * Errors: as {@linkcode leadingFloor}.
 * Source: ours (T12a).
 *
 * @param options The start, rank `r` of both adapters, scale `alpha` and `rho`.
 * @throws {RangeError} If an assumption fails or a value is out of range.
 *
 * @example
 * ```ts
 * import { leadingMean, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.6 });
 * assertAlmostEquals(leadingMean(problem, { start: "gauss", r: 3, alpha: 0.1 }), 0.0104895, 1e-12);
 * assertEquals(leadingMean(problem, { start: "zeroB", r: 2, alpha: 0.1 }), Infinity);
 * ```
 */
export function leadingMean(
  problem: Problem,
  options: {
    readonly start: NoisyStart;
    readonly r: number;
    readonly alpha: number;
    readonly rho?: number;
  },
): number {
  const what = "compute the mean of the final error";
  checkKeys(what, options, ["start", "r", "alpha", "rho"]);
  const { start, r, alpha, rho = 1 } = options;
  const mode = competitionMode(what, problem), { s2, s1, index, sigma, deltaW } = mode;
  leadingExponents({ start, deltaW, rho });
  checkInteger(what, "r", r, 1);
  checkPositive(what, "alpha", alpha);
  const others = Array.from(s2.keys()).filter((k) => k !== index);
  const sum = (of: (k: number) => number) => others.reduce((total, k) => total + of(k), 0);
  const m = problem.target.rows, n = problem.target.columns;
  if (start === "gauss") {
    const first = (r - 1) * (n - 1) * sum((k) => s2[k] ** 2);
    return 0.5 * alpha ** 4 * (first + r * (m - 1) * sum((k) => s1[k] ** 2));
  }
  const { k: answer, q: mixing } = leadingIntegrals(problem, { rho }), ratio = rho * deltaW;
  const front = (sigma / s2[index]) ** ratio * Math.exp(rho * sigma / s2[index] ** 2);
  const shareMoment = (power: number) =>
    (front * (0.25 * alpha ** 2) ** (1 - ratio)) ** power *
    chiSquaredMoment(r, power) * chiSquaredMoment(r, -power * ratio);
  const seen = (k: number) => s1[k] ** 2;
  if (start === "zeroA") {
    const mixed = (m - 1) * sum((k) => seen(k) * mixing[k] ** 2);
    return 0.5 * rho ** 2 * alpha ** 4 * shareMoment(1) * mixed;
  }
  const answered = (k: number) => s2[k] === 0 ? 0 : (s2[k] * answer[k]) ** 2;
  const quartic = sum(answered) * sum(seen) + 2 * sum((k) => answered(k) * seen(k));
  return 0.5 * rho ** 2 * alpha ** 4 * shareMoment(2) * quartic;
}
