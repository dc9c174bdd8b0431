/**
 * E4: a larger step of one factor or of both.
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
import { meanSearchSteps } from "../../theory/noisy_search.ts";
import { runsOf, settingOf, sgdParameters, strengthColumn, strengthWords } from "../physics.ts";
import {
  batchAt,
  batchParameter,
  batchWords,
  noiseSettingOf,
  physicsWords,
  whyNoMeanTheory,
} from "../search_theory.ts";
import { samplerWords } from "../problem.ts";

const { step: _step, ...physics } = sgdParameters({ mu: [0.9], d: 1e6, copies: 100 });
const FACTORS = "factors by which the step of ";

/**
 * Parameters of {@linkcode stepRatios}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const stepRatioParameters = {
  ...physics,
  batch: batchParameter("d"),
  step: param.number(0.1, "step size of both factors before one is raised", { above: 0 }),
  raiseU: param.numbers([4, 10], `${FACTORS}u is raised; a step above 2/|B| diverges`, {
    above: 0,
  }),
  raiseOmega: param.numbers([10, 50, 100], `${FACTORS}ω is raised`, { above: 0 }),
  raiseBoth: param.numbers([4, 10], `${FACTORS}both is raised`, { above: 0 }),
  radius: param.number(0.1, "overlap |m| at which the search ends", { above: 0, below: 1 }),
  maxSteps: param.integer(20_000, "steps after which a copy is given up", { least: 1 }),
};

/** Values of the parameters. */
export type StepRatioParameters = Values<typeof stepRatioParameters>;

/** What is raised. */
export type Raised = "none" | "u" | "omega" | "both";

/** End of the search of one copy. */
export interface StepRatioRow extends Row {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Whose step is raised. */
  raised: Raised;
  /** By what. */
  factor: number;
  /** Seed of its group of copies. */
  seed: string;
  /** Number of the copy: equal ones share their start over all steps. */
  copy: number;
  /** Step of the passage, interpolated; `null` when it was not seen. */
  exit: number | null;
}

/** Means of one pair of steps beside those of equal steps. */
export interface StepRatioMean extends Row {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Whose step is raised. */
  raised: Raised;
  /** By what. */
  factor: number;
  /** Mean steps; `NaN` when a copy has not arrived. */
  mean: number;
  /** Their ratio to that of equal steps. */
  ratio: number;
  /** Its standard error, from pairs of copies with one start. */
  se: number;
  /** What theory says of the ratio; `null` where it does not hold. */
  theory: number | null;
}

function stepsAt({ step }: StepRatioParameters, raised: Raised, factor: number): [number, number] {
  const u = raised === "u" || raised === "both" ? factor : 1;
  const omega = raised === "omega" || raised === "both" ? factor : 1;
  return [u * step, omega * step];
}

/** All pairs of steps, equal ones first. */
function pairsOf(p: StepRatioParameters): [Raised, number][] {
  return [
    ["none", 1],
    ...p.raiseU.map((x): [Raised, number] => ["u", x]),
    ...p.raiseOmega.map((x): [Raised, number] => ["omega", x]),
    ...p.raiseBoth.map((x): [Raised, number] => ["both", x]),
  ];
}

async function run(p: StepRatioParameters, { sweep }: ExperimentContext): Promise<StepRatioRow[]> {
  const { radius, maxSteps, copies, seed } = p, batch = batchAt(p.batch, p.d);
  const rows = await runsOf(sweep, {
    run: passages,
    cells: p.mu.flatMap((w0) =>
      pairsOf(p).map(([raised, factor]) => ({
        columns: { mu: strengthColumn(w0), raised, factor },
        setting: {
          ...settingOf({ ...p, batch, step: stepsAt(p, raised, factor) }, w0),
          ...{ goal: { of: "m" as const, level: radius }, maxSteps },
        },
      }))
    ),
    ...{ copies, seed, together: 25 },
  });
  return rows.map(({ mu, raised, factor, seed, copy, exit }) => (
    { mu, raised, factor, seed, copy, exit }
  ));
}

/** What theory says of the mean exit. */
function theoryOf(p: StepRatioParameters, w0: Frozen, raised: Raised, factor: number): number {
  const setting = noiseSettingOf({ ...p, step: stepsAt(p, raised, factor) }, w0 as number, p.d);
  return meanSearchSteps(setting, batchAt(p.batch, p.d), p.radius);
}

/** Ratios to equal steps. The error is that of `t/t₀` over pairs: the mean of `t − (t/t₀) t₀` has it. */
export function stepRatioMeans(
  rows: readonly StepRatioRow[],
  p: StepRatioParameters,
): StepRatioMean[] {
  return p.mu.flatMap((w0) => {
    const mu = strengthColumn(w0), own = where(rows, "mu", mu);
    const exits = (raised: Raised, factor: number) =>
      where(where(own, "raised", raised), "factor", factor).map(({ exit }) => exit ?? NaN);
    const base = exits("none", 1), { mean: plain } = summary(base);
    const holds = whyNoMeanTheory(p, w0) === undefined;
    return pairsOf(p).map(([raised, factor]): StepRatioMean => {
      const here = exits(raised, factor), { mean } = summary(here), ratio = mean / plain;
      const { se } = summary(here.map((t, i) => (t - ratio * base[i]) / plain));
      const theory = holds ? theoryOf(p, w0, raised, factor) / theoryOf(p, w0, "none", 1) : null;
      return { mu, raised, factor, mean, ratio, se, theory };
    });
  });
}

const WORDS: Readonly<Record<Exclude<Raised, "none">, string>> = {
  u: "step of /{u} raised",
  omega: "step of /{ω} raised",
  both: "both raised",
};

function draw(rows: readonly StepRatioRow[], p: StepRatioParameters): Figure {
  const means = stepRatioMeans(rows, p), factors = pairsOf(p).map(([, factor]) => factor);
  const high = Math.max(...factors), low = Math.min(...factors);
  const drawings = p.mu.map((w0): Drawing => {
    const holds = whyNoMeanTheory(p, w0) === undefined;
    const own = where(means, "mu", strengthColumn(w0));
    const series = (["u", "omega", "both"] as const).flatMap((raised): Series[] => {
      const here = where(own, "raised", raised).filter(({ ratio }) => ratio > 0);
      if (here.length === 0) return [];
      const last = Math.max(1, ...here.map(({ factor }) => factor));
      const first = Math.min(1, ...here.map(({ factor }) => factor));
      const line = Array.from(
        { length: holds ? 33 : 0 },
        (_, i) => first * (last / first) ** (i / 32),
      )
        .map((x) => ({ x, y: theoryOf(p, w0, raised, x) / theoryOf(p, w0, "none", 1) }))
        .filter(({ y }) => y > 0);
      return [{
        name: WORDS[raised],
        marks: here.map(({ factor, ratio }) => ({ x: factor, y: ratio })),
        bars: here.map(({ factor, ratio, se }) => (
          { x: factor, y: ratio, low: Math.max(ratio / 3, ratio - se), high: ratio + se }
        )),
        ...(holds ? { line } : {}),
      }];
    });
    return {
      title: strengthWords(w0),
      x: { label: "factor of the raised step", type: "log", domain: [low / 1.3, high * 1.4] },
      y: { label: "exit / exit at equal steps", type: "log" },
      ...{ series, legend: "bottom-left" },
    };
  });
  const why = p.mu.map((w0) => whyNoMeanTheory(p, w0)).find((words) => words !== undefined);
  const lost = rows.filter(({ exit }) => exit === null).length;
  const caption =
    `Step at which |m| = ${formatNumber(p.radius)}, divided by that of equal steps: ` +
    `${physicsWords(p)} of both factors before one is raised, ${batchWords(p.batch)}, d = ` +
    `${scaleWords(p.d)}. Marks: ${p.copies} copies of ${
      samplerWords(p)
    } in pairs with one start, ± standard error. ` +
    (why === undefined
      ? "Lines: linear dynamics with the projection on its growing mode and the noise of the search, nothing fitted."
      : `No theory is drawn: ${why}.`) +
    (lost > 0 ? ` ${lost} copies have not arrived; means with one of them are not drawn.` : "");
  return figureOf(drawings, { caption, aspect: 0.85 });
}

/**
 * The search with a larger step of one factor: of the random direction ω it removes the slow-down of strong pre-training, of
 * the factor `u` that starts at zero it does nothing.
 *
 * Scale: steps. Source: ours.
 *
 * @example
 * ```ts
 * import { stepRatioMeans, stepRatios } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const mine = { mu: [0.8], d: 1e4, raiseU: [8], raiseOmega: [8], copies: 20 };
 * const { rows, parameters } = await stepRatios(mine);
 * const [, u, omega] = stepRatioMeans(rows, parameters);
 * assert(u.ratio > 0.9 && omega.ratio < 0.2);
 * ```
 */
export const stepRatios: Experiment<typeof stepRatioParameters, StepRatioRow[], Figure> =
  experiment({
    name: "step sizes of the two factors",
    about: "What raising the step of one factor or of both does to the search.",
    parameters: stepRatioParameters,
    quick: { copies: 50 },
    run,
    figure: draw,
    table: stepRatioMeans,
  });
