/**
 * The gradient of a batch in law: how a model makes it, whatever rule uses it.
 *
 * @module
 */
import type { ChainState } from "../state.ts";

/**
 * Sums over the batches of a block of copies. With `c_i` the slope of the loss times that of the student and `g_i` the
 * projection of `x_i` on ω outside the frame, the gradient in `u` is `Σ c_i (ω·x_i) / batch`, and that
 * in ω is `u / batch` times `Σ c_i z_i` in the frame, `Σ c_i g_i` along ω, and in the other `d − p − 1`
 * directions a Gaussian vector of variance `Σ c_i² ρ_i²` for inputs `ρ_i` times a standard normal. What is written here is these sums over `weight`
 * (the last over its square): one sample per copy stands for its own sum with the weight `c`.
 */
export interface GradientSums {
  /** Common factor of a copy's sums. */
  readonly weight: Float64Array;
  /** `Σ c_i (ω·x_i)`. */
  readonly u: Float64Array;
  /** `Σ c_i z_ij`, one array per direction of the frame. */
  readonly frame: readonly Float64Array[];
  /** `Σ c_i g_i`. */
  readonly along: Float64Array;
  /** `Σ c_i² ρ_i²`. */
  readonly square: Float64Array;
  /** Whether `square` is instead the squared length of the sum outside frame and ω, already drawn. */
  readonly fixed?: boolean;
  /** Samples of the batch. */
  readonly batch: Float64Array;
}

/** What draws gradients in law for a rank-one chain. */
export interface GradientLaw {
  /** Copies that are drawn at a time. */
  readonly block: number;
  /** Where the sums are left. */
  readonly sums: GradientSums;
  /** Draws the gradients of `count` copies from `first` on. */
  draw(state: ChainState, first: number, count: number): void;
}

/** Room for the sums of a block. */
export function gradientSums(p: number, block: number, batch: number): GradientSums {
  return {
    weight: new Float64Array(block).fill(1),
    u: new Float64Array(block),
    frame: Array.from({ length: p }, () => new Float64Array(block)),
    along: new Float64Array(block),
    square: new Float64Array(block),
    batch: new Float64Array(block).fill(batch),
  };
}
