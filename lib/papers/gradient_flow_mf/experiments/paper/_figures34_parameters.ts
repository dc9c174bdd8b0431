/**
 * Parameters, settings and rows of the paper's Figs. 3 and 4.
 *
 * @module
 */
import { param, type Values } from "../../../../experiment/mod.ts";
import { seedNumber } from "../../problems/mod.ts";
import type { PaperRow } from "./paper_runs.ts";
import { rankParameter, seedParameter, startsParameter, stepParameter } from "../physics.ts";

/** Flow times at which runs are looked at, a list for each `c`. */
export interface FigureTimes {
  /** For targets along the largest pair. */
  readonly top: readonly (readonly number[])[];
  /** For targets along the smallest pair. */
  readonly bottom: readonly (readonly number[])[];
}

/** The paper's, in its order of `c`; the last of each is its horizon. */
const TIMES: FigureTimes = { top: [[5], [5, 10], [4.5, 15]], bottom: [[12.5], [20], [3]] };

/** Refuses what is no such object. */
function checkTimes(times: FigureTimes): void {
  for (const key of ["top", "bottom"] as const) {
    for (const list of times[key]) {
      if (list.length === 0) throw new RangeError(`${key} must have a time for each c`);
      list.forEach((t, i) => {
        if (!(t > (list[i - 1] ?? 0) && t < Infinity)) {
          throw new RangeError(`times of ${key} must be > 0 and increase`);
        }
      });
    }
  }
}

/**
 * Parameters of `paperFigures34`.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const figures34Parameters = {
  c: param.numbers([1.05, 2, 10], "factors c of the frozen layers, δ_w = 1/c²", { above: 0 }),
  along: param.choices<"top" | "bottom">(
    ["top", "bottom"],
    "singular pair of Y_pre along which the target lies; both have a reading in the paper",
    ["top", "bottom"],
  ),
  times: param.value<FigureTimes>(
    TIMES,
    "flow times of the rows, { top, bottom } with a list for each c",
    checkTimes,
    "{ top: [[...], ...], bottom: [[...], ...] } with a list of increasing times for each c",
  ),
  preSeed: param.value<string>(
    "1002",
    "seed of Y_pre, a whole number as text",
    (seed: string) => seedNumber("draw Y_pre", seed),
    'a whole number as text, such as "1002"',
  ),
  redraw: param.flag(
    false,
    "whether each start has a Y_pre of its own, of the seeds from there on",
  ),
  m: param.integer(10, "rows of Y_pre", { least: 1 }),
  h: param.integer(100, "hidden dimension", { least: 1 }),
  n: param.integer(10, "columns of Y_pre", { least: 1 }),
  sigma: param.number(5, "singular value of the target", { above: 0 }),
  starts: startsParameter(["zeroA", "zeroB"]),
  alpha: param.numbers([1e-3, 1e-4, 1e-5], "scales α of the starts", { above: 0 }),
  r: rankParameter(4),
  eta: stepParameter(0),
  copies: param.integer(16, "starts of each kind", { least: 2 }),
  published: param.flag(true, "whether numbers read off the paper's figures are shown"),
  seed: seedParameter(2000),
};

/** Their values. */
export type Figures34Parameters = Values<typeof figures34Parameters>;

/** A moment of a run in one of the settings. */
export interface SettingRow extends PaperRow {
  /** Factor of the frozen layers. */
  c: number;
  /** Pair of the target. */
  along: "top" | "bottom";
}

/** Layers, target and times of a panel. */
export interface Setting {
  /** Pair of the target. */
  readonly along: "top" | "bottom";
  /** Factor of the frozen layers. */
  readonly c: number;
  /** Flow times of the rows. */
  readonly times: readonly number[];
}

/** The settings in the order of the panels. */
export function settings({ c, along, times }: Figures34Parameters): Setting[] {
  return along.flatMap((pair) =>
    c.map((factor, i) => ({ along: pair, c: factor, times: times[pair][i] }))
  );
}
