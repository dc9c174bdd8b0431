/**
 * A target whose left direction is no singular direction of the frozen factor: the universal curve.
 *
 * @module
 */
import { checkFinite, checkPositive } from "../../../check.ts";
import { matrix, symmetricEigen } from "../../../linalg/mod.ts";
import { findRoot, solveOde } from "../../../ode/mod.ts";

/** Singular values `s_i ≥ 0` of `W₂` and the coordinates `u_i` of the target's left direction. */
export interface MisalignedTarget {
  /** Distinct singular values. */
  readonly s: readonly number[];
  /** Coordinates of the unit vector `u` in the left singular basis, one per value. */
  readonly u: readonly number[];
  /** Singular value of the target. */
  readonly sigma?: number;
}

/** The curve on which every small start ends up, up to a shift of time. */
export interface UniversalCurve {
  /** Growth rate `λ = σ‖W₂ᵀu‖` of the escape. */
  readonly rate: number;
  /** Limit of `a²`: `σ‖W₂⁺u‖`. */
  readonly aSquared: number;
  /** Slowest rate of the error that `u` excites: `L ~ e^{−2μt}`. */
  readonly mu: number;
  /** Loss of the best rank-one fit along the growing direction `p`. */
  readonly alignedResidual: number;
  /** Loss that no adapter on this layer can remove: `½σ²‖P_range^⊥ u‖²`. */
  readonly irreducible: number;
  /** Loss at time `t`, where `a ~ e^{λt}` as `t → −∞`. */
  loss(t: number): number;
  /** First time at which the loss is below `epsilon`. */
  timeBelow(epsilon: number): number;
  /** Time at which `L = σ²/8`; only when aligned is `u·ε = σ/2` the same. */
  readonly halfTime: number;
  /** Shift `τ` of a start with modal norm `‖z₁‖`: `L(t) = loss(t + τ) + o(1)`. */
  shift(norm: number): number;
}

/**
 * Loss curve of problem S with `Δ = σuvᵀ`, when `u` is misaligned with the singular spaces of `W₂`.
 *
 * Law: on the unstable manifold `ḃ = aW₂ᵀ(σu − aW₂b)`, `ȧ = bᵀW₂ᵀ(σu − aW₂b)`, `(a, b) ~ e^{λt}(1, p)`;
 * it depends only on σ and the pairs `(s_i, u_i)`. A smaller or a gradient-spectral start only shifts
 * it: neither shortens the transient.
 * Cost: the number of distinct singular values, whatever `m`, `h`, `n`.
 * Scale: gradient-flow time.
 * Source: ours, gradient-flow-mf T9.
 *
 * @param target Values and coordinates, `|u| = 1`.
 * @param horizon How far the curve is computed after the escape.
 * @throws {RangeError} If `u` is no unit vector or a value is negative.
 * @throws {TypeError} If `s` and `u` differ in length.
 *
 * @example
 * ```ts
 * import { universalCurve } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const phi = Math.PI / 6;
 * const curve = universalCurve({ s: [1, 0.3], u: [Math.cos(phi), Math.sin(phi)] });
 * assertAlmostEquals(curve.mu, 0.275596005, 1e-9);
 * assertAlmostEquals(curve.timeBelow(1e-6), 27.240766, 1e-5);
 * ```
 */
export function universalCurve(
  { s, u, sigma = 1 }: MisalignedTarget,
  horizon = 400,
): UniversalCurve {
  const what = "compute the universal curve";
  if (s.length === 0 || s.length !== u.length) {
    throw new TypeError(
      `Cannot ${what} as s and u must have the same length >= 1: current lengths are ` +
        `${s.length} and ${u.length}`,
    );
  }
  s.forEach((x, i) => {
    if (!(x >= 0 && x < Infinity)) {
      throw new RangeError(
        `Cannot ${what} as s[${i}] must be a finite number >= 0: current value is ${x}`,
      );
    }
  });
  u.forEach((x, i) => checkFinite(what, `u[${i}]`, x));
  checkPositive(what, "sigma", sigma);
  checkPositive(what, "horizon", horizon);
  const length = Math.hypot(...u);
  if (Math.abs(length - 1) > 1e-9) {
    throw new RangeError(`Cannot ${what} as u must be a unit vector: its length is ${length}`);
  }
  const w = s.map((x, i) => x * u[i]), norm = Math.hypot(...w);
  checkPositive(what, "the norm of W₂ᵀu", norm);
  const rate = sigma * norm, n = s.length;
  // (a, b): from where cubic terms are below rounding.
  const t0 = -Math.log(1e9) / rate;
  const start = [1e-9, ...w.map((x) => 1e-9 * x / norm)];
  const solution = solveOde(
    (_t, y, dy) => {
      const a = y[0];
      let da = 0;
      for (let i = 0; i < n; i++) {
        const error = sigma * u[i] - a * s[i] * y[1 + i];
        dy[1 + i] = a * s[i] * error;
        da += y[1 + i] * s[i] * error;
      }
      dy[0] = da;
    },
    t0,
    horizon,
    start,
    { rtol: 1e-12, atol: 1e-21, dense: true },
  );
  if (solution.status !== "done") throw new Error(`Cannot ${what}: ${solution.status}`);
  const loss = (t: number) => {
    if (t <= t0) return 0.5 * sigma ** 2;
    const y = solution.at(Math.min(t, horizon));
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (sigma * u[i] - y[0] * s[i] * y[1 + i]) ** 2;
    return 0.5 * sum;
  };
  const inside = s.map((x, i) => ({ s: x, u: u[i] })).filter(({ s, u }) => s > 0 && u !== 0);
  const aSquared = sigma * Math.hypot(...inside.map(({ s, u }) => u / s));
  const k = inside.length, J = matrix(k, k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      J.data[i * k + j] = sigma ** 2 / aSquared * inside[i].u * inside[j].u +
        (i === j ? aSquared * inside[i].s ** 2 : 0);
    }
  }
  const first = w.reduce((sum, x) => sum + x * x, 0);
  const second = w.reduce((sum, x, i) => sum + (s[i] * x) ** 2, 0);
  const irreducible = 0.5 * sigma ** 2 *
    u.reduce((sum, x, i) => sum + (s[i] === 0 ? x * x : 0), 0);
  return {
    rate,
    aSquared,
    mu: Math.min(...symmetricEigen(J).values),
    alignedResidual: 0.5 * sigma ** 2 * (1 - first ** 2 / second),
    irreducible,
    loss,
    timeBelow(epsilon) {
      checkPositive(what, "epsilon", epsilon);
      if (!(loss(horizon) < epsilon)) return Infinity;
      return findRoot((t) => Math.log(loss(t) / epsilon), t0, horizon);
    },
    get halfTime() {
      return findRoot((t) => Math.log(8 * loss(t) / sigma ** 2), t0, horizon);
    },
    shift: (modal) => Math.log(modal / Math.SQRT2) / rate,
  };
}
