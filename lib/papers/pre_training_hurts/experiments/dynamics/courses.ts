/**
 * The open laboratory and figure F2: loss, overlap and `s` of one-pass SGD against steps.
 *
 * @module
 */
import { stepSizes } from "../../../../chain/mod.ts";
import { type Experiment, experiment, type ExperimentContext } from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { type Frozen, frozenOf } from "../../frozen.ts";
import { keptSteps, sgdRun } from "../../simulation/runs/run.ts";
import type { Sampler } from "../../simulation/runs/setting.ts";
import { strongPretraining } from "../../theory/strong.ts";
import { flowExit, whyNoFlow } from "../flow_lines.ts";
import { runsOf, settingOf, strengthColumn } from "../physics.ts";
import { drawCourses } from "./_courses_figure.ts";
import { type CourseParameters, courseParameters, type CourseRow } from "./course_parameters.ts";

/**
 * Steps of a run at a strength: given, or twice the search of the flow from a typical start and nine times the
 * decay that follows, `1/(2κ|ω⋆ − w₀|²)`.
 */
function stepsOf(p: CourseParameters, w0: Frozen): number {
  if (p.steps !== null) return p.steps;
  const exit = whyNoFlow(p) === undefined ? flowExit(p, w0, 0.5) : NaN;
  if (!Number.isFinite(exit)) return Math.min(p.most, 6000);
  const distance = Math.hypot(...frozenOf(w0).map((x, j) => x - (j === 0 ? 1 : 0)));
  const { kappa } = strongPretraining(p.student), { omega } = stepSizes(p.step)(0);
  const decay = 1 / (2 * kappa * omega * Math.max(distance, 0.05) ** 2);
  return Math.min(p.most, Math.ceil(2 * exit + 9 * decay) + 10);
}

async function run(p: CourseParameters, { sweep }: ExperimentContext): Promise<CourseRow[]> {
  const { points, seed, observe } = p;
  const rows = async (sampler: Sampler, copies: number) =>
    copies === 0 ? [] : await runsOf(sweep, {
      run: sgdRun,
      cells: p.mu.map((w0) => ({
        columns: { mu: strengthColumn(w0), sampler },
        setting: {
          ...{ ...settingOf(p, w0), looks: keptSteps(stepsOf(p, w0), points), sampler },
          ...(observe ? { observe } : {}),
        },
      })),
      ...{ copies, seed, together: 4, label: `courses, ${sampler}` },
    });
  return [...await rows(p.sampler, p.copies), ...await rows("whole inputs", p.direct)];
}

/**
 * Loss, overlap and `s` of one-pass SGD against steps: any target, strength, rule, schedule, noise, start; the
 * chain that is exact in law, the flow from the start of the run that is shown, and on request SGD on whole inputs.
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
  quick: { copies: 1, most: 15_000 },
  run,
  figure: drawCourses,
});

/** The other targets of figure F2. */
export const coursesOf: Readonly<Record<string, typeof courses>> = {
  x: courses,
  relu: courses.with("courses, ReLU", { student: "relu" }),
  erf: courses.with("courses, erf", { student: "erf", mu: [0.1, 0.3, 0.5, 0.7, 0.8] }),
  sigmoid: courses.with("courses, sigmoid", { student: "sigmoid", mu: [0.1, 0.3, 0.5, 0.7] }),
  He3: courses.with("courses, He₃", { student: "He3", mu: [0.1, 0.2, 0.4, 0.5, 0.7, 0.9] }),
};
