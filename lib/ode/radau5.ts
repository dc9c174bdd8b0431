/**
 * The Radau IIA method with three stages, of order 5, for stiff systems.
 *
 * The stages `y + z_i` at `t + c_i h` solve `z = h (A ⊗ I) f`. A simplified Newton iteration in the
 * eigenbasis of `A⁻¹` splits each pass into one real and one complex system of size n; the matrices
 * are kept while Newton converges well and the step size stays. The error estimate is of order 3.
 *
 * Source: Hairer, Wanner, Solving Ordinary Differential Equations II (HW II), section IV.8: stages
 * (8.4)–(8.8), stopping (8.9)–(8.11), error (8.19), (8.20), step size (8.21)–(8.25).
 */
import { ComplexLu, Lu } from "./_lu.ts";
import { initialStep } from "./initial_step.ts";
import { allFinite, clearWork, type Integrator, leastStep, noWork } from "./integrator.ts";
import { JacobianOf } from "./_jacobian.ts";
import type { Settings } from "./options.ts";
import { type OdeStatus, STATUS } from "./solution.ts";
import type { Rhs } from "./stepper.ts";

const ROOT6 = Math.sqrt(6);
const C1 = (4 - ROOT6) / 10, C2 = (4 + ROOT6) / 10;
/** Eigenvalues of `A⁻¹`: one real, a conjugate pair `ALPHA ± i BETA`. */
const CBRT3 = Math.cbrt(3), CBRT9 = Math.cbrt(9);
const GAMMA = 3 + CBRT9 - CBRT3;
const ALPHA = 3 + (CBRT3 - CBRT9) / 2;
const BETA = (Math.pow(3, 5 / 6) + Math.pow(3, 7 / 6)) / 2;
/** Eigenvectors: `T⁻¹ A⁻¹ T = [[γ, 0, 0], [0, α, β], [0, −β, α]]`; the last row of T is 1, 1, 0. */
const T11 = 0.09443876248897524, T12 = -0.14125529502095421, T13 = 0.03002919410514742;
const T21 = 0.25021312296533332, T22 = 0.20412935229379994, T23 = -0.38294211275726192;
const S11 = 4.17871859155190428, S12 = 0.32768282076106237, S13 = 0.52337644549944951;
const S21 = -S11, S22 = -S12, S23 = 0.47662355450055044;
const S31 = 0.50287263494578682, S32 = -2.57192694985560522, S33 = 0.59603920482822492;
/** Error estimate. */
const E1 = (-13 - 7 * ROOT6) / 3, E2 = (-13 + 7 * ROOT6) / 3, E3 = -1 / 3;

const PASSES = 6;
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
  readonly #newtonTolerance: number;
  readonly #jacobian: JacobianOf;
  readonly #real: Lu;
  readonly #complex: ComplexLu;
  /** Stage increments, and the same in the eigenbasis. */
  readonly #z: readonly [Float64Array, Float64Array, Float64Array];
  readonly #w: readonly [Float64Array, Float64Array, Float64Array];
  readonly #k: readonly [Float64Array, Float64Array, Float64Array];
  readonly #stage: Float64Array;
  readonly #error: Float64Array;
  readonly #polynomial: Float64Array;
  /** Step to try; the last accepted step and its error, for the controller. */
  #h = 0;
  #hBefore = 0;
  #errorBefore = 0;
  /** Steps of the polynomial and of the factorised matrices; 0 if there are none. */
  #hPolynomial = 0;
  #hFactored = 0;
  /** The Jacobian belongs to the present point; it is to be computed there. */
  #fresh = false;
  #stale = true;
  /** Of the last Newton iteration. */
  #passes = 0;
  #rate = 0;

  constructor(f: Rhs, n: number, set: Settings) {
    this.#f = f;
    this.#set = set;
    this.#newtonTolerance = Math.max(
      10 * Number.EPSILON / set.rtol,
      Math.min(0.03, Math.sqrt(set.rtol)),
    );
    this.#jacobian = new JacobianOf(f, set.jacobian, n);
    this.#real = new Lu(n);
    this.#complex = new ComplexLu(n);
    const room = () => new Float64Array(n);
    this.y = room();
    this.next = room();
    this.slope = room();
    this.nextSlope = room();
    this.#z = [room(), room(), room()];
    this.#w = [room(), room(), room()];
    this.#k = [room(), room(), room()];
    this.#stage = room();
    this.#error = room();
    this.#polynomial = new Float64Array(3 * n);
  }

  start(y0: ArrayLike<number>): void {
    const f = this.#f, work = this.work, y = this.y;
    const { t0, t1, maxStep, rtol, atol, firstStep } = this.#set;
    clearWork(work);
    this.status = "done";
    this.#hBefore = 0;
    this.#hPolynomial = 0;
    this.#hFactored = 0;
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

  step(t: number): number {
    const { t0, t1, maxStep, maxSteps } = this.#set;
    const work = this.work;
    const least = leastStep(t, t1 - t0);
    let h = this.#h;
    if (h > maxStep || h < least) {
      h = Math.max(Math.min(h, maxStep), least);
      this.#hBefore = 0;
    }
    if (this.#stale && !this.#renewJacobian(t, h)) return t;
    let again = false;
    let why: OdeStatus = STATUS.stepTooSmall;
    while (true) {
      const end = Math.min(t + h, t1);
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
      const safety = SAFETY * (2 * PASSES + 1) / (2 * PASSES + this.#passes);
      const error = this.#estimate(t, h, again);
      const predicted = this.#predictedFactor(h, error);
      if (error <= 1) {
        this.#f(end, this.next, this.nextSlope);
        work.evaluations++;
        if (allFinite(this.nextSlope)) {
          work.accepted++;
          this.#keepPolynomial(h);
          this.#stale = this.#passes > 2 && this.#rate > 1e-3;
          this.#fresh = false;
          let factor = Math.min(GROW, Math.max(SHRINK, safety * predicted));
          if (!this.#stale && factor < KEEP) factor = 1;
          this.#hBefore = h;
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
    this.#hFactored = 0;
    if (!finite) this.status = STATUS.nonFiniteJacobian;
    return finite;
  }

  /** Newton's iteration, with a new Jacobian if the old one fails. */
  #solveStages(t: number, h: number): OdeStatus {
    this.#predictStages(h);
    while (true) {
      const ready = Math.abs(h - this.#hFactored) <= 1e-3 * h || this.#decompose(h);
      const result = ready ? this.#newton(t, h) : STATUS.singular;
      if (result === "done" || this.#fresh) return result;
      if (!this.#renewJacobian(t, h)) return STATUS.nonFiniteJacobian;
    }
  }

  /** Factorises `γ/h − J` and `(α − iβ)/h − J`. */
  #decompose(h: number): boolean {
    const J = this.#jacobian.matrix;
    const a = this.#real.a, re = this.#complex.re, im = this.#complex.im;
    const n = this.y.length;
    for (let i = 0; i < n * n; i++) {
      a[i] = -J[i];
      re[i] = -J[i];
      im[i] = 0;
    }
    for (let i = 0; i < n * n; i += n + 1) {
      a[i] += GAMMA / h;
      re[i] += ALPHA / h;
      im[i] = -BETA / h;
    }
    this.work.decompositions += 2;
    const regular = this.#real.decompose() && this.#complex.decompose();
    this.#hFactored = regular ? h : 0;
    return regular;
  }

  /** Stage values by extrapolation of the polynomial of the step before. */
  #predictStages(h: number): void {
    const [z1, z2, z3] = this.#z;
    const n = this.y.length;
    if (this.#hPolynomial === 0) {
      for (let i = 0; i < n; i++) z1[i] = z2[i] = z3[i] = 0;
      return;
    }
    const p = this.#polynomial;
    const ratio = h / this.#hPolynomial;
    const a = 1 + C1 * ratio, b = 1 + C2 * ratio, c = 1 + ratio;
    for (let i = 0; i < n; i++) {
      const p0 = p[i], p1 = p[n + i], p2 = p[2 * n + i];
      z1[i] = a * (p0 + (1 - a) * (p1 + a * p2)) - p0;
      z2[i] = b * (p0 + (1 - b) * (p1 + b * p2)) - p0;
      z3[i] = c * (p0 + (1 - c) * (p1 + c * p2)) - p0;
    }
  }

  /** The simplified Newton iteration from the predicted stages. */
  #newton(t: number, h: number): OdeStatus {
    const f = this.#f, y = this.y, stage = this.#stage, work = this.work;
    const real = this.#real, complex = this.#complex;
    const [z1, z2, z3] = this.#z, [w1, w2, w3] = this.#w, [k1, k2, k3] = this.#k;
    const { rtol, atol } = this.#set;
    const tolerance = this.#newtonTolerance;
    const n = y.length;
    const gamma = GAMMA / h, alpha = ALPHA / h, beta = BETA / h;
    for (let i = 0; i < n; i++) {
      w1[i] = S11 * z1[i] + S12 * z2[i] + S13 * z3[i];
      w2[i] = S21 * z1[i] + S22 * z2[i] + S23 * z3[i];
      w3[i] = S31 * z1[i] + S32 * z2[i] + S33 * z3[i];
    }
    let before = 0;
    let rate = -1;
    for (let pass = 0; pass < PASSES; pass++) {
      for (let i = 0; i < n; i++) stage[i] = y[i] + z1[i];
      f(t + C1 * h, stage, k1);
      for (let i = 0; i < n; i++) stage[i] = y[i] + z2[i];
      f(t + C2 * h, stage, k2);
      for (let i = 0; i < n; i++) stage[i] = y[i] + z3[i];
      f(t + h, stage, k3);
      work.evaluations += 3;
      for (let i = 0; i < n; i++) {
        const f1 = k1[i], f2 = k2[i], f3 = k3[i];
        k1[i] = S11 * f1 + S12 * f2 + S13 * f3 - gamma * w1[i];
        k2[i] = S21 * f1 + S22 * f2 + S23 * f3 - (alpha * w2[i] + beta * w3[i]);
        k3[i] = S31 * f1 + S32 * f2 + S33 * f3 - (alpha * w3[i] - beta * w2[i]);
      }
      real.solve(k1);
      complex.solve(k2, k3);
      let sum = 0;
      for (let i = 0; i < n; i++) {
        const scale = (atol[i] + rtol * Math.abs(y[i])) || Number.MIN_VALUE;
        const u = k1[i] / scale, v = k2[i] / scale, w = k3[i] / scale;
        sum += u * u + v * v + w * w;
      }
      const size = Math.sqrt(sum / (3 * n));
      if (!(size < Infinity)) return allFinite(k1) ? STATUS.notConverged : STATUS.nonFinite;
      if (pass > 0) {
        rate = size / before;
        // Diverges, or would not arrive within the passes that are left.
        const arrival = Math.pow(rate, PASSES - pass) / (1 - rate) * size;
        if (rate >= 1 || arrival > tolerance) return STATUS.notConverged;
      }
      for (let i = 0; i < n; i++) {
        const a = w1[i] + k1[i], b = w2[i] + k2[i], c = w3[i] + k3[i];
        w1[i] = a;
        w2[i] = b;
        w3[i] = c;
        z1[i] = T11 * a + T12 * b + T13 * c;
        z2[i] = T21 * a + T22 * b + T23 * c;
        z3[i] = a + b;
      }
      if (size === 0 || (rate >= 0 && rate / (1 - rate) * size < tolerance)) {
        this.#passes = pass + 1;
        this.#rate = Math.max(rate, 0);
        return "done";
      }
      before = size;
    }
    return STATUS.notConverged;
  }

  /** End of the step, and the norm of its error estimate; filtered twice after a rejection. */
  #estimate(t: number, h: number, again: boolean): number {
    const y = this.y, next = this.next, slope = this.slope, error = this.#error;
    const [z1, z2, z3] = this.#z, sum = this.#w[0];
    const n = y.length;
    for (let i = 0; i < n; i++) {
      next[i] = y[i] + z3[i];
      sum[i] = (E1 * z1[i] + E2 * z2[i] + E3 * z3[i]) / h;
      error[i] = slope[i] + sum[i];
    }
    this.#real.solve(error);
    const norm = this.#norm(error);
    if (!again || !(norm > 1)) return norm;
    const stage = this.#stage;
    for (let i = 0; i < n; i++) stage[i] = y[i] + error[i];
    this.#f(t, stage, error);
    this.work.evaluations++;
    for (let i = 0; i < n; i++) error[i] += sum[i];
    this.#real.solve(error);
    return this.#norm(error);
  }

  #norm(error: Float64Array): number {
    const y = this.y, next = this.next;
    const { rtol, atol } = this.#set;
    const n = y.length;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const scale = atol[i] + rtol * Math.max(Math.abs(y[i]), Math.abs(next[i]));
      const e = error[i] / (scale || Number.MIN_VALUE);
      sum += e * e;
    }
    return Math.sqrt(sum / n);
  }

  /** Gustafsson's controller: the error of the step before tells how the error constant moves. */
  #predictedFactor(h: number, error: number): number {
    if (error === 0) return Infinity;
    const factor = Math.pow(error, -0.25);
    if (this.#hBefore === 0 || this.#errorBefore === 0) return factor;
    return Math.min(1, (h / this.#hBefore) * Math.pow(this.#errorBefore / error, 0.25)) * factor;
  }

  /** The collocation polynomial in nested form. */
  #keepPolynomial(h: number): void {
    const [z1, z2, z3] = this.#z, p = this.#polynomial;
    const n = z1.length;
    for (let i = 0; i < n; i++) {
      const a = (z1[i] / C1 - z3[i]) / (1 - C1);
      const b = (z2[i] / C2 - z3[i]) / (1 - C2);
      const slope = (b - a) / (C2 - C1);
      p[i] = z3[i];
      p[n + i] = a - C1 * slope;
      p[2 * n + i] = slope;
    }
    this.#hPolynomial = h;
  }

  interpolant(_t: number, _h: number, rows: Float64Array): void {
    rows.set(this.#polynomial);
  }

  advance(): void {
    const y = this.y, slope = this.slope;
    this.y = this.next;
    this.next = y;
    this.slope = this.nextSlope;
    this.nextSlope = slope;
  }
}
