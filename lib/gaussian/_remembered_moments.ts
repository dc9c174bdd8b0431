import type { PairMoments } from "./pair_moments.ts";

/** Value and derivative in `r` of `E σ(λ)²`. */
export type SelfMoments = readonly [value: number, dr: number];

/** Value and derivatives in `r` and `q` of `E σ(λ) σ⋆(λ⋆)`. */
export type CrossMoments = readonly [value: number, dr: number, dq: number];

/** Moments by quadrature that remember the last point: value and derivatives cost one evaluation. */
export function rememberedMoments(
  evaluateSelf: (r: number) => SelfMoments,
  evaluateCross: (r: number, q: number) => CrossMoments,
  target: number,
): PairMoments {
  let selfAt = NaN, crossR = NaN, crossQ = NaN;
  let lastSelf: SelfMoments = [NaN, NaN], lastCross: CrossMoments = [NaN, NaN, NaN];
  const self = (r: number): SelfMoments => {
    if (r !== selfAt) [lastSelf, selfAt] = [evaluateSelf(r), r];
    return lastSelf;
  };
  const cross = (r: number, q: number): CrossMoments => {
    if (r !== crossR || q !== crossQ) [lastCross, crossR, crossQ] = [evaluateCross(r, q), r, q];
    return lastCross;
  };
  return {
    self: (r) => self(r)[0],
    selfDr: (r) => self(r)[1],
    cross: (r, q) => cross(r, q)[0],
    crossDr: (r, q) => cross(r, q)[1],
    crossDq: (r, q) => cross(r, q)[2],
    target,
    kind: "quadrature",
  };
}
