/**
 * Where training ends, below and above the trap: direct training, and the curriculum that turns the adapter round.
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
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Drawing, type Figure, figureOf, type Series } from "../../../../figure/mod.ts";
import { curriculum, type FirstLabels, firstTeacher } from "../../simulation/curriculum.ts";
import { sgdRun } from "../../simulation/runs/run.ts";
import { criticalStrengths, raySlope } from "../../theory/traps.ts";
import { flowExit, flowOf, whyNoFlow } from "../flow_lines.ts";
import { type Physics, runsOf, settingOf, sgdParameters } from "../physics.ts";
import { changeWords, samplerWords } from "../problem.ts";
import { plainWords, stepWords } from "../dynamics/words.ts";

const { mu: _, ...physics } = sgdParameters({
  ...{ student: "He3", d: 100, batch: 300, step: 0.15, copies: 12 },
});

/**
 * Parameters of {@linkcode trapEnds}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const trapEndParameters = {
  ...physics,
  mu: param.numbers([0.1, 0.2, 0.4, 0.6], "strengths μ of pre-training, w₀ = μω⋆", {
    above: 0,
    below: 1,
  }),
  patience: param.number(4, "steps of direct training, in exit times of the flow", { least: 1 }),
  rest: param.integer(500, "further steps of direct training, and those after the turn", {
    least: 1,
  }),
  labels: param.value<FirstLabels>(
    "zero",
    'labels before the turn: "zero", "squared", or { teacher } with an activation',
    (labels: FirstLabels) => firstTeacher(labels, "x"),
    '"zero", "squared", or { teacher }',
  ),
  until: param.number(0.95, "|m| at which the adapter is turned", { above: 0, below: 1 }),
};

type Parameters = Values<typeof trapEndParameters>;

/** Where a copy ends. */
export interface TrapEndRow extends Row {
  /** Strength. */
  mu: number;
  /** `"direct"`, or `"turned"` for the curriculum. */
  training: string;
  /** Number of the copy. */
  copy: number;
  /** `s` at the end. */
  s: number;
  /** `|m|` at the end. */
  m: number;
  /** Loss at the end. */
  loss: number;
  /** `s` just after the turn; NaN for direct training. */
  turned: number;
  /** Steps made. */
  at: number;
  /** `"running"`, or when copies have diverged. */
  status: string;
}

/** Steps of direct training: `patience` exit times of the flow, of the first stage's flow for the curriculum. */
function budget(p: Parameters, mu: number, teacher: Physics["teacher"]): number {
  const exit = flowExit({ ...p, teacher }, mu, 0.5);
  if (Number.isFinite(exit)) return Math.ceil(p.patience * exit) + p.rest;
  throw new RangeError(
    `Cannot train until the end as the flow at mu must leave its start: current value is ${mu}`,
  );
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<TrapEndRow[]> {
  const { copies, seed, labels, until, rest: secondSteps } = p, together = 8;
  const teacher = firstTeacher(labels, p.teacher ?? p.student);
  const direct = runsOf(sweep, {
    cells: p.mu.map((mu) => ({
      columns: { mu, training: "direct" },
      setting: { ...settingOf(p, mu), looks: [0, budget(p, mu, p.teacher)] },
    })),
    ...{ run: sgdRun, copies, seed, together, label: "direct training" },
  });
  const turned = runsOf(sweep, {
    cells: p.mu.map((mu) => ({
      columns: { mu, training: "turned" },
      setting: {
        ...{ ...settingOf(p, mu), labels, until, secondSteps, points: 1 },
        firstSteps: budget(p, mu, teacher),
      },
    })),
    ...{ run: curriculum, copies, seed, together, label: "curriculum" },
  });
  const [ends, turns] = await Promise.all([direct, turned]);
  const row = (
    { mu, training, copy, s, m, loss, at, status }: typeof ends[number],
    after: number,
  ): TrapEndRow => ({ mu, training, copy, s, m, loss, turned: after, at, status });
  return [
    ...ends.filter(({ at }) => at > 0).map((end) => row(end, NaN)),
    ...p.mu.flatMap((mu) => {
      const own = where(where(turns, "mu", mu), "stage", 2);
      return Array.from({ length: copies }, (_, copy) => {
        const of = where(own, "copy", copy);
        return row(of.at(-1)!, of[0].s);
      });
    }),
  ];
}

/**
 * Strength below which direct training ends on the wrong side: the largest root of `A`.
 *
 * @returns 0 where `A` has no root.
 */
function trapOf(p: Parameters): number {
  return criticalStrengths(raySlope(p.student, p.teacher ?? p.student)).at(-1) ?? 0;
}

/** The `s` in which the flow on the ray ends, from `s = μ`. */
function endOnRay(p: Parameters, mu: number): number {
  return flowOf(p, mu, { u: 0, a: [1] }).path([3000])[0].s;
}

function draw(rows: readonly TrapEndRow[], p: Parameters): Figure {
  const trap = trapOf(p), low = Math.min(...p.mu) - 0.05, high = Math.max(...p.mu) + 0.05;
  const grid = linspace(low, high, 401).filter((mu) => mu > 0);
  const looks = [["direct", 0, trap], ["turned", 1, trap / 2]] as const;
  const theory = whyNoFlow(p) === undefined && trap > 0 && p.teacher === null;
  const ends = theory ? [endOnRay(p, trap * 0.9), endOnRay(p, trap * 1.1)] : [];
  const series: Series[] = looks.map(([training, look, critical]) => {
    const marks = p.mu.flatMap((mu) => {
      const own = where(where(rows, "training", training), "mu", mu)
        .filter((row) => Number.isFinite(row.s)).toSorted((a, b) => a.s - b.s);
      // Copies side by side, so that as many are seen as there are.
      return own.map((row, i) => ({
        x: mu + (look === 0 ? -0.024 : 0.024) + 0.036 * (i / Math.max(1, own.length - 1) - 0.5),
        y: row.s,
      }));
    });
    return {
      ...{ name: training === "direct" ? "direct training" : "with the turn", look, marks },
      ...(theory ? { line: grid.map((x) => ({ x, y: ends[x < critical ? 0 : 1] })) } : {}),
    };
  });
  const drawing: Drawing = {
    title: "",
    x: { label: "pre-training strength /{μ}", domain: [low, high] },
    y: { label: "/{s} at the end" },
    ...{ series, legend: "above" },
  };
  const lost = rows.filter(({ s }) => !Number.isFinite(s)).length;
  return figureOf([drawing], {
    caption: `Ends of training, ${plainWords(p.student)} target, d = ${p.d}, b = ${p.batch}, ` +
      `η = ${stepWords(p)}${changeWords(p)}: ${p.copies} copies of ${
        samplerWords(p)
      } at each strength, side by side. ` +
      `Direct training for ${p.patience} exit times of the flow and ${p.rest} steps; with the turn: ` +
      `first on ${
        typeof p.labels === "string" ? p.labels : "other"
      } labels until |m| = ${p.until}, ` +
      `then turned, then ${p.rest} steps on the labels` +
      (theory
        ? `; lines: ends of the flow, which change at μ_c = ${trap.toFixed(4)} and at μ_c/2.`
        : ".") +
      (lost > 0 ? ` ${lost} copies diverged.` : ""),
  });
}

/**
 * Where direct training and the curriculum end, copy by copy.
 *
 * Law: below the root μ_c of `A` the adapter aligns with `u m < 0` and erases the frozen weight, `s → 0`; turned
 * round once it is at `s = 2μ`, and learns if that is above μ_c. Steps follow the flow's exit time, so that nothing
 * is called an end that is not one.
 * Source: procedure of the curriculum: code of nwemadji2026when; the rest is ours.
 *
 * @example Half the trap's strength is the threshold of the turn.
 * ```ts
 * import { trapEnds } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await trapEnds({ preset: "quick", mu: [0.2], copies: 2 });
 * for (const { training, s } of rows) assert(Math.abs(s - (training === "turned" ? 1 : 0)) < 0.2);
 * ```
 */
export const trapEnds: Experiment<typeof trapEndParameters, TrapEndRow[], Figure> = experiment({
  name: "ends of training around a trap",
  about: "Where do direct training and the curriculum end, at strengths and for a target of yours?",
  parameters: trapEndParameters,
  quick: { copies: 4 },
  run,
  figure: draw,
});
