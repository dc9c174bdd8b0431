/**
 * Parameters of the published run times, their rows, and where they lie.
 *
 * @module
 */
import {
  distinct,
  median,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { activation, type ActivationLike } from "../../../../gaussian/mod.ts";
import { PUBLISHED_EXITS } from "../../published.ts";
import { sgdParameters } from "../physics.ts";

/** A run time to compare with. */
export interface RunTime {
  /** Activation. */
  readonly student: ActivationLike;
  /** Strength. */
  readonly mu: number;
  /** Steps. */
  readonly steps: number;
}

const { student: _s, teacher: _t, mu: _m, start: _st, rank: _r, copies: _c, ...protocol } =
  sgdParameters();

/**
 * Parameters of {@linkcode publishedTimes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const publishedTimeParameters = {
  published: param.values<RunTime>(
    PUBLISHED_EXITS,
    "run times to compare with, { student, mu, steps }; those of the authors' tables unless given",
    ({ student, mu, steps }) => {
      activation(student);
      if (!(mu > 0 && mu < 1 && steps > 0)) throw new RangeError("mu in (0, 1) and steps > 0");
    },
    "{ student, mu, steps } with 0 < mu < 1",
  ),
  ...protocol,
  halfWidth: param.number(0.05, "half the width of the window around μ", { above: 0, below: 0.5 }),
  together: param.integer(3, "runs whose |m| is averaged before the rule is applied", { least: 1 }),
  starts: param.integer(100, "starts, the same for all run times", { least: 6 }),
  groups: param.integer(1000, "groups of runs drawn from them", { least: 10 }),
  most: param.number(
    2e7,
    "samples that the runs of one run time may take: it has fewer starts if that is not enough, but at least 6; " +
      "it is left out if they take twenty times as much",
    { above: 0 },
  ),
};

/** Values of the parameters. @internal */
export type PublishedParameters = Values<typeof publishedTimeParameters>;

/** The exit of one group of runs. */
export interface PublishedRow extends Row {
  /** Activation in words. */
  target: string;
  /** Strength. */
  mu: number;
  /** Published run time. */
  published: number;
  /** Starts that were run. */
  starts: number;
  /** Number of the group; the first two are the same starts for every run time. */
  group: number;
  /** Mean `|m₀|` of the group. */
  m0: number;
  /** Exit by the authors' rule; null when the mean curve was never in the window. */
  exit: number | null;
}

/** Groups of starts that are followed through all tables. */
export const FOLLOWED = 2;

/** A published run time in the distribution of the exact chain's. */
export interface PublishedSummary extends Row {
  /** Activation in words. */
  target: string;
  /** Strength. */
  mu: number;
  /** Published run time. */
  published: number;
  /** Mean over groups. */
  mean: number;
  /** Standard deviation over groups. */
  sd: number;
  /** 5 % of the groups are faster. */
  low: number;
  /** 5 % of the groups are slower. */
  high: number;
  /** `(published − mean)/sd`. */
  z: number;
  /** Share of groups that are at least as fast as published. */
  share: number;
  /** Starts behind the distribution. */
  starts: number;
}

/**
 * Where each published run time lies in the distribution over groups of starts.
 *
 * @param rows Rows of {@linkcode publishedTimes}.
 */
export function publishedSummary(rows: readonly PublishedRow[]): PublishedSummary[] {
  return distinct(rows, "target").flatMap((target) =>
    distinct(where(rows, "target", target), "mu").map((mu) => {
      const own = where(where(rows, "target", target), "mu", mu);
      const exits = own.flatMap(({ group, exit }) =>
        group < FOLLOWED || exit === null ? [] : [exit]
      )
        .toSorted((a, b) => a - b);
      const { published, starts } = own[0], { mean, sd } = summary(exits);
      const at = (share: number) => exits[Math.round(share * (exits.length - 1))];
      return {
        ...{ target, mu, published, mean, sd, low: at(0.05), high: at(0.95) },
        z: (published - mean) / sd,
        share: exits.filter((exit) => exit <= published).length / exits.length,
        starts,
      };
    })
  );
}

/** Share of groups that are as fast as published at the median run time: how lucky one draw for all would be. */
export function luckOf(summaries: readonly PublishedSummary[]): number {
  return median(summaries.map(({ share }) => share));
}
