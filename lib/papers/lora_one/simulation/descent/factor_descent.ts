/**
 * Descent on the factors of an adapter, one screen of dynamics for every model and optimiser.
 *
 * @module
 */
import { checkKeys, checkNonNegative, checkPositive } from "../../../../check.ts";
import { type Matrix, multiplyNT, multiplyTN, workspace } from "../../../../linalg/mod.ts";
import { checkEntries } from "../../problems/linear.ts";
import type { Adapter } from "../../problems/linear.ts";
import { Descent, DIVERGED } from "./descent.ts";
import { type Model, type ModelLike, modelOf } from "./model.ts";
import { type Moment, optimiser, type OptimiserLike } from "./optimiser.ts";

/** A step size, or a function of the number of steps done. */
export type Rate = number | ((step: number) => number);

/** How to descend. */
export interface DescentOptions {
  /** Step size `η > 0` of `A`, and of `B` unless `ratio` says otherwise; or a function of the step. */
  readonly rate: Rate;
  /** Step size of `B` over that of `A`; 1 by default, 16 is usual for LoRA+. */
  readonly ratio?: number;
  /** Factors of the step sizes of `A` and `B`, as starts have them: 0 freezes one (LoRA-FA: `{ A: 0 }`). */
  readonly rates?: { readonly A?: number; readonly B?: number };
  /** The optimiser; gradient descent by default. */
  readonly optimiser?: OptimiserLike;
  /** Damping `λ ≥ 0` of the preconditioned one; default 0, which needs exact rank. */
  readonly damping?: number;
  /** Loss above which a run counts as diverged; default 10⁸. */
  readonly most?: number;
}

/** The step size of a step, checked. */
export function rateAt(what: string, rate: Rate, step: number): number {
  if (typeof rate !== "function") return rate;
  const value = rate(step);
  checkNonNegative(what, `rate(${step})`, value);
  return value;
}

/** Checks options and returns their shares of the step size. */
export function checkDescent(what: string, options: DescentOptions): readonly [number, number] {
  const { rate, ratio = 1, rates: { A = 1, B = 1 } = {}, damping = 0, most = DIVERGED } = options;
  checkKeys(what, options, ["rate", "ratio", "rates", "optimiser", "damping", "most"]);
  checkKeys(what, options.rates ?? {}, ["A", "B"], "rates");
  if (typeof rate !== "function") checkPositive(what, "rate", rate);
  checkNonNegative(what, "ratio", ratio);
  checkNonNegative(what, "rates.A", A);
  checkNonNegative(what, "rates.B", B);
  checkNonNegative(what, "damping", damping);
  checkPositive(what, "most", most);
  return [A, B * ratio];
}

/**
 * Descent on `A` and `B` from a start.
 *
 * Law: with `J = −∇_W L` at `W + AB`: both factors move along `JBᵀ` and `AᵀJ`, taken at the same time, by the
 * rule of the optimiser. In the linear model `J = G − Σ̂AB`.
 * Scale: time is the number of steps. Cost: `O(d²r + dkr)` a step in the linear model, whatever `N`.
 * Source: the paper's gradient descent and preconditioned gradient descent.
 *
 * @example
 * ```ts
 * import { LoraDescent, population, startOf } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertLess } from "@std/assert";
 *
 * const problem = population(matrix(2, 2, [2, 0, 0, 0]));
 * const start = startOf("LoRA-One", { gradient: problem.gradient, r: 1, gamma: 0.5 });
 * const run = new LoraDescent(problem, start, { rate: 0.5, optimiser: "preconditioned" });
 * run.advance(60);
 * assertLess(run.risk(), 1e-16);
 * ```
 */
export class LoraDescent extends Descent {
  /** `A`, `d × r`. */
  readonly a: Matrix;
  /** `B`, `r × k`. */
  readonly b: Matrix;
  /** Loss beyond which the run counts as diverged. */
  protected override readonly most: number;
  readonly #model: Model;
  readonly #start: Adapter;
  readonly #optimiser: OptimiserLike;
  readonly #rate: Rate;
  readonly #shares: readonly [number, number];
  readonly #moment: { da: Matrix; db: Matrix };
  readonly #move: (moment: Moment) => string | void;

  /**
   * The run of a start on a problem or model, before its first step.
   *
   * @param like The problem; for a start that shifts `W`, see `shiftedProblem`.
   * @param start Factors, copied.
   * @param options Step sizes and optimiser.
   * @throws {TypeError} If the factors do not fit the problem.
   * @throws {RangeError} If a number is out of range, or the optimiser is not known.
   */
  constructor(like: ModelLike, start: Adapter, options: DescentOptions) {
    super();
    const what = "descend", model = modelOf(like), r = model.check(what, start);
    this.#shares = checkDescent(what, options);
    this.#rate = options.rate;
    this.most = options.most ?? DIVERGED;
    this.#model = model;
    this.#start = start;
    const d = start.a.rows, k = start.b.columns;
    const { a, b, ...moment } = workspace({ a: [d, r], b: [r, k], da: [d, r], db: [r, k] });
    a.data.set(start.a.data);
    b.data.set(start.b.data);
    this.a = a;
    this.b = b;
    this.#moment = moment;
    this.#optimiser = options.optimiser ?? "gd";
    this.#move = optimiser(this.#optimiser, options.damping).begin();
  }

  /** One step; returns whether the run goes on. */
  step(): boolean {
    if (this.status !== "running") return false;
    const { a, b } = this, { da, db } = this.#moment, j = this.#model.residual(this);
    multiplyNT(j, b, da);
    multiplyTN(a, j, db);
    const eta = rateAt("descend", this.#rate, this.steps), [A, B] = this.#shares;
    const said = this.#move({ a, b, da, db, rates: [eta * A, eta * B], t: this.steps + 1 });
    if (said === "diverged") return this.diverge();
    if (said) {
      this.status = said;
      return false;
    }
    this.steps++;
    return Number.isFinite(a.data[0]) && Number.isFinite(b.data[0]) || this.diverge();
  }

  /** Says in `status` that the loss has left all bounds, and which step sizes are stable. */
  protected override diverge(): false {
    const steps = { eta: rateAt("descend", this.#rate, 0), shares: this.#shares };
    const bound = this.#model.bound(this.#start, steps, this.#optimiser);
    this.status = `diverged at step ${this.steps}: lower rate${bound ? `; ${bound}` : ""}`;
    return false;
  }

  /** `AB − Δ`. */
  error(): Matrix {
    return this.#model.error(this);
  }

  /** `½‖AB − Δ‖²`. */
  risk(): number {
    return 0.5 * this.error().data.reduce((sum, x) => sum + x * x, 0);
  }

  /** Training loss without the part that no weight removes; NaN where a model has none. */
  loss(): number {
    return this.#model.loss(this);
  }
}

/** Refuses a start whose entries are not finite. */
export function checkStart(what: string, { a, b }: Adapter): void {
  checkEntries(what, "a", a);
  checkEntries(what, "b", b);
}
