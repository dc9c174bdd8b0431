import { checkFinite, checkInteger, checkPositive } from "../../check.ts";

/**
 * `count` equally spaced numbers from `low` to `high`, both included exactly.
 *
 * @param low First number.
 * @param high Last number.
 * @param count How many, `≥ 2`.
 * @throws {RangeError} If an end is not finite or `count` is no integer `≥ 2`.
 *
 * @example
 * ```ts
 * import { linspace } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(linspace(0, 1, 5), [0, 0.25, 0.5, 0.75, 1]);
 * ```
 */
export function linspace(low: number, high: number, count: number): number[] {
  checkFinite("space numbers", "low", low);
  checkFinite("space numbers", "high", high);
  checkInteger("space numbers", "count", count, 2);
  const last = count - 1;
  return Array.from({ length: count }, (_, i) => i === last ? high : low + (high - low) * i / last);
}

/**
 * `count` numbers from `low` to `high` with equal ratios, both ends included exactly: points of a
 * logarithmic axis.
 *
 * @param low First number, `> 0`.
 * @param high Last number, `> 0`.
 * @param count How many, `≥ 2`.
 * @throws {RangeError} If an end is not a finite number `> 0` or `count` is no integer `≥ 2`.
 *
 * @example
 * ```ts
 * import { geomspace } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(geomspace(1, 100, 3).map((x) => Math.round(x)), [1, 10, 100]);
 * ```
 */
export function geomspace(low: number, high: number, count: number): number[] {
  checkPositive("space numbers", "low", low);
  checkPositive("space numbers", "high", high);
  const logs = linspace(Math.log(low), Math.log(high), count);
  return logs.map((log, i) => i === 0 ? low : i === count - 1 ? high : Math.exp(log));
}
