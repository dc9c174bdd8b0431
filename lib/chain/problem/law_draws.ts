/**
 * What laws of label noise and inputs draw from, and how their draws are made.
 *
 * @module
 */
import type { Draws } from "../draws.ts";

/** What a law of label noise or inputs draws from, whatever stands behind it. */
export interface LawDraws {
  /** A standard normal. */
  normal(): number;
  /** A uniform between 0 and 1. */
  uniform(): number;
  /** A χ² variable with `nu` degrees of freedom. */
  chiSquare(nu: number): number;
}

/** Draws of one law, one by one or many. */
export interface Sampler {
  /** The next draw. */
  next(): number;
  /** Fills an array. */
  fill(out: Float64Array): void;
}

/** What a law draws from when it has this source. */
export function lawDraws(draws: Draws): LawDraws {
  return {
    normal: () => draws.normal(),
    // χ² with two degrees of freedom is −2 log of a uniform.
    uniform: () => Math.exp(-0.5 * draws.chiSquare(2)),
    chiSquare: (nu) => draws.chiSquare(nu),
  };
}

/** Draws of a law from a source. */
export function sampler(draws: Draws, draw: (rng: LawDraws) => number): Sampler {
  const rng = lawDraws(draws);
  return {
    next: () => draw(rng),
    fill(out) {
      for (let i = 0; i < out.length; i++) out[i] = draw(rng);
    },
  };
}

/** Draws of the standard normal, in blocks. */
export function normalSampler(draws: Draws): Sampler {
  return { next: () => draws.normal(), fill: (out) => void draws.fillNormal(out) };
}
