/**
 * One step of the full gradient on sampled data: no law is used but that of the inputs.
 *
 * @module
 */
import { checkInteger } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
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
} from "../../../linalg/mod.ts";
import { stream } from "../../../random/mod.ts";
import { sineBetween } from "../measures.ts";
import { covarianceOf, orth } from "../model.ts";

/** A data set of Gaussian inputs and a random target. */
export interface OneStepCell {
  /** Input dimension. */
  d: number;
  /** Samples. */
  N: number;
  /** Rank of the target. */
  rank: number;
  /** Whether `‖Σ̂ − I‖_op` is measured too. */
  norm: boolean;
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
  /** `⟨G, Δ⟩`. */
  inner: number;
  /** `‖G‖²_F`. */
  power: number;
}

/** `G = XᵀXΔ/N` on `N` rows of standard normals, with `Δ = US`, singular values `1, …, 1/r*`. */
export const oneStepRun: Task<OneStepCell, OneStepRow> = task(
  import.meta.url,
  "oneStepRun",
  ({ d, N, rank, norm }: OneStepCell, { seed }) => {
    checkInteger("take one step", `N for d = ${d}`, N, d);
    const draw = (name: string, rows: number, columns: number): Matrix =>
      matrix(
        rows,
        columns,
        stream(seed, name, d, N).fillNormal(new Float64Array(rows * columns)),
      );
    const x = draw("data", N, d), u = orth(draw("target", d, rank));
    const target = { ...u, data: u.data.map((v, i) => v * (rank - i % rank) / rank) };
    const raw = multiplyTN(x, multiply(x, target));
    const g = { ...raw, data: raw.data.map((v) => v / N) };
    const error = add(g, target, -1), size = frobeniusNorm(target);
    return {
      sine: sineBetween(orth(g), u),
      square: (frobeniusNorm(error) / size) ** 2,
      op: spectralNorm(error),
      covariance: norm ? spectralNorm(add(covarianceOf(x), identity(d), -1)) : null,
      inner: innerProduct(g, target),
      power: frobeniusNorm(g) ** 2,
    };
  },
);
