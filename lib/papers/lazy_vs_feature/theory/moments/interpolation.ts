/**
 * Functions tabulated once and interpolated afterwards.
 *
 * @module
 */
import { checkInteger, checkKeys } from "../../../../check.ts";

/** Where a function is tabulated. */
export interface ChebyshevOptions {
  /** Left end; −1 when not given. */
  readonly low?: number;
  /** Right end; 1 when not given. */
  readonly high?: number;
  /** Number of nodes; 15 when not given. */
  readonly count?: number;
}

/**
 * Interpolation of a function on Chebyshev nodes, exact for polynomials of a degree below `count`.
 *
 * Source: second form of the barycentric formula (Berrut & Trefethen, SIAM Review 46, 2004).
 *
 * @throws {RangeError} If `count` is not an integer ≥ 1.
 * @example
 * ```ts
 * import { chebyshev } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(chebyshev((x) => x ** 3, { low: 0, high: 2, count: 4 })(0.7), 0.343, 1e-12);
 * ```
 */
export function chebyshev(
  f: (x: number) => number,
  options: ChebyshevOptions = {},
): (x: number) => number {
  checkKeys("tabulate a function", options, ["low", "high", "count"]);
  const { low = -1, high = 1, count = 15 } = options;
  checkInteger("tabulate a function", "count", count, 1);
  const angles = Array.from({ length: count }, (_, i) => Math.PI * (i + 0.5) / count);
  const nodes = angles.map((angle) => (low + high + (high - low) * Math.cos(angle)) / 2);
  const values = nodes.map(f),
    weights = angles.map((angle, i) => (i % 2 ? -1 : 1) * Math.sin(angle));
  return (x) => {
    let above = 0, below = 0;
    for (let i = 0; i < count; i++) {
      const gap = x - nodes[i];
      if (gap === 0) return values[i];
      above += weights[i] / gap * values[i];
      below += weights[i] / gap;
    }
    return above / below;
  };
}
