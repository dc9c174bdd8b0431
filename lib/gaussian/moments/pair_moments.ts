/** Gaussian moments of a student and a teacher activation. */
import type { Activation } from "../activation/activation.ts";
import { activation, type ActivationLike } from "../activation/door.ts";
import { erfMoments, polynomialMoments, reluMoments } from "./closed_moments.ts";
import type { PairMoments } from "./moments.ts";
import { quadratureMoments } from "./quadrature_moments.ts";

/**
 * Moments of this pair: closed forms for two polynomials and for two erfs or two ReLUs, whatever way
 * they are written; quadrature for every other pair.
 *
 * Law: `L(r, q) = ½ E σ(λ)² − E σ(λ) σ⋆(λ⋆) + ½ E σ⋆(λ⋆)²`.
 *
 * Assumes: Gaussian inputs. Closed forms have relative errors near 1e-14. Gentle smooth pairs: a
 * trapezoidal rule in two dimensions whose step has been verified by another one for this range of
 * `r` (about 1e-14, tens of µs). Kinks, steep and oscillating functions: adaptive panels with an
 * error estimate (about 1e-12, from a millisecond). What does not settle or does not exist is an
 * error. The last `(r, q)` is remembered, so the three functions of `cross` cost one evaluation.
 *
 * @param student `σ`, or what makes one.
 * @param teacher `σ⋆`, or what makes one.
 * @throws {RangeError} If `E σ⋆²` does not exist or its quadrature has not settled.
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { pairMoments } from "lora-dynamics/gaussian/mod.ts";
 * const he2 = pairMoments("He2", "z^2 - 1");
 * assertEquals(he2.kind, "closed form");
 * assertAlmostEquals(he2.self(0.5), 3 * 0.5 ** 2 - 2 * 0.5 + 1, 1e-15);
 * assertAlmostEquals(he2.crossDq(0.5, 0.3), 2 * 2 * 0.3, 1e-15);
 * const own = pairMoments("tanh(2z)", "log(1 + exp(z))");
 * assertEquals(own.kind, "quadrature");
 * ```
 */
export function pairMoments(student: ActivationLike, teacher: ActivationLike): PairMoments {
  return inDomain(unchecked(activation(student), activation(teacher)));
}

function unchecked(student: Activation, teacher: Activation): PairMoments {
  if (student.series && teacher.series) return polynomialMoments(student.series, teacher.series);
  const [a, b] = [student.closed, teacher.closed];
  if (a && b && a.base === b.base) return (a.base === "erf" ? erfMoments : reluMoments)(a, b);
  return quadratureMoments(student, teacher);
}

/** `q²` may exceed `r` by what an integrator or rounding leaves. */
const SLACK = 1e-9;

function inDomain(moments: PairMoments): PairMoments {
  const checkR = (r: number): number => {
    if (!(r < 0 || r === Infinity)) return r;
    throw new RangeError(
      `Cannot compute a Gaussian moment as r must be a finite number >= 0: current value is ${r}`,
    );
  };
  const checkQ = (r: number, q: number): number => {
    if (!(q * q > r * (1 + SLACK) + 1e-18)) return q;
    throw new RangeError(
      `Cannot compute a Gaussian moment as |q| must be at most sqrt(r) = ${Math.sqrt(r)}: ` +
        `current value is ${q}`,
    );
  };
  const { self, selfDr, cross, crossDr, crossDq, target, kind } = moments;
  const one = (f: (r: number) => number) => (r: number) => Number.isNaN(r) ? NaN : f(checkR(r));
  const two = (f: (r: number, q: number) => number) => (r: number, q: number) =>
    Number.isNaN(r + q) ? NaN : f(checkR(r), checkQ(r, q));
  return {
    self: one(self),
    selfDr: one(selfDr),
    cross: two(cross),
    crossDr: two(crossDr),
    crossDq: two(crossDq),
    target,
    kind,
  };
}
