/**
 * The experiments of pre-training-hurts: which cells each one sweeps, at each preset.
 *
 * Notebook and claims call the same functions; `sweep` remembers finished cells, so that a figure and
 * the claim about it pay once.
 *
 * @module
 */
import {
  byPreset,
  grid,
  type Preset,
  type Row,
  type Summary,
  summary,
  sweep,
} from "../../../experiment/mod.ts";
import {
  committeeLoss,
  curriculum,
  digitsSearch,
  type ExitCell,
  type ExitRow,
  exitTimes,
  samplesToLearn,
  stationaryNoise,
  trajectories,
} from "../simulation/mod.ts";

/** Seed of everything in this paper's notebook and claims. */
export const SEED = "7";

/** Seed of the experiments that are one run of many copies. */
const ONE_RUN = "0";

/** Seeds of groups of copies: a group stops when its own last copy has arrived. */
function groups(count: number, seed = SEED): string[] {
  return Array.from({ length: count }, (_, i) => `${seed}/${i}`);
}

/** The given seeds, or as many below another one. */
function below(seed: string | undefined, own: readonly string[]): readonly string[] {
  return seed === undefined ? own : own.map((name) => `${seed}/${name}`);
}

/** Rows of an exit sweep. */
export type ExitSweepRow = ExitCell & ExitRow;

/**
 * Mean exit of the copies for every distinct value of the given columns. Copies that never arrived
 * are counted in `missing`.
 */
export function meanExit<R extends Row & { exit: number | null }>(
  rows: readonly R[],
  ...keys: (keyof R & string)[]
): (R & Summary & { missing: number })[] {
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const name = JSON.stringify(keys.map((key) => row[key]));
    groups.set(name, [...groups.get(name) ?? [], row]);
  }
  return [...groups.values()].map((group) => {
    const exits = group.map((row) => row.exit).filter((exit) => exit !== null);
    const none = { n: 0, mean: NaN, sd: NaN, se: NaN };
    const found = exits.length > 0 ? summary(exits) : none;
    return { ...group[0], ...found, missing: group.length - exits.length };
  });
}

/** The last kept step of every run: rows with the largest `at` among those that share all else. */
export function lastOfEach<R extends { mu: number; at: number }>(rows: readonly R[]): R[] {
  const name = (row: R) =>
    JSON.stringify(["student", "rank", "mu", "seed", "copy"].map((key) => (row as Row)[key]));
  const last = new Map<string, R>();
  for (const row of rows) {
    if (row.at >= (last.get(name(row))?.at ?? 0)) last.set(name(row), row);
  }
  return [...last.values()];
}

/** E1: the authors' protocol, `d = 1000`, `b = 500`, `η = 0.2`; exit at `|m| = 0.5`. */
export function publishedProtocol(preset: Preset, seed?: string): Promise<ExitSweepRow[]> {
  const protocol = { d: 1000, batch: 500, step: 0.2, radius: 0.5, copies: 8 };
  const cells = [
    ...grid({ student: "x", mu: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8] }),
    ...grid({ student: "relu", mu: [0.1, 0.3, 0.5, 0.7] }),
    ...grid({ student: "erf", mu: byPreset(preset, [0.1, 0.3, 0.5], [0.1, 0.3, 0.5, 0.7]) }),
    ...grid({ student: "sigmoid", mu: byPreset(preset, [0.1], [0.1, 0.3, 0.5]) }),
  ].map((cell) => ({ ...cell, ...protocol, maxSteps: 20000 }));
  const seeds = groups(byPreset(preset, 3, 6), seed);
  return sweep({ name: "exit times, published protocol", run: exitTimes, cells, seeds });
}

/** E2: linear target, `b = d` up to 10⁹, `η = 0.1`, `R = 0.5`. */
export function exitAgainstDimension(preset: Preset, seed = ONE_RUN): Promise<ExitSweepRow[]> {
  const cells = grid({ mu: [0.8, 0.5, 0.2], d: [1e3, 1e5, 1e7, 1e9] }).map((cell) => ({
    student: "x",
    ...cell,
    batch: cell.d,
    step: 0.1,
    radius: 0.5,
    copies: byPreset(preset, 100, 400),
    maxSteps: 8000,
  }));
  return sweep({ name: "exit times up to d = 1e9", run: exitTimes, cells, seeds: [seed] });
}

/** E2b: Hermite targets, `b = 3000`, `η = 0.05/N_k`, `R = 0.1`. */
export function exitNonlinear(preset: Preset, seed?: string): Promise<ExitSweepRow[]> {
  const targets = byPreset(
    preset,
    [["He2", 0.5]] as const,
    [
      ["He2", 0.5],
      ["He3", 0.5],
      ["He3", 0.7],
    ] as const,
  );
  const cells = targets.flatMap(([student, mu]) =>
    [1e3, 1e5].map((d) => ({
      student,
      mu,
      d,
      batch: 3000,
      step: 0.05,
      radius: 0.1,
      copies: 8,
      maxSteps: 4000,
    }))
  );
  return sweep({
    name: "exit times, Hermite targets",
    run: exitTimes,
    cells,
    seeds: groups(6, seed),
  });
}

/** E3: linear, `μ = 0.5`, `d = 10⁶`, `η = 0.1`, hit `|m| = 0.03` at several batches. */
export function noiseAssistedSearch(preset: Preset, seed = ONE_RUN): Promise<ExitSweepRow[]> {
  const cells = [1e6, 1e4, 1e3, 300, 100, 30].map((batch) => ({
    student: "x",
    mu: 0.5,
    d: 1e6,
    batch,
    step: 0.1,
    radius: 0.03,
    copies: byPreset(preset, 500, 2000),
    maxSteps: 1500,
  }));
  return sweep({ name: "noise-assisted search", run: exitTimes, cells, seeds: [seed] });
}

/** E3b: the same around the critical batch `b_c`, at several dimensions; `ratio = b/b_c`. */
export async function searchAroundCriticalBatch(
  preset: Preset,
  criticalBatch: (d: number) => number,
  seed = ONE_RUN,
): Promise<(ExitSweepRow & { ratio: number })[]> {
  const ratios = byPreset(preset, [0.3, 1, 4], [0.1, 0.3, 1, 2, 4, 10]);
  const cells = grid({ d: [1e4, 1e6, 1e8], ratio: ratios }).map(({ d, ratio }) => ({
    student: "x",
    mu: 0.5,
    d,
    ratio,
    batch: Math.max(2, Math.round(ratio * criticalBatch(d))),
    step: 0.1,
    radius: 0.03,
    copies: byPreset(preset, 50, 200),
    maxSteps: 1500,
  }));
  const rows = await sweep({
    name: "search around the critical batch",
    run: exitTimes,
    cells,
    seeds: [seed],
  });
  return rows.map((row) => ({ ...row, ratio: Number(row.ratio) }));
}

/** E4: linear, `μ = 0.9`, `d = b = 10⁶`, hit `|m| = 0.1` at several step sizes of the two factors. */
export async function stepRatios(
  preset: Preset,
  seed = ONE_RUN,
): Promise<(ExitSweepRow & { stepOmega: number })[]> {
  const cells = ([[0.1, 0.1], [0.4, 0.1], [1, 0.1], [0.1, 1], [0.1, 5], [0.1, 10]] as const)
    .map(([step, stepOmega]) => ({
      student: "x",
      mu: 0.9,
      d: 1e6,
      batch: 1e6,
      step,
      stepOmega,
      radius: 0.1,
      copies: byPreset(preset, 50, 100),
      maxSteps: 20000,
    }));
  const rows = await sweep({
    name: "step sizes of the two factors",
    run: exitTimes,
    cells,
    seeds: [seed],
  });
  return rows.map((row) => ({ ...row, stepOmega: Number(row.stepOmega) }));
}

/** One row of a curriculum sweep, with the strength it belongs to. */
export interface CurriculumSweepRow extends Row {
  /** Pre-training strength. */
  mu: number;
  /** Number of the copy. */
  copy: number;
  /** Steps made. */
  at: number;
  /** 1 before the flip, 2 from the flip on; 0 for direct training. */
  stage: number;
  /** `|m|`. */
  m: number;
  /** `s = w·ω⋆`. */
  s: number;
}

/** Strengths of the curriculum experiment. */
export const CURRICULUM_MU: readonly number[] = [0.1, 0.2, 0.4, 0.6];

/** E5: the sign-flip curriculum on He₃ (zero labels in stage 1). */
export function flipCurriculum(preset: Preset, seed = ONE_RUN): Promise<CurriculumSweepRow[]> {
  const cells = CURRICULUM_MU.map((mu) => ({
    student: "He3",
    mu,
    d: 1000,
    batch: 500,
    step: 0.1,
    copies: byPreset(preset, 4, 16),
    stage1: "zero" as const,
    maxSteps: 15000,
    stage2Steps: 1500,
    every: 0,
  }));
  return sweep({ name: "sign-flip curriculum", run: curriculum, cells, seeds: [seed] });
}

/** E5, the comparison: direct training on He₃ for 6000 steps, at the end. */
export async function directTraining(
  preset: Preset,
  seed = ONE_RUN,
): Promise<CurriculumSweepRow[]> {
  const cells = CURRICULUM_MU.map((mu) => ({
    student: "He3",
    mu,
    d: 1000,
    batch: 500,
    step: 0.1,
    copies: byPreset(preset, 4, 16),
    steps: byPreset(preset, 4000, 6000),
    points: 1,
  }));
  const rows = await sweep({ name: "direct training", run: trajectories, cells, seeds: [seed] });
  return rows.filter((row) => row.at > 0).map(({ mu, copy, at, m, s }) => ({
    mu,
    copy,
    at,
    stage: 0,
    m,
    s,
  }));
}

/** E8: the digits, median over 4 seeds. */
export function digitsExperiment(
  preset: Preset,
  seed?: string,
): Promise<
  {
    mu: number;
    seed: string;
    exit: number | null;
    initialLoss: number;
    fullTrainLoss: number;
    fullTestLoss: number;
  }[]
> {
  const cells = grid({
    mu: byPreset(preset, [0.8, 0.6, 0.4, 0.2, 0], [0.9, 0.8, 0.6, 0.4, 0.2, 0]),
    fullSteps: byPreset(preset, 2000, 20000),
    step: 0.5,
    maxSteps: 60000,
  });
  const seeds = below(seed, ["1", "2", "3", "4"]);
  return sweep({ name: "digits", run: digitsSearch, cells, seeds });
}

/** E10: stationary noise of the linear target, `η = 0.1`, `Δ = 0.5`, `d = 10⁵`. */
export function noiseFloorExperiment(
  preset: Preset,
  seed = ONE_RUN,
): Promise<{ mu: number; batch: number; copy: number; gap: number; excessRisk: number }[]> {
  const cells = grid({
    mu: [0.2, 0.5, 0.7],
    d: 1e5,
    batch: [1e5, 4e5],
    step: 0.1,
    noise: 0.5,
    copies: byPreset(preset, 10, 40),
    burnIn: 1000,
    steps: byPreset(preset, 1000, 2000),
  });
  return sweep({ name: "label-noise floor", run: stationaryNoise, cells, seeds: [seed] });
}

/** E11: samples/d to `|m| = 0.5` of the linear target at μ = 0.5, adaptive and constant batch. */
export async function batchRules(
  preset: Preset,
  rules: (d: number) => { adaptive: { least: number; factor: number }; constant: number },
  seed = ONE_RUN,
): Promise<{ d: number; rule: string; copy: number; samples: number | null }[]> {
  const cells = [1e5, 1e7, 1e9].flatMap((d) => {
    const { adaptive, constant } = rules(d);
    const common = {
      mu: 0.5,
      d,
      step: 0.1,
      copies: byPreset(preset, 200, 400),
      radius: 0.5,
      maxSteps: 5000,
    };
    return [
      { ...common, rule: "adaptive" as const, ...adaptive },
      { ...common, rule: "constant" as const, least: constant, factor: 0 },
    ];
  });
  return await sweep({
    name: "adaptive and constant batch",
    run: samplesToLearn,
    cells,
    seeds: [seed],
  });
}

/** E7, F8: committee of four units, test loss against steps. */
export function committeeExperiment(
  preset: Preset,
  student = "relu",
  seed?: string,
): Promise<
  { student: string; mu: number; rank: number; seed: string; at: number; loss: number }[]
> {
  const cells = grid({
    student,
    rank: [1, 2, 4],
    mu: [0.1, 0.5, 0.9],
    width: 4,
    d: 100,
    batch: byPreset(preset, 100, 300),
    step: 1,
    steps: 2500,
    points: 60,
  });
  return sweep({
    name: `committee, ${student}`,
    run: committeeLoss,
    cells,
    seeds: below(seed, byPreset(preset, ["1"], ["1", "2", "3", "4"])),
  });
}
