/**
 * Gaussian kernels: second moments of an activation of two jointly normal variables.
 *
 * @module
 */
import {
  type Activation,
  activation,
  type ActivationLike,
  type PairMoments,
  pairMoments,
  scaled,
} from "../../../../gaussian/mod.ts";

/** `K(A, B, C) = E σ(X)σ(Y)` and its slopes in `C` and `A`, for `(X, Y)` centred Gaussian. */
export interface Kernel {
  /** Value. */
  readonly value: (A: number, B: number, C: number) => number;
  /** `∂K/∂C = E σ′(X)σ′(Y)`. */
  readonly slopeC: (A: number, B: number, C: number) => number;
  /** `∂K/∂A`. */
  readonly slopeA: (A: number, B: number, C: number) => number;
}

const known = new WeakMap<Activation, Kernel>();

/**
 * Gaussian kernel of an activation: closed forms for polynomials, ReLU and erf, quadrature for others.
 *
 * Source: Cho & Saul for ReLU, Williams for erf; polynomials: ours.
 *
 * @example The kernel of h₂ is `C² + (A − 1)(B − 1)/2`.
 * ```ts
 * import { kernelOf } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(kernelOf("h2").value(1.5, 3, 0.5), 0.25 + 0.5, 1e-14);
 * ```
 */
export function kernelOf(sigma: ActivationLike): Kernel {
  const a = activation(sigma);
  let kernel = known.get(a);
  if (kernel === undefined) known.set(a, kernel = build(a));
  return kernel;
}

/** Values kept: a landscape of quantised neurons asks for the same few again and again. */
const MOST = 5000;

function build(a: Activation): Kernel {
  const pairs = new Map<number, { moments: PairMoments; root: number }>();
  let before = NaN, last: { moments: PairMoments; root: number };
  const at = (B: number) => {
    // Most calls in a row have one variance, and naming it costs more than a polynomial's kernel.
    if (B === before) return last;
    // Variances that differ by rounding are one.
    const key = Number(B.toPrecision(14));
    let pair = pairs.get(key);
    if (pair === undefined) {
      const root = Math.sqrt(key);
      pairs.set(key, pair = { moments: pairMoments(a, scaled(a, root)), root });
    }
    before = B;
    return last = pair;
  };
  const value = (A: number, B: number, C: number) => {
    const { moments, root } = at(B);
    return moments.cross(A, C / root);
  };
  const slopeC = (A: number, B: number, C: number) => {
    const { moments, root } = at(B);
    return moments.crossDq(A, C / root) / root;
  };
  const slopeA = (A: number, B: number, C: number) => {
    const { moments, root } = at(B);
    return moments.crossDr(A, C / root);
  };
  if (pairMoments(a, a).kind === "closed form") return { value, slopeC, slopeA };
  return { value: remembered(value), slopeC: remembered(slopeC), slopeA: remembered(slopeA) };
}

type Entry = (A: number, B: number, C: number) => number;

function remembered(f: Entry): Entry {
  const values = new Map<string, number>();
  return (A, B, C) => {
    const key = [A, B, C].map((x) => x.toPrecision(14)).join(" ");
    let value = values.get(key);
    if (value === undefined) {
      if (values.size >= MOST) values.clear();
      values.set(key, value = f(A, B, C));
    }
    return value;
  };
}
