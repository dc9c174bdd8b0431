/**
 * The open laboratory and figure F2: loss, overlap and `s` of one-pass SGD against steps.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  type Series,
} from "../../../../figure/mod.ts";
import { keptSteps, type Observe, type RunRow, sgdRun } from "../../simulation/runs/run.ts";
import type { Sampler } from "../../simulation/runs/setting.ts";
import { adapterStart } from "../../starts.ts";
import { stepScale } from "../../step_scale.ts";
import { flowLine, whyNoFlow } from "../flow_lines.ts";
import {
  activationWords,
  runsOf,
  settingOf,
  sgdParameters,
  strengthColumn,
  strengthWords,
} from "../physics.ts";

/**
 * Parameters of {@linkcode courses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const courseParameters = {
  ...sgdParameters({ mu: [0.1, 0.3, 0.5, 0.7, 0.9] }),
  steps: param.integer(6000, "steps of SGD", { least: 1 }),
  points: param.integer(45, "about how many steps of a run are looked at", { least: 2 }),
  direct: param.integer(0, "runs of SGD on whole inputs, at a cost of b·d a step", { least: 0 }),
  observe: param.value<Observe | null>(
    null,
    "your own columns: ({ at, u, m, s, r, h, loss }) => ({ name: number })",
    (observe: Observe | null) => {
      if (observe !== null && typeof observe !== "function") throw new TypeError("no function");
    },
    "a function of the moment that returns numbers by name, or null",
  ),
};

type Parameters = Values<typeof courseParameters>;

/** A copy at a kept step, with its strength and what made the steps. */
export interface CourseRow extends RunRow {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** What made the steps. */
  sampler: string;
  /** Seed of its group of copies. */
  seed: string;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<CourseRow[]> {
  const { steps, points, seed, observe } = p, looks = keptSteps(steps, points);
  const rows = async (sampler: Sampler, copies: number) =>
    copies === 0 ? [] : await runsOf(sweep, {
      run: sgdRun,
      cells: p.mu.map((w0) => ({
        columns: { mu: strengthColumn(w0), sampler },
        setting: { ...settingOf(p, w0), looks, sampler, ...(observe ? { observe } : {}) },
      })),
      ...{ copies, seed, together: 4, label: `courses, ${sampler}` },
    });
  return [...await rows("exact chain", p.copies), ...await rows("whole inputs", p.direct)];
}

type Key = "loss" | "m" | "s";

/** Smallest loss that is drawn: below, it is rounding. */
const LEAST = 1e-12;

/** Series of one panel: the runs as thin lines or, of several, their quartiles; the flow as a line. */
function seriesOf(rows: readonly CourseRow[], p: Parameters, key: Key): Series[] {
  return p.mu.map((w0, i) => {
    const own = where(rows, "mu", strengthColumn(w0)).filter(({ at }) => at > 0);
    const of = (sampler: Sampler) => where(own, "sampler", sampler);
    const places = (some: readonly CourseRow[]) =>
      distinct(some, "at").map((at) => {
        const values = where(some, "at", at).map((row) => row[key]).toSorted((x, y) => x - y);
        const quantile = (share: number) =>
          floor(key, values[Math.round(share * (values.length - 1))]);
        return { x: at, y: quantile(0.5), low: quantile(0), high: quantile(1) };
      });
    const chain = places(of("exact chain")), direct = places(of("whole inputs"));
    const line = flowLine(p, w0, keptSteps(p.steps, 2 * p.points))
      .map((point) => ({ x: point.at, y: floor(key, point[key]) }));
    return {
      name: strengthWords(w0),
      ...(line.length > 0 ? { line } : {}),
      marks: (direct.length > 0 ? direct : chain).filter((_, j) => j % 3 === i % 3),
      ...(p.copies > 1 ? { band: chain } : {}),
    };
  });
}

function floor(key: Key, value: number): number {
  return key === "loss" ? Math.max(LEAST, value) : value;
}

/** What the runs were, in words. */
function captionOf(rows: readonly CourseRow[], p: Parameters): string {
  const divisor = stepScale(p.student), why = whyNoFlow(p), start = adapterStart(p.start);
  const target = p.teacher === null
    ? `${plain(activationWords(p.student))} target`
    : `${plain(activationWords(p.student))} student of a ${
      plain(activationWords(p.teacher))
    } teacher`;
  const step = [p.step].flat().map((part) =>
    typeof part === "function" ? "your function" : String(part)
  );
  const bad = distinct(rows, "status").filter((status) => status !== "running");
  return `One-pass SGD of the adapter, ${target}, d = ${p.d}, b = ${p.batch}, ` +
    `η = ${step.join(" and ")}${divisor === 1 ? "" : `/${formatNumber(divisor)}`}` +
    (p.rule === "sgd" ? "" : `, rule ${typeof p.rule === "string" ? p.rule : p.rule.name}`) +
    (p.noise === 0 ? "" : `, label noise Δ = ${formatNumber(p.noise)}`) +
    (p.rank === 1 ? "" : `, rank ${p.rank}`) +
    `, start: ${start.words ?? start.name}. Marks: median of ` +
    (p.direct > 0 ? `${p.direct} runs on whole inputs` : `${p.copies} runs of the exact chain`) +
    (p.copies > 1 ? `; band: range of ${p.copies} runs of the exact chain` : "") +
    (why ? `; no theory is drawn: ${why}` : "; lines: summary-statistics flow") +
    (why === undefined && p.start === "random" ? " from the typical start" : "") +
    (bad.length > 0 ? `; some copies ${bad[0]}` : "") + ".";
}

/** Words without the markup of labels. */
function plain(words: string): string {
  return words.replace(/_\{([^}]*)\}/g, "$1");
}

function draw(rows: readonly CourseRow[], p: Parameters): Figure {
  const x = { label: "SGD steps", type: "log" as const };
  const drawing = (key: Key, label: string, rest: object): Drawing => ({
    ...{ title: key === "loss" ? activationWords(p.student) : "", x, y: { label, ...rest } },
    series: seriesOf(rows, p, key),
  });
  const top = Math.max(...rows.filter(({ at }) => at === 0).map(({ loss }) => loss));
  const drawings = [
    drawing("loss", "loss ½E(/{ŷ} − /{y})²", {
      type: "log",
      domain: [1e-8, Math.max(1e-7, 3 * top)],
    }),
    drawing("m", "overlap |/{m}|", { domain: [0, 1.05] }),
    drawing("s", "/{s} = /{w}·/{ω}_{⋆}", {}),
  ];
  return figureOf(drawings, {
    ...{ columns: 3, aspect: 0.9, caption: captionOf(rows, p) },
    legend: legendOf(drawings[0].series),
  });
}

/**
 * Loss, overlap and `s` of one-pass SGD against steps: any target, strength, rule, schedule, noise, start; the
 * chain that is exact in law, the flow where it is its limit, and on request SGD on whole inputs.
 *
 * Scale: steps. Source: ours; model and protocol: code of nwemadji2026when.
 *
 * @example A question in one line: does momentum help a strongly pre-trained model?
 * ```ts
 * import { courses } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const quick = { preset: "quick", mu: [0.8], steps: 300, copies: 2 } as const;
 * const usual = await courses(quick);
 * const pushed = await courses({ ...quick, rule: "momentum" });
 * assert(pushed.rows.at(-1)!.m > usual.rows.at(-1)!.m);
 * ```
 */
export const courses: Experiment<typeof courseParameters, CourseRow[], Figure> = experiment({
  name: "courses of one-pass SGD",
  about:
    "Loss, overlap and s against steps, for a target, strengths, rule, noise and start of yours.",
  parameters: courseParameters,
  quick: { copies: 2 },
  run,
  figure: draw,
});

/** The other targets of figure F2, over the steps that their search takes. */
export const coursesOf: Readonly<Record<string, typeof courses>> = {
  x: courses,
  relu: courses.with("courses, ReLU", { student: "relu", steps: 12_000 }),
  erf: courses.with("courses, erf", { student: "erf", steps: 10_000 }),
  sigmoid: courses.with("courses, sigmoid", { student: "sigmoid", steps: 10_000 }),
  He3: courses.with("courses, He₃", {
    student: "He3",
    mu: [0.1, 0.2, 0.325, 0.4, 0.5, 0.7, 0.9],
  }),
};
