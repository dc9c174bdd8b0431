/**
 * F5: the smallest gradient of single runs beside all bounds.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  param,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  legendOf,
  scaleWords,
} from "../../../../figure/mod.ts";
import { checkLoss } from "../../loss_check.ts";
import { problemOf } from "../../problems.ts";
import { LEAST_SMOOTHNESS } from "../../rules.ts";
import { course, type CoursePoint } from "../../simulation/courses.ts";
import { boundBounded, boundLog, boundSqrt } from "../../theory/bounds.ts";
import { problemsParameter, repeats } from "../physics.ts";

/** A run at a step, with what the bounds need. */
export interface BoundCourseRow extends CoursePoint {
  /** Name of the problem. */
  problem: string;
  /** `L` as rule and bounds have it, at least `1/(6√2)`. */
  smoothness: number;
  /** `Δ`. */
  gap: number;
  /** `‖V₀‖²`. */
  start2: number;
  /** Largest `‖V‖²` of the run at the reported steps. */
  most: number;
}

/**
 * Parameters of {@linkcode boundCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const boundCourseParameters = {
  problems: problemsParameter(["quadratic", "cosine", "softmax"]),
  steps: param.integer(100_000, "steps of the paper's rule", { least: 10 }),
  verify: param.flag(false, "check gradients and L of the losses by differences first"),
};

type Parameters = Values<typeof boundCourseParameters>;

function draw(rows: readonly BoundCourseRow[], p: Parameters): Figure {
  const names = distinct(rows, "problem");
  const drawings = names.map((name, i): Drawing => {
    const own = where(rows, "problem", name).filter(({ t }) => t > 0);
    const [{ smoothness, gap, start2: v2, most }] = own, options = { smoothness, gap, v2 };
    const line = (y: (row: BoundCourseRow) => number) =>
      own.map((row) => ({ x: row.t, y: y(row) }));
    const run = line(({ minGradient2 }) => minGradient2).filter(({ y }) => y > 1e-14);
    return {
      title: problemOf(p.problems[i]).name,
      x: { label: "steps /{T}", type: "log" },
      y: { label: "smallest ‖∇/{J}‖²", type: "log" },
      series: [
        { name: "(log)", line: line(({ t }) => boundLog(options, t)) },
        { name: "(sqrt)", line: line(({ t }) => boundSqrt(options, t)) },
        {
          name: "/{O}(1//{T}), bounded /{V}",
          line: line(({ t }) => boundBounded(options, most, t)),
        },
        { name: "4/{Δ}//{S}_{T}", line: line(({ time }) => 4 * gap / time) },
        { name: "run", marks: run, thin: run },
      ],
    };
  });
  return figureOf(drawings, {
    columns: Math.min(3, drawings.length),
    legend: legendOf(drawings[0].series),
    aspect: 0.95,
    caption:
      `Smallest squared gradient over the first T of ${
        scaleWords(p.steps)
      } steps of the paper's rule (symbols) and ` +
      "its bounds (lines): (log) the paper's rate with our constants, (sqrt) ours, the paper's O(1/T) with the " +
      "largest ‖V‖² of the run, and 4Δ over the measured S_T.",
  });
}

/**
 * The paper's rule on given problems, with all that its bounds need.
 *
 * Rows: points of the runs.
 * Source: theorem the paper's (as reported), constants ours.
 *
 * @example A loss of one's own.
 * ```ts
 * import { boundCourses, boundSqrt, lowRank, quadratic, rescaled, sineStart } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const loss = rescaled(quadratic(lowRank([9, 4], [3, 2, 1])), { factor: 2 });
 * const { rows } = await boundCourses({ problems: [{ loss, start: sineStart(loss, 3, 0.3) }], steps: 500 });
 * const { smoothness, gap, start2: v2, minGradient2, t } = rows.at(-1)!;
 * assert(minGradient2 <= boundSqrt({ smoothness, gap, v2 }, t));
 * ```
 */
export const boundCourses: Experiment<typeof boundCourseParameters, BoundCourseRow[], Figure> =
  experiment({
    name: "runs beside their bounds",
    about: "The smallest gradient of the paper's rule beside all bounds.",
    parameters: boundCourseParameters,
    quick: { steps: 5000 },
    check: ({ problems }, refuse) => {
      const all = problems.map(problemOf);
      if (repeats(all.map(({ name }) => name))) {
        refuse("problems", "problems of different names", all.map(({ name }) => name));
      }
      for (const { name, loss } of all) {
        if (loss.low > -Infinity) continue;
        refuse("problems", "losses with a finite lower bound low", `low = ${loss.low} of ${name}`);
      }
    },
    run: ({ problems, steps, verify }) =>
      problems.map(problemOf).flatMap((problem) => {
        if (verify) checkLoss(problem.loss);
        const { points } = course(problem, { steps, floor: 1e-26 });
        const { smoothness, low } = problem.loss, [{ loss, v2: start2 }] = points;
        const most = Math.max(...points.map(({ v2 }) => v2));
        const least = Math.min(...points.map((point) => point.loss));
        if (least < low) {
          throw new RangeError(
            `Cannot compare a run with its bounds as low of ${problem.name} must be a lower bound of its ` +
              `loss, which reaches ${least}: current value is ${low}`,
          );
        }
        return points.map((point) => ({
          ...{ problem: problem.name, ...point },
          ...{ smoothness: Math.max(smoothness, LEAST_SMOOTHNESS), gap: loss - low, start2, most },
        }));
      }),
    figure: draw,
  });
