/**
 * The landscape of random signs for a base with any Gram matrix: one set of matrices serves all draws.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive } from "../../../../check.ts";
import type { ActivationLike } from "../../../../gaussian/mod.ts";
import { condition3 } from "./condition3.ts";
import { kernelOf } from "./kernel.ts";

/** What a `SignedLandscape` is made of. */
export interface SignedOptions {
  /** Activation, or what makes one. */
  readonly activation: ActivationLike;
  /** Number of neurons. */
  readonly k: number;
  /** Perturbation per neuron. */
  readonly kappa: number;
  /** Gram matrix of unit neurons, row by row; the identity when not given. */
  readonly gram?: readonly number[];
  /** Intervals of the grid on `[0, 1]`; 20 when not given. */
  readonly points?: number;
}

/**
 * `Φ′(±m) = κ²/(r₀²k) (ε̂ᵀ S(m) ε ± D(m))` for signs `ε = √k c`, `ε̂ = √k ĉ`, on a grid of `m`: the part
 * odd in `m` is the same for all signs and `≥ 0`, the even part carries them.
 *
 * Assumes: quantised `c` and `ĉ`, `λ = 1/√k`, neurons of norm 1, normalised inputs.
 * Source: ours; a resummation of dayi25a, Prop. 4.
 */
export class SignedLandscape {
  /** Grid of overlaps, from 0 to 1. */
  readonly overlaps: readonly number[];
  readonly #even: Float64Array[] = [];
  readonly #odd: number[] = [];
  readonly #scale: number;
  readonly #k: number;

  /**
   * Tabulates `S` and `D`.
   *
   * @throws {RangeError} If an option is out of range, or `gram` has not `k²` entries with a diagonal of 1.
   */
  constructor(options: SignedOptions) {
    const what = "tabulate a landscape", { activation, k, kappa, gram, points = 20 } = options;
    checkKeys(what, options, ["activation", "k", "kappa", "gram", "points"]);
    checkInteger(what, "k", k, 1);
    checkInteger(what, "points", points, 1);
    checkPositive(what, "kappa", kappa);
    const entry = (i: number, j: number) => gram === undefined ? Number(i === j) : gram[i * k + j];
    for (let i = 0; i < k; i++) {
      if (Math.abs(entry(i, i) - 1) < 1e-9 && (gram?.length ?? k * k) === k * k) continue;
      throw new RangeError(
        `Cannot ${what} as gram must have ${
          k * k
        } entries with a diagonal of 1: current value has ` +
          `${gram?.length} entries, gram[${i}][${i}] = ${entry(i, i)}`,
      );
    }
    this.#k = k;
    const k2 = kappa * kappa, r2 = 1 + k2, { slopeC } = kernelOf(activation);
    this.#scale = k2 / (r2 * k);
    this.overlaps = Array.from({ length: points + 1 }, (_, i) => i / points);
    for (const m of this.overlaps) {
      const even = new Float64Array(k * k);
      let odd = 0;
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < k; j++) {
          const up = slopeC(1, 1, (entry(i, j) + k2 * m) / r2);
          const down = slopeC(1, 1, (entry(i, j) - k2 * m) / r2);
          even[i * k + j] = (up + down) / 2;
          odd += (up - down) / 2;
        }
      }
      this.#even.push(even);
      this.#odd.push(odd);
    }
  }

  /** `ε̂ᵀ S ε` at a grid point. */
  #form(at: number, signs: ArrayLike<number>, hat: ArrayLike<number>): number {
    const k = this.#k, even = this.#even[at];
    if (signs.length !== k || hat.length !== k) {
      throw new RangeError(
        `Cannot evaluate a landscape as both lists must have ${k} signs: current value has ` +
          `${signs.length} and ${hat.length}`,
      );
    }
    let sum = 0;
    for (let i = 0; i < k; i++) {
      let row = 0;
      for (let j = 0; j < k; j++) row += even[i * k + j] * signs[j];
      sum += hat[i] * row;
    }
    return sum;
  }

  /** `Φ′(0)` for signs `±1` of `c` and of `ĉ`. */
  start(signs: ArrayLike<number>, hat: ArrayLike<number>): number {
    return this.#scale * this.#form(0, signs, hat);
  }

  /** `Φ′` at the overlaps of the grid, times `side`: `Φ′(side·m)`. */
  slopes(signs: ArrayLike<number>, hat: ArrayLike<number>, side: 1 | -1): number[] {
    return this.overlaps.map((_, at) =>
      this.#scale * (this.#form(at, signs, hat) + side * this.#odd[at])
    );
  }

  /** Root mean square of `Φ′(0)` over uniform signs: `κ²/(r₀²k) |S(0)|_F`. */
  get rms(): number {
    return this.#scale * Math.hypot(...this.#even[0]);
  }

  /** The paper's Condition 3 on the grid: `h sgn h(0) ≥ |h(0)|/2` on the side `h(0)` points to. */
  conditionHolds(signs: ArrayLike<number>, hat: ArrayLike<number>): boolean {
    const start = this.start(signs, hat), side = start < 0 ? -1 : 1;
    return condition3(start, this.slopes(signs, hat, side));
  }
}
