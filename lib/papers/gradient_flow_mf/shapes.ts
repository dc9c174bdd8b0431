/**
 * The doors of the paper's problems and adapters: what a reader may write, shapes that chain, and the
 * plain form in which a problem travels to a worker.
 *
 * @module
 */
import { checkFinite, checkKeys, checkString, show } from "../../check.ts";
import { type Matrix, matrix } from "../../linalg/mod.ts";
import type { Adapters, Problem } from "./model.ts";

/** A matrix, or its rows. */
export type MatrixLike = Matrix | readonly (readonly number[])[];

/** A problem as a reader may write it: matrices or their rows. */
export interface ProblemLike {
  /** A few words, for captions. */
  readonly name?: string;
  /** Frozen `W₂`, `m × h`. */
  readonly w2: MatrixLike;
  /** Frozen `W₁`, `h × n`; without it layer 2 has no adapter. */
  readonly w1?: MatrixLike;
  /** What has to be learnt, `Δ`, `m × n`. */
  readonly target: MatrixLike;
}

/** A problem as JSON, for cells of a sweep. */
export interface PlainProblem {
  /** A few words. */
  name: string;
  /** Rows of `W₂`. */
  w2: number[][];
  /** Rows of `W₁`. */
  w1?: number[][];
  /** Rows of `Δ`. */
  target: number[][];
}

/**
 * A matrix from what a reader wrote: a matrix, or its rows.
 *
 * @throws {TypeError} If it is neither.
 */
export function matrixOf(what: string, name: string, value: MatrixLike): Matrix {
  if (Array.isArray(value) && value.length > 0 && value.every(Array.isArray)) {
    const rows = value as number[][], columns = rows[0].length;
    if (columns > 0 && rows.every((row) => row.length === columns)) {
      return matrix(rows.length, columns, rows.flat());
    }
  }
  const found = value as Matrix;
  if (found?.data instanceof Float64Array && found.data.length === found.rows * found.columns) {
    return found;
  }
  throw new TypeError(
    `Cannot ${what} as ${name} must be a matrix, or rows of equal length: current value is ` +
      show(value),
  );
}

/** Rows and columns in words. */
function shapeOf(a: Matrix | undefined): string {
  if (a === undefined) return "none";
  return a.rows === undefined ? `no matrix, ${show(a)}` : `${a.rows} x ${a.columns}`;
}

/**
 * Checks that the shapes chain and the entries are finite.
 *
 * @throws {TypeError} If they do not chain: all shapes are shown.
 * @throws {RangeError} If an entry is not finite, or `Δ = 0`.
 */
export function checkProblem(what: string, { w2, w1, target }: Problem): void {
  const m = target.rows, n = target.columns, h = w2.columns;
  if (w2.rows !== m || (w1 !== undefined && (w1.rows !== h || w1.columns !== n))) {
    throw new TypeError(
      `Cannot ${what} as w2, w1 and target must be m x h, h x n and m x n: current shapes are ` +
        `${shapeOf(w2)}, ${shapeOf(w1)} and ${shapeOf(target)}`,
    );
  }
  for (const [name, a] of Object.entries({ w2, w1, target })) {
    a?.data.forEach((x, i) => Number.isFinite(x) || checkFinite(what, `${name}[${i}]`, x));
  }
  if (target.data.every((x) => x === 0)) {
    throw new RangeError(`Cannot ${what} as target must not be zero: there is nothing to learn`);
  }
}

/**
 * Checks that adapters fit a problem; the two may have different ranks.
 *
 * @returns Their ranks, `[r₁]` or `[r₁, r₂]`.
 * @throws {TypeError} If shapes do not chain: those of all four factors are shown.
 */
export function checkAdapters(what: string, problem: Problem, adapters: Adapters): number[] {
  checkKeys(what, adapters, ["b1", "a1", "b2", "a2"], "the adapters");
  const { b1, a1, b2, a2 } = adapters, { w2, w1, target } = problem;
  const m = target.rows, n = target.columns, h = w2.columns;
  const fits = (b: Matrix | undefined, a: Matrix | undefined, rows: number, columns: number) =>
    b?.rows === rows && a?.columns === columns && a.rows === b.columns;
  const none = b2 === undefined && a2 === undefined;
  if (!fits(b1, a1, h, n) || !(w1 ? fits(b2, a2, m, h) : none)) {
    throw new TypeError(
      `Cannot ${what} as b1, a1${w1 ? ", b2, a2" : ""} must be h x r1, r1 x n` +
        `${w1 ? ", m x r2, r2 x h" : " and no others"} with m = ${m}, h = ${h}, n = ${n}: ` +
        `current shapes are ${[b1, a1, b2, a2].map(shapeOf).join(", ")}`,
    );
  }
  return b2 ? [b1.columns, b2.columns] : [b1.columns];
}

/**
 * A problem from what a reader wrote.
 *
 * @throws {TypeError} If a key is unknown, a matrix is none, or shapes do not chain.
 * @throws {RangeError} If an entry is not finite, or `Δ = 0`.
 *
 * @example Two layers by their rows.
 * ```ts
 * import { problemOf } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { w2 } = problemOf({ w2: [[2, 0]], w1: [[1], [0]], target: [[0.5]] });
 * assertEquals([w2.rows, w2.columns], [1, 2]);
 * ```
 */
export function problemOf(like: ProblemLike): Problem {
  const what = "make a problem";
  checkKeys(what, like, ["name", "w2", "w1", "target"], "the problem");
  const { name = "own problem" } = like;
  checkString(what, "name", name);
  const problem = {
    name,
    w2: matrixOf(what, "w2", like.w2),
    ...(like.w1 === undefined ? {} : { w1: matrixOf(what, "w1", like.w1) }),
    target: matrixOf(what, "target", like.target),
  };
  checkProblem(what, problem);
  return problem;
}

/** The problem as JSON; {@linkcode problemOf} leads back. */
export function plainProblem(like: ProblemLike): PlainProblem {
  const { name = "own problem", w2, w1, target } = problemOf(like);
  return {
    ...{ name, w2: plainRows(w2), ...(w1 ? { w1: plainRows(w1) } : {}) },
    target: plainRows(target),
  };
}

/** The rows of a matrix as JSON. */
export function plainRows({ rows, columns, data }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
}
