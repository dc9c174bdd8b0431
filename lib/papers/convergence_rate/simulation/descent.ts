/**
 * LoRA gradient descent: both factors step from their old values, with any learning-rate rule.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../../check.ts";
import {
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  spectralBound,
} from "../../../linalg/mod.ts";
import type { Loss } from "../losses.ts";
import { type Adapters, checkAdapters } from "../model.ts";
import type { Rule, Sizes } from "../rules.ts";

function squares({ data }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] * data[i];
  return sum;
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
 * Source: paper convergence-rate, algorithm of its section 3 (as reported); ours §3.
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

  /** Puts the factors where others of the same shapes are. */
  moveTo({ b, a }: Adapters): void {
    this.b.data.set(b.data);
    this.a.data.set(a.data);
  }

  /** Loss, gradients and sizes of the present factors. */
  measure(): void {
    const { a, b, x, full, gradientA, gradientB } = this;
    this.loss = this.objective.evaluate(multiply(b, a, x), full);
    multiplyNT(full, a, gradientB);
    multiplyTN(b, full, gradientA);
    this.gradient2 = squares(gradientA) + squares(gradientB);
    this.v2 = squares(a) + squares(b);
    this.g2 = squares(full);
    this.#gamma = this.#vop = NaN;
  }

  /** `B −= η ∇_B J`, `A −= η_A ∇_A J`, both as last measured; `decay` adds `λV` to the gradients. */
  step(eta: number, etaA: number = eta, decay = 0): void {
    const b = this.b.data, a = this.a.data;
    for (let i = 0; i < b.length; i++) b[i] -= eta * (this.gradientB.data[i] + decay * b[i]);
    for (let i = 0; i < a.length; i++) a[i] -= etaA * (this.gradientA.data[i] + decay * a[i]);
  }
}

/** Where a run stands before step `t`. */
export interface Moment {
  /** Number of steps done. */
  readonly t: number;
  /** Learning rate of the step that follows. */
  readonly eta: number;
  /** `S_t = Σ_{s<t} η_s`. */
  readonly time: number;
  /** `min_{s≤t} ‖∇J_s‖²`. */
  readonly minGradient2: number;
}

/** How a run ended. */
export interface DescentResult {
  /**
   * `done` after the given steps; `stopped` by the visitor; `stationary` at a zero gradient; or
   * `diverged: …`, which names the step.
   */
  readonly status: string;
  /** Number of steps done. */
  readonly steps: number;
  /** `S_T`. */
  readonly time: number;
  /** `min_{t<T} ‖∇J_t‖²`, over the points at which steps were taken. */
  readonly minGradient2: number;
  /** Smallest `‖∇J‖²/max(‖V‖² + ‖G‖, 1/(4√2 L))` over the same points. */
  readonly minNormalised: number;
}

/**
 * LoRA gradient descent for `steps` steps.
 *
 * Scale: `t` counts steps; `time` is `Σ η`.
 * Source: paper convergence-rate (as reported), algorithm; rules see `rule()`.
 *
 * @param run The adapter; moved.
 * @param rule Learning rate from the sizes.
 * @param steps `T ≥ 1`.
 * @param visit Sees the run before each step and after the last; `true` stops it.
 * @throws {RangeError} If `steps` is no integer ≥ 1, or the rule gives no learning rate > 0.
 *
 * @example Certified steps never raise the loss.
 * ```ts
 * import { Descent, descend, referenceQuadratic, rule } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const { loss, start } = referenceQuadratic(), run = new Descent(loss, start);
 * let last = Infinity;
 * const { status } = descend(run, rule("simple"), 100, () => {
 *   assert(run.loss <= last);
 *   last = run.loss;
 *   return false;
 * });
 * assertEquals(status, "done");
 * ```
 */
export function descend(
  run: Descent,
  rule: Rule,
  steps: number,
  visit?: (moment: Moment) => boolean | void,
): DescentResult {
  const what = "descend";
  checkInteger(what, "steps", steps, 1);
  const least = 1 / (4 * Math.SQRT2 * run.smoothness);
  let time = 0, minGradient2 = Infinity, minNormalised = Infinity;
  for (let t = 0;; t++) {
    run.measure();
    const result = (status: string): DescentResult => (
      { status, steps: t, time, minGradient2, minNormalised }
    );
    if (!(Math.abs(run.loss) < Infinity && run.gradient2 < Infinity)) {
      return result(
        `diverged: loss and squared gradient of step ${t} are ${run.loss}, ${run.gradient2}`,
      );
    }
    const stationary = run.gradient2 === 0;
    const eta = stationary ? 0 : rule(run);
    if (!stationary) checkPositive(what, `the learning rate of step ${t}`, eta);
    const now = Math.min(minGradient2, run.gradient2);
    if (visit?.({ t, eta, time, minGradient2: now })) return result("stopped");
    if (t === steps) return result("done");
    minGradient2 = now;
    minNormalised = Math.min(minNormalised, run.gradient2 / Math.max(run.v2 + run.g, least));
    if (stationary) return result("stationary");
    run.step(eta);
    time += eta;
  }
}
