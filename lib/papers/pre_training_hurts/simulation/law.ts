/**
 * Samples of the state after a few steps, by the exact chains and by direct SGD: the material of the
 * tests of exactness in law.
 *
 * @module
 */
import {
  CommitteeChain,
  DirectCommittee,
  DirectSgd,
  type Draws,
  LinearChain,
  SingleIndexChain,
  type SingleIndexModel,
} from "../../../chain/mod.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { activation } from "../../../gaussian/mod.ts";
import { type Stream, stream } from "../../../random/mod.ts";
import { stepScale } from "../step_scale.ts";

/** Which algorithm draws the sample; the last one lacks the χ² remainder and must be found out. */
export type Sampler = "chain" | "linear" | "direct" | "chain without remainder";

/** A sample of the law of `(u, a, h)`. */
export interface LawCell {
  /** Algorithm. */
  readonly sampler: Sampler;
  /** Name of the activation of student and teacher. */
  readonly student: string;
  /** Frozen weight in the frame. */
  readonly frozen: readonly number[];
  /** Input dimension. */
  readonly d: number;
  /** Samples per step. */
  readonly batch: number;
  /** Step size. */
  readonly step: number;
  /** Variance of the label noise. */
  readonly noise: number;
  /** ω on the sphere. */
  readonly sphere: boolean;
  /** Scalar factor at the start. */
  readonly u0: number;
  /** Number of independent runs. */
  readonly runs: number;
  /** Increasing steps at which the state is kept. */
  readonly times: readonly number[];
}

/** A stream whose `"remainder"` child gives χ² = 0: the chain that forgets the other directions. */
function withoutRemainder(rng: Draws): Draws {
  return {
    normal: () => rng.normal(),
    chiSquare: (nu) => rng.chiSquare(nu),
    fillNormal: (out) => rng.fillNormal(out),
    fillChiSquare: (out, nu) => rng.fillChiSquare(out, nu),
    stream: (...path) => {
      const child = rng.stream(...path);
      return path[0] === "remainder" ? { ...zeroDraws, stream: () => child } : child;
    },
  };
}

const zeroDraws: Omit<Draws, "stream"> = {
  normal: () => 0,
  chiSquare: () => 0,
  fillNormal: (out) => out.fill(0),
  fillChiSquare: (out) => out.fill(0),
};

/**
 * States of many independent runs: one row per run and kept step, with `at`, `run`, `u`, `h` and `a1 … ap`.
 *
 * Scale: steps.
 *
 * @example
 * ```ts
 * import { lawSample } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [row] = [await lawSample({
 *   sampler: "direct", student: "erf", frozen: [0.5], d: 12, batch: 3, step: 0.6, noise: 0,
 *   sphere: true, u0: 0.5, runs: 1, times: [4],
 * })].flat();
 * assertAlmostEquals(Number(row.a1) ** 2 + Number(row.h) ** 2, 1, 1e-12);
 * ```
 */
export const lawSample: Task<LawCell, Row> = task(
  import.meta.url,
  "lawSample",
  (cell: LawCell, { seed }): Row[] => {
    const rng = stream(seed, "law", cell.sampler);
    const m = modelOf(cell);
    if (cell.sampler === "direct") return directSample(cell, rng);
    const start = { u: cell.u0 };
    const chain = cell.sampler === "linear"
      ? new LinearChain(m, cell.runs, rng, start)
      : new SingleIndexChain(
        m,
        cell.runs,
        cell.sampler === "chain" ? rng : withoutRemainder(rng),
        start,
      );
    return cell.times.flatMap((at) => {
      chain.run(at - chain.steps);
      const { u, a, h, p } = chain.state;
      return Array.from(u, (_, run) => {
        const row: Row = { at, run, u: u[run], h: h[run] };
        for (let j = 0; j < p; j++) row[`a${j + 1}`] = a[run * p + j];
        return row;
      });
    });
  },
);

function modelOf({ student, d, frozen, batch, step, noise, sphere }: LawCell): SingleIndexModel {
  const sigma = activation(student);
  return { student: sigma, d, frozen, batch, step, stepScale: stepScale(sigma), noise, sphere };
}

function directSample(cell: LawCell, rng: Stream): Row[] {
  const m = modelOf(cell);
  const rows: Row[] = [];
  for (let run = 0; run < cell.runs; run++) {
    const sgd = new DirectSgd(m, rng.stream(run), cell.u0);
    let made = 0;
    for (const at of cell.times) {
      sgd.run(at - made);
      made = at;
      const row: Row = { at, run, u: sgd.u, h: sgd.h };
      for (let j = 0; j < cell.frozen.length; j++) row[`a${j + 1}`] = sgd.omega[j];
      rows.push(row);
    }
  }
  return rows;
}

/** A sample of the law of a committee's summary statistics. */
export interface CommitteeLawCell {
  /** Exact chain or direct SGD. */
  readonly sampler: "chain" | "direct";
  /** Name of the activation. */
  readonly student: string;
  /** Degradation of the frozen rows. */
  readonly frozen: readonly number[];
  /** Rank of the adapter. */
  readonly rank: number;
  /** Input dimension. */
  readonly d: number;
  /** Samples per step. */
  readonly batch: number;
  /** Step size. */
  readonly step: number;
  /** Number of independent runs. */
  readonly runs: number;
  /** Increasing steps at which the state is kept. */
  readonly times: readonly number[];
}

/**
 * Entries of `U` (`u0, u1, …`), of the squared coordinates (`a0, …`) and of `U a` (`q0, …`) of a
 * committee, one row per run and kept step.
 *
 * @example
 * ```ts
 * import { committeeLawSample } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = await committeeLawSample({
 *   sampler: "chain", student: "relu", frozen: [0.5, 1], rank: 1, d: 9, batch: 3, step: 0.5,
 *   runs: 3, times: [1, 2],
 * });
 * assertEquals([rows].flat().length, 6);
 * ```
 */
export const committeeLawSample: Task<CommitteeLawCell, Row> = task(
  import.meta.url,
  "committeeLawSample",
  (cell: CommitteeLawCell, { seed }): Row[] => {
    const rng = stream(seed, "committee law", cell.sampler);
    const { d, frozen, rank: r, batch, step } = cell, K = frozen.length;
    const m = { activation: activation(cell.student), d, frozen, rank: r, batch, step };
    const rows: Row[] = [];
    for (let run = 0; run < cell.runs; run++) {
      const sgd = cell.sampler === "chain"
        ? new CommitteeChain(m, rng.stream(run))
        : new DirectCommittee(m, rng.stream(run));
      let made = 0;
      for (const at of cell.times) {
        sgd.run(at - made);
        made = at;
        const row: Row = { at, run };
        const a = (j: number, k: number) =>
          sgd instanceof CommitteeChain ? sgd.a[j * K + k] : sgd.v[j][k];
        for (let k = 0; k < K; k++) {
          for (let j = 0; j < r; j++) {
            row[`u${k}${j}^2`] = sgd.u[k * r + j] ** 2;
            row[`a${j}${k}^2`] = a(j, k) ** 2;
          }
          for (let l = 0; l < K; l++) {
            let q = 0;
            for (let j = 0; j < r; j++) q += sgd.u[k * r + j] * a(j, l);
            row[`q${k}${l}`] = q;
          }
        }
        rows.push(row);
      }
    }
    return rows;
  },
);
