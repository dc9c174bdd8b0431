/**
 * LoRA-SB's parametrisation: `A R B` with frozen `A`, `B`.
 *
 * @module
 */
import {
  addScaled,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
} from "../../../../linalg/mod.ts";
import type { Start } from "../../../../nn/mod.ts";
import { Descent } from "./descent.ts";
import {
  checkDescent,
  checkStart,
  type DescentOptions,
  type Rate,
  rateAt,
} from "./factor_descent.ts";
import { type Model, type ModelLike, modelOf } from "./model.ts";

/**
 * Gradient descent on the middle factor alone, `R += η AᵀJBᵀ`.
 *
 * Source: Ponkshe et al. 2024, arXiv 2411.19557.
 */
export class MiddleDescent extends Descent {
  /** `R`, `r × r`. */
  readonly middle: Matrix;
  readonly #model: Model;
  readonly #start: Start;
  readonly #rate: Rate;

  /**
   * The run of a start with a middle factor, before its first step.
   *
   * @throws {TypeError} If the start has no middle factor, or another optimiser than gradient descent is asked for.
   * @throws {RangeError} If there is a ratio or there are rates of `A` and `B`, which stay as they are.
   */
  constructor(like: ModelLike, start: Start, options: DescentOptions) {
    super();
    const what = "descend on a middle factor", { middle, a, b } = start;
    if (middle === undefined) {
      throw new TypeError(`Cannot ${what} as the start must have one: ${start.name} has none`);
    }
    if (options.optimiser !== undefined && options.optimiser !== "gd") {
      throw new TypeError(
        `Cannot ${what} as its optimiser must be gd: LoRA-SB's frozen factors are orthonormal, so that ` +
          "a preconditioner is the identity",
      );
    }
    this.#model = modelOf(like);
    this.#model.check(what, { a, b });
    if (checkDescent(what, options).some((share) => share !== 1)) {
      throw new RangeError(
        `Cannot ${what} as ratio and rates must be left out: A and B of ${start.name} are frozen`,
      );
    }
    checkStart(what, { a, b });
    this.#rate = options.rate;
    this.#start = start;
    this.middle = matrix(middle.rows, middle.columns, middle.data.slice());
  }

  #adapter() {
    return { a: multiply(this.#start.a, this.middle), b: this.#start.b };
  }

  /** One step; returns whether the run goes on. */
  step(): boolean {
    if (this.status !== "running") return false;
    const j = this.#model.residual(this.#adapter()), { a, b } = this.#start;
    addScaled(
      this.middle,
      rateAt("descend", this.#rate, this.steps),
      multiplyNT(multiplyTN(a, j), b),
    );
    this.steps++;
    return Number.isFinite(this.middle.data[0]) || this.diverge();
  }

  /** `ARB − Δ`. */
  error(): Matrix {
    return this.#model.error(this.#adapter());
  }

  /** `½‖ARB − Δ‖²`. */
  risk(): number {
    return 0.5 * this.error().data.reduce((sum, x) => sum + x * x, 0);
  }

  /** Training loss. */
  loss(): number {
    return this.#model.loss(this.#adapter());
  }
}
