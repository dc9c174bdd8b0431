/**
 * F6: what one step of the full gradient recovers.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  geomspace,
  linspace,
  param,
  type Parameter,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, listed, type Place } from "../../../../figure/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { REFERENCE } from "../../problems/draw.ts";
import {
  type Entry,
  type OneStepCell,
  type OneStepRow,
  oneStepRun,
} from "../../simulation/runs/one_step.ts";
import {
  bestShrinkage,
  oneStepError,
  sampleTangent,
  sineOfTangent,
} from "../../theory/one_step.ts";
import { copiesOf, meansOf } from "../parts.ts";

/** Sizes of a problem: inputs, samples, rank of the target. */
export type OneStepSize = readonly [d: number, N: number, rank: number];

function checkAll(sizes: readonly OneStepSize[]): void {
  for (const size of sizes) {
    const [d, N, rank] = size;
    if (size.length === 3 && N > d && d >= 2 * rank && rank >= 1 && size.every(Number.isInteger)) {
      continue;
    }
    throw new RangeError(`${JSON.stringify(size)} is no [d, N > d, rank <= d/2] of whole numbers`);
  }
  if (new Set(sizes.map(String)).size < sizes.length) throw new RangeError("sizes must differ");
}

/**
 * Parameters of {@linkcode oneStepRecovery}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const recoveryParameters = {
  sizes: param.value<readonly OneStepSize[]>(
    [[100, 1600, 4], [100, 400, 4], [400, 1600, 8]],
    "sizes [d, N, r*] of panel (a); singular values of Δ are 1, …, 1/r*",
    checkAll,
    "a list of [d, N, rank]",
  ),
  ratios: param.numbers([2, 4, 8, 16, 32, 64], "samples per input N/d of panel (b)", { above: 1 }),
  d: param.integer(50, "input dimension of panel (b)", { least: 2 }),
  rank: param.integer(4, "rank of the target in panel (b)", { least: 1 }),
  entry: param.value<Entry | null>(
    null,
    "draws one coordinate of an input, mean 0 and variance 1: (rng) => number; null: standard normal, the law of " +
      "all lines",
    (entry) => {
      if (entry !== null && typeof entry !== "function") throw new TypeError("no function");
    },
    "a function of a stream that returns a number, or null",
  ) as Parameter<Entry | null>,
  norm: param.flag(true, "whether ‖Σ̂ − I‖ is measured at the first size"),
  copies: param.integer(120, "data sets of each size", { least: 2 }),
  lawDraws: param.integer(4000, "draws of the law behind each line of (a)", { least: 100 }),
  seed: param.seed(REFERENCE),
};

type Parameters = Values<typeof recoveryParameters>;

/** A row of {@linkcode oneStepRecovery}: one data set. */
export interface OneStepResult extends OneStepRow {
  /** Input dimension. */
  d: number;
  /** Samples. */
  N: number;
  /** Rank of the target. */
  rank: number;
  /** Seed. */
  seed: string;
}

/** Tables of {@linkcode oneStepRecovery}. */
export type RecoveryTables = {
  /** Data sets of panel (a). */
  readonly sets: OneStepResult[];
  /** Data sets of panel (b). */
  readonly ratios: OneStepResult[];
};

/** Sines of one-step angles drawn from `r* × r*` Wishart matrices: the exact law, no data. */
export function lawOfSines([d, N, rank]: OneStepSize, draws: number, seed = "7"): number[] {
  const rng = stream(seed, "law", d, N, rank);
  return Array.from(
    { length: draws },
    () => sineOfTangent(sampleTangent(rng, { outside: d - rank, rank, dof: N })),
  );
}

/** Quantiles as places: value across, share below up. */
function quantiles(values: readonly number[], count: number): Place[] {
  const sorted = values.toSorted((a, b) => a - b);
  return linspace(0.5 / count, 1 - 0.5 / count, count)
    .map((y) => ({ x: sorted[Math.floor(y * sorted.length)], y }));
}

function draw({ sets, ratios }: RecoveryTables, p: Parameters): Figure {
  const of = ([d, N, rank]: OneStepSize) => where(where(where(sets, "d", d), "N", N), "rank", rank);
  const grid = geomspace(Math.min(...p.ratios), Math.max(...p.ratios), 30);
  const at = (ratio: number) => ({ d: p.d, N: Math.round(ratio * p.d) });
  const shrunk = (ratio: number) =>
    where(ratios, "N", at(ratio).N).map(({ power, inner }) => {
      const gamma = bestShrinkage(at(ratio));
      return 1 + gamma * gamma * power - 2 * gamma * inner;
    });
  return figureOf([
    {
      title: "law of the angle",
      x: { label: "sin /{θ} of col /{G} with col /{Δ}" },
      y: { label: "share of draws below" },
      legend: "above",
      series: p.sizes.map((size) => ({
        name: `/{d} = ${size[0]}, /{N} = ${size[1]}`,
        line: quantiles(lawOfSines(size, p.lawDraws, p.seed), 60),
        marks: quantiles(of(size).map(({ sine }) => sine), 12),
      })),
    },
    {
      title: "error of the start",
      x: { label: "samples per input /{N}//{d}", type: "log" },
      y: { label: "‖/{γG} − /{Δ}‖²/‖/{Δ}‖²", type: "log" },
      legend: "above",
      series: [
        {
          name: "/{γ} = 1",
          line: grid.map((x) => ({ x, y: oneStepError(at(x)) })),
          ...meansOf(
            p.ratios.map((x) => [x, where(ratios, "N", at(x).N).map(({ square }) => square)]),
          ),
        },
        {
          name: "best /{γ}",
          line: grid.map((x) => ({ x, y: 1 - bestShrinkage(at(x)) })),
          ...meansOf(p.ratios.map((x) => [x, shrunk(x)])),
        },
      ],
    },
  ], {
    columns: 2,
    caption:
      `One step of the full gradient. (a) Largest angle of col G with col Δ (r* = ${
        listed([...new Set(p.sizes.map(([, , rank]) => rank))])
      }): exact law from r* × r* Wishart matrices (lines) and ${p.copies} data sets each (symbols). (b) Mean squared ` +
      `error of the spectral start (d = ${p.d}, r* = ${p.rank}): exact means (lines), data (symbols, bars ± one ` +
      `standard error).${
        p.entry ? " The inputs are the reader's own; lines are for normal ones." : ""
      }`,
  });
}

/**
 * F6: the angle and the error of one step, on data and by their exact laws.
 *
 * Source: ours, beside Theorem 3.3.
 *
 * @example Signs in place of normal inputs: the mean error is smaller by 2/N.
 * ```ts
 * import { oneStepRecovery } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await oneStepRecovery({
 *   sizes: [[4, 8, 1]], copies: 2000, ratios: [2], norm: false, lawDraws: 100,
 *   entry: (rng) => rng.uniform() < 0.5 ? -1 : 1,
 * });
 * const mean = rows.sets.reduce((sum, { square }) => sum + square, 0) / rows.sets.length;
 * assertAlmostEquals(mean, 3 / 8, 0.03); // (d − 1)/N
 * ```
 */
export const oneStepRecovery: Experiment<
  typeof recoveryParameters,
  RecoveryTables,
  Figure,
  Record<never, never>
> = experiment({
  name: "one step",
  about: "Angle and error of the one-step gradient, on data and by exact laws.",
  parameters: recoveryParameters,
  quick: { copies: 24, lawDraws: 1000 },
  check: ({ d, rank, ratios }, refuse) => {
    if (d < 2 * rank) refuse("d", `at least 2r* = ${2 * rank}`, d);
    const low = Math.min(...ratios);
    if (Math.round(low * d) <= d) refuse("ratios", `such that N exceeds d = ${d}`, ratios);
  },
  run: async (p, { sweep }) => {
    const own = p.entry ? { entry: p.entry } : {}, seeds = copiesOf(p.seed, p.copies);
    const run = (cells: readonly OneStepCell[]) =>
      sweep({ run: oneStepRun, cells: cells.map((cell) => ({ ...cell, ...own })), seeds });
    const sets = await run(
      p.sizes.map(([d, N, rank], i) => ({ d, N, rank, norm: i === 0 && p.norm })),
    );
    const ratios = await run(p.ratios.map((ratio) => (
      { d: p.d, N: Math.round(ratio * p.d), rank: p.rank, norm: false }
    )));
    const plain = (rows: typeof sets): OneStepResult[] =>
      rows.map((row) => {
        const { d, N, rank, seed, sine, square, op, covariance, inner, power } = row;
        return { d, N, rank, seed, sine, square, op, covariance, inner, power };
      });
    return { sets: plain(sets), ratios: plain(ratios) };
  },
  figure: draw,
  table: ({ sets }, { sizes }) =>
    sizes.map(([d, N, rank]) => {
      const here = where(where(where(sets, "d", d), "N", N), "rank", rank);
      const of = (key: "sine" | "square") => summary(here.map((row) => row[key]));
      return {
        ...{ d, N, "r*": rank, "mean sin θ": of("sine").mean, "± sin θ": of("sine").se },
        ...{ "mean error": of("square").mean, "± error": of("square").se },
        "(d + 1)/N": oneStepError({ d, N }),
      };
    }),
});
