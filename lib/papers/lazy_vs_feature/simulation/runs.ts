/**
 * Runs of many copies as tasks of sweeps: courses of the order parameters, and times to half an overlap.
 *
 * @module
 */
import { checkInteger, checkSorted } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { median } from "../../../experiment/table/statistics.ts";
import { activation } from "../../../gaussian/mod.ts";
import { type PathStep, stream } from "../../../random/mod.ts";
import { fineTuning, generalisedLinear, type ModelOptions, planeModel } from "../model.ts";
import { FineTuningChain, type RunOptions } from "./chain.ts";
import { GeneralChain } from "./general.ts";
import { PlaneChain } from "./plane.ts";
import { ScratchChain } from "./scratch.ts";

/** Copies of a chain at given times. */
export interface CourseCell {
  /** The model. */
  readonly model: ModelOptions;
  /** Options of each copy. */
  readonly run: RunOptions;
  /** First copy: copies of several cells may be one group. */
  readonly first?: number;
  /** Number of copies. */
  readonly copies: number;
  /** Times `τ = steps/n`, increasing. */
  readonly times: readonly number[];
  /** What else the rows are to be known by. */
  readonly label?: string;
}

/** One copy at one time. */
export interface CourseRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Time. */
  tau: number;
  /** Overlap of the directions. */
  m: number;
  /** Overlap of the left factors. */
  q: number;
  /** Squared length of the adapter. */
  nu: number;
  /** `log₁₀(1 − |m|)` of a unit adapter. */
  logGap: number;
  /** Mean loss over the inputs since the time before; null without any. */
  loss: number | null;
}

/** Runs copies of a chain. */
export const courses: Task<CourseCell, CourseRow> = task(
  import.meta.url,
  "courses",
  ({ model, run, first = 0, copies, times, label = "" }: CourseCell, { seed }): CourseRow[] => {
    checkInteger("run courses", "copies", copies, 1);
    checkSorted("run courses", "times", times);
    const problem = fineTuning(model);
    return Array.from({ length: copies }, (_, i) => first + i).flatMap((copy) => {
      const chain = new FineTuningChain(problem, run, stream(seed, "course", label, run.n, copy));
      return times.map((tau) => {
        chain.run(Math.round(tau * run.n) - chain.steps);
        const { m, q, nu, gap } = chain;
        return { copy, tau, m, q, nu, logGap: Math.log10(gap), loss: chain.takeLoss() };
      });
    });
  },
);

/** Copies that run towards a general direction. */
export interface GeneralCell {
  /** The model. */
  readonly model: ModelOptions;
  /** Dimension. */
  readonly d: number;
  /** Step scale, `η = α/d`. */
  readonly alpha: number;
  /** Part of `u` in the span of the base. */
  readonly parallel: number;
  /** Number of copies. */
  readonly copies: number;
  /** Times `τ = steps/d`, increasing. */
  readonly times: readonly number[];
}

/** Runs copies towards a direction with a part in the span of the base. */
export const generalCourses: Task<GeneralCell, { copy: number; tau: number; m: number }> = task(
  import.meta.url,
  "generalCourses",
  ({ model, d, alpha, parallel, copies, times }: GeneralCell, { seed }) => {
    checkInteger("run courses", "copies", copies, 1);
    checkSorted("run courses", "times", times);
    const problem = fineTuning(model);
    return Array.from({ length: copies }, (_, i) => i).flatMap((copy) => {
      const rng = stream(seed, "general", d, parallel, copy);
      const chain = new GeneralChain(problem, { d, alpha, parallel }, rng);
      return times.map((tau) => {
        chain.run(Math.round(tau * d) - chain.steps);
        return { copy, tau, m: Math.abs(chain.m) };
      });
    });
  },
);

/** How a time to half an overlap is measured. */
export type Route = "fine-tuning" | "GLM" | "all weights" | "plane" | "plane, fine-tuning";

/** An experiment on times to half an overlap. */
export interface HittingCell {
  /** How the direction is learned. */
  readonly route: Route;
  /** The model; of no use to the plane. */
  readonly model: ModelOptions;
  /** Dimension. */
  readonly d: number;
  /** Dimension of the base, `k` when not given. */
  readonly span?: number;
  /** Step size. */
  readonly eta: number;
  /** Label noise. */
  readonly noise?: number;
  /** Number of copies. */
  readonly copies: number;
  /** Steps after which a copy is given up. */
  readonly maxSteps: number;
}

/** What is measured of a route in one dimension. */
export interface HittingRow extends Row {
  /** Median steps; null when fewer than half have arrived. */
  steps: number | null;
  /** Lower quartile; null likewise. */
  low: number | null;
  /** Upper quartile; null likewise. */
  high: number | null;
  /** Copies that have arrived when the run was stopped. */
  arrived: number;
}

/** A copy that can be stepped and asked whether it has arrived. */
interface Runner {
  step(): void;
  done(): boolean;
}

function open(cell: HittingCell, path: PathStep[], seed: string): Runner {
  const { route, d, eta, noise } = cell, rng = stream(seed, ...path);
  if (route === "all weights") {
    const chain = new ScratchChain(fineTuning(cell.model), { d, eta }, rng);
    return { step: () => chain.step(), done: () => chain.best >= 0.5 };
  }
  if (route === "plane") {
    const chain = new PlaneChain({ d, eta }, rng);
    return { step: () => chain.step(), done: () => chain.found >= 0.25 };
  }
  const problem = route === "GLM"
    ? generalisedLinear(cell.model.activation)
    : route === "fine-tuning"
    ? fineTuning(cell.model)
    : planeModel();
  // Collinear base weights span one dimension; a single-index model has none.
  const span = route === "GLM" ? 0 : route === "fine-tuning" ? cell.span ?? problem.k : 1;
  const chain = new FineTuningChain(problem, { n: d - span, alpha: eta * (d - span), noise }, rng);
  return { step: () => chain.step(), done: () => Math.abs(chain.m) >= 0.5 };
}

/**
 * Median steps until half an overlap. Copies take turns, and all stop once four fifths have arrived:
 * median and quartiles need no more.
 */
export const hittingTimes: Task<HittingCell, HittingRow> = task(
  import.meta.url,
  "hittingTimes",
  (cell: HittingCell, { seed }): HittingRow => {
    const { route, d, copies, maxSteps } = cell;
    checkInteger("time runs", "copies", copies, 1);
    checkInteger("time runs", "maxSteps", maxSteps, 1);
    const runners = Array.from(
      { length: copies },
      (_, copy) =>
        open(cell, ["hit", route, activation(cell.model.activation).name, d, copy], seed),
    );
    const times = new Float64Array(copies).fill(Infinity);
    const turn = Math.max(1, Math.round(maxSteps / 400));
    let steps = 0, arrived = 0;
    while (steps < maxSteps && arrived < 0.8 * copies) {
      const end = Math.min(maxSteps, steps + turn);
      runners.forEach((run, copy) => {
        if (times[copy] < Infinity) return;
        for (let t = steps; t < end; t++) {
          run.step();
          if (!run.done()) continue;
          times[copy] = t + 1;
          arrived++;
          return;
        }
      });
      steps = end;
    }
    const sorted = times.toSorted(), enough = arrived >= 0.8 * copies;
    const at = (share: number) => enough ? sorted[Math.floor(share * (copies - 1))] : null;
    return {
      steps: arrived > copies / 2 ? median(times) : null,
      low: at(0.25),
      high: at(0.75),
      arrived,
    };
  },
);
