/**
 * T8d: large frozen factors at a fixed size `κ = α²m` of the start's noise, where the plateau erodes before
 * it is reached.
 *
 * @module
 */
import {
  checkFinite,
  checkInteger,
  checkKeys,
  checkNonNegative,
  checkPositive,
} from "../../../../check.ts";
import { findRoot } from "../../../../ode/mod.ts";

/** Parameters of the law of large dimension. */
export interface LargeDimensionOptions {
  /** `κ_B = α²m`, kept fixed as `m → ∞`. */
  readonly kappaB: number;
  /** `κ_A = α²n`; `κ_B` by default. */
  readonly kappaA?: number;
  /** Rank of the adapter. */
  readonly r: number;
  /** Singular value of the target, 1 by default. */
  readonly sigma?: number;
  /** Singular value of `W₂ = sQ`, 1 by default. */
  readonly s?: number;
}

/** The law of large dimension. */
export interface LargeDimension {
  /** `L(0)`. */
  readonly initialLoss: number;
  /** Size of the noise columns: `B_⊥ᵀB_⊥ → c_B I`, `A_⊥A_⊥ᵀ → c_A I`. */
  noise(t: number): { readonly cB: number; readonly cA: number };
  /** Loss after the escape. */
  lateLoss(t: number): number;
  /**
   * Half-time of a start.
   *
   * @param b What `B(0)` holds of the target's left direction, `B(0)ᵀp`, length `r`.
   * @param a What `A(0)` holds of its right direction, `A(0)v`.
   */
  halfTime(b: ArrayLike<number>, a: ArrayLike<number>): number;
}

/**
 * Law of the all-random start where `W₂ = sQ` and the target has rank one, as `m, n → ∞` at fixed
 * `κ_B = α²m`, `κ_A = α²n`.
 *
 * Law: the noise columns are orthogonal and of equal size, `ċ_A = ċ_B = −2s²c_A c_B`: at `κ_A = κ_B` it is
 * `c = κ/(1 + 2s²κt)`, else `c_A = D/((κ_B/κ_A)e^{2s²Dt} − 1)`, `c_B = c_A + D`, `D = κ_B − κ_A`. So
 * `L(0) = ½(σ² + rs²κ_Aκ_B)` and late `L = ½(r − 1)s²c_A c_B`. They damp the signal, `β̇ = sσa − s²c_Aβ`,
 * `ȧ = sσβ − s²c_B a`, which has constant coefficients but for its trace; `T_{1/2}` is when `β·a = σ/s` there.
 * At `κ_A = κ_B`: `sσT − ½log(1 + 2s²κT) = ½log(2σ/(s‖z₁‖²))`. The plateau of T8 needs `s²κt ≪ 1`.
 * Scale: flow time. Corrections: `O(1/√m)`.
 * Source: ours, T8d.
 *
 * @throws {RangeError} If a parameter is not > 0, or `r` no integer ≥ 1.
 * @throws {TypeError} If an option is unknown.
 *
 * @example The plateau `½(r − 1)κ²` is lost to the noise's own decay.
 * ```ts
 * import { largeDimension } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { lateLoss, initialLoss } = largeDimension({ kappaB: 0.3, r: 4 });
 * assertAlmostEquals(initialLoss, 0.68, 1e-12);
 * assertAlmostEquals(lateLoss(40), 0.5 * 3 * (0.3 / 25) ** 2, 1e-15);
 * ```
 */
export function largeDimension(options: LargeDimensionOptions): LargeDimension {
  const what = "apply the law of large dimension";
  checkKeys(what, options, ["kappaB", "kappaA", "r", "sigma", "s"]);
  const { kappaB, kappaA = kappaB, r, sigma = 1, s = 1 } = options;
  checkPositive(what, "kappaB", kappaB);
  checkPositive(what, "kappaA", kappaA);
  checkInteger(what, "r", r, 1);
  checkPositive(what, "sigma", sigma);
  checkPositive(what, "s", s);
  const D = kappaB - kappaA, rate = 2 * s * s;
  /** `log(1 + 2s²κ ∫₀ᵗ e^{xτ}dτ)`, for any `xt`: by how much a noise has fallen. */
  const fallen = (kappa: number, x: number, t: number) => {
    if (x * t > 30) {
      return x * t + Math.log(rate * kappa / x + (1 - rate * kappa / x) * Math.exp(-x * t));
    }
    return Math.log1p(rate * kappa * (x === 0 ? t : Math.expm1(x * t) / x));
  };
  const fallenB = (t: number) => fallen(kappaA, -rate * D, t);
  const fallenA = (t: number) => fallen(kappaB, rate * D, t);
  const noise = (t: number) => {
    checkNonNegative(what, "t", t);
    return { cB: kappaB * Math.exp(-fallenB(t)), cA: kappaA * Math.exp(-fallenA(t)) };
  };
  // z = (β + a)/√2 and z̄ = (β − a)/√2 obey ż = gz + fz̄, z̄˙ = fz − gz̄ beside the trace.
  const g = s * sigma, f = 0.5 * s * s * D, root = Math.hypot(g, f);
  return {
    initialLoss: 0.5 * (sigma * sigma + r * s * s * kappaA * kappaB),
    noise,
    lateLoss(t) {
      const { cB, cA } = noise(t);
      return 0.5 * (r - 1) * s * s * cA * cB;
    },
    halfTime(b, a) {
      let power = 0, across = 0, other = 0;
      if (b.length !== r || a.length !== r) {
        throw new TypeError(
          `Cannot ${what} as b and a must have r = ${r} entries: they have ${b.length} and ${a.length}`,
        );
      }
      for (let i = 0; i < r; i++) {
        checkFinite(what, `b[${i}]`, b[i]);
        checkFinite(what, `a[${i}]`, a[i]);
        const z = (b[i] + a[i]) / Math.SQRT2, bar = (b[i] - a[i]) / Math.SQRT2;
        power += z * z;
        across += z * bar;
        other += bar * bar;
      }
      // log(β·a) of the linear flow over σ/s; at large t e^{2·root·t} is taken out of the bracket.
      const excess = (t: number) => {
        const e = Math.exp(-2 * root * t);
        const c = 0.5 * (1 + e), d = 0.5 * (1 - e) / root; // cosh and sinh/root over e^{root·t}
        const plus = (c + g * d) ** 2 - (f * d) ** 2, minus = (c - g * d) ** 2 - (f * d) ** 2;
        const product = 0.5 * (plus * power + 4 * f * g * d * d * across - minus * other);
        const damped = 2 * root * t - 0.5 * (fallenA(t) + fallenB(t));
        return product > 0 ? Math.log(product) + damped - Math.log(sigma / s) : -1e3;
      };
      checkPositive(what, "‖z₁‖²", power);
      if (!(excess(0) < 0)) {
        throw new RangeError(
          `Cannot ${what} as the start must not have learnt half of the target yet: β·a is ` +
            `${0.5 * (power - other)}`,
        );
      }
      let high = 1 / root;
      while (excess(high) < 0) high *= 2;
      return findRoot(excess, 0, high);
    },
  };
}
