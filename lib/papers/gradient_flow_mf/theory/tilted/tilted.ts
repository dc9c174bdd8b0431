/**
 * T9: what happens where Assumption 2.2 fails, in problem S: the target's left direction is no singular
 * direction of the frozen factor, and every small start ends up on one curve.
 *
 * @module
 */
import { checkFinite, checkKeys, checkPositive } from "../../../../check.ts";
import { dot, matrix, multiplyTN, svd, symmetricEigen } from "../../../../linalg/mod.ts";
import { findRoot, solveOde } from "../../../../ode/mod.ts";
import type { Problem } from "../../model.ts";
import { checkProblem } from "../../shapes.ts";
import { checkSingle, targetSides } from "../excess/excess.ts";

/** Singular values that are closer than this, relative to the largest, are equal; below it they are 0. */
const EQUAL = 1e-10;
/** Coordinates below it are rounding. */
const NOTHING = 1e-14;
/** Size of the error, relative to σ, from which on its equation is linear to rounding. */
const LINEAR = 1e-11;
/** Size of `a` at which the curve is entered, relative to the scale at which it bends. */
const ENTRY = 1e-9;

/** A rank-one target seen from the frozen factor. */
export interface TiltedTarget {
  /** Singular values `s_i ≥ 0` of `W₂`; they may repeat. */
  readonly s: readonly number[];
  /** Coordinates of the target's left direction in the left singular basis, one per value, `|u| = 1`. */
  readonly u: readonly number[];
  /** Singular value of the target, 1 by default. */
  readonly sigma?: number;
}

/**
 * What the universal curve of a problem needs: singular values of `W₂` and coordinates of the target.
 *
 * @param problem Problem S with a target of rank one.
 * @throws {RangeError} If the target has another rank, or there are two adapters.
 *
 * @example
 * ```ts
 * import { aligned, tiltedTarget } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { s, u, sigma } = tiltedTarget(aligned({ s2: [2, 0.5], target: [0, 3] }));
 * assertAlmostEquals(sigma!, 3, 1e-12);
 * assertAlmostEquals(u[s.findIndex((x) => Math.abs(x - 0.5) < 1e-12)] ** 2, 1, 1e-12);
 * ```
 */
export function tiltedTarget(problem: Problem): TiltedTarget {
  const what = "see the target from the frozen factor";
  checkProblem(what, problem);
  checkSingle(what, problem);
  const { u: left, values } = targetSides(problem), { u, values: s } = svd(problem.w2);
  if (values.length !== 1) {
    throw new RangeError(
      `Cannot ${what} as the target must have rank one: its rank is ${values.length}`,
    );
  }
  const inside = multiplyTN(u, left).data, rest = Math.sqrt(Math.max(0, 1 - dot(inside, inside)));
  // What W₂ has no left vector for, at m > h, it does not reach either.
  const outside = rest > 1e-7 ? [rest] : [];
  return { s: [...s, ...outside.map(() => 0)], u: [...inside, ...outside], sigma: values[0] };
}

/** The curve on which every small start ends up, but for a shift of time. */
export interface UniversalCurve {
  /** Growth rate `λ = σ‖W₂ᵀu‖` of the escape. */
  readonly rate: number;
  /** Limit of `a²`: `σ‖W₂⁺u‖`. */
  readonly aSquared: number;
  /** Slowest rate of the error that `u` excites: `L − irreducible ~ e^{−2μt}`. */
  readonly mu: number;
  /** Loss of the best fit along the growing direction `p ∝ W₂ᵀu`. */
  readonly bestAligned: number;
  /** Loss that no adapter of this layer removes: `½σ²‖P^⊥_{range W₂}u‖²`. */
  readonly irreducible: number;
  /** Loss at any time; `a ~ e^{λt}` as `t → −∞`. */
  loss(t: number): number;
  /**
   * Time at which the loss falls below `epsilon`.
   *
   * @throws {RangeError} If it never does (`epsilon ≤ irreducible`) or always is (`epsilon ≥ ½σ²`).
   */
  timeBelow(epsilon: number): number;
  /** Time at which `L = σ²/8`; where the target is aligned `u·ε = σ/2` is the same. */
  readonly halfTime: number;
  /** Shift `τ` of a start with modal norm `‖z₁‖`: `L(t) = loss(t + τ) + o(1)`. */
  shift(norm: number): number;
}

/** One distinct singular value with the part of the target on it. */
interface Group {
  s: number;
  u: number;
}

/** Equal values merged, rounding taken for 0. */
function groupsOf(s: readonly number[], u: readonly number[]): Group[] {
  const top = Math.max(...s), out: Group[] = [];
  s.forEach((value, i) => {
    const here = value > EQUAL * top ? value : 0;
    const same = out.find((group) => Math.abs(group.s - here) <= EQUAL * top);
    if (same) same.u = Math.hypot(same.u, u[i]);
    else out.push({ s: here, u: Math.abs(u[i]) });
  });
  return out.filter((group) => group.u > NOTHING);
}

function checkTarget(what: string, target: TiltedTarget): void {
  checkKeys(what, target, ["s", "u", "sigma"], "the target");
  const { s, u, sigma = 1 } = target;
  if (!(s?.length > 0) || s.length !== u?.length) {
    throw new TypeError(
      `Cannot ${what} as s and u must have the same length >= 1: current lengths are ` +
        `${s?.length} and ${u?.length}`,
    );
  }
  s.forEach((x, i) => {
    if (x >= 0 && x < Infinity) return;
    throw new RangeError(
      `Cannot ${what} as s[${i}] must be a finite number >= 0: current value is ${x}`,
    );
  });
  u.forEach((x, i) => checkFinite(what, `u[${i}]`, x));
  checkPositive(what, "sigma", sigma);
  const length = Math.hypot(...u);
  if (Math.abs(length - 1) > 1e-9) {
    throw new RangeError(`Cannot ${what} as u must be a unit vector: its length is ${length}`);
  }
}

/** Rates and modes of the error near its end: `ε̇ = −Jε`. */
function linearised(groups: readonly Group[], sigma: number, aSquared: number) {
  const k = groups.length, J = matrix(k, k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      J.data[i * k + j] = sigma ** 2 / aSquared * groups[i].u * groups[j].u +
        (i === j ? aSquared * groups[i].s ** 2 : 0);
    }
  }
  return symmetricEigen(J);
}

/**
 * Loss curve of problem S with `Δ = σuvᵀ` from an infinitely small start, for any `u`.
 *
 * Law: on the unstable manifold `ḃ = aW₂ᵀε`, `ȧ = bᵀW₂ᵀε`, `ε = σu − aW₂b`, with
 * `(a, b) ~ e^{λt}(1, p)` as `t → −∞`. It depends on σ and on the pairs of distinct `s_i` and what of `u`
 * lies on each. At the end `ε̇ = −Jε`, `J = a⋆²W₂W₂ᵀ + (σ²/a⋆²)uuᵀ`. The error is a state of its own, so
 * that it has no rounding floor, and the linear end continues it to any time.
 * Assumes: the limit of small α; a start only shifts it, so that neither a smaller nor a
 * gradient-spectral one shortens the transient.
 * Scale: gradient-flow time.
 * Cost: the number of distinct singular values, whatever `m`, `h`, `n`.
 * Source: ours, T9; the paper excludes it by Assumption 2.2.
 *
 * @param target Values, coordinates and σ; see {@linkcode tiltedTarget}.
 * @throws {RangeError} If `u` is no unit vector, a value is negative, or `W₂ᵀu = 0`.
 * @throws {TypeError} If `s` and `u` differ in length, or a key is unknown.
 *
 * @example
 * ```ts
 * import { universalCurve } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const u = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
 * const curve = universalCurve({ s: [1, 0.3], u });
 * assertAlmostEquals(curve.mu, 0.275596005, 1e-9);
 * assertAlmostEquals(curve.timeBelow(1e-6), 27.240766, 1e-6);
 * ```
 */
export function universalCurve(target: TiltedTarget): UniversalCurve {
  const what = "compute the universal curve";
  checkTarget(what, target);
  const { sigma = 1 } = target, all = groupsOf(target.s, target.u);
  const groups = all.filter(({ s }) => s > 0), n = groups.length;
  if (n === 0) {
    throw new RangeError(
      `Cannot ${what} as W₂ᵀu must not be zero: nothing of the target is in the range of W₂`,
    );
  }
  const norm = Math.hypot(...groups.map(({ s, u }) => s * u)), rate = sigma * norm;
  const aSquared = sigma * Math.hypot(...groups.map(({ s, u }) => u / s));
  const { values, vectors } = linearised(groups, sigma, aSquared), mu = values[n - 1];
  const irreducible = 0.5 * sigma ** 2 *
    all.reduce((sum, { s, u }) => s > 0 ? sum : sum + u * u, 0);

  const entry = ENTRY * Math.sqrt(sigma / norm), t0 = Math.log(entry) / rate;
  const end = t0 + 100 / rate + 1e7 / mu;
  const p = groups.map(({ s, u }) => s * u / norm);
  const start = [
    ...[entry, ...p.map((x) => entry * x)],
    ...groups.map(({ s, u }, i) => sigma * u - s * entry * entry * p[i]),
  ];
  const squares = (y: ArrayLike<number>) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += y[1 + n + i] ** 2;
    return sum;
  };
  const small = (LINEAR * sigma) ** 2;
  const atol = Float64Array.from(
    start,
    (_, i) => i <= n ? 1e-12 * entry : 1e-12 * LINEAR * sigma,
  );
  const solution = solveOde(
    (_t, y, dy) => {
      const a = y[0];
      let da = 0;
      for (let i = 0; i < n; i++) da += y[1 + i] * groups[i].s * y[1 + n + i];
      dy[0] = da;
      for (let i = 0; i < n; i++) {
        const { s } = groups[i], db = a * s * y[1 + n + i];
        dy[1 + i] = db;
        dy[1 + n + i] = -s * (da * y[1 + i] + a * db);
      }
    },
    t0,
    end,
    start,
    {
      ...{ rtol: 1e-12, atol, dense: true },
      // The fast modes limit an explicit method once the slow ones are all that is left.
      method: values[0] > 1e4 * mu ? "radau5" : "dop853",
      events: [{ name: "linear", g: (_t, y) => squares(y) - small, direction: -1, terminal: true }],
    },
  );
  const [hit] = solution.events;
  if (hit === undefined) throw new Error(`Cannot ${what}: ${solution.status} at t = ${solution.t}`);
  const modes = Array.from({ length: n }, (_, j) => {
    let along = 0;
    for (let i = 0; i < n; i++) along += vectors.data[i * n + j] * hit.y[1 + n + i];
    return { rate: values[j], power: along * along };
  });
  const loss = (t: number) => {
    checkFinite(what, "t", t);
    let sum = 0;
    if (t <= t0) {
      sum = squares(start); // what was learnt before is below rounding
    } else if (t < hit.t) {
      sum = squares(solution.at(t));
    } else {
      for (const mode of modes) sum += mode.power * Math.exp(-2 * mode.rate * (t - hit.t));
    }
    return irreducible + 0.5 * sum;
  };
  const timeBelow = (epsilon: number) => {
    checkPositive(what, "epsilon", epsilon);
    if (!(epsilon > irreducible && epsilon < 0.5 * sigma ** 2)) {
      throw new RangeError(
        `Cannot ${what} as epsilon must lie between the irreducible loss ${irreducible} and the loss ` +
          `${0.5 * sigma ** 2} of the start: current value is ${epsilon}`,
      );
    }
    let low = t0, high = hit.t;
    while (loss(low) < epsilon) low -= 10 / rate;
    while (loss(high) > epsilon) high += 10 / mu;
    return findRoot((t) => Math.log((loss(t) - irreducible) / (epsilon - irreducible)), low, high);
  };
  const first = norm ** 2, second = groups.reduce((sum, { s, u }) => sum + (s * s * u) ** 2, 0);
  return {
    ...{ rate, aSquared, mu, irreducible, loss, timeBelow },
    bestAligned: 0.5 * sigma ** 2 * (1 - first ** 2 / second),
    get halfTime() {
      return timeBelow(sigma ** 2 / 8);
    },
    shift(modal) {
      checkPositive(what, "the modal norm", modal);
      return Math.log(modal / Math.SQRT2) / rate;
    },
  };
}
