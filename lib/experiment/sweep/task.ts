import { checkKeys, show } from "../../check.ts";
import type { Row } from "../table/row.ts";

/** A seed: text, as `stream(seed, ...)` takes it. */
export type Seed = string;

/** What a run is told beside its cell. */
export interface TaskContext {
  /** Seed of this run; `"0"` when the sweep has no seeds. */
  readonly seed: Seed;
  /** Aborted when the sweep is; a long asynchronous run may look at it. */
  readonly signal: AbortSignal;
}

/** Computes one cell: one row, or several (a time series). It must not change its cell. */
export type Run<P, R extends Row> = (
  cell: P,
  context: TaskContext,
) => R | readonly R[] | Promise<R | readonly R[]>;

/** A run that module workers can import by the name it is exported under. */
export interface Task<P, R extends Row> {
  (cell: P, context?: Partial<TaskContext>): ReturnType<Run<P, R>>;
  /** URL of the module that exports the task. */
  readonly module: string;
  /** Name of the export. */
  readonly exportName: string;
  /** URLs of the files that the author has named. */
  readonly files?: readonly string[];
}

/** What a task may say of itself. */
export interface TaskOptions {
  /**
   * Files, folders or modules that the run reads and that its code does not name in so many words,
   * relative to the module: a kept result counts with their contents. An empty list says that there
   * are none.
   */
  readonly files?: readonly string[];
}

/** What a run sees as its seed when it is given none. */
export const DEFAULT_SEED = "0";

/** The context of a run, completed. */
export function completeContext(context: Partial<TaskContext> = {}): TaskContext {
  return {
    seed: context.seed ?? DEFAULT_SEED,
    signal: context.signal ?? new AbortController().signal,
  };
}

/**
 * Names a run so that `sweep` can compute it in module workers and remember its cells.
 *
 * Export the task from its module under exactly the given name. The result depends only on the cell
 * and the seed, on the code that the module imports, and on files that the code names as
 * `new URL("data.csv", import.meta.url)` or that `files` names: a run that reads anything else must
 * not be a task. Called directly, a task is the plain function, with seed `"0"` unless a context
 * says otherwise.
 *
 * @param moduleUrl `import.meta.url` of the module that exports the task.
 * @param exportName Name under which the module exports it.
 * @param run Computes one cell.
 * @param options Files that the code cannot name; see {@linkcode TaskOptions}.
 * @throws {TypeError} If the module URL or the name cannot be imported from a worker, if a file is
 * no text, or if an option is not known.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { task } from "lora-dynamics/experiment/mod.ts";
 *
 * export const halfLife = task(import.meta.url, "halfLife", (cell: { rate: number }) => ({
 *   time: Math.LN2 / cell.rate,
 * }));
 * assertEquals(halfLife({ rate: Math.LN2 }), { time: 1 });
 * ```
 */
export function task<P, R extends Row>(
  moduleUrl: string,
  exportName: string,
  run: Run<P, R>,
  options: TaskOptions = {},
): Task<P, R> {
  if (!URL.canParse(moduleUrl)) {
    throw new TypeError(
      `Cannot name a task as moduleUrl must be import.meta.url: current value is ${
        JSON.stringify(moduleUrl)
      }`,
    );
  }
  if (typeof exportName !== "string" || exportName === "") {
    throw new TypeError(
      `Cannot name a task as exportName must be the name of an export: current value is ${
        JSON.stringify(exportName)
      }`,
    );
  }
  checkKeys("name a task", options, ["files"]);
  const { files } = options, path = (file: unknown) => typeof file === "string" && file !== "";
  if (files !== undefined && !(Array.isArray(files) && files.every(path))) {
    throw new TypeError(
      `Cannot name a task as files must be a list of paths, such as ["./data.csv"]: ` +
        `current value is ${show(files)}`,
    );
  }
  const named = (cell: P, context?: Partial<TaskContext>) => run(cell, completeContext(context));
  const urls = files?.map((file) => new URL(file, moduleUrl).href);
  return Object.assign(named, {
    ...{ module: moduleUrl, exportName },
    ...(urls === undefined ? {} : { files: urls }),
  });
}

/** Whether a value is what `task` returns. */
export function isTask(value: unknown): value is Task<unknown, Row> {
  return typeof value === "function" && "module" in value && "exportName" in value;
}
