/**
 * Random frames, and a problem seen from other bases.
 *
 * @module
 */
import { checkInteger, checkMethods, show } from "../../../check.ts";
import { type Matrix, matrix, multiply, multiplyNT, qr, transpose } from "../../../linalg/mod.ts";
import type { PortableDraws } from "../../../random/mod.ts";
import type { Problem } from "../model.ts";
import { checkProblem } from "../shapes.ts";

/** The whole number that a seed of the portable generator stands for. */
export function seedNumber(what: string, seed: string): number {
  if (typeof seed === "string" && /^\d{1,10}$/.test(seed) && Number(seed) < 2 ** 32) {
    return Number(seed);
  }
  const wanted = `must be a whole number below 2^32 as text, such as "7"`;
  throw new RangeError(`Cannot ${what} as seed ${wanted}: current value is ${show(seed)}`);
}

/**
 * A random matrix with orthonormal columns: Gram–Schmidt of a Gaussian one (Haar measure).
 *
 * @param rows At least `columns`.
 * @throws {RangeError} If it is not, or one is no integer ≥ 1.
 * @throws {TypeError} If `draws` are none.
 */
export function frame(
  draws: Pick<PortableDraws, "normals">,
  rows: number,
  columns: number,
): Matrix {
  const what = "draw a frame";
  checkMethods(what, "draws", draws, "draws such as portable(1)", ["normals"]);
  checkInteger(what, "columns", columns, 1);
  checkInteger(what, "rows", rows, columns);
  return qr(matrix(rows, columns, draws.normals(rows * columns))).q;
}

/**
 * The problem in other bases: `W₂ → U W₂ Gᵀ`, `W₁ → G′ W₁ Vᵀ`, `Δ → U Δ Vᵀ`. With `G′ = G` the flow
 * is the same seen from elsewhere; another `G′` breaks Assumption 2.1.
 *
 * @param bases Orthogonal `u` (`m × m`), `g` and `g1` (`h × h`), `v` (`n × n`); the identity where
 * missing, `g1` is `g` where missing.
 * @throws {TypeError} If one of them has other sides.
 */
export function rotated(
  { name, w2, w1, target }: Problem,
  { u, g, v, g1 = g }: {
    readonly u?: Matrix;
    readonly g?: Matrix;
    readonly v?: Matrix;
    readonly g1?: Matrix;
  },
): Problem {
  const sides = { u: target.rows, g: w2.columns, g1: w2.columns, v: target.columns };
  for (const [key, given] of Object.entries({ u, g, g1, v })) {
    const side = sides[key as keyof typeof sides];
    if (given === undefined || given.rows === side && given.columns === side) continue;
    throw new TypeError(
      `Cannot rotate a problem as ${key} must be ${side} x ${side}: current value is ${given.rows} x ` +
        given.columns,
    );
  }
  const turn = (left: Matrix | undefined, x: Matrix, right: Matrix | undefined) => {
    const half = left ? multiply(left, x) : x;
    return right ? multiplyNT(half, right) : half;
  };
  const problem = {
    name: `${name ?? "own problem"}, rotated`,
    w2: turn(u, w2, g),
    ...(w1 ? { w1: turn(g1, w1, v) } : {}),
    target: turn(u, target, v),
  };
  checkProblem("rotate a problem", problem);
  return problem;
}

/**
 * The problem with its layers exchanged: `W₂ → W₁ᵀ`, `W₁ → W₂ᵀ`, `Δ → Δᵀ`, so that `δ_w` becomes
 * `1/δ_w`. Its flow is that of the given one with `B₁ ↔ A₂ᵀ`, `A₁ ↔ B₂ᵀ`: a start `zeroB` becomes
 * `zeroA`.
 *
 * @throws {RangeError} If layer 2 has no adapter.
 */
export function exchanged({ name, w2, w1, target }: Problem): Problem {
  if (!w1) {
    throw new RangeError("Cannot exchange the layers as the problem must have w1: it is missing");
  }
  return {
    name: `${name ?? "own problem"}, layers exchanged`,
    ...{ w2: transpose(w1), w1: transpose(w2), target: transpose(target) },
  };
}
