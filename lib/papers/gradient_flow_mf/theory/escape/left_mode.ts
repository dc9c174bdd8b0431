/** The door of the formulas that need a rank-one target along a singular vector of the frozen layers. */
import {
  columns,
  dot,
  type Matrix,
  matrix,
  multiply,
  multiplyTN,
  normalize,
  svd,
} from "../../../../linalg/mod.ts";
import type { Problem } from "../../model.ts";
import { checkProblem } from "../../shapes.ts";

/** A rank-one target `σuvᵀ` that the frozen layers pass on along one direction each. */
export interface LeftMode {
  /** Singular value of `W₂` that belongs to `u`. */
  readonly s: number;
  /** Singular value of `W₁` that belongs to `v`; 0 without `W₁`. */
  readonly s1: number;
  /** Singular value of the target. */
  readonly sigma: number;
  /** Left direction, length `m`. */
  readonly u: Float64Array;
  /** Hidden direction, length `h`. */
  readonly p: Float64Array;
  /** Right direction, length `n`. */
  readonly v: Float64Array;
}

/** Relative distance up to which a vector is a singular vector. */
const HOLDS = 1e-10;

/** A vector as one column. */
function column(x: Float64Array): Matrix {
  return matrix(x.length, 1, x);
}

/** Size of `x − factor·y`. */
function distance(x: Float64Array, y: Float64Array, factor: number): number {
  return Math.hypot(...x.map((value, i) => value - factor * y[i]));
}

/**
 * The mode of a problem whose `u` is a left singular vector of `W₂` and, in problem D, whose `v` and `p`
 * are singular vectors of `W₁`: the part of Assumptions 2.1 and 2.2 that the target sees.
 *
 * @throws {RangeError} If the target has not rank one, or a vector is none.
 */
export function leftMode(what: string, problem: Problem): LeftMode {
  checkProblem(what, problem);
  const { w2, w1, target } = problem, { u: left, values, v: right } = svd(target);
  const [sigma] = values, rank = values.filter((x) => x > 1e-12 * sigma).length;
  if (rank > 1) {
    throw new RangeError(
      `Cannot ${what} as the target must have rank one: its rank is ${rank}; ` +
        "see modeHalfTimes (T7) for more modes",
    );
  }
  const u = columns(left, 0, 1).data, v = columns(right, 0, 1).data;
  const pulled = multiplyTN(w2, column(u)).data, s = Math.sqrt(dot(pulled, pulled));
  const off = s === 0 ? 1 : distance(multiply(w2, column(pulled)).data, u, s * s) / (s * s);
  if (!(off <= HOLDS)) {
    throw new RangeError(
      `Cannot ${what} as the target's u must be a left singular vector of w2 (Assumption 2.2): ` +
        `it is off by ${off.toPrecision(2)}; see universalCurve (T9) for other targets`,
    );
  }
  const p = normalize(pulled.slice());
  if (!w1) return { s, s1: 0, sigma, u, p, v };
  const image = multiply(w1, column(v)).data, back = multiplyTN(w1, column(p)).data;
  const s1 = dot(image, p);
  const side = Math.max(distance(image, p, s1), distance(back, v, s1)) / s;
  if (!(side <= HOLDS)) {
    throw new RangeError(
      `Cannot ${what} as w1 must lead the target's v to the hidden direction of u (Assumptions ` +
        `2.1 and 2.2): it is off by ${side.toPrecision(2)}`,
    );
  }
  return { s, s1, sigma, u, p, v };
}
