/**
 * Trajectories of the weights on the digits, in the plane of the first method's own.
 *
 * @module
 */
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { columns, matrix, multiplyNT, multiplyTN, symmetricEigen } from "../../../../linalg/mod.ts";
import type { Network } from "../../../../nn/mod.ts";
import { type DigitsMethod, methodNetwork } from "./methods.ts";
import { DIGITS_LAYERS, type DigitsSetting, pretrainedNetwork } from "./network.ts";
import { type DigitsOptimizer, fineTune } from "./training.ts";

/** Trajectories of one seed; the plane is that of the first. */
export interface PathCell extends DigitsSetting {
  /** Method and learning rate of each. */
  paths: readonly { readonly adapter: DigitsMethod; readonly rate: number }[];
  /** Update rule. */
  update: DigitsOptimizer;
  /** Steps. */
  steps: number;
}

/** A point of a trajectory. */
export interface PathRow extends Row {
  /** Method. */
  method: string;
  /** Step. */
  at: number;
  /** First coordinate. */
  x: number;
  /** Second coordinate. */
  y: number;
}

/** The weights every five steps, on the two leading principal axes of the first trajectory. */
export const pathRun: Task<PathCell, PathRow> = task(
  import.meta.url,
  "pathRun",
  (cell: PathCell, { seed }) => {
    const flat = (network: Network) =>
      DIGITS_LAYERS.flatMap((name) => [...network.layers[name].effectiveWeight().data]);
    const origin = flat(pretrainedNetwork(cell, seed));
    const paths = cell.paths.map(({ adapter, rate }) => {
      const network = methodNetwork(adapter, cell, seed), points: number[][] = [];
      fineTune(network, { ...cell, rate }, (at) => {
        if (at % 5 === 0) points.push(flat(network).map((x, i) => x - origin[i]));
      });
      return { method: adapter.name, points };
    });
    const reference = paths[0].points, n = reference.length, size = origin.length;
    const mean = Array.from({ length: size }, (_, i) => {
      let sum = 0;
      for (const point of reference) sum += point[i] / n;
      return sum;
    });
    const centred = matrix(
      n,
      size,
      Float64Array.from(reference.flatMap((p) => p.map((x, i) => x - mean[i]))),
    );
    const { vectors } = symmetricEigen(multiplyNT(centred, centred));
    const leading = multiplyTN(centred, columns(vectors, 0, 2));
    const axes = [0, 1].map((j) => {
      const axis = columns(leading, j, j + 1).data;
      // The farthest point of the reference lies on the positive side.
      const seen = reference.map((point) => dotOf(axis, point));
      const far = seen.reduce((most, x) => Math.abs(x) > Math.abs(most) ? x : most);
      const length = Math.hypot(...axis) * Math.sign(far);
      return axis.map((x) => x / length);
    });
    return paths.flatMap(({ method, points }) =>
      points.map((point, i) => (
        { method, at: 5 * i, x: dotOf(axes[0], point), y: dotOf(axes[1], point) }
      ))
    );
  },
);

function dotOf(axis: Float64Array, point: readonly number[]): number {
  return axis.reduce((sum, x, i) => sum + x * point[i], 0);
}
