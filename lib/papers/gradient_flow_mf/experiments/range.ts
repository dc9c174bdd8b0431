/** Where a theory of first order leaves the runs: in words, for captions. */
import { distinct, summary, where } from "../../../experiment/mod.ts";
import { formatNumber, listed, scaleWords } from "../../../figure/mod.ts";

/** A number of a run beside that of theory. */
export interface Beside {
  /** Runs of one series are averaged; several series of a scale count by the furthest. */
  readonly series: string;
  /** Scale of the start. */
  readonly alpha: number;
  /** Number of the run. */
  readonly run: number;
  /** What theory says, null where it is silent. */
  readonly theory: number | null;
}

/** Distance in decades from which on a line is not the runs': a factor 1.26. */
const FAR = 0.1;

/**
 * A sentence that says at which scales theory is off by more than a tenth of a decade, and by how much;
 * nothing where there are none.
 *
 * @param pairs Numbers of runs and of theory.
 * @param what The theory and its order, as the subject of the sentence.
 */
export function rangeWords(pairs: readonly Beside[], what: string): string {
  const known = pairs.flatMap(({ run, theory, ...rest }) =>
    theory !== null && theory > 0 && run > 0 ? [{ ...rest, off: Math.log10(run / theory) }] : []
  );
  const far = distinct(known, "alpha").toSorted((a, b) => a - b).flatMap((alpha) => {
    const here = where(known, "alpha", alpha);
    const off = distinct(here, "series").map((series) =>
      Math.abs(summary(where(here, "series", series).map((pair) => pair.off)).mean)
    );
    const most = Math.max(...off);
    return most > FAR ? [`${formatNumber(10 ** most, 2)} at α = ${scaleWords(alpha)}`] : [];
  });
  return far.length === 0 ? "" : ` ${what}: it is off by up to a factor ${listed(far)}.`;
}

/** A moment of a run with the loss that theory predicts. */
interface Predicted {
  readonly start: string;
  readonly alpha: number;
  readonly at: number;
  readonly loss: number;
  readonly predicted: number | null;
  readonly along?: unknown;
  readonly c?: unknown;
}

/** Loss, over the largest, below which a run may show rounding. */
const ROUNDING = 1e-24;

/**
 * The same for the loss at the last time of each series.
 *
 * @param most Loss of the start, of which a part is rounding; without it the largest of the rows.
 */
export function lossRangeWords(
  rows: readonly Predicted[],
  what: string,
  most: number = rows.reduce((high, { loss }) => Math.max(high, loss), 0),
): string {
  const series = (row: Predicted) => JSON.stringify([row.start, row.along, row.c]);
  const groups = Map.groupBy(rows, (row) => `${series(row)} ${row.alpha}`);
  const last = [...groups.values()].flatMap((group) => {
    const end = Math.max(...group.map(({ at }) => at));
    return group.filter(({ at }) => at === end);
  });
  return rangeWords(
    last.filter(({ loss, predicted }) => Math.min(loss, predicted ?? 0) > ROUNDING * most)
      .map((row) => ({
        ...{ series: series(row), alpha: row.alpha, run: row.loss, theory: row.predicted },
      })),
    what,
  );
}

/** What is said of the noise equations. */
export const FIRST_ORDER = "Theory is of first order in the noise";
