/**
 * The noise equations of one start: their right-hand side, and what is read off a state.
 *
 * @module
 */
import type { NoiseStart } from "./noise_start.ts";

/** Signal and noise at one time; the noise by index of `noiseStart`. */
export interface NoiseState {
  /** What adapter 1 has learnt along the target. */
  readonly x1: number;
  /** What adapter 2 has. */
  readonly x2: number;
  /** Signal error. */
  readonly e: number;
  /** Noise of `B₁` along `ζ₁`. */
  readonly beta1: Float64Array;
  /** Noise of `B₂` along `ζ₂`. */
  readonly beta2: Float64Array;
  /** Noise of `A₁` along `ζ₁`. */
  readonly p: Float64Array;
  /** Noise of `A₂` along `ζ₂`. */
  readonly q: Float64Array;
}

/** Places of the state: `log x₁`, `log x₂`, `log e`, `Φ`, then the noise of the indices that `E` sees. */
const NOISE = 4;

/** The equations for one start. */
export class NoiseEquations {
  readonly unit: number;
  readonly y0: Float64Array;
  readonly #start: NoiseStart;
  readonly #rho: number;
  readonly #mixing: boolean;
  /** Positions of indices that `E` sees, and of hidden ones that neither layer does. */
  readonly #seen: readonly number[];
  readonly #unseen: readonly number[];

  constructor(start: NoiseStart, rho: number, mixing: boolean) {
    const { indices, beta1, beta2, p, q, x1, x2, mode } = start;
    this.#start = start;
    this.#rho = rho;
    this.#mixing = mixing;
    const positions = Array.from(indices.keys());
    this.#seen = positions.filter((i) => indices[i].left >= 0 || indices[i].right >= 0);
    this.#unseen = positions.filter((i) => indices[i].left < 0 && indices[i].right < 0);
    this.unit = Math.sqrt(x1 + x2); // of the order of α
    const noise = [beta1, beta2, p, q].flatMap((x) => this.#seen.map((i) => x[i] / this.unit));
    const s2 = mode.s2[mode.index], s1 = mode.s1[mode.index];
    const e = mode.sigma - s2 * x1 - s1 * x2 - x1 * x2;
    this.y0 = Float64Array.of(Math.log(x1), Math.log(x2), Math.log(e), 0, ...noise);
  }

  /** Time derivatives; all of `y` beyond the first four places is linear. */
  readonly rhs = (_t: number, y: Float64Array, dy: Float64Array): void => {
    const { mode, indices } = this.#start, rho = this.#rho, seen = this.#seen;
    const x1 = Math.exp(y[0]), x2 = Math.exp(y[1]), e = Math.exp(y[2]);
    const at2 = mode.s2[mode.index] + x2, at1 = mode.s1[mode.index] + x1;
    const root1 = Math.sqrt(x1),
      root2 = Math.sqrt(x2),
      mixing = this.#mixing ? root1 * root2 * e : 0;
    dy[0] = 2 * at2 * e;
    dy[1] = 2 * rho * at1 * e;
    dy[2] = -2 * (x1 * at2 ** 2 + rho * x2 * at1 ** 2);
    dy[3] = mixing;
    const size = seen.length, beta1 = NOISE, beta2 = beta1 + size, p = beta2 + size, q = p + size;
    for (let k = 0; k < size; k++) {
      const { s2, s1 } = indices[seen[k]];
      const epsilon = -(s2 * root1 * y[beta1 + k] + at1 * root2 * y[beta2 + k]);
      const eta = -(at2 * root1 * y[p + k] + s1 * root2 * y[q + k]);
      dy[beta1 + k] = mixing * y[q + k] + s2 * root1 * epsilon;
      dy[beta2 + k] = rho * at1 * root2 * epsilon;
      dy[p + k] = at2 * root1 * eta;
      dy[q + k] = rho * (mixing * y[beta1 + k] + s1 * root2 * eta);
    }
  };

  /** The state by names, for all indices. */
  taken(y: Float64Array): NoiseState {
    const size = this.#seen.length, unit = this.unit, { indices, beta1, q } = this.#start;
    const part = (number: number) => {
      const all = new Float64Array(indices.length);
      this.#seen.forEach((i, k) => all[i] = unit * y[NOISE + number * size + k]);
      return all;
    };
    const state = {
      ...{ x1: Math.exp(y[0]), x2: Math.exp(y[1]), e: Math.exp(y[2]) },
      ...{ beta1: part(0), beta2: part(1), p: part(2), q: part(3) },
    };
    // Where s₁ = s₂ = 0 only the mixing is left: β̇₁ = φq, q̇ = ρφβ₁ with Φ = ∫φ dt.
    const root = Math.sqrt(this.#rho), c = Math.cosh(root * y[3]), s = Math.sinh(root * y[3]);
    for (const i of this.#unseen) {
      state.beta1[i] = c * beta1[i] + s * q[i] / root;
      state.q[i] = c * q[i] + root * s * beta1[i];
    }
    return state;
  }

  /** Parts of the loss and the misalignment at a state. */
  read({ x1, x2, e, beta1, beta2, p, q }: NoiseState) {
    const { mode, indices, frozen, imbalance } = this.#start, size = indices.length;
    const at2 = mode.s2[mode.index] + x2, at1 = mode.s1[mode.index] + x1;
    const root1 = Math.sqrt(x1), root2 = Math.sqrt(x2);
    let mixed = 0, rest = 0, noise = 0, apart = imbalance; // of the signal: ‖b₁‖² − ‖a₁‖²
    indices.forEach(({ s2, s1, left, right }, i) => {
      noise += beta1[i] ** 2 + p[i] ** 2;
      apart += p[i] ** 2 - beta1[i] ** 2;
      if (left >= 0) mixed += (s2 * root1 * beta1[i] + at1 * root2 * beta2[i]) ** 2;
      if (right >= 0) mixed += (at2 * root1 * p[i] + s1 * root2 * q[i]) ** 2;
      if (left < 0) return;
      indices.forEach(({ s1, right }, j) => {
        if (right < 0) return;
        const second = beta2[i] * (q[j] * s1 + root1 * root2 * p[j]);
        rest += (frozen.data[i * size + j] + s2 * beta1[i] * p[j] + second) ** 2;
      });
    });
    const kept = (apart / (4 * x1)) ** 2, tan2 = noise / (2 * x1) + kept; // of the angle to γ₁
    const root = Math.sqrt(1 + tan2);
    return {
      ...{ signal: 0.5 * e * e, mixed: 0.5 * mixed, rest: 0.5 * rest },
      ...{ gap: tan2 / (root * (1 + root)), keptGap: kept / 2 },
    };
  }
}
