/**
 * What gradient noise puts on the growing mode when there is nothing else on it.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  scaleWords,
  type Series,
} from "../../../../figure/mod.ts";
import { sgdRun } from "../../simulation/runs/run.ts";
import { growthRate } from "../../theory/growth.ts";
import { modeNoise } from "../../theory/noisy_search.ts";
import { runsOf, settingOf, sgdParameters, strengthWords } from "../physics.ts";
import { noiseSettingOf, physicsWords, whyNoSearchTheory } from "../search_theory.ts";
import { samplerWords } from "../problem.ts";

const { start: _start, batch: _batch, ...physics } = sgdParameters({
  ...{ mu: [0.5], d: 1e6, step: 0.1, copies: 4000 },
});

/**
 * Parameters of {@linkcode modeGrowth}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const modeGrowthParameters = {
  ...physics,
  batch: param.integers([1000, 10_000], "fresh inputs a step", { least: 1 }),
  looks: param.integers(
    [1, 3, 6, 10, 20, 40, 60, 80],
    "increasing steps at which the mode is read",
    {
      least: 1,
    },
  ),
};

/** Values of the parameters. */
export type ModeGrowthParameters = Values<typeof modeGrowthParameters>;

/** The growing mode of one copy. */
export interface ModeGrowthRow extends Row {
  /** Strength. */
  mu: number;
  /** Samples a step. */
  samples: number;
  /** Steps made. */
  at: number;
  /** Seed of its group of copies. */
  seed: string;
  /** Number of the copy. */
  copy: number;
  /** Square of the overlap at the start that its mode is worth: `[(λu + Am)/A]² (1 + η_uλ)^{−2t}`. */
  square: number;
}

/** Mean square of the mode beside theory. */
export interface ModeGrowthMean extends Row {
  /** Strength. */
  mu: number;
  /** Samples a step. */
  samples: number;
  /** Steps made. */
  at: number;
  /** Mean square, times `d`. */
  rho: number;
  /** Its standard error. */
  se: number;
  /** `Vd(1 − (1 + η_uλ)^{−2t})`. */
  theory: number;
}

/** The setting of the formulas at a strength; what is missing is named. */
function settingAt(p: ModeGrowthParameters, mu: ModeGrowthParameters["mu"][number]) {
  const full = { ...p, start: "random" as const }, why = whyNoSearchTheory(full, mu);
  if (why === undefined) return noiseSettingOf(full, mu as number, p.d);
  throw new RangeError(`Cannot project on the growing mode: ${why}`);
}

/** `1 + η_uλ` of a strength, and `λ/A`. */
function modeOf(p: ModeGrowthParameters, mu: number): { growth: number; worth: number } {
  const { matrix, step, ratio } = settingAt(p, mu), rate = growthRate(matrix, ratio);
  return { growth: 1 + step * rate, worth: rate / matrix.A };
}

async function run(
  p: ModeGrowthParameters,
  { sweep }: ExperimentContext,
): Promise<ModeGrowthRow[]> {
  const { copies, seed, looks } = p, start = { u: 0, a: [0] };
  const rows = await runsOf(sweep, {
    run: sgdRun,
    cells: p.mu.flatMap((w0) =>
      p.batch.map((batch) => ({
        columns: { mu: w0 as number, fresh: batch },
        setting: { ...settingOf({ ...p, batch, start }, w0), looks },
      }))
    ),
    ...{ copies, seed, together: 500 },
  });
  const modes = new Map(p.mu.map((w0) => [w0 as number, modeOf(p, w0 as number)]));
  return rows.map(({ mu, fresh: samples, at, seed, copy, u, m }) => {
    const { growth, worth } = modes.get(mu)!;
    return { mu, samples, at, seed, copy, square: (worth * u + m) ** 2 * growth ** (-2 * at) };
  });
}

/** `Vd` as far as so many steps have reached it. */
function theoryOf(p: ModeGrowthParameters, mu: number, batch: number, at: number): number {
  const { growth } = modeOf(p, mu);
  return modeNoise(settingAt(p, mu), batch) * p.d * (1 - growth ** (-2 * at));
}

/** Means over the copies, with what theory says. */
export function modeGrowthMeans(
  rows: readonly ModeGrowthRow[],
  p: ModeGrowthParameters,
): ModeGrowthMean[] {
  return (p.mu as readonly number[]).flatMap((mu) =>
    p.batch.flatMap((samples) =>
      p.looks.map((at): ModeGrowthMean => {
        const own = where(where(where(rows, "mu", mu), "samples", samples), "at", at);
        const { mean, se } = summary(own.map(({ square }) => square * p.d));
        return { mu, samples, at, rho: mean, se, theory: theoryOf(p, mu, samples, at) };
      })
    )
  );
}

function draw(rows: readonly ModeGrowthRow[], p: ModeGrowthParameters): Figure {
  const means = modeGrowthMeans(rows, p), last = Math.max(...p.looks);
  const drawings = (p.mu as readonly number[]).map((mu): Drawing => ({
    title: strengthWords(mu),
    x: { label: "SGD steps", domain: [0, 1.05 * last] },
    y: { label: "/{d} × mean square of the mode", type: "log" },
    series: p.batch.map((samples): Series => {
      const own = where(where(means, "mu", mu), "samples", samples);
      return {
        name: `/{b} = ${scaleWords(samples)}`,
        marks: own.map(({ at, rho }) => ({ x: at, y: rho })),
        line: Array.from({ length: 80 }, (_, i) => 1 + (last - 1) * i / 79)
          .map((x) => ({ x, y: theoryOf(p, mu, samples, x) })),
      };
    }),
    legend: "bottom-right",
  }));
  const caption =
    `Growing mode of a search that starts with nothing on it, in units of the overlap at the start that it ` +
    `is worth: ${physicsWords({ ...p, start: "random" })}, d = ${
      scaleWords(p.d)
    }. Marks: mean square over ` +
    `${p.copies} copies of ${
      samplerWords(p)
    } (relative standard error √(2/copies), smaller than the marks), times d. ` +
    "Lines: the sum of the kicks of all steps so far, which tends to ρ = Vd.";
  return figureOf(drawings, { caption, aspect: 0.8 });
}

/**
 * Mean square of the growing mode of a search that starts at `u = m = 0`, in units of `m₀²`: it tends to the variance `V`
 * by which noise assists the search.
 *
 * Scale: steps. Source: ours.
 *
 * @example
 * ```ts
 * import { modeGrowth, modeGrowthMeans } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows, parameters } = await modeGrowth({ mu: [0.7], batch: [5000], looks: [30], copies: 500 });
 * const [{ rho, se, theory }] = modeGrowthMeans(rows, parameters);
 * assert(Math.abs(rho - theory) < 5 * se);
 * ```
 */
export const modeGrowth: Experiment<typeof modeGrowthParameters, ModeGrowthRow[], Figure> =
  experiment({
    name: "noise on the growing mode",
    about: "Mean square of the growing mode that gradient noise alone has made, against the steps.",
    parameters: modeGrowthParameters,
    quick: { copies: 1200 },
    check: (p, refuse) => {
      for (const w0 of p.mu) {
        const why = whyNoSearchTheory({ ...p, start: "random" }, w0);
        if (why !== undefined) refuse("mu", `such that the mode is known (${why})`, w0);
      }
    },
    run,
    figure: draw,
    table: modeGrowthMeans,
  });
