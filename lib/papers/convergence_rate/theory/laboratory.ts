/**
 * The rate laboratory: any scalar slope, any exponent of the rule, any horizon. The run of a learning
 * rate rule as an ODE in the logarithm of the number of steps: `T = 10³⁰` costs what `T = 10³` does.
 *
 * @module
 */
import {
  checkKeys,
  checkNonNegative,
  checkPositive,
  checkSorted,
  checkWithin,
} from "../../../check.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { formula } from "../../../gaussian/mod.ts";
import { solveOde } from "../../../ode/mod.ts";
import { paperRate } from "../rules.ts";

/** What is tried. */
export interface LaboratoryOptions {
  /** `f′(x)`, negative where the loss falls: a function, or an expression in `x` such as `"tanh(x - 2)"`. */
  readonly slope: string | ((x: number) => number);
  /** `L`, a bound of `|f″|`. */
  readonly smoothness: number;
  /** `‖V₀‖²/2`, the first update `x₀ > 0`. */
  readonly x0: number;
  /** Exponent `q ≥ 0` of `η = 1/(cL(‖V‖^{2q} + |f′|))`; 1 is the paper's rule, 0 a constant step. */
  readonly power?: number;
  /** Numbers of steps at which to report, increasing, from 1 to 1e100. */
  readonly times: readonly number[];
}

/** The laboratory at one time. Squares underflow to 0 where their logarithms, beside them, do not. */
export interface LaboratoryRow extends Row {
  /** Steps. */
  t: number;
  /** Update. */
  x: number;
  /** `‖∇_V J‖²`. */
  gradient2: number;
  /** Its decimal logarithm. */
  logGradient2: number;
  /** `‖∇_W L‖²`. */
  full2: number;
  /** Local exponent `d log ‖∇_V J‖²/d log t`; `−2κt` where the run falls to a minimum at the rate κ. */
  exponent: number;
  /** `‖∇_W L‖²` of full gradient descent with step `1/L`. */
  descent2: number;
  /** Its decimal logarithm. */
  logDescent2: number;
}

/** Result of the laboratory. */
export interface Laboratory {
  /** `done`, or the reason why it stopped, with the point. */
  readonly status: string;
  /** Where the update has come to rest exponentially fast, if it has: a root of the slope. */
  readonly limit: number | null;
  /** One row per time that was reached. */
  readonly rows: LaboratoryRow[];
}

/** A scalar flow at one time: the point, or the last exponential piece of the way to a root. */
interface FlowState {
  readonly x: number;
  /** `log x` of a positive flow. */
  readonly logX: number;
  /** Distance from the root as a logarithm, and the rate κ, once the flow is linear. */
  readonly tail?: { readonly logDistance: number; readonly rate: number; readonly root: number };
}

/** Derivative by a central difference of this step. */
function derivative(f: (x: number) => number, x: number, step: number): number {
  return (f(x + step) - f(x - step)) / (2 * step);
}

/** Distance from a root, relative to the size, from which on a flow is linear to seven digits. */
const NEAR = 1e-7;
/** Times of relaxation that make a fall exponential; an algebraic one has about one. */
const RELAXED = 12;

/** A flow `ẋ = velocity(x)`; a positive one also as `d log x/dt`, which needs no small `x`. */
interface Flow {
  readonly velocity: (x: number) => number;
  readonly relative?: (x: number) => number;
  readonly slope: (x: number) => number;
  /** Rate of the fall to a root. */
  readonly linearRate: (root: number) => number;
}

/**
 * A flow at the given times, against `log t`. Once it is linear around a root it is followed in closed form, so
 * that no time is too long.
 */
function relax(
  { velocity, relative, slope, linearRate }: Flow,
  x0: number,
  times: readonly number[],
): { status: string; states: FlowState[] } {
  const point = (y: Float64Array) => relative ? Math.exp(y[0]) : y[0];
  const size = (x: number) => relative ? x : Math.max(Math.abs(x), Math.abs(x0));
  const linear = (s: number, y: Float64Array): number => {
    const x = point(y), unit = size(x);
    if (!(unit > 1e-280)) return -1;
    const rate = -derivative(velocity, x, 1e-5 * unit), v = Math.abs(velocity(x));
    if (!(rate > 0 && v < NEAR * rate * unit && rate * Math.exp(s) > RELAXED)) return -1;
    // Where the curvature vanishes, a difference sees its own step.
    return Math.abs(derivative(velocity, x, 1e-6 * unit) / -rate - 1) < 0.01 ? 1 : -1;
  };
  const solution = solveOde(
    (s, y, out) => {
      const x = point(y);
      out[0] = Math.exp(s) * (relative ? relative(x) : velocity(x));
    },
    Math.log(1e-6),
    Math.log(times.at(-1)!),
    [relative ? Math.log(x0) : x0],
    {
      // Slow falls to 0 keep their relative accuracy.
      ...{ rtol: 1e-10, atol: relative ? 1e-10 : 1e-200, times: times.map(Math.log) },
      maxSteps: 20_000,
      events: [{ name: "linear", g: linear, terminal: true, direction: 1 }],
    },
  );
  const { status, events } = solution;
  const states: FlowState[] = solution.states.map((y) => ({ x: point(y), logX: y[0] }));
  if (status === "done") return { status, states };
  if (status !== "event") {
    const x = point(solution.y), t = Math.exp(solution.t);
    const where = `x = ${x} after t = ${t.toPrecision(3)} steps, where f' = ${slope(x)}`;
    return {
      status: `stopped at ${where}: no number follows, or a pole or a jump that it does not leave`,
      states,
    };
  }
  const [{ t: s, y }] = events, x = point(y), start = Math.exp(s);
  // One Newton step from a point that is as near as this gives the root to all digits.
  const near = x + velocity(x) / linearRate(x), rate = linearRate(near);
  const distance = velocity(x) / rate, root = x + distance;
  for (const t of times.slice(states.length)) {
    const logDistance = Math.log(Math.abs(distance)) - rate * (t - start);
    const gap = Math.sign(distance) * Math.exp(logDistance);
    states.push({
      ...{ x: root - gap, logX: Math.log(root - gap) },
      tail: { logDistance, rate, root },
    });
  }
  return { status: "done", states };
}

/**
 * The balanced scalar run with rule `η = min{1/(cL(‖V‖^{2q} + |f′|)), 1}` in continuous time,
 * `ẋ = −2x f′(x) η`, and full gradient descent `ẇ = −f′(w)/L` beside it.
 *
 * The slope may be any function: falling for ever, with minima that are reached exponentially fast or
 * slowly, oscillating. Both are integrated against `log t`; near a minimum of positive curvature the rest of
 * the way is exponential and taken in closed form.
 *
 * Assumes: `L` bounds `|f″|`; a larger one only slows both runs.
 * Scale: `t` counts steps; steps are replaced by a flow, with relative error of the order of the change
 * of `x` per step.
 * Source: ours.
 *
 * @throws {RangeError} If an argument is out of range. A slope that is not finite ends the run with a
 * status that names the point.
 *
 * @example The exponent of a power law at `10³⁰` steps, and a slope with a minimum.
 * ```ts
 * import { laboratory, powerExponents } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const p = 1.5, slope = (x: number) => -((1 + x) ** -p);
 * const { rows } = laboratory({ slope, smoothness: p, x0: 0.25, times: [1e30] });
 * assertAlmostEquals(rows[0].exponent, powerExponents(p).gradient2, 1e-4);
 *
 * const { limit } = laboratory({ slope: "tanh(x - 2)", smoothness: 1, x0: 0.25, times: [1e30] });
 * assertAlmostEquals(limit!, 2, 1e-9);
 * ```
 */
export function laboratory(options: LaboratoryOptions): Laboratory {
  const what = "run the laboratory";
  checkKeys(what, options, ["slope", "smoothness", "x0", "power", "times"]);
  const { smoothness, x0, power = 1, times } = options;
  checkPositive(what, "smoothness", smoothness);
  checkPositive(what, "x0", x0);
  checkNonNegative(what, "power", power);
  checkSorted(what, "times", times);
  times.forEach((t, i) => checkWithin(what, `times[${i}]`, t, 1, 1e100));
  const given = typeof options.slope === "string" ? formula(options.slope, "x") : options.slope;
  let bad: string | undefined;
  const slope = (x: number) => {
    const f = given(x);
    // A trial step may go far beyond what the run will see.
    if (!Number.isFinite(f) && Number.isFinite(x)) bad = `slope: f' is ${f} at x = ${x}`;
    return f;
  };
  const rate = (x: number, f: number) => paperRate(smoothness, (2 * x) ** power, Math.abs(f));
  const relative = (x: number) => {
    const f = slope(x);
    return -2 * f * rate(x, f);
  };
  const velocity = (x: number) => x * relative(x);
  const curvature = (root: number) =>
    derivative(slope, root, 1e-5 * Math.max(Math.abs(root), 1e-3));
  // The local exponent is a difference in log t.
  const h = 0.005, all = [...new Set(times.flatMap((t) => [t * Math.exp(-h), t, t * Math.exp(h)]))];
  const looks = all.toSorted((x, y) => x - y), at = new Map(looks.map((t, i) => [t, i]));
  const linearRate = (root: number) => 2 * root * curvature(root) * rate(root, 0);
  const lora = relax({ velocity, relative, slope, linearRate }, x0, looks);
  const descent = relax(
    {
      velocity: (w) => -slope(w) / smoothness,
      slope,
      linearRate: (root) => curvature(root) / smoothness,
    },
    x0,
    looks,
  );
  const logSlope2 = ({ x, tail }: FlowState) =>
    tail
      ? 2 * (Math.log(Math.abs(curvature(tail.root))) + tail.logDistance)
      : 2 * Math.log(Math.abs(slope(x)));
  // Newton's distance from a root that is reached slowly: below, x itself has too few digits.
  const isBlurred = ({ x, tail }: FlowState) =>
    !tail && Math.abs(slope(x)) < 1e-8 * x * Math.abs(derivative(slope, x, 1e-5 * x));
  let blurred: string | undefined;
  const logGradient2 = (state: FlowState) => Math.LN2 + state.logX + logSlope2(state);
  const rows = times.flatMap((t): LaboratoryRow[] => {
    const [before, now, after] = [-h, 0, h].map((shift) =>
      lora.states[at.get(shift === 0 ? t : t * Math.exp(shift))!]
    );
    const other = descent.states[at.get(t)!];
    if (!now || !other || blurred !== undefined) return [];
    if (isBlurred(now)) {
      blurred =
        `stopped at x = ${now.x} before t = ${
          t.toPrecision(3)
        } steps: so near to a flat root of f' that ` +
        "its value is rounding";
      return [];
    }
    const log = logGradient2(now), full = logSlope2(now), descent2 = logSlope2(other);
    const difference = (logGradient2(after ?? now) - logGradient2(before)) / (after ? 2 * h : h);
    return [{
      ...{ t, x: now.x, gradient2: Math.exp(log), logGradient2: log / Math.LN10 },
      ...{ full2: Math.exp(full), descent2: Math.exp(descent2), logDescent2: descent2 / Math.LN10 },
      exponent: now.tail ? -2 * now.tail.rate * t : log === -Infinity ? log : difference,
    }];
  });
  const stopped = [lora.status, descent.status].find((each) => each !== "done");
  const status = stopped === undefined ? blurred ?? "done" : bad ?? stopped;
  return { status, limit: lora.states.at(-1)?.tail?.root ?? null, rows };
}
