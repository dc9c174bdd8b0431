import type { Draws } from "../draws.ts";

/**
 * The parts of inputs outside frame and ω, when the length of an input is given and not its radius.
 *
 * The rest of a normal vector `g` has a squared length `q ~ χ²_n` and, independently, a uniform
 * direction in the `n` dimensions that are left. A sum of independent vectors of given lengths and
 * uniform directions grows by `S² ← S² + a² + 2 S a t`, `t` the cosine of the next one with the sum so
 * far, which is a coordinate of a uniform unit vector: `t = N/√(N² + χ²_{n−1})`.
 *
 * Source: ours; the cosine is elementary.
 */
export class Rests {
  /** Squared lengths `q` of the rests of a block. */
  readonly squares: Float64Array;

  readonly #cosines: Float64Array;
  readonly #across: Float64Array;
  readonly #rng: Draws;
  readonly #turns: Draws;

  /** Rests in `n` dimensions, for blocks of so many samples; cosines only where these are summed. */
  constructor(readonly n: number, samples: number, summed: boolean, rng: Draws) {
    this.squares = new Float64Array(samples);
    this.#cosines = new Float64Array(summed ? samples : 0);
    this.#across = new Float64Array(summed ? samples : 0);
    this.#rng = rng.stream("squares");
    this.#turns = rng.stream("turns");
  }

  /** Draws a block. */
  draw(): void {
    const { n } = this, cosines = this.#cosines, across = this.#across;
    this.#rng.fillChiSquare(this.squares, n);
    if (cosines.length === 0) return;
    this.#turns.fillNormal(cosines);
    this.#turns.fillChiSquare(across, Math.max(0, n - 1));
    for (let i = 0; i < cosines.length; i++) {
      cosines[i] /= Math.sqrt(cosines[i] * cosines[i] + across[i]);
    }
  }

  /** Squared length of the sum of samples `from … to − 1`, each `c_i` times a vector of square `w_i`. */
  sum(c: Float64Array, w: Float64Array, from: number, to: number): number {
    const cosines = this.#cosines;
    let square = 0;
    for (let i = from; i < to; i++) {
      const next = c[i] * c[i] * w[i];
      // Rounding must not make a square negative.
      square = Math.max(0, square + next + 2 * Math.sqrt(square * next) * cosines[i]);
    }
    return square;
  }
}
