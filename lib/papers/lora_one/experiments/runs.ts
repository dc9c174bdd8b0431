/**
 * The experiments of lora-one: which cells each one sweeps, at each preset. Notebook and claims call
 * the same functions, and `sweep` remembers finished cells.
 *
 * @module
 */
import { byPreset, grid, type Preset, sweep, type SweepRow } from "../../../experiment/mod.ts";
import {
  type AlignmentCell,
  type AlignmentRow,
  alignmentRun,
  type BasinCell,
  type BasinRow,
  basinRun,
  type CatapultCell,
  type CatapultRow,
  catapultRun,
  type ConditionCell,
  type ConditionRow,
  conditionRun,
  type EscapeCell,
  type EscapeRow,
  escapeRun,
  type OneStepCell,
  type OneStepRow,
  oneStepRun,
  type ReluCell,
  type ReluRow,
  reluRun,
  type ScaleCell,
  type ScaleRow,
  scaleRun,
  type ToyCell,
  type ToyRow,
  toyRun,
} from "../simulation/mod.ts";

/** Seed of everything in law. */
export const SEED = "7";

/** Seeds `"7/0"`, `"7/1"`, …. */
function parts(count: number, seed = SEED): string[] {
  return Array.from({ length: count }, (_, i) => `${seed}/${i}`);
}

/** An experiment of less than a second: two workers take longer to start than its cells here. */
const HERE = { workers: 0 };

/** Where an experiment runs that is so small at the quick preset only. */
function lanes(preset: Preset): { workers?: number } {
  return preset === "quick" ? HERE : {};
}

/** Variances `α²` of F1; the last is ours. */
export const TOY_VARIANCES: readonly number[] = [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6];

/** F1: the golden instance at six scales, all columns, in the eigenbasis of `Σ̂`. */
export function toyExperiment(): Promise<SweepRow<ToyCell, ToyRow, never>[]> {
  const cells = TOY_VARIANCES.map((variance) => ({
    variance,
    steps: 1500,
    every: 10,
    plain: false,
  }));
  return sweep({ name: "F1, alignment", run: toyRun, cells, ...HERE });
}

/** C1: the same with steps as they are written, without a change of coordinates. */
export function toyAllColumns(preset: Preset): Promise<SweepRow<ToyCell, ToyRow, never>[]> {
  const variances = byPreset(preset, [1e-2, 1e-6], [1, 1e-2, 1e-4, 1e-6]);
  const cells = variances.map((variance) => ({ variance, steps: 1500, every: 100, plain: true }));
  return sweep({ name: "C1, all columns", run: toyRun, cells, ...lanes(preset) });
}

/** F2: smallest angle and final risk against `α²` and `d`. */
export function scaleExperiment(
  preset: Preset,
  seed?: string,
): Promise<SweepRow<ScaleCell, ScaleRow, string>[]> {
  const d = byPreset(preset, [50, 100], [50, 100, 200]);
  const cells = grid({ d, variance: [1e-1, 1e-2, 1e-3, 1e-4, 1e-6] })
    .map((cell) => ({ ...cell, steps: 1500 }));
  return sweep({
    name: "F2, scale and dimension",
    run: scaleRun,
    cells,
    seeds: parts(byPreset(preset, 3, 5), seed),
    ...lanes(preset),
  });
}

/** Scales of C6, by κ. */
const ESCAPE_SCALES: readonly (readonly [kappa: number, low: number, high: number])[] = [
  [1, -8, -3],
  [2, -12, -6],
  [4, -16, -11],
];

/** C6: the angle when the top mode is half learnt, `d = 200`, `r = 8`, `r* = 2`, `η = 0.02`. */
export function escapeExperiment(
  preset: Preset,
  seed?: string,
): Promise<SweepRow<EscapeCell, EscapeRow, string>[]> {
  const cells = ESCAPE_SCALES.flatMap(([kappa, low, high]) =>
    Array.from({ length: 6 }, (_, i) => (
      { d: 200, r: 8, kappa, initStd: 10 ** (low + (high - low) * i / 5), rate: 0.02 }
    ))
  );
  return sweep({
    name: "C6, exponent",
    run: escapeRun,
    cells,
    seeds: parts(byPreset(preset, 8, 20), seed),
    ...lanes(preset),
  });
}

/** Sizes of C9: `(d, N, r*)`. */
export const ONE_STEP_SIZES: readonly (readonly [d: number, N: number, rank: number])[] = [
  [100, 1600, 4],
  [100, 400, 4],
  [400, 1600, 8],
];

/** F7, C9–C12: one step on sampled data. */
export function oneStepExperiment(
  preset: Preset,
  seed?: string,
): Promise<SweepRow<OneStepCell, OneStepRow, string>[]> {
  const cells = ONE_STEP_SIZES.map(([d, N, rank]) => ({
    d,
    N,
    rank,
    norm: N === 1600 && d === 100,
  }));
  return sweep({
    name: "F7, one step",
    run: oneStepRun,
    cells,
    seeds: parts(byPreset(preset, 24, 120), seed),
    ...lanes(preset),
  });
}

/** F7, right: the error against `N/d`. */
export function oneStepRatios(
  preset: Preset,
): Promise<SweepRow<OneStepCell, OneStepRow, string>[]> {
  const cells = [2, 4, 8, 16, 32, 64].map((ratio) => (
    { d: 50, N: 50 * ratio, rank: 4, norm: false }
  ));
  return sweep({
    name: "F7, sample size",
    run: oneStepRun,
    cells,
    seeds: parts(byPreset(preset, 10, 60)),
    ...lanes(preset),
  });
}

/** Condition numbers of F5. */
export const KAPPAS: readonly number[] = [1, 10, 100, 1000];

const conditionCell = (kappa: number, method: "GD" | "preconditioned"): ConditionCell => (
  { kappa, method, r: 4, damping: 0, until: 1e-10, most: 30000 }
);

/** F5, preconditioned: all κ, to a relative error of `10⁻¹⁰`. */
export function preconditionedExperiment(): Promise<
  SweepRow<ConditionCell, ConditionRow, never>[]
> {
  const cells = [...KAPPAS, 1e6].map((kappa) => conditionCell(kappa, "preconditioned"));
  return sweep({ name: "F5, preconditioned", run: conditionRun, cells, ...HERE });
}

/** F5, plain gradient descent. */
export function gradientExperiment(
  preset: Preset,
): Promise<SweepRow<ConditionCell, ConditionRow, never>[]> {
  const cells = byPreset(preset, KAPPAS.slice(0, 3), KAPPAS)
    .map((kappa) => conditionCell(kappa, "GD"));
  return sweep({ name: "F5, gradient descent", run: conditionRun, cells, ...lanes(preset) });
}

/** C19: over-rank `r = 8` with damping. */
export function dampedExperiment(): Promise<SweepRow<ConditionCell, ConditionRow, never>[]> {
  const cells = grid({ damping: [1e-2, 1e-3, 1e-6], kappa: [4, 1000] }).map((cell) => (
    { ...cell, method: "preconditioned" as const, r: 8, until: 1e-7, most: 400 }
  ));
  return sweep({ name: "C19, damping", run: conditionRun, cells, ...HERE });
}

/** F6: the ReLU model. */
export function reluExperiment(
  preset: Preset,
  seed = SEED,
): Promise<SweepRow<ReluCell, ReluRow, string>[]> {
  const cells = grid({
    kappa: [1, 10, 100],
    N: byPreset(preset, [0, 4000], [0, 4000, 32000]),
    method: ["GD", "preconditioned"] as ("GD" | "preconditioned")[],
  }).map((cell) => ({ ...cell, steps: 60 }));
  return sweep({ name: "F6, ReLU", run: reluRun, cells, seeds: [seed], ...lanes(preset) });
}

/** F8: alignment time in law up to `d = 10⁶`. */
export function alignmentExperiment(
  seed?: string,
): Promise<SweepRow<AlignmentCell, AlignmentRow, string>[]> {
  const cells = [1e2, 1e3, 1e4, 1e5, 1e6].map((d) => (
    { d, r: 8, targetRank: 4, initStd: 1e-8, rate: 1 / 64 }
  ));
  return sweep({
    name: "F8, alignment time",
    run: alignmentRun,
    cells,
    seeds: parts(20, seed),
    ...HERE,
  });
}

/** Stability numbers of C34. */
export const CATAPULT_NUMBERS: readonly number[] = [1.5, 1.9, 2.1, 2.5, 3, 3.5, 3.9, 4.1, 4.5, 6];

/** F11: the golden instance around the catapult window, to the last loss of a loop of 400 steps. */
export function catapultExperiment(
  preset: Preset,
): Promise<SweepRow<CatapultCell, CatapultRow, never>[]> {
  const between = [1.7, 2, 2.25, 2.75, 3.25, 3.7, 3.8, 4, 4.25, 5];
  const numbers = [...CATAPULT_NUMBERS, ...byPreset(preset, [], between)].toSorted((a, b) => a - b);
  const cells = grid({ variance: [0.1, 1], c: numbers }).map((cell) => ({ ...cell, steps: 399 }));
  return sweep({ name: "F11, catapult", run: catapultRun, cells, ...lanes(preset) });
}

/** E1: does preconditioned descent converge, over `N/d` and `η`? */
export function basinExperiment(
  preset: Preset,
  points: number,
): Promise<SweepRow<BasinCell, BasinRow, string>[]> {
  const ratio = Array.from({ length: points }, (_, i) => 1.25 * 2 ** (6 * i / (points - 1)));
  const rate = Array.from({ length: points }, (_, i) => 0.1 + 1.1 * i / (points - 1));
  const cells = grid({ ratio, rate, kappa: [1, 1000] }).map((cell) => ({
    ...cell,
    d: 40,
    rank: 4,
  }));
  return sweep({
    name: "E1, basin",
    run: basinRun,
    cells,
    seeds: parts(byPreset(preset, 1, 3)),
    ...lanes(preset),
  });
}
