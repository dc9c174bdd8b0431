/**
 * Committee machine: test loss of a rank-`r` adapter against steps.
 *
 * @module
 */
import { CommitteeChain } from "../../../chain/mod.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { type Activation, activation } from "../../../gaussian/mod.ts";
import { stream } from "../../../random/mod.ts";
import { keptSteps } from "./trajectories.ts";

/** A committee experiment. */
export interface CommitteeCell {
  /** Name of the activation. */
  readonly student: string;
  /** Strength of pre-training of the first two units; the others are intact. */
  readonly mu: number;
  /** Number of hidden units. */
  readonly width: number;
  /** Rank of the adapter. */
  readonly rank: number;
  /** Input dimension. */
  readonly d: number;
  /** Samples per step. */
  readonly batch: number;
  /** Step size. */
  readonly step: number;
  /** Steps to make. */
  readonly steps: number;
  /** About how many points to keep. */
  readonly points: number;
}

/** Test loss at one step. */
export interface CommitteeRow extends Row {
  /** Steps made. */
  at: number;
  /** `½ E(ŷ − y)²` over a fixed test sample of the pre-activations. */
  loss: number;
}

/** Inputs of the test sample, in the frame of teacher and adapter. */
const TEST_SIZE = 1500;

/** What a test loss is measured on. */
interface TestSample {
  readonly sigma: Activation;
  /** Degradation of the frozen rows. */
  readonly frozen: readonly number[];
  /** Standard normals in the teacher's frame. */
  readonly z: Float64Array;
  /** Standard normals of the adapter's remainder. */
  readonly g: Float64Array;
}

/** `½ E(ŷ − y)²` on given standard normals. */
function testLoss(chain: CommitteeChain, { sigma, frozen, z, g }: TestSample): number {
  const { rank: r } = chain.model, K = frozen.length, { u, a, h } = chain;
  const n = z.length / K;
  let sum = 0;
  const input = new Float64Array(r);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < r; j++) {
      input[j] = 0;
      for (let k = 0; k < K; k++) input[j] += z[i * K + k] * a[j * K + k];
      for (let l = 0; l < r; l++) input[j] += g[i * r + l] * h[j * r + l];
    }
    let error = 0;
    for (let k = 0; k < K; k++) {
      let pre = frozen[k] * z[i * K + k];
      for (let j = 0; j < r; j++) pre += u[k * r + j] * input[j];
      error += sigma.f(pre) - sigma.f(z[i * K + k]);
    }
    sum += (error / chain.scale) ** 2;
  }
  return sum / (2 * n);
}

/**
 * Test loss of the committee under one-pass SGD, by the exact chain; one row per kept step.
 *
 * Scale: steps. Source: model: code of nwemadji2026when; chain: ours, pre-training-hurts §2.4.
 *
 * @example
 * ```ts
 * import { committeeLoss } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertLess } from "@std/assert";
 *
 * const [start, end] = [await committeeLoss({
 *   student: "relu", mu: 0.1, width: 3, rank: 2, d: 100, batch: 50, step: 1, steps: 400, points: 1,
 * })].flat();
 * assertLess(end.loss, start.loss);
 * ```
 */
export const committeeLoss: Task<CommitteeCell, CommitteeRow> = task(
  import.meta.url,
  "committeeLoss",
  (cell: CommitteeCell, { seed }): CommitteeRow[] => {
    const sigma = activation(cell.student);
    const frozen = Array.from({ length: cell.width }, (_, k) => k < 2 ? cell.mu : 1);
    const rng = stream(seed, "committee", cell.student, cell.mu, cell.rank);
    const { d, rank, batch, step } = cell;
    const chain = new CommitteeChain({ activation: sigma, d, frozen, rank, batch, step }, rng);
    const test = stream(seed, "committee test");
    const z = test.stream("teacher").fillNormal(new Float64Array(TEST_SIZE * cell.width));
    const g = test.stream("adapter").fillNormal(new Float64Array(TEST_SIZE * cell.rank));
    return keptSteps(cell.steps, cell.points).map((at) => {
      chain.run(at - chain.steps);
      return { at, loss: testLoss(chain, { sigma, frozen, z, g }) };
    });
  },
);
