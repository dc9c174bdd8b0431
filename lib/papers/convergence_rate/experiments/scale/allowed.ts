/**
 * F18: where along a run is a certificate loose?
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Drawing, type Figure, figureOf, legendOf } from "../../../../figure/mod.ts";
import { problemOf } from "../../problems.ts";
import { rateRule } from "../../rules.ts";
import { type AllowedRow, allowedSteps } from "../../simulation/allowed_steps.ts";
import {
  problemsParameter,
  repeats,
  ruleNamesOf,
  ruleParameter,
  rulesParameter,
} from "../physics.ts";

/** An allowed step with its problem. */
export interface AllowedPoint extends AllowedRow {
  /** Name of the problem. */
  problem: string;
}

/** How much longer the search goes than a rule. */
export interface LooseRow extends Row {
  /** Name of the problem. */
  problem: string;
  /** Name of the rule. */
  rule: string;
  /** Least of search over rule. */
  least: number;
  /** Largest. */
  most: number;
}

/**
 * Parameters of {@linkcode allowedCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const allowedParameters = {
  problems: problemsParameter(["quadratic", "softmax", "cosine"]),
  rules: rulesParameter(["cubic", "simple", "paper"]),
  along: ruleParameter("simple", "rule of the run"),
  steps: param.integer(2000, "steps of the run", { least: 1 }),
};

type Parameters = Values<typeof allowedParameters>;

/** Least and largest quotient of the searched step and that of each rule. */
export function looseness(rows: readonly AllowedPoint[]): LooseRow[] {
  return distinct(rows, "problem").flatMap((problem) => {
    const own = where(rows, "problem", problem), search = where(own, "rule", "search");
    return distinct(own, "rule").filter((rule) => rule !== "search").map((rule) => {
      const all = where(own, "rule", rule).map(({ eta }, i) => search[i].eta / eta);
      return { problem, rule, least: Math.min(...all), most: Math.max(...all) };
    });
  });
}

function draw(rows: readonly AllowedPoint[], p: Parameters): Figure {
  const rules = ["search", ...ruleNamesOf(p.rules)];
  const drawings = distinct(rows, "problem").map((problem): Drawing => ({
    title: problem,
    x: { label: "steps /{t}", type: "log" },
    y: { label: "allowed step /{η}", type: "log" },
    series: rules.map((rule) => {
      const own = where(where(rows, "problem", problem), "rule", rule).filter(({ t }) => t > 0);
      const marks = own.map(({ t, eta }) => ({ x: t, y: eta }));
      return { name: rule, marks, thin: marks };
    }),
  }));
  return figureOf(drawings, {
    columns: Math.min(3, drawings.length),
    aspect: 0.95,
    legend: legendOf(drawings[0].series),
    caption:
      `Steps that the rules allow along a run of ${
        rateRule(p.along).name
      } (symbols and thin lines, all computed at ` +
      "its states), beside the first length at which half the first-order decrease is missed (search: scan by 5 %, " +
      "then bisection). Runs end where ‖∇J‖ < 10⁻⁴.",
  });
}

/**
 * Steps that rules allow along a run, beside what a search finds.
 *
 * Rows: one a problem, a step and a rule.
 * Source: ours.
 */
export const allowedCourses: Experiment<typeof allowedParameters, AllowedPoint[], Figure> =
  experiment({
    name: "allowed steps",
    about: "Where along a run is a certificate loose?",
    parameters: allowedParameters,
    check: ({ problems, rules }, refuse) => {
      if (repeats(problems.map((one) => problemOf(one).name))) {
        refuse("problems", "problems of different names", problems);
      }
      if (repeats(["search", ...ruleNamesOf(rules)])) {
        refuse("rules", "rules of different names, none of them search", rules);
      }
    },
    run: ({ problems, rules, along, steps }) =>
      problems.map(problemOf).flatMap((problem) =>
        allowedSteps(problem, { rules, along, steps }).map((row) => ({
          problem: problem.name,
          ...row,
        }))
      ),
    figure: draw,
    table: (rows) => looseness(rows),
  });
