/**
 * The pair of Dormand and Prince of order 5(4) with its continuous extension of order 4.
 *
 * Source: HNW I, table II.5.2 (the pair) and II.6 (the extension); Dormand & Prince, J. Comput.
 * Appl. Math. 6 (1980) 19; Shampine, Math. Comp. 46 (1986) 135.
 *
 * @module
 */
import { type ParametricRhs, startRows, type Stepper } from "./stepper.ts";

export const C2 = 1 / 5, C3 = 3 / 10, C4 = 4 / 5, C5 = 8 / 9;
export const A21 = 1 / 5;
export const A31 = 3 / 40, A32 = 9 / 40;
export const A41 = 44 / 45, A42 = -56 / 15, A43 = 32 / 9;
export const A51 = 19372 / 6561, A52 = -25360 / 2187, A53 = 64448 / 6561, A54 = -212 / 729;
export const A61 = 9017 / 3168,
  A62 = -355 / 33,
  A63 = 46732 / 5247,
  A64 = 49 / 176,
  A65 = -5103 / 18656;
export const B1 = 35 / 384, B3 = 500 / 1113, B4 = 125 / 192, B5 = -2187 / 6784, B6 = 11 / 84;
/** Weights of the embedded formula of order 4 minus those of order 5. */
export const E1 = -71 / 57600,
  E3 = 71 / 16695,
  E4 = -71 / 1920,
  E5 = 17253 / 339200,
  E6 = -22 / 525,
  E7 = 1 / 40;
const D1 = -12715105075 / 11282082432,
  D3 = 87487479700 / 32700410799,
  D4 = -10690763975 / 1880347072,
  D5 = 701980252875 / 199316789632,
  D6 = -1453857185 / 822651844,
  D7 = 69997945 / 29380423;

export class Dopri5 implements Stepper {
  readonly errorOrder = 4;
  readonly stages = 6;
  readonly rows = 4;
  y: Float64Array;
  next: Float64Array;
  slope: Float64Array;
  nextSlope: Float64Array;
  readonly #f: ParametricRhs;
  readonly #p: Float64Array | undefined;
  readonly #stage: Float64Array;
  readonly #k2: Float64Array;
  readonly #k3: Float64Array;
  readonly #k4: Float64Array;
  readonly #k5: Float64Array;
  readonly #k6: Float64Array;

  constructor(f: ParametricRhs, n: number, p?: Float64Array) {
    this.#f = f;
    this.#p = p;
    const room = () => new Float64Array(n);
    this.y = room();
    this.next = room();
    this.slope = room();
    this.nextSlope = room();
    this.#stage = room();
    this.#k2 = room();
    this.#k3 = room();
    this.#k4 = room();
    this.#k5 = room();
    this.#k6 = room();
  }

  step(t: number, h: number): void {
    const f = this.#f, p = this.#p;
    const y = this.y, next = this.next, k1 = this.slope, k7 = this.nextSlope, w = this.#stage;
    const k2 = this.#k2, k3 = this.#k3, k4 = this.#k4, k5 = this.#k5, k6 = this.#k6;
    const n = y.length;
    for (let i = 0; i < n; i++) w[i] = y[i] + h * A21 * k1[i];
    f(t + C2 * h, w, k2, p);
    for (let i = 0; i < n; i++) w[i] = y[i] + h * (A31 * k1[i] + A32 * k2[i]);
    f(t + C3 * h, w, k3, p);
    for (let i = 0; i < n; i++) w[i] = y[i] + h * (A41 * k1[i] + A42 * k2[i] + A43 * k3[i]);
    f(t + C4 * h, w, k4, p);
    for (let i = 0; i < n; i++) {
      w[i] = y[i] + h * (A51 * k1[i] + A52 * k2[i] + A53 * k3[i] + A54 * k4[i]);
    }
    f(t + C5 * h, w, k5, p);
    for (let i = 0; i < n; i++) {
      w[i] = y[i] + h * (A61 * k1[i] + A62 * k2[i] + A63 * k3[i] + A64 * k4[i] + A65 * k5[i]);
    }
    f(t + h, w, k6, p);
    for (let i = 0; i < n; i++) {
      next[i] = y[i] + h * (B1 * k1[i] + B3 * k3[i] + B4 * k4[i] + B5 * k5[i] + B6 * k6[i]);
    }
    f(t + h, next, k7, p);
  }

  errorNorm(h: number, rtol: number, atol: Float64Array): number {
    const y = this.y, next = this.next, k1 = this.slope, k7 = this.nextSlope;
    const k3 = this.#k3, k4 = this.#k4, k5 = this.#k5, k6 = this.#k6;
    const n = y.length;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const scale = atol[i] + rtol * Math.max(Math.abs(y[i]), Math.abs(next[i]));
      const error = h *
        (E1 * k1[i] + E3 * k3[i] + E4 * k4[i] + E5 * k5[i] + E6 * k6[i] + E7 * k7[i]) /
        (scale || Number.MIN_VALUE);
      // The difference is NaN if the new state is not finite, otherwise 0.
      sum += error * error + (next[i] - next[i]);
    }
    return Math.sqrt(sum / n);
  }

  interpolant(_t: number, h: number, rows: Float64Array): number {
    startRows(this, h, rows);
    const k1 = this.slope, k7 = this.nextSlope;
    const k3 = this.#k3, k4 = this.#k4, k5 = this.#k5, k6 = this.#k6;
    const n = this.y.length;
    for (let i = 0; i < n; i++) {
      rows[3 * n + i] = h *
        (D1 * k1[i] + D3 * k3[i] + D4 * k4[i] + D5 * k5[i] + D6 * k6[i] + D7 * k7[i]);
    }
    return 0;
  }

  advance(): void {
    const y = this.y, slope = this.slope;
    this.y = this.next;
    this.next = y;
    this.slope = this.nextSlope;
    this.nextSlope = slope;
  }
}
