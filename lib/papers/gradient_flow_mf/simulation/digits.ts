/**
 * The digits as problem D: a linear network whose loss is exactly that of the problem.
 *
 * The paper's image experiment was not seen: this is a small stand-in of our own.
 *
 * @module
 */
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import {
  add,
  columns,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  solvePositive,
  svd,
  symmetricEigen,
  transpose,
} from "../../../linalg/mod.ts";
import { portable } from "../../../random/mod.ts";
import { type Adapters, type Problem, type Scheme, startAdapters } from "../model.ts";
import { AdapterFlow } from "./flow.ts";
import { CLASSES, images, PIXELS, rowsOf, TRAIN } from "./images.ts";

/** Fraction of rows whose largest output stands at the label. */
function accuracy(outputs: Matrix, label: Uint8Array): number {
  let right = 0;
  for (let i = 0; i < outputs.rows; i++) {
    const row = outputs.data.subarray(i * outputs.columns, (i + 1) * outputs.columns);
    if (row.indexOf(Math.max(...row)) === label[i]) right++;
  }
  return right / outputs.rows;
}

/** The linear task: problem D in the whitened coordinates of the rotated digits. */
export interface LinearDigits {
  /** `W₂` (10 × 9), `W₁` (9 × 30) from the upright digits, Δ to the rotated ones. */
  readonly problem: Problem;
  /** Accuracy of a map `10 × 30` on the rotated test images. */
  readonly accuracy: (map: Matrix) => number;
  /** `W₂W₁`. */
  readonly pretrained: Matrix;
  /** Best linear map on the rotated training images. */
  readonly best: Matrix;
}

/**
 * Rotated digits as problem D, exactly: with inputs whitened by their 30 leading principal components
 * the squared loss of a two-layer linear network is `½‖Y − Ŵ₂Ŵ₁‖²` plus a constant.
 *
 * Source: ours, gradient-flow-mf F10.
 *
 * @param rank Keep only so many singular values of Δ; all by default.
 */
export function linearDigits(rank?: number): LinearDigits {
  const { upright, changed: rotated, label } = images(), p = 30;
  const train = rowsOf(rotated, 0, TRAIN), mean = new Float64Array(PIXELS);
  for (let i = 0; i < TRAIN; i++) {
    for (let k = 0; k < PIXELS; k++) mean[k] += train.data[i * PIXELS + k] / TRAIN;
  }
  const centred = (x: Matrix): Matrix => (
    { ...x, data: x.data.map((value, i) => value - mean[i % PIXELS]) }
  );
  const x0 = centred(train);
  const { values, vectors } = symmetricEigen(multiplyTN(x0, x0));
  const basis = columns(vectors, 0, p); // eigenvalues fall
  const deviation = Array.from({ length: p }, (_, j) => Math.sqrt(values[j] / TRAIN));
  const whiten = (x: Matrix): Matrix => {
    const out = multiply(centred(x), basis);
    return { ...out, data: out.data.map((value, i) => value / deviation[i % p]) };
  };
  const targets = matrix(TRAIN, CLASSES);
  for (let i = 0; i < TRAIN; i++) {
    for (let k = 0; k < CLASSES; k++) {
      targets.data[i * CLASSES + k] = (label[i] === k ? 1 : 0) - 0.1;
    }
  }
  const xB = whiten(train), xA = whiten(rowsOf(upright, 0, TRAIN));
  const raw = multiplyTN(targets, xB);
  const best = { ...raw, data: raw.data.map((value) => value / TRAIN) };
  const fit = transpose(solvePositive(multiplyTN(xA, xA), multiplyTN(xA, targets)));
  const { u, values: s, v } = svd(fit, 9);
  const root = (x: Matrix): Matrix => (
    { ...x, data: x.data.map((value, i) => value * Math.sqrt(s[i % x.columns])) }
  );
  const w2 = root(u), w1 = transpose(root(v)), pretrained = multiply(w2, w1);
  let target = add(best, pretrained, -1);
  if (rank !== undefined) {
    const part = svd(target, rank);
    const left = { ...part.u, data: part.u.data.map((value, i) => value * part.values[i % rank]) };
    target = multiplyNT(left, part.v);
  }
  const test = whiten(rowsOf(rotated, TRAIN)), testLabel = label.slice(TRAIN);
  return {
    problem: { w2, w1, target },
    accuracy: (map) => accuracy(multiplyNT(test, map), testLabel),
    pretrained,
    best,
  };
}

/** Adapters with factors scaled by the root of their other side: `α/√rows(B)`, `α/√columns(A)`. */
export function perFactor(
  problem: Problem,
  { r, scheme, alpha, seed }: { r: number; scheme: Scheme; alpha: number; seed: number },
): Adapters {
  const start = startAdapters(problem, { r, scheme, alpha, draws: portable(seed) });
  if (scheme === "spectral") return start;
  const by = (x: Matrix, size: number): Matrix => (
    { ...x, data: x.data.map((value) => value / Math.sqrt(size)) }
  );
  const { b1, a1, b2, a2 } = start;
  return {
    b1: by(b1, b1.rows),
    a1: by(a1, a1.columns),
    ...(b2 && a2 ? { b2: by(b2, b2.rows), a2: by(a2, a2.columns) } : {}),
  };
}

/** A run on the linear digits. */
export interface LinearDigitsCell {
  /** Start. */
  scheme: Scheme;
  /** Scale. */
  alpha: number;
  /** Last time. */
  end: number;
  /** Rank of Δ that is kept; 0 for all. */
  kept: number;
}

/** A time of a run on digits. */
export interface DigitsRow extends Row {
  /** Time, or number of steps. */
  at: number;
  /** Loss, on the training images. */
  loss: number;
  /** Accuracy on the test images. */
  accuracy: number;
}

const LINEAR_TIMES = [2, 5, 10, 20, 30, 40, 100, 400, 1000];

/** Loss and test accuracy of gradient flow on the linear digits, `r = 6`. */
export const linearDigitsRun: Task<LinearDigitsCell, DigitsRow> = task(
  import.meta.url,
  "linearDigitsRun",
  ({ scheme, alpha, end, kept }: LinearDigitsCell, { seed }) => {
    const { problem, pretrained, accuracy } = linearDigits(kept || undefined);
    const start = perFactor(problem, { r: 6, scheme, alpha, seed: Number(seed) });
    const flow = new AdapterFlow(problem, start);
    const times = LINEAR_TIMES.filter((t) => t <= end);
    const { states, losses } = flow.solve(times, {
      rtol: 1e-9,
      atol: 1e-11 * alpha,
      method: "dop853",
    });
    const goal = add(pretrained, problem.target);
    return states.map((state, i) => ({
      at: times[i],
      loss: losses[i],
      accuracy: accuracy(add(goal, flow.error(state), -1)),
    }));
  },
);
