/**
 * What one step of the gradient reaches on the digits, without training.
 *
 * @module
 */
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { svd } from "../../../../linalg/mod.ts";
import type { Labelled } from "../../../../nn/mod.ts";
import { digitImages, PIXELS } from "./images.ts";
import {
  type DigitsTransfer,
  lineSearch,
  lowRankPart,
  negativeGradients,
  pretrainedNetwork,
} from "./network.ts";

/** What is approximated. */
export interface OneStepDigitsCell extends DigitsTransfer {
  /** Rank of the approximation. */
  rank: number;
  /** Images of the small batch. */
  few: number;
}

/** One step at the best step size. */
export interface OneStepDigitsRow extends Row {
  /** Which gradient: the full one, its part of that rank, and that part of the small batch's. */
  gradient: string;
  /** Step size of least training loss. */
  eta: number;
  /** Training loss. */
  loss: number;
  /** Test accuracy. */
  accuracy: number;
  /** Share of `‖G‖²` in the part of that rank, the smaller of both layers. */
  energy: number;
}

/** Accuracy of one step along the gradient, its low-rank part, and that from a few images. */
export const oneStepDigitsRun: Task<OneStepDigitsCell, OneStepDigitsRow> = task(
  import.meta.url,
  "oneStepDigitsRun",
  (cell: OneStepDigitsCell, { seed }) => {
    const { few, rank, target } = cell;
    const network = pretrainedNetwork(cell, seed), { train } = digitImages(target);
    const full = negativeGradients(network, train), low = full.map((g) => lowRankPart(g, rank));
    const energy = Math.min(...full.map((g) => {
      const { values } = svd(g), square = (x: Float64Array) => x.reduce((s, y) => s + y * y, 0);
      return square(values.slice(0, rank)) / square(values);
    }));
    const batch: Labelled = {
      count: few,
      x: train.x.slice(0, few * PIXELS),
      label: train.label.slice(0, few),
    };
    const small = negativeGradients(network, batch).map((g) => lowRankPart(g, rank));
    const kinds = [
      ...[["full", full], [`rank ${rank}`, low]] as const,
      [`rank ${rank}, few images`, small] as const,
    ];
    return kinds.map(([gradient, directions]) => (
      { gradient, ...lineSearch(network, directions, target), energy }
    ));
  },
);
