/**
 * Lanes: systems that advance side by side by the pair of Dormand and Prince, each with its own time and
 * step size. Component `i` of lane `k` is entry `i · lanes + k`.
 *
 * The arithmetic of a lane is that of `Dopri5` and of `Explicit`, operation by operation.
 *
 * @module
 */
import * as d from "./dopri5.ts";

/** Right-hand side of `count` systems, each with a time of its own. */
export type BatchRhs = (
  t: Float64Array,
  y: Float64Array,
  dy: Float64Array,
  count: number,
  p: Float64Array,
) => void;

/** State and work space of the lanes. */
export class Lanes {
  readonly t: Float64Array;
  /** Size of the step that is tried. */
  readonly h: Float64Array;
  readonly y: Float64Array;
  readonly slope: Float64Array;
  readonly p: Float64Array;
  /** Error of the last step, relative to the tolerance. */
  readonly error: Float64Array;
  readonly next: Float64Array;
  readonly #f: BatchRhs;
  readonly #n: number;
  readonly #at: Float64Array;
  readonly #stage: Float64Array;
  readonly #k: readonly Float64Array[];

  /** Lanes of `n` components and `parameters` parameters. */
  constructor(f: BatchRhs, readonly count: number, n: number, parameters: number) {
    const room = (rows: number) => new Float64Array(rows * count);
    this.#f = f;
    this.#n = n;
    [this.t, this.h, this.error, this.#at] = [room(1), room(1), room(1), room(1)];
    [this.y, this.slope, this.next, this.#stage] = [room(n), room(n), room(n), room(n)];
    this.p = room(parameters);
    this.#k = Array.from({ length: 6 }, () => room(n)); // k₂ … k₇
  }

  /** Evaluates the right-hand side at a share of the step. */
  #slopes(share: number, y: Float64Array, dy: Float64Array): void {
    const { t, h, count } = this, at = this.#at;
    for (let k = 0; k < count; k++) at[k] = t[k] + share * h[k];
    this.#f(at, y, dy, count, this.p);
  }

  /** Tries a step of its own size in every lane, and writes the errors. */
  step(rtol: number, atol: Float64Array): void {
    const { y, next, slope: k1, h, count } = this, w = this.#stage, [k2, k3, k4, k5, k6] = this.#k;
    const n = this.#n;
    for (let i = 0, j = 0; i < n; i++) {
      for (let k = 0; k < count; k++, j++) w[j] = y[j] + h[k] * d.A21 * k1[j];
    }
    this.#slopes(d.C2, w, k2);
    for (let i = 0, j = 0; i < n; i++) {
      for (let k = 0; k < count; k++, j++) w[j] = y[j] + h[k] * (d.A31 * k1[j] + d.A32 * k2[j]);
    }
    this.#slopes(d.C3, w, k3);
    for (let i = 0, j = 0; i < n; i++) {
      for (let k = 0; k < count; k++, j++) {
        w[j] = y[j] + h[k] * (d.A41 * k1[j] + d.A42 * k2[j] + d.A43 * k3[j]);
      }
    }
    this.#slopes(d.C4, w, k4);
    for (let i = 0, j = 0; i < n; i++) {
      for (let k = 0; k < count; k++, j++) {
        w[j] = y[j] + h[k] * (d.A51 * k1[j] + d.A52 * k2[j] + d.A53 * k3[j] + d.A54 * k4[j]);
      }
    }
    this.#slopes(d.C5, w, k5);
    for (let i = 0, j = 0; i < n; i++) {
      for (let k = 0; k < count; k++, j++) {
        w[j] = y[j] +
          h[k] * (d.A61 * k1[j] + d.A62 * k2[j] + d.A63 * k3[j] + d.A64 * k4[j] + d.A65 * k5[j]);
      }
    }
    this.#slopes(1, w, k6);
    for (let i = 0, j = 0; i < n; i++) {
      for (let k = 0; k < count; k++, j++) {
        next[j] = y[j] +
          h[k] * (d.B1 * k1[j] + d.B3 * k3[j] + d.B4 * k4[j] + d.B5 * k5[j] + d.B6 * k6[j]);
      }
    }
    this.#slopes(1, next, this.#k[5]);
    this.#errors(rtol, atol);
  }

  #errors(rtol: number, atol: Float64Array): void {
    const { y, next, slope: k1, h, error, count } = this, [, k3, k4, k5, k6, k7] = this.#k;
    const n = this.#n;
    error.fill(0);
    for (let i = 0, j = 0; i < n; i++) {
      const least = atol[i];
      for (let k = 0; k < count; k++, j++) {
        const scale = least + rtol * Math.max(Math.abs(y[j]), Math.abs(next[j]));
        const off = h[k] *
          (d.E1 * k1[j] + d.E3 * k3[j] + d.E4 * k4[j] + d.E5 * k5[j] + d.E6 * k6[j] +
            d.E7 * k7[j]) /
          (scale || Number.MIN_VALUE);
        // The difference is NaN if the new state is not finite, otherwise 0.
        error[k] += off * off + (next[j] - next[j]);
      }
    }
    for (let k = 0; k < count; k++) error[k] = Math.sqrt(error[k] / n);
  }

  /** Makes the end of the step of a lane the start of its next. */
  advance(k: number): void {
    const { y, next, slope, count } = this, last = this.#k[5], end = this.#n * count;
    for (let j = k; j < end; j += count) {
      y[j] = next[j];
      slope[j] = last[j];
    }
  }

  /** Puts a system into a lane. */
  load(
    k: number,
    t: number,
    y: Float64Array,
    slope: Float64Array,
    p: Float64Array,
  ): void {
    const { count } = this;
    this.t[k] = t;
    for (let i = 0; i < y.length; i++) {
      this.y[i * count + k] = y[i];
      this.slope[i * count + k] = slope[i];
    }
    for (let i = 0; i < p.length; i++) this.p[i * count + k] = p[i];
  }

  /** Takes over the system of a lane of others. */
  take(k: number, from: Lanes, old: number): void {
    const { count } = this,
      pairs = [
        [this.t, from.t],
        [this.h, from.h],
        [this.y, from.y],
        [this.slope, from.slope],
        [this.p, from.p],
      ];
    for (const [to, source] of pairs) {
      for (let i = k, j = old; i < to.length; i += count, j += from.count) to[i] = source[j];
    }
  }
}
