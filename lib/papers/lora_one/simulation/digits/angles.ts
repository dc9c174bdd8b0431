/**
 * How LoRA's factors on the digits turn towards the one-step gradient.
 *
 * @module
 */
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { columns, type Matrix, svd } from "../../../../linalg/mod.ts";
import { digitImages } from "./images.ts";
import { DIGITS_METHODS, methodNetwork } from "./methods.ts";
import {
  DIGITS_LAYERS,
  type DigitsSetting,
  negativeGradients,
  pretrainedNetwork,
} from "./network.ts";
import { DIGITS_OPTIMIZERS, fineTune } from "./training.ts";

/** LoRA by gradient descent at a scale of its start. */
export interface AngleCell extends DigitsSetting {
  /** Scale of `A₀` relative to the usual one. */
  spread: number;
  /** Learning rate. */
  rate: number;
  /** Steps. */
  steps: number;
}

/** Its alignment with the one-step gradient. */
export interface AngleRow extends Row {
  /** Step. */
  at: number;
  /** Layer, 1 or 2. */
  layer: number;
  /** `sin` of the leading input directions of adapter and gradient. */
  sineA: number;
  /** `sin` of the leading output directions. */
  sineB: number;
  /** Training loss. */
  loss: number;
}

function leading(x: Matrix, side: "u" | "v"): Float64Array {
  return columns(svd(x)[side], 0, 1).data;
}

function sineOf(x: Float64Array, y: Float64Array): number {
  let dot = 0, rest = 0;
  for (let i = 0; i < x.length; i++) dot += x[i] * y[i];
  for (let i = 0; i < x.length; i++) rest += (x[i] - dot * y[i]) ** 2;
  return Math.min(1, Math.sqrt(rest));
}

/** Alignment of vanilla LoRA's factors with the leading directions of `G`, every ten steps. */
export const angleRun: Task<AngleCell, AngleRow> = task(
  import.meta.url,
  "angleRun",
  (cell: AngleCell, { seed }) => {
    const base = pretrainedNetwork(cell, seed);
    const goals = negativeGradients(base, digitImages(cell.target).train)
      .map((g) => ({ input: leading(g, "v"), output: leading(g, "u") }));
    const network = methodNetwork({ ...DIGITS_METHODS.LoRA, spread: cell.spread }, cell, seed);
    const rows: AngleRow[] = [];
    fineTune(network, { ...cell, update: DIGITS_OPTIMIZERS.GD }, (at, loss) => {
      if (at % 10 !== 0) return;
      DIGITS_LAYERS.forEach((name, i) => {
        const { a, b } = network.layers[name];
        const zero = b!.value.data.every((x) => x === 0);
        rows.push({
          at,
          layer: i + 1,
          sineA: sineOf(leading(a!.value, "v"), goals[i].input),
          sineB: zero ? 1 : sineOf(leading(b!.value, "u"), goals[i].output),
          loss,
        });
      });
    });
    return rows;
  },
);
