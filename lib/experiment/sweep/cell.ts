/**
 * What a cell is: plain JSON with finite numbers, written in one canonical form and hashed. A cell of
 * a run in this process may also hold functions.
 *
 * @module
 */
import { sha256 } from "../../platform/mod.ts";
import type { Row } from "../table/row.ts";
import { DEFAULT_SEED, type Seed, type Task } from "./task.ts";

/** Text that stands for a function, or an error that there must be none at this place. */
export type OfFunction = (value: (...args: never[]) => unknown, path: string) => string;

function reject(path: string, wanted: string, value: unknown): never {
  const found = typeof value === "function" ? "a function" : String(value);
  throw new TypeError(
    `Cannot run the sweep as ${path} must be ${wanted}: current value is ${found}`,
  );
}

/** Whether a value is an object of no class. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Functions do not travel. */
const noFunction: OfFunction = (value, path) =>
  reject(path, "JSON to travel (give a name or an expression)", value);

/** The entries of a plain object in the order of its keys, each value as canonical JSON. */
export function canonicalEntries(
  value: Readonly<Record<string, unknown>>,
  path: string,
  ofFunction: OfFunction = noFunction,
): [key: string, text: string][] {
  return Object.keys(value).map((key) => [
    key,
    canonicalJson(value[key], `${path}.${key}`, ofFunction),
  ]);
}

/** The text of an object with such entries. */
export function joinEntries(entries: readonly (readonly [string, string])[]): string {
  const sorted = entries.toSorted(([a], [b]) => a < b ? -1 : 1);
  return `{${sorted.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(",")}}`;
}

/**
 * JSON text that does not depend on the order of keys; `-0` keeps its sign.
 *
 * @throws {TypeError} If a value is not plain JSON or a number is not finite; names its path.
 */
export function canonicalJson(
  value: unknown,
  path: string,
  ofFunction: OfFunction = noFunction,
): string {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) reject(path, "a finite number", value);
    return Object.is(value, -0) ? "-0" : String(value);
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") {
    return JSON.stringify(value);
  }
  if (typeof value === "function") return ofFunction(value as never, path);
  if (Array.isArray(value)) {
    const item = (x: unknown, i: number) => canonicalJson(x, `${path}[${i}]`, ofFunction);
    return `[${Array.from(value, item).join(",")}]`;
  }
  if (isPlain(value)) return joinEntries(canonicalEntries(value, path, ofFunction));
  return reject(path, "plain JSON (number, string, boolean, null, array or object)", value);
}

/** A copy that shares nothing but functions. */
export function copyCell<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyCell) as T;
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyCell(item)])) as T;
}

/**
 * Name of a finished cell: SHA-256 of everything that determines its rows.
 *
 * @param code Identity of the code: for one process, the URL of the module.
 */
export function cellHash(
  run: Task<never, Row>,
  cell: string,
  seed: Seed = DEFAULT_SEED,
  code: string = run.module,
): string {
  return sha256(JSON.stringify([code, run.exportName, cell, seed]));
}
