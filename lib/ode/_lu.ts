/**
 * LU decompositions with partial pivoting of small dense matrices, real and complex, in place and
 * without allocation.
 *
 * Source: Golub & Van Loan, Matrix Computations, section 3.4.
 */

/** Real `P A = L U`. */
export class Lu {
  /** The matrix, row-major; `decompose` overwrites it with its factors. */
  readonly a: Float64Array;
  readonly #n: number;
  readonly #pivots: Int32Array;

  constructor(n: number) {
    this.#n = n;
    this.a = new Float64Array(n * n);
    this.#pivots = new Int32Array(n);
  }

  /** Factorises `a`; false if a pivot is zero or not finite. The diagonal holds reciprocal pivots. */
  decompose(): boolean {
    const a = this.a, n = this.#n, pivots = this.#pivots;
    for (let k = 0; k < n; k++) {
      let row = k;
      let largest = Math.abs(a[k * n + k]);
      for (let i = k + 1; i < n; i++) {
        const size = Math.abs(a[i * n + k]);
        if (size > largest) {
          largest = size;
          row = i;
        }
      }
      if (!(largest > 0 && largest < Infinity)) return false;
      pivots[k] = row;
      if (row !== k) swapRows(a, n, row, k);
      const inverse = 1 / a[k * n + k];
      a[k * n + k] = inverse;
      for (let i = k + 1; i < n; i++) {
        const factor = a[i * n + k] * inverse;
        a[i * n + k] = factor;
        if (factor === 0) continue;
        for (let j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
      }
    }
    return true;
  }

  /** Overwrites `b` with the solution of `A x = b`. */
  solve(b: Float64Array): void {
    const a = this.a, n = this.#n, pivots = this.#pivots;
    for (let k = 0; k < n; k++) {
      const row = pivots[k];
      if (row === k) continue;
      const swap = b[k];
      b[k] = b[row];
      b[row] = swap;
    }
    for (let i = 1; i < n; i++) {
      let sum = b[i];
      for (let j = 0; j < i; j++) sum -= a[i * n + j] * b[j];
      b[i] = sum;
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = b[i];
      for (let j = i + 1; j < n; j++) sum -= a[i * n + j] * b[j];
      b[i] = sum * a[i * n + i];
    }
  }
}

/** Complex `P A = L U`, real and imaginary parts in two arrays. */
export class ComplexLu {
  /** Real part of the matrix, row-major; `decompose` overwrites it. */
  readonly re: Float64Array;
  /** Imaginary part. */
  readonly im: Float64Array;
  readonly #n: number;
  readonly #pivots: Int32Array;

  constructor(n: number) {
    this.#n = n;
    this.re = new Float64Array(n * n);
    this.im = new Float64Array(n * n);
    this.#pivots = new Int32Array(n);
  }

  /** Factorises the matrix; false if a pivot is zero or not finite. */
  decompose(): boolean {
    const re = this.re, im = this.im, n = this.#n, pivots = this.#pivots;
    for (let k = 0; k < n; k++) {
      const kk = k * n + k;
      let row = k;
      let largest = Math.abs(re[kk]) + Math.abs(im[kk]);
      for (let i = k + 1; i < n; i++) {
        const size = Math.abs(re[i * n + k]) + Math.abs(im[i * n + k]);
        if (size > largest) {
          largest = size;
          row = i;
        }
      }
      if (!(largest > 0 && largest < Infinity)) return false;
      pivots[k] = row;
      if (row !== k) {
        swapRows(re, n, row, k);
        swapRows(im, n, row, k);
      }
      // Scaled by its size, so that the square of the pivot cannot overflow.
      const x = re[kk] / largest, y = im[kk] / largest;
      const norm = (x * x + y * y) * largest;
      const inverseRe = x / norm, inverseIm = -y / norm;
      re[kk] = inverseRe;
      im[kk] = inverseIm;
      for (let i = k + 1; i < n; i++) {
        const ik = i * n + k;
        const factorRe = re[ik] * inverseRe - im[ik] * inverseIm;
        const factorIm = re[ik] * inverseIm + im[ik] * inverseRe;
        re[ik] = factorRe;
        im[ik] = factorIm;
        if (factorRe === 0 && factorIm === 0) continue;
        for (let j = k + 1; j < n; j++) {
          const u = re[k * n + j], v = im[k * n + j];
          re[i * n + j] -= factorRe * u - factorIm * v;
          im[i * n + j] -= factorRe * v + factorIm * u;
        }
      }
    }
    return true;
  }

  /** Overwrites `bRe + i bIm` with the solution of `A x = b`. */
  solve(bRe: Float64Array, bIm: Float64Array): void {
    const re = this.re, im = this.im, n = this.#n, pivots = this.#pivots;
    for (let k = 0; k < n; k++) {
      const row = pivots[k];
      if (row === k) continue;
      const u = bRe[k], v = bIm[k];
      bRe[k] = bRe[row];
      bIm[k] = bIm[row];
      bRe[row] = u;
      bIm[row] = v;
    }
    for (let i = 1; i < n; i++) {
      let sumRe = bRe[i], sumIm = bIm[i];
      for (let j = 0; j < i; j++) {
        const u = re[i * n + j], v = im[i * n + j];
        sumRe -= u * bRe[j] - v * bIm[j];
        sumIm -= u * bIm[j] + v * bRe[j];
      }
      bRe[i] = sumRe;
      bIm[i] = sumIm;
    }
    for (let i = n - 1; i >= 0; i--) {
      let sumRe = bRe[i], sumIm = bIm[i];
      for (let j = i + 1; j < n; j++) {
        const u = re[i * n + j], v = im[i * n + j];
        sumRe -= u * bRe[j] - v * bIm[j];
        sumIm -= u * bIm[j] + v * bRe[j];
      }
      const u = re[i * n + i], v = im[i * n + i];
      bRe[i] = sumRe * u - sumIm * v;
      bIm[i] = sumRe * v + sumIm * u;
    }
  }
}

function swapRows(a: Float64Array, n: number, i: number, k: number): void {
  for (let j = 0; j < n; j++) {
    const swap = a[i * n + j];
    a[i * n + j] = a[k * n + j];
    a[k * n + j] = swap;
  }
}
