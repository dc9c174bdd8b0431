/**
 * Gamma draws by rejection from the cube of a normal.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { Sequence } from "./sequence.ts";

/** Trials of `fill`: normals and uniforms of one round. */
const z = new Float64Array(1024), w = new Float64Array(1024);

/** Number of draws that do not repay the set-up of a round. */
const few = 16;

/** The test of the rejection, by logarithms. */
function accepted(d: number, t: number, u: number): boolean {
  const v = 1 + t;
  return v > 0 && kernels.log(u) < 3 * d * (kernels.log(v) - t + t * t * (0.5 - t / 3));
}

/**
 * Gamma draws with scale 1. With `d = shape − 1/3` and `t = z / √(9d)`, z normal, the value
 * `d (1 + t)³` is accepted with probability `exp(h)`,
 * `h = 3d (log(1 + t) − t + t²/2 − t³/3) = −3d (t⁴/4 − t⁵/5 + …) ≤ 0`.
 *
 * Ours: for `t ≥ −½` the bracket is at most `t⁴/2`, so `h ≥ −(3/2) d t⁴` and `exp(h) ≥ 1 + h` spares
 * the logarithm to all but about `0.06/d` of the draws (d ≥ 5). It also makes large shapes safe: the
 * cancellation in `h` costs 1e-16·d, in a test that is reached with probability `0.06/d`.
 *
 * Source: G. Marsaglia, W. W. Tsang, A simple method for generating gamma variables, ACM Trans.
 * Math. Softw. 26 (2000) 363; below shape 1: gamma(shape + 1)·U^(1/shape), same place.
 */
export class Gamma {
  #normals: Sequence;
  #uniforms: Sequence;
  #shape = NaN;
  #d = 0;
  #c = 0;

  constructor(normals: Sequence, uniforms: Sequence) {
    this.#normals = normals;
    this.#uniforms = uniforms;
  }

  /** The next draw; `shape ≥ 0` is the caller's care. */
  next(shape: number): number {
    if (shape !== this.#shape) this.#prepare(shape);
    if (shape >= 1) return this.#large();
    if (shape === 0) return 0;
    return this.#large() * kernels.exp(kernels.log(this.#uniforms.next()) / shape);
  }

  /** Fills `out` with `factor` times the draws that so many calls of `next(shape)` would give. */
  fill(out: Float64Array, shape: number, factor: number): void {
    if (shape < 1 || out.length < few) {
      for (let i = 0; i < out.length; i++) out[i] = factor * this.next(shape);
      return;
    }
    if (shape !== this.#shape) this.#prepare(shape);
    let done = 0;
    while (done < out.length) {
      // As many trials as draws are left: those that fail are made up for in the next round.
      const trials = Math.min(out.length - done, z.length);
      this.#normals.fill(trials === z.length ? z : z.subarray(0, trials));
      this.#uniforms.fill(trials === w.length ? w : w.subarray(0, trials));
      done = this.#round(trials, out, done, factor);
    }
  }

  /** Writes the draws that come of the first trials from `out[done]` on; returns the new `done`. */
  #round(trials: number, out: Float64Array, done: number, factor: number): number {
    const c = this.#c, d = this.#d, bend = 1.5 * d;
    let outside = 0;
    for (let i = 0; i < trials; i++) {
      const t = c * z[i], t2 = t * t, v = 1 + t;
      out[done + i] = factor * (d * v * v * v);
      outside += t >= -0.5 && w[i] < 1 - bend * t2 * t2 ? 0 : 1;
    }
    if (outside === 0) return done + trials;
    for (let i = 0; i < trials; i++) {
      const t = c * z[i], t2 = t * t, v = 1 + t;
      const inside = t >= -0.5 && w[i] < 1 - bend * t2 * t2;
      if (inside || accepted(d, t, w[i])) out[done++] = factor * (d * v * v * v);
    }
    return done;
  }

  #prepare(shape: number): void {
    this.#shape = shape;
    this.#d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
    this.#c = 1 / Math.sqrt(9 * this.#d);
  }

  #large(): number {
    const d = this.#d;
    while (true) {
      const t = this.#c * this.#normals.next();
      const u = this.#uniforms.next();
      const v = 1 + t;
      const t2 = t * t;
      const inside = t >= -0.5 && u < 1 - 1.5 * d * t2 * t2;
      if (inside || accepted(d, t, u)) return d * v * v * v;
    }
  }
}
