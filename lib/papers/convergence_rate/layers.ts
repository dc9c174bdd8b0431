/**
 * Several matrices at once: a loss of all layers as one loss of a block-diagonal update.
 *
 * @module
 */
import { checkInteger, checkKeys } from "../../check.ts";
import { type Matrix, matrix, type Shape } from "../../linalg/mod.ts";
import type { Loss } from "./losses.ts";
import type { Adapters } from "./model.ts";

/** A loss of several updates `X_1, …, X_k`. */
export interface LayersLoss {
  /** Name. */
  readonly name: string;
  /** Shapes of the updates. */
  readonly shapes: readonly Shape[];
  /** `L` of all of them together: `Σ‖∇_i − ∇_i'‖² ≤ L² Σ‖X_i − X_i'‖²`. */
  readonly smoothness: number;
  /** A lower bound. */
  readonly low: number;
  /** Value at `x`; `gradient[i]`, of the shape of `x[i]`, takes the gradient in `X_i`. */
  evaluate(x: readonly Matrix[], gradient: readonly Matrix[]): number;
}

/** Blocks of the given shapes down the diagonal: calls `put` with the places in the whole and in the block. */
function diagonal(
  shapes: readonly Shape[],
  put: (whole: number, layer: number, part: number) => void,
): void {
  const width = shapes.reduce((sum, [, n]) => sum + n, 0);
  let top = 0, left = 0;
  shapes.forEach(([m, n], layer) => {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) put((top + i) * width + left + j, layer, i * n + j);
    }
    top += m;
    left += n;
  });
}

function assembled(parts: readonly Matrix[]): Matrix {
  const shapes = parts.map(({ rows, columns }) => [rows, columns] as const);
  const sum = (of: (shape: Shape) => number) => shapes.reduce((all, shape) => all + of(shape), 0);
  const out = matrix(sum(([m]) => m), sum(([, n]) => n));
  diagonal(shapes, (whole, layer, part) => out.data[whole] = parts[layer].data[part]);
  return out;
}

/**
 * Adapters of all layers as one pair of block-diagonal factors, of rank `Σ r_i`.
 *
 * @param layers Factors of each layer.
 */
export function blockAdapters(layers: readonly Adapters[]): Adapters {
  checkInteger("assemble layers", "their number", layers.length, 1);
  return { b: assembled(layers.map(({ b }) => b)), a: assembled(layers.map(({ a }) => a)) };
}

/**
 * The loss of all layers as a loss of their block-diagonal update. Its gradient is block-diagonal, so factors that
 * begin as blocks stay blocks, and gradient descent on them is that on all layers with one learning rate;
 * `‖V‖²` is the sum over the layers, `‖G‖` the root of the sum of squares.
 *
 * The assembled loss is smooth with the `L` of all layers together, because reading the blocks off is a
 * projection. (The paper's Lemma 3.6, as reported, has 2L; which `L` it starts from was not seen.)
 *
 * Source: ours, on the paper's Lemma 3.6.
 *
 * @example Two layers that share one target.
 * ```ts
 * import { blockAdapters, descend, Descent, layersLoss } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const loss = layersLoss({
 *   ...{ name: "sum", shapes: [[1, 1], [1, 1]], smoothness: 2, low: 0 },
 *   evaluate([x, y], [gx, gy]) {
 *     const residual = x.data[0] + y.data[0] - 3;
 *     gx.data[0] = gy.data[0] = residual;
 *     return residual ** 2 / 2;
 *   },
 * });
 * const one = (a: number) => ({ b: matrix(1, 1), a: matrix(1, 1, [a]) });
 * const run = new Descent(loss, blockAdapters([one(1), one(2)]));
 * descend(run, { steps: 2000, rule: "simple" });
 * assertAlmostEquals(run.x.data[0] + run.x.data[3], 3, 1e-9);
 * assertEquals([run.x.data[1], run.x.data[2]], [0, 0]);
 * ```
 */
export function layersLoss(layers: LayersLoss): Loss {
  const known = ["name", "shapes", "smoothness", "low", "evaluate"];
  checkKeys("assemble layers", layers, known, "the layers");
  const { name, shapes, smoothness, low, evaluate } = layers;
  checkInteger("assemble layers", "their number", shapes.length, 1);
  const parts = shapes.map(([m, n]) => matrix(m, n)), slopes = shapes.map(([m, n]) => matrix(m, n));
  const { rows, columns } = assembled(parts);
  return {
    ...{ name, rows, columns, smoothness, low },
    evaluate(x, gradient) {
      diagonal(shapes, (whole, layer, part) => parts[layer].data[part] = x.data[whole]);
      const value = evaluate(parts, slopes);
      gradient.data.fill(0);
      diagonal(shapes, (whole, layer, part) => gradient.data[whole] = slopes[layer].data[part]);
      return value;
    },
  };
}
