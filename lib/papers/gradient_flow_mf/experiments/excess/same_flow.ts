/**
 * T11: fewer hidden dimensions and other bases leave the flow what it is.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  grid,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  figureOf,
  legendOf,
  listed,
  scaleWords,
  type Series,
} from "../../../../figure/mod.ts";
import { updateRule, type UpdateRuleLike } from "../../../../nn/mod.ts";
import { paperProblem, seedNumber } from "../../problems/mod.ts";
import { plainProblem, type ProblemLike, problemOf } from "../../shapes.ts";
import { layerStart, type StartLike, startWords } from "../../starts.ts";
import { type FormName, formRun, FORMS } from "../../simulation/runs/form_run.ts";
import { rankParameter, seedParameter, startSeeds, startsParameter, TIME } from "../physics.ts";
import { worded } from "../worded.ts";

/** A moment of a run in a form. */
export interface SameFlowRow extends Row {
  /** `"full"`, `"reduced"`, `"rotated"` or `"one layer rotated"`. */
  form: string;
  /** Start. */
  start: string;
  /** Its seed. */
  seed: string;
  /** Flow time. */
  at: number;
  /** Loss. */
  loss: number;
  /** Hidden dimensions that were followed. */
  hidden: number;
}

/** First seed of the starts under the seed `"reference"`. */
const FIRST = 2000;

/**
 * Parameters of {@linkcode sameFlow}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const sameFlowParameters = {
  problem: param.value<ProblemLike>(
    paperProblem(),
    "a problem with two adapters",
    (problem) => problemOf(problem),
    "a problem { w2, w1, target }",
  ),
  starts: startsParameter(["zeroB", "zeroA", "gauss"]),
  alpha: param.number(1e-3, "scale α of the starts", { above: 0 }),
  r: rankParameter(4),
  forms: param.choices<FormName>(
    ["full", "reduced"],
    "forms in which each start is followed; there are no others to write down",
    FORMS,
  ),
  horizon: param.number(2, "last time", { above: 0 }),
  points: param.integer(41, "number of times", { least: 2 }),
  eta: param.number(0, "step size of gradient descent; 0 is the flow", { least: 0 }),
  rule: param.value<UpdateRuleLike>(
    "gd",
    "update rule, with eta > 0: gd, momentum, adam, updateRule(...), or your own",
    updateRule,
    "gd, momentum, adam, or { name, begin }",
  ),
  copies: param.integer(1, "starts of each kind, one seed each", { least: 1 }),
  bases: param.value<string>(
    "892",
    "seed of the random bases",
    (seed) => seedNumber("draw the bases", seed),
    'a whole number as text, such as "892"',
  ),
  seed: seedParameter(FIRST),
};

type Parameters = Values<typeof sameFlowParameters>;

/** Losses of a form over those of the first form, at the same times of the same start. */
function ratios(rows: readonly SameFlowRow[], form: string, { forms }: Parameters) {
  const first = where(rows, "form", forms[0]), other = where(rows, "form", form);
  return other.map((row, i) => ({ ...row, ratio: row.loss / first[i].loss }));
}

function draw(rows: readonly SameFlowRow[], parameters: Parameters): Figure {
  const { problem, starts, alpha, r, forms, eta, rule, copies } = parameters;
  const { name = "own problem" } = problem, [first, ...others] = forms;
  const seed = rows[0].seed, one = where(rows, "seed", seed);
  const series = starts.flatMap((start, look): Series[] => {
    const of = (form: string) =>
      where(where(one, "start", layerStart(start).name), "form", form)
        .map(({ at: x, loss: y }) => ({ x, y }));
    const step = Math.max(1, Math.round(of(first).length / 14));
    return [
      { name: `${startWords(start)}, ${first}`, look, thin: of(first) },
      ...others.map((form, i) => ({
        ...{ name: `${startWords(start)}, ${form}`, look: look + starts.length * i },
        marks: of(form).filter((_, k) => k % step === 0),
      })),
    ];
  });
  const deviations = starts.flatMap((start, look): Series[] =>
    others.map((form, i) => ({
      ...{ name: `${startWords(start)}, ${form}`, look: look + starts.length * i },
      marks: where(ratios(one, form, parameters), "start", layerStart(start).name)
        .map(({ at, ratio }) => ({ x: at, y: Math.abs(ratio - 1) })).filter(({ y }) => y > 0),
    }))
  );
  const hidden = forms.map((form) =>
    `${form} (${listed(distinct(where(rows, "form", form), "hidden"))} hidden dimensions)`
  );
  const how = eta === 0 ? "gradient flow" : `${updateRule(rule).name}, step ${scaleWords(eta)}`;
  return figureOf([
    {
      title: "loss",
      x: { label: TIME },
      y: { label: "loss /{L}", type: "log" },
      series,
    },
    ...(others.length === 0 ? [] : [{
      title: `against ${first}`,
      x: { label: TIME },
      y: { label: "relative difference", type: "log" as const },
      series: deviations,
    }]),
  ], {
    ...{ columns: 2, legend: legendOf(series) },
    caption: `${name[0].toUpperCase()}${name.slice(1)}, r = ${[r].flat().join(" and ")}, ` +
      `α = ${scaleWords(alpha)}, ${how}, one start${copies === 1 ? "" : ` of ${copies}`} each: ${
        listed(hidden)
      }. Lines: ${first}; symbols: the others.`,
  });
}

/**
 * A start followed in several forms: with all hidden dimensions; with those that `W₂`, `W₁` and the start
 * can see, which is the same flow; with everything in other bases, which is the same too; and with the
 * hidden basis of `W₁` alone turned, which is another problem: Assumption 2.1 fails.
 *
 * Exact for the flow, gradient descent and momentum; not for Adam.
 * Rows: a moment of a start in a form.
 * Source: ours, T11.
 *
 * @example
 * ```ts
 * import { sameFlow } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const { rows } = await sameFlow({ preset: "quick", starts: ["zeroB"], points: 2, horizon: 1 });
 * assertEquals(rows.map(({ hidden }) => hidden), [100, 100, 14, 14]);
 * assertAlmostEquals(rows[3].loss / rows[1].loss, 1, 1e-9);
 * ```
 */
export const sameFlow: Experiment<typeof sameFlowParameters, SameFlowRow[], Figure> = experiment({
  name: "the same flow in other forms",
  about: "That hidden dimensions nothing can see, and bases, leave the flow what it is.",
  parameters: sameFlowParameters,
  quick: { points: 11 },
  check: ({ starts, forms, eta, rule }, refuse) => {
    const names = starts.map((start) => layerStart(start).name);
    if (new Set(names).size < names.length) refuse("starts", "of different names", names);
    if (new Set(forms).size < forms.length) refuse("forms", "different ones", forms);
    if (eta === 0 && rule !== "gd") refuse("eta", '> 0 for a rule other than "gd"', eta);
  },
  run: async (parameters, { sweep }) => {
    const { problem, starts, alpha, r, forms, horizon, points, eta, rule, copies, bases, seed } =
      parameters;
    const times = linspace(horizon / points, horizon, points), plain = plainProblem(problem);
    const run = async (startedBy: StartLike, count: number) => {
      const { name: start } = layerStart(startedBy);
      const shared = { problem: plain, start, startedBy, alpha, r, bases, times };
      const changes = eta > 0 ? { eta, rule } : {};
      const cells = grid({ form: forms }).map(({ form }) => ({ ...shared, form, ...changes }));
      return await sweep({ run: formRun, cells, seeds: startSeeds(seed, FIRST, count) });
    };
    const all = starts.map((start) => run(start, layerStart(start).random ? copies : 1));
    return (await Promise.all(all)).flat().map(({ form, start, seed, at, loss, hidden }) => (
      { form, start, seed, at, loss, hidden }
    ));
  },
  figure: draw,
  table: worded((rows, parameters) =>
    parameters.forms.flatMap((form) =>
      distinct(rows, "start").map((start) => {
        const here = where(where(rows, "form", form), "start", start);
        const apart = where(ratios(rows, form, parameters), "start", start)
          .map(({ ratio }) => Math.abs(ratio - 1));
        return {
          ...{ form, start, "hidden dimensions": here[0].hidden, "last loss": here.at(-1)!.loss },
          [`largest relative difference to ${parameters.forms[0]}`]: Math.max(...apart),
        };
      })
    )
  ),
});
