/**
 * The experiments of convergence-rate: which cells each one sweeps, at each preset. Notebook and claims
 * call the same functions, and `sweep` remembers finished cells.
 *
 * @module
 */
import { byPreset, grid, type Preset, sweep, type SweepRow } from "../../../experiment/mod.ts";
import type { RuleName } from "../rules.ts";
import {
  type BoundCell,
  type BoundRow,
  boundRun,
  type DigitsCell,
  type DigitsRow,
  digitsRun,
  factorFuzz,
  type FuzzCell,
  KINDS,
  lemmaFuzz,
  type LemmaRow,
  type LongCell,
  type LongRow,
  longRun,
  stepFuzz,
  type StepRow,
} from "../simulation/mod.ts";

/** Seed of everything that is drawn. */
export const SEED = "7";

/** Rows of the fuzz of the descent lemmas. */
export type LemmaRows = SweepRow<FuzzCell, LemmaRow, string>[];
/** Rows of the fuzz of the steps. */
export type StepRows = SweepRow<FuzzCell, StepRow, string>[];
/** Rows of the runs against the bounds. */
export type BoundRows = SweepRow<BoundCell, BoundRow, string>[];
/** Rows of the training runs on digits. */
export type DigitsRows = SweepRow<DigitsCell, DigitsRow, string>[];
/** Rows of the full-batch runs. */
export type LongRows = SweepRow<LongCell, LongRow, string>[];

/** Cells of a fuzz over all kinds of losses: `parts` of each. */
function fuzzCells(trials: number, parts: number): FuzzCell[] {
  return grid({ kind: [...KINDS], part: Array.from({ length: parts }, (_, i) => i) })
    .map((cell) => ({ ...cell, trials: Math.round(trials / parts / KINDS.length) }));
}

/** F1: remainders of 60 000 random pairs (6 000 at the quick preset). */
export function lemmaTrials(preset: Preset, seed = SEED): Promise<LemmaRows> {
  const cells = fuzzCells(byPreset(preset, 6000, 60_000), byPreset(preset, 1, 5));
  return sweep({ name: "descent lemmas, random trials", run: lemmaFuzz, cells, seeds: [seed] });
}

/** C4: remainders of 10 000 random Burer–Monteiro pairs (1 000). */
export function factorTrials(
  preset: Preset,
  seed = SEED,
): Promise<SweepRow<{ part: number; trials: number }, LemmaRow, string>[]> {
  const trials = byPreset(preset, 500, 5000);
  const cells = [0, 1].map((part) => ({ part, trials }));
  return sweep({ name: "Burer–Monteiro, random trials", run: factorFuzz, cells, seeds: [seed] });
}

/** F2: one step of each certified rule from 50 000 random states (6 000). */
export function stepTrials(preset: Preset, seed = SEED): Promise<StepRows> {
  const cells = fuzzCells(byPreset(preset, 6000, 50_000), byPreset(preset, 1, 5));
  return sweep({ name: "certified steps, random states", run: stepFuzz, cells, seeds: [seed] });
}

/** F3, C9: 100 random problems (20), 3000 steps of the paper's rule. */
export function boundTrials(preset: Preset, seed = SEED): Promise<BoundRows> {
  const cells = grid({
    kind: ["quad", "sens", "cosine", "phuber", "softmax"] as BoundCell["kind"][],
    copy: Array.from({ length: byPreset(preset, 4, 20) }, (_, i) => i),
  }).map((cell) => ({ ...cell, steps: byPreset(preset, 1000, 3000) }));
  return sweep({ name: "runs against the bounds", run: boundRun, cells, seeds: [seed] });
}

/** A learning-rate schedule of the digits table. */
export interface Schedule {
  /** Rule. */
  readonly rule: RuleName;
  /** Its `α`. */
  readonly alpha: number;
}

/** The schedules of the digits table. */
export const SCHEDULES: readonly Schedule[] = [
  ...[0.03, 0.1, 0.3, 1].map((alpha) => ({ rule: "const" as const, alpha })),
  ...[5, 20].map((alpha) => ({ rule: "adapt" as const, alpha })),
  ...[5, 20].map((alpha) => ({ rule: "adapt2" as const, alpha })),
  ...[0.1, 0.2].map((alpha) => ({ rule: "norm" as const, alpha })),
];

/** Seeds `"1"`, `"2"`, … of the runs on digits, below another seed if there is one. */
function digitSeeds(count: number, seed?: string): string[] {
  const base = seed === undefined ? "" : `${seed}/`;
  return Array.from({ length: count }, (_, i) => `${base}${i + 1}`);
}

/** F8, C32: every schedule on the digits, 60 epochs, 5 seeds (3). */
export function digitsTable(preset: Preset, seed?: string): Promise<DigitsRows> {
  const cells = SCHEDULES.map((schedule) => (
    { ...schedule, rank: 4, start: "usual" as const, epochs: 60 }
  ));
  const seeds = digitSeeds(byPreset(preset, 3, 5), seed);
  return sweep({ name: "digits, schedules", run: digitsRun, cells, seeds });
}

/** F8: the rank of the adapter, `adapt` with `α = 20`. */
export function rankTable(preset: Preset): Promise<DigitsRows> {
  const cells = [1, 2, 4, 10].map((rank) => (
    { rule: "adapt" as const, alpha: 20, rank, start: "usual" as const, epochs: 60 }
  ));
  const seeds = digitSeeds(byPreset(preset, 2, 5));
  return sweep({ name: "digits, ranks", run: digitsRun, cells, seeds });
}

/** F9, C35: small and large starts, 10 epochs. */
export function startSizes(preset: Preset, seed?: string): Promise<DigitsRows> {
  const cells = (["small", "large"] as const).flatMap((start) =>
    [{ rule: "adapt" as const, alpha: 20 }, { rule: "const" as const, alpha: 0.1 }]
      .map((schedule) => ({ ...schedule, rank: 4, start, epochs: 10 }))
  );
  const seeds = digitSeeds(byPreset(preset, 3, 5), seed);
  return sweep({ name: "digits, starts", run: digitsRun, cells, seeds });
}

/** F10, C34: full-batch runs of 10 000 steps (1 000). */
export function longRuns(preset: Preset, seed?: string): Promise<LongRows> {
  const steps = byPreset(preset, 1000, 10_000);
  const cells = [
    { rule: "adapt" as const, alpha: 20, steps },
    { rule: "simple" as const, alpha: 0, steps },
  ];
  return sweep({ name: "digits, full batch", run: longRun, cells, seeds: digitSeeds(1, seed) });
}
