/** What several starts of one kind leave behind, as a row. */

/** Several starts of one kind, scale and problem. */
export interface FinalErrorMean {
  /** Name of the problem. */
  readonly problem: string;
  /** Its `δ_w`. */
  readonly deltaW: number;
  /** Name of the start. */
  readonly start: string;
  /** Scale. */
  readonly alpha: number;
  /** Geometric mean of `½‖E_⊥⊥‖²` over the starts. */
  readonly rest: number;
  /** Standard deviation of its natural logarithm. */
  readonly spread: number;
  /** Geometric mean of the noise equations. */
  readonly theory: number;
  /** Largest `|log(run/noise equations)|`. */
  readonly off: number;
  /** The same for the misalignment. */
  readonly gapOff: number;
  /** The same for the leading law; null for a start without one. */
  readonly leadingOff: number | null;
  /** Local exponent `d log rest / d log α` between this scale and the next smaller one, if any. */
  readonly exponent: number | null;
  /** That of the noise equations. */
  readonly theoryExponent: number | null;
  /** That of the misalignment. */
  readonly gapExponent: number | null;
  /** That of the misalignment by the noise equations. */
  readonly theoryGapExponent: number | null;
  /** Number of starts. */
  readonly starts: number;
}
