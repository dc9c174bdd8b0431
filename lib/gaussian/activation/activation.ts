/** What an activation is. */

/**
 * A scalar non-linearity `σ` with its derivatives and what its Gaussian moments need to know.
 *
 * `σ` is continuous; its derivatives may jump at the `kinks`. Made by `activation`.
 */
export interface Activation {
  /** Name to show in tables and figures: a name of the table, the expression, or the reader's own. */
  readonly name: string;
  /**
   * Text that `activation` makes this one from again, in another process too; `undefined` for a
   * function of the reader's, which cannot travel.
   */
  readonly spec: string | undefined;
  /** Value `σ(x)`. */
  readonly f: (x: number) => number;
  /** Slope `σ′(x)`; at a kink one of the two one-sided values. */
  readonly df: (x: number) => number;
  /** Second derivative away from the kinks; jumps of `σ′` are not in it. */
  readonly d2f: (x: number) => number;
  /** `σ(−x) = −σ(x)`; `undefined` when that is not known. */
  readonly odd: boolean | undefined;
  /** Where `σ′` or `σ″` jumps, in increasing order. */
  readonly kinks: readonly number[];
  /** For a polynomial its coefficients in `σ = Σ_j c_j He_j`, otherwise `undefined`. */
  readonly series: readonly number[] | undefined;
  /** For `σ(x) = outer·base(inner·x)` with closed moments its base and factors. */
  readonly closed: ClosedForm | undefined;
  /**
   * Writes `σ` and `σ′` at the first `n` entries of `x`; checks and allocates nothing. `df` may be
   * `x` itself.
   */
  fill(x: Float64Array, n: number, f: Float64Array, df: Float64Array): void;
  /** Writes `σ` at the first `n` entries of `x`; checks and allocates nothing. */
  fillValues(x: Float64Array, n: number, f: Float64Array): void;
  /** Writes `σ`, `σ′` and `σ″` at the first `n` entries of `x`; checks and allocates nothing. */
  fillCurvatures(
    x: Float64Array,
    n: number,
    f: Float64Array,
    df: Float64Array,
    d2f: Float64Array,
  ): void;
}

/** `σ(x) = outer·base(inner·x)`. */
export interface ClosedForm {
  /** Name in the table of names. */
  readonly base: "erf" | "relu";
  /** Factor inside. */
  readonly inner: number;
  /** Factor outside. */
  readonly outer: number;
}

/** Values, slopes and curvatures, and the loops that write them. */
export type Functions = Pick<
  Activation,
  "f" | "df" | "d2f" | "fill" | "fillValues" | "fillCurvatures"
>;

/** Loops over arrays made from functions of one number. */
export function loopsOf(
  f: (x: number) => number,
  df: (x: number) => number,
  d2f: (x: number) => number,
): Functions {
  return {
    f,
    df,
    d2f,
    fill(x, n, value, slope) {
      for (let i = 0; i < n; i++) {
        value[i] = f(x[i]);
        slope[i] = df(x[i]);
      }
    },
    fillValues(x, n, value) {
      for (let i = 0; i < n; i++) value[i] = f(x[i]);
    },
    fillCurvatures(x, n, value, slope, curvature) {
      for (let i = 0; i < n; i++) {
        value[i] = f(x[i]);
        slope[i] = df(x[i]);
        curvature[i] = d2f(x[i]);
      }
    },
  };
}
