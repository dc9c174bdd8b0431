/**
 * What the files of the statements share.
 *
 * @module
 */
import type { Problem } from "../../model.ts";
import { type Inequality, type PaperSymbols, paperSymbols } from "./symbols.ts";

/** The symbols, where a statement takes `δ_w < 1`. */
export function symbolsBelowOne(problem: Problem, what: string): PaperSymbols {
  const symbols = paperSymbols(problem, what);
  if (symbols.deltaW < 1) return symbols;
  throw new RangeError(
    `Cannot ${what} as delta_w must be < 1, else exchange the layers (exchanged; B = 0 becomes A = 0): ` +
      `current value is ${symbols.deltaW}`,
  );
}

/** `left ≤ right`. */
export function inequality(left: number, right: number): Inequality {
  return { left, right, holds: left <= right };
}
