/**
 * Courses of many copies as tasks of sweeps.
 *
 * @module
 */
import { checkInteger, checkSorted } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { stream } from "../../../random/mod.ts";
import { factorSums } from "../left_factors.ts";
import { modelOf, type ModelSpec } from "../model_spec.ts";
import { FineTuningChain } from "./chain.ts";
import { GeneralChain } from "./general.ts";
import type { RunOptions } from "./options.ts";

/** Copies of a chain at given times. */
export interface CourseCell {
  /** The model; what is random in it is drawn for every copy. */
  readonly model: ModelSpec;
  /** Options of each copy. */
  readonly run: RunOptions;
  /** First copy: copies of several cells may be one group. */
  readonly first?: number;
  /** Number of copies. */
  readonly copies: number;
  /** Times `τ = steps/n`, increasing. */
  readonly times: readonly number[];
  /** What the rows are to be known by. */
  readonly label?: string;
  /** Name of the draws: cells of one name, `k` and `n` share factors, base, start and inputs. */
  readonly draws?: string;
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
  /** Overlap of the directions at the start. */
  m0: number;
  /** Overlap of the left factors at the start. */
  q0: number;
  /** `(Σ c_i)(Σ ĉ_i)` at the start. */
  A: number;
  /** First time at which `|m| ≥ ½`; null before. */
  half: number | null;
  /** Step scale of the last step. */
  alpha: number;
  /** `"running"` or `"diverged"`. */
  status: string;
}

/** Runs copies of a chain. */
export const courses: Task<CourseCell, CourseRow> = task(
  import.meta.url,
  "courses",
  (cell: CourseCell, { seed }): CourseRow[] => {
    const { model, run, first = 0, copies, times, label = "", draws = label } = cell;
    checkInteger("run courses", "copies", copies, 1);
    checkSorted("run courses", "times", times);
    return Array.from({ length: copies }, (_, i) => first + i).flatMap((copy) => {
      const rng = stream(seed, "course", draws, model.k, run.n, copy), own = modelOf(model, rng);
      const chain = new FineTuningChain(own, run, rng), { m: m0, q: q0 } = chain;
      const { A } = factorSums(own.c, own.hatC);
      let half = Math.abs(m0) >= 0.5 ? 0 : null;
      return times.map((tau) => {
        const end = Math.round(tau * run.n);
        if (half === null) {
          chain.run(end - chain.steps, 0.5);
          if (Math.abs(chain.m) >= 0.5) half = chain.steps / run.n;
        }
        chain.run(end - chain.steps);
        const { m, q, nu, gap, alpha, status } = chain;
        return {
          ...{ copy, tau, m, q, nu, logGap: Math.log10(gap), loss: chain.takeLoss() },
          ...{ m0, q0, A, half, alpha, status },
        };
      });
    });
  },
);

/** Copies that run towards a general direction. */
export interface GeneralCell {
  /** The model. */
  readonly model: ModelSpec;
  /** Dimension. */
  readonly d: number;
  /** Step scale, `η = α/d`. */
  readonly alpha: number;
  /** Part of `u` in the span of the base. */
  readonly parallel: number;
  /** Overlap at the start; that of a uniform direction when not given. */
  readonly m0?: number;
  /** Number of copies. */
  readonly copies: number;
  /** Times `τ = steps/d`, increasing. */
  readonly times: readonly number[];
}

/** One copy that runs towards a general direction, at one time. */
export interface GeneralRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Time. */
  tau: number;
  /** Overlap. */
  m: number;
  /** Squared length of the part of `û` in the span of the base. */
  inside: number;
}

/** Runs copies towards a direction with a part in the span of the base. */
export const generalCourses: Task<GeneralCell, GeneralRow> = task(
  import.meta.url,
  "generalCourses",
  ({ model, copies, times, ...options }: GeneralCell, { seed }) => {
    checkInteger("run courses", "copies", copies, 1);
    checkSorted("run courses", "times", times);
    const { d, parallel } = options;
    return Array.from({ length: copies }, (_, i) => i).flatMap((copy) => {
      const rng = stream(seed, "general", d, parallel, copy);
      const chain = new GeneralChain(modelOf(model, rng), options, rng);
      return times.map((tau) => {
        chain.run(Math.round(tau * d) - chain.steps);
        return { copy, tau, m: chain.m, inside: chain.inside };
      });
    });
  },
);
