/** Probabilists' Hermite polynomials and finite series of them. */
import { checkInteger } from "../../check.ts";

/** Largest degree whose integer coefficients and factorial stay meaningful in doubles. */
export const MAX_DEGREE = 170;

/**
 * Probabilists' Hermite polynomial `He_k(x)`, not normalised: `E He_j(z) He_k(z) = k! δ_jk`.
 *
 * Law: `He_{k+1} = x He_k − k He_{k−1}`, `He_0 = 1`, `He_1 = x`.
 * Source: DLMF 18.9.1.
 *
 * @param k Degree, an integer from 0 to 170.
 * @param x Any number.
 * @throws {RangeError} If `k` is not such an integer.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { hermite } from "lora-dynamics/gaussian/mod.ts";
 * assertEquals(hermite(3, 2), 2 ** 3 - 3 * 2);
 * ```
 */
export function hermite(k: number, x: number): number {
  checkInteger("evaluate a Hermite polynomial", "k", k, 0, MAX_DEGREE);
  let low = 0;
  let high = 1;
  for (let j = 0; j < k; j++) {
    const next = x * high - j * low;
    low = high;
    high = next;
  }
  return high;
}

/**
 * Integer coefficients of `He_k`, from the constant term upward.
 *
 * Exact up to `k = 30` (computed in BigInt, so each is correctly rounded beyond that).
 *
 * @param k Degree, an integer from 0 to 170.
 * @throws {RangeError} If `k` is not such an integer.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { hermitePolynomial } from "lora-dynamics/gaussian/mod.ts";
 * assertEquals(hermitePolynomial(4), [3, 0, -6, 0, 1]);
 * ```
 */
export function hermitePolynomial(k: number): number[] {
  checkInteger("expand a Hermite polynomial", "k", k, 0, MAX_DEGREE);
  let low: bigint[] = [];
  let high: bigint[] = [1n];
  for (let j = 0; j < k; j++) {
    const next: bigint[] = [0n, ...high];
    for (let i = 0; i < low.length; i++) next[i] -= BigInt(j) * low[i];
    low = high;
    high = next;
  }
  return high.map(Number);
}

/** `k!` as a double. */
export function factorial(k: number): number {
  let product = 1;
  for (let j = 2; j <= k; j++) product *= j;
  return product;
}

/** Series of the derivative: `He_j′ = j He_{j−1}`. */
export function differentiateSeries(c: readonly number[]): number[] {
  if (c.length < 2) return [0];
  return c.slice(1).map((value, j) => (j + 1) * value);
}

/** Series of `σ(tz)`: `Σ_k c_k He_k(tz)`, `He_k(tz) = Σ_m k!/(m! (k−2m)!) ((t²−1)/2)ᵐ t^{k−2m} He_{k−2m}`. */
export function scaleSeries(c: readonly number[], t: number): number[] {
  const scaled = new Array<number>(c.length).fill(0), s = 0.5 * (t * t - 1);
  c.forEach((value, k) => {
    let link = value * t ** k;
    for (let m = 0; k - 2 * m >= 0; m++) {
      scaled[k - 2 * m] += link;
      link *= (k - 2 * m) * (k - 2 * m - 1) * s / ((m + 1) * t * t);
    }
  });
  return scaled;
}

/** Series of the square: `He_j He_k = Σ_m m! C(j,m) C(k,m) He_{j+k−2m}`. */
export function squareSeries(c: readonly number[]): number[] {
  const square = new Array<number>(2 * c.length - 1).fill(0);
  for (let j = 0; j < c.length; j++) {
    for (let k = 0; k < c.length; k++) {
      if (c[j] === 0 || c[k] === 0) continue;
      let link = c[j] * c[k];
      for (let m = 0; m <= Math.min(j, k); m++) {
        square[j + k - 2 * m] += link;
        link *= ((j - m) * (k - m)) / (m + 1);
      }
    }
  }
  return square;
}
