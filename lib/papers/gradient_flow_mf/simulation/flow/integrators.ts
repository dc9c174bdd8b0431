/**
 * Integrators at a fixed step, to be compared by what they do to the conserved imbalances.
 *
 * @module
 */
import {
  checkFinite,
  checkKeys,
  checkMethods,
  checkPositive,
  checkString,
  show,
} from "../../../../check.ts";
import { add, frobeniusNorm, type Matrix } from "../../../../linalg/mod.ts";
import { type Rhs, solveOde } from "../../../../ode/mod.ts";
import { type AdapterFlow, imbalance } from "./flow.ts";

/** A way to follow a flow in steps of a fixed size. */
export interface FixedStepMethod {
  /** Short name, for rows. */
  readonly name: string;
  /** A few words for legends; the name where missing. */
  readonly words?: string;
  /** Order with which the imbalances drift; null where they are kept to rounding. */
  readonly order: number | null;
  /** The state at `end`, from a state at 0. */
  readonly follow: (rhs: Rhs, start: Float64Array, end: number, step: number) => Float64Array;
}

/** Number of equal steps of at most `step`. */
function stepsOf(end: number, step: number): number {
  return Math.ceil(end / step * (1 - 4 * Number.EPSILON));
}

function euler(rhs: Rhs, start: Float64Array, end: number, step: number): Float64Array {
  const count = stepsOf(end, step),
    h = end / count,
    y = start.slice(),
    k = new Float64Array(y.length);
  for (let i = 0; i < count; i++) {
    rhs(i * h, y, k);
    for (let j = 0; j < y.length; j++) y[j] += h * k[j];
  }
  return y;
}

function rungeKutta4(rhs: Rhs, start: Float64Array, end: number, step: number): Float64Array {
  const count = stepsOf(end, step), h = end / count, n = start.length, y = start.slice();
  const [k1, k2, k3, k4, mid] = Array.from({ length: 5 }, () => new Float64Array(n));
  const slope = (t: number, from: Float64Array, by: number, out: Float64Array) => {
    for (let j = 0; j < n; j++) mid[j] = y[j] + by * from[j];
    rhs(t, mid, out);
  };
  for (let i = 0; i < count; i++) {
    const t = i * h;
    rhs(t, y, k1);
    slope(t + h / 2, k1, h / 2, k2);
    slope(t + h / 2, k2, h / 2, k3);
    slope(t + h, k3, h, k4);
    for (let j = 0; j < n; j++) y[j] += h / 6 * (k1[j] + 2 * k2[j] + 2 * k3[j] + k4[j]);
  }
  return y;
}

function midpoint(rhs: Rhs, start: Float64Array, end: number, step: number): Float64Array {
  return solveOde(rhs, 0, end, start, { method: "midpoint", step }).y;
}

const BUILT_IN = {
  euler: { name: "euler", words: "Euler (gradient descent)", order: 1, follow: euler },
  rk4: { name: "rk4", words: "Runge–Kutta 4", order: 4, follow: rungeKutta4 },
  midpoint: { name: "midpoint", words: "implicit midpoint", order: null, follow: midpoint },
} as const satisfies Readonly<Record<FixedStepName, FixedStepMethod>>;

/** Names of the built-in methods. */
export type FixedStepName = "euler" | "rk4" | "midpoint";

/**
 * A method by name, or a reader's own.
 *
 * - `euler`: gradient descent; an imbalance drifts by `η²(G_BᵀG_B − G_AG_Aᵀ)` a step, `O(η)` in total.
 * - `rk4`: the classical Runge–Kutta method; drift `O(h⁴)`.
 * - `midpoint`: implicit midpoint, iterated to rounding. The imbalances are quadratic, and a
 *   Gauss–Legendre method keeps what is quadratic (Hairer, Lubich and Wanner, IV.2.1).
 *
 * @throws {RangeError} If the name is not known: the list is shown.
 * @throws {TypeError} If a part is missing.
 *
 * @example Heun's method of one's own.
 * ```ts
 * import { type FixedStepMethod, fixedStepMethod } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const heun: FixedStepMethod = {
 *   name: "heun",
 *   order: 3,
 *   follow: (rhs, start, end, step) => {
 *     const y = start.slice(), a = y.slice(), b = y.slice();
 *     for (let t = 0; t < end - step / 2; t += step) {
 *       rhs(t, y, a);
 *       rhs(t + step, y.map((x, i) => x + step * a[i]), b);
 *       y.forEach((x, i) => y[i] = x + step / 2 * (a[i] + b[i]));
 *     }
 *     return y;
 *   },
 * };
 * const [y] = fixedStepMethod(heun).follow((_t, y, dy) => dy[0] = -y[0], Float64Array.of(1), 1, 0.01);
 * assertAlmostEquals(y, Math.exp(-1), 1e-5);
 * ```
 */
export function fixedStepMethod(method: FixedStepName | FixedStepMethod): FixedStepMethod {
  const what = "choose an integrator", names = Object.keys(BUILT_IN).join(", ");
  if (typeof method === "string" && Object.hasOwn(BUILT_IN, method)) return BUILT_IN[method];
  const wanted = `one of ${names}, or { name, order, follow }`;
  if (typeof method === "string") {
    throw new RangeError(
      `Cannot ${what} as the method must be ${wanted}: current value is ${show(method)}`,
    );
  }
  checkMethods(what, "the method", method, wanted, ["follow"]);
  checkKeys(what, method, ["name", "words", "order", "follow"], "the method");
  checkString(what, "name of the method", method.name);
  if (method.order !== null) checkPositive(what, `order of ${method.name}`, method.order);
  return method;
}

/**
 * The state of a flow at a time, in steps of a fixed size.
 *
 * @param flow The flow.
 * @param method See {@linkcode fixedStepMethod}.
 * @param end Time, `> 0`.
 * @param step Size of a step, `> 0`; the interval is divided into equal steps of at most this.
 * @throws {RangeError} If a value is out of range, or the state is not finite at the end.
 */
export function followFixed(
  flow: AdapterFlow,
  method: FixedStepName | FixedStepMethod,
  end: number,
  step: number,
): Float64Array {
  const what = "follow the flow in fixed steps", { name, follow } = fixedStepMethod(method);
  checkPositive(what, "end", end);
  checkPositive(what, "step", step);
  const state = follow(flow.rhs, flow.start, end, step);
  state.forEach((x, i) => checkFinite(what, `entry ${i} of the state that ${name} ends with`, x));
  return state;
}

/** Change of an imbalance `BᵀB − AAᵀ` in the Frobenius norm. */
function change(b: Matrix, a: Matrix, b0: Matrix, a0: Matrix): number {
  return frobeniusNorm(add(imbalance(b, a), imbalance(b0, a0), -1));
}

/**
 * Largest change of the imbalances `D_i = B_iᵀB_i − A_iA_iᵀ` since the start, in the Frobenius norm. The
 * exact flow keeps them.
 *
 * Source: the paper, Remark C.1.
 */
export function imbalanceDrift(flow: AdapterFlow, state: Float64Array): number {
  const then = flow.adapters(flow.start), now = flow.adapters(state);
  const first = change(now.b1, now.a1, then.b1, then.a1);
  return now.b2 && now.a2 && then.b2 && then.a2
    ? Math.max(first, change(now.b2, now.a2, then.b2, then.a2))
    : first;
}

/** Intervals of Simpson's rule over a run. */
const INTERVALS = 400;

/**
 * How fast the imbalances drift under gradient descent: the drift is this times the step size `η`, to
 * leading order.
 *
 * Law: a step changes `D` by `η²(G_BᵀG_B − G_AG_Aᵀ)`, `G` the gradients; summed along the flow,
 * `‖∫₀ᵀ (ḂᵀḂ − ȦȦᵀ) dt‖_F`, the larger of the two adapters.
 * Errors: relative `O(η)` as a prediction of {@linkcode imbalanceDrift}; Simpson's rule adds about 1e-8.
 * Source: ours.
 *
 * @param flow The flow.
 * @param end Time, `> 0`.
 * @throws {RangeError} If `end` is not a finite number > 0.
 */
export function descentDriftRate(flow: AdapterFlow, end: number): number {
  checkPositive("find the drift of gradient descent", "end", end);
  const times = Array.from({ length: INTERVALS + 1 }, (_, i) => i * end / INTERVALS);
  const sums: Matrix[] = [], slope = new Float64Array(flow.start.length);
  flow.solve(times).states.forEach((state, i) => {
    const weight = i === 0 || i === INTERVALS ? 1 : i % 2 ? 4 : 2;
    flow.rhs(times[i], state, slope);
    const { b1, a1, b2, a2 } = flow.adapters(slope);
    const parts = b2 && a2 ? [[b1, a1], [b2, a2]] : [[b1, a1]];
    parts.forEach(([b, a], k) => {
      const part = imbalance(b, a), by = weight * end / (3 * INTERVALS);
      sums[k] = sums[k] ? add(sums[k], part, by) : { ...part, data: part.data.map((x) => by * x) };
    });
  });
  return Math.max(...sums.map((sum) => frobeniusNorm(sum)));
}
