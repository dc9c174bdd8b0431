/**
 * Search phase: the 2 × 2 instability of a frozen pre-trained weight and its time τ(μ).
 *
 * @module
 */
import { checkInside, checkInteger, checkPositive } from "../../../check.ts";
import {
  activation,
  type ActivationLike,
  gaussianExpectation,
  hermite,
  pairMoments,
} from "../../../gaussian/mod.ts";
import { stepScale } from "../step_scale.ts";
import { kinks } from "./_kinks.ts";

/** Entries of the linearised dynamics `d/dt (u, m) = [[B, A], [ζA, 0]] (u, m)`. */
export interface SearchMatrix {
  /** `A = −dL(sω⋆)/ds` at `s = μ`: minus the slope of the loss along the frozen ray. */
  readonly A: number;
  /** `B = −2 ∂L/∂r` at `w = μω⋆`. */
  readonly B: number;
}

/**
 * Slope `A` and curvature `B` of the search phase from one-dimensional Gaussian integrals:
 * `A = E[(σ⋆(z) − σ(μz)) σ'(μz) z]`, `B = (A − E[σ⋆'(z) σ'(μz)])/μ`, both divided by `N_k`.
 *
 * The second form of `B` is Stein's lemma applied to (3); it needs no second derivative, so that a
 * kink (ReLU) or a reader's own activation is no special case.
 *
 * Assumes: inputs `N(0, I)`, `w₀ = μω⋆`.
 * Scale: gradient-flow time, steps × step size.
 * Source: integrals: ours, pre-training-hurts §3.3 (3); definition of A, B: code of nwemadji2026when.
 *
 * @param mu Pre-training strength in (0, 1).
 * @throws {RangeError} If `mu` is not in (0, 1).
 *
 * @example ReLU has `A = (1 − μ)/2`, `B = −1/2`.
 * ```ts
 * import { searchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { A, B } = searchMatrix(0.5, activation("relu"));
 * assertAlmostEquals(A, 0.25, 1e-12);
 * assertAlmostEquals(B, -0.5, 1e-12);
 * ```
 */
export function searchMatrix(
  mu: number,
  studentLike: ActivationLike,
  teacherLike: ActivationLike = studentLike,
): SearchMatrix {
  checkInside("compute the search matrix", "mu", mu, 0, 1);
  const student = activation(studentLike), teacher = activation(teacherLike);
  const breakpoints = kinks(mu, student, teacher);
  const expectation = (f: (z: number) => number) =>
    gaussianExpectation(f, { breakpoints }) / stepScale(student);
  const A = expectation((z) => (teacher.f(z) - student.f(mu * z)) * student.df(mu * z) * z);
  const B = (A - expectation((z) => teacher.df(z) * student.df(mu * z))) / mu;
  return { A, B };
}

/**
 * The same `A`, `B` for matched Hermite targets in closed form:
 * `A = μ^{k−1} − μ G_k'(μ²)/N_k`, `B = −G_k'(μ²)/N_k`, with `G_k(r) = E He_k(√r z)²`.
 *
 * Source: ours, pre-training-hurts §3.3.
 *
 * @param mu Pre-training strength in (0, 1).
 * @param k Degree of the target, `≥ 1`.
 * @throws {RangeError} If `mu` is not in (0, 1) or `k` not an integer from 1 to 30.
 *
 * @example
 * ```ts
 * import { hermiteSearchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * // Below its trap He₃ pulls the adapter to the wrong side.
 * assertEquals(Math.sign(hermiteSearchMatrix(0.2, 3).A), -1);
 * assertEquals(hermiteSearchMatrix(0.5, 3), { A: 0.171875, B: -0.15625 });
 * ```
 */
export function hermiteSearchMatrix(mu: number, k: number): SearchMatrix {
  checkInside("compute the search matrix", "mu", mu, 0, 1);
  checkInteger("compute the search matrix", "k", k, 1, 30);
  let factorial = 1;
  for (let j = 2; j <= k; j++) factorial *= j;
  // G_k'(r) = Σ_j c_j (r−1)^{2j−1} r^{k−2j−1} [2j r + (k−2j)(r−1)], c_j = k!²/(j!² (k−2j)! 4^j)
  const r = mu * mu;
  let slope = 0;
  let c = factorial;
  for (let j = 0; 2 * j <= k; j++) {
    const rest = k - 2 * j;
    const first = j > 0 ? 2 * j * (r - 1) ** (2 * j - 1) * r ** rest : 0;
    const second = rest > 0 ? rest * (r - 1) ** (2 * j) * r ** (rest - 1) : 0;
    slope += c * (first + second);
    c *= rest * (rest - 1) / (4 * (j + 1) ** 2);
  }
  const B = -slope / (k * factorial);
  return { A: mu ** (k - 1) + mu * B, B };
}

/**
 * Hermite-series form (4) of `A`, `B`, summed to degree `order`.
 *
 * With normalised polynomials `he_j` and `b_j = E z he_j(z) σ'(μz)`, `c_j = E he_j(z) σ(μz)`,
 * `t_j = E he_j(z) σ⋆(z)`: `A = Σ_j b_j (t_j − c_j)`, `B = −Σ_j [b_j c_j/μ + t_j (j c_j − μ b_j)/μ²]`.
 * The term `j = 0` of `B` contains `t_0 b_0/μ`, which the authors' script leaves out.
 *
 * Assumes: matched or unmatched activations with square-integrable derivative.
 * Source: code of nwemadji2026when, as specified in pre-training-hurts §3.3 (4); normalised form: ours.
 *
 * @param options.order Largest degree kept.
 * @param options.constantTerm Keep the part of `j = 0` that the authors' script omits (default true).
 * @throws {RangeError} If `mu` is not in (0, 1) or `order` not an integer from 0 to 120.
 *
 * @example What the authors' recipe gives for ReLU.
 * ```ts
 * import { searchTime, seriesSearchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const relu = activation("relu");
 * const script = seriesSearchMatrix(0.5, relu, { order: 16, constantTerm: false });
 * // The exact value is 9.65685.
 * assertAlmostEquals(searchTime(script), 13.31808472, 1e-8);
 * ```
 */
export function seriesSearchMatrix(
  mu: number,
  studentLike: ActivationLike,
  { teacher: teacherLike = studentLike, order = 16, constantTerm = true }: {
    teacher?: ActivationLike;
    order?: number;
    constantTerm?: boolean;
  } = {},
): SearchMatrix {
  checkInside("sum the Hermite series", "mu", mu, 0, 1);
  checkInteger("sum the Hermite series", "order", order, 0, 120);
  const student = activation(studentLike), teacher = activation(teacherLike);
  const breakpoints = kinks(mu, student, teacher);
  let A = 0, B = 0, norm = 1;
  for (let j = 0; j <= order; j++) {
    if (j > 0) norm *= Math.sqrt(j);
    const expectation = (f: (z: number) => number) =>
      gaussianExpectation((z) => hermite(j, z) / norm * f(z), { breakpoints });
    const b = expectation((z) => z * student.df(mu * z));
    const c = expectation((z) => student.f(mu * z));
    const t = expectation(teacher.f);
    A += b * (t - c);
    B -= b * c / mu;
    if (j > 0 || constantTerm) B -= t * (j * c - mu * b) / (mu * mu);
  }
  const scale = stepScale(student);
  return { A: A / scale, B: B / scale };
}

/**
 * Growth rate `λ₊ = (B + √(B² + 4ζA²))/2` of the unstable mode, in the form without cancellation.
 *
 * Source: code of nwemadji2026when for ζ = 1; pre-training-hurts §3.3 (2).
 *
 * @param ratio `ζ = η_ω/η_u`.
 *
 * @example
 * ```ts
 * import { growthRate } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(1 / growthRate({ A: 0.5, B: -1 }), 4.82842712475, 1e-10);
 * ```
 */
export function growthRate({ A, B }: SearchMatrix, ratio = 1): number {
  checkPositive("compute the growth rate", "ratio", ratio);
  const root = Math.hypot(B, 2 * Math.sqrt(ratio) * A);
  if (root === 0) return 0;
  return B <= 0 ? 2 * ratio * A * (A / (root - B)) : (B + root) / 2;
}

/**
 * Search time `τ = 1/λ₊`; `Infinity` where the frozen ray is flat (`A = 0`, `B ≤ 0`).
 *
 * Scale: gradient-flow time, steps × step size.
 * Source: code of nwemadji2026when for ζ = 1; pre-training-hurts §3.3 (2).
 *
 * @param ratio `ζ = η_ω/η_u`.
 * @throws {RangeError} If `ratio` is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { searchMatrix, searchTime } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const tau = searchTime(searchMatrix(0.5, activation("x")));
 * assertAlmostEquals(tau, 2 + 2 * Math.SQRT2, 1e-12);
 * ```
 */
export function searchTime(matrix: SearchMatrix, ratio = 1): number {
  return 1 / growthRate(matrix, ratio);
}

/**
 * Growth rate per step for unequal step sizes, `½(η_u B + √(η_u²B² + 4η_uη_ωA²))`.
 *
 * Source: ours, pre-training-hurts §3.11.
 *
 * @param stepU Step size `η_u`.
 * @param stepOmega Step size `η_ω`.
 * @throws {RangeError} If the ratio of the steps is not a finite number > 0.
 *
 * @example A larger step of `u` does nothing, one of ω removes the slow-down.
 * ```ts
 * import { growthPerStep, searchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assert, assertAlmostEquals } from "@std/assert";
 *
 * const matrix = searchMatrix(0.9, activation("x")), equal = growthPerStep(matrix, 0.1, 0.1);
 * assertAlmostEquals(growthPerStep(matrix, 1, 0.1) / equal, 1, 0.01);
 * assert(growthPerStep(matrix, 0.1, 5) / equal > 30);
 * ```
 */
export function growthPerStep(matrix: SearchMatrix, stepU: number, stepOmega: number): number {
  return stepU * growthRate(matrix, stepOmega / stepU);
}

/**
 * Strengths at which τ diverges inside (0, 1): the roots of `A(μ)`, in increasing order.
 *
 * Below the largest root of an odd Hermite target `A < 0`: the adapter aligns with the wrong sign and
 * erases the pre-trained weight.
 *
 * Source: peaks of τ: code of nwemadji2026when; roots and meaning: ours, pre-training-hurts §3.6.
 *
 * @param matrix `A` as a function of μ, e.g. `(mu) => hermiteSearchMatrix(mu, 3).A`.
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
export function criticalStrengths(slope: (mu: number) => number): number[] {
  const roots: number[] = [];
  const points = 400, first = 0.02, last = 0.99;
  let left = first, atLeft = slope(left);
  for (let i = 1; i <= points; i++) {
    const right = first + (last - first) * i / points, atRight = slope(right);
    if (atLeft * atRight < 0) roots.push(bisect(slope, left, right));
    left = right;
    atLeft = atRight;
  }
  return roots;
}

function bisect(f: (x: number) => number, low: number, high: number): number {
  const sign = Math.sign(f(low));
  for (let i = 0; i < 200 && high - low > Number.EPSILON * high; i++) {
    const middle = (low + high) / 2;
    if (Math.sign(f(middle)) === sign) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Strength above the traps at which the search is fastest, and its τ, by golden-section search.
 *
 * Source: ours, pre-training-hurts §3.6.
 *
 * @param matrix Search matrix as a function of μ.
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
): { mu: number; tau: number } {
  const traps = criticalStrengths((mu) => matrix(mu).A);
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

/** Constants of the optimum: `κ = E σ'(z)²`, `κ_z = E z²σ'(z)²`, divided by `N_k`, and `C = κ/κ_z²`. */
export interface StrongPretraining {
  /** `κ`, curvature of the loss across ω⋆. */
  readonly kappa: number;
  /** `κ_z`, curvature along ω⋆. */
  readonly kappaZ: number;
  /** `C` of `τ(μ) ≃ C (1 − μ)^{−2}`. */
  readonly constant: number;
}

/**
 * Constants of strong pre-training: `τ(μ) ≃ (κ/κ_z²)(1 − μ)^{−2}` as μ → 1, and the late rate
 * `2κ(1 − μ)²` of `1 − m`.
 *
 * Source: exponent visible in the figures of nwemadji2026when; constants: ours, pre-training-hurts
 * §3.4 (5).
 *
 * @example `C = (2k − 1)^{−2}` for Hermite targets.
 * ```ts
 * import { strongPretraining } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(strongPretraining(activation("He3")).constant, 1 / 25, 1e-12);
 * ```
 */
export function strongPretraining(studentLike: ActivationLike): StrongPretraining {
  const student = activation(studentLike);
  const breakpoints = student.kinks;
  const expectation = (f: (z: number) => number) =>
    gaussianExpectation(f, { breakpoints }) / stepScale(student);
  const kappa = expectation((z) => student.df(z) ** 2);
  const kappaZ = expectation((z) => (z * student.df(z)) ** 2);
  return { kappa, kappaZ, constant: kappa / kappaZ ** 2 };
}

/**
 * Search matrix of a misaligned frozen weight with `|w₀|² = r`, `w₀·ω⋆ = q`: `A` is replaced by
 * `|∇_w L(w₀)|`, the adapter aligns with minus that gradient.
 *
 * Source: model: code of nwemadji2026when; theory: ours, pre-training-hurts §3.8.
 *
 * @param r Squared norm `|w₀|² > 0`.
 * @param q Overlap `w₀·ω⋆`, `q² ≤ r`.
 * @throws {RangeError} If `r` is not > 0 or `q² > r`.
 *
 * @example
 * ```ts
 * import { misalignedSearchMatrix, searchTime } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // Unit norm, 60° off the target: |c| = |ω⋆ − w₀| = 1.
 * const matrix = misalignedSearchMatrix(1, 0.5, activation("x"));
 * assertAlmostEquals(searchTime(matrix), (1 + Math.sqrt(5)) / 2, 1e-12);
 * ```
 */
export function misalignedSearchMatrix(
  r: number,
  q: number,
  student: ActivationLike,
  teacher: ActivationLike = student,
): SearchMatrix {
  checkPositive("compute the search matrix", "r", r);
  checkInside("compute the search matrix", "q^2/r", q * q / r, -1e-12, 1 + 1e-12);
  const moments = pairMoments(student, teacher);
  const slopeR = moments.selfDr(r) - 2 * moments.crossDr(r, q);
  const slopeQ = -moments.crossDq(r, q);
  const square = slopeR * slopeR * r + 2 * slopeR * slopeQ * q + slopeQ * slopeQ;
  const scale = stepScale(student);
  return { A: Math.sqrt(Math.max(0, square)) / scale, B: -slopeR / scale };
}

/**
 * Size of the mean `|E He_k(√r z)|/√(k!)` of an even Hermite unit whose weight has `|w|² = r`:
 * `(√(k!)/(k/2)!)·|(r − 1)/2|^{k/2}`; zero only at `r = 1`.
 *
 * Source: code of nwemadji2026when, normalised here by `√(k!)`; pre-training-hurts §3.3.
 *
 * @param k Even degree.
 * @param r Squared norm `|w|² > 0`.
 * @throws {RangeError} If `k/2` is not an integer from 1 to 30 or `r` is not > 0.
 *
 * @example
 * ```ts
 * import { hermiteBias } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(hermiteBias(2, 0.5), 0.5 / Math.SQRT2, 1e-15);
 * ```
 */
export function hermiteBias(k: number, r: number): number {
  checkInteger("compute the Hermite bias", "k/2", k / 2, 1, 30);
  checkPositive("compute the Hermite bias", "r", r);
  let size = 1;
  for (let j = 1; j <= k / 2; j++) size *= Math.abs(r - 1) / (2 * j);
  for (let j = 1; j <= k; j++) size *= Math.sqrt(j);
  return size;
}
