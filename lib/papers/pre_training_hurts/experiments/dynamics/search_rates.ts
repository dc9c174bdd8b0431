/**
 * Search times measured beside the 2 by 2 matrix, for any student, teacher and frozen weight.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  linspace,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, type Series } from "../../../../figure/mod.ts";
import { activation, type ActivationLike } from "../../../../gaussian/mod.ts";
import { type Frozen, frozenOf } from "../../frozen.ts";
import { firstTeacher } from "../../simulation/curriculum.ts";
import { type RunRow, sgdRun } from "../../simulation/runs/run.ts";
import { descentDirection, type StartPlace } from "../../starts.ts";
import { growthRate, searchTime } from "../../theory/growth.ts";
import { misalignedSearchMatrix, type SearchMatrix } from "../../theory/search_matrix.ts";
import { activationWords, runsOf, strengthColumn, strengthsParameter } from "../physics.ts";
import { plain } from "./words.ts";

/** A student and its teacher; the teacher is the student when not given. */
export interface Pairing {
  /** Student activation. */
  readonly student: ActivationLike;
  /** Teacher activation. */
  readonly teacher?: ActivationLike;
}

/** Unit weights at angles from the target, in degrees. */
export function unitWeights(degrees: readonly number[]): Frozen[] {
  return degrees.map((angle) => [Math.cos(angle * Math.PI / 180), Math.sin(angle * Math.PI / 180)]);
}

/**
 * Parameters of {@linkcode searchRates}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const searchRateParameters = {
  pairs: param.values<Pairing>(
    [{ student: "x" }, { student: "erf" }, { student: "relu" }, { student: "He3" }],
    'students, each with its teacher if that is another: [{ student: "tanh(z)", teacher: "x" }]',
    ({ student, teacher = student }: Pairing) => [activation(student), activation(teacher)],
    "an object { student, teacher }",
  ),
  w0: strengthsParameter(unitWeights([15, 30, 45, 60, 75, 90])),
  d: param.integer(1000, "input dimension", { least: 3 }),
  batch: param.integer(20_000, "fresh inputs a step", { least: 1 }),
  step: param.number(0.2, "step size η, divided by N_k for He_k", { above: 0 }),
  amplitude: param.number(0.05, "length of (u, m) on the unstable mode at the start", {
    above: 0,
    below: 0.2,
  }),
  steps: param.integer(60, "most steps of a run; it ends earlier where the mode has doubled", {
    least: 2,
  }),
  copies: param.integer(16, "independent runs", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof searchRateParameters>;

/** Search times of one student at one frozen weight. */
export interface SearchRateRow extends Row {
  /** Name of the student, with its teacher's if that is another. */
  pair: string;
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Strength of an aligned weight, or the angle of w₀ to the target in degrees. */
  x: number;
  /** `A`, for a weight beside the ray the length of the gradient. */
  A: number;
  /** `B`. */
  B: number;
  /** Growth of `ln` of the mode per step by theory, `ln(1 + ηλ₊)`. */
  predicted: number;
  /** The same measured, from the mean of the mode over the copies. */
  measured: number;
  /** Its standard error. */
  se: number;
}

function pairName({ student, teacher }: Pairing): string {
  const words = activationWords(student);
  if (teacher === undefined) return words;
  return `${words} on ${teacher === "0" ? "labels 0" : activationWords(teacher)}`;
}

/** `A` and `B` of the search from any frozen weight: `A` is the length of the population gradient. */
function matrixOf({ student, teacher = student }: Pairing, w0: Frozen): SearchMatrix {
  const frozen = frozenOf(w0), r = frozen.reduce((sum, x) => sum + x * x, 0);
  return misalignedSearchMatrix(r, frozen[0], student, teacher);
}

/** Strength or angle. */
function abscissa(w0: Frozen): number {
  if (typeof w0 === "number") return w0;
  return Math.atan2(Math.hypot(...w0.slice(1)), w0[0]) * 180 / Math.PI;
}

interface Search {
  readonly rate: number;
  readonly A: number;
  readonly direction: readonly number[];
  readonly steps: number;
}

/** The unstable mode: rate, direction of the gradient, steps until it has doubled. */
function searchOf(pair: Pairing, w0: Frozen, p: Parameters): Search & SearchMatrix {
  const matrix = matrixOf(pair, w0), rate = growthRate(matrix);
  const { student, teacher = student } = pair;
  const place: StartPlace = { d: p.d, frozen: frozenOf(w0), student, teacher };
  const direction = descentDirection(place);
  const steps = Math.max(2, Math.min(p.steps, Math.ceil(Math.LN2 / Math.log1p(p.step * rate))));
  return { ...matrix, rate, direction, steps };
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<SearchRateRow[]> {
  const cells = p.pairs.flatMap((pair) =>
    p.w0.map((w0) => {
      const { student, teacher } = pair, { rate, A, direction, steps } = searchOf(pair, w0, p);
      const part = p.amplitude / Math.hypot(rate, A);
      const start = { u: rate * part, a: direction.map((x) => x * A * part) };
      return {
        columns: { pair: plain(pairName(pair)), mu: strengthColumn(w0) },
        setting: {
          ...{ student, w0, d: p.d, batch: p.batch, step: p.step, start, looks: [0, steps] },
          ...(teacher === undefined ? {} : { teacher }),
        },
      };
    })
  );
  const { copies, seed } = p;
  const rows = await runsOf(sweep, {
    ...{ run: sgdRun, cells, copies, seed, together: 4, label: "search rates" },
  });
  return p.pairs.flatMap((pair) =>
    p.w0.map((w0): SearchRateRow => {
      const { rate, A, B, direction, steps } = searchOf(pair, w0, p), name = plain(pairName(pair));
      const mode = ({ u, m, n }: RunRow) =>
        Math.abs(rate * u + A * (m * direction[0] + n * (direction[1] ?? 0)));
      const own = where(where(rows, "pair", name), "mu", strengthColumn(w0));
      // The mean of the mode grows as the law says, that of its logarithm more slowly.
      const grown = where(own, "at", steps).map((row) => mode(row) / mode(where(own, "at", 0)[0]));
      const { mean, se } = summary(grown);
      return {
        ...{ pair: name, mu: strengthColumn(w0), x: abscissa(w0), A, B },
        predicted: Math.log1p(p.step * rate),
        ...{ measured: Math.log(mean) / steps, se: se / mean / steps },
      };
    })
  );
}

function draw(rows: readonly SearchRateRow[], p: Parameters): Figure {
  const angles = p.w0.some((w0) => typeof w0 !== "number");
  const xs = p.w0.map(abscissa), low = Math.min(...xs), high = Math.max(...xs);
  const series: Series[] = p.pairs.map((pair) => {
    const own = where(rows, "pair", plain(pairName(pair)));
    const fine = linspace(low, high, 60).map((x) => angles ? unitWeights([x])[0] : x);
    const radii = p.w0.map((w0) => Math.hypot(...frozenOf(w0)));
    const drawn = !angles || radii.every((r) => Math.abs(r - 1) < 1e-9);
    const tau = (rate: number) => p.step / Math.expm1(rate);
    const bars = own.map(({ x, measured, se }) => ({
      ...{ x, y: tau(measured), low: tau(measured + 2 * se), high: tau(measured - 2 * se) },
    }));
    return {
      ...{ name: pairName(pair), marks: bars, bars },
      ...(drawn
        ? { line: fine.map((w0) => ({ x: abscissa(w0), y: searchTime(matrixOf(pair, w0)) })) }
        : {}),
    };
  });
  const places = series.flatMap(({ marks }) => marks!.map(({ y }) => y)).filter((y) => y > 0);
  const drawing = {
    title: "",
    x: { label: angles ? "angle of /{w}₀ to the target (degrees)" : "pre-training strength /{μ}" },
    y: {
      label: "search time /{τ}",
      type: "log" as const,
      domain: [0.5 * Math.min(...places), 2 * Math.max(...places)],
    },
    ...{ series, legend: "above" as const },
  };
  return figureOf([drawing], {
    caption: `Search time τ = 1/λ₊ from ${angles ? "a frozen weight beside the ray" : "w₀ = μω⋆"}` +
      ", lines: 2 by 2 matrix with A the length of the population gradient at w₀; marks: growth of " +
      `the unstable mode in ${p.copies} runs of the exact chain, d = ${p.d}, b = ${p.batch}, ` +
      `η = ${p.step} (over N_k for He_k), bars: two standard errors.`,
  });
}

/**
 * Search times τ of any student, teacher and frozen weight: the 2 by 2 matrix, and the growth of the unstable mode
 * in runs that start on it.
 *
 * Law: from `(u, ω) = (λ₊, |c| e)ε` with `e = −c/|c|`, `c = ∇_w L(w₀)`, the mode grows by `1 + ηλ₊` a step.
 * Scale: `measured` and `predicted` are per step, τ is flow time. Source: ours.
 *
 * @example A student of one's own.
 * ```ts
 * import { searchRates } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows: [row] } = await searchRates({ preset: "quick", pairs: [{ student: "tanh(z)" }], w0: [[0, 1]] });
 * assert(Math.abs(row.measured - row.predicted) < 5 * row.se + 0.02 * row.predicted);
 * ```
 */
export const searchRates: Experiment<typeof searchRateParameters, SearchRateRow[], Figure> =
  experiment({
    name: "search times",
    about: "Search time by theory and in runs, for students, teachers and frozen weights of yours.",
    parameters: searchRateParameters,
    quick: { w0: unitWeights([30, 60, 90]), batch: 4000 },
    run,
    figure: draw,
  });

/**
 * Search times on squared labels, the first stage of the authors' curriculum; of He₃ on no labels, which has the
 * same mean field and far less noise.
 */
export const squaredLabelRates: typeof searchRates = searchRates.with(
  "search times on squared labels",
  {
    pairs: [
      ...["x", "erf"].map((student) => ({ student, teacher: firstTeacher("squared", student) })),
      { student: "He3", teacher: firstTeacher("zero", "He3") },
    ],
    ...{ w0: [0.1, 0.3, 0.6, 0.9], copies: 12, steps: 30 },
  },
);
