/**
 * DoRA's parametrisation: lengths and directions of the columns of the weight.
 *
 * @module
 */
import {
  add,
  addScaled,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
} from "../../../../linalg/mod.ts";
import { lossOf, riskOf } from "../../measures.ts";
import { type Adapter, checkAdapter, type LinearProblem } from "../../problems/linear.ts";
import { Descent } from "./descent.ts";
import { checkDescent, type DescentOptions, type Rate, rateAt } from "./factor_descent.ts";

/**
 * Gradient descent on `A`, `B` and lengths `m`, with `W' = m_j (W + AB)_j/‖(W + AB)_j‖` column by column, for the
 * linear model. `m` starts at the lengths of `W + A₀B₀`, so that the function is that of LoRA at the start.
 *
 * Law: with `V = W + AB`, `n_j = ‖V_j‖` and `J = −∇_{W'}L = G − Σ̂(W' − W)`: `m_j += η V_j·J_j/n_j`, and `A`, `B`
 * follow `(m_j/n_j)(J_j − V_j (V_j·J_j)/n_j²)` as they follow `J` in LoRA.
 * Source: Liu et al. 2024, arXiv 2402.09353; lengths are trained with the step size of `A`.
 */
export class DoraDescent extends Descent {
  /** `A`, `d × r`. */
  readonly a: Matrix;
  /** `B`, `r × k`. */
  readonly b: Matrix;
  /** `m`, one length a column. */
  readonly lengths: Float64Array;
  readonly #problem: LinearProblem;
  readonly #rate: Rate;
  readonly #shares: readonly [number, number];

  /**
   * The run of a start, before its first step.
   *
   * @throws {TypeError} If the problem has no weight, or another optimiser than gradient descent is asked for.
   * @throws {RangeError} If a column of `W + A₀B₀` is zero.
   */
  constructor(problem: LinearProblem, start: Adapter, options: DescentOptions) {
    super();
    const what = "descend by DoRA", r = checkAdapter(what, problem, start);
    this.#shares = checkDescent(what, options);
    if (options.optimiser !== undefined && options.optimiser !== "gd") {
      throw new TypeError(`Cannot ${what} as its optimiser must be gd: current value is another`);
    }
    if (!problem.weight) {
      throw new TypeError(`Cannot ${what} as the problem must have a weight: it has none`);
    }
    this.#problem = problem;
    this.#rate = options.rate;
    this.a = matrix(start.a.rows, r, start.a.data.slice());
    this.b = matrix(r, start.b.columns, start.b.data.slice());
    this.lengths = lengthsOf(this.#direction());
    const zero = this.lengths.findIndex((x) => !(x > 0));
    if (zero < 0) return;
    throw new RangeError(`Cannot ${what} as no column of W + A₀B₀ may be zero: column ${zero} is`);
  }

  #direction(): Matrix {
    return add(this.#problem.weight!, multiply(this.a, this.b));
  }

  /** `W' − W`. */
  #learnt(v: Matrix, n: Float64Array): Matrix {
    const k = v.columns, w = this.#problem.weight!.data;
    return { ...v, data: v.data.map((x, i) => x * this.lengths[i % k] / n[i % k] - w[i]) };
  }

  /** One step; returns whether the run goes on. */
  step(): boolean {
    if (this.status !== "running") return false;
    const { covariance, gradient } = this.#problem, v = this.#direction(), n = lengthsOf(v);
    const j = add(gradient, multiply(covariance, this.#learnt(v, n)), -1), k = v.columns;
    const along = new Float64Array(k);
    j.data.forEach((x, i) => along[i % k] += x * v.data[i] / n[i % k]);
    const turned = {
      ...j,
      data: j.data.map((x, i) =>
        this.lengths[i % k] / n[i % k] * (x - v.data[i] * along[i % k] / n[i % k])
      ),
    };
    const [da, db] = [multiplyNT(turned, this.b), multiplyTN(this.a, turned)];
    const eta = rateAt("descend", this.#rate, this.steps), [A, B] = this.#shares;
    addScaled(this.a, eta * A, da);
    addScaled(this.b, eta * B, db);
    along.forEach((x, i) => this.lengths[i] += eta * A * x);
    this.steps++;
    return Number.isFinite(this.a.data[0]) || this.diverge();
  }

  /** `W' − W − Δ`. */
  error(): Matrix {
    const v = this.#direction();
    return add(this.#learnt(v, lengthsOf(v)), this.#problem.target, -1);
  }

  /** `½‖W' − W − Δ‖²`. */
  risk(): number {
    return riskOf(this.error());
  }

  /** Training loss. */
  loss(): number {
    return lossOf(this.#problem, this.error());
  }
}

/** Lengths of columns. */
function lengthsOf({ columns: k, data }: Matrix): Float64Array {
  const out = new Float64Array(k);
  data.forEach((x, i) => out[i % k] += x * x);
  return out.map(Math.sqrt);
}
