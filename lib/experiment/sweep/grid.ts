/** Cells of a grid: every array axis contributes one of its values, anything else stays as it is. */
export type GridCell<G> = {
  -readonly [K in keyof G]: G[K] extends readonly (infer V)[] ? V : G[K];
};

/**
 * Every combination of the values of the axes, as the cells of a sweep.
 *
 * The last axis varies fastest. A value that is not an array is the same in all cells; a parameter
 * that is itself an array is wrapped once more: `{ times: [[0, 1, 2]] }`.
 *
 * @param axes Parameter name → its values, or one value.
 * @throws {RangeError} If an axis has no values.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { grid } from "lora-dynamics/experiment/mod.ts";
 *
 * assertEquals(grid({ d: 1000, mu: [0.1, 0.5], k: [2, 3] }), [
 *   { d: 1000, mu: 0.1, k: 2 },
 *   { d: 1000, mu: 0.1, k: 3 },
 *   { d: 1000, mu: 0.5, k: 2 },
 *   { d: 1000, mu: 0.5, k: 3 },
 * ]);
 * ```
 */
export function grid<G extends Readonly<Record<string, unknown>>>(
  axes: G,
): GridCell<G>[] {
  let cells: Record<string, unknown>[] = [{}];
  for (const [name, axis] of Object.entries(axes)) {
    const values: readonly unknown[] = Array.isArray(axis) ? axis : [axis];
    if (values.length === 0) {
      throw new RangeError(
        `Cannot build a grid as ${name} must have at least one value: current value is []`,
      );
    }
    cells = cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value })));
  }
  return cells as GridCell<G>[];
}
