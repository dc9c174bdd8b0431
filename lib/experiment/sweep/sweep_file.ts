import type { Row } from "../table/row.ts";
import { checkKeys } from "../../check.ts";
import type { SweepOptions } from "./options.ts";
import { isTask, type Seed, type Task } from "./task.ts";

/** A sweep that the terminal and a cluster can run: the default export of a file of yours. */
export interface SweepFile<P, R extends Row, S extends Seed = never>
  extends Pick<SweepOptions<P, S>, "name" | "cells" | "seeds" | "timeout"> {
  /** The task, exported from a module. */
  readonly run: Task<P, R>;
}

/**
 * Declares the sweep of a file for `deno task sweep <file>`: in process, on workers or on Slurm.
 *
 * @param file Task, cells, seeds; see {@linkcode SweepFile}.
 * @throws {TypeError} If `run` is not a task, or a key is not known.
 *
 * @example
 * ```ts
 * import { grid, sweepFile, task } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * export const halfLife = task(import.meta.url, "halfLife", (cell: { rate: number }) => ({
 *   time: Math.LN2 / cell.rate,
 * }));
 * const file = sweepFile({ name: "half-lives", run: halfLife, cells: grid({ rate: [1, 2] }) });
 * assertEquals(file.cells.length, 2); // export default file;
 * ```
 */
export function sweepFile<P extends object, R extends Row, S extends Seed = never>(
  file: SweepFile<P, R, S>,
): SweepFile<P, R, S> {
  checkKeys("declare a sweep", file, ["name", "run", "cells", "seeds", "timeout"], "file");
  if (!isTask(file.run)) {
    throw new TypeError(
      `Cannot declare a sweep as run must be a task: current value is ${typeof file.run}`,
    );
  }
  return file;
}
