/** A root of a function of one variable between two points of opposite sign. */
import { checkFinite, checkKeys, checkNonNegative, show } from "../check.ts";

/** Options of {@linkcode findRoot}. */
export interface FindRootOptions {
  /** Absolute width of the final bracket (default 0: only the relative width counts). */
  xtol?: number;
  /** Relative width of the final bracket (default and least: 4 machine epsilons). */
  rtol?: number;
}

/**
 * A root of `f` in `[a, b]`, where `f(a)` and `f(b)` have opposite signs.
 *
 * Brent's method: inverse quadratic interpolation and the secant, guarded by bisection; it converges
 * for any continuous function, and superlinearly near a simple root.
 *
 * Source: R. P. Brent, Algorithms for Minimization without Derivatives (1973), chapter 4.
 *
 * @param f Continuous function.
 * @param a One end of the bracket.
 * @param b The other end.
 * @throws {RangeError} If an end is not finite, `f` has the same sign (or NaN) at both, is NaN on the
 * way, or changes its sign through infinity (a pole). A jump through 0 counts as a root.
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { findRoot } from "lora-dynamics/ode/mod.ts";
 * // pre-training-hurts: the critical strength of He3
 * const critical = findRoot((s) => 5 * s ** 3 + 5 * s ** 2 + s - 1, 0, 1);
 * assertAlmostEquals(critical, 0.3207243473, 1e-10);
 * ```
 */
export function findRoot(
  f: (x: number) => number,
  a: number,
  b: number,
  options: FindRootOptions = {},
): number {
  checkKeys("find a root", options, ["xtol", "rtol"]);
  const { xtol = 0, rtol = 0 } = options;
  checkFinite("find a root", "a", a);
  checkFinite("find a root", "b", b);
  checkNonNegative("find a root", "xtol", xtol);
  checkNonNegative("find a root", "rtol", rtol);
  const fa = f(a);
  const fb = f(b);
  if (!(Math.sign(fa) * Math.sign(fb) <= 0)) {
    throw new RangeError(
      `Cannot find a root as f must have opposite signs at a = ${a} and b = ${b}: ` +
        `current values are ${fa} and ${fb}`,
    );
  }
  const looked = (x: number) => {
    const value = f(x);
    if (typeof value === "number" && !Number.isNaN(value)) return value;
    const wanted = `f must be a number in [${a}, ${b}]: it is ${show(value)} at ${x}`;
    throw new RangeError(`Cannot find a root as ${wanted}`);
  };
  const root = brent(looked, a, b, fa, fb, xtol, Math.max(rtol, 4 * Number.EPSILON));
  // Beside a root f is small, beside a pole larger than at either end.
  const size = Math.abs(root === a ? fa : root === b ? fb : looked(root));
  if (size > 2 * Math.max(Math.abs(fa), Math.abs(fb))) {
    throw new RangeError(
      `Cannot find a root as f must be continuous in [${a}, ${b}]: it has a pole near ${root}, where ` +
        `it is ${size}`,
    );
  }
  return root;
}

/** Brent's iteration on a bracket whose end values are known. */
export function brent(
  f: (x: number) => number,
  a: number,
  b: number,
  fa: number,
  fb: number,
  xtol: number,
  rtol: number,
): number {
  // b is the best point, a the one before it, c the opposite end of the bracket.
  let c = a;
  let fc = fa;
  let move = b - a;
  let before = move;
  for (let pass = 0; pass < 200; pass++) {
    if (Math.abs(fc) < Math.abs(fb)) {
      a = b;
      fa = fb;
      b = c;
      fb = fc;
      c = a;
      fc = fa;
    }
    const width = 0.5 * (c - b);
    const tolerance = 0.5 * (xtol + rtol * Math.abs(b)) || Number.MIN_VALUE;
    if (fb === 0 || Math.abs(width) <= tolerance) return b;
    if (Math.abs(before) < tolerance || Math.abs(fa) <= Math.abs(fb)) {
      move = width;
      before = width;
    } else {
      let p: number;
      let q: number;
      const s = fb / fa;
      if (a === c) {
        p = 2 * width * s;
        q = 1 - s;
      } else {
        const u = fa / fc;
        const v = fb / fc;
        p = s * (2 * width * u * (u - v) - (b - a) * (v - 1));
        q = (u - 1) * (v - 1) * (s - 1);
      }
      if (p > 0) q = -q;
      else p = -p;
      if (2 * p < Math.min(3 * width * q - Math.abs(tolerance * q), Math.abs(before * q))) {
        before = move;
        move = p / q;
      } else {
        move = width;
        before = width;
      }
    }
    a = b;
    fa = fb;
    b += Math.abs(move) > tolerance ? move : width > 0 ? tolerance : -tolerance;
    fb = f(b);
    if (Math.sign(fb) === Math.sign(fc)) {
      c = a;
      fc = fa;
      move = b - a;
      before = move;
    }
  }
  return b;
}
