/** Adaptive Gauss–Kronrod quadrature on a finite interval. */
import {
  checkFinite,
  checkInteger,
  checkKeys,
  checkNonNegative,
  checkSorted,
} from "../../check.ts";

/** Positive Kronrod nodes on [−1, 1], outermost first; odd positions are the Gauss nodes. */
const NODES = [
  0.991455371120812639206854697526329,
  0.949107912342758524526189684047851,
  0.864864423359769072789712788640926,
  0.741531185599394439863864773280788,
  0.586087235467691130294144838258730,
  0.405845151377397166906606412076961,
  0.207784955007898467600689403773245,
];
const KRONROD = [
  0.022935322010529224963732008058970,
  0.063092092629978553290700663189204,
  0.104790010322250183839876322541518,
  0.140653259715525918745189590510238,
  0.169004726639267902826583426598550,
  0.190350578064785409913256402421014,
  0.204432940075298892414161999234649,
];
const KRONROD_CENTRE = 0.209482141084727828012999174891714;
const GAUSS = [
  0.129484966168869693270611432679082,
  0.279705391489276667901467771423780,
  0.381830050505118944950369775488975,
];
const GAUSS_CENTRE = 0.417959183673469387755102040816327;

/** Options of {@linkcode integrate}. */
export interface IntegrateOptions {
  /** Wanted relative error (default 1e-12). */
  rtol?: number;
  /** Wanted absolute error (default 0). */
  atol?: number;
  /** Interior points where the integrand has a kink or a jump, in increasing order. */
  breakpoints?: readonly number[];
  /** Largest number of subintervals (default 1000). */
  maxIntervals?: number;
}

/** Result of {@linkcode integrate}. */
export interface Integral {
  /** `"done"`, or what stopped the refinement and the remedy. */
  readonly status:
    | "done"
    | "roundoff: rtol is below what doubles can reach here; accept error or loosen rtol"
    | "maxIntervals: give breakpoints, raise maxIntervals or loosen rtol"
    | "nonFinite: the integrand is NaN or infinite inside the interval";
  /** The integral. */
  readonly value: number;
  /** Estimate of the absolute error, usually far too large. */
  readonly error: number;
  /** Calls of the integrand. */
  readonly evaluations: number;
}

interface Piece {
  a: number;
  b: number;
  value: number;
  error: number;
  /** The error estimate is at the level of rounding: halving cannot help. */
  floor: boolean;
}

function rule(f: (x: number) => number, a: number, b: number): Piece {
  const centre = 0.5 * (a + b);
  const half = 0.5 * (b - a);
  const middle = f(centre);
  let kronrod = KRONROD_CENTRE * middle;
  let gauss = GAUSS_CENTRE * middle;
  let size = KRONROD_CENTRE * Math.abs(middle);
  for (let i = 0; i < 7; i++) {
    const left = f(centre - half * NODES[i]);
    const right = f(centre + half * NODES[i]);
    kronrod += KRONROD[i] * (left + right);
    size += KRONROD[i] * (Math.abs(left) + Math.abs(right));
    if (i % 2 === 1) gauss += GAUSS[(i - 1) / 2] * (left + right);
  }
  const width = Math.abs(half);
  // The Kronrod rule is far better than the difference of the two; the power 3/2 is QUADPACK's
  // experience, scaled by the size of the integrand.
  const gap = Math.abs(kronrod - gauss);
  const relative = size > 0 ? Math.min(1, Math.pow((200 * gap) / size, 1.5)) : 0;
  const rounding = 50 * Number.EPSILON * size * width;
  const error = size * width * relative;
  return {
    a,
    b,
    value: kronrod * half,
    error: Math.max(error, rounding),
    floor: error <= rounding,
  };
}

/**
 * Integral `∫_a^b f(x) dx` by adaptive bisection with the Gauss–Kronrod pair of 7 and 15 nodes.
 *
 * The interval with the largest error estimate is halved until the sum of the estimates is below
 * `max(atol, rtol |value|)`. The estimate is pessimistic.
 *
 * Source: R. Piessens et al., QUADPACK (1983), routine QAG.
 *
 * @param f Integrand, finite inside the interval.
 * @param a Lower end, finite.
 * @param b Upper end, finite; `b < a` changes the sign.
 * @throws {RangeError} If an end is not finite or an option is out of range.
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { integrate } from "lora-dynamics/gaussian/mod.ts";
 * const { status, value } = integrate((x) => Math.abs(x), -1, 2, { breakpoints: [0] });
 * assertEquals(status, "done");
 * assertAlmostEquals(value, 2.5, 1e-14);
 * ```
 */
export function integrate(
  f: (x: number) => number,
  a: number,
  b: number,
  options: IntegrateOptions = {},
): Integral {
  const what = "integrate";
  checkKeys(what, options, ["rtol", "atol", "breakpoints", "maxIntervals"]);
  const { rtol = 1e-12, atol = 0, breakpoints = [], maxIntervals = 1000 } = options;
  checkFinite(what, "a", a);
  checkFinite(what, "b", b);
  checkNonNegative(what, "rtol", rtol);
  checkNonNegative(what, "atol", atol);
  checkInteger(what, "maxIntervals", maxIntervals, 1);
  checkSorted(what, "breakpoints", breakpoints);
  const sign = Math.sign(b - a);
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  if (sign === 0) return { status: "done", value: 0, error: 0, evaluations: 0 };

  const ends = [low, ...breakpoints.filter((x) => x > low && x < high), high];
  const pieces: Piece[] = [];
  for (let i = 1; i < ends.length; i++) pieces.push(rule(f, ends[i - 1], ends[i]));
  let evaluations = 15 * pieces.length;
  let status: Integral["status"] = "done";
  while (true) {
    let value = 0;
    let error = 0;
    let worst = -1;
    for (let i = 0; i < pieces.length; i++) {
      value += pieces[i].value;
      error += pieces[i].error;
      if (!pieces[i].floor && (worst < 0 || pieces[i].error > pieces[worst].error)) worst = i;
    }
    const result = (): Integral => ({ status, value: sign * value, error, evaluations });
    if (!Number.isFinite(value)) {
      status = "nonFinite: the integrand is NaN or infinite inside the interval";
      return result();
    }
    if (error <= Math.max(atol, rtol * Math.abs(value))) return result();
    if (worst < 0) {
      status = "roundoff: rtol is below what doubles can reach here; accept error or loosen rtol";
      return result();
    }
    if (pieces.length >= maxIntervals) {
      status = "maxIntervals: give breakpoints, raise maxIntervals or loosen rtol";
      return result();
    }
    const { a: left, b: right } = pieces[worst];
    const middle = 0.5 * (left + right);
    if (!(middle > left && middle < right)) {
      pieces[worst].floor = true;
      continue;
    }
    pieces[worst] = rule(f, left, middle);
    pieces.push(rule(f, middle, right));
    evaluations += 30;
  }
}
