/** States made of named matrices. */
import { checkFinite, checkInteger } from "../check.ts";
import type { Rhs } from "./stepper.ts";

/** Matrices by name, row-major. */
export type Matrices<K extends string> = Readonly<Record<K, Float64Array>>;

/** Right-hand side on named matrices: writes the derivatives into the matrices of `dy`. */
export type MatrixRhs<K extends string> = (t: number, y: Matrices<K>, dy: Matrices<K>) => void;

/** Where each matrix lies in a flat state. */
export interface MatrixState<K extends string> {
  /** Entries of all matrices together: the number of components of the state. */
  readonly length: number;
  /** Rows and columns of each matrix. */
  readonly shapes: Readonly<Record<K, readonly [number, number]>>;
  /**
   * A new flat state holding a copy of the matrices.
   *
   * @throws {TypeError} If a matrix is missing, unknown, or does not have the entries of its shape.
   * @throws {RangeError} If an entry is not finite.
   */
  pack(matrices: Readonly<Record<K, ArrayLike<number>>>): Float64Array;
  /**
   * The matrices inside a flat state, as views: writing to one writes to the state.
   *
   * @throws {TypeError} If the state has another length.
   */
  views(state: Float64Array): Matrices<K>;
  /** The right-hand side that the solvers take. It copies nothing. */
  rhs(f: MatrixRhs<K>): Rhs;
}

/**
 * Lets matrices be the state of a differential equation, without copies.
 *
 * A solver sees one flat state, in the order of `shapes`; a right-hand side sees views of its parts,
 * made once for each array that the solver uses.
 *
 * Shapes: every matrix row-major, as named in `shapes`.
 * Source: ours.
 *
 * @param shapes Rows and columns of each matrix by its name.
 * @throws {RangeError} If a number of rows or columns is not an integer ≥ 1.
 * @throws {TypeError} If a shape is not a pair, or there is none.
 * @example Gradient flow of ½‖BA − M‖² for numbers; a² − b² does not move.
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { matrixState, solveOde } from "lora-dynamics/ode/mod.ts";
 * const state = matrixState({ A: [1, 1], B: [1, 1] });
 * const f = state.rhs((_t, { A, B }, dy) => {
 *   const residual = B[0] * A[0] - 3;
 *   dy.A[0] = -residual * B[0];
 *   dy.B[0] = -residual * A[0];
 * });
 * const { y } = solveOde(f, 0, 10, state.pack({ A: [1], B: [0.5] }));
 * const { A, B } = state.views(y);
 * assertAlmostEquals(A[0] * B[0], 3, 1e-7);
 * assertAlmostEquals(A[0] ** 2 - B[0] ** 2, 0.75, 1e-7);
 * ```
 */
export function matrixState<K extends string>(
  shapes: Readonly<Record<K, readonly [number, number]>>,
): MatrixState<K> {
  const what = "lay out a state of matrices";
  const names = Object.keys(shapes) as K[];
  if (names.length === 0) {
    throw new TypeError(
      `Cannot ${what} as shapes must name at least one matrix: current value is {}`,
    );
  }
  const starts = new Map<K, number>();
  let length = 0;
  for (const name of names) {
    const shape = shapes[name];
    if (shape?.length !== 2) {
      throw new TypeError(
        `Cannot ${what} as shapes.${name} must be [rows, columns]: current value is ${
          JSON.stringify(shape)
        }`,
      );
    }
    checkInteger(what, `shapes.${name}[0]`, shape[0], 1);
    checkInteger(what, `shapes.${name}[1]`, shape[1], 1);
    starts.set(name, length);
    length += shape[0] * shape[1];
  }
  const size = (name: K) => shapes[name][0] * shapes[name][1];
  const known = new WeakMap<Float64Array, Matrices<K>>();

  function views(state: Float64Array): Matrices<K> {
    const found = known.get(state);
    if (found) return found;
    if (!(state instanceof Float64Array) || state.length !== length) {
      throw new TypeError(
        `Cannot view the matrices of a state as it must be a Float64Array of ${length} entries: ` +
          `current length is ${(state as Float64Array | undefined)?.length}`,
      );
    }
    const made = {} as Record<K, Float64Array>;
    for (const name of names) {
      const start = starts.get(name)!;
      made[name] = state.subarray(start, start + size(name));
    }
    known.set(state, made);
    return made;
  }

  function pack(matrices: Readonly<Record<K, ArrayLike<number>>>): Float64Array {
    const door = "pack a state of matrices";
    for (const name of Object.keys(matrices)) {
      if (starts.has(name as K)) continue;
      throw new TypeError(
        `Cannot ${door} as matrices must be among ${names.join(", ")}: current value is "${name}"`,
      );
    }
    const state = new Float64Array(length);
    for (const name of names) {
      const matrix = matrices[name];
      if (matrix?.length !== size(name)) {
        throw new TypeError(
          `Cannot ${door} as ${name} must have ${shapes[name].join("×")} = ${
            size(name)
          } entries: ` +
            `current number is ${matrix?.length}`,
        );
      }
      for (let i = 0; i < matrix.length; i++) {
        checkFinite(door, `${name}[${i}]`, matrix[i]);
        state[starts.get(name)! + i] = matrix[i];
      }
    }
    return state;
  }

  return {
    length,
    shapes,
    pack,
    views,
    rhs: (f) => (t, y, dy) => f(t, views(y), views(dy)),
  };
}
