import {
  checkBoolean,
  checkInteger,
  checkKeys,
  checkPositive,
  checkString,
  show,
} from "../../check.ts";
import type { Row } from "../table/row.ts";
import type { CellStore } from "./store.ts";
import { isTask, type Run, type Seed } from "./task.ts";
import { thereAreWorkers } from "./workers.ts";

/** A parameter as a column: objects, arrays and functions as text. */
export type ParameterColumn<V> =
  | Extract<V, Row[string]>
  | ([Exclude<V, Row[string] | undefined>] extends [never] ? never : string);

/**
 * The parameters of a cell as columns. A parameter that is an object or an array is a column of
 * canonical JSON where cells of the sweep differ in it, and none where it is the same in all.
 */
export type ParameterColumns<P, R> =
  & { [K in keyof P as P[K] extends Row[string] ? K : never]: P[K] }
  & {
    [K in Exclude<keyof P, keyof R> as P[K] extends Row[string] ? never : K]?: ParameterColumn<
      P[K]
    >;
  };

/** A row of a sweep: parameters of the cell, its seed when there are seeds, the result. */
export type SweepRow<P, R extends Row, S extends Seed> =
  & ParameterColumns<P, R>
  & ([S] extends [never] ? unknown : { seed: S })
  & R;

/** What `sweep` computes and how. */
export interface SweepOptions<P, S extends Seed> {
  /** What is computed, for messages. */
  readonly name: string;
  /**
   * Plain JSON objects with finite numbers, e.g. from `grid`. A cell may also hold functions: it is
   * then computed in this process, whatever `workers` says, and not remembered.
   */
  readonly cells: readonly P[];
  /** Every cell is computed once per seed; the rows get a column `seed`. */
  readonly seeds?: readonly S[];
  /** For every cell further columns of its rows, which tell them from others and which no run sees. */
  readonly columns?: readonly Row[];
  /**
   * Module workers; 0 or 1: in this process. Default: `settings()`, else one per core up to 4. In Node
   * and in a bundle of one's own there are none: by default all cells are computed in this process.
   */
  readonly workers?: number;
  /** Work of a cell, in any unit: the dearest are begun first, so that none is left for the end. */
  readonly cost?: (cell: P) => number;
  /** Text of the progress bar; the name by default. */
  readonly label?: string;
  /** Stops the sweep: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Where finished cells of a task are kept: a folder (see `FolderStore`) for good, or a store. By
   * default the folder `cache` of `settings()`, else a memory that lives as long as the process.
   */
  readonly store?: CellStore | string | URL;
  /** Longest time for a cell of a task, in seconds; then it has failed. Cells then run in workers. */
  readonly timeout?: number;
  /** Whether cells that failed before are tried again (`false`: their error is reported again). */
  readonly retry?: boolean;
}

const WHAT = "run the sweep";
const KNOWN: readonly (keyof SweepOptions<unknown, Seed> | "run")[] = [
  ...["name", "run", "cells", "seeds", "columns", "workers", "label", "signal"] as const,
  ...["store", "timeout", "retry", "cost"] as const,
];

/** Checks everything but cells and seeds, which the plan checks. */
export function checkOptions(
  options: SweepOptions<object, Seed> & { readonly run: Run<never, Row> },
): void {
  checkKeys(WHAT, options, KNOWN);
  const { name, run, workers, label = "", timeout, retry = false, cost } = options;
  checkString(WHAT, "name", name);
  checkString(WHAT, "label", label);
  if (typeof run !== "function") {
    throw new TypeError(`Cannot ${WHAT} as run must be a function: current value is ${show(run)}`);
  }
  if (cost !== undefined && typeof cost !== "function") {
    throw new TypeError(
      `Cannot ${WHAT} as cost must be a function of a cell: current value is ${show(cost)}`,
    );
  }
  checkBoolean(WHAT, "retry", retry);
  if (workers !== undefined) checkInteger(WHAT, "workers", workers, 0);
  if (timeout !== undefined) checkPositive(WHAT, "timeout", timeout);
  if (isTask(run) && !thereAreWorkers()) refuseWorkers(workers, timeout);
  for (const key of ["timeout", "store"] as const) {
    if (options[key] === undefined || isTask(run)) continue;
    throw new TypeError(
      `Cannot ${WHAT} as run must be a task where ${key} is given: current value is a closure, ` +
        `which no worker can import and no name tells from another`,
    );
  }
}

/** What is asked for by name is not done in another way: without workers no cell can be ended. */
function refuseWorkers(workers = 0, timeout?: number): void {
  if (workers <= 1 && timeout === undefined) return;
  const [name, wanted, value] = timeout === undefined
    ? ["workers", "0 or 1", workers]
    : ["timeout", "left out", timeout];
  throw new TypeError(
    `Cannot ${WHAT} as ${name} must be ${wanted} where there are no module workers, as in Node or in a bundle: ` +
      `current value is ${value}`,
  );
}
