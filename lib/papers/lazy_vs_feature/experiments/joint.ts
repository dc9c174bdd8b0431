/**
 * Experiments with an unknown left factor: joint training, and frozen random signs.
 *
 * @module
 */
import { byPreset, linspace, type Preset, sweep, type SweepRow } from "../../../experiment/mod.ts";
import { stream, wishart } from "../../../random/mod.ts";
import { type ModelOptions, quantised } from "../model.ts";
import { type SignedCell, type SignedRow, signedRuns } from "../simulation/mod.ts";
import { type CourseRows, courseSweep, lanes, parts, SEED } from "./runs.ts";

/** Rows of runs with random signs. */
export type SignedRows = SweepRow<SignedCell, SignedRow, string>[];

/** Runs groups with random signs, each split in four cells. */
function signedSweep(
  name: string,
  groups: readonly Omit<SignedCell, "first">[],
  seed = SEED,
): Promise<SignedRows> {
  const cells = groups.flatMap(({ copies, ...group }) =>
    parts(copies).map((part) => ({ ...group, ...part }))
  );
  return sweep({ name, run: signedRuns, cells, seeds: [seed], ...lanes(groups) });
}

/** F10, C20: joint training from random signs, `k = 9`, two ratios of the rates. */
export function jointCourses(preset: Preset, seed?: string): Promise<SignedRows> {
  return signedSweep(
    "joint training",
    [1, 5].map((ratio) => ({
      label: String(ratio),
      model: { activation: "h3", k: 9, kappa: Math.SQRT1_2, c: quantised(9) },
      run: { algorithm: "joint", n: 600, alpha: 0.0985, ratio },
      copies: byPreset(preset, 12, 128),
      times: linspace(0, 120, 25),
    })),
    seed,
  );
}

/** The generic start of C21, `ĉ ∝ c ⊙` these. */
const GENERIC = [1.2, 0.9, 1.1, -0.5, 0.8, 1, -0.7, 0.6, 1.3];

/** The model of C21: `k = 9` from a generic `ĉ`. */
export function genericModel(): ModelOptions {
  const raw = quantised(9).map((x, i) => x * GENERIC[i]), norm = Math.hypot(...raw);
  return { activation: "h3", k: 9, kappa: Math.SQRT1_2, hatC: raw.map((x) => x / norm) };
}

/** Step scale of C21. */
export const GENERIC_SCALE = 0.09850074962519291;

/** F15(c), C21: chains from the generic start, `n = 3000`. */
export function genericCourses(preset: Preset, seed?: string): Promise<CourseRows> {
  return courseSweep("joint training, generic start", [{
    label: "generic",
    model: genericModel(),
    run: { algorithm: "joint", n: 3000, alpha: GENERIC_SCALE, m0: 0 },
    times: [5, 10, 20, 30, 40, 60],
    copies: byPreset(preset, 4, 16),
  }], seed);
}

/** F14(a), C29: the paper's algorithm, random frozen signs, `k = 25`, `n = 1000`. */
export function frozenCourses(preset: Preset, seed?: string): Promise<SignedRows> {
  return signedSweep("frozen random signs", [{
    label: "frozen",
    model: { activation: "h3", k: 25, kappa: Math.SQRT1_2 },
    run: { n: 1000, alpha: 0.05 },
    copies: byPreset(preset, 8, 64),
    times: byPreset(preset, linspace(0, 150, 16), linspace(0, 300, 31)),
  }], seed);
}

/** F14(b), C36: joint and frozen from the same starts, `k = 9`, `n = 600`. */
export function pairedCourses(preset: Preset, seed?: string): Promise<SignedRows> {
  return signedSweep(
    "joint against frozen",
    (["joint", "sphere"] as const).map((algorithm) => ({
      label: algorithm,
      model: { activation: "h3", k: 9, kappa: Math.SQRT1_2 },
      run: { algorithm, n: 600, alpha: 0.06 },
      copies: byPreset(preset, 8, 48),
      times: linspace(0, 240, 25),
    })),
    seed,
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
      copies: 10,
      times: linspace(0, 60, 31),
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
    copies: byPreset(preset, 4, 8),
    times: linspace(0, 200, 41),
  }]);
}

/** F15: the linearised model at `κ = 1`, `k = 9`, `n = 600`. */
export function lazyLosses(preset: Preset): Promise<CourseRows> {
  return courseSweep("linearised at κ = 1", [{
    label: "lazy",
    model: { activation: "h3", k: 9, kappa: 1 },
    run: { algorithm: "lazy", n: 600, alpha: 0.03 },
    times: linspace(5, 200, 40),
    copies: byPreset(preset, 4, 8),
  }]);
}

/** The model of C30: `h₃`, `k = 9`, three wrong signs, `q = ⅓`. */
export function wrongThird(): ModelOptions {
  const c = quantised(9), hatC = c.map((x, i) => i < 3 ? -x : x);
  return { activation: "h3", k: 9, kappa: Math.SQRT1_2, c, hatC };
}

/** C30: late overlaps with a wrong `ĉ` at small step scales, `n = 3000`. */
export function stationaryCourses(preset: Preset, seed?: string): Promise<CourseRows> {
  const cases = byPreset(preset, [[0.1, 60]], [[0.1, 80], [0.05, 160]]);
  return courseSweep(
    "stationary overlap",
    cases.map(([alpha, tau]) => ({
      label: String(alpha),
      model: wrongThird(),
      run: { n: 3000, alpha, m0: 0.85 },
      times: [tau],
      copies: byPreset(preset, 8, 16),
    })),
    seed,
  );
}
