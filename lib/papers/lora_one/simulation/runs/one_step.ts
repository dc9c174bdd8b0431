/**
 * One step of the full gradient on sampled data: no law is used but that of the inputs.
 *
 * @module
 */
import { checkFinite, checkInteger } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import {
  add,
  frobeniusNorm,
  identity,
  innerProduct,
  type Matrix,
  matrix,
  multiply,
  multiplyTN,
  spectralNorm,
} from "../../../../linalg/mod.ts";
import { type Stream, stream } from "../../../../random/mod.ts";
import { sineBetween } from "../../measures.ts";
import { covarianceOf, orth } from "../../problems/linear.ts";

/** Draws one coordinate of an input, of mean 0 and variance 1. */
export type Entry = (rng: Stream) => number;

/** A data set and a random target. */
export interface OneStepCell {
  /** Input dimension. */
  d: number;
  /** Samples. */
  N: number;
  /** Rank of the target, singular values `1, …, 1/r*`. */
  rank: number;
  /** Whether `‖Σ̂ − I‖_op` is measured too. */
  norm: boolean;
  /** Law of a coordinate; standard normal when missing. */
  entry?: Entry;
}

/** What one step found on it. */
export interface OneStepRow extends Row {
  /** `sin` of the largest angle of `col G` with `col Δ`. */
  sine: number;
  /** `‖G − Δ‖²_F/‖Δ‖²_F`. */
  square: number;
  /** `‖G − Δ‖_op/‖Δ‖_op`. */
  op: number;
  /** `‖Σ̂ − I‖_op`, when measured. */
  covariance: number | null;
  /** `⟨G, Δ⟩/‖Δ‖²`. */
  inner: number;
  /** `‖G‖²_F/‖Δ‖²`. */
  power: number;
}

/** `G = XᵀXΔ/N` on `N` rows of inputs, with `Δ = US`. */
export const oneStepRun: Task<OneStepCell, OneStepRow> = task(
  import.meta.url,
  "oneStepRun",
  ({ d, N, rank, norm, entry }: OneStepCell, { seed }) => {
    const what = "take one step";
    checkInteger(what, `N for d = ${d}`, N, d);
    checkInteger(what, `rank for d = ${d}`, rank, 1, d);
    const draw = (name: string, rows: number, columns: number): Matrix => {
      const rng = stream(seed, name, d, N), data = new Float64Array(rows * columns);
      if (name !== "data" || !entry) return matrix(rows, columns, rng.fillNormal(data));
      data.forEach((_, i) => checkFinite(what, "an entry", data[i] = entry(rng)));
      return matrix(rows, columns, data);
    };
    const x = draw("data", N, d), u = orth(draw("target", d, rank));
    const target = { ...u, data: u.data.map((v, i) => v * (rank - i % rank) / rank) };
    const raw = multiplyTN(x, multiply(x, target));
    const g = { ...raw, data: raw.data.map((v) => v / N) };
    const error = add(g, target, -1), size = frobeniusNorm(target) ** 2;
    return {
      sine: sineBetween(orth(g), u),
      square: frobeniusNorm(error) ** 2 / size,
      op: spectralNorm(error),
      covariance: norm ? spectralNorm(add(covarianceOf(x), identity(d), -1)) : null,
      inner: innerProduct(g, target) / size,
      power: frobeniusNorm(g) ** 2 / size,
    };
  },
);
