/** What a start of a layer sees and gives, and the factors of the built-in ones. */
import {
  columns,
  type Matrix,
  matrix,
  multiplyNT,
  scale,
  svd,
  transpose,
} from "../../linalg/mod.ts";
import { frame } from "./problems/frames.ts";

/** What draws of a start can do: a portable generator or a stream. */
export interface StartDraws {
  /** `count` standard normals. */
  normals(count: number): Float64Array;
}

/** What the start of a layer may look at. */
export interface LayerAtStart {
  /** Frozen weights, out × in. */
  readonly weight: Matrix;
  /** Negative gradient of the loss in the weights at zero adapters, out × in. */
  readonly descent: Matrix;
  /** `r`. */
  readonly rank: number;
  /** Scale `α` of what is not random. */
  readonly alpha: number;
  /** Standard deviation of random entries of `B` and of `A`. */
  readonly deviation: { readonly b: number; readonly a: number };
  /** Draws of the run, shared by its layers in their order. */
  readonly draws: StartDraws;
}

/** Factors of one layer: `B` out × r, `A` r × in. */
export interface LayerFactors {
  /** out × r. */
  readonly b: Matrix;
  /** r × in. */
  readonly a: Matrix;
}

/** How the adapter of a layer starts. */
export interface LayerStart {
  /** Short name, for rows. */
  readonly name: string;
  /** A few words for legends and captions; the name where missing. */
  readonly words?: string;
  /** Where it comes from. */
  readonly source?: string;
  /** Whether it draws; a start that does not runs with one seed. */
  readonly random: boolean;
  /** The factors. */
  readonly factors: (layer: LayerAtStart) => LayerFactors;
}

function normals(draws: StartDraws, rows: number, columns: number, deviation: number): Matrix {
  return scale(matrix(rows, columns, draws.normals(rows * columns)), deviation);
}

/** `B`, then `A`, all entries drawn. What a zero factor would have been is drawn and dropped, so that
 * starts share the other one at equal seeds. */
export function gaussian({ weight, rank, deviation, draws }: LayerAtStart): LayerFactors {
  const b = normals(draws, weight.rows, rank, deviation.b);
  return { b, a: normals(draws, rank, weight.columns, deviation.a) };
}

/** Leading singular vectors of a matrix up to its rank, at most `r`. */
function leading(gradient: Matrix, r: number): { u: Matrix; v: Matrix; count: number } {
  const { u, values, v } = svd(gradient);
  const rank = values.filter((x) => x > 1e-12 * values[0]).length;
  return { u, v, count: Math.min(r, rank) };
}

/** `α` times the leading singular vectors of the negative gradient, zeros past its rank. */
export function spectral({ descent, rank: r, alpha }: LayerAtStart): LayerFactors {
  const { u, v, count } = leading(descent, r);
  const b = matrix(descent.rows, r), at = matrix(descent.columns, r);
  for (const [out, from] of [[b, u], [at, v]]) {
    for (let i = 0; i < out.rows; i++) {
      for (let j = 0; j < count; j++) out.data[i * r + j] = alpha * from.data[i * from.columns + j];
    }
  }
  return { b, a: transpose(at) };
}

/** `B = 0`, `A = ΣG₁₂ᵀ`: the target's right directions, then those of the weights. */
export function spectralPaper(
  { weight, descent, rank: r, deviation, draws }: LayerAtStart,
): LayerFactors {
  const sizes = draws.normals(r), { v, count } = leading(descent, r);
  const target = columns(v, 0, count), others = svd(weight).v, n = weight.columns;
  const all = matrix(n, count + others.columns);
  for (let i = 0; i < n; i++) {
    all.data.set(target.data.subarray(i * count, (i + 1) * count), i * all.columns);
    const rest = others.data.subarray(i * others.columns, (i + 1) * others.columns);
    all.data.set(rest, i * all.columns + count);
  }
  const a = matrix(r, n), directions = orthonormal(all, r);
  directions.forEach((direction, k) =>
    a.data.set(direction.map((x) => deviation.a * sizes[k] * x), k * n)
  );
  return { b: matrix(weight.rows, r), a };
}

/** The first `count` columns that are not in the span of those before, made orthonormal. */
function orthonormal(all: Matrix, count: number): Float64Array[] {
  const found: Float64Array[] = [];
  for (let j = 0; j < all.columns && found.length < count; j++) {
    const x = columns(all, j, j + 1).data;
    for (let pass = 0; pass < 2; pass++) {
      for (const y of found) {
        const along = y.reduce((sum, value, i) => sum + value * x[i], 0);
        y.forEach((value, i) => x[i] -= along * value);
      }
    }
    const length = Math.hypot(...x);
    if (length > 1e-6) found.push(x.map((value) => value / length));
  }
  return found;
}

/** `B` drawn, `A = (BᵀB)^{1/2}Oᵀ` with a random frame `O`: `BᵀB = AAᵀ`. */
export function balanced({ weight, rank: r, deviation, draws }: LayerAtStart): LayerFactors {
  const b = normals(draws, weight.rows, r, deviation.b), { values, v } = svd(b);
  const root = multiplyNT({ ...v, data: v.data.map((x, i) => x * values[i % r]) }, v);
  return { b, a: multiplyNT(root, frame(draws, weight.columns, r)) };
}
