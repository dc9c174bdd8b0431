/**
 * What a small start keeps when all modes of the target are learnt: its part outside the target, in the
 * directions of `ℝ^r` that no mode occupies. The plateau and the tail that follows it are made of it.
 */
import {
  columns,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  svd,
  symmetricEigen,
} from "../../../../linalg/mod.ts";
import { growthModes, modalVector } from "../../bases.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters, checkProblem } from "../../shapes.ts";

/** Up to this relative defect a direction is a singular direction. */
const HOLDS = 1e-10;

/** What a start keeps. */
export interface Excess {
  /** Rank of the target. */
  readonly k: number;
  /** Rank of the adapter. */
  readonly r: number;
  /**
   * `P_p^⊥ B N`, `h × (r − k)`, and `Nᵀ A P_v^⊥`, `(r − k) × n`, where the columns of `N` are an
   * orthonormal basis of what no mode occupies; null at `r = k`.
   */
  readonly parts: { readonly b: Matrix; readonly a: Matrix } | null;
}

/** Unit vectors as columns. */
function side(vectors: readonly ArrayLike<number>[]): Matrix {
  const rows = vectors[0].length, out = matrix(rows, vectors.length);
  vectors.forEach((x, j) => {
    for (let i = 0; i < rows; i++) out.data[i * vectors.length + j] = x[i];
  });
  return out;
}

/** `x − q(qᵀx)`. */
export function outsideOf(q: Matrix, x: Matrix): Matrix {
  const back = multiply(q, multiplyTN(q, x));
  return { ...x, data: x.data.map((value, i) => value - back.data[i]) };
}

/** Left singular vectors of the target, as many as its rank. */
export function targetSides({ target }: Problem): { u: Matrix; v: Matrix; values: Float64Array } {
  const { u, values, v } = svd(target);
  const k = values.filter((x) => x > 1e-12 * values[0]).length;
  return { u: columns(u, 0, k), v: columns(v, 0, k), values: values.slice(0, k) };
}

/** The problem has one adapter: with two, another mechanism decides what is left. */
export function checkSingle(what: string, { w1 }: Problem): void {
  if (w1 === undefined) return;
  throw new RangeError(
    `Cannot ${what} as the problem must have one adapter: it has two (w1 is given), and what the ` +
      "second one mixes into the first follows from the noise equations, noiseCourse (T12), for every start",
  );
}

/**
 * The target stays within singular directions of `W₂`: its left vectors span what `W₂W₂ᵀ` maps to itself.
 */
export function checkAligned(what: string, problem: Problem): void {
  const { w2 } = problem, { u } = targetSides(problem);
  const mapped = multiply(w2, multiplyTN(w2, u)), off = frobeniusNorm(outsideOf(u, mapped));
  const size = frobeniusNorm(mapped);
  if (off <= HOLDS * size) return;
  throw new RangeError(
    `Cannot ${what} as the target's left vectors must be left singular vectors of w2 ` +
      `(Assumption 2.2): they miss by ${
        (off / size).toPrecision(2)
      }; for a target at an angle see ` +
      "universalCurve (T9)",
  );
}

/** Orthonormal basis of what is orthogonal to the columns of `x`, an `r × k` matrix of rank `k`. */
function complement(x: Matrix): Matrix {
  const { u } = svd(x), { vectors } = symmetricEigen(multiplyNT(u, u)); // 1 on the span, 0 off it
  return columns(vectors, x.columns, x.rows);
}

/**
 * What a start of a problem with one adapter keeps.
 *
 * @throws {RangeError} If the rank of the adapter is below that of the target, the target is at an angle,
 * or the start holds nothing of one of the growing directions.
 */
export function excessOf(what: string, problem: Problem, adapters: Adapters): Excess {
  checkProblem(what, problem);
  checkSingle(what, problem);
  const [r] = checkAdapters(what, problem, adapters), { b1, a1 } = adapters;
  checkAligned(what, problem);
  const { modes1 } = growthModes(problem), k = targetSides(problem).values.length;
  if (modes1.length < k) {
    throw new RangeError(
      `Cannot ${what} as w2 must pass the whole target on: it passes on ${modes1.length} of its ${k} ` +
        "directions, and the rest stays for ever",
    );
  }
  if (r < k) {
    throw new RangeError(
      `Cannot ${what} as the rank of the adapter must be at least that of the target, ${k}: it is ${r}`,
    );
  }
  const directions = modes1.map((pair) => {
    const z = modalVector(b1, a1, pair), size = Math.hypot(...z);
    return size > 0 ? z.map((x) => x / size) : z;
  });
  const taken = side(directions), { values } = svd(taken);
  if (!(values[k - 1] > 1e-8)) {
    throw new RangeError(
      `Cannot ${what} as the start must hold something of each of the ${k} growing directions, in ` +
        `directions of their own: the smallest singular value of what it holds is ${values[k - 1]}`,
    );
  }
  const p = side(modes1.map(([left]) => left)), v = side(modes1.map(([, right]) => right));
  if (r === k) return { k, r, parts: null };
  const free = complement(taken);
  const along = multiplyTN(free, a1), back = multiplyNT(multiply(along, v), v);
  const a = { ...along, data: along.data.map((x, i) => x - back.data[i]) };
  return { k, r, parts: { b: outsideOf(p, multiply(b1, free)), a } };
}
