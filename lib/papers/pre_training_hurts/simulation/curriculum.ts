/**
 * The authors' curriculum: train on other labels first, turn the adapter round once, train on the labels.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import { activation, type ActivationLike, pairMoments } from "../../../gaussian/mod.ts";
import { frozenOf } from "../frozen.ts";
import { type Copies, openCopies } from "./runs/open.ts";
import { keptSteps, momentOf, rowOf, type RunRow } from "./runs/run.ts";
import { activationsOf, rngOf, SETTING_KEYS, type SgdSetting } from "./runs/setting.ts";

/**
 * Labels of the first stage: `"squared"` as in the authors' code, `"zero"` for no labels at all, or any activation
 * of `ω⋆·x`.
 */
export type FirstLabels = "squared" | "zero" | { readonly teacher: ActivationLike };

/**
 * Teacher of the first stage.
 *
 * @example
 * ```ts
 * import { firstTeacher } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const at = (labels: Parameters<typeof firstTeacher>[0]) => activation(firstTeacher(labels, "He3")).f(2);
 * assertEquals([at("squared"), at("zero"), at({ teacher: "x" })], [4, 0, 2]);
 * ```
 */
export function firstTeacher(labels: FirstLabels, target: ActivationLike): ActivationLike {
  if (labels === "zero") return "0";
  if (labels !== "squared") return labels.teacher;
  if (typeof target === "string") return /^\w+$/.test(target) ? `${target}^2` : `(${target})^2`;
  const { name, f, df } = activation(target);
  return {
    name: `(${name})^2`,
    f: (z: number) => f(z) ** 2,
    df: (z: number) => 2 * f(z) * df(z),
  };
}

/** A run of the curriculum. */
export interface CurriculumCell extends SgdSetting {
  /** Labels of the first stage. */
  readonly labels: FirstLabels;
  /** The first stage ends when every `|m|` has reached this, */
  readonly until: number;
  /** or after so many steps. */
  readonly firstSteps: number;
  /** Steps of the second stage. */
  readonly secondSteps: number;
  /** About how many rows of each stage are kept. */
  readonly points: number;
}

/** A copy at one step of the curriculum. */
export interface CurriculumRow extends RunRow {
  /** 1 before the turn, 2 from the turn on. */
  stage: number;
}

/**
 * The curriculum: the first stage trains on other labels, then the sign of `u` is changed once where `u m < 0`,
 * then the second stage trains on the labels. The last row of stage 1 and the first of stage 2 are at the same step.
 *
 * Scale: steps. Source: procedure: code of nwemadji2026when.
 *
 * @example The turn mirrors `s` at μ.
 * ```ts
 * import { curriculum } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const rows = [await curriculum({
 *   student: "He3", w0: 0.4, d: 100, batch: 200, step: 0.3, copies: 1,
 *   labels: "zero", until: 0.95, firstSteps: 2000, secondSteps: 10, points: 2,
 * })].flat();
 * const before = rows.findLast(({ stage }) => stage === 1)!, after = rows.find(({ stage }) => stage === 2)!;
 * assertAlmostEquals(before.s + after.s, 2 * 0.4, 1e-12);
 * ```
 */
export const curriculum: Task<CurriculumCell, CurriculumRow> = task(
  import.meta.url,
  "curriculum",
  (cell: CurriculumCell, { seed }): CurriculumRow[] => {
    const { labels, until, firstSteps, secondSteps, points } = cell, what = "run the curriculum";
    checkKeys(what, cell, [
      ...SETTING_KEYS,
      "labels",
      "until",
      "firstSteps",
      "secondSteps",
      "points",
    ], "the cell");
    checkPositive(what, "until", until);
    checkInteger(what, "firstSteps", firstSteps, 1);
    checkInteger(what, "secondSteps", secondSteps, 0);
    const { student, teacher } = activationsOf(cell), moments = pairMoments(student, teacher);
    const frozen = frozenOf(cell.w0), rng = rngOf(cell, seed), rows: CurriculumRow[] = [];
    const keep = (run: Copies, stage: number, steps = 0, samples = 0) => {
      for (let c = 0; c < run.copies; c++) {
        const moment = momentOf(frozen, moments, run.state(c));
        const at = { at: steps + run.steps, samples: samples + run.samples(c) };
        rows.push({ ...rowOf(c, { ...moment, ...at }, run.status), stage });
      }
    };
    const first = openCopies({ ...cell, teacher: firstTeacher(labels, teacher) }, rng);
    const each = Array.from({ length: first.copies }, (_, c) => c);
    const looks = new Set(keptSteps(firstSteps, points));
    keep(first, 1);
    while (first.steps < firstSteps && !each.every((c) => !(Math.abs(first.m(c)) < until))) {
      first.step();
      if (looks.has(first.steps)) keep(first, 1);
    }
    if (!looks.has(first.steps)) keep(first, 1);
    const turned = each.map((c) => {
      const { u, a, h } = first.state(c);
      return { u: u * a[0] < 0 ? -u : u, a, h };
    });
    const second = openCopies(cell, rng.stream("stage 2"), { from: turned });
    for (const look of keptSteps(secondSteps, points)) {
      while (second.steps < look) second.step();
      keep(second, 2, first.steps, first.samples(0));
    }
    return rows;
  },
);
