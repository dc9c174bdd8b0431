/**
 * Runs to the exit of the search at several dimensions, and what theory says of them.
 *
 * @module
 */
import {
  type ExperimentContext,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import { passages } from "../../simulation/runs/passage.ts";
import { TYPICAL_OVERLAP } from "../../starts.ts";
import { exitLaw } from "../../theory/dimension.ts";
import { meanPassage } from "../../theory/mean_recursion.ts";
import { noiseShift } from "../../theory/noisy_search.ts";
import { runsOf, settingOf, sgdParameters, strengthColumn } from "../physics.ts";
import {
  batchAt,
  batchParameter,
  noiseSettingOf,
  stepsOf,
  whyNoMeanTheory,
} from "../search_theory.ts";

/**
 * Parameters of {@linkcode dimensionExits}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const dimensionExitParameters = {
  ...sgdParameters({ mu: [0.2, 0.5, 0.8], step: 0.1, copies: 400 }),
  d: param.integers([1e3, 1e5, 1e7, 1e9], "input dimensions", { least: 2, entries: 2 }),
  batch: batchParameter("d"),
  radius: param.number(0.5, "overlap |m| at which a copy has left the search", {
    above: 0,
    below: 1,
  }),
  maxSteps: param.integer(20_000, "steps after which a copy is given up", { least: 1 }),
};

/** Parameters of a run. */
export type DimensionExitParameters = Values<typeof dimensionExitParameters>;

/** Exit of one copy. */
export interface DimensionExitRow extends Row {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Input dimension. */
  d: number;
  /** Seed of its group of copies. */
  seed: string;
  /** Number of the copy: equal ones share their draws over all dimensions. */
  copy: number;
  /** Step of the exit, interpolated; `null` when it was not seen. */
  exit: number | null;
  /** `"arrived"`, `"given up"` or `"diverged"`. */
  status: string;
}

/** Mean and spread of the exits of one strength and dimension. */
export interface DimensionExitMean extends Row {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Input dimension. */
  d: number;
  /** Copies behind it. */
  copies: number;
  /** Mean step; `NaN` when a copy has not arrived. */
  mean: number;
  /** Its standard error. */
  se: number;
  /** Standard deviation. */
  sd: number;
  /** What theory says of the mean; `null` where it does not hold. */
  theory: number | null;
  /** What it says of the standard deviation. */
  theorySd: number | null;
}

export async function dimensionExitRuns(
  p: DimensionExitParameters,
  { sweep }: ExperimentContext,
): Promise<DimensionExitRow[]> {
  const { radius, maxSteps, copies, seed } = p;
  const rows = await runsOf(sweep, {
    run: passages,
    cells: p.mu.flatMap((w0) =>
      p.d.map((d) => ({
        columns: { mu: strengthColumn(w0), dimension: d },
        setting: {
          ...settingOf({ ...p, d, batch: batchAt(p.batch, d) }, w0),
          ...{ goal: { of: "m" as const, level: radius }, maxSteps },
        },
      }))
    ),
    ...{ copies, seed, together: 50 },
  });
  return rows.map(({ mu, dimension, seed, copy, exit, status }) => (
    { mu, d: dimension, seed, copy, exit, status }
  ));
}

/**
 * Mean exit step that theory predicts: the mean of SGD from the typical start, and the shift by the noise of the search.
 *
 * The mean over `m₀ = ξ/√d` is that at `ln|ξ| = E ln|ξ|`, since the exit is linear in `ln m₀` while `m₀` is small.
 */
export function dimensionExitTheory(p: DimensionExitParameters, mu: number, d: number): number {
  const { student, teacher, radius, maxSteps } = p, batch = batchAt(p.batch, d);
  const linear = [student, teacher ?? student].every((it) => activation(it).name === "x");
  const { steps } = meanPassage(
    {
      ...{ student, frozen: [mu], step: stepsOf(p), labelNoise: p.noise },
      ...(teacher === null ? {} : { teacher }),
      // The noise of a batch of order d has a closed form for the linear target; others have it in the search alone.
      ...(linear ? { batch, d } : {}),
    },
    { u: d ** -2, a: [TYPICAL_OVERLAP / Math.sqrt(d)] },
    { radius, maxSteps: 10 * maxSteps },
  );
  return steps + noiseShift(noiseSettingOf(p, mu, d), batch, radius).shift;
}

/** Means of the exits, with what theory says of each. */
export function dimensionExitMeans(
  rows: readonly DimensionExitRow[],
  p: DimensionExitParameters,
): DimensionExitMean[] {
  return p.mu.flatMap((w0) =>
    p.d.map((d): DimensionExitMean => {
      const own = where(where(rows, "mu", strengthColumn(w0)), "d", d);
      const { mean, se, sd } = summary(own.map(({ exit }) => exit ?? NaN));
      const holds = whyNoMeanTheory(p, w0) === undefined;
      return {
        ...{ mu: strengthColumn(w0), d, copies: own.length, mean, se, sd },
        theory: holds ? dimensionExitTheory(p, w0 as number, d) : null,
        theorySd: holds ? exitSd(p, w0 as number) : null,
      };
    })
  );
}

/** Standard deviation of the exit that the random start alone causes. */
function exitSd(p: DimensionExitParameters, mu: number): number {
  const { matrix, step, ratio } = noiseSettingOf(p, mu, 1);
  return exitLaw(matrix, step, ratio).sd;
}

/** Excess kurtosis 4 of `ln|ξ|`: the relative standard error of a standard deviation of `n` copies is `√(3/(2n))`. */
export function sdError(sd: number, copies: number): number {
  return sd * Math.sqrt(3 / (2 * copies));
}
