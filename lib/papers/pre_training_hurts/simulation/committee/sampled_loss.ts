/**
 * Loss of a committee on fixed test inputs, for activations whose moments have no closed form.
 *
 * @module
 */
import type { CommitteeChain } from "../../../../chain/mod.ts";
import { activation, type ActivationLike } from "../../../../gaussian/mod.ts";
import type { Stream } from "../../../../random/mod.ts";
import { committeeScale } from "../../committee.ts";

/** Test inputs: the relative error of a loss is about `√(2/2000)`, the same at every step. */
const TEST_SIZE = 2000;

/**
 * The loss `½ E(ŷ − y)²` of a chain on test inputs, in the directions that it follows: those of the frame, and as many
 * outside it as the adapter has rows.
 *
 * @param rows Frozen rows in the frame.
 * @param rng Stream of the inputs.
 */
export function sampledLoss(
  student: ActivationLike,
  rows: readonly (readonly number[])[],
  rng: Stream,
): (chain: CommitteeChain) => number {
  const { f } = activation(student), K = rows.length, p = rows[0].length;
  const scale = committeeScale(student, K);
  const z = rng.stream("frame").fillNormal(new Float64Array(TEST_SIZE * p));
  let outside: Float64Array | undefined;
  return (chain) => {
    const { u, a, h } = chain, { rank: r } = chain.model;
    const g = outside ??= rng.stream("adapter").fillNormal(new Float64Array(TEST_SIZE * r));
    let sum = 0;
    for (let i = 0; i < TEST_SIZE; i++) {
      const seen = Array.from({ length: r }, (_, j) => {
        let input = 0;
        for (let q = 0; q < p; q++) input += a[j * p + q] * z[i * p + q];
        for (let l = 0; l < r; l++) input += h[j * r + l] * g[i * r + l];
        return input;
      });
      let error = 0;
      for (let k = 0; k < K; k++) {
        let pre = 0;
        for (let q = 0; q < p; q++) pre += rows[k][q] * z[i * p + q];
        for (let j = 0; j < r; j++) pre += u[k * r + j] * seen[j];
        error += f(pre) - f(z[i * p + k]);
      }
      sum += (error / scale) ** 2;
    }
    return sum / (2 * TEST_SIZE);
  };
}
