/**
 * Adapters of an update: their shapes, and random matrices to make them of.
 *
 * @module
 */
import { checkFinite } from "../../check.ts";
import { type Matrix, matrix, multiply, type Shape, svd } from "../../linalg/mod.ts";
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

/**
 * Balanced factors of the same product: `B = U√Σ`, `A = √ΣVᵀ` from the singular values of `BA`. Of all factors of
 * `BA` they have the least `‖V‖²`, so that a certified step from there is the longest.
 *
 * Source: ours.
 *
 * @example
 * ```ts
 * import { balancedFactors } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { b, a } = balancedFactors({ b: matrix(1, 1, [8]), a: matrix(1, 1, [0.5]) });
 * assertAlmostEquals(b.data[0] * a.data[0], 4, 1e-14);
 * assertAlmostEquals(Math.abs(b.data[0]), 2, 1e-14);
 * ```
 */
export function balancedFactors({ b, a }: Adapters): Adapters {
  const { u, values, v } = svd(multiply(b, a)), r = b.columns, rank = Math.min(r, values.length);
  const out: Adapters = { b: matrix(b.rows, r), a: matrix(r, a.columns) };
  for (let k = 0; k < rank; k++) {
    const root = Math.sqrt(values[k]);
    for (let i = 0; i < b.rows; i++) out.b.data[r * i + k] = root * u.data[u.columns * i + k];
    for (let j = 0; j < a.columns; j++) {
      out.a.data[a.columns * k + j] = root * v.data[v.columns * j + k];
    }
  }
  return out;
}
