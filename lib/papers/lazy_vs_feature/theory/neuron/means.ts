/**
 * What is averaged over the base feature of one neuron.
 *
 * @module
 */

/**
 * Averages over `a ~ N(0, 1)` of `X = σ(wa + p) − σ(wa + t)`, `Y = σ′(wa + p)` and `Y* = σ′(wa + t)` at
 * the places of {@linkcode PLACE}.
 */
export interface NeuronMeans {
  /** Writes the averages at `(p, t)`; checks and allocates nothing. */
  fill(p: number, t: number, out: Float64Array): void;
  /** Writes `E Yⁿ`, `n = 1 … 4`. */
  gates(p: number, out: Float64Array): void;
  /** Values of `p − t` at which they are not smooth. */
  readonly cuts: readonly number[];
  /** Measured error of the averages, relative to the largest of each: 0 for closed forms. */
  readonly error: number;
}

/** Where `E X`, `E Y`, … are written. */
export const PLACE = {
  x: 0,
  y: 1,
  xx: 2,
  xy: 3,
  yy: 4,
  xxy: 5,
  xyy: 6,
  xxyy: 7,
  yt: 8,
  t: 9,
} as const;
/** Number of averages. */
export const PLACES = 10;
