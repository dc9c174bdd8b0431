/** What tests of closed forms and of plain runs share. */
import { assertAlmostEquals } from "@std/assert";
import { type Matrix, matrix } from "lora-dynamics/linalg/mod.ts";

/** Equality relative to the wanted value. */
export function near(found: number, wanted: number, rel = 1e-9): void {
  assertAlmostEquals(found, wanted, rel * Math.abs(wanted) + 1e-300);
}

/** The square matrix with this diagonal. */
export function diagonal(values: readonly number[]): Matrix {
  const out = matrix(values.length, values.length);
  values.forEach((x, i) => out.data[i * values.length + i] = x);
  return out;
}
