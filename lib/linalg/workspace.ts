import { checkInteger } from "../check.ts";
import { lowRankWork, newHome, packing } from "./_home.ts";
import type { Matrix } from "./matrix.ts";

/** Entries in a line of the cache: where each matrix begins. */
const line = 8;

/** Rows and columns. */
export type Shape = readonly [rows: number, columns: number];

/**
 * Matrices of zeros that live side by side in the memory of the compiled kernels.
 *
 * Functions of this room that get matrices of *one* workspace only work on them in place; others
 * are copied in and out at each call. So a loop of gradient steps or products within a workspace
 * copies nothing. Everything else may read and write the entries as usual. The memory has a fixed
 * size, so the views stay valid for ever, and it is freed with the last of them.
 *
 * @param shapes Rows and columns of each matrix, by name; at most 2²⁶ entries altogether.
 * @returns The matrices by the same names.
 * @throws {RangeError} If a size is not an integer ≥ 1, or they are too many.
 *
 * @example
 * ```ts
 * import { lowRankGradient, lowRankStep, workspace } from "lora-dynamics/linalg/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { u, v, target } = workspace({ u: [3, 1], v: [3, 1], target: [3, 3] });
 * target.data.set([1, 0, 0, 0, 0, 0, 0, 0, 0]);
 * u.data.fill(0.1);
 * v.data.fill(0.1);
 * for (let step = 0; step < 200; step++) lowRankStep(u, v, target, 0.2);
 * assert(lowRankGradient(u, v, target).loss < 1e-12);
 * ```
 */
export function workspace<Name extends string>(
  shapes: Readonly<Record<Name, Shape>>,
): Record<Name, Matrix> {
  const what = "make a workspace";
  let entries = 0;
  for (const name in shapes) {
    const [rows, columns] = shapes[name];
    checkInteger(what, `rows of ${name}`, rows, 1);
    checkInteger(what, `columns of ${name}`, columns, 1);
    entries += line * Math.ceil(rows * columns / line);
  }
  checkInteger(what, "the number of entries", entries, 1, 2 ** 26);
  // Room for what the kernels pack. A low-rank gradient of matrices in here stores the two gradients and
  // packs no more than it would for a square factor of all entries, and a step packs less than that.
  // Untouched pages cost nothing.
  const side = Math.ceil(Math.sqrt(entries));
  const work = Math.max(packing, entries + lowRankWork(side, side));
  const { kernels: { floats, heap } } = newHome(entries + line, work);
  const result = {} as Record<Name, Matrix>;
  let at = line * Math.ceil(heap / 8 / line);
  for (const name in shapes) {
    const [rows, columns] = shapes[name];
    const length = rows * columns;
    result[name] = {
      rows,
      columns,
      data: new Float64Array(floats.buffer, 8 * at, length),
    };
    at += line * Math.ceil(length / line);
  }
  return result;
}
