/**
 * What a cell is: plain JSON with finite numbers, written in one canonical form and hashed.
 *
 * @module
 */
import { sha256 } from "../../platform/mod.ts";
import type { Task } from "./task.ts";
import type { Row } from "../table/row.ts";

function reject(path: string, wanted: string, value: unknown): never {
  const text = `Cannot run the sweep as ${path} must be ${wanted}: current value is ${
    typeof value === "function" ? "a function" : String(value)
  }`;
  throw new TypeError(text);
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/**
 * JSON text that does not depend on the order of keys; `-0` keeps its sign.
 *
 * @throws {TypeError} If a value is not plain JSON or a number is not finite; names its path.
 */
export function canonicalJson(value: unknown, path: string): string {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) reject(path, "a finite number", value);
    return Object.is(value, -0) ? "-0" : String(value);
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, i) => canonicalJson(item, `${path}[${i}]`)).join(",")}]`;
  }
  if (typeof value === "object" && isPlain(value)) {
    const entries = Object.keys(value).sort().map((key) =>
      `${JSON.stringify(key)}:${canonicalJson(value[key], `${path}.${key}`)}`
    );
    return `{${entries.join(",")}}`;
  }
  return reject(path, "plain JSON (number, string, boolean, null, array or object)", value);
}

/**
 * Name of a finished cell: SHA-256 of everything that determines its rows.
 *
 * @param code Identity of the code: for one process, the URL of the module.
 */
export function cellHash(
  run: Task<never, Row>,
  cell: string,
  seed: string,
  code: string = run.module,
): string {
  return sha256(JSON.stringify([code, run.exportName, cell, seed]));
}

/** The scalar parameters of a cell and its seed: the first columns of its rows. */
export function parameterColumns(cell: object, seed?: string | number): Row {
  const columns: Row = {};
  for (const [key, value] of Object.entries(cell)) {
    if (value === null || typeof value !== "object") columns[key] = value;
  }
  if (seed !== undefined) columns.seed = seed;
  return columns;
}
