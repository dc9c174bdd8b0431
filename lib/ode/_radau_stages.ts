/**
 * The stage equations of Radau IIA(5) and their solution.
 *
 * The stages `y + z_i` at `t + c_i h` solve `z = h (A ⊗ I) f`. A simplified Newton iteration in the
 * eigenbasis of `A⁻¹` splits each pass into one real and one complex system of size n.
 *
 * Source: Hairer, Wanner, Solving Ordinary Differential Equations II (HW II), section IV.8.
 */
import { ComplexLu, Lu } from "./_lu.ts";
import { allFinite, type Work } from "./integrator.ts";
import type { Settings } from "./options.ts";
import { type OdeStatus, STATUS } from "./status.ts";
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

/** Where a step starts and ends. */
interface Ends {
  readonly y: Float64Array;
  readonly next: Float64Array;
  readonly slope: Float64Array;
}

/** Largest number of Newton passes. */
export const PASSES = 6;

export class RadauStages {
  /** Passes of the last iteration, and how fast it contracted. */
  passes = 0;
  rate = 0;
  /** Step of the factorised matrices; 0 if there are none. */
  hFactored = 0;
  /** Collocation polynomial of the step kept last, in nested form, and that step. */
  readonly polynomial: Float64Array;
  hPolynomial = 0;
  readonly #f: Rhs;
  readonly #set: Settings;
  readonly #work: Work;
  readonly #newtonTolerance: number;
  readonly #real: Lu;
  readonly #complex: ComplexLu;
  /** Stage increments, the same in the eigenbasis, and slopes. */
  readonly #z: readonly [Float64Array, Float64Array, Float64Array];
  readonly #w: readonly [Float64Array, Float64Array, Float64Array];
  readonly #k: readonly [Float64Array, Float64Array, Float64Array];
  readonly #stage: Float64Array;
  readonly #error: Float64Array;
  readonly #scale: Float64Array;

  constructor(f: Rhs, n: number, set: Settings, work: Work) {
    this.#f = f;
    this.#set = set;
    this.#work = work;
    this.#newtonTolerance = Math.max(
      10 * Number.EPSILON / set.rtol,
      Math.min(0.03, Math.sqrt(set.rtol)),
    );
    this.#real = new Lu(n);
    this.#complex = new ComplexLu(n);
    const room = () => new Float64Array(n);
    this.#z = [room(), room(), room()];
    this.#w = [room(), room(), room()];
    this.#k = [room(), room(), room()];
    this.#stage = room();
    this.#error = room();
    this.#scale = room();
    this.polynomial = new Float64Array(3 * n);
  }

  /** Factorises `γ/h − J` and `(α − iβ)/h − J`. */
  decompose(J: Float64Array, h: number): boolean {
    const a = this.#real.a, re = this.#complex.re, im = this.#complex.im;
    const n = this.#error.length;
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
    this.#work.decompositions += 2;
    const regular = this.#real.decompose() && this.#complex.decompose();
    this.hFactored = regular ? h : 0;
    return regular;
  }

  /** Stage values by extrapolation of the polynomial of the step before. */
  predict(h: number): void {
    const [z1, z2, z3] = this.#z;
    const n = z1.length;
    if (this.hPolynomial === 0) {
      for (let i = 0; i < n; i++) z1[i] = z2[i] = z3[i] = 0;
      return;
    }
    const p = this.polynomial;
    const ratio = h / this.hPolynomial;
    const a = 1 + C1 * ratio, b = 1 + C2 * ratio, c = 1 + ratio;
    for (let i = 0; i < n; i++) {
      const p0 = p[i], p1 = p[n + i], p2 = p[2 * n + i];
      z1[i] = a * (p0 + (1 - a) * (p1 + a * p2)) - p0;
      z2[i] = b * (p0 + (1 - b) * (p1 + b * p2)) - p0;
      z3[i] = c * (p0 + (1 - c) * (p1 + c * p2)) - p0;
    }
  }

  /** The simplified Newton iteration from the predicted stages. */
  newton(s: Ends, t: number, h: number): OdeStatus {
    const y = s.y, f = this.#f, stage = this.#stage, work = this.#work;
    const real = this.#real, complex = this.#complex;
    const [z1, z2, z3] = this.#z, [w1, w2, w3] = this.#w, [k1, k2, k3] = this.#k;
    const scale = this.#scales(s, h);
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
        const u = k1[i] / scale[i], v = k2[i] / scale[i], w = k3[i] / scale[i];
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
        this.passes = pass + 1;
        this.rate = Math.max(rate, 0);
        return "done";
      }
      before = size;
    }
    return STATUS.notConverged;
  }

  /**
   * Tolerance of each component. One at zero without an absolute tolerance takes the size of the
   * others.
   */
  #scales(s: Ends, h: number): Float64Array {
    const { y, slope } = s, scale = this.#scale;
    const { rtol, atol } = this.#set;
    let any = false;
    for (let i = 0; i < y.length; i++) {
      scale[i] = atol[i] + rtol * Math.abs(y[i]);
      any ||= scale[i] === 0;
    }
    if (!any) return scale;
    let largest = 0;
    for (let i = 0; i < y.length; i++) {
      largest = Math.max(largest, Math.abs(y[i]), h * Math.abs(slope[i]));
    }
    for (let i = 0; i < y.length; i++) scale[i] ||= rtol * largest || Number.MIN_VALUE;
    return scale;
  }

  /** End of the step, and the norm of its error estimate; filtered twice after a rejection. */
  estimate(s: Ends, t: number, h: number, again: boolean): number {
    const { y, next, slope } = s, error = this.#error;
    const [z1, z2, z3] = this.#z, sum = this.#w[0];
    const n = y.length;
    for (let i = 0; i < n; i++) {
      next[i] = y[i] + z3[i];
      sum[i] = (E1 * z1[i] + E2 * z2[i] + E3 * z3[i]) / h;
      error[i] = slope[i] + sum[i];
    }
    this.#real.solve(error);
    const norm = this.#norm(s, error);
    if (!again || !(norm > 1)) return norm;
    const stage = this.#stage;
    for (let i = 0; i < n; i++) stage[i] = y[i] + error[i];
    this.#f(t, stage, error);
    this.#work.evaluations++;
    for (let i = 0; i < n; i++) error[i] += sum[i];
    this.#real.solve(error);
    return this.#norm(s, error);
  }

  #norm(s: Ends, error: Float64Array): number {
    const { y, next } = s;
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

  /** Keeps the collocation polynomial in nested form. */
  keep(h: number): void {
    const [z1, z2, z3] = this.#z, p = this.polynomial;
    const n = z1.length;
    for (let i = 0; i < n; i++) {
      const a = (z1[i] / C1 - z3[i]) / (1 - C1);
      const b = (z2[i] / C2 - z3[i]) / (1 - C2);
      const slope = (b - a) / (C2 - C1);
      p[i] = z3[i];
      p[n + i] = a - C1 * slope;
      p[2 * n + i] = slope;
    }
    this.hPolynomial = h;
  }
}
