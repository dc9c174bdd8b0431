/**
 * Figure F1d: overlap and `s` on both sides of a trap, at several dimensions over `t/ln d`.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  listed,
  scaleWords,
  type Series,
} from "../../../../figure/mod.ts";
import { type Frozen, frozenOf } from "../../frozen.ts";
import { sgdRun } from "../../simulation/runs/run.ts";
import { searchTime } from "../../theory/growth.ts";
import { searchMatrix } from "../../theory/search_matrix.ts";
import { adapterStart } from "../../starts.ts";
import { flowExit, flowOf, flowTimes, whyNoFlow } from "../flow_lines.ts";
import {
  type Physics,
  runsOf,
  settingOf,
  sgdParameters,
  strengthColumn,
  strengthWords,
} from "../physics.ts";
import { physicsWords } from "../search_theory.ts";
import { samplerWords } from "../problem.ts";

const { d: _, batch: __, step: ___, rule: ____, rank: _____, ...shared } = sgdParameters({
  student: "He3",
  mu: [0.2, 0.325],
  start: "typical",
  copies: 4,
});

/**
 * Parameters of {@linkcode trapCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const trapCourseParameters = {
  ...shared,
  d: param.integers([100, 1000, 1_000_000], "input dimensions", { least: 2 }),
  load: param.number(2, "d/b: the batch grows with d", { above: 0 }),
  step: param.number(0.2, "step size η of both factors, divided by N_k for He_k", { above: 0 }),
  most: param.number(2e7, "samples of one course above which only its flow is drawn", { least: 0 }),
  points: param.integer(120, "about how many times of a course are looked at", { least: 4 }),
};

type Parameters = Values<typeof trapCourseParameters>;

/** A copy, or the flow, at one time. */
export interface TrapCourseRow extends Row {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Input dimension. */
  d: number;
  /** `"flow"` or `"exact chain"`. */
  sampler: string;
  /** Number of the copy; 0 for the flow. */
  copy: number;
  /** Time, steps × η. */
  t: number;
  /** Time over `ln d`. */
  scaled: number;
  /** `|m|`. */
  m: number;
  /** `s = w·ω⋆`. */
  s: number;
}

/** The shared parameters at one dimension. */
function physicsOf(p: Parameters, d: number): Omit<Physics, "mu" | "copies" | "seed"> {
  const batch = Math.max(1, Math.round(d / p.load));
  return { ...p, d, batch, rule: "sgd" as const, rank: 1 };
}

/** Steps of a course to well beyond the exit of the flow: half of them spread by decades, half evenly. */
function looksOf(p: Parameters, d: number, w0: Frozen): number[] {
  const exit = flowExit(physicsOf(p, d), w0, 0.5), last = 1.6 * (exit > 0 ? exit : 1e4);
  const half = Math.ceil(p.points / 2);
  const shares = Array.from({ length: half }, (_, i) => (i + 1) / half);
  const steps = shares.flatMap((x) => [10 ** (-2.5 * (1 - x)), x])
    .map((share) => Math.max(1, Math.round(share * last)));
  return [...new Set(steps)].toSorted((a, b) => a - b);
}

/** Those of increasing places that are at least a twelfth of a decade apart. */
function apart(places: readonly number[]): number[] {
  let last = 0;
  return places.filter((x) => {
    if (x < last * 10 ** (1 / 12)) return false;
    last = x;
    return true;
  });
}

/** Near its trap a course takes some 10⁵ times as long as what decays in it. */
const LONG = { method: "radau5", rtol: 1e-8, atol: 1e-12 } as const;

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<TrapCourseRow[]> {
  const courses = p.mu.flatMap((w0) => p.d.map((d) => ({ w0, d, looks: looksOf(p, d, w0) })));
  const row = (mu: number | string, d: number, sampler: string, copy: number, at: number) => ({
    ...{ mu, d, sampler, copy, t: at * p.step, scaled: at * p.step / Math.log(d) },
  });
  const flows = courses.flatMap(({ w0, d, looks }) => {
    const physics = physicsOf(p, d), mu = strengthColumn(w0);
    if (whyNoFlow(physics) !== undefined) return [];
    return flowOf(physics, w0).path(flowTimes(physics, looks), LONG)
      .map(({ m, s }, i) => ({ ...row(mu, d, "flow", 0, looks[i]), m: Math.abs(m), s }));
  });
  const cells = courses
    .filter(({ d, looks }) => looks.at(-1)! * (d / p.load) * p.copies <= p.most)
    .map(({ w0, d, looks }) => ({
      columns: { mu: strengthColumn(w0), dimension: d },
      setting: { ...settingOf(physicsOf(p, d), w0), looks },
    }));
  const { copies, seed } = p;
  const rows = await runsOf(sweep, { run: sgdRun, cells, copies, seed, together: 2 });
  return [
    ...flows,
    ...rows.map(({ mu, dimension, copy, at, m, s }) => ({
      ...row(mu, dimension, "exact chain", copy, at),
      ...{ m, s },
    })),
  ];
}

function captionOf(rows: readonly TrapCourseRow[], p: Parameters): string {
  const runs = where(rows, "sampler", "exact chain");
  const ran = distinct(runs, "mu").flatMap((mu) =>
    distinct(where(runs, "mu", mu), "d").map((d) => `μ = ${mu}, d = ${formatNumber(d)}`)
  );
  const physics = physicsOf(p, p.d[0]), why = whyNoFlow(physics);
  const from = adapterStart(p.start).name === "random" ? "|m₀| = 0.53/√d" : "the start";
  return `${physicsWords(physics)}: overlap and s = w·ω⋆ over t/ln d, t = steps × ${
    formatNumber(p.step)
  }; ` +
    `d/b = ${formatNumber(p.load)}. ` +
    (why ? `No flow is drawn: ${why}` : `Lines: flow from ${from}`) +
    (ran.length > 0
      ? `; marks: ${p.copies === 1 ? "one run" : `mean of ${p.copies} runs`} of ${
        samplerWords(p)
      } (${listed(ran)})`
      : "; no chain runs: they would cost too many samples") +
    ". Vertical: τ/2, where the exit tends to as d → ∞.";
}

function draw(rows: readonly TrapCourseRow[], p: Parameters): Figure {
  const flows = where(rows, "sampler", "flow"), runs = where(rows, "sampler", "exact chain");
  const drawing = (key: "m" | "s", label: string, domain?: number[]): Drawing => {
    const courses = p.mu.flatMap((w0) =>
      p.d.map((d): Series => {
        const of = (some: readonly TrapCourseRow[]) =>
          where(where(some, "mu", strengthColumn(w0)), "d", d);
        const own = of(runs), times = distinct(own, "scaled");
        const marks = apart(times).map((scaled) => {
          const values = where(own, "scaled", scaled).map((row) => row[key]);
          return { x: scaled, y: values.reduce((sum, y) => sum + y, 0) / values.length };
        });
        return {
          name: `${strengthWords(w0)}, /{d} = ${scaleWords(d)}`,
          line: of(flows).map((row) => ({ x: row.scaled, y: row[key] })),
          ...(marks.length > 0 ? { marks } : {}),
        };
      })
    );
    const ends = domain ?? [Math.min(-0.1, ...rows.map(({ s }) => s)), 1.1];
    const halves = p.mu.filter((w0) => frozenOf(w0).length === 1).map((w0): Series => {
      const [mu] = frozenOf(w0);
      const half = searchTime(searchMatrix(mu, p.student, p.teacher ?? p.student)) / 2;
      return { name: "/{τ}/2", guide: ends.map((y) => ({ x: half, y })) };
    });
    const x = { label: "/{t}/ln /{d}", type: "log" as const };
    return { title: "", x, y: { label, domain: ends }, series: [...courses, ...halves] };
  };
  const drawings = [
    drawing("m", "overlap |/{m}|", [0, 1.05]),
    drawing("s", "/{s} = /{w}·/{ω}_{⋆}"),
  ];
  return figureOf(drawings, {
    ...{ columns: 2, aspect: 0.62, caption: captionOf(rows, p) },
    legend: legendOf(drawings[0].series),
  });
}

/**
 * Overlap and `s` over `t/ln d` on both sides of a trap: below it the overlap grows to 1, too, and only `s` tells
 * that the pre-trained weight is erased.
 *
 * Scale: `t` is steps × η. Source: ours; panel: code of nwemadji2026when (overlap, one dimension).
 *
 * @example
 * ```ts
 * import { trapCourses } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await trapCourses({ mu: [0.2], d: [1000], copies: 1, points: 12 });
 * const { m, s } = rows.filter(({ sampler }) => sampler === "flow").at(-1)!;
 * assert(m > 0.99 && s < 0.01);
 * ```
 */
export const trapCourses: Experiment<typeof trapCourseParameters, TrapCourseRow[], Figure> =
  experiment({
    name: "courses around a trap",
    about:
      "Overlap and s over t/ln d for strengths on both sides of a trap, at several dimensions.",
    parameters: trapCourseParameters,
    quick: { copies: 2, points: 60 },
    run,
    figure: draw,
  });
