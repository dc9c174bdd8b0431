/**
 * The two numbers of the search phase: slope and curvature of the loss at the frozen weight.
 *
 * @module
 */
import { checkFinite, checkInside, checkInteger, checkPositive } from "../../../check.ts";
import {
  type Activation,
  activation,
  type ActivationLike,
  gaussianExpectation,
  gaussianQuadrature,
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
 * `A = E[(σ⋆(z) − σ(μz)) σ'(μz) z]`, `B = −E[σ'(μz)² + (σ(μz) − σ⋆(z)) σ''(μz)]`, both divided by `N_k`.
 *
 * From `|μ| = 1/8` on, `B` is computed without second derivatives: by Stein's lemma it is
 * `(A − E[σ⋆'(z) σ'(μz)])/μ`. Below, that quotient would lose digits, and the curvature itself is
 * integrated; a kink of σ at `x` adds its point mass, `(σ'(x+) − σ'(x−)) φ(x/μ)/|μ|` times the residual there.
 *
 * Assumes: inputs `N(0, I)`, `w₀ = μω⋆`. Nothing asks for `0 < μ < 1`: a weight may lie on the other side of
 * the origin or beyond the target.
 * Scale: gradient-flow time, steps × step size. Errors of `A` and `B` are near 1e-15 of their integrands.
 * Source: integrals: ours; definition of A, B: code of nwemadji2026when.
 *
 * @param mu Strength of pre-training, any finite number.
 * @param studentLike Student activation: a name, an expression in `z`, a function.
 * @param teacherLike Teacher activation; the student's when not given.
 * @throws {RangeError} If `mu` is not finite, or 0 where the student has a kink at 0.
 *
 * @example ReLU has `A = (1 − μ)/2`, `B = −1/2`, at any strength.
 * ```ts
 * import { searchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * for (const mu of [1e-9, 0.5, 1.5]) {
 *   const { A, B } = searchMatrix(mu, "relu");
 *   assertAlmostEquals(A, (1 - mu) / 2, 1e-14);
 *   assertAlmostEquals(B, -0.5, 1e-14);
 * }
 * ```
 */
export function searchMatrix(
  mu: number,
  studentLike: ActivationLike,
  teacherLike: ActivationLike = studentLike,
): SearchMatrix {
  const { slope, curvature } = integralsOf(mu, studentLike, teacherLike), A = slope();
  return { A, B: curvature(A) };
}

/** The entry `A` of {@linkcode searchMatrix} alone, at about half of its cost. */
export function searchSlope(
  mu: number,
  student: ActivationLike,
  teacher: ActivationLike = student,
): number {
  return integralsOf(mu, student, teacher).slope();
}

/** The integrals of `A`, and of `B` once `A` is known. */
function integralsOf(mu: number, studentLike: ActivationLike, teacherLike: ActivationLike) {
  const what = "compute the search matrix";
  checkFinite(what, "mu", mu);
  const student = activation(studentLike), teacher = activation(teacherLike);
  if (mu === 0 && student.kinks.includes(0)) {
    throw new RangeError(
      `Cannot ${what} as mu must not be 0 where the student has a kink there: current value is 0`,
    );
  }
  const breakpoints = kinks(mu, student, teacher);
  const expectation = (f: (z: number) => number) => gaussianExpectation(f, { breakpoints });
  const rtol = resolution((z) => student.f(mu * z), teacher.f);
  const ofResidual = (f: (z: number) => number) => {
    const { value, error, status } = gaussianQuadrature(f, { breakpoints, rtol });
    if (status === "done") return value;
    // At the target the residual is rounding, which no quadrature resolves: what counts is its size.
    const size = expectation((z) => (z * student.df(mu * z)) ** 2) *
      expectation((z) => teacher.f(z) ** 2);
    return error <= 1e-13 * Math.sqrt(size) ? value : expectation(f);
  };
  const residual = (z: number) => student.f(mu * z) - teacher.f(z);
  const scale = stepScale(student);
  return {
    slope: () => -ofResidual((z) => residual(z) * student.df(mu * z) * z) / scale,
    curvature: (A: number) =>
      Math.abs(mu) >= USE_SLOPES
        ? (A - expectation((z) => teacher.df(z) * student.df(mu * z)) / scale) / mu
        : (-expectation((z) => student.df(mu * z) ** 2 + residual(z) * student.d2f(mu * z)) -
          pointMasses(mu, student, residual)) / scale,
  };
}

/** Relative accuracy to which a difference can be integrated: near the target it is mostly rounding. */
function resolution(f: (z: number) => number, g: (z: number) => number): number {
  let difference = 0, size = 0;
  for (const z of [-2.3, -1.1, -0.4, 0.3, 0.9, 1.7]) {
    difference += Math.abs(f(z) - g(z));
    size += Math.abs(f(z)) + Math.abs(g(z));
  }
  return difference === 0 ? 1 : Math.min(1, Math.max(1e-14, 1e-15 * size / difference));
}

/** Strength from which `B` is a quotient by μ. */
const USE_SLOPES = 1 / 8;

/** What the kinks of σ add to `E[(σ(μz) − σ⋆(z)) σ''(μz)]`. */
function pointMasses(
  mu: number,
  { kinks, df }: Activation,
  residual: (z: number) => number,
): number {
  return kinks.reduce((sum, x) => {
    const z = x / mu, gap = 1e-9 * (1 + Math.abs(x)), jump = df(x + gap) - df(x - gap);
    if (Math.abs(z) > 38) return sum; // the density is no number there
    return sum +
      jump * residual(z) * Math.exp(-z * z / 2) / (Math.sqrt(2 * Math.PI) * Math.abs(mu));
  }, 0);
}

/**
 * The same `A`, `B` for matched Hermite targets in closed form:
 * `A = μ^{k−1} − μ G_k'(μ²)/N_k`, `B = −G_k'(μ²)/N_k`, with `G_k(r) = E He_k(√r z)²`.
 *
 * Source: ours
 *
 * @param mu Strength of pre-training, any finite number.
 * @param k Degree of the target, `≥ 1`.
 * @throws {RangeError} If `mu` is not finite or `k` not an integer from 1 to 30.
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
  checkFinite("compute the search matrix", "mu", mu);
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
 * Search matrix of a misaligned frozen weight with `|w₀|² = r`, `w₀·ω⋆ = q`: `A` is replaced by
 * `|∇_w L(w₀)|`, the adapter aligns with minus that gradient.
 *
 * Source: model: code of nwemadji2026when; theory: ours
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
