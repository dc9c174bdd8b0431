/**
 * Powers of two that bring a matrix to entries of order 1, so that no square under- or overflows
 * and no bit is lost.
 *
 * @module
 */
import { checkFiniteMatrix, type Matrix } from "./matrix.ts";

/** A matrix with entries of order 1 and the factor that leads back. */
export interface Scaled {
  /** Entries divided by `factor`, in an array of its own. */
  readonly data: Float64Array;
  /** A power of two, or 1 for the zero matrix. */
  readonly factor: number;
}

/** The power of two next to `largest > 0`, at least the smallest normal number. */
export function powerOfTwo(largest: number): number {
  if (largest === 0) return 1;
  return 2 ** Math.min(1023, Math.max(-1022, Math.round(Math.log2(largest))));
}

/** Checks that all entries are finite and scales them. */
export function scaled(what: string, name: string, a: Matrix): Scaled {
  const factor = powerOfTwo(checkFiniteMatrix(what, name, a));
  return { data: a.data.map((x) => x / factor), factor };
}
