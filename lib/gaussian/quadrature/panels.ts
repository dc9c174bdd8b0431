/**
 * Adaptive integration of several functions at once over panels of 16 nodes.
 *
 * @module
 */
import { legendreError, NODES, ORDER, WEIGHTS } from "./legendre.ts";

/** What a quadrature found, and how far it can be trusted. */
export interface Estimate {
  /** The value. */
  readonly value: number;
  /** Estimate of its absolute error. */
  readonly error: number;
  /** `"done"`, or what stopped the refinement and the remedy. */
  readonly status:
    | "done"
    | "unsettled: the function oscillates, is too steep or has a singular point"
    | "diverges: the function grows too fast, so that the integral does not exist in doubles"
    | "nonFinite: the function is NaN or infinite where the Gaussian has mass";
}

/**
 * Writes the integrands at 16 nodes, function `k` at node `i` to `out[16 k + i]`, and their sizes, by
 * which errors are measured: the absolute values of the integrands or of the terms they are sums of.
 */
export type Integrands = (x: Float64Array, out: Float64Array, size: Float64Array) => void;

/** What {@linkcode integratePanels} found for every function. */
export interface PanelSums {
  /** Integrals. */
  readonly values: Float64Array;
  /** Integrals of the sizes. */
  readonly sizes: Float64Array;
  /** Estimates of the absolute errors. */
  readonly errors: Float64Array;
  /** Where the functions are not finite; `undefined` when they are. */
  readonly nonFinite: number | undefined;
}

/** Panels beyond which the refinement is given up. */
const MOST = 20_000;
/** Relative error of a panel below which halving that does not help is noise of the function itself. */
const NOISE = 1e-7;
/** Halvings without help after which a panel is left as it is. */
const PATIENCE = 3;

interface Panel {
  readonly from: number;
  readonly to: number;
  readonly values: Float64Array;
  readonly sizes: Float64Array;
  readonly errors: Float64Array;
  /** Halvings in a row that did not help. */
  readonly stalled: number;
}

/**
 * Integrals of `count` functions over the panels between the points, each halved until the error
 * estimates of all functions are below `rtol` of the integrals of their sizes.
 *
 * Source: ours; error estimate after Trefethen, Approximation Theory and Approximation Practice, ch. 19.
 *
 * @param count Number of functions.
 * @param integrands Writes them at the 16 nodes of a panel.
 * @param points Ends of the first panels, in increasing order.
 * @param rtol Wanted error.
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { integratePanels } from "lora-dynamics/gaussian/mod.ts";
 * const write = (x: Float64Array, out: Float64Array, size: Float64Array) =>
 *   x.forEach((at, i) => {
 *     [size[i], size[16 + i]] = [out[i], out[16 + i]] = [at ** 2, Math.exp(at)];
 *   });
 * const [square, exponential] = integratePanels(2, write, [0, 1, 3], 1e-12).values;
 * assertAlmostEquals(square, 9, 1e-12);
 * assertAlmostEquals(exponential, Math.exp(3) - 1, 1e-11);
 * ```
 */
export function integratePanels(
  count: number,
  integrands: Integrands,
  points: ArrayLike<number>,
  rtol: number,
): PanelSums {
  const x = new Float64Array(ORDER);
  const out = new Float64Array(ORDER * count), size = new Float64Array(ORDER * count);
  let nonFinite: number | undefined;
  const measure = (from: number, to: number, stalled: number): Panel => {
    const half = 0.5 * (to - from), middle = from + half;
    for (let i = 0; i < ORDER; i++) x[i] = middle + half * NODES[i];
    integrands(x, out, size);
    const values = new Float64Array(count), sizes = new Float64Array(count);
    const errors = new Float64Array(count);
    for (let k = 0; k < count; k++) {
      let sum = 0, total = 0;
      for (let i = 0; i < ORDER; i++) {
        sum += WEIGHTS[i] * out[ORDER * k + i];
        total += WEIGHTS[i] * size[ORDER * k + i];
      }
      if (!Number.isFinite(sum + total)) {
        const at = out.subarray(ORDER * k, ORDER * (k + 1)).findIndex((y) => !Number.isFinite(y));
        nonFinite ??= x[at];
      }
      values[k] = half * sum;
      sizes[k] = half * total;
      errors[k] = 2 * half * legendreError(out, ORDER * k);
    }
    return { from, to, values, sizes, errors, stalled };
  };
  let panels: Panel[] = [];
  for (let i = 1; i < points.length; i++) panels.push(measure(points[i - 1], points[i], 0));
  let total = sumUp(panels, count);
  const tooLarge = (panel: Panel) =>
    panel.stalled < PATIENCE && panel.errors.some((error, k) => error > rtol * total.sizes[k]);
  while (nonFinite === undefined && panels.length < MOST && panels.some(tooLarge)) {
    const next: Panel[] = [];
    for (const panel of panels) {
      const middle = 0.5 * (panel.from + panel.to);
      if (!tooLarge(panel)) next.push(panel);
      else if (!(middle > panel.from && middle < panel.to)) {
        next.push({ ...panel, stalled: PATIENCE });
      } else {
        const halves = [measure(panel.from, middle, 0), measure(middle, panel.to, 0)];
        const noisy = panel.errors.every((error, k) =>
          error <= rtol * total.sizes[k] ||
          (error <= NOISE * panel.sizes[k] &&
            halves[0].errors[k] + halves[1].errors[k] > 0.7 * error)
        );
        const stalled = noisy ? panel.stalled + 1 : 0;
        next.push(...halves.map((half) => ({ ...half, stalled })));
      }
    }
    panels = next;
    total = sumUp(panels, count);
  }
  return { ...total, nonFinite };
}

function sumUp(panels: readonly Panel[], count: number): Omit<PanelSums, "nonFinite"> {
  const values = new Float64Array(count), sizes = new Float64Array(count);
  const errors = new Float64Array(count);
  for (const panel of panels) {
    for (let k = 0; k < count; k++) {
      values[k] += panel.values[k];
      sizes[k] += panel.sizes[k];
      errors[k] += panel.errors[k];
    }
  }
  return { values, sizes, errors };
}
