/** Routines of a native library; matrices row-major, nothing is checked. */
export interface Native {
  /** File name of the library that was opened. */
  readonly library: string;
  /** Version, kernels and threads. */
  readonly description: string;
  /**
   * `C ← op(A) op(B) + beta C`, with `lda`, `ldb` the columns of A and B as stored; all in double
   * precision, or all in single.
   */
  gemm<F extends Float64Array | Float32Array>(
    aTransposed: boolean,
    bTransposed: boolean,
    m: number,
    n: number,
    k: number,
    a: F,
    lda: number,
    b: F,
    ldb: number,
    c: F,
    beta: number,
  ): void;
  /** Sum of the squares. */
  squares(x: Float64Array): number;
  /** Thin singular value decomposition of an `m × n` matrix, or nothing if it did not converge. */
  svd(a: Float64Array, m: number, n: number): ThinSvd | undefined;
  /** Eigenvalues, ascending, and eigenvectors as rows, or nothing if it did not converge. */
  eigen(a: Float64Array, n: number): { values: Float64Array; rows: Float64Array } | undefined;
  /** Thin Q (`m × n`, row-major) and R (`n × n`) of an `m × n` matrix with `m ≥ n`. */
  qr(a: Float64Array, m: number, n: number): { q: Float64Array; r: Float64Array };
}

/** Factors with `k = min(m, n)`: `u` is `m × k`, `vt` is `k × n`. */
export interface ThinSvd {
  /** Left vectors as columns. */
  u: Float64Array;
  /** Singular values, descending. */
  values: Float64Array;
  /** Right vectors as rows. */
  vt: Float64Array;
}
