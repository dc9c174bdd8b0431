/**
 * Overlaps and loss against steps, by the exact chain and by SGD on whole inputs.
 *
 * @module
 */
import { DirectSgd } from "../../../chain/mod.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { type ActivationLike, pairMoments } from "../../../gaussian/mod.ts";
import { type Geometry, model, openChain, rngOf, type RunCell } from "./run.ts";

/** A trajectory experiment. */
export interface TrajectoryCell extends RunCell<ActivationLike>, Geometry {
  /** Steps to make. */
  readonly steps: number;
  /** About how many points to keep, at steps equally spaced in `ln(1 + step)`. */
  readonly points: number;
}

/** One copy at one step. */
export interface TrajectoryRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Steps made. */
  at: number;
  /** `|m|`. */
  m: number;
  /** `n` with the sign that makes `m` positive; 0 when aligned. */
  n: number;
  /** `s = w·ω⋆`. */
  s: number;
  /** Population loss at this state. */
  loss: number;
}

/**
 * Steps `0 … last` at which a trajectory is kept, about equally spaced in `ln(1 + step)`.
 *
 * @param last Last step, always kept.
 * @param points About how many steps; early ones that round to the same step count once.
 *
 * @example
 * ```ts
 * import { keptSteps } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(keptSteps(100, 4), [0, 2, 9, 31, 100]);
 * ```
 */
export function keptSteps(last: number, points: number): number[] {
  const steps = new Set([0]);
  for (let i = 1; i <= points; i++) {
    steps.add(Math.round(Math.expm1(Math.log1p(last) * i / points)));
  }
  return [...steps].sort((a, b) => a - b);
}

/**
 * Overlaps and loss of one-pass SGD against steps, one row per copy and kept step; exact in law.
 *
 * Scale: steps.
 *
 * @example
 * ```ts
 * import { trajectories } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = await trajectories({
 *   student: "x", mu: 0.5, d: 1000, batch: 500, step: 0.2, copies: 2, steps: 50, points: 1,
 * });
 * assertEquals([rows].flat().map(({ copy, at }) => [copy, at]), [[0, 0], [1, 0], [0, 50], [1, 50]]);
 * ```
 */
export const trajectories: Task<TrajectoryCell, TrajectoryRow> = task(
  import.meta.url,
  "trajectories",
  (cell: TrajectoryCell, { seed }): TrajectoryRow[] => {
    const chain = openChain(cell, rngOf(cell, seed)), { state } = chain;
    const measure = measured(cell), rows: TrajectoryRow[] = [];
    for (const at of keptSteps(cell.steps, cell.points)) {
      while (chain.steps < at) chain.step();
      for (let copy = 0; copy < cell.copies; copy++) {
        const coordinate = (j: number) => state.a[copy * state.p + j];
        rows.push(measure(copy, at, state.u[copy], coordinate));
      }
    }
    return rows;
  },
);

/**
 * The same by SGD on whole inputs, vectors in `ℝ^d`, at a cost of `O(b d)` a step: the control of the
 * exact chain, with which it shares neither an update nor random numbers.
 *
 * Scale: steps.
 *
 * @example
 * ```ts
 * import { directTrajectories } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = await directTrajectories({
 *   student: "x", mu: 0.5, d: 20, batch: 5, step: 0.2, copies: 2, steps: 10, points: 1,
 * });
 * assertEquals([rows].flat().map(({ copy, at }) => [copy, at]), [[0, 0], [0, 10], [1, 0], [1, 10]]);
 * ```
 */
export const directTrajectories: Task<TrajectoryCell, TrajectoryRow> = task(
  import.meta.url,
  "directTrajectories",
  (cell: TrajectoryCell, { seed }): TrajectoryRow[] => {
    const measure = measured(cell), rng = rngOf(cell, seed).stream("direct");
    return Array.from({ length: cell.copies }, (_, copy) => copy).flatMap((copy) => {
      const sgd = new DirectSgd(model(cell), rng.stream(copy));
      let made = 0;
      return keptSteps(cell.steps, cell.points).map((at) => {
        sgd.run(at - made);
        made = at;
        const { u, omega } = sgd;
        return measure(copy, at, u, (j) => omega[j]);
      });
    });
  },
);

/** What is kept of a state `u` and the coordinates of ω in the frame. */
function measured(
  cell: TrajectoryCell,
): (copy: number, at: number, u: number, a: (j: number) => number) => TrajectoryRow {
  const { student, teacher, frozen } = model(cell);
  const moments = pairMoments(student, teacher);
  return (copy, at, u, a) => {
    const m = a(0), s = frozen[0] + u * m, n = frozen.length > 1 ? a(1) : 0;
    let r = u * u;
    frozen.forEach((w, j) => r += w * (w + 2 * u * a(j)));
    const loss = moments.self(r) / 2 - moments.cross(r, s) + moments.target / 2;
    return { copy, at, m: Math.abs(m), n: n * (m < 0 ? -1 : 1), s, loss: Math.max(0, loss) };
  };
}
