/**
 * An adapter on its way down a loss, with the sizes that learning-rate rules look at.
 *
 * @module
 */
import {
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  spectralBound,
} from "../../../linalg/mod.ts";
import type { Loss } from "../losses.ts";
import { checkAdapters } from "../adapters.ts";
import type { Adapters } from "../model.ts";
import type { Sizes } from "../rules.ts";

function squares({ data }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] * data[i];
  return sum;
}

/** Own getters, so that `{ ...sizes, smoothness: 2 }` has every size. */
function sizesOf(run: Sizes): Sizes {
  return {
    get smoothness() {
      return run.smoothness;
    },
    get loss() {
      return run.loss;
    },
    get v2() {
      return run.v2;
    },
    get vop() {
      return run.vop;
    },
    get g() {
      return run.g;
    },
    get gamma() {
      return run.gamma;
    },
    get gradient() {
      return run.gradient;
    },
  };
}

function copy(x: Matrix): Matrix {
  return { ...x, data: x.data.slice() };
}

/**
 * An adapter on its way down a loss: `∇_B J = GAᵀ`, `∇_A J = BᵀG` with `G = ∇L(BA)`.
 *
 * `measure()` evaluates where it stands, `step()` moves both factors from there. Sizes in operator
 * norms are computed when asked for.
 *
 * Source: algorithm of the paper's section 3 (as reported); the rest ours.
 *
 * @example One step of the scalar model from `a = 2`, `b = 0` towards `ab = 1`.
 * ```ts
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { Descent, quadratic } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const start = { b: matrix(1, 1, [0]), a: matrix(1, 1, [2]) };
 * const run = new Descent(quadratic(matrix(1, 1, [1])), start);
 * run.measure();
 * run.step(0.1);
 * assertEquals([run.b.data[0], run.a.data[0]], [0.2, 2]);
 * ```
 */
export class Descent implements Sizes {
  /** The loss of the update. */
  readonly objective: Loss;
  /** `B`, `m × r`; a copy of the start. */
  readonly b: Matrix;
  /** `A`, `r × n`; a copy of the start. */
  readonly a: Matrix;
  /** `X = BA`, as last measured. */
  readonly x: Matrix;
  /** `G = ∇L(X)`, as last measured. */
  readonly full: Matrix;
  /** `∇_B J`, as last measured. */
  readonly gradientB: Matrix;
  /** `∇_A J`, as last measured. */
  readonly gradientA: Matrix;
  /** Value of the loss. */
  loss: number = NaN;
  /** `‖∇J‖²`. */
  gradient2: number = NaN;
  /** `‖V‖²`. */
  v2: number = NaN;
  /** `‖G‖²`. */
  g2: number = NaN;
  /** All sizes that a rule may look at, as a plain object: a copy of it has them all. */
  readonly sizes: Sizes;
  #gamma = NaN;
  #vop = NaN;

  /**
   * Starts where `start` is, and copies it.
   *
   * @param objective The loss of the update.
   * @param start Factors to begin with, `m × r` and `r × n`.
   * @throws {TypeError} If the shapes do not chain.
   */
  constructor(objective: Loss, start: Adapters) {
    this.objective = objective;
    checkAdapters("descend", objective, start);
    this.b = copy(start.b);
    this.a = copy(start.a);
    this.x = matrix(objective.rows, objective.columns);
    this.full = matrix(objective.rows, objective.columns);
    this.gradientB = copy(start.b);
    this.gradientA = copy(start.a);
    this.sizes = sizesOf(this);
  }

  /** `L`. */
  get smoothness(): number {
    return this.objective.smoothness;
  }
  /** `‖G‖`. */
  get g(): number {
    return Math.sqrt(this.g2);
  }
  /** `‖∇J‖`. */
  get gradient(): number {
    return Math.sqrt(this.gradient2);
  }
  /** `‖G‖` in the operator norm. */
  get gamma(): number {
    if (Number.isNaN(this.#gamma)) this.#gamma = spectralBound(this.full);
    return this.#gamma;
  }
  /** `√(‖A‖² + ‖B‖²)` in operator norms. */
  get vop(): number {
    if (Number.isNaN(this.#vop)) {
      this.#vop = Math.hypot(spectralBound(this.a), spectralBound(this.b));
    }
    return this.#vop;
  }

  /**
   * Puts the factors where others of the same shapes are; gradients stay those last measured.
   *
   * @throws {TypeError} If the shapes are others.
   */
  moveTo({ b, a }: Adapters): void {
    checkSame("b", b, this.b);
    checkSame("a", a, this.a);
    this.b.data.set(b.data);
    this.a.data.set(a.data);
  }

  /** Loss, gradients and sizes of the present factors. */
  measure(): void {
    const { a, b, x, full } = this;
    this.loss = this.objective.evaluate(multiply(b, a, x), full);
    this.v2 = squares(a) + squares(b);
    this.#vop = NaN;
    this.refresh();
  }

  /** Gradients of the factors anew, after something has changed `full`. */
  refresh(): void {
    const { a, b, full, gradientA, gradientB } = this;
    multiplyNT(full, a, gradientB);
    multiplyTN(b, full, gradientA);
    this.gradient2 = squares(gradientA) + squares(gradientB);
    this.g2 = squares(full);
    this.#gamma = NaN;
  }

  /** `B −= η_B ∇_B J`, `A −= η_A ∇_A J`, both as last measured. */
  step(etaB: number, etaA: number = etaB): void {
    const b = this.b.data, a = this.a.data;
    for (let i = 0; i < b.length; i++) b[i] -= etaB * this.gradientB.data[i];
    for (let i = 0; i < a.length; i++) a[i] -= etaA * this.gradientA.data[i];
  }
}

function checkSame(name: string, found: Matrix, wanted: Matrix): void {
  if (found.rows === wanted.rows && found.columns === wanted.columns) return;
  throw new TypeError(
    `Cannot move the factors as ${name} must be ${wanted.rows} x ${wanted.columns}: ` +
      `current value is ${found.rows} x ${found.columns}`,
  );
}
