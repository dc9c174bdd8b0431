/**
 * The start of one layer of a network, checked.
 *
 * @module
 */
import { checkFinite } from "../../../../check.ts";
import type { Matrix } from "../../../../linalg/mod.ts";
import { type LayerAtStart, type LayerFactors, layerStart, type StartLike } from "../../starts.ts";

/** Factors of a start that fit the layer, as copies. */
export function startedLayer(what: string, start: StartLike, layer: LayerAtStart): LayerFactors {
  const { name, factors } = layerStart(start), { weight, rank } = layer;
  const found = factors(layer);
  const fitting = (key: "b" | "a", rows: number, columns: number): Matrix => {
    const x = found?.[key];
    if (x?.rows !== rows || x.columns !== columns) {
      throw new TypeError(
        `Cannot ${what} as ${key} of ${name} must be ${rows} x ${columns}: ` +
          `current shape is ${x?.rows} x ${x?.columns}`,
      );
    }
    x.data.forEach((entry, i) => checkFinite(what, `${key}[${i}] of ${name}`, entry));
    return { rows, columns, data: x.data.slice() };
  };
  const b = fitting("b", weight.rows, rank), a = fitting("a", rank, weight.columns);
  if (b.data.every((x) => x === 0) && a.data.every((x) => x === 0)) {
    throw new RangeError(
      `Cannot ${what} as ${name} must not be zero in both factors: it would stay so`,
    );
  }
  return { b, a };
}
