/**
 * LoRA runs of random instances, as a task that a sweep can remember and send to workers.
 *
 * @module
 */
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { matrix } from "../../../../linalg/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { alignment } from "../../measures.ts";
import { linearProblem, loraStart, orth, sampleCovariance } from "../../problems/linear.ts";
import {
  EigenDescent,
  type EigenProblem,
  eigenProblem,
  rotatedDirections,
} from "../descent/eigenbasis.ts";

/** A random instance of the toy problem. */
export interface ScaleCell {
  /** `d`; there are as many outputs as the rank, which is the same by Theorem 3.1. */
  d: number;
  /** Samples. */
  N: number;
  /** Singular values of `Δ`. */
  values: readonly number[];
  /** Rank of the adapter. */
  r: number;
  /** `α²`. */
  variance: number;
  /** Step size. */
  eta: number;
  /** Steps. */
  steps: number;
}

/** What it reached. */
export interface ScaleRow extends Row {
  /** Smallest `sin θ_t`, looked at every ten steps. */
  sine: number;
  /** `sin θ` at the end. */
  end: number;
  /** Final risk. */
  risk: number;
}

const known = new Map<string, EigenProblem>();

/** The random instance of a seed, made once for all scales of the start. */
function instance({ d, N, values }: ScaleCell, seed: string): EigenProblem {
  const key = `${seed} ${d} ${N} ${values}`, kept = known.get(key);
  if (kept) return kept;
  const rng = stream(seed, "scale", d), n = values.length;
  const u = orth(matrix(d, n, rng.stream("target").fillNormal(new Float64Array(n * d))));
  const target = { ...u, data: u.data.map((x, i) => x * values[i % n]) };
  const covariance = sampleCovariance(rng.stream("data"), d, N);
  const eigen = eigenProblem(linearProblem(covariance, target));
  known.set(key, eigen);
  return eigen;
}

/** Plain gradient descent from LoRA's start, covariance drawn in law. */
export const scaleRun: Task<ScaleCell, ScaleRow> = task(
  import.meta.url,
  "scaleRun",
  (cell: ScaleCell, { seed }) => {
    const { d, values, r, variance, eta, steps } = cell;
    const rng = stream(seed, "scale", d), eigen = instance(cell, seed);
    const top = rotatedDirections(eigen);
    const initStd = Math.sqrt(variance);
    const start = loraStart(rng.stream("start"), { d, k: values.length, r, initStd });
    const run = new EigenDescent(eigen, start, eta);
    let sine = 1;
    run.advance(steps, (at) => {
      if (at % 10 === 0) sine = Math.min(sine, alignment(run.rotated(), top));
    });
    return { sine, end: alignment(run.rotated(), top), risk: run.risk() };
  },
);
