import type { Row } from "../table/row.ts";

/** Why a cell has no rows. */
export interface Failure {
  /** The cell and its seed in a few words. */
  readonly cell: string;
  /** Message of the error. */
  readonly message: string;
  /** Its stack, when there is one. */
  readonly stack?: string;
}

/** A result that could not be kept, as on a full disk: no other one can, so a sweep stops. */
export class StoreError extends Error {
  /** `"StoreError"`. */
  override name = "StoreError";
}

/** What says which code computes a task: a task is one. */
export interface TaskCode {
  /** URL of the module that exports it. */
  readonly module: string;
  /** Name of the export. */
  readonly exportName: string;
  /** URLs of the files that its author has named. */
  readonly files?: readonly string[];
}

/** The code of a task, by a hash of its meaning. */
export interface CodeIdentity {
  /** Hash of all that computes the task. */
  readonly hash: string;
  /** The files behind it, the module itself first: URL → mark of its contents. */
  readonly files: ReadonlyMap<string, string>;
}

/** Where the rows of finished cells are kept, by the hash of the cell. A `Map` is one. */
export interface CellStore {
  /** Rows of a finished cell. */
  get(hash: string): readonly Row[] | undefined | Promise<readonly Row[] | undefined>;
  /** Keeps the rows of a finished cell, and how many seconds they took; a `StoreError` ends the sweep. */
  set(hash: string, rows: readonly Row[], seconds?: number): unknown;
  /** Identity of a task's code, for a store that outlives the process. */
  identify?(task: TaskCode): CodeIdentity | Promise<CodeIdentity>;
  /** Whether a cell is finished, without reading it. */
  has?(hash: string): boolean;
  /** Why a cell failed before. */
  failure?(hash: string): Failure | undefined;
  /** Keeps why a cell failed; a store with this method lets the other cells go on. */
  fail?(hash: string, failure: Failure): unknown;
}
