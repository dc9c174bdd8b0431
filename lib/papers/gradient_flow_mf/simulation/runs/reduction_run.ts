/**
 * Runs that compare a factorisation with its reduced form: path by path, and in law.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { matrix } from "../../../../linalg/mod.ts";
import { portable, type Stream, stream } from "../../../../random/mod.ts";
import type { Adapters, Problem } from "../../model.ts";
import { factorization, seedNumber } from "../../problems/mod.ts";
import { type PlainProblem, problemOf } from "../../shapes.ts";
import { startAdapters, type StartLike } from "../../starts.ts";
import { AdapterFlow } from "../flow/flow.ts";
import { reduceFactorization, type SampleOptions, sampleReduced } from "../flow/reduced.ts";

/** A start of a problem, followed twice. */
export interface PathCell {
  /** Problem with `W₂ = sQ`. */
  readonly problem: PlainProblem;
  /** The start. */
  readonly startedBy: StartLike;
  /** Its scale. */
  readonly alpha: number;
  /** Rank of the adapter. */
  readonly r: number;
  /** Times, increasing. */
  readonly times: readonly number[];
}

/** A moment of both runs. */
export interface PathRow extends Row {
  /** Flow time. */
  at: number;
  /** Loss with all entries. */
  full: number;
  /** Loss in `k + r` dimensions. */
  reduced: number;
  /** The same with the triangular part of `B` transposed: what a wrong reduction gives. */
  wrong: number;
}

/** The rows of `B` below the first `k`, a square block, transposed. */
function transposedRest({ b1, a1 }: Adapters): Adapters {
  const r = b1.columns, from = (b1.rows - r) * r, data = b1.data.slice();
  for (let i = 0; i < r; i++) {
    for (let j = 0; j < r; j++) data[from + i * r + j] = b1.data[from + j * r + i];
  }
  return { b1: { ...b1, data }, a1 };
}

/** Losses of a start with all entries and in reduced form. The seed is that of the start. */
export const pathRun: Task<PathCell, PathRow> = task(
  import.meta.url,
  "pathRun",
  (cell: PathCell, { seed }) => {
    const what = "compare a run with its reduction";
    checkKeys(what, cell, ["problem", "startedBy", "alpha", "r", "times"], "the cell");
    const { startedBy: start, alpha, r, times } = cell, problem = problemOf(cell.problem);
    const draws = portable(seedNumber(what, seed));
    const adapters = startAdapters(problem, { start, alpha, r, draws });
    const small = reduceFactorization(problem, adapters);
    const full = new AdapterFlow(problem, adapters).solve(times).losses;
    const [reduced, wrong] = [small.adapters, transposedRest(small.adapters)].map((start) =>
      new AdapterFlow(small.problem, start).solve(times).losses
    );
    return times.map((at, i) => ({ at, full: full[i], reduced: reduced[i], wrong: wrong[i] }));
  },
);

/** Draws of an all-random start. */
export interface DrawCell extends SampleOptions {
  /** Whether all entries are drawn and followed, or the reduced form in law. */
  readonly form: "full" | "reduced";
  /** Times of the losses, increasing. */
  readonly times: readonly number[];
  /** Number of draws. */
  readonly draws: number;
}

/** A time of one draw. */
export interface DrawRow extends Row {
  /** Number of the draw. */
  copy: number;
  /** Flow time. */
  at: number;
  /** Loss. */
  loss: number;
  /** First time at which half of the first mode is learnt; null if it did not come. */
  half: number | null;
  /** What the start holds of the first mode, `‖c₁‖²`. */
  power: number;
}

/** The stream of a draw in reduced form: who knows the seed can draw the start again. */
export function drawStream(seed: string, m: number, n: number, copy: number): Stream {
  return stream(seed, "reduced", m, n, copy);
}

/** A problem with a diagonal target and all entries of its start drawn. */
function fullDraw(
  { m, n = m, r, alpha, sigma = [1], s = 1 }: SampleOptions,
  seed: string,
  copy: number,
): { problem: Problem; adapters: Adapters } {
  const normals = (name: string, count: number) =>
    stream(seed, "full", m, n, copy, name).normals(count).map((x) => alpha * x);
  return {
    problem: factorization({ m, n, sigma, s }),
    adapters: { b1: matrix(m, r, normals("B", m * r)), a1: matrix(r, n, normals("A", r * n)) },
  };
}

/** Half-times and losses of many draws of an all-random start, with all entries or in reduced form. */
export const drawRun: Task<DrawCell, DrawRow> = task(
  import.meta.url,
  "drawRun",
  ({ form, times, draws, ...options }: DrawCell, { seed }) => {
    const { m, n = m, r } = options;
    return Array.from({ length: draws }, (_, copy) => {
      const { problem, adapters } = form === "full"
        ? fullDraw(options, seed, copy)
        : sampleReduced(options, drawStream(seed, m, n, copy));
      const flow = new AdapterFlow(problem, adapters), half = problem.target.data[0] / 2;
      const { losses, solution } = flow.solve(times, {
        events: [{ name: "half", direction: -1, g: (_t, y) => flow.error(y).data[0] - half }],
        rtol: 1e-10,
      });
      const { b1, a1 } = adapters, columns = a1.columns;
      let power = 0;
      for (let i = 0; i < r; i++) power += (b1.data[i] + a1.data[i * columns]) ** 2 / 2;
      const hit = solution.events.at(0)?.t ?? null;
      return losses.map((loss, i) => ({ copy, at: times[i], loss, half: hit, power }));
    }).flat();
  },
);
