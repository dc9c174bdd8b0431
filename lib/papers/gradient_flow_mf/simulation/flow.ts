/**
 * Gradient flow, gradient descent and their relatives on the adapters of gradient-flow-mf.
 *
 * @module
 */
import { checkFinite, checkInteger, checkPositive } from "../../../check.ts";
import {
  adapterGradient,
  add,
  addScaled,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  workspace,
} from "../../../linalg/mod.ts";
import { type OdeOptions, type OdeSolution, type Rhs, solveOde } from "../../../ode/mod.ts";
import { type Adapters, checkAdapters, checkProblem, type Problem, startScale } from "../model.ts";

/** Changes of the flow. */
export interface FlowOptions {
  /** Learning rate of adapter 2 over that of adapter 1. */
  readonly rate2?: number;
  /** Replaces `Ḃ₁` by `W₂⁺ E A₁ᵀ` (problem S): needs the pseudo-inverse `h × m` of `W₂`. */
  readonly preconditioner?: Matrix;
}

/** The diagonal of a matrix that has nothing else, or undefined. */
function diagonalOf({ rows, columns, data }: Matrix): Float64Array | undefined {
  const entries = new Float64Array(Math.min(rows, columns));
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const x = data[i * columns + j];
      if (i === j) entries[i] = x;
      else if (x !== 0) return undefined;
    }
  }
  return entries;
}

/** Products with a frozen factor, at the cost of a scaling where it is diagonal and square. */
class Frozen {
  readonly #dense: Matrix;
  readonly #diagonal: Float64Array | undefined;
  constructor(w: Matrix) {
    this.#dense = w;
    this.#diagonal = w.rows === w.columns ? diagonalOf(w) : undefined;
  }
  /** `W x`. */
  times(x: Matrix, out: Matrix): Matrix {
    return this.#diagonal ? scaleRows(this.#diagonal, x, out) : multiply(this.#dense, x, out);
  }
  /** `Wᵀ x`. */
  transposedTimes(x: Matrix, out: Matrix): Matrix {
    return this.#diagonal ? scaleRows(this.#diagonal, x, out) : multiplyTN(this.#dense, x, out);
  }
  /** `x W`. */
  after(x: Matrix, out: Matrix): Matrix {
    return this.#diagonal ? scaleColumns(this.#diagonal, x, out) : multiply(x, this.#dense, out);
  }
  /** `x Wᵀ`. */
  transposedAfter(x: Matrix, out: Matrix): Matrix {
    return this.#diagonal ? scaleColumns(this.#diagonal, x, out) : multiplyNT(x, this.#dense, out);
  }
}

function scaleRows(d: Float64Array, x: Matrix, out: Matrix): Matrix {
  const n = x.columns;
  for (let i = 0, at = 0; i < x.rows; i++) {
    for (let j = 0; j < n; j++, at++) out.data[at] = d[i] * x.data[at];
  }
  return out;
}

function scaleColumns(d: Float64Array, x: Matrix, out: Matrix): Matrix {
  const n = x.columns;
  for (let i = 0, at = 0; i < x.rows; i++) {
    for (let j = 0; j < n; j++, at++) out.data[at] = d[j] * x.data[at];
  }
  return out;
}

/** `out ← a b`, for the small products of the adapters. */
function product(a: Matrix, b: Matrix, out: Matrix): Matrix {
  out.data.fill(0);
  return addProduct(a, b, out);
}

/** `out ← out + a b`. */
function addProduct(a: Matrix, b: Matrix, out: Matrix): Matrix {
  const depth = a.columns, n = b.columns;
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < depth; k++) {
      const value = a.data[i * depth + k];
      for (let j = 0, to = i * n, from = k * n; j < n; j++) {
        out.data[to++] += value * b.data[from++];
      }
    }
  }
  return out;
}

/** `out ← out + aᵀ b`. */
function addTransposedProduct(a: Matrix, b: Matrix, out: Matrix): void {
  const rows = a.columns, n = b.columns;
  for (let k = 0; k < a.rows; k++) {
    for (let i = 0; i < rows; i++) {
      const value = a.data[k * rows + i];
      for (let j = 0, to = i * n, from = k * n; j < n; j++) {
        out.data[to++] += value * b.data[from++];
      }
    }
  }
}

/** `out ← out + a bᵀ`. */
function addProductTransposed(a: Matrix, b: Matrix, out: Matrix): void {
  const depth = a.columns, n = b.rows;
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += a.data[i * depth + k] * b.data[j * depth + k];
      out.data[i * n + j] += sum;
    }
  }
}

/** What `adapterGradient` does, where the stacked rank exceeds the smaller side. */
function denseGradient(
  l: Matrix,
  q: Matrix,
  target: Matrix,
  e: Matrix,
  left: Matrix,
  right: Matrix,
): void {
  add(multiply(l, q, e), target, -1, e);
  multiplyNT(e, q, left);
  multiplyTN(l, e, right);
}

/**
 * The gradient flow of `L = ½‖E‖²_F` on the factors of the adapters.
 *
 * Law: `E = Δ − W₂B₁A₁ − B₂A₂Ŵ₁`, `Ŵ_i = W_i + B_iA_i`, `Ḃ₁ = Ŵ₂ᵀEA₁ᵀ`, `Ȧ₁ = B₁ᵀŴ₂ᵀE`,
 * `Ḃ₂ = EŴ₁ᵀA₂ᵀ`, `Ȧ₂ = B₂ᵀEŴ₁ᵀ`. `E` is never formed as `Y − Ŵ₂Ŵ₁`, which would cancel.
 * Scale: time is gradient-flow time, steps × learning rate of gradient descent.
 * Shapes: the state is `B₁, A₁, B₂, A₂` one after the other, row-major.
 * Source: elementary; ours, gradient-flow-mf §2. The paper's "Problem 2" is taken to be this one.
 *
 * @example The standard start learns a rank-one target.
 * ```ts
 * import { AdapterFlow, factorization, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const problem = factorization(6), draws = portable(1);
 * const start = startAdapters(problem, { r: 2, scheme: "zeroB", alpha: 0.01, draws });
 * const flow = new AdapterFlow(problem, start);
 * const { losses } = flow.solve([0, 20]);
 * assert(losses[1] < 1e-12 && Math.abs(losses[0] - 0.5) < 1e-3);
 * ```
 */
export class AdapterFlow {
  /** The problem. */
  readonly problem: Problem;
  /** Rank of the adapters. */
  readonly r: number;
  /** The start as a flat state. */
  readonly start: Float64Array;
  /** Right-hand side for `solveOde`. */
  readonly rhs: Rhs;
  readonly #scale: number;
  readonly #views: (y: Float64Array) => Adapters;

  /**
   * A flow from the given adapters.
   *
   * @throws {TypeError} If shapes do not chain; all are shown.
   * @throws {RangeError} If an entry is not finite or `Δ = 0`.
   */
  constructor(problem: Problem, start: Adapters, options: FlowOptions = {}) {
    const what = "set up the flow of the adapters";
    checkProblem(what, problem);
    this.r = checkAdapters(what, problem, start);
    this.problem = problem;
    this.#scale = startScale(start);
    const { rate2 = 1, preconditioner } = options;
    checkPositive(what, "rate2", rate2);
    const { w2, w1, target } = problem, r = this.r;
    const m = target.rows, n = target.columns, h = w2.columns, double = w1 !== undefined;
    const parts = [start.b1, start.a1, start.b2, start.a2].flatMap((x) => x ? [x.data] : []);
    this.start = new Float64Array(parts.reduce((sum, x) => sum + x.length, 0));
    parts.reduce((at, x) => (this.start.set(x, at), at + x.length), 0);
    this.start.forEach((x, i) => checkFinite(what, `entry ${i} of the start`, x));

    this.#views = (state) => {
      let at = 0;
      const take = (rows: number, columns: number) =>
        matrix(rows, columns, state.subarray(at, at += rows * columns));
      const first = { b1: take(h, r), a1: take(r, n) };
      return double ? { ...first, b2: take(m, r), a2: take(r, h) } : first;
    };

    // E = Δ − L R with L = [W₂B₁, B₂] and R = [A₁; F], F = A₂Ŵ₁: one fused kernel gives E Rᵀ and LᵀE.
    const width = double ? 2 * r : r;
    const fused = width <= Math.min(m, n);
    const { delta, l, q, e } = workspace({
      delta: [m, n],
      l: [m, width],
      q: [width, n],
      e: [m, n],
    });
    delta.data.set(target.data);
    const left = new Frozen(w2), right = w1 && new Frozen(w1);
    const x = matrix(m, r), f = matrix(r, n), c = matrix(r, r), small = matrix(r, r);
    const fill = ({ b1, a1, b2, a2 }: Adapters) => {
      left.times(b1, x);
      q.data.set(a1.data);
      if (!b2 || !a2 || !right) return void l.data.set(x.data);
      for (let i = 0; i < m; i++) {
        for (let k = 0; k < r; k++) {
          l.data[i * width + k] = x.data[i * r + k];
          l.data[i * width + r + k] = b2.data[i * r + k];
        }
      }
      product(a2, b1, c);
      addProduct(c, a1, right.after(a2, f));
      q.data.set(f.data, r * n);
    };
    this.error = (state) => {
      fill(this.#views(state));
      return add(delta, multiply(l, q, e), -1, e);
    };
    const p = matrix(m, r), u = matrix(r, n), er = matrix(m, width), le = matrix(width, n);
    this.rhs = (_t, state, derivative) => {
      const y = this.#views(state), dy = this.#views(derivative);
      fill(y);
      // P = EA₁ᵀ and Ḃ₂ = EFᵀ; XᵀE and U = B₂ᵀE
      if (fused) adapterGradient(l, q, delta, { left: er, right: le });
      else denseGradient(l, q, delta, e, er, le);
      for (let i = 0; i < m; i++) {
        for (let k = 0; k < r; k++) p.data[i * r + k] = -er.data[i * width + k];
      }
      for (let i = 0; i < r * n; i++) dy.a1.data[i] = -le.data[i];
      if (preconditioner) multiply(preconditioner, p, dy.b1);
      else left.transposedTimes(p, dy.b1);
      if (!y.b2 || !y.a2 || !dy.b2 || !dy.a2 || !right) return;
      for (let i = 0; i < m; i++) {
        for (let k = 0; k < r; k++) dy.b2.data[i * r + k] = -rate2 * er.data[i * width + r + k];
      }
      for (let i = 0; i < r * n; i++) u.data[i] = -le.data[r * n + i];
      addTransposedProduct(c, u, dy.a1);
      small.data.fill(0);
      addTransposedProduct(y.b2, p, small);
      addTransposedProduct(y.a2, small, dy.b1);
      small.data.fill(0);
      addProductTransposed(u, y.a1, small);
      addProductTransposed(small, y.b1, right.transposedAfter(u, dy.a2));
      for (let i = 0; i < r * h; i++) dy.a2.data[i] *= rate2;
    };
  }

  /** `E` at a state; overwritten by the next call. */
  readonly error: (state: Float64Array) => Matrix;

  /** The adapters inside a state, as views. */
  adapters(state: Float64Array): Adapters {
    return this.#views(state);
  }

  /** `L = ½‖E‖²`. */
  loss(state: Float64Array): number {
    const { data } = this.error(state);
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum += data[i] * data[i];
    return 0.5 * sum;
  }

  /**
   * The flow at the given times: states and losses.
   *
   * The absolute tolerance is `10⁻¹²` times the scale of the start, so that factors of size α are
   * followed from the beginning; `rtol = 3·10⁻¹⁴` keeps the floor of a learnt mode below `L = 2·10⁻²⁶`.
   *
   * @param times Increasing, from 0 on.
   * @param options Options of `solveOde` that win over these.
   * @throws {Error} If the integration ends early; the status says why.
   */
  solve(times: readonly number[], options: OdeOptions = {}): FlowSolution {
    const end = times[times.length - 1];
    const tolerances = { rtol: 3e-14, atol: 1e-12 * Math.min(1, this.#scale || 1) };
    const solution = solveOde(this.rhs, 0, end, this.start, { ...tolerances, times, ...options });
    if (solution.status !== "done") {
      throw new Error(
        `Cannot follow the flow to t = ${end}: ${solution.status} at t = ${solution.t}`,
      );
    }
    const { states } = solution;
    return { times, states, losses: states.map((y) => this.loss(y)), solution };
  }

  /**
   * Gradient descent, the explicit Euler method of the flow: all factors from their old values.
   *
   * With momentum β: `v ← βv − ∇L`, `θ ← θ + ηv` (heavy ball).
   *
   * @param eta Learning rate; stable below `2/λ_max` of the curvature.
   * @param steps Number of steps.
   * @param options `momentum` β in [0, 1), 0 by default; `visit(step, state)` is called before every
   * step and ends the run by returning true.
   * @returns The state after the last step.
   * @throws {RangeError} If `eta` is not `> 0`, `steps` no integer `≥ 0` or β outside [0, 1).
   */
  descend(
    eta: number,
    steps: number,
    { momentum = 0, visit }: {
      readonly momentum?: number;
      readonly visit?: (step: number, state: Float64Array) => boolean | void;
    } = {},
  ): Float64Array {
    const what = "descend the gradient";
    checkPositive(what, "eta", eta);
    checkInteger(what, "steps", steps, 0);
    if (!(momentum >= 0 && momentum < 1)) {
      throw new RangeError(
        `Cannot ${what} as momentum must lie in [0, 1): current value is ${momentum}`,
      );
    }
    const y = this.start.slice(), dy = new Float64Array(y.length), v = new Float64Array(y.length);
    for (let k = 0; k < steps; k++) {
      if (visit?.(k, y)) return y;
      this.rhs(0, y, dy);
      for (let i = 0; i < y.length; i++) {
        v[i] = momentum * v[i] + dy[i];
        y[i] += eta * v[i];
      }
    }
    return y;
  }
}

/** A solved flow. */
export interface FlowSolution {
  /** Times. */
  readonly times: readonly number[];
  /** States at the times. */
  readonly states: readonly Float64Array[];
  /** Losses at the times. */
  readonly losses: readonly number[];
  /** What the integrator returned. */
  readonly solution: OdeSolution;
}

/** Conserved imbalance `D = BᵀB − AAᵀ` of an adapter, `r × r`. */
export function imbalance(b: Matrix, a: Matrix): Matrix {
  return addScaled(multiplyTN(b, b), -1, multiplyNT(a, a));
}

/** Classical Runge–Kutta of order 4 at a fixed step: the comparison of figure F8. */
export function rungeKutta4(rhs: Rhs, start: Float64Array, h: number, steps: number): Float64Array {
  const n = start.length, y = start.slice(), stage = new Float64Array(n);
  const k = [1, 2, 3, 4].map(() => new Float64Array(n));
  for (let step = 0; step < steps; step++) {
    rhs(0, y, k[0]);
    for (const [i, factor] of [[1, h / 2], [2, h / 2], [3, h]] as const) {
      for (let j = 0; j < n; j++) stage[j] = y[j] + factor * k[i - 1][j];
      rhs(0, stage, k[i]);
    }
    for (let j = 0; j < n; j++) y[j] += h / 6 * (k[0][j] + 2 * k[1][j] + 2 * k[2][j] + k[3][j]);
  }
  return y;
}
