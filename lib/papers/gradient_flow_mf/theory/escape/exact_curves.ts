/**
 * T5: exact curves of one aligned mode with one adapter, balanced and imbalanced.
 *
 * @module
 */
import {
  checkFinite,
  checkKeys,
  checkNonNegative,
  checkPositive,
  show,
} from "../../../../check.ts";
import { findRoot } from "../../../../ode/mod.ts";

/** A single aligned mode: `e = σ − sba`, `ḃ = sea`, `ȧ = seb`. */
export interface AlignedCurve {
  /** Singular value of `W₂`, `> 0`. */
  readonly s: number;
  /** Singular value of the target, `> 0`. */
  readonly sigma: number;
  /** Product `x₀ = b₀a₀ ≥ 0` of the factors at the start, below `σ/s`. */
  readonly x0: number;
}

const KEYS = ["s", "sigma", "x0"];

function checkMode(what: string, mode: AlignedCurve): void {
  checkKeys(what, mode, KEYS, "the mode");
  const { s, sigma, x0 } = mode;
  checkPositive(what, "s", s);
  checkPositive(what, "sigma", sigma);
  checkNonNegative(what, "x0", x0);
  if (!(s * x0 < sigma)) {
    throw new RangeError(
      `Cannot ${what} as x0 must be below sigma/s = ${sigma / s}: current value is ${show(x0)}`,
    );
  }
}

/**
 * T5a: error of a balanced mode, a logistic curve.
 *
 * Law: `e(t) = σ/(1 + sx₀/(σ − sx₀) e^{2sσt})`, from `ẋ = 2sx(σ − sx)`; the loss is `½e²`. The balanced
 * spectral start has `x₀ = α²`; in problem sQ every `σ_j` has its own curve. No plateau: every precision
 * is reached.
 * Assumes: one adapter, `b₀ = a₀`.
 * Scale: gradient-flow time.
 * Source: ours; known for linear networks (Saxe et al. 2013). The paper's Theorem 4.1 has bounds, for a
 * start with `B = 0`.
 *
 * @param mode See {@linkcode AlignedCurve}; `x0 > 0`.
 * @param t Time, `≥ 0`.
 * @throws {RangeError} If a value is out of range.
 * @throws {TypeError} If a key is unknown.
 *
 * @example
 * ```ts
 * import { alignedError } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(alignedError({ s: 0.8, sigma: 1.3, x0: 1e-6 }, 8), 0.1143291709573, 1e-12);
 * ```
 */
export function alignedError(mode: AlignedCurve, t: number): number {
  const what = "compute the error of a balanced mode", { s, sigma, x0 } = mode;
  checkMode(what, mode);
  checkPositive(what, "x0", x0);
  checkNonNegative(what, "t", t);
  return sigma / (1 + s * x0 / (sigma - s * x0) * Math.exp(2 * s * sigma * t));
}

/**
 * T5a: time at which a balanced mode has the loss `½e² = ε`.
 *
 * Law: `T_ε = log[(σ/√(2ε) − 1)(σ − sx₀)/(sx₀)]/(2sσ)`.
 * Source: ours.
 *
 * @throws {RangeError} If `epsilon` is not in `(0, L(0))`, or a value of the mode is out of range.
 * @throws {TypeError} If a key is unknown.
 *
 * @example
 * ```ts
 * import { timeToLoss } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(timeToLoss({ s: 0.8, sigma: 1.3, x0: 1e-6 }, 1e-12), 13.4770759147, 1e-9);
 * ```
 */
export function timeToLoss(mode: AlignedCurve, epsilon: number): number {
  const what = "compute the time to a loss", { s, sigma, x0 } = mode;
  checkMode(what, mode);
  checkPositive(what, "x0", x0);
  checkPositive(what, "epsilon", epsilon);
  const start = 0.5 * (sigma - s * x0) ** 2;
  if (!(epsilon < start)) {
    throw new RangeError(
      `Cannot ${what} as epsilon must be below the loss at the start, ${start}: current value is ` +
        show(epsilon),
    );
  }
  const ratio = (sigma / Math.sqrt(2 * epsilon) - 1) * (sigma - s * x0) / (s * x0);
  return Math.log(ratio) / (2 * s * sigma);
}

/** Largest size of `log((x − x₀)/(q − x))` that is looked at. */
const FURTHEST = 690;

/** `F` of the law below at `y`, which is `gap` away from `q`. */
function primitive(q: number, delta: number, y: number, gap: number): number {
  const R = Math.hypot(delta, 2 * q);
  const top = delta * delta + 4 * q * y + R * Math.hypot(delta, 2 * y);
  return (Math.log(top) - Math.log(gap)) / R;
}

function checkImbalanced(what: string, mode: AlignedCurve, delta: number): void {
  checkMode(what, mode);
  checkFinite(what, "delta", delta);
  if (mode.x0 > 0 || delta !== 0) return;
  throw new RangeError(
    `Cannot ${what} as x0 or delta must not be 0: both factors are zero and stay so`,
  );
}

/**
 * T5b: time that a mode of imbalance `δ = b² − a²` needs from `x₀` to `x`.
 *
 * Law: `s²t = F(x) − F(x₀)`, `F(y) = log[(δ² + 4qy + R√(δ² + 4y²))/(q − y)]/R`, `q = σ/s`,
 * `R = √(δ² + 4q²)`, from `ẋ = s²(q − x)√(δ² + 4x²)`. The paper's spectral start has `B = 0`:
 * `δ = −a₀²`, `x₀ = 0`.
 * Assumes: one adapter, one aligned mode.
 * Scale: gradient-flow time.
 * Source: ours.
 *
 * @param mode See {@linkcode AlignedCurve}.
 * @param delta Conserved imbalance `δ`.
 * @param x Product to be reached, in `[x₀, σ/s)`.
 * @throws {RangeError} If a value is out of range, or both factors are zero.
 * @throws {TypeError} If a key is unknown.
 *
 * @example From `B = 0`, `a₀ = 0.02`.
 * ```ts
 * import { imbalancedTime } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const mode = { s: 2.3, sigma: 0.45, x0: 0 };
 * assertAlmostEquals(imbalancedTime(mode, -(0.02 ** 2), 0.1941204790327), 6, 1e-9);
 * ```
 */
export function imbalancedTime(mode: AlignedCurve, delta: number, x: number): number {
  const what = "compute the time of an imbalanced mode", { s, sigma, x0 } = mode, q = sigma / s;
  checkImbalanced(what, mode, delta);
  if (!(x >= x0 && x < q)) {
    throw new RangeError(
      `Cannot ${what} as x must lie in [x0, sigma/s) = [${x0}, ${q}): current value is ${show(x)}`,
    );
  }
  return (primitive(q, delta, x, q - x) - primitive(q, delta, x0, q - x0)) / (s * s);
}

/**
 * T5b: product and error of an imbalanced mode at a time, the inverse of {@linkcode imbalancedTime}.
 *
 * Errors: the error `e = σ − sx` keeps its digits however small it is.
 * Source: ours.
 *
 * @param mode See {@linkcode AlignedCurve}.
 * @param delta Conserved imbalance `δ = b² − a²`.
 * @param t Time, `≥ 0`.
 * @returns `x = ba` and `e = σ − sx`.
 * @throws {RangeError} If a value is out of range, or both factors are zero.
 * @throws {TypeError} If a key is unknown.
 *
 * @example
 * ```ts
 * import { imbalancedCurve } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { x, e } = imbalancedCurve({ s: 2.3, sigma: 0.45, x0: 0 }, -(0.02 ** 2), 3);
 * assertAlmostEquals(x, 0.0397092071578, 1e-12);
 * assertAlmostEquals(e, 0.45 - 2.3 * x, 1e-12);
 * ```
 */
export function imbalancedCurve(
  mode: AlignedCurve,
  delta: number,
  t: number,
): { x: number; e: number } {
  const what = "compute the curve of an imbalanced mode", { s, sigma, x0 } = mode, q = sigma / s;
  checkImbalanced(what, mode, delta);
  checkNonNegative(what, "t", t);
  if (t === 0) return { x: x0, e: sigma - s * x0 };
  const way = q - x0, end = s * s * t + primitive(q, delta, x0, way);
  // In u = log((x − x₀)/(q − x)) both ends of the curve keep their digits.
  const at = (u: number) => {
    const ahead = Math.exp(-u);
    return { x: x0 + way / (1 + ahead), gap: way * ahead / (1 + ahead) };
  };
  const late = (u: number) => {
    const { x, gap } = at(u);
    return primitive(q, delta, x, gap) - end;
  };
  // Beyond these ends the exponential leaves the range of numbers.
  if (late(-FURTHEST) > 0) return { x: x0, e: sigma - s * x0 };
  if (late(FURTHEST) < 0) return { x: q, e: 0 };
  const { x, gap } = at(findRoot(late, -FURTHEST, FURTHEST));
  return { x, e: s * gap };
}
