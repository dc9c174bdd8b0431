/**
 * From the start to the escape: alignment with the growing direction, half-times and their law,
 * exact curves of the spectral start, the second mode. Nothing here integrates the flow.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../../check.ts";
import { digamma, trigamma } from "../../../gaussian/mod.ts";
import type { Matrix } from "../../../linalg/mod.ts";
import { findRoot } from "../../../ode/mod.ts";
import { stackOf } from "../measures.ts";
import {
  type Adapters,
  type GrowthModes,
  growthModes,
  modalVector,
  type Problem,
} from "../model.ts";

function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** Squared projection `‖z₁‖²` of a start on the growing direction of adapter 1 (default) or 2. */
export function startPower(
  modes: GrowthModes,
  { b1, a1, b2, a2 }: Adapters,
  adapter: 1 | 2 = 1,
): number {
  const z = adapter === 1
    ? modalVector(b1, a1, modes.modes1[0])
    : modalVector(b2!, a2!, modes.modes2[0]);
  return dot(z, z);
}

/**
 * Time at which adapter 1 has learnt half of a rank-one target.
 *
 * Law: `T_{1/2} = log(2σ/(s‖z₁‖²)) / (2sσ)`; after alignment `x = ab` obeys `ẋ = 2sx(σ − sx)`.
 * Assumes: `u` is a left singular vector of `W₂` with value `s`; small start; in problem D also
 * `δ_w < 1`. The error is `o(1)`, quadratic in the scale of the start up to logarithms.
 * Scale: gradient-flow time.
 * Source: ours, gradient-flow-mf T4.
 *
 * @param options `s > 0`, `sigma > 0` and `power`, the `‖z₁‖² > 0` of {@linkcode startPower}.
 * @throws {RangeError} If an argument is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { escapeTime } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const power = 5.13469942166945e-6;
 * assertAlmostEquals(escapeTime({ s: 1, sigma: 1, power }), 6.436318216036124, 1e-12);
 * ```
 */
export function escapeTime(
  { s, sigma, power }: { readonly s: number; readonly sigma: number; readonly power: number },
): number {
  const what = "compute an escape time";
  checkPositive(what, "s", s);
  checkPositive(what, "sigma", sigma);
  checkPositive(what, "power", power);
  return Math.log(2 * sigma / (s * power)) / (2 * s * sigma);
}

/**
 * Mean and standard deviation of the escape time over random starts.
 *
 * Law: `‖z₁‖² ~ α²χ²_r` (gauss) or `½α²χ²_r` (zeroB); the deviation does not depend on α.
 * Source: ours, gradient-flow-mf T4.
 *
 * @throws {RangeError} If an argument is out of range.
 *
 * @example
 * ```ts
 * import { escapeLaw } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { mean, sd } = escapeLaw({ s: 1, sigma: 1, alpha: 1e-5, r: 4 });
 * assertAlmostEquals(mean, 11.3015333, 1e-7);
 * assertAlmostEquals(sd, 0.4015389, 1e-7);
 * ```
 */
export function escapeLaw(
  { s, sigma, alpha, r, scheme = "gauss" }: {
    readonly s: number;
    readonly sigma: number;
    readonly alpha: number;
    readonly r: number;
    readonly scheme?: "gauss" | "zeroB" | "zeroA";
  },
): { mean: number; sd: number } {
  checkInteger("compute the law of the escape time", "r", r, 1);
  const power = alpha * alpha * (scheme === "gauss" ? 1 : 0.5);
  const typical = escapeTime({ s, sigma, power });
  const rate = 2 * s * sigma;
  return {
    mean: typical - (digamma(r / 2) + Math.log(2)) / rate,
    sd: Math.sqrt(trigamma(r / 2)) / rate,
  };
}

/**
 * The linearised flow `Z₁(t) = e^{S₁t} Z₁(0)` of adapter 1, which the flow follows while `‖Z‖² ≪ σ`.
 *
 * Source: ours, gradient-flow-mf T3.
 */
export function linearStack(modes: GrowthModes, { b1, a1 }: Adapters, t: number): Matrix {
  const z = stackOf(b1, a1), r = b1.columns, h = b1.rows, start = z.data.slice();
  modes.modes1.forEach(([p, v], j) => {
    for (const sign of [1, -1]) {
      const gain = Math.expm1(sign * modes.rates1[j] * t);
      const entry = (i: number) => (i < h ? p[i] : sign * v[i - h]) / Math.SQRT2;
      for (let k = 0; k < r; k++) {
        let along = 0;
        for (let i = 0; i < z.rows; i++) along += entry(i) * start[i * r + k];
        for (let i = 0; i < z.rows; i++) z.data[i * r + k] += gain * along * entry(i);
      }
    }
  });
  return z;
}

/**
 * Misalignment `1 − cos(γ₁, u₁(Z₁(t)))` of the alignment phase, for `λ₁t` not small.
 *
 * Law: `½ Σ_{ℓ≠1} e^{−2(λ₁−ℓ)t} (z₁·z_ℓ)²/‖z₁‖⁴` over all eigenpairs of the generator; it does not
 * depend on α.
 * Source: ours, gradient-flow-mf T3.
 *
 * @param problem The problem.
 * @param start The adapters at `t = 0`.
 * @param t Time.
 */
export function alignmentLaw(problem: Problem, start: Adapters, t: number): number {
  const modes = growthModes(problem), [p, v] = modes.modes1[0], h = start.b1.rows;
  const z1 = modalVector(start.b1, start.a1, [p, v]), norm = Math.sqrt(dot(z1, z1));
  const z = linearStack(modes, start, t), r = z.columns, w = new Float64Array(z.rows);
  for (let i = 0; i < z.rows; i++) {
    for (let k = 0; k < r; k++) w[i] += z.data[i * r + k] * z1[k] / norm;
  }
  const along = Math.exp(modes.rates1[0] * t) * norm;
  let rest = 0;
  for (let i = 0; i < w.length; i++) {
    rest += (w[i] - along * (i < h ? p[i] : v[i - h]) / Math.SQRT2) ** 2;
  }
  return 0.5 * rest / (along * along);
}

/** Parameters of a single aligned mode. */
export interface AlignedMode {
  /** Singular value of `W₂`, `> 0`. */
  readonly s: number;
  /** Singular value of the target, `> 0`. */
  readonly sigma: number;
  /** Product of the factors at the start, `x₀ = α²` for the spectral start. */
  readonly x0: number;
}

/**
 * Error `e(t)` of an aligned balanced mode: exact, a logistic curve; the loss is `½e²`.
 *
 * Law: `e = σ / (1 + sx₀/(σ − sx₀) e^{2sσt})`. Every precision is reached: the spectral start has no
 * plateau (the paper's P3; this form of it is ours).
 * Source: ours, gradient-flow-mf T5.
 *
 * @example
 * ```ts
 * import { alignedError } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(alignedError({ s: 0.8, sigma: 1.3, x0: 1e-6 }, 8), 0.1143291709573, 1e-12);
 * ```
 */
export function alignedError({ s, sigma, x0 }: AlignedMode, t: number): number {
  return sigma / (1 + s * x0 / (sigma - s * x0) * Math.exp(2 * s * sigma * t));
}

/**
 * Time at which an aligned balanced mode has the loss `L = ε`.
 *
 * Source: ours, gradient-flow-mf T5.
 *
 * @throws {RangeError} If `epsilon` is not a finite number > 0.
 */
export function timeToLoss({ s, sigma, x0 }: AlignedMode, epsilon: number): number {
  checkPositive("compute the time to a loss", "epsilon", epsilon);
  const ratio = (sigma / Math.sqrt(2 * epsilon) - 1) * (sigma - s * x0) / (s * x0);
  return Math.log(ratio) / (2 * s * sigma);
}

/**
 * Time that an aligned mode with imbalance `δ = b² − a²` needs from `x₀` to `x`.
 *
 * Law: `s²t = F(x) − F(x₀)`, `F(y) = log[(δ² + 4qy + R√(δ² + 4y²))/(q − y)]/R`, `q = σ/s`,
 * `R = √(δ² + 4q²)`, from `ẋ = s²(q − x)√(δ² + 4x²)`.
 * Source: ours, gradient-flow-mf T5, imbalanced version.
 */
export function imbalancedTime(
  { s, sigma, x0 }: AlignedMode,
  delta: number,
  x: number,
): number {
  const q = sigma / s, R = Math.sqrt(delta * delta + 4 * q * q);
  const F = (y: number) =>
    Math.log((delta * delta + 4 * q * y + R * Math.sqrt(delta * delta + 4 * y * y)) / (q - y)) / R;
  return (F(x) - F(x0)) / (s * s);
}

/** The `x` that {@linkcode imbalancedTime} reaches at time `t`. */
export function imbalancedProduct(mode: AlignedMode, delta: number, t: number): number {
  const q = mode.sigma / mode.s;
  return findRoot((x) => imbalancedTime(mode, delta, x) - t, mode.x0, q * (1 - 1e-15));
}

/**
 * Half-times of all modes of a factorisation, one after the other, with no free parameter.
 *
 * Law: `T^{(j)} = log(2σ_j/‖Πz_j‖²)/(2σ_j)`, where Π projects out the directions `ζ_i` in `ℝ^r` that
 * earlier modes occupy: a learnt mode quenches what others hold along its own direction.
 * Assumes: problem MF, `r ≥ k`, singular values well apart, small start.
 * Source: ours, gradient-flow-mf T7.
 *
 * @param problem Problem MF.
 * @param start Its adapters.
 * @returns Half-times and the occupied directions `ζ_j`.
 */
export function modeHalfTimes(
  problem: Problem,
  start: Adapters,
): { times: number[]; directions: Float64Array[] } {
  const { rates1, modes1 } = growthModes(problem);
  const times: number[] = [], directions: Float64Array[] = [];
  modes1.slice(0, start.b1.columns).forEach((mode, j) => {
    const z = modalVector(start.b1, start.a1, mode);
    for (const zeta of directions) {
      const along = dot(z, zeta);
      for (let k = 0; k < z.length; k++) z[k] -= along * zeta[k];
    }
    const power = dot(z, z);
    times.push(escapeTime({ s: 1, sigma: rates1[j], power }));
    directions.push(z.map((x) => x / Math.sqrt(power)));
  });
  return { times, directions };
}
