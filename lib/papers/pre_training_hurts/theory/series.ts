/**
 * The Hermite series of the authors' code, and the bias that it speaks of.
 *
 * @module
 */
import { checkInside, checkInteger, checkKeys, checkPositive } from "../../../check.ts";
import {
  activation,
  type ActivationLike,
  gaussianExpectation,
  hermite,
} from "../../../gaussian/mod.ts";
import { stepScale } from "../step_scale.ts";
import { kinks } from "./_kinks.ts";
import type { SearchMatrix } from "./search_matrix.ts";

/**
 * Hermite-series form (4) of `A`, `B`, summed to degree `order`.
 *
 * With normalised polynomials `he_j` and `b_j = E z he_j(z) σ'(μz)`, `c_j = E he_j(z) σ(μz)`,
 * `t_j = E he_j(z) σ⋆(z)`: `A = Σ_j b_j (t_j − c_j)`, `B = −Σ_j [b_j c_j/μ + t_j (j c_j − μ b_j)/μ²]`.
 * The term `j = 0` of `B` contains `t_0 b_0/μ`, which the authors' script leaves out.
 *
 * Assumes: matched or unmatched activations with square-integrable derivative.
 * Source: code of nwemadji2026when; normalised form: ours.
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
  options: { teacher?: ActivationLike; order?: number; constantTerm?: boolean } = {},
): SearchMatrix {
  const what = "sum the Hermite series";
  const { teacher: teacherLike = studentLike, order = 16, constantTerm = true } = options;
  checkKeys(what, options, ["teacher", "order", "constantTerm"]);
  checkInside(what, "mu", mu, 0, 1);
  checkInteger(what, "order", order, 0, 120);
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
 * Size of the mean `|E He_k(√r z)|/√(k!)` of an even Hermite unit whose weight has `|w|² = r`:
 * `(√(k!)/(k/2)!)·|(r − 1)/2|^{k/2}`; zero only at `r = 1`.
 *
 * Source: code of nwemadji2026when, normalised here by `√(k!)`
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
