/**
 * Figure F3b: the authors' published run times against their own rule, applied to the exact chain.
 *
 * @module
 */
import { type Experiment, experiment, type ExperimentContext } from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { activation, erf } from "../../../../gaussian/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { windowExits } from "../../simulation/runs/window.ts";
import { activationWords, type Physics, settingOf } from "../physics.ts";
import { drawPublished } from "./_published_figure.ts";
import {
  FOLLOWED,
  type PublishedParameters,
  type PublishedRow,
  publishedSummary,
  publishedTimeParameters,
} from "./published_summary.ts";

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
  const runs = p.published.flatMap(({ student, mu, steps }) => {
    const physics: Omit<Physics, "mu" | "copies" | "seed"> = {
      ...{ ...p, student, teacher: null, rank: 1, start: "random" },
    };
    // The linear chain's cost does not depend on its batch; the slowest start takes 2.2 times the mean.
    const cost = 2.2 * steps * (activation(student).name === "x" ? Math.min(p.batch, 10) : p.batch);
    if (6 * cost > 20 * p.most) return [];
    const starts = Math.max(6, Math.min(p.starts, Math.floor(p.most / cost)));
    const cell = {
      ...{ ...settingOf(physics, mu), starts: all.slice(0, starts), u0: p.d ** -2 },
      ...{ groups: groupsOf(p, starts), level: mu, halfWidth: p.halfWidth },
      maxSteps: Math.ceil(20 * steps) + 1000,
    };
    const columns = { target: activationWords(student), mu, published: steps, count: starts };
    return [{ cell, columns }];
  });
  const rows = await sweep({
    run: windowExits,
    cells: runs.map(({ cell }) => cell),
    columns: runs.map(({ columns }) => columns),
    cost: ({ maxSteps, starts, batch }) => maxSteps * starts.length * Number(batch),
  });
  // The columns of a cell that are no numbers or text stay with the cell.
  return (rows as unknown as (PublishedRow & { readonly count: number })[])
    .map(({ target, mu, published, count, group, m0, exit }) => ({
      ...{ target, mu, published, starts: count, group, m0, exit },
    }));
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
  quick: { starts: 24, groups: 300, most: 5e5 },
  run,
  figure: drawPublished,
  table: publishedSummary,
});
