/**
 * One start followed in several forms that should be the same flow: with all hidden dimensions, with
 * those that the flow can see, in other bases.
 *
 * @module
 */
import { checkKeys, checkOneOf } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { type Matrix, multiply, multiplyNT } from "../../../../linalg/mod.ts";
import type { UpdateRuleLike } from "../../../../nn/mod.ts";
import { portable } from "../../../../random/mod.ts";
import type { Adapters } from "../../model.ts";
import { frame, rotated, seedNumber } from "../../problems/mod.ts";
import { type PlainProblem, problemOf } from "../../shapes.ts";
import { startAdapters, type StartLike } from "../../starts.ts";
import { descend, stepsAt } from "../flow/descent.ts";
import { AdapterFlow } from "../flow/flow.ts";
import { reduceHidden, type Started } from "../flow/hidden.ts";

/** Forms of a problem with adapters. */
export const FORMS = ["full", "reduced", "rotated", "one layer rotated"] as const;

/** Name of a form. */
export type FormName = (typeof FORMS)[number];

/** A start in one form. */
export interface FormCell {
  /** The problem. */
  readonly problem: PlainProblem;
  /** Name of the start, which becomes a column. */
  readonly start: string;
  /** The start. */
  readonly startedBy: StartLike;
  /** Its scale. */
  readonly alpha: number;
  /** Rank of both adapters, or of each. */
  readonly r: number | readonly [number, number];
  /** The form. */
  readonly form: FormName;
  /** Seed of the random bases. */
  readonly bases: string;
  /** Times, increasing. */
  readonly times: readonly number[];
  /** Step size of gradient descent; without it the flow. */
  readonly eta?: number;
  /** Update rule of gradient descent. */
  readonly rule?: UpdateRuleLike;
}

/** A moment of a run. */
export interface FormRow extends Row {
  /** Flow time. */
  at: number;
  /** Loss. */
  loss: number;
  /** Hidden dimensions that are followed. */
  hidden: number;
}

/** Adapters in other bases: `B₁ → GB₁`, `A₁ → A₁Vᵀ`, `B₂ → UB₂`, `A₂ → A₂Gᵀ`. */
function turned(
  { b1, a1, b2, a2 }: Adapters,
  { u, g, v }: { u: Matrix; g: Matrix; v: Matrix },
): Adapters {
  return {
    ...{ b1: multiply(g, b1), a1: multiplyNT(a1, v) },
    ...(b2 && a2 ? { b2: multiply(u, b2), a2: multiplyNT(a2, g) } : {}),
  };
}

/** A start in a form. With one layer rotated Assumption 2.1 fails: the hidden basis of `W₁` is turned. */
function inForm({ problem, adapters }: Started, form: FormName, bases: string): Started {
  if (form === "full") return { problem, adapters };
  if (form === "reduced") return reduceHidden({ problem, adapters });
  const draws = portable(seedNumber("draw the bases", bases)), { rows: m, columns: h } = problem.w2;
  const u = frame(draws, m, m), g = frame(draws, h, h);
  if (form === "one layer rotated") return { problem: rotated(problem, { g1: g }), adapters };
  const v = frame(draws, problem.target.columns, problem.target.columns);
  return { problem: rotated(problem, { u, g, v }), adapters: turned(adapters, { u, g, v }) };
}

/** Losses of a start in a form; the seed is that of the start. */
export const formRun: Task<FormCell, FormRow> = task(
  import.meta.url,
  "formRun",
  (cell: FormCell, { seed }) => {
    const what = "follow a start in a form";
    checkKeys(what, cell, [
      ...["problem", "start", "startedBy", "alpha", "r", "form", "bases", "times", "eta", "rule"],
    ], "the cell");
    const { startedBy: start, alpha, r, form, bases, times, eta = 0, rule = "gd" } = cell;
    checkOneOf(what, "form", form, FORMS);
    const own = problemOf(cell.problem), draws = portable(seedNumber(what, seed));
    const started = { problem: own, adapters: startAdapters(own, { start, alpha, r, draws }) };
    const { problem, adapters } = inForm(started, form, bases), hidden = problem.w2.columns;
    if (eta === 0) {
      const { losses } = new AdapterFlow(problem, adapters).solve(times);
      return times.map((at, i) => ({ at, loss: losses[i], hidden }));
    }
    const wanted = stepsAt(eta, times), at = wanted.map(({ step }) => step);
    const { losses, status } = descend(problem, adapters, { eta, at, rule });
    if (status !== "done") throw new RangeError(`Cannot ${what} as eta must be smaller: ${status}`);
    return losses.map((loss, i) => ({ at: wanted[i].t, loss, hidden }));
  },
);
