/**
 * The Radau IIA method with three stages, of order 5, for stiff systems.
 *
 * The Jacobian is kept while Newton converges well, the factorised matrices while the step size
 * stays as well. The error estimate is of order 3.
 *
 * Source: Hairer, Wanner, Solving Ordinary Differential Equations II (HW II), section IV.8; step
 * control: Gustafsson, ACM TOMS 20 (1994) 496.
 */
import { initialStep } from "./initial_step.ts";
import { allFinite, clearWork, type Integrator, leastStep, noWork } from "./integrator.ts";
import { JacobianOf } from "./_jacobian.ts";
import { PASSES, RadauStages } from "./_radau_stages.ts";
import type { Settings } from "./options.ts";
import { type OdeStatus, STATUS } from "./status.ts";
import { hermiteWithin, type Rhs } from "./stepper.ts";

const SAFETY = 0.9;
const SHRINK = 0.2;
const GROW = 10;
/** The matrices are kept while the step would grow by less than this. */
const KEEP = 1.2;

export class Radau5 implements Integrator {
  readonly rows = 3;
  /** The error estimate falls like `h^(errorOrder + 1)`. */
  readonly errorOrder = 3;
  status: OdeStatus = "done";
  readonly work = noWork();
  y: Float64Array;
  next: Float64Array;
  slope: Float64Array;
  nextSlope: Float64Array;
  readonly #f: Rhs;
  readonly #set: Settings;
  readonly #jacobian: JacobianOf;
  readonly #stages: RadauStages;
  /** Step to try; that of the step before and its error, for the controller. */
  #h = 0;
  #hBefore = 0;
  #errorBefore = 0;
  /** The Jacobian belongs to the present point; it is to be computed there. */
  #fresh = false;
  #stale = true;

  constructor(f: Rhs, n: number, set: Settings) {
    this.#f = f;
    this.#set = set;
    this.#jacobian = new JacobianOf(f, set.jacobian, n);
    this.#stages = new RadauStages(f, n, set, this.work);
    const room = () => new Float64Array(n);
    this.y = room();
    this.next = room();
    this.slope = room();
    this.nextSlope = room();
  }

  start(y0: ArrayLike<number>): void {
    const f = this.#f, work = this.work, y = this.y;
    const { t0, t1, maxStep, rtol, atol, firstStep } = this.#set;
    clearWork(work);
    this.status = "done";
    this.#hBefore = 0;
    this.#stages.hPolynomial = 0;
    this.#stages.hFactored = 0;
    this.#stale = true;
    this.#fresh = false;
    for (let i = 0; i < y.length; i++) y[i] = y0[i];
    f(t0, y, this.slope);
    work.evaluations++;
    if (!allFinite(this.slope)) {
      this.status = STATUS.nonFinite;
    } else if (firstStep > 0) {
      this.#h = firstStep;
    } else {
      this.#h = initialStep(this, f, t0, t1 - t0, maxStep, rtol, atol);
      work.evaluations++;
    }
  }

  step(t: number, until: number): number {
    const { maxStep, maxSteps } = this.#set;
    const work = this.work;
    const least = leastStep(t, this.#set);
    let h = Math.max(Math.min(this.#h, maxStep), least);
    if (h !== this.#h) this.#hBefore = 0;
    if (this.#stale && !this.#renewJacobian(t, h)) return t;
    let again = false;
    let why: OdeStatus = STATUS.stepTooSmall;
    while (true) {
      const end = Math.min(t + h, until);
      if (h < least || !(end > t)) {
        this.status = why;
        return t;
      }
      if (work.accepted + work.rejected >= maxSteps) {
        this.status = STATUS.maxSteps;
        return t;
      }
      h = end - t;
      const failure = this.#solveStages(t, h);
      if (failure !== "done") {
        if (failure === STATUS.nonFiniteJacobian) {
          this.status = failure;
          return t;
        }
        why = failure;
        work.rejected++;
        h *= 0.5;
        continue;
      }
      const safety = SAFETY * (2 * PASSES + 1) / (2 * PASSES + this.#stages.passes);
      const error = this.#stages.estimate(this, t, h, again);
      const predicted = this.#predictedFactor(h, error);
      if (error <= 1) {
        this.#f(end, this.next, this.nextSlope);
        work.evaluations++;
        if (allFinite(this.nextSlope) && allFinite(this.next)) {
          work.accepted++;
          this.#stages.keep(h);
          this.#stale = this.#stages.passes > 2 && this.#stages.rate > 1e-3;
          this.#fresh = false;
          let factor = Math.min(GROW, Math.max(SHRINK, safety * predicted));
          if (!this.#stale && factor < KEEP) factor = 1;
          // The size that was proposed: after a rejection this holds the next one back.
          this.#hBefore = this.#h;
          this.#errorBefore = error;
          this.#h = h * factor;
          return end;
        }
        why = STATUS.nonFinite;
        h *= SHRINK;
      } else {
        why = error < Infinity ? STATUS.stepTooSmall : STATUS.nonFinite;
        h *= error < Infinity ? Math.max(SHRINK, safety * predicted) : SHRINK;
      }
      work.rejected++;
      again = true;
    }
  }

  /** Computes the Jacobian at the present point; false, with the status, if it is not finite. */
  #renewJacobian(t: number, h: number): boolean {
    const { rtol, atol } = this.#set;
    const finite = this.#jacobian.evaluate(t, this.y, this.slope, h, rtol, atol);
    this.work.evaluations += this.#jacobian.cost;
    this.work.jacobians++;
    this.#stale = false;
    this.#fresh = true;
    this.#stages.hFactored = 0;
    if (!finite) this.status = STATUS.nonFiniteJacobian;
    return finite;
  }

  /** Newton's iteration, with a new Jacobian if the old one fails. */
  #solveStages(t: number, h: number): OdeStatus {
    const stages = this.#stages;
    while (true) {
      const ready = Math.abs(h - stages.hFactored) <= 1e-3 * h ||
        stages.decompose(this.#jacobian.matrix, h);
      stages.predict(h);
      const result = ready ? stages.newton(this, t, h) : STATUS.singular;
      if (result === "done" || this.#fresh) return result;
      if (!this.#renewJacobian(t, h)) return STATUS.nonFiniteJacobian;
    }
  }

  /** Gustafsson's controller: the error of the step before tells how the error constant moves. */
  #predictedFactor(h: number, error: number): number {
    if (error === 0) return Infinity;
    const factor = Math.pow(error, -0.25);
    if (this.#hBefore === 0 || this.#errorBefore === 0) return factor;
    return Math.min(1, (h / this.#hBefore) * Math.pow(this.#errorBefore / error, 0.25)) * factor;
  }

  within(share: number, h: number, out: Float64Array): void {
    hermiteWithin(this, share, h, out);
  }

  interpolant(_t: number, _h: number, rows: Float64Array): void {
    rows.set(this.#stages.polynomial);
  }

  advance(): void {
    const y = this.y, slope = this.slope;
    this.y = this.next;
    this.next = y;
    this.slope = this.nextSlope;
    this.nextSlope = slope;
  }
}
