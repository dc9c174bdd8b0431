/**
 * F1: how an adapter turns towards the gradient, from any start, by any optimiser.
 *
 * @module
 */
import { distinct, type Experiment, experiment, where } from "../../../../experiment/mod.ts";
import { type Figure, scaleWords } from "../../../../figure/mod.ts";
import { alignment, directionsOf, leakOf, sineBetween, topLeft } from "../../measures.ts";
import type { Adapter, LinearProblem } from "../../problems/linear.ts";
import { descend, type Descent, EigenDescent, eigenProblem } from "../../simulation/descent/mod.ts";
import { linearPhase, sineOfTangent } from "../../theory/mod.ts";
import { notebookStart, type StartLike } from "../../starts.ts";
import { checkRank, checkSizes, problemOf, problemWords, startWith } from "../physics.ts";
import { apartWords, checkDamping, descentOptions, trainingWords } from "../training.ts";
import { courseFigure } from "./_course_figure.ts";
import {
  type CourseParameters,
  courseParameters,
  type CourseRow,
  type CourseTables,
} from "./course_parameters.ts";

/** Whether a start is LoRA's own; a reader's record that is only called so, or has rates, is not. */
function isLora(like: StartLike): boolean {
  const { name, factors, rates } = notebookStart(like), lora = notebookStart("LoRA");
  return name === lora.name && factors === lora.factors && rates === undefined;
}

/** Why the linear phase is not drawn beside these runs; empty where it is. */
function silence(p: CourseParameters, rank: number): string {
  if (p.optimiser !== "gd" || typeof p.eta === "function") {
    return "for another optimiser or a schedule";
  }
  if (p.ratio !== 1 || p.parametrisation !== "LoRA") return "for another ratio or parametrisation";
  if (!p.starts.some(isLora)) {
    return "for starts other than LoRA";
  }
  if (p.noise > 0 || p.problem?.fitted) return "under label noise";
  return p.r < rank ? "for r < r*" : "";
}

/** A descent whose factors can be looked at. */
type WithFactors = Descent & Partial<Adapter>;

/** Steps that are all looked at. */
const EARLY = 40;

/** A row before it has the names of its run. */
interface Moment {
  at: number;
  sine: number | null;
  truth: number | null;
  risk: number;
  loss: number;
  leak: number | null;
  status: string;
}

function follow(
  problem: LinearProblem,
  run: Descent,
  p: CourseParameters,
  rank: number,
): Moment[] {
  const { u, v } = directionsOf(problem.gradient, rank), truth = topLeft(problem.target, rank);
  const rows: Moment[] = [];
  run.advance(p.steps, (at) => {
    // The rise of a large start is over within a few steps: all of them are kept.
    if (at % p.every !== 0 && at > EARLY && at !== p.steps) return;
    if (run.hasDiverged()) return true;
    const { a, b } = run as WithFactors,
      top = a && a.columns >= rank ? topLeft(a, rank) : undefined;
    rows.push({
      at,
      sine: top ? sineBetween(top, u) : null,
      truth: top ? sineBetween(top, truth) : null,
      ...{ risk: run.risk(), loss: run.loss(), leak: b ? leakOf(b, v) : null, status: run.status },
    });
  });
  if (run.status !== "running" && rows.length > 0) rows.at(-1)!.status = run.status;
  return rows;
}

/** What the linear phase says at each step, and the end that is guaranteed at each scale. */
function predictions(p: CourseParameters, problem: LinearProblem) {
  const phaseAt = (variance: number) => {
    const options = { r: p.r, initStd: Math.sqrt(variance), seed: p.seed, number: 4 };
    return linearPhase(problem, startWith("LoRA", problem, options).start.a, Number(p.eta));
  };
  // The angle does not depend on α; one of no danger to its arithmetic.
  const phase = phaseAt(1e-6), { u } = phase.directions;
  const known = new Map<number, { linear: number; leading: number }>();
  return {
    at: (t: number) => {
      const kept = known.get(t) ?? {
        linear: alignment(phase.factors(t).a, u),
        leading: sineOfTangent(phase.leadingTangent(t)),
      };
      known.set(t, kept);
      return kept;
    },
    guaranteed: (variance: number) => phaseAt(variance).nonlinearTime || null,
  };
}

function compute(p: CourseParameters): CourseTables {
  const problem = problemOf(p, p.seed, 1), rank = directionsOf(problem.target).values.length;
  const silent = silence(p, rank), theory = silent === "" ? predictions(p, problem) : undefined;
  let eigen: ReturnType<typeof eigenProblem> | undefined;
  const runs = p.starts.flatMap((like) => {
    const { name } = notebookStart(like);
    const each = p.variances.map((variance) => ({
      variance,
      ...startWith(like, problem, {
        r: p.r,
        initStd: Math.sqrt(variance),
        seed: p.seed,
        number: 4,
      }),
    }));
    return (each[0].random ? each : each.slice(0, 1)).flatMap(({ variance, start, random }) => {
      const own = isLora(like), middle = start.middle !== undefined;
      const run = theory && own
        ? new EigenDescent(eigen ??= eigenProblem(problem), start, Number(p.eta))
        : descend(problem, start, descentOptions(p, like, start));
      const guaranteed = theory && own ? theory.guaranteed(variance) : null;
      const predicted = (at: number) =>
        theory && own && at <= p.window ? theory.at(at) : { linear: null, leading: null };
      return follow(problem, run, p, rank).map((row): CourseRow => (
        {
          start: name,
          variance: random ? variance : null,
          ...row,
          ...predicted(row.at),
          ...{ guaranteed, middle },
        }
      ));
    });
  });
  const sine = sineBetween(topLeft(problem.target, rank), directionsOf(problem.gradient, rank).u);
  return { runs, plateau: [{ sine, silent }] };
}

/** What was run, in words. */
function words({ runs }: CourseTables, p: CourseParameters): string {
  const middle = distinct(where(runs, "middle", true), "start");
  const starts = p.starts.map((start) => notebookStart(start).name).join(", ");
  return `${trainingWords(p)}, from ${starts} (${problemWords(p)}, r = ${p.r}` +
    `${p.variances.length === 1 ? `, α² = ${scaleWords(p.variances[0])}` : ""}${
      apartWords(p, p.starts, middle)
    })`;
}

/**
 * F1: angle of the adapter with the gradient, and risk, against steps, with the linear phase.
 *
 * Rows: `runs`, with what the linear phase says, and `plateau`.
 * Source: the authors' toy experiment; the theory lines are ours.
 *
 * @example Another shape, spectrum and step size; a start that needs no phase of alignment.
 * ```ts
 * import { alignmentCourses } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertLess } from "@std/assert";
 *
 * const { rows } = await alignmentCourses({
 *   d: 20, k: 10, N: 200, values: [1, 0.5], r: 4, eta: 0.1, steps: 40, starts: ["LoRA-One"],
 * });
 * assertLess(rows.runs.at(-1)!.risk, 1e-2 * rows.runs[0].risk);
 * ```
 */
export const alignmentCourses: Experiment<
  typeof courseParameters,
  CourseTables,
  Figure,
  Record<never, never>
> = experiment({
  name: "alignment",
  about: "Angle of A with the one-step gradient, and risk, from any start, by any optimiser.",
  parameters: courseParameters,
  check: (p, refuse, given) => {
    checkSizes(p, refuse, given);
    checkRank(p, refuse);
    const names = p.starts.map((start) => notebookStart(start).name);
    if (new Set(names).size < names.length) refuse("starts", "of different names", names);
    checkDamping(p.damping, [p.optimiser], refuse);
  },
  run: compute,
  figure: (tables, p) => courseFigure(tables, p, words(tables, p)),
  table: ({ runs }) =>
    distinct(runs, "start").flatMap((start) =>
      distinct(where(runs, "start", start), "variance").map((variance) => {
        const here = where(where(runs, "start", start), "variance", variance), last = here.at(-1)!;
        const sines = here.flatMap(({ sine }) => sine === null ? [] : [sine]);
        return {
          start,
          "α²": variance,
          "least sin θ": sines.length > 0 ? Math.min(...sines) : null,
          ...{ "last sin θ": last.sine, "largest risk": Math.max(...here.map(({ risk }) => risk)) },
          ...{ "last risk": last.risk, "last step": last.at, status: last.status },
        };
      })
    ),
});
