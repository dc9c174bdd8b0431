import { checkMethods } from "../check.ts";

/**
 * The randomness a chain consumes; every `Stream` is one. Tests put given numbers in its place.
 */
export interface Draws {
  /** Named child, independent of what was drawn so far. */
  stream(...path: (string | number)[]): Draws;
  /** One standard normal. */
  normal(): number;
  /** One χ² variable with `nu` degrees of freedom. */
  chiSquare(nu: number): number;
  /** Fills `out` with standard normals. */
  fillNormal(out: Float64Array): Float64Array;
  /** Fills `out` with χ² variables. */
  fillChiSquare(out: Float64Array, nu: number): Float64Array;
}

/** A source of draws, not just its seed. */
export function checkDraws(what: string, rng: unknown): void {
  const methods = ["stream", "normal", "chiSquare", "fillNormal", "fillChiSquare"];
  checkMethods(what, "rng", rng, 'a stream such as stream("7")', methods);
}
