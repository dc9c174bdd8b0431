/**
 * Figure F3b: the authors' published run times against their own rule, applied to the exact chain.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  median,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { activation, type ActivationLike, erf } from "../../../../gaussian/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { PUBLISHED_EXITS } from "../../published.ts";
import { windowExits } from "../../simulation/runs/window.ts";
import { activationWords, type Physics, settingOf, sgdParameters } from "../physics.ts";
import { drawPublished } from "./_published_figure.ts";

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
  halfWidth: param.number(0.05, "half the width of the window around μ", { above: 0 }),
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

/** `x` with `erf(x/√2) = share`: a share of normal variables is smaller than it in size. */
function quantile(share: number): number {
  let low = 0, high = 9;
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (erf(middle / Math.SQRT2) < share) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Overlaps of uniform directions, spread evenly over their law: the sizes of ξ stand at the shares
 * `U + 0.618 i` modulo 1, so that the first few of them represent the law, too.
 */
export function evenStarts(count: number, d: number, seed: string): number[] {
  const rng = stream(seed, "even starts"), first = rng.uniform();
  const rest = rng.stream("rest").fillChiSquare(new Float64Array(count), d - 1);
  return Array.from(rest, (square, i) => {
    const xi = quantile((first + i * (Math.sqrt(5) - 1) / 2) % 1);
    return xi / Math.sqrt(xi * xi + square);
  });
}

function groupsOf({ together, groups, seed }: PublishedParameters, starts: number): number[][] {
  const rng = stream(seed, "groups", starts);
  return Array.from({ length: groups }, (_, g) =>
    Array.from({ length: together }, (_, i) =>
      // The first ones are made of the first starts, so that every run time has them.
      g < FOLLOWED ? (g * together + i) % 6 : Math.floor(rng.uniform() * starts)));
}

async function run(p: PublishedParameters, { sweep }: ExperimentContext): Promise<PublishedRow[]> {
  const all = evenStarts(p.starts, p.d, p.seed);
  const cells = p.published.flatMap(({ student, mu, steps }) => {
    const physics: Omit<Physics, "mu" | "copies" | "seed"> = {
      ...{ ...p, student, teacher: null, rank: 1, start: "random" },
    };
    // The linear chain's cost does not depend on its batch; the slowest start takes 2.2 times the mean.
    const cost = 2.2 * steps * (activation(student).name === "x" ? Math.min(p.batch, 10) : p.batch);
    if (6 * cost > 20 * p.most) return [];
    const starts = Math.max(6, Math.min(p.starts, Math.floor(p.most / cost)));
    return [{
      ...{ ...settingOf(physics, mu), starts: all.slice(0, starts), u0: p.d ** -2 },
      ...{ groups: groupsOf(p, starts), level: mu, halfWidth: p.halfWidth },
      ...{ maxSteps: Math.ceil(20 * steps) + 1000 },
      ...{ target: activationWords(student), mu, published: steps, count: starts },
    }];
  });
  const rows = await sweep({ run: windowExits, cells });
  // The columns of a cell that are no numbers or text stay with the cell.
  return (rows as unknown as (PublishedRow & { readonly count: number })[])
    .map(({ target, mu, published, count, group, m0, exit }) => ({
      ...{ target, mu, published, starts: count, group, m0, exit },
    }));
}

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

/**
 * The authors' published run times against their own rule applied to the exact chain: `|m|` is averaged over three
 * runs, and the mean index of all steps with the average in `μ ± 0.05` is the run time. Nothing is fitted.
 *
 * The same starts serve all run times, so that a group can be followed through the tables as one draw of three
 * starts would go through the authors'.
 *
 * Scale: steps. Source: run times, protocol, rule: code of nwemadji2026when; distribution: ours.
 *
 * @example
 * ```ts
 * import { publishedSummary, publishedTimes } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const published = [{ student: "x", mu: 0.5, steps: 66.5 }];
 * const [{ mean, z }] = publishedSummary((await publishedTimes({ published, starts: 24 })).rows);
 * assert(mean > 80 && mean < 110 && z < 0);
 * ```
 */
export const publishedTimes: Experiment<
  typeof publishedTimeParameters,
  PublishedRow[],
  Figure
> = experiment({
  name: "published run times",
  about: "The authors' run times in the distribution that their own rule has on the exact chain.",
  parameters: publishedTimeParameters,
  quick: { starts: 32, groups: 300, most: 1e6 },
  run,
  figure: drawPublished,
  table: publishedSummary,
});
