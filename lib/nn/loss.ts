import type { Floats } from "../linalg/mod.ts";
import type { Tensor } from "./_tensor.ts";

/**
 * Loss of one example: `mse` is `½ Σ_k (o_k − t_k)²`; `cross-entropy` is `−Σ_k t_k log p_k` with
 * `p = softmax(o)`. The loss of a batch is the mean over its examples.
 */
export type LossName = "cross-entropy" | "mse";

/** The known names. */
export const losses: readonly LossName[] = ["cross-entropy", "mse"];

/**
 * Sum of the losses of the rows; when `slope` is given, it takes the derivative of their *mean* with
 * respect to the outputs. `target` has the shape of `outputs`.
 */
export function sumOfLosses(
  name: LossName,
  outputs: Tensor,
  target: Tensor,
  slope?: Tensor,
): number {
  return name === "mse"
    ? squares(outputs, target.data, slope?.data)
    : entropies(outputs, target.data, slope?.data);
}

function squares(outputs: Tensor, target: Floats, slope?: Floats): number {
  const { data, rows } = outputs;
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    const error = data[i] - target[i];
    sum += error * error;
    if (slope) slope[i] = error / rows;
  }
  return 0.5 * sum;
}

/** The largest output is subtracted first, so that no exponential overflows. */
function entropies(outputs: Tensor, target: Floats, slope?: Floats): number {
  const { data, rows, columns } = outputs;
  let sum = 0;
  for (let from = 0; from < data.length; from += columns) {
    let largest = data[from], total = 0, mass = 0;
    for (let k = 1; k < columns; k++) if (data[from + k] > largest) largest = data[from + k];
    for (let k = from; k < from + columns; k++) {
      const weight = Math.exp(data[k] - largest);
      total += weight;
      if (slope) slope[k] = weight;
    }
    const log = largest + Math.log(total);
    for (let k = from; k < from + columns; k++) {
      if (target[k] !== 0) sum += target[k] * (log - data[k]);
      mass += target[k];
    }
    if (!slope) continue;
    const share = mass / total;
    for (let k = from; k < from + columns; k++) slope[k] = (share * slope[k] - target[k]) / rows;
  }
  return sum;
}
