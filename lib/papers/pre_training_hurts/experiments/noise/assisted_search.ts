/**
 * E3: the noise of SGD shortens the search.
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
  formatNumber,
  scaleWords,
  type Series,
} from "../../../../figure/mod.ts";
import type { Frozen } from "../../frozen.ts";
import { passages } from "../../simulation/runs/passage.ts";
import { criticalBatch } from "../../theory/critical_batch.ts";
import { growthRate } from "../../theory/growth.ts";
import { meanSearchSteps, modeNoise } from "../../theory/noisy_search.ts";
import { runsOf, settingOf, sgdParameters, strengthColumn, strengthWords } from "../physics.ts";
import { noiseSettingOf, physicsWords, whyNoMeanTheory } from "../search_theory.ts";

/**
 * Parameters of {@linkcode assistedSearch}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const assistedParameters = {
  ...sgdParameters({ mu: [0.5], d: 1e6, step: 0.1, copies: 4000 }),
  batch: param.integers([50, 100, 200, 500, 1000, 10_000, 100_000], "fresh inputs a step", {
    least: 1,
  }),
  quiet: param.integer(
    1e10,
    "batch so large that it has no noise, against which shifts are measured",
    {
      least: 1,
    },
  ),
  radius: param.number(0.03, "overlap |m| at which the search ends", { above: 0, below: 1 }),
  maxSteps: param.integer(4000, "steps after which a copy is given up", { least: 1 }),
};

/** Values of the parameters. */
export type AssistedParameters = Values<typeof assistedParameters>;

/** End of the search of one copy. */
export interface AssistedRow extends Row {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Samples a step. */
  samples: number;
  /** Seed of its group of copies. */
  seed: string;
  /** Number of the copy: equal ones share start and random numbers over all batches. */
  copy: number;
  /** Step of the passage, interpolated; `null` when it was not seen. */
  exit: number | null;
}

/** Shift of the search by the noise of a batch. */
export interface AssistedShift extends Row {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Samples a step. */
  samples: number;
  /** Batch over the critical one; `null` where that does not exist. */
  ofCritical: number | null;
  /** Mean of the differences of copies that share their start; `NaN` when one has not arrived. */
  shift: number;
  /** Standard error of that mean. */
  se: number;
  /** What theory says; `null` where it does not hold. */
  theory: number | null;
  /** Without the damping: `−ln(1 + ρ)/(2 ln(1 + ηλ₊))`. */
  undamped: number | null;
}

async function run(p: AssistedParameters, { sweep }: ExperimentContext): Promise<AssistedRow[]> {
  const { radius, maxSteps, copies, seed } = p;
  const rows = await runsOf(sweep, {
    run: passages,
    cells: p.mu.flatMap((w0) =>
      [...new Set([p.quiet, ...p.batch])].map((batch) => ({
        columns: { mu: strengthColumn(w0), fresh: batch },
        setting: {
          ...settingOf({ ...p, batch }, w0),
          ...{ goal: { of: "m" as const, level: radius }, maxSteps },
        },
      }))
    ),
    ...{ copies, seed, together: 250 },
  });
  return rows.map(({ mu, fresh, seed, copy, exit }) => ({
    mu,
    samples: fresh,
    seed,
    copy,
    exit,
  }));
}

/** Critical batch, where there is one. */
function critical(p: AssistedParameters, w0: Frozen): number | undefined {
  if (whyNoMeanTheory(p, w0) !== undefined) return undefined;
  const setting = noiseSettingOf(p, w0 as number, p.d);
  return setting.matrix.B < 0 ? criticalBatch(setting) : undefined;
}

/** What theory says of the shift from `p.quiet` to a batch. */
function theoryOf(
  p: AssistedParameters,
  w0: Frozen,
  batch: number,
): [theory: number, undamped: number] {
  const setting = noiseSettingOf(p, w0 as number, p.d), { matrix, step, ratio } = setting;
  const mean = (samples: number) => meanSearchSteps(setting, samples, p.radius);
  const rho = (samples: number) => modeNoise(setting, samples) * p.d;
  const growth = Math.log1p(step * growthRate(matrix, ratio));
  const gain = Math.log1p(rho(batch)) - Math.log1p(rho(p.quiet));
  return [mean(batch) - mean(p.quiet), -gain / (2 * growth)];
}

/** Shifts of all batches, in pairs of copies with one start. */
export function assistedShifts(
  rows: readonly AssistedRow[],
  p: AssistedParameters,
): AssistedShift[] {
  return p.mu.flatMap((w0) => {
    const mu = strengthColumn(w0), own = where(rows, "mu", mu), bc = critical(p, w0);
    const quiet = where(own, "samples", p.quiet);
    return p.batch.map((samples): AssistedShift => {
      const here = where(own, "samples", samples);
      const pairs = here.map(({ exit }, i) => (exit ?? NaN) - (quiet[i].exit ?? NaN));
      const { mean, se } = summary(pairs), holds = whyNoMeanTheory(p, w0) === undefined;
      const [theory, undamped] = holds ? theoryOf(p, w0, samples) : [null, null];
      const ofCritical = bc === undefined ? null : samples / bc;
      return { mu, samples, ofCritical, shift: mean, se, theory, undamped };
    });
  });
}

function draw(rows: readonly AssistedRow[], p: AssistedParameters): Figure {
  const shifts = assistedShifts(rows, p), low = Math.min(...p.batch), high = Math.max(...p.batch);
  const line = (w0: Frozen, which: 0 | 1) =>
    Array.from({ length: 81 }, (_, i) => low * (high / low) ** (i / 80))
      .map((x) => ({ x, y: theoryOf(p, w0, x)[which] }))
      .filter(({ y }) => Number.isFinite(y) && y < 0);
  const drawings = p.mu.map((w0): Drawing => {
    const own = where(shifts, "mu", strengthColumn(w0)).filter(({ shift }) => !Number.isNaN(shift));
    const holds = whyNoMeanTheory(p, w0) === undefined, bc = critical(p, w0);
    const lowest = Math.min(0, ...own.map(({ shift }) => shift));
    const series: Series[] = [
      {
        name: bc === undefined ? "with theory" : "/{b} ≫ /{b}_{c}, growth damped",
        marks: own.map(({ samples, shift }) => ({ x: samples, y: shift })),
        bars: own.map(({ samples, shift, se }) => (
          { x: samples, y: shift, low: shift - se, high: shift + se }
        )),
        ...(holds ? { line: line(w0, 0) } : {}),
      },
      ...(holds && bc !== undefined
        ? [{ name: "growth as without noise", look: 1, line: line(w0, 1) }]
        : []),
      ...(bc !== undefined && bc > low / 20
        ? [{
          name: "critical batch /{b}_{c}",
          guide: [{ x: bc, y: 1.15 * lowest - 1 }, { x: bc, y: 0 }],
        }]
        : []),
    ];
    return {
      title: strengthWords(w0),
      x: { label: "batch /{b}", type: "log", domain: [Math.min(low, bc ?? low) / 1.5, high * 1.5] },
      y: { label: "shift of the exit (SGD steps)", domain: [1.15 * lowest - 1, 0] },
      ...{ series, legend: "above" },
    };
  });
  const why = p.mu.map((w0) => whyNoMeanTheory(p, w0)).find((words) => words !== undefined);
  const caption =
    `Shift of the step at which |m| = ${formatNumber(p.radius)} by the noise of a batch, against ` +
    `b = ${scaleWords(p.quiet)}: ${physicsWords(p)}, d = ${
      scaleWords(p.d)
    }. Marks: means over ${p.copies} pairs ` +
    "of copies with one start, ± standard error. " +
    (why === undefined
      ? "Lines: gradient noise adds the variance V to m₀² on the growing mode; with the growth rate that the " +
        "noise leaves, and with that of no noise."
      : `No theory is drawn: ${why}.`);
  return figureOf(drawings, { caption, aspect: 0.8 });
}

/**
 * How much earlier the search ends because gradient noise helps it to begin, for batches above the critical one.
 *
 * Copies of all batches share start and random numbers, so that the shift is a mean of differences.
 *
 * Scale: steps. Source: ours.
 *
 * @example
 * ```ts
 * import { assistedSearch, assistedShifts } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const mine = { mu: [0.3], d: 1e5, batch: [300], copies: 300, step: 0.2 };
 * const { rows, parameters } = await assistedSearch(mine);
 * const [{ shift, se, theory }] = assistedShifts(rows, parameters);
 * assert(shift < -5 * se && Math.abs(shift - theory!) < 5 * se);
 * ```
 */
export const assistedSearch: Experiment<typeof assistedParameters, AssistedRow[], Figure> =
  experiment(
    {
      name: "noise-assisted search",
      about: "How much earlier the search ends because of gradient noise, against the batch.",
      parameters: assistedParameters,
      quick: { copies: 1000, batch: [100, 200, 500, 1000, 10_000] },
      check: ({ batch, quiet }, refuse) => {
        if (quiet <= Math.max(...batch)) refuse("quiet", "larger than every batch", quiet);
      },
      run,
      figure: draw,
      table: assistedShifts,
    },
  );
