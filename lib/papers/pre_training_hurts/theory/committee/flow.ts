/**
 * Gradient flow of a rank-`r` adapter on a committee, and the least loss that it can reach.
 *
 * @module
 */
import { checkInteger, checkKeys } from "../../../../check.ts";
import type { ActivationLike } from "../../../../gaussian/mod.ts";
import { matrix, svd } from "../../../../linalg/mod.ts";
import { solveOde } from "../../../../ode/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { committeeGradient, committeeLoss, committeeScale, overlapsOf } from "../../committee.ts";

/** MatrixRows of a matrix, from the first to the last. */
export type MatrixRows = readonly (readonly number[])[];

/** A committee's student. */
export interface CommitteeProblem {
  /** Activation of student and teacher. */
  readonly student: ActivationLike;
  /** Frozen rows `W₀` in a frame that begins with the teacher's rows. */
  readonly rows: MatrixRows;
  /** Output divisor; the paper's when not given. */
  readonly scale?: number;
}

const PROBLEM = ["student", "rows", "scale"];

/** `W₀ + U V` in the frame and as many directions outside it as the rows of `V` have more coordinates. */
function studentRows(rows: MatrixRows, u: MatrixRows, v: MatrixRows): number[][] {
  return rows.map((row, k) =>
    v[0].map((_, q) => (row[q] ?? 0) + v.reduce((sum, vj, j) => sum + u[k][j] * vj[q], 0))
  );
}

/** Factors as one list of numbers and back. */
function packing(K: number, r: number, width: number) {
  const cut = (y: ArrayLike<number>, from: number, count: number, size: number) =>
    Array.from(
      { length: count },
      (_, k) => Array.from({ length: size }, (_, j) => y[from + k * size + j]),
    );
  return {
    pack: (u: MatrixRows, v: MatrixRows) => Float64Array.from([...u.flat(), ...v.flat()]),
    unpack: (y: ArrayLike<number>) => ({ u: cut(y, 0, K, r), v: cut(y, K * r, r, width) }),
  };
}

/**
 * Loss of the flow `U̇ = −∇W L Vᵀ`, `V̇ = −P(Uᵀ ∇W L)` at the given times; `P` keeps rows of `V` at length 1.
 *
 * Law: the limit `η d/b → 0` of one-pass SGD. MatrixRows of `V` stay in the span of the frame and of where they started, so
 * that as many directions outside the frame as there are rows are enough.
 * Scale: step size times steps. Source: ours.
 *
 * @param u `U₀`, a row for each unit.
 * @param v MatrixRows of `V₀` of length 1: coordinates in the frame, then those outside it.
 *
 * @example A flow of rank two comes close to the teacher.
 * ```ts
 * import { committeeFlow } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertLess } from "@std/assert";
 *
 * const rows = [[0.5, 0], [0, 0.5]], u = [[0, 0], [0, 0]], v = [[1, 0], [0, 1]];
 * const [early, late] = committeeFlow({ student: "relu", rows }, { u, v }, [1, 200]);
 * assertLess(late, 1e-6 * early);
 * ```
 */
export function committeeFlow(
  problem: CommitteeProblem,
  start: { readonly u: MatrixRows; readonly v: MatrixRows },
  times: readonly number[],
): number[] {
  const what = "follow the flow of a committee";
  checkKeys(what, problem, PROBLEM, "the problem");
  checkKeys(what, start, ["u", "v"], "the start");
  const { student, rows, scale = committeeScale(student, rows.length) } = problem;
  const { u, v } = start;
  const r = v.length, { pack, unpack } = packing(rows.length, r, v[0].length);
  const padded = rows.map((row) => v[0].map((_, q) => row[q] ?? 0));
  const slope = (_: number, y: Float64Array, dy: Float64Array) => {
    const at = unpack(y),
      gradient = committeeGradient(student, studentRows(padded, at.u, at.v), scale);
    const left = gradient.map((row) => at.v.map((vj) => -inner(row, vj)));
    const right = at.v.map((vj, j) => {
      const pull = vj.map((_, q) => gradient.reduce((sum, row, k) => sum - at.u[k][j] * row[q], 0));
      const along = inner(pull, vj) / inner(vj, vj);
      return pull.map((x, q) => x - along * vj[q]);
    });
    dy.set(pack(left, right));
  };
  const last = times.at(-1)!;
  const { states } = solveOde(slope, 0, last, pack(u, v), { rtol: 1e-7, atol: 1e-11, times });
  return states.map((y) => {
    const at = unpack(y);
    return committeeLoss(student, overlapsOf(studentRows(padded, at.u, at.v)), scale);
  });
}

function inner(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, xq, q) => sum + xq * y[q], 0);
}

/** Least losses that were computed, of activations with a name. */
const known = new Map<string, { loss: number; all: number[] }>();

/** Starts of the descent to a least loss. */
const STARTS = 6;

/**
 * Least population loss of a student `W₀ + U V` of rank `r`, the smallest of six descents of both factors.
 *
 * Law: 0 where `r` is at least the rank of what is missing, `T − W₀`; below it something stays that no adapter of this
 * rank can represent.
 * Assumes: that the descents find the least minimum; they start at random and must agree for it to be believed.
 * Source: ours.
 *
 * @returns The least `loss`, and the losses of `all` descents.
 *
 * @example One row cannot repair two units.
 * ```ts
 * import { committeeMinimum } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const rows = [[0.5, 0], [0, 0.5]];
 * // Of linear units only the sum of the missing rows counts: one row is enough.
 * assertAlmostEquals(committeeMinimum({ student: "x", rows }, 1).loss, 0, 1e-12);
 * assertEquals(committeeMinimum({ student: "relu", rows }, 2).loss, 0);
 * ```
 */
export function committeeMinimum(
  problem: CommitteeProblem,
  rank: number,
): { loss: number; all: number[] } {
  const what = "compute the least loss of a committee";
  checkKeys(what, problem, PROBLEM, "the problem");
  checkInteger(what, "rank", rank, 1);
  const { student, rows, scale = committeeScale(student, rows.length) } = problem;
  const key = typeof student === "string" ? JSON.stringify([student, rows, scale, rank]) : "";
  const found = known.get(key) ?? leastLoss({ student, rows, scale }, rank);
  if (key !== "") known.set(key, found);
  return { ...found, all: [...found.all] };
}

function leastLoss({ student, rows, scale }: Required<CommitteeProblem>, rank: number) {
  const K = rows.length, p = rows[0].length;
  const missing = rows.map((row, k) => row.map((x, q) => (q === k ? 1 : 0) - x));
  const values = svd(matrix(K, p, missing.flat())).values;
  if (values.filter((x) => x > 1e-12 * values[0]).length <= rank) {
    return { loss: 0, all: [0] };
  }
  const { pack, unpack } = packing(K, rank, p);
  const slope = (_: number, y: Float64Array, dy: Float64Array) => {
    const { u, v } = unpack(y),
      gradient = committeeGradient(student, studentRows(rows, u, v), scale);
    const left = gradient.map((row) => v.map((vj) => -inner(row, vj)));
    const right = v.map((vj, j) =>
      vj.map((_, q) => gradient.reduce((sum, row, k) => sum - u[k][j] * row[q], 0))
    );
    dy.set(pack(left, right));
  };
  const all = Array.from({ length: STARTS }, (_, i) => {
    const start = stream("committee minimum", i).fillNormal(new Float64Array(rank * (K + p)));
    const { y } = solveOde(slope, 0, 1e6, start.map((x) => 0.3 * x), {
      ...{ method: "radau5", rtol: 1e-6, atol: 1e-9, maxSteps: 3000 },
    });
    const { u, v } = unpack(y);
    return committeeLoss(student, overlapsOf(studentRows(rows, u, v)), scale);
  });
  return { loss: Math.min(...all), all };
}
