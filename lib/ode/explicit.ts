/** Step control of the explicit Runge–Kutta methods. */
import { inverseFifthRoot } from "./_fifth_root.ts";
import { initialStep } from "./initial_step.ts";
import { allFinite, clearWork, type Integrator, leastStep, noWork } from "./integrator.ts";
import type { Settings } from "./options.ts";
import { STATUS } from "./status.ts";
import type { OdeStatus } from "./status.ts";
import { hermiteWithin, type Rhs, type Stepper } from "./stepper.ts";

export const SAFETY = 0.9, SHRINK = 0.2, GROW = 10;
/** Share of the previous error in the PI controller (HNW II, IV.2, and their code DOPRI5). */
const BETA = 0.04;

export class Explicit implements Integrator {
  readonly rows: number;
  status: OdeStatus = "done";
  readonly work = noWork();
  readonly #s: Stepper;
  readonly #f: Rhs;
  readonly #set: Settings;
  #h = 0;
  #errorBefore = 1e-4;

  constructor(stepper: Stepper, f: Rhs, set: Settings) {
    this.#s = stepper;
    this.#f = f;
    this.#set = set;
    this.rows = stepper.rows;
  }

  get y(): Float64Array {
    return this.#s.y;
  }

  get next(): Float64Array {
    return this.#s.next;
  }

  start(y0: ArrayLike<number>): void {
    const s = this.#s, f = this.#f, work = this.work;
    const { t0, t1, maxStep, rtol, atol, firstStep } = this.#set;
    clearWork(work);
    this.status = "done";
    this.#errorBefore = 1e-4;
    const y = s.y;
    for (let i = 0; i < y.length; i++) y[i] = y0[i];
    f(t0, y, s.slope);
    work.evaluations++;
    if (!allFinite(s.slope)) {
      this.status = STATUS.nonFinite;
    } else if (firstStep > 0) {
      this.#h = firstStep;
    } else {
      this.#h = initialStep(s, f, t0, t1 - t0, maxStep, rtol, atol);
      work.evaluations++;
    }
  }

  step(t: number, until: number): number {
    const s = this.#s, work = this.work;
    const { maxStep, maxSteps, rtol, atol, pi } = this.#set;
    const exponent = -1 / (s.errorOrder + 1);
    const power = s.errorOrder === 4 ? inverseFifthRoot : (x: number) => Math.pow(x, exponent);
    const least = leastStep(t, this.#set);
    const usual = Math.max(Math.min(this.#h, maxStep), least);
    let h = usual;
    let again = false;
    let finite = true;
    while (true) {
      const end = Math.min(t + h, until);
      if (h < least || !(end > t)) {
        this.status = finite ? STATUS.stepTooSmall : STATUS.nonFinite;
        return t;
      }
      if (work.accepted + work.rejected >= maxSteps) {
        this.status = STATUS.maxSteps;
        return t;
      }
      h = end - t;
      s.step(t, h);
      work.evaluations += s.stages;
      const error = s.errorNorm(h, rtol, atol);
      if (error < 1) {
        work.accepted++;
        let factor = GROW;
        if (error > 0) {
          factor = pi
            ? SAFETY * Math.pow(error, exponent + 0.75 * BETA) * Math.pow(this.#errorBefore, BETA)
            : SAFETY * power(error);
          factor = Math.min(GROW, Math.max(factor, SHRINK));
        }
        this.#errorBefore = Math.max(error, 1e-4);
        // The size that follows a rejection must not grow at once.
        this.#h = h * (again ? Math.min(1, factor) : factor);
        // One that was cut short for a time of output says nothing against the usual size.
        if (!again && end === until) this.#h = Math.max(this.#h, usual);
        return end;
      }
      work.rejected++;
      again = true;
      finite = error < Infinity;
      h *= finite ? Math.max(SHRINK, SAFETY * power(error)) : SHRINK;
    }
  }

  within(share: number, h: number, out: Float64Array): void {
    hermiteWithin(this.#s, share, h, out);
  }

  interpolant(t: number, h: number, rows: Float64Array): void {
    this.work.evaluations += this.#s.interpolant(t, h, rows);
  }

  advance(): void {
    this.#s.advance();
  }
}
