/**
 * Figure F7: overlaps with the target and with the wrong part of a misaligned weight, run and flow from one start.
 *
 * @module
 */
import {
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
  legendOf,
  type Series,
} from "../../../../figure/mod.ts";
import { activation, type ActivationLike } from "../../../../gaussian/mod.ts";
import { type Frozen, frozenName, frozenOf, misaligned } from "../../frozen.ts";
import { keptSteps, type RunRow, sgdRun } from "../../simulation/runs/run.ts";
import { flowLine, startOfRun, whyNoFlow } from "../flow_lines.ts";
import { activationWords, runsOf, settingOf, sgdParameters } from "../physics.ts";
import { changeWords, samplerWords } from "../problem.ts";
import { plainWords } from "../dynamics/words.ts";

/** A student and its frozen weight. */
export interface MisalignedCase {
  /** Activation of student and teacher. */
  readonly student: ActivationLike;
  /** Frozen weight, as coordinates along ω⋆ and beside it. */
  readonly w0: Frozen;
}

const { student: _student, teacher: _teacher, mu: _mu, ...physics } = sgdParameters({
  ...{ batch: 2000, copies: 2 },
});

/**
 * Parameters of {@linkcode misalignedCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const misalignedParameters = {
  cases: param.values<MisalignedCase>(
    [
      ...["x", "erf", "relu", "He3"].map((student) => ({ student, w0: misaligned(0.6) })),
      { student: "He3", w0: misaligned(0.1) },
    ],
    'activations with their frozen weights of two coordinates: { student: "tanh(z)", w0: misaligned(0.5) }',
    ({ student, w0 }: MisalignedCase) => {
      activation(student);
      if (frozenOf(w0).length !== 2) throw new RangeError("w0 must have two coordinates");
    },
    "an object { student, w0 }, w0 of two coordinates",
  ),
  ...physics,
  steps: param.integer(3000, "steps of SGD", { least: 1 }),
  points: param.integer(60, "about how many steps of a run are looked at", { least: 2 }),
};

type Parameters = Values<typeof misalignedParameters>;

/** A copy at a kept step. */
export interface MisalignedRow extends RunRow {
  /** Number of the case. */
  of: number;
  /** `|u|` over the distance `|ω⋆ − w₀|`. */
  reach: number;
}

/** Distance of the frozen weight from the target. */
function distance(w0: Frozen): number {
  return Math.hypot(...frozenOf(w0).map((x, j) => x - (j === 0 ? 1 : 0)));
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<MisalignedRow[]> {
  const looks = keptSteps(p.steps, p.points), { copies, seed } = p;
  const rows = await runsOf(sweep, {
    cells: p.cases.map(({ student, w0 }, of) => ({
      columns: { of },
      setting: { ...settingOf({ ...p, student, teacher: null }, w0), looks },
    })),
    ...{ run: sgdRun, copies, seed, together: 2, label: "misaligned courses" },
  });
  return rows.map((row) => ({ ...row, reach: Math.abs(row.u) / distance(p.cases[row.of].w0) }));
}

type Key = "m" | "n" | "reach";

function draw(rows: readonly MisalignedRow[], p: Parameters): Figure {
  const why = whyNoFlow(p), looks = keptSteps(p.steps, p.points);
  const value = (row: { m: number; n: number; u: number }, key: Key, w0: Frozen) =>
    key === "reach" ? Math.abs(row.u) / distance(w0) : row[key];
  const drawn = p.cases.map(({ student, w0 }, of) => {
    const own = where(where(rows, "of", of), "copy", 0);
    const start = startOfRun(w0, own[0]);
    const flow = why ? [] : flowLine({ ...p, student, teacher: null }, w0, looks, start);
    return { name: `${activationWords(student)}, (${frozenOf(w0).join(", ")})`, own, flow, w0 };
  });
  const series = (key: Key): Series[] => [
    ...drawn.map(({ name, own, flow, w0 }, i) => ({
      name,
      marks: own.filter(({ at }, j) => at >= 10 && j % 5 === i % 5)
        .map((row) => ({ x: row.at, y: value(row, key, w0) })),
      ...(flow.length === 0 ? {} : {
        line: flow.filter(({ at }) => at >= 10)
          .map((point) => ({ x: point.at, y: value(point, key, w0) })),
      }),
    })),
    ...(key === "reach" ? [] : [{
      name: "±1/√2",
      guide: [10, p.steps].map((x) => ({ x, y: key === "m" ? Math.SQRT1_2 : -Math.SQRT1_2 })),
    }]),
  ];
  const x = { label: "SGD steps", type: "log" as const };
  const drawings: Drawing[] = [
    { title: "", x, y: { label: "/{m} = /{ω}·/{ω}_{⋆}", domain: [0, 1.05] }, series: series("m") },
    { title: "", x, y: { label: "/{n} = /{ω}·/{ξ}", domain: [-1.05, 1.05] }, series: series("n") },
    { title: "", x, y: { label: "|/{u}|/|/{ω}_{⋆} − /{w}₀|" }, series: series("reach") },
  ];
  const trapped = p.cases.filter((_, of) => {
    const end = where(where(rows, "of", of), "copy", 0).at(-1)!;
    return Math.abs(end.s) < 0.2;
  });
  return figureOf(drawings, {
    ...{ columns: 3, aspect: 0.9, legend: legendOf(drawings[0].series) },
    caption: `Misaligned frozen weights w₀ = (along ω⋆, along ξ), d = ${p.d}, b = ${p.batch}, ` +
      `η = ${String(p.step)} (over N_k for He_k)${changeWords(p)}. Marks: one run of ${
        samplerWords(p)
      }` +
      (why ? `; no theory is drawn: ${why}` : "; lines: flow from the start of that run") +
      ", with the sign of ω that makes m positive; dotted: ±1/√2" +
      (trapped.length === 0
        ? "."
        : `. ${
          trapped.map(({ student, w0 }) => `${plainWords(student)} at ${frozenName(w0)}`).join(", ")
        } ends at s near 0: the frozen weight is erased.`),
  });
}

/**
 * Overlaps of the adapter with the target and with the wrong part ξ of a misaligned weight, against steps.
 *
 * Law: the optimum needs `u ω = ω⋆ − w₀`; for `w₀ = μω⋆ + (1 − μ)ξ` that is `|u| = √2(1 − μ)`, `m = −n = 1/√2`
 * whatever μ is. A start in the basin of `w = 0` (He₃, weak pre-training) ends at `ω ∝ w₀` instead.
 * Source: model: code of nwemadji2026when; the rest is ours.
 *
 * @example
 * ```ts
 * import { misaligned, misalignedCourses } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const cases = [{ student: "x", w0: misaligned(0.3) }], quick = { preset: "quick", cases, steps: 400 } as const;
 * const { rows } = await misalignedCourses(quick);
 * assertAlmostEquals(rows.at(-1)!.n, -Math.SQRT1_2, 1e-3);
 * ```
 */
export const misalignedCourses: Experiment<typeof misalignedParameters, MisalignedRow[], Figure> =
  experiment({
    name: "courses from misaligned weights",
    about: "Which direction does the adapter take beside a misaligned weight, for cases of yours?",
    parameters: misalignedParameters,
    quick: { copies: 1 },
    run,
    figure: draw,
  });
