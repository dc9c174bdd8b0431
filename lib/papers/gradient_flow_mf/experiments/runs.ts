/**
 * The experiments of gradient-flow-mf: which cells each one sweeps, at each preset. Notebook and claims
 * call the same functions, and `sweep` remembers finished cells.
 *
 * @module
 */
import { byPreset, grid, type Preset, sweep, type SweepRow } from "../../../experiment/mod.ts";
import { stream } from "../../../random/mod.ts";
import type { Scheme } from "../model.ts";
import {
  type DigitsRow,
  type DoubleCell,
  type DoubleRow,
  doubleRun,
  type DrawRow,
  type FactorCell,
  type FactorRow,
  factorRun,
  fullRun,
  type LinearDigitsCell,
  linearDigitsRun,
  type ReducedCell,
  reducedRun,
} from "../simulation/mod.ts";

/** Rows of the runs of problem D. */
export type DoubleRows = SweepRow<DoubleCell, DoubleRow, string>[];
/** Rows of the runs of problem MF. */
export type FactorRows = SweepRow<FactorCell, FactorRow, string>[];
/** Rows of draws in law. */
export type DrawRows = SweepRow<ReducedCell, DrawRow, string>[];
/** Rows of the linear digits. */
export type LinearDigitsRows = SweepRow<LinearDigitsCell, DigitsRow, string>[];

/** Seed of everything in law; the runs on given seeds use those of the specification. */
export const SEED = "7";

/**
 * `count` seeds of the portable generator from `first` on, as the reference numbers them; under a seed,
 * from a place that it draws.
 */
export function seeds(first: number, count: number, seed?: string): string[] {
  const start = first + (seed === undefined ? 0 : stream(seed, "portable").integer(2 ** 31));
  return Array.from({ length: count }, (_, i) => String(start + i));
}

/** Starts that F1 compares. */
export const SCHEMES: readonly Scheme[] = ["gauss", "zeroB", "spectral"];

/** Scales of F1. */
export function figureOneScales(preset: Preset): number[] {
  return byPreset(preset, [1e-2, 1e-3, 1e-5], [1e-1, 1e-2, 1e-3, 1e-4, 1e-5]);
}

/** F1: problem D, `d = 20`, `s₁ = ½`, `r = 4`, to `t = 100`; seeds 200… (the spectral start has none). */
export async function figureOne(preset: Preset, seed?: string): Promise<DoubleRows> {
  const common = { d: 20, r: 4, s1: 0.5, end: 100, points: 101 };
  const run = (schemes: readonly Scheme[], count: number) =>
    sweep({
      name: `two adapters, ${schemes.join(" and ")}`,
      run: doubleRun,
      cells: grid({ scheme: [...schemes], alpha: figureOneScales(preset) })
        .map((cell) => ({ ...common, ...cell })),
      seeds: seeds(200, count, seed),
    });
  return [...await run(["gauss", "zeroB"], byPreset(preset, 5, 30)), ...await run(["spectral"], 1)];
}

/** Right panel of F1: the alignment phase at `α = 10⁻⁵`. */
export function alignmentPhase(preset: Preset): Promise<DoubleRows> {
  const cell = { d: 20, r: 4, s1: 0.5, scheme: "gauss" as const, alpha: 1e-5, end: 15, points: 61 };
  return sweep({
    name: "alignment phase",
    run: doubleRun,
    cells: [cell],
    seeds: seeds(200, byPreset(preset, 5, 30)),
  });
}

/** F2, F3: problem MF, `d = 20`, `r = 4`, several scales. */
export function singleAdapter(preset: Preset, seed?: string): Promise<FactorRows> {
  const cells = grid({ alpha: byPreset(preset, [1e-2, 1e-3, 1e-5], [1e-2, 1e-3, 1e-4, 1e-5]) })
    .map(({ alpha }) => (
      {
        d: 20,
        r: 4,
        sigma: "1",
        scheme: "gauss" as const,
        alpha,
        end: 2 * Math.log(1 / alpha) + 15.3,
      }
    ));
  return sweep({
    name: "one adapter, escape and plateau",
    run: factorRun,
    cells,
    seeds: seeds(100, byPreset(preset, 6, 30), seed),
  });
}

/** F3: the plateau against the rank, Gaussian start and `B = 0`. */
export function rankSweep(preset: Preset, seed?: string): Promise<FactorRows> {
  const cells = grid({ scheme: ["gauss", "zeroB"] as Scheme[], r: [1, 2, 4, 8] })
    .map((cell) => ({ d: 20, sigma: "1", alpha: 1e-3, end: 60, ...cell }));
  return sweep({
    name: "plateau against the rank",
    run: factorRun,
    cells,
    seeds: seeds(1100, byPreset(preset, 6, 30), seed),
  });
}

/** F7: a rank-two target, two half-times. */
export function twoModes(preset: Preset, seed?: string): Promise<FactorRows> {
  const scales: [number, number][] = byPreset(
    preset,
    [[1e-3, 40], [1e-4, 50], [1e-5, 60]],
    [[1e-2, 30], [1e-3, 40], [1e-4, 50], [1e-5, 60]],
  );
  const cells = scales.map(([alpha, end]) => (
    { d: 20, r: 4, sigma: "1, 0.5", scheme: "gauss" as const, alpha, end }
  ));
  return sweep({
    name: "two modes",
    run: factorRun,
    cells,
    seeds: seeds(400, byPreset(preset, 5, 20), seed),
  });
}

/** F6: final shares of two competing adapters, `d = 12`, `r = 3`. */
export function competition(preset: Preset, seed?: string): Promise<DoubleRows> {
  const cells = grid({ s1: [0.25, 0.5, 0.75, 0.9], alpha: [1e-2, 1e-3, 1e-4, 1e-5] })
    .map(({ s1, alpha }) => ({
      d: 12,
      r: 3,
      s1,
      scheme: "gauss" as const,
      alpha,
      end: 1.3 * Math.log(1 / alpha) + 14,
      points: 2,
    }));
  return sweep({
    name: "competition of two adapters",
    run: doubleRun,
    cells,
    seeds: seeds(300, byPreset(preset, 3, 10), seed),
  });
}

/** F9, C15: draws in law with all entries and in reduced form, `m = n = 20`. */
export async function lawOfReduction(
  preset: Preset,
  seed = SEED,
): Promise<{ full: DrawRows; reduced: DrawRows }> {
  const cell = { m: 20, r: 4, alpha: 1e-2, end: 15, draws: byPreset(preset, 100, 500) };
  const parts = Array.from({ length: byPreset(preset, 3, 8) }, (_, i) => `${seed}/${i}`);
  const common = { cells: [cell], seeds: parts };
  return {
    full: await sweep({ name: "all entries", run: fullRun, ...common }),
    reduced: await sweep({ name: "reduced, in law", run: reducedRun, ...common }),
  };
}

/** F9, C16: one draw at each size, `α = 10⁻⁴`. */
export function dimensionSweep(preset: Preset, seed = SEED): Promise<DrawRows> {
  const sizes = byPreset(preset, [1e2, 1e6, 1e7, 3e7], [1e2, 1e4, 1e6, 3e6, 1e7, 3e7]);
  const cells = sizes.map((m) => ({
    m,
    r: 4,
    alpha: 1e-4,
    end: 40,
    draws: byPreset(preset, 4, 20),
  }));
  return sweep({ name: "dimensions", run: reducedRun, cells, seeds: [seed] });
}

/** F10: gradient flow on the whitened digits. */
export async function linearDigitsExperiment(
  preset: Preset,
  seed?: string,
): Promise<LinearDigitsRows> {
  const cells = (schemes: readonly Scheme[]) =>
    grid({ scheme: [...schemes], alpha: byPreset(preset, [0.1, 0.001], [0.3, 0.1, 0.01, 0.001]) })
      .map((cell) => ({ ...cell, end: 400, kept: 0 }));
  const run = (schemes: readonly Scheme[], count: number) =>
    sweep({
      name: `linear digits, ${schemes.join(" and ")}`,
      run: linearDigitsRun,
      cells: cells(schemes),
      seeds: seeds(600, count, seed),
    });
  return [...await run(["gauss", "zeroB"], byPreset(preset, 3, 6)), ...await run(["spectral"], 1)];
}

/** F10b: only the rank-two part of Δ. */
export async function rankTwoDigits(preset: Preset, seed?: string): Promise<LinearDigitsRows> {
  const run = (schemes: readonly Scheme[], count: number) =>
    sweep({
      name: `rank-two digits, ${schemes.join(" and ")}`,
      run: linearDigitsRun,
      cells: grid({ scheme: [...schemes], alpha: byPreset(preset, [0.1], [0.1, 0.01, 0.001]) })
        .map((cell) => ({ ...cell, end: 1000, kept: 2 })),
      seeds: seeds(600, count, seed),
    });
  return [...await run(["gauss", "zeroB"], byPreset(preset, 1, 6)), ...await run(["spectral"], 1)];
}
