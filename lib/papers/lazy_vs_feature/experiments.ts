/**
 * The experiments of lazy-vs-feature: which cells each one sweeps, at each preset. Notebook and claims
 * call the same functions, and `sweep` remembers finished cells.
 *
 * @module
 */
import {
  byPreset,
  distinct,
  linspace,
  type Preset,
  summary,
  sweep,
  type SweepRow,
  where,
} from "../../experiment/mod.ts";
import type { Point } from "../../figure/mod.ts";
import { stream, wishart } from "../../random/mod.ts";
import {
  type ActivationName,
  claim2Gram,
  INPUT_LAWS,
  type InputLaw,
  type ModelOptions,
  quantised,
} from "./problem.ts";
import {
  type Algorithm,
  type CourseCell,
  type CourseRow,
  courses,
  generalCourses,
  type HittingCell,
  type HittingRow,
  hittingTimes,
  type InputCell,
  inputCourses,
  LAW_NAMES,
  type LawCell,
  type LawRow,
  lawTests,
  type Placement,
  type PolicyCell,
  type PolicyRow,
  policyRuns,
  type RunOptions,
  type SignedCell,
  type SignedRow,
  signedRuns,
} from "./simulation.ts";

/** Seed of everything that is drawn. */
export const SEED = "7";

/** Model S as options. */
export const S: ModelOptions = { activation: "h3", k: 8, kappa: Math.SQRT1_2 };

/** Rows of copies of a chain. */
export type CourseRows = SweepRow<CourseCell, CourseRow, string>[];
/** Rows of times to half an overlap. */
export type HittingRows = SweepRow<HittingCell, HittingRow, string>[];
/** Rows of two-sample tests. */
export type LawRows = SweepRow<LawCell, LawRow, string>[];
/** Rows of runs on other inputs. */
export type InputRows = SweepRow<InputCell, { copy: number; tau: number; m: number }, string>[];

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

/** Runs groups of copies, each split in four cells, so that workers share them. */
export function courseSweep(name: string, groups: readonly Group[]): Promise<CourseRows> {
  const cells = groups.flatMap(({ copies, ...group }) => {
    const part = Math.ceil(copies / 4);
    return [0, 1, 2, 3].map((i) => (
      { ...group, first: i * part, copies: Math.min(part, copies - i * part) }
    )).filter((cell) => cell.copies > 0);
  });
  return sweep({ name, run: courses, cells, seeds: [SEED] });
}

/** Mean of a column against time, with its standard error and the 10 and 90 % quantiles. */
export function meanCourse<R extends { tau: number }>(
  rows: readonly R[],
  series: string,
  of: (row: R) => number,
): Point[] {
  return distinct(rows, "tau").toSorted((a, b) => a - b).map((x) => {
    const values = where(rows, "tau", x).map(of).toSorted((a, b) => a - b);
    const at = (share: number) => values[Math.round(share * (values.length - 1))];
    const { mean, se } = summary(values);
    return { series, x, y: mean, se, low: at(0.1), high: at(0.9) };
  });
}

/** F1, C5, C7: model S at the best step in three dimensions. */
export function referenceCourses(preset: Preset): Promise<CourseRows> {
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
  );
}

/** F2, C4: two-sample tests of every chain, 4000 copies (1000). */
export function exactness(preset: Preset): Promise<LawRows> {
  const cells = LAW_NAMES.map((law) => ({ law, copies: byPreset(preset, 250, 4000), mistake: 1 }));
  return sweep({ name: "chains against direct SGD", run: lawTests, cells, seeds: [SEED] });
}

/** C4, negative control: the chains take steps that are 1.3 times too long. */
export function mistaken(preset: Preset): Promise<LawRows> {
  const cells = (["A3", "A4"] as const).map((law) => (
    { law, copies: byPreset(preset, 250, 4000), mistake: 1.3 }
  ));
  return sweep({ name: "chains with a mistake", run: lawTests, cells, seeds: [SEED] });
}

/** F3, C6: a million dimensions, `h₂`, `k = 4`, `κ = 1/4` (10⁵ at the quick preset). */
export function millionCourses(preset: Preset): Promise<CourseRows> {
  const d = byPreset(preset, 1e5, 1e6);
  return courseSweep("a million dimensions", [{
    label: "h2",
    model: { activation: "h2", k: 4, kappa: 0.25, c: quantised(4, () => 1) },
    run: { n: d - 4, alpha: 4.5505 },
    times: linspace(0.25, 1.5, 6),
    copies: 4,
  }]);
}

/** Step scale of the fine-tuning runs of F4: the best one for the time to `m = ½`. */
export const FASTEST = 0.351;

function hitting(name: string, cells: HittingCell[]): Promise<HittingRows> {
  return sweep({ name, run: hittingTimes, cells, seeds: [SEED] });
}

/** F4, C8, C9, C10: steps to half an overlap against the dimension, four routes. */
export function dimensionTimes(preset: Preset): Promise<HittingRows> {
  const at = (
    ds: number[],
    cell: (d: number) => Omit<HittingCell, "d" | "copies">,
    copies = byPreset(preset, 32, 128),
  ) => ds.map((d) => ({ ...cell(d), d, copies }));
  const pair = { activation: "h3" as const, k: 2, kappa: 1, c: quantised(2, () => 1) };
  return hitting("steps against dimension", [
    ...at(byPreset(preset, [300, 1000, 3000], [300, 1000, 3000, 10_000, 30_000]), (d) => (
      { route: "fine-tuning", model: S, eta: FASTEST / (d - 8), maxSteps: 30 * d }
    ), 128),
    ...at(byPreset(preset, [100, 300, 1000], [100, 300, 1000, 3000]), (d) => (
      { route: "GLM", model: { ...S, activation: "h2" }, eta: 0.1 / d, maxSteps: 400 * d }
    )),
    ...at(byPreset(preset, [32, 64, 128], [32, 64, 128, 192]), (d) => (
      { route: "GLM", model: S, eta: 0.1 * d ** -1.5, maxSteps: 200 * d * d }
    )),
    ...at([32, 64, 96], (d) => (
      { route: "all weights", model: pair, eta: 0.1 * d ** -1.5, maxSteps: 200 * d * d }
    )),
  ]);
}

/** F5, C11: one teacher on a plane, fine-tuned and from scratch. */
export function planeTimes(preset: Preset): Promise<HittingRows> {
  const ds = byPreset(preset, [32, 64], [32, 64, 128]);
  return hitting(
    "one teacher, two ways",
    ds.flatMap((d) => [
      {
        route: "plane, fine-tuning",
        model: S,
        d,
        eta: 0.3 / (d - 1),
        copies: 256,
        maxSteps: 200 * d,
      },
      {
        route: "plane",
        model: S,
        d,
        eta: 0.5 * d ** -1.5,
        copies: byPreset(preset, 16, 64),
        maxSteps: 200 * d * d,
      },
    ]),
  );
}

/** The paper's Claim 2 with `k = 3`, `ξ = 1` and one wrong sign, `q = ⅓`. */
export function claim2Model(): ModelOptions {
  const c = quantised(3), hatC = c.map((x, i) => i === 0 ? -x : x);
  return { activation: "h3", k: 3, kappa: 1 / Math.sqrt(3), c, hatC, gram: claim2Gram(3, c) };
}

/** F20, C33: Claim 2, fine-tuned and from scratch. */
export function claim2Times(preset: Preset): Promise<HittingRows> {
  const model = claim2Model(), copies = byPreset(preset, 32, 128);
  const { hatC: _, ...teacher } = model;
  return hitting("Claim 2", [
    ...byPreset(preset, [100, 300], [100, 300, 1000, 3000]).map((d) => (
      { route: "fine-tuning", model, d, eta: 0.08 / (d - 3), copies, maxSteps: 400 * d } as const
    )),
    ...byPreset(preset, [24, 36, 54], [24, 36, 54, 81]).map((d) => ({
      route: "all weights",
      model: teacher,
      d,
      eta: 0.1 * d ** -1.5,
      copies,
      maxSteps: 200 * d * d,
    } as const)),
  ]);
}

/** F6, C14: `h₃`, `k = 1`, `d = 400` at half the best step scale of each `κ`. */
export function kappaTimes(
  preset: Preset,
  bestScale: (kappa: number) => number,
): Promise<HittingRows> {
  const d = 400;
  return hitting(
    "times against κ",
    byPreset(preset, [0.5, 1], [0.5, 1, 1.5, 2]).map((kappa) => ({
      route: "fine-tuning",
      model: { activation: "h3", k: 1, kappa, c: [1] },
      d,
      eta: bestScale(kappa) / 2 / (d - 1),
      copies: byPreset(preset, 64, 256),
      maxSteps: 4000 * d,
    })),
  );
}

/** F7, C15: model S from zero, nonlinear and linearised, `n = 600`. */
export function zeroStarts(preset: Preset): Promise<CourseRows> {
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
  );
}

/** F9, C17: late courses at fractions of the best step scale, `n = 3000`. */
export function lateCourses(preset: Preset): Promise<CourseRows> {
  return courseSweep(
    "late courses",
    [0.5, 1, 1.5].map((fraction) => ({
      label: String(fraction),
      model: S,
      run: { n: 3000, alpha: 0.2 * fraction, m0: Math.sqrt(1 - 1e-4) },
      times: [10, 40],
      copies: byPreset(preset, 8, 64),
    })),
  );
}

/** F9, C19: the deep tail, `n = 500`. */
export function deepTail(preset: Preset): Promise<CourseRows> {
  return courseSweep("deep tail", [{
    label: "tail",
    model: S,
    run: { n: 500, alpha: 0.2, m0: Math.sqrt(1 - 1e-4) },
    times: linspace(10, 250, 25),
    copies: byPreset(preset, 8, 64),
  }]);
}

/** Rows of runs with random signs. */
export type SignedRows = SweepRow<SignedCell, SignedRow, string>[];

/** Runs groups with random signs, each split in four cells. */
function signedSweep(
  name: string,
  groups: readonly Omit<SignedCell, "first">[],
): Promise<SignedRows> {
  const cells = groups.flatMap(({ copies, ...group }) =>
    [0, 1, 2, 3].map((i) => ({ ...group, first: i * copies / 4, copies: copies / 4 }))
  );
  return sweep({ name, run: signedRuns, cells, seeds: [SEED] });
}

/** F10, C20: joint training from random signs, `k = 9`, two ratios of the rates. */
export function jointCourses(preset: Preset): Promise<SignedRows> {
  return signedSweep(
    "joint training",
    [1, 5].map((ratio) => ({
      label: String(ratio),
      model: { activation: "h3", k: 9, kappa: Math.SQRT1_2, c: quantised(9) },
      run: { algorithm: "joint", n: 600, alpha: 0.0985, ratio },
      copies: byPreset(preset, 16, 256),
      times: linspace(0, 120, 25),
    })),
  );
}

/** The generic start of C21, `ĉ ∝ c ⊙` these. */
const GENERIC = [1.2, 0.9, 1.1, -0.5, 0.8, 1, -0.7, 0.6, 1.3];

/** The model of C21: `k = 9` from a generic `ĉ`. */
export function genericModel(): ModelOptions {
  const raw = quantised(9).map((x, i) => x * GENERIC[i]), norm = Math.hypot(...raw);
  return { activation: "h3", k: 9, kappa: Math.SQRT1_2, hatC: raw.map((x) => x / norm) };
}

/** C21: chains from the generic start, `n = 3000`. */
export function genericCourses(preset: Preset): Promise<CourseRows> {
  return courseSweep("joint training, generic start", [{
    label: "generic",
    model: genericModel(),
    run: { algorithm: "joint", n: 3000, alpha: 0.09850074962519291, m0: 0 },
    times: [5, 10, 20, 30, 40, 60],
    copies: byPreset(preset, 4, 16),
  }]);
}

/** F14(a), C29: the paper's algorithm, random frozen signs, `k = 25`, `n = 1000`. */
export function frozenCourses(preset: Preset): Promise<SignedRows> {
  return signedSweep("frozen random signs", [{
    label: "frozen",
    model: { activation: "h3", k: 25, kappa: Math.SQRT1_2 },
    run: { n: 1000, alpha: 0.05 },
    copies: byPreset(preset, 8, 64),
    times: byPreset(preset, linspace(0, 150, 16), linspace(0, 300, 31)),
  }]);
}

/** F14(b), C36: joint and frozen from the same starts, `k = 9`, `n = 600`. */
export function pairedCourses(preset: Preset): Promise<SignedRows> {
  return signedSweep(
    "joint against frozen",
    (["joint", "sphere"] as const).map((algorithm) => ({
      label: algorithm,
      model: { activation: "h3", k: 9, kappa: Math.SQRT1_2 },
      run: { algorithm, n: 600, alpha: 0.06 },
      copies: byPreset(preset, 12, 96),
      times: linspace(0, 240, 25),
    })),
  );
}

/** F14(c): the paper's own size, ReLU, `d = 2000`, `k = 50`, `ξ = 1`, random unit neurons; full preset. */
export function ownSize(): Promise<SignedRows> {
  const k = 50, kappa = 1 / Math.sqrt(k), d = 2000;
  return signedSweep(
    "the paper's own size",
    (["sphere", "joint"] as const).map((algorithm) => ({
      label: algorithm,
      model: { activation: "relu", k, kappa, gram: randomGram(k, d) },
      run: { algorithm, n: d - k, alpha: 15 },
      copies: 4,
      times: linspace(0, 100, 51),
    })),
  );
}

/** Gram matrix of `k` uniform unit vectors in `d` dimensions. */
function randomGram(k: number, d: number): number[] {
  const rng = stream(SEED, "random base"), gram = wishart(rng, d, k);
  return Array.from(gram, (x, at) => {
    const i = Math.floor(at / k), j = at % k;
    return x / Math.sqrt(gram[i * (k + 1)] * gram[j * (k + 1)]);
  });
}

/** F15: joint training and its losses at `κ = 1`, `k = 9`, `n = 600`. */
export function jointLosses(preset: Preset): Promise<SignedRows> {
  return signedSweep("joint training at κ = 1", [{
    label: "joint",
    model: { activation: "h3", k: 9, kappa: 1, c: quantised(9) },
    run: { algorithm: "joint", n: 600, alpha: 0.06 },
    copies: 8,
    times: linspace(0, byPreset(preset, 200, 400), 41),
  }]);
}

/** F15: the linearised model at `κ = 1`, `k = 9`, `n = 600`. */
export function lazyLosses(preset: Preset): Promise<CourseRows> {
  return courseSweep("linearised at κ = 1", [{
    label: "lazy",
    model: { activation: "h3", k: 9, kappa: 1 },
    run: { algorithm: "lazy", n: 600, alpha: 0.03 },
    times: linspace(5, byPreset(preset, 200, 400), 40),
    copies: 8,
  }]);
}

/** E1: step sizes fixed, scheduled and controlled, model S, `n = 2000`. */
export function policies(preset: Preset): Promise<SweepRow<PolicyCell, PolicyRow, string>[]> {
  const cells = ([
    ["fixed", 0.05],
    ["fixed", 0.2],
    ["fixed", FASTEST],
    ["schedule", 0.2],
    ["controller", 0.05],
  ] as const).map(([policy, alpha]) => ({
    policy,
    alpha,
    early: FASTEST,
    model: S,
    n: 2000,
    copies: byPreset(preset, 3, 16),
    times: linspace(2, 60, 30),
  }));
  return sweep({ name: "step-size policies", run: policyRuns, cells, seeds: [SEED] });
}

/** F11, C23: model S with wrong signs in a frozen `ĉ`, `n = 1000`, `α = 0.1`. */
export function wrongSigns(preset: Preset): Promise<CourseRows> {
  return courseSweep(
    "wrong signs",
    linspace(0, 8, 9).map((flips) => ({
      label: String(flips),
      model: { ...S, hatC: quantised(8).map((x, i) => i < flips ? -x : x) },
      run: { n: 1000, alpha: 0.1 },
      times: [60],
      copies: byPreset(preset, 4, 32),
    })),
  );
}

/** Times of the runs on other inputs. */
export const INPUT_TIMES: readonly number[] = [1, 2, 3.5, 5, 7.5, 10, 12.5, 15, 17.5, 20];

/** F12, C24: other laws of the inputs, `d = 300`, whole inputs. */
export function inputLaws(preset: Preset): Promise<InputRows> {
  const placements: Placement[] = ["localised", "delocalised"];
  const cells = placements.flatMap((placement) =>
    INPUT_LAWS.map((input) => ({
      input,
      placement,
      d: 300,
      k: 8,
      alpha: 0.1,
      copies: byPreset(preset, 8, 48),
      times: INPUT_TIMES,
    }))
  ).filter(({ placement, input }) =>
    preset === "full" || placement === "localised" || input === "rademacher"
  );
  return sweep({ name: "input laws", run: inputCourses, cells, seeds: [SEED] });
}

/** F12: the same laws in the base features alone, by the exact chain. */
export function featureLaws(preset: Preset): Promise<CourseRows> {
  return courseSweep(
    "laws of base features",
    INPUT_LAWS.map((law: InputLaw) => ({
      label: law,
      model: S,
      run: { n: 292, alpha: 0.1, m0: 0, law },
      times: INPUT_TIMES,
      copies: byPreset(preset, 32, 128),
    })),
  );
}

/** F13: whitened digits, 40 components, base in random and in principal directions. */
export function digitCourses(preset: Preset): Promise<InputRows> {
  const placements: Placement[] = ["delocalised", "localised"];
  const cells = placements.map((placement) => ({
    input: "digits" as const,
    placement,
    d: 40,
    k: 4,
    alpha: 0.1,
    copies: byPreset(preset, 64, 256),
    times: linspace(4, 60, 15),
  }));
  return sweep({ name: "digits", run: inputCourses, cells, seeds: [SEED] });
}

/** F16: four activations at half their best step scales, two sizes of the perturbation. */
export function activationCourses(
  preset: Preset,
  bestScale: (model: ModelOptions) => number,
): Promise<CourseRows> {
  const groups = [1 / 3, Math.SQRT1_2].flatMap((kappa) =>
    (["erf", "relu", "h2", "h3"] as const).map((activation) => {
      const model = { activation, k: 9, kappa };
      return {
        label: `${activation} ${kappa}`,
        model,
        run: { n: 1000, alpha: bestScale(model) / 2 },
        times: linspace(2.5, 50, 20),
        copies: byPreset(preset, 8, 32),
      };
    })
  );
  return courseSweep("activations", groups);
}

/** F17: ReLU, `k = 20`, `d = 1000`, parts of `u` in the span of the base. */
export function tiltedCourses(
  preset: Preset,
): Promise<{ copy: number; tau: number; m: number; parallel: number }[]> {
  const model: ModelOptions = { activation: "relu", k: 20, kappa: Math.SQRT1_2 };
  const cells = [0, 0.25, 0.5, 0.75, 1].map((parallel) => ({
    model,
    d: 1000,
    alpha: 1,
    parallel,
    copies: byPreset(preset, 4, 48),
    times: linspace(2, 40, 20),
  }));
  return sweep({ name: "tilted directions", run: generalCourses, cells, seeds: [SEED] });
}

/** The left factor of F18: 12 signs `+`, 8 signs `−`, as a random draw may give. */
export const TYPICAL: readonly number[] = quantised(20, (i) => i < 12 ? 1 : -1);

/** F18: `h₃`, `k = 20`, a typical `c`, `n = 980`, at given sizes and step scales. */
export function interpolation(
  preset: Preset,
  groups: { xi: number; alpha: number; times: number[] }[],
): Promise<CourseRows> {
  return courseSweep(
    "interpolation",
    groups.map(({ xi, alpha, times }) => ({
      label: String(xi),
      model: { activation: "h3", k: 20, kappa: xi / Math.sqrt(20), c: TYPICAL },
      run: { n: 980, alpha },
      times,
      copies: byPreset(preset, 4, 32),
    })),
  );
}

/** F16: the same activations without a base, `d = 1000`, at half the best late step scale. */
export function indexCourses(
  preset: Preset,
  bestScale: (activation: ActivationName) => number,
): Promise<CourseRows> {
  return courseSweep(
    "single index",
    (["erf", "relu", "h2", "h3"] as const).map((activation) => ({
      label: activation,
      model: { activation, k: 1, kappa: 1, c: [1], gram: [0], normalize: false },
      run: { n: 1000, alpha: bestScale(activation) / 2 },
      times: linspace(2.5, 50, 20),
      copies: byPreset(preset, 8, 32),
    })),
  );
}
