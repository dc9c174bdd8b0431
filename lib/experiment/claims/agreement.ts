import { checkKeys } from "../../check.ts";
import type { CheckResult } from "./claim.ts";

/** When two numbers agree: `|measured − expected| ≤ abs + rel·|expected|`, or the bound of the entry. */
export interface Agreement {
  /** Absolute part. */
  readonly abs?: number;
  /** Relative part. */
  readonly rel?: number;
  /** Bounds of single entries, in place of `abs` and `rel`. */
  readonly bounds?: Readonly<Record<string, number>>;
  /** The rule in words; needed with `bounds`. */
  readonly text?: string;
}

/**
 * Compares named numbers with what is expected of them: the result of most checks.
 *
 * Every expected entry must be measured; a missing one, or NaN, disagrees.
 *
 * @throws {TypeError} If the rule says nothing.
 *
 * @example
 * ```ts
 * import { agree } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const result = agree({ tau: 4.83 }, { tau: 4.828 }, { rel: 0.01 });
 * assertEquals([result.pass, result.tolerance], [true, "rel 0.01"]);
 * ```
 */
export function agree(
  measured: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
  rule: Agreement,
): CheckResult {
  checkKeys("compare numbers", rule, ["abs", "rel", "bounds", "text"], "the rule");
  const { abs, rel, bounds, text } = rule;
  if (abs === undefined && rel === undefined && bounds === undefined) {
    throw new TypeError("Cannot compare numbers as the rule must give abs, rel or bounds: none is");
  }
  const pass = Object.entries(expected).every(([key, value]) => {
    if (!Number.isFinite(value)) return Object.is(measured[key], value);
    const bound = bounds?.[key] ?? (abs ?? 0) + (rel ?? 0) * Math.abs(value);
    return Math.abs(measured[key] - value) <= bound;
  });
  const words = [abs === undefined ? "" : `abs ${abs}`, rel === undefined ? "" : `rel ${rel}`];
  const tolerance = text ?? (words.filter(Boolean).join(" + ") || JSON.stringify(bounds));
  return { measured, expected, tolerance, pass: pass && Object.keys(expected).length > 0 };
}

/**
 * Measures every entry that is expected: a function of the name, applied to all names of a record.
 *
 * @example
 * ```ts
 * import { measureAs } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(measureAs({ "2": 4.01, "3": 9.02 }, (key) => Number(key) ** 2), { "2": 4, "3": 9 });
 * ```
 */
export function measureAs<K extends string>(
  expected: Readonly<Record<K, number>>,
  value: (key: K) => number,
): Record<K, number> {
  const keys = Object.keys(expected) as K[];
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, number>;
}

/**
 * Compares named numbers with bounds: `|measured| ≤ bound` for every entry.
 *
 * @param measured What was found; NaN exceeds every bound.
 * @param bounds The largest size of each entry.
 *
 * @example
 * ```ts
 * import { atMost } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(atMost({ drift: -3e-16 }, { drift: 1e-14 }).pass, true);
 * assertEquals(atMost({ drift: NaN }, { drift: 1e-14 }).pass, false);
 * ```
 */
export function atMost(
  measured: Readonly<Record<string, number>>,
  bounds: Readonly<Record<string, number>>,
): CheckResult {
  const keys = Object.keys(bounds);
  const pass = keys.length > 0 && keys.every((key) => Math.abs(measured[key]) <= bounds[key]);
  return { measured, expected: bounds, tolerance: "size at most as expected", pass };
}

/** Named numbers with what is expected of each, collected one by one. */
export interface Comparison {
  /** Adds an entry: `|measured − expected| ≤ bound`. */
  put(name: string, measured: number, expected: number, bound: number): void;
  /** The result of all entries; `text` is the rule in words. */
  result(text: string): CheckResult;
}

/**
 * Starts a comparison whose entries have bounds of their own: the result of checks with loops.
 *
 * @example
 * ```ts
 * import { comparison } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { put, result } = comparison();
 * for (const n of [2, 3]) put(`${n} squared`, n * n + 1e-9, n ** 2, 1e-8);
 * assertEquals(result("1e-8").pass, true);
 * ```
 */
export function comparison(): Comparison {
  const measured: Record<string, number> = {}, expected: Record<string, number> = {};
  const bounds: Record<string, number> = {};
  return {
    put(name, found, wanted, bound) {
      [measured[name], expected[name], bounds[name]] = [found, wanted, bound];
    },
    result: (text) => agree(measured, expected, { bounds, text }),
  };
}
