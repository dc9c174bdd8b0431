/**
 * F2, C5–C7: what one step of a rule does from random states, and on a slope of small curvature.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import {
  type Experiment,
  experiment,
  geomspace,
  grid,
  median,
  param,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  scaleWords,
} from "../../../../figure/mod.ts";
import { KINDS, lossFamily } from "../../families.ts";
import { LEAST_SMOOTHNESS, PAPER_CONSTANT, type RuleLike } from "../../rules.ts";
import { type SlopeRow, slopeStep } from "../../simulation/slope_step.ts";
import { stepFuzz, type StepRow } from "../../simulation/step_fuzz.ts";
import { RISING_SMOOTHNESS, slopeDecrease } from "../../theory/lemma.ts";
import { familiesParameter, repeats, ruleNamesOf, rulesParameter, shareAbove } from "../physics.ts";

/** One step from a random state. */
export interface StepTrial extends StepRow {
  /** Name of the family of its loss. */
  kind: string;
}

/** Steps of a rule that fall short of `−fraction·η‖∇J‖²` beyond rounding, and the largest ratio. */
export function stepVerdict(
  rows: readonly StepRow[],
  options: { rule: string; fraction: number; least?: number },
): { trials: number; violations: number; worst: number } {
  checkKeys("judge steps", options, ["rule", "fraction", "least"]);
  const { rule, fraction, least = 0 } = options;
  const own = rows.filter((row) => row.rule === rule && row.smoothness >= least);
  const violations = own.filter((row) => row.decrease > row.noise - fraction).length;
  const clear = own.filter((row) => row.noise < 1e-6);
  const worst = clear.reduce((most, row) => Math.max(most, row.decrease), -Infinity);
  return { trials: own.length, violations, worst };
}

/**
 * Parameters of {@linkcode certifiedSteps}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const stepParameters = {
  losses: familiesParameter(KINDS),
  rules: rulesParameter(
    ["printed", "simple", "cubic"],
    "rules, each of which steps from every state",
  ),
  trials: param.integer(8000, "random states for each family", { least: 1 }),
  parts: param.integer(5, "parts in which they are drawn, each by a worker", { least: 1 }),
  size: param.integer(6, "largest m and n", { least: 1 }),
  rank: param.integer(4, "largest rank r", { least: 1 }),
  decades: param.numbers([-2, 1.5], "powers of ten between which ‖V‖ is drawn", { entries: 2 }),
  scales: param.numbers([-1.5, 1.5], "powers of ten between which losses are scaled", {
    entries: 2,
  }),
  smoothness: param.numbers(geomspace(0.04, 2, 13), "constants L of the straight slope", {
    above: 0,
  }),
  slope: param.number(100, "its slope g", { above: 0 }),
  seed: param.seed(),
};

type Parameters = Values<typeof stepParameters>;

/** Rows of {@linkcode certifiedSteps}. */
export type StepTrials = { states: StepTrial[]; slopes: SlopeRow[] };

/** Whether the statement about a rule holds at a state: that of the paper's rule from an `L` on. */
function holds({ rule, smoothness }: StepTrial): boolean {
  return rule !== "printed" || smoothness >= LEAST_SMOOTHNESS;
}

function draw({ states, slopes }: StepTrials, p: Parameters): Figure {
  const names = ruleNamesOf(p.rules), printed = names.includes("printed");
  const [low, high] = [Math.min(...p.smoothness), Math.max(...p.smoothness)];
  const least = 0.5 / (p.trials * p.losses.length);
  const rules: Drawing = {
    title: "one step from random states",
    x: { label: "(/{J}_{+} − /{J}) / (/{η}‖∇/{J}‖²)", domain: [-2, 0] },
    y: { label: "share of states above", type: "log", domain: [least, 1.3] },
    series: [
      ...names.map((name) => {
        const own = states.filter((row) => row.rule === name && holds(row) && row.noise < 1e-6);
        const thin = shareAbove(own.map((row) => row.decrease));
        const every = Math.max(1, Math.ceil(thin.length / 7));
        return {
          name,
          thin,
          marks: thin.filter((_, i) => i % every === every - 1 || i === thin.length - 1),
        };
      }),
      ...[-0.5, -0.25].map((x) => ({
        name: "certified: −½, −¼",
        guide: [{ x, y: least }, { x, y: 1.3 }],
      })),
    ],
  };
  const last = {
    name: "one step",
    marks: slopes.map((row) => ({ x: row.smoothness, y: row.decrease })),
  };
  const line = geomspace(low, high, 80).map((L) => ({
    x: L,
    y: slopeDecrease(Math.min(1 / (PAPER_CONSTANT * L * p.slope), 1), p.slope),
  }));
  const ends = [low, high], top = Math.max(0.2, 1.1 * line[0].y);
  const slope: Drawing = {
    title: "the printed rule at small /{L}",
    x: { label: "smoothness constant /{L}", type: "log" },
    y: { label: "(/{J}_{+} − /{J}) / (/{η}‖∇/{J}‖²)", domain: [-1, top] },
    series: [
      { ...last, look: names.length, name: "slope: run, −(1 − /{ηg}/2)", line },
      ...[-0.25, 0].map((y) => ({ name: "", guide: ends.map((x) => ({ x, y })) })),
      ...[LEAST_SMOOTHNESS, RISING_SMOOTHNESS].map((x) => ({
        name: "",
        guide: [{ x, y: -1 }, { x, y: top }],
      })),
    ],
  };
  const all = states.filter(({ rule }) => rule === "printed");
  const outside = printed ? all.filter((row) => !holds(row)).length / Math.max(1, all.length) : 0;
  return figureOf([rules, slope], {
    columns: 2,
    legend: legendOf([...rules.series, slope.series[0]].map((each, i) => ({ look: i, ...each }))),
    caption:
      `(a) Change of the loss in one step of each rule, as a multiple of η‖∇J‖²: share of ${p.trials} random ` +
      `states of each of ${p.losses.length} families of losses that lie above a value (thin lines with symbols: ` +
      "simulation). " +
      (printed
        ? `Of the printed rule only states with L ≥ 1/(6√2) count; ${
          Math.round(100 * outside)
        } % have a smaller L. `
        : "") +
      `(b) One step of the printed rule on a nearly straight slope g = ${
        formatNumber(p.slope)
      } at ‖V‖² = ` +
      `${scaleWords(1e-3)}. Dotted: −¼ and 0, and 1/(6√2) and 1/(8√2), where they are crossed.`,
  });
}

/** Median of `η` of a rule over that of the printed rule, from the same states; null if that was not run. */
export function stepRatio(rows: readonly StepTrial[], rule: string): number | null {
  const own = where(rows, "rule", rule), paper = where(rows, "rule", "printed");
  if (paper.length === 0) return null;
  return median(own.map((row, i) => row.eta / paper[i].eta).filter((_, i) => holds(paper[i])));
}

/**
 * One step of each rule from random states, on losses of many scales; and one step of the printed rule on a
 * straight slope against `L`.
 *
 * Rows: `states`, one a step; `slopes`, one an `L`.
 * Source: the rule and Lemma 3.4 the paper's (as reported), its range and the other rules ours.
 *
 * @example Twice the certified step misses half the first-order decrease somewhere.
 * ```ts
 * import { certifiedSteps, type RuleLike, rateRule, stepVerdict } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const { rate } = rateRule("simple");
 * const twice: RuleLike = { ...rateRule("simple"), name: "twice", rate: (sizes, t) => 2 * rate(sizes, t) };
 * const { rows: { states } } = await certifiedSteps({ rules: ["simple", twice], trials: 400 });
 * assertEquals(stepVerdict(states, { rule: "simple", fraction: 0.5 }).violations, 0);
 * assert(stepVerdict(states, { rule: "twice", fraction: 0.5 }).violations > 0);
 * ```
 */
export const certifiedSteps: Experiment<typeof stepParameters, StepTrials, Figure> = experiment({
  name: "certified steps",
  about: "What one step of a rule does from random states, and on a slope of small curvature.",
  parameters: stepParameters,
  quick: { trials: 1000, parts: 1 },
  check: ({ losses, rules, decades, scales, trials, parts }, refuse) => {
    if (repeats(losses.map((each) => lossFamily(each).name))) {
      refuse("losses", "families of different names", losses);
    }
    if (repeats(ruleNamesOf(rules))) refuse("rules", "rules of different names", rules);
    for (const [key, range] of [["decades", decades], ["scales", scales]] as const) {
      if (range.length !== 2 || range[0] > range[1]) {
        refuse(key, "a lower and an upper power of ten", range);
      }
    }
    if (parts > trials) refuse("parts", `at most trials = ${trials}`, parts);
  },
  run: async (p, { sweep }) => {
    const pair = ([low, high]: readonly number[]): [number, number] => [low, high];
    const part = Array.from({ length: p.parts }, (_, i) => i), rules: readonly RuleLike[] = p.rules;
    const cells = grid({ at: p.losses.map((_, i) => i), part }).map(({ at, part }) => ({
      ...{ kind: lossFamily(p.losses[at]).name, family: p.losses[at], part },
      ...{ trials: Math.ceil(p.trials / p.parts), size: p.size, rank: p.rank, rules },
      ...{ decades: pair(p.decades), scales: pair(p.scales) },
    }));
    const states = await sweep({ run: stepFuzz, cells });
    return {
      states: states.map(({ kind, state, smoothness, rule, eta, decrease, noise }) => (
        { kind, state, smoothness, rule, eta, decrease, noise }
      )),
      slopes: p.smoothness.map((L) => slopeStep(L, p.slope)),
    };
  },
  figure: draw,
  table: ({ states }, { rules }) =>
    ruleNamesOf(rules).map((rule) => ({
      rule,
      ...stepVerdict(states, {
        rule,
        fraction: 0.5,
        least: rule === "printed" ? LEAST_SMOOTHNESS : 0,
      }),
      "step over the printed one, median": stepRatio(states, rule),
    })).map(({ violations, worst, ...row }) => (
      { ...row, "below half the decrease": violations, "largest ratio": worst }
    )),
});
