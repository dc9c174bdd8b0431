/**
 * Steps of a committee to a share of its first loss, of the chain and of the flow from the same start.
 *
 * @module
 */
import { distinct, type Row, where } from "../../../../experiment/mod.ts";
import { stepSizes } from "../../../../chain/mod.ts";
import { committeeStart } from "../../simulation/committee/run.ts";
import { committeeFlow } from "../../theory/committee/flow.ts";
import { type CommitteeCourseRow, type CommitteeParameters, degradedRows } from "./parameters.ts";

/** When a copy has a share of its first loss. */
export interface HalvingRow extends Row {
  /** Strength. */
  mu: number;
  /** Rank of the adapter. */
  r: number;
  /** Number of the copy. */
  copy: number;
  /** Steps of the chain; NaN where it has not got there. */
  steps: number;
  /** Steps of the flow from the same start. */
  flow: number;
}

/** Step at which losses have fallen to a share of the first, between two looks in the logarithm of the loss. */
export function halvingStep(
  rows: readonly { readonly at: number; readonly loss: number }[],
  level: number,
): number {
  const after = rows.findIndex(({ loss }) => loss <= level * rows[0].loss);
  if (after < 1) return NaN;
  const [a, b] = [rows[after - 1], rows[after]];
  const share = Math.log(level * rows[0].loss / a.loss) / Math.log(b.loss / a.loss);
  return a.at + share * (b.at - a.at);
}

/**
 * Steps to the level of the loss for every copy of {@linkcode committeeCourses}, and those of the flow that starts where
 * the copy has started.
 */
export function halvingSteps(
  rows: readonly CommitteeCourseRow[],
  p: CommitteeParameters,
): HalvingRow[] {
  const { student, d, batch, step, level } = p, eta = stepSizes(step)(0).u;
  return p.ranks.flatMap((r) =>
    p.mu.flatMap((mu) => {
      const own = where(where(rows, "r", r), "mu", mu), frozen = degradedRows(p, mu);
      return distinct(own, "copy").map((copy): HalvingRow => {
        const course = where(own, "copy", copy), [{ loss, seed }] = course;
        const steps = halvingStep(course, level);
        const start = committeeStart({ student, rows: frozen, rank: r, d, batch, step }, seed, 0);
        const looks = course.slice(1).map(({ at }) => at).filter((at) => !(at > 2 * steps));
        const losses = committeeFlow({ student, rows: frozen }, start, looks.map((at) => at * eta));
        const path = [
          { at: 0, loss },
          ...losses.map((value, i) => ({ at: looks[i], loss: value })),
        ];
        return { mu, r, copy, steps, flow: halvingStep(path, level) };
      });
    })
  );
}
