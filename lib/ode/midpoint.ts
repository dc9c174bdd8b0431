/**
 * The implicit midpoint rule `y' = y + h f(t + h/2, (y + y')/2)` at a fixed step, of order 2.
 *
 * With `z = (y' − y)/2` the equation is `z = (h/2) f(t + h/2, y + z)`. It is iterated until rounding
 * stops it, by substitution while that contracts fast, otherwise by simplified Newton. The rounding
 * of `y + 2z` is carried to the next step, so that invariants drift with `ε h` and not with `ε`.
 *
 * Source: Hairer, Lubich, Wanner, Geometric Numerical Integration (HLW), IV.2.1 (quadratic
 * invariants), VIII.5 (compensated summation), VIII.6 (iteration until rounding).
 */
import { Lu } from "./_lu.ts";
import { allFinite, clearWork, type Integrator, leastStep, noWork } from "./integrator.ts";
import { JacobianOf } from "./_jacobian.ts";
import type { Settings } from "./options.ts";
import { type OdeStatus, STATUS } from "./status.ts";
import { type Rhs, startRows } from "./stepper.ts";

const PASSES = 60;
/** Substitution that contracts by less than this is replaced by Newton. */
const FAST = 0.4;
/** Newton that contracts by less than this gets a new Jacobian. */
const GOOD = 0.2;
/** Correction, relative to the state, below which a stalled iteration is a matter of rounding. */
const ROUNDING = 1000 * Number.EPSILON;

export class Midpoint implements Integrator {
  readonly rows = 3;
  status: OdeStatus = "done";
  readonly work = noWork();
  y: Float64Array;
  next: Float64Array;
  /** Slopes at both ends, for the interpolant only. */
  slope: Float64Array;
  nextSlope: Float64Array;
  readonly #f: Rhs;
  readonly #set: Settings;
  readonly #steps: number;
  readonly #h: number;
  readonly #z: Float64Array;
  readonly #change: Float64Array;
  readonly #stage: Float64Array;
  /** What rounding took from `y`. */
  readonly #carry: Float64Array;
  #jacobian: JacobianOf | undefined;
  #lu: Lu | undefined;
  #newton = false;
  #slopeKnown = false;
  #nextSlopeKnown = false;

  constructor(f: Rhs, n: number, set: Settings) {
    this.#f = f;
    this.#set = set;
    const interval = set.t1 - set.t0;
    this.#steps = Math.ceil((interval / set.step) * (1 - 4 * Number.EPSILON));
    this.#h = interval / this.#steps;
    const room = () => new Float64Array(n);
    this.y = room();
    this.next = room();
    this.slope = room();
    this.nextSlope = room();
    this.#z = room();
    this.#change = room();
    this.#stage = room();
    this.#carry = room();
  }

  start(y0: ArrayLike<number>): void {
    clearWork(this.work);
    this.status = "done";
    this.#newton = false;
    this.#slopeKnown = false;
    this.#nextSlopeKnown = false;
    const y = this.y;
    for (let i = 0; i < y.length; i++) y[i] = y0[i];
    this.#z.fill(0);
    this.#carry.fill(0);
    this.#f(this.#set.t0, y, this.slope);
    this.work.evaluations++;
    if (allFinite(this.slope)) this.#slopeKnown = true;
    else this.status = STATUS.nonFinite;
  }

  step(t: number): number {
    const work = this.work, h = this.#h;
    const { t0, t1, maxSteps } = this.#set;
    if (h < leastStep(t, this.#set)) {
      this.status = STATUS.fixedStepTooSmall;
      return t;
    }
    if (work.accepted >= maxSteps) {
      this.status = STATUS.maxFixedSteps;
      return t;
    }
    this.status = this.#solve(t);
    if (this.status !== "done") return t;
    const y = this.y, next = this.next, z = this.#z, carry = this.#carry;
    for (let i = 0; i < y.length; i++) {
      const add = 2 * z[i] + carry[i];
      const sum = y[i] + add;
      // Exactly what the sum lost (Knuth's two-sum).
      const part = sum - y[i];
      carry[i] = (y[i] - (sum - part)) + (add - part);
      next[i] = sum;
    }
    if (!allFinite(next)) {
      this.status = STATUS.nonFinite;
      return t;
    }
    work.accepted++;
    return work.accepted === this.#steps ? t1 : t0 + work.accepted * h;
  }

  /** Solves for `z`, starting from that of the step before. */
  #solve(t: number): OdeStatus {
    const f = this.#f, work = this.work, half = this.#h / 2;
    const y = this.y, z = this.#z, g = this.#change, stage = this.#stage, carry = this.#carry;
    const n = y.length;
    let fresh = false;
    let before = Infinity;
    let passes = 0;
    while (true) {
      for (let i = 0; i < n; i++) stage[i] = y[i] + (z[i] + carry[i]);
      f(t + half, stage, g);
      work.evaluations++;
      const finite = allFinite(g);
      if (!finite && fresh) return STATUS.nonFinite;
      if (finite) {
        for (let i = 0; i < n; i++) g[i] = half * g[i] - z[i];
        if (this.#newton) this.#lu!.solve(g);
        let correction = 0;
        let size = 0;
        for (let i = 0; i < n; i++) {
          correction = Math.max(correction, Math.abs(g[i]));
          size = Math.max(size, Math.abs(y[i]) + Math.abs(z[i]));
        }
        const slow = correction > (this.#newton ? GOOD : FAST) * before;
        const falls = correction < before;
        // Where rounding rules, the state no longer feels the correction.
        const arrived = slow && correction <= (falls ? 4 * Number.EPSILON : ROUNDING) * size;
        const hopeless = slow && correction > ROUNDING * size && !(fresh && falls);
        if (passes < PASSES && !hopeless) {
          for (let i = 0; i < n; i++) z[i] += g[i];
          if (arrived || correction === 0) return "done";
          before = correction;
          passes++;
          continue;
        }
      }
      // The iteration is too slow: a Jacobian at the start of the step, and Newton from there.
      if (fresh) return STATUS.notConvergedFixed;
      const status = this.#prepareNewton(t);
      if (status !== "done") return status;
      fresh = true;
      before = Infinity;
      passes = 0;
      z.fill(0);
    }
  }

  /** Factorises `I − (h/2) J` at the start of the step. */
  #prepareNewton(t: number): OdeStatus {
    const { rtol, atol, jacobian } = this.#set;
    const work = this.work, y = this.y, h = this.#h;
    const n = y.length;
    if (!this.#slopeKnown) {
      this.#f(t, y, this.slope);
      work.evaluations++;
      this.#slopeKnown = true;
      if (!allFinite(this.slope)) return STATUS.nonFinite;
    }
    const derivative = this.#jacobian ??= new JacobianOf(this.#f, jacobian, n);
    const finite = derivative.evaluate(t, y, this.slope, h, rtol, atol);
    work.evaluations += derivative.cost;
    work.jacobians++;
    if (!finite) return STATUS.nonFiniteJacobian;
    const lu = this.#lu ??= new Lu(n);
    const J = derivative.matrix;
    for (let i = 0; i < n * n; i++) lu.a[i] = -0.5 * h * J[i];
    for (let i = 0; i < n * n; i += n + 1) lu.a[i] += 1;
    work.decompositions++;
    this.#newton = true;
    return lu.decompose() ? "done" : STATUS.singularFixed;
  }

  within(share: number, _h: number, out: Float64Array): void {
    for (let i = 0; i < out.length; i++) out[i] = (1 - share) * this.y[i] + share * this.next[i];
  }

  interpolant(t: number, h: number, rows: Float64Array): void {
    if (!this.#slopeKnown) this.#f(t, this.y, this.slope);
    this.#f(t + h, this.next, this.nextSlope);
    this.work.evaluations += this.#slopeKnown ? 1 : 2;
    startRows(this, h, rows);
    this.#slopeKnown = true;
    this.#nextSlopeKnown = true;
  }

  advance(): void {
    const y = this.y, slope = this.slope;
    this.y = this.next;
    this.next = y;
    this.slope = this.nextSlope;
    this.nextSlope = slope;
    this.#slopeKnown = this.#nextSlopeKnown;
    this.#nextSlopeKnown = false;
  }
}
