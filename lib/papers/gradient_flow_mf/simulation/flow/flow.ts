/**
 * The gradient flow of adapters, fast: the equations of the model with every product of small factors
 * taken first, and a reader's changes of them.
 *
 * @module
 */
import { checkFinite, checkKeys, checkNonNegative, show } from "../../../../check.ts";
import { add, type Matrix, matrix, multiplyNT, multiplyTN } from "../../../../linalg/mod.ts";
import { type OdeOptions, type OdeSolution, type Rhs, solveOde } from "../../../../ode/mod.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters, checkProblem } from "../../shapes.ts";
import { accuracyOf, checkDone, lastOf } from "./_ends.ts";
import { equationsOf } from "./_equations.ts";
import { type FactorName, FACTORS, follow, type Hook } from "./hook.ts";

/** Changes of the flow. */
export interface FlowOptions {
  /** Learning rates of the factors, 1 where missing; 0 freezes one (LoRA-FA), others are LoRA+. */
  readonly rates?: Partial<Readonly<Record<FactorName, number>>>;
  /** Weight decay `ω ≥ 0` of every factor: `−ωθ` is added to its velocity before its rate. */
  readonly decay?: number;
  /**
   * Changes the velocities after rates and decay, in place or by returning new ones: preconditioners,
   * clipping; under gradient descent, where it is called once a step, noise too.
   */
  readonly hook?: Hook;
}

/** Checks learning rates of factors. */
export function checkRates(what: string, rates: NonNullable<FlowOptions["rates"]>): void {
  checkKeys(what, rates, FACTORS, "rates");
  for (const [name, rate] of Object.entries(rates)) checkNonNegative(what, `rates.${name}`, rate);
}

/** Checks the options, and gives the rates in the order of the factors. */
function ratesOf(what: string, { rates = {}, decay = 0, hook }: FlowOptions): number[] {
  checkRates(what, rates);
  checkNonNegative(what, "decay", decay);
  if (hook !== undefined && typeof hook !== "function") {
    throw new TypeError(
      `Cannot ${what} as hook must be a function: current value is ${show(hook)}`,
    );
  }
  return FACTORS.map((name) => rates[name] ?? 1);
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

/**
 * The gradient flow of `L = ½‖E‖²_F` on the factors of the adapters.
 *
 * Law: that of `velocity` in the model, to rounding, with `E = Δ − LR`, `L = [W₂B₁, B₂]`,
 * `R = [A₁; A₂Ŵ₁]`; then `rates`, `decay` and `hook`.
 * Scale: gradient-flow time, steps × step size of gradient descent.
 * Shapes: the state is `B₁, A₁, B₂, A₂` one after the other, row-major; the two ranks may differ.
 * Cost: `O(mn(r₁ + r₂))`, and products with the frozen factors, which are scalings where these are
 * diagonal.
 *
 * @example The usual start learns a rank-one target; with `A` frozen it learns what `A` sees.
 * ```ts
 * import { AdapterFlow, factorization, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const problem = factorization({ m: 6 }), draws = portable(1);
 * const start = startAdapters(problem, { r: 2, start: "zeroB", alpha: 0.01, draws });
 * const { losses } = new AdapterFlow(problem, start).solve([0, 20]);
 * assert(losses[1] < 1e-12 && Math.abs(losses[0] - 0.5) < 1e-3);
 * const frozen = new AdapterFlow(problem, start, { rates: { a1: 0 } }).solve([20]);
 * assert(frozen.losses[0] > 0.4);
 * ```
 */
export class AdapterFlow {
  /** The problem. */
  readonly problem: Problem;
  /** Ranks of the adapters, `[r₁]` or `[r₁, r₂]`. */
  readonly ranks: readonly number[];
  /** The start as a flat state. */
  readonly start: Float64Array;
  /** Right-hand side for `solveOde`. */
  readonly rhs: Rhs;
  /** `E` at a state; overwritten by the next call. */
  readonly error: (state: Float64Array) => Matrix;
  readonly #accuracy: { readonly rtol: number; readonly atol: number };
  readonly #hooked: boolean;
  readonly #views: (y: Float64Array) => Adapters;

  /**
   * A flow from the given adapters.
   *
   * @throws {TypeError} If shapes do not chain (all are shown), or an option is unknown.
   * @throws {RangeError} If an entry is not finite, `Δ = 0`, or a rate is negative.
   */
  constructor(problem: Problem, start: Adapters, options: FlowOptions = {}) {
    const what = "set up the flow of the adapters";
    checkProblem(what, problem);
    checkKeys(what, options, ["rates", "decay", "hook"]);
    const rates = ratesOf(what, options), { decay = 0, hook } = options;
    this.ranks = checkAdapters(what, problem, start);
    this.problem = problem;
    const { w2, w1, target } = problem, [r, r2 = 0] = this.ranks;
    const m = target.rows, n = target.columns, h = w2.columns, double = w1 !== undefined;
    const parts = [start.b1, start.a1, start.b2, start.a2].filter((x) => x !== undefined);
    this.#accuracy = accuracyOf(start);
    this.#hooked = hook !== undefined;
    this.start = new Float64Array(parts.reduce((sum, x) => sum + x.data.length, 0));
    parts.reduce((at, x) => (this.start.set(x.data, at), at + x.data.length), 0);
    this.start.forEach((x, i) =>
      Number.isFinite(x) || checkFinite(what, `entry ${i} of the start`, x)
    );

    this.#views = (state) => {
      let at = 0;
      const take = (rows: number, columns: number) =>
        matrix(rows, columns, state.subarray(at, at += rows * columns));
      const first = { b1: take(h, r), a1: take(r, n) };
      return double ? { ...first, b2: take(m, r2), a2: take(r2, h) } : first;
    };

    const { error, velocity } = equationsOf(problem, this.ranks);
    this.error = error;
    const plain = decay === 0 && rates.every((rate) => rate === 1);
    this.rhs = (t, state, derivative) => {
      velocity(state, derivative);
      if (!plain) {
        let at = 0;
        parts.forEach(({ data }, k) => {
          for (const end = at + data.length; at < end; at++) {
            derivative[at] = rates[k] * (derivative[at] - decay * state[at]);
          }
        });
      }
      if (!hook) return;
      follow(hook, {
        ...{ t, adapters: this.#views(state), velocity: this.#views(derivative) },
        get error() {
          return error(state);
        },
      });
    };
  }

  /** Whether the hook leaves a velocity that is finite and, asked twice, the same. */
  #checkVelocity(): void {
    if (!this.#hooked) return;
    const [first, second] = [0, 1].map(() => {
      const velocity = new Float64Array(this.start.length);
      this.rhs(0, this.start, velocity);
      return velocity;
    });
    first.forEach((x, i) => checkFinite("follow the flow", `velocity ${i} after the hook`, x));
    if (first.every((x, i) => x === second[i])) return;
    throw new RangeError(
      "Cannot follow the flow as the hook must leave the same velocity at the same state: it changes " +
        "between two calls (noise needs gradient descent, eta > 0)",
    );
  }

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
   * Every time is the end of a step, since an interpolant would leave an error of up to 10⁻²¹ in a small
   * loss. The absolute tolerance is `10⁻¹²` times the size of the start, so that factors of size α are
   * followed from the beginning; `rtol = 3·10⁻¹⁴` keeps the floor of a learnt mode below `L = 2·10⁻²⁶`.
   *
   * @param times Increasing, from 0 on.
   * @param options Options of `solveOde` that win over these.
   * @throws {Error} If the integration ends early; the status says why.
   * @throws {RangeError} If the hook draws noise: a flow has a velocity at each state.
   * @throws {TypeError} If `times` is no list.
   */
  solve(times: readonly number[], options: OdeOptions = {}): FlowSolution {
    const end = lastOf(times);
    this.#checkVelocity();
    const usual = { ...this.#accuracy, land: options.method !== "midpoint" };
    const solution = solveOde(this.rhs, 0, end, this.start, { ...usual, times, ...options });
    checkDone(solution, end);
    const { states } = solution;
    return { times, states, losses: states.map((y) => this.loss(y)), solution };
  }
}

/** Conserved imbalance `D = BᵀB − AAᵀ` of an adapter, `r × r`. */
export function imbalance(b: Matrix, a: Matrix): Matrix {
  return add(multiplyTN(b, b), multiplyNT(a, a), -1);
}
