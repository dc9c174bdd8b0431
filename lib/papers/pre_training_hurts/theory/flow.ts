/**
 * Summary-statistics flow of the adapter (ballistic limit).
 *
 * @module
 */
import { checkFinite, checkInside, checkKeys, checkPositive, show } from "../../../check.ts";
import { type ActivationLike, type PairMoments, pairMoments } from "../../../gaussian/mod.ts";
import { type OdeOptions, type OdeSolution, type Rhs, solveOde } from "../../../ode/mod.ts";
import { arrival } from "./_arrival.ts";
import { stepScale } from "../step_scale.ts";

/** A flow of the summary statistics `(u, a)`, with `h` for a free adapter. */
export interface FlowProblem {
  /** Student activation σ, or what makes one: a name, an expression, a function. */
  readonly student: ActivationLike;
  /** Teacher activation σ⋆; the student's when not given. */
  readonly teacher?: ActivationLike;
  /** Frozen weight in the frame `e₁ = ω⋆, e₂, …`: `[μ]` when aligned. */
  readonly frozen: readonly number[];
  /** Scalar factor `u₀`; 1e-6 when not given. */
  readonly u0?: number;
  /** Coordinates of ω in the frame at the start, `[m₀]` when aligned. */
  readonly a0: readonly number[];
  /** `ζ = η_ω/η_u`; 1 when not given. */
  readonly ratio?: number;
  /** ω on the sphere (default) or free. */
  readonly sphere?: boolean;
}

/** What is read off a state of the flow. */
export interface FlowPoint {
  /** Gradient-flow time, steps × step size. */
  readonly t: number;
  /** Scalar factor. */
  readonly u: number;
  /** Overlap `ω·ω⋆`. */
  readonly m: number;
  /** Overlap with the second frame direction; 0 when aligned. */
  readonly n: number;
  /** `s = w·ω⋆`. */
  readonly s: number;
  /** Population loss `½ E(ŷ − y)²`. */
  readonly loss: number;
  /** `1 − |m|`, without the cancellation near 1 (sphere only; NaN for a free adapter). */
  readonly gap: number;
}

/**
 * Population loss `L(r, q) = ½ E(σ(λ) − σ⋆(λ⋆))²` at `|w|² = r`, `w·ω⋆ = q`.
 *
 * Assumes: inputs `N(0, I)`. Values below rounding are 0, never negative.
 * Source: ours (elementary)
 *
 * @param r Squared norm of the student weight.
 * @param q Its overlap with ω⋆.
 *
 * @example
 * ```ts
 * import { populationLoss } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation, pairMoments } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const moments = pairMoments(activation("x"), activation("x"));
 * assertAlmostEquals(populationLoss(moments, 0.25, 0.5), 0.5 ** 2 / 2, 1e-15);
 * ```
 */
export function populationLoss(moments: PairMoments, r: number, q: number): number {
  return Math.max(0, moments.self(r) / 2 - moments.cross(r, q) + moments.target / 2);
}

/**
 * Gradient flow of the summary statistics.
 *
 * With `c = 2L_r w₀ + L_q ω⋆`: `u' = −2L_r u − c·a`, `a' = −ζu(c − a(a·c))` on the sphere;
 * `u' = −2L_r u|ω|² − c·a`, `a' = −ζu(c + 2L_r u a)`, `h' = −2ζL_r u²h` for a free adapter. On the
 * sphere `h = √(1 − |a|²)` is integrated beside `a`, by `h' = ζuh(a·c)`: near the optimum `1 − |a|²`
 * has no digits left, and `|w|² = |w₀ + ua|² + u²h²` has all of them. `(a, h)` counts by its direction.
 *
 * Assumes: η → 0 and ηd/b → 0 (no SGD noise).
 * Scale: gradient-flow time, steps × step size; right-hand sides are divided by `N_k` for He_k.
 * Source: structure: abstract and code of nwemadji2026when; derivation: ours
 *
 * @example The linear flow learns.
 * ```ts
 * import { LoraFlow } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const flow = new LoraFlow({ student: activation("x"), frozen: [0.5], a0: [10 ** -1.5] });
 * const [point] = flow.path([20]);
 * assertAlmostEquals(point.m, 0.8823899428, 1e-8);
 * ```
 */
export class LoraFlow {
  /** Right-hand side for `solveOde`. */
  readonly rhs: Rhs;
  /** Initial state `[u, a₁ … a_p, h]`. */
  readonly y0: Float64Array;

  readonly #problem: FlowProblem;
  readonly #moments: PairMoments;
  readonly #scale: number;

  /**
   * A flow from its problem; nothing is integrated yet.
   *
   * @throws {RangeError} If a start is not finite or lies outside the unit ball.
   * @throws {TypeError} If `a0` and `frozen` are no lists of one length, or the problem has other keys.
   */
  constructor(problem: FlowProblem) {
    const what = "integrate the summary-statistics flow";
    const known = ["student", "teacher", "frozen", "u0", "a0", "ratio", "sphere"];
    checkKeys(what, problem, known, "the problem");
    for (const name of ["frozen", "a0"] as const) {
      if (Array.isArray(problem[name])) continue;
      throw new TypeError(
        `Cannot ${what} as ${name} must be a list of coordinates: current value is ${
          show(problem[name])
        }`,
      );
    }
    const { student, teacher = student, frozen, a0, u0 = 1e-6, ratio = 1, sphere = true } = problem;
    if (a0.length !== frozen.length || frozen.length === 0) {
      throw new TypeError(
        `Cannot ${what} as a0 and frozen must have the same length >= 1: ` +
          `current lengths are ${a0.length} and ${frozen.length}`,
      );
    }
    checkPositive(what, "ratio", ratio);
    checkFinite(what, "u0", u0);
    [...frozen, ...a0].forEach((x) => checkFinite(what, "frozen and a0", x));
    const square = a0.reduce((sum, x) => sum + x * x, 0);
    checkInside(what, "|a0|^2", square, -1, 1 + 1e-12);
    this.#problem = problem;
    this.#moments = pairMoments(student, teacher);
    this.#scale = stepScale(student);
    this.y0 = Float64Array.of(u0, ...a0, Math.sqrt(Math.max(0, 1 - square)));
    this.rhs = sphere ? this.#spherical(ratio) : this.#free(ratio);
  }

  /** Length of `(a, h)`: on the sphere a solver's errors leave it, and every use divides by it. */
  #length(y: Float64Array): number {
    if (this.#problem.sphere === false) return 1;
    let square = 0;
    for (let j = 1; j < y.length; j++) square += y[j] * y[j];
    return Math.sqrt(square);
  }

  /** `|w|²` and `w·ω⋆` at a state. */
  #norms(y: Float64Array, length: number): { r: number; q: number } {
    const { frozen } = this.#problem, p = frozen.length, u = y[0] / length;
    let r = (u * y[p + 1]) ** 2;
    for (let j = 0; j < p; j++) r += (frozen[j] + u * y[j + 1]) ** 2;
    return { r, q: frozen[0] + u * y[1] };
  }

  /** `2L_r` and `L_q`, divided by `N_k`. */
  #slopes(r: number, q: number): { radial: number; along: number } {
    const m = this.#moments, scale = this.#scale;
    return {
      radial: (m.selfDr(r) - 2 * m.crossDr(r, q)) / scale,
      along: -m.crossDq(r, q) / scale,
    };
  }

  #spherical(ratio: number): Rhs {
    const { frozen } = this.#problem, p = frozen.length;
    return (_t, y, dy) => {
      const length = this.#length(y), { r, q } = this.#norms(y, length);
      const { radial, along } = this.#slopes(r, q);
      let ca = along * y[1] / length;
      for (let j = 0; j < p; j++) ca += radial * frozen[j] * y[j + 1] / length;
      dy[0] = -radial * y[0] - ca;
      for (let j = 0; j < p; j++) {
        const c = radial * frozen[j] + (j === 0 ? along : 0);
        dy[j + 1] = -ratio * y[0] * (c - y[j + 1] / length * ca);
      }
      dy[p + 1] = ratio * y[0] * y[p + 1] / length * ca;
    };
  }

  #free(ratio: number): Rhs {
    const { frozen } = this.#problem, p = frozen.length;
    return (_t, y, dy) => {
      let size = y[p + 1] ** 2;
      for (let j = 1; j <= p; j++) size += y[j] * y[j];
      const { r, q } = this.#norms(y, 1);
      const { radial, along } = this.#slopes(r, q);
      let ca = along * y[1];
      for (let j = 0; j < p; j++) ca += radial * frozen[j] * y[j + 1];
      dy[0] = -radial * y[0] * size - ca;
      for (let j = 0; j < p; j++) {
        const c = radial * frozen[j] + (j === 0 ? along : 0);
        dy[j + 1] = -ratio * y[0] * (c + radial * y[0] * y[j + 1]);
      }
      dy[p + 1] = -ratio * y[0] * y[0] * radial * y[p + 1];
    };
  }

  /** Reads a state. */
  point(t: number, y: Float64Array): FlowPoint {
    const { frozen, sphere = true } = this.#problem, p = frozen.length;
    const length = this.#length(y), { r, q } = this.#norms(y, length), m = y[1] / length;
    let across = (y[p + 1] / length) ** 2;
    for (let j = 2; j <= p; j++) across += (y[j] / length) ** 2;
    const gap = sphere ? across / (1 + Math.abs(m)) : NaN;
    const loss = populationLoss(this.#moments, r, q);
    return { t, u: y[0], m, n: p > 1 ? y[2] / length : 0, s: q, loss, gap };
  }

  /** Integrates to `t1`; tolerances default to rtol 1e-10, atol 1e-14. */
  solve(t1: number, options: OdeOptions = {}): OdeSolution {
    return solveOde(this.rhs, 0, t1, this.y0, {
      method: "dop853",
      rtol: 1e-10,
      atol: 1e-14,
      maxSteps: 1e6,
      ...options,
    });
  }

  /** Points of the flow at increasing times `> 0` (or from 0). */
  path(times: readonly number[], options: OdeOptions = {}): FlowPoint[] {
    const solution = this.solve(times[times.length - 1], { ...options, times });
    arrival(solution);
    return solution.states.map((y, i) => this.point(solution.times[i], y));
  }

  /** First time with `|m| ≥ radius`; `NaN` when that is not before `limit`. */
  exitTime(radius = 0.5, limit = 1e6, options: OdeOptions = {}): number {
    checkInside("compute an exit time", "radius", radius, 0, 1);
    return this.#firstTime((_t, y) => Math.abs(y[1]) - radius, limit, options);
  }

  /** First time at which the loss falls to `level`; `NaN` when that is not before `limit`. */
  timeToLoss(level: number, limit = 1e6, options: OdeOptions = {}): number {
    checkPositive("compute a time to a loss", "level", level);
    return this.#firstTime((t, y) => level - this.point(t, y).loss, limit, options);
  }

  #firstTime(
    g: (t: number, y: Float64Array) => number,
    limit: number,
    options: OdeOptions,
  ): number {
    if (g(0, this.y0) >= 0) return 0;
    const events = [{ name: "arrival", g, terminal: true }];
    const solution = this.solve(limit, { ...options, events });
    return arrival(solution);
  }
}
