/**
 * Adapters of an update: their shapes, and random matrices to make them of.
 *
 * @module
 */
import { checkFinite } from "../../check.ts";
import { type Matrix, matrix, type Shape } from "../../linalg/mod.ts";
import type { Stream } from "../../random/mod.ts";
import type { Adapters } from "./model.ts";

/**
 * Checks that adapters fit an update of `rows × columns`; returns their rank.
 *
 * @throws {TypeError} If the shapes do not chain: all are shown.
 * @throws {RangeError} If an entry is not finite.
 */
export function checkAdapters(
  what: string,
  { rows, columns }: { rows: number; columns: number },
  { b, a }: Adapters,
): number {
  if (b.rows !== rows || a.columns !== columns || b.columns !== a.rows) {
    throw new TypeError(
      `Cannot ${what} as b and a must be m x r and r x n with m = ${rows} and n = ${columns}: ` +
        `current shapes are ${b.rows} x ${b.columns} and ${a.rows} x ${a.columns}`,
    );
  }
  b.data.forEach((x, i) => checkFinite(what, `b[${i}]`, x));
  a.data.forEach((x, i) => checkFinite(what, `a[${i}]`, x));
  return b.columns;
}

/** A matrix of independent normals `N(0, deviation²)`. */
export function normals([rows, columns]: Shape, rng: Stream, deviation: number): Matrix {
  const out = matrix(rows, columns);
  rng.fillNormal(out.data);
  out.data.forEach((x, i, all) => all[i] = deviation * x);
  return out;
}

/** A matrix of independent uniforms on `[−bound, bound]`. */
export function uniforms([rows, columns]: Shape, rng: Stream, bound: number): Matrix {
  const out = matrix(rows, columns);
  rng.fillUniform(out.data);
  out.data.forEach((x, i, all) => all[i] = bound * (2 * x - 1));
  return out;
}
