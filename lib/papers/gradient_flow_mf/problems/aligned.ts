/**
 * Problems for which Assumptions 2.1 and 2.2 hold, in their common bases: any, and plain factorisation.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive, show } from "../../../check.ts";
import { type Matrix, matrix, multiply, multiplyNT, scale } from "../../../linalg/mod.ts";
import { portable } from "../../../random/mod.ts";
import { frame, seedNumber } from "./frames.ts";
import type { Problem } from "../model.ts";
import { checkProblem } from "../shapes.ts";

/** `rows × columns`, zero but for `entries` on the diagonal. */
export function diagonal(entries: ArrayLike<number>, rows: number, columns: number = rows): Matrix {
  const out = matrix(rows, columns);
  for (let i = 0; i < entries.length; i++) out.data[i * columns + i] = entries[i];
  return out;
}

/** A list of singular values. */
function checkList(what: string, name: string, values: unknown): void {
  if (Array.isArray(values) || ArrayBuffer.isView(values)) return;
  throw new TypeError(
    `Cannot ${what} as ${name} must be a list of singular values: current value is ${show(values)}`,
  );
}

/** Three digits, for a name. */
export function short(x: number): string {
  return String(Number(x.toPrecision(3)));
}

/** Parameters of {@linkcode aligned}. */
export interface AlignedOptions {
  /** A few words, for captions. */
  readonly name?: string;
  /** Singular values of `W₂`, in the order of the common bases. */
  readonly s2: readonly number[];
  /** Singular values of `W₁`, in the same order; without them only layer 1 has an adapter. */
  readonly s1?: readonly number[];
  /** Singular values of `Δ`, in the same order; 0 where there is nothing to learn. */
  readonly target: readonly number[];
  /** Rows of `W₂`, by default as many as its values. */
  readonly m?: number;
  /** Hidden dimension, by default the larger of `m` and `n`. */
  readonly h?: number;
  /** Columns of `W₁`, by default as many as its values (or `m`). */
  readonly n?: number;
}

/**
 * A problem for which Assumptions 2.1 and 2.2 hold, in its common bases: `W₂`, `W₁` and `Δ` are diagonal.
 *
 * Gaussian starts are invariant under rotations, so the bases lose no generality.
 *
 * @throws {RangeError} If a value is negative or not finite, there are more of them than rows or
 * columns, or all of `target` are zero.
 *
 * @example
 * ```ts
 * import { aligned } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { w2, w1, target } = aligned({ s2: [2, 1], s1: [0.5, 0.4], target: [0, 3], h: 3 });
 * assertEquals([...w2.data], [2, 0, 0, 0, 1, 0]);
 * assertEquals([w1!.rows, target.data[3]], [3, 3]);
 * ```
 */
export function aligned(options: AlignedOptions): Problem {
  const what = "make an aligned problem";
  checkKeys(what, options, ["name", "s2", "s1", "target", "m", "h", "n"]);
  const { name = "own aligned problem", s2, s1, target } = options;
  Object.entries({ s2, target, ...(s1 === undefined ? {} : { s1 }) })
    .forEach(([key, values]) => checkList(what, key, values));
  const { m = s2.length, n = s1?.length ?? m, h = Math.max(m, n) } = options;
  checkInteger(what, "m", m, 1);
  checkInteger(what, "n", n, 1);
  checkInteger(what, "h", h, 1);
  const layer = (key: string, values: readonly number[], rows: number, columns: number) => {
    checkInteger(what, `the number of values in ${key}`, values.length, 1, Math.min(rows, columns));
    values.forEach((x, i) => {
      if (x >= 0 && x < Infinity) return;
      throw new RangeError(
        `Cannot ${what} as ${key}[${i}] must be a finite number >= 0: current value is ${show(x)}`,
      );
    });
    return diagonal(values, rows, columns);
  };
  const problem = {
    name,
    w2: layer("s2", s2, m, h),
    ...(s1 ? { w1: layer("s1", s1, h, n) } : {}),
    target: layer("target", target, m, n),
  };
  checkProblem(what, problem);
  return problem;
}

/** Parameters of {@linkcode factorization}. */
export interface FactorizationOptions {
  /** Rows of the target. */
  readonly m?: number;
  /** Columns of the target, by default as many as rows. */
  readonly n?: number;
  /** Singular values of the target. */
  readonly sigma?: readonly number[];
  /** `W₂ = sI`. */
  readonly s?: number;
  /** Seed of random bases, a whole number as text; the coordinate axes without it. */
  readonly seed?: string;
  /** Hidden dimension, at most `m`: then `W₂ = sQ` with orthonormal columns, and a seed is needed. */
  readonly h?: number;
}

/**
 * Plain matrix factorisation: `W₂ = sI`, one adapter, `Δ = diag(σ₁, …, σ_k, 0, …)`. With a seed
 * `Δ = UΣVᵀ`, with `h` also `W₂ = sQ` and `Δ = QUΣVᵀ`; the frames `Q`, `U`, `V` are drawn in this order.
 *
 * @throws {RangeError} If a size is no integer ≥ 1, a value not > 0, or there are too many of them, or `h`
 * is given without a seed.
 *
 * @example
 * ```ts
 * import { factorization } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { frobeniusNorm } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * assertEquals([...factorization({ m: 2, sigma: [3] }).target.data], [3, 0, 0, 0]);
 * const turned = factorization({ m: 4, n: 3, sigma: [4, 3], seed: "7" });
 * assertAlmostEquals(frobeniusNorm(turned.target), 5, 1e-12);
 * ```
 */
export function factorization(options: FactorizationOptions = {}): Problem {
  const what = "make a factorisation problem";
  checkKeys(what, options, ["m", "n", "sigma", "s", "seed", "h"]);
  const { m = 20, n = m, sigma = [1], s = 1, seed, h } = options;
  checkInteger(what, "m", m, 1);
  checkInteger(what, "n", n, 1);
  if (h !== undefined) checkInteger(what, "h", h, 1, m);
  checkList(what, "sigma", sigma);
  const k = sigma.length, rows = h ?? m;
  checkInteger(what, "the number of values in sigma", k, 1, Math.min(rows, n));
  checkPositive(what, "s", s);
  sigma.forEach((x, i) => checkPositive(what, `sigma[${i}]`, x));
  const layer = h === undefined ? s === 1 ? "" : `, W₂ = ${short(s)} I` : `, W₂ = ${short(s)} Q`;
  const name = `factorisation, ${m} × ${n}${layer}`;
  const multiple = diagonal(new Float64Array(m).fill(s), m);
  if (seed === undefined) {
    if (h === undefined) return { name, w2: multiple, target: diagonal(sigma, m, n) };
    throw new RangeError(`Cannot ${what} as seed must be given with h: Q is drawn from it`);
  }
  const draws = portable(seedNumber(what, seed)), q = h === undefined ? null : frame(draws, m, h);
  const u = frame(draws, rows, k), v = frame(draws, n, k);
  const target = multiplyNT(multiply(u, diagonal(sigma, k)), v);
  if (!q) return { name, w2: multiple, target };
  return { name, w2: scale(q, s), target: multiply(q, target) };
}
