/**
 * The experiments of lazy-vs-feature: which cells each one sweeps, at each preset. Notebook and claims
 * call the same functions, and `sweep` remembers finished cells. Here: what they share, and courses of
 * chains.
 *
 * @module
 */
import {
  byPreset,
  distinct,
  linspace,
  type Preset,
  type Row,
  summary,
  sweep,
  type SweepRow,
  where,
} from "../../../experiment/mod.ts";
import { type ModelOptions, quantised } from "../model.ts";
import {
  type Algorithm,
  type CourseCell,
  type CourseRow,
  courses,
  type RunOptions,
} from "../simulation/mod.ts";

/** Seed of everything that is drawn. */
export const SEED = "7";

/** Model S as options. */
export const S: ModelOptions = { activation: "h3", k: 8, kappa: Math.SQRT1_2 };

/** Rows of copies of a chain. */
export type CourseRows = SweepRow<CourseCell, CourseRow, string>[];

/** One group of copies: a model, its options, its times and a name. */
export interface Group {
  /** Name; the rows carry it as `label`. */
  readonly label: string;
  /** The model. */
  readonly model: ModelOptions;
  /** Options of each copy. */
  readonly run: RunOptions;
  /** Times `τ`. */
  readonly times: readonly number[];
  /** Number of copies. */
  readonly copies: number;
}

/** Steps that take less time than it takes to start a worker: about half a second. */
const FEW = 1.5e6;

/** Where to compute: few steps are done here. */
export function lanes(
  groups: readonly { run: RunOptions; times: readonly number[]; copies: number }[],
): { workers?: number } {
  const steps = groups.reduce(
    (sum, { run, times, copies }) => sum + copies * run.n * times.at(-1)!,
    0,
  );
  return steps < FEW ? { workers: 0 } : {};
}

/** Copies split in four cells at most, so that workers share them. */
export function parts(copies: number): { first: number; copies: number }[] {
  const part = Math.ceil(copies / 4);
  return [0, 1, 2, 3].map((i) => ({ first: i * part, copies: Math.min(part, copies - i * part) }))
    .filter((cell) => cell.copies > 0);
}

/** Runs groups of copies, each split in cells. */
export function courseSweep(
  name: string,
  groups: readonly Group[],
  seed = SEED,
): Promise<CourseRows> {
  const cells = groups.flatMap(({ copies, ...group }) =>
    parts(copies).map((part) => ({ ...group, ...part }))
  );
  return sweep({ name, run: courses, cells, seeds: [seed], ...lanes(groups) });
}

/** A mean at a time: what `overlayFigure` draws. */
export interface MeanPoint extends Row {
  /** Series it belongs to. */
  series: string;
  /** Time. */
  x: number;
  /** Mean. */
  y: number;
  /** Its standard error. */
  se: number;
  /** 10 % quantile. */
  low: number;
  /** 90 % quantile. */
  high: number;
}

/** Mean of a column against time, with its standard error and the 10 and 90 % quantiles. */
export function meanCourse<R extends { tau: number }>(
  rows: readonly R[],
  series: string,
  of: (row: R) => number,
): MeanPoint[] {
  return distinct(rows, "tau").toSorted((a, b) => a - b).map((x) => {
    const values = where(rows, "tau", x).map(of).toSorted((a, b) => a - b);
    const at = (share: number) => values[Math.round(share * (values.length - 1))];
    const { mean, se } = summary(values);
    return { series, x, y: mean, se, low: at(0.1), high: at(0.9) };
  });
}

/** F1, C5, C7: model S at the best step in three dimensions. */
export function referenceCourses(preset: Preset, seed?: string): Promise<CourseRows> {
  const ds = byPreset(preset, [300, 2000], [300, 2000, 12_000]);
  return courseSweep(
    "model S",
    ds.map((d) => ({
      label: `d = ${d}`,
      model: S,
      run: { n: d - 8, alpha: 0.2 },
      times: linspace(2, 40, 20),
      copies: d === 12_000 ? 24 : byPreset(preset, 16, 64),
    })),
    seed,
  );
}

/** F3, C6: a million dimensions, `h₂`, `k = 4`, `κ = 1/4` (10⁵ at the quick preset). */
export function millionCourses(preset: Preset, seed?: string): Promise<CourseRows> {
  const d = byPreset(preset, 1e5, 1e6);
  return courseSweep("a million dimensions", [{
    label: "h2",
    model: { activation: "h2", k: 4, kappa: 0.25, c: quantised(4, () => 1) },
    run: { n: d - 4, alpha: 4.5505 },
    times: linspace(0.25, 1.5, 6),
    copies: 4,
  }], seed);
}

/** F7, C15: model S from zero, nonlinear and linearised, `n = 600`. */
export function zeroStarts(preset: Preset, seed?: string): Promise<CourseRows> {
  const algorithms: Algorithm[] = ["free", "lazy"];
  return courseSweep(
    "from zero",
    algorithms.map((algorithm) => ({
      label: algorithm,
      model: S,
      run: { n: 600, alpha: 0.1, algorithm },
      times: byPreset(preset, linspace(10, 60, 6), linspace(10, 120, 12)),
      copies: byPreset(preset, 16, 32),
    })),
    seed,
  );
}

/** F9, C17: late courses at fractions of the best step scale, `n = 3000`. */
export function lateCourses(preset: Preset, seed?: string): Promise<CourseRows> {
  return courseSweep(
    "late courses",
    [0.5, 1, 1.5].map((fraction) => ({
      label: String(fraction),
      model: S,
      run: { n: 3000, alpha: 0.2 * fraction, m0: Math.sqrt(1 - 1e-4) },
      times: [10, 40],
      copies: byPreset(preset, 4, 32),
    })),
    seed,
  );
}

/** F9, C19: the deep tail, `n = 500`. */
export function deepTail(preset: Preset, seed?: string): Promise<CourseRows> {
  return courseSweep("deep tail", [{
    label: "tail",
    model: S,
    run: { n: 500, alpha: 0.2, m0: Math.sqrt(1 - 1e-4) },
    times: linspace(10, 250, 25),
    copies: byPreset(preset, 8, 64),
  }], seed);
}

/** F11, C23: model S with wrong signs in a frozen `ĉ`, `n = 1000`, `α = 0.1`. */
export function wrongSigns(preset: Preset, seed?: string): Promise<CourseRows> {
  return courseSweep(
    "wrong signs",
    byPreset(preset, [0, 1, 2, 3, 5, 8], linspace(0, 8, 9)).map((flips) => ({
      label: String(flips),
      model: { ...S, hatC: quantised(8).map((x, i) => i < flips ? -x : x) },
      run: { n: 1000, alpha: 0.1 },
      times: [60],
      copies: byPreset(preset, 4, 32),
    })),
    seed,
  );
}

/** C7: model S at the best step, many copies, for the spread of the overlap. */
export function spreadCourses(preset: Preset, seed?: string): Promise<CourseRows> {
  return courseSweep("fluctuations", [{
    label: "spread",
    model: S,
    run: { n: byPreset(preset, 1000, 4000), alpha: 0.2 },
    times: byPreset(preset, [4, 8, 12], [4, 8, 12, 16, 20, 24]),
    copies: byPreset(preset, 100, 200),
  }], seed);
}
