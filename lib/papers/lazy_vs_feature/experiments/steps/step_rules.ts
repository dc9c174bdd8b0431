/**
 * Step scales that change while training: schedules, a switch, a controller, or a reader's own rule.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, legendOf, type Series } from "../../../../figure/mod.ts";
import { modelOf } from "../../model_spec.ts";
import { OverlapFlow } from "../../theory/mod.ts";
import { type StepScale, stepScale } from "../../step_scales.ts";
import { copiesAt, meanMarks } from "../courses.ts";
import {
  coursesOf,
  modelParameters,
  modelWords,
  scaleText,
  specOf,
  TIME,
  whyNoFlow,
} from "../physics.ts";

/**
 * Parameters of {@linkcode stepRules}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const ruleParameters = {
  ...modelParameters({ hatC: { flipped: 2 } }),
  scales: param.values<StepScale>(
    [0.2, 0.05, "0.1 / (1 + t / 60)", { name: "kurtosis", start: 0.05 }],
    'step scales: numbers, expressions in the time t, { name: "switch", early, late }, { name: "kurtosis", start }, your own',
    stepScale,
    "a number > 0, an expression in t, a function, or a rule",
  ),
  n: param.integer(2000, "dimension n = d − k left to u", { least: 2 }),
  times: param.numbers(linspace(10, 300, 30), "times τ, increasing", { above: 0 }),
  copies: param.integer(16, "runs of each", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof ruleParameters>;

/** Copies under one step scale at one time. */
export interface RuleRow extends Row {
  /** Step scale in words. */
  rule: string;
  /** Time. */
  tau: number;
  /** Mean overlap. */
  m: number;
  /** Its standard error. */
  se: number;
  /** Mean of `log₁₀(1 − |m|)`. */
  logGap: number;
  /** Its standard error. */
  seLog: number;
  /** Mean step scale of the last step. */
  alpha: number;
  /** Overlap of the flow; null where the step watches the run. */
  flow: number | null;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<RuleRow[]> {
  const model = specOf(p);
  const rows = await coursesOf(
    sweep,
    p.scales.map((alpha) => ({
      ...{
        label: scaleText(alpha),
        model,
        run: { n: p.n, alpha },
        times: p.times,
        copies: p.copies,
      },
      draws: "rules",
    })),
  );
  const plain = whyNoFlow({ ...p, copies: 2 }) === undefined;
  const flow = plain ? new OverlapFlow(modelOf(model)) : undefined;
  return p.scales.flatMap((alpha) => {
    const rule = scaleText(alpha), own = where(rows, "label", rule);
    const [m, gap, now] = [
      copiesAt(own, (row) => row.m),
      copiesAt(own, ({ logGap }) => logGap),
      copiesAt(own, (row) => row.alpha),
    ];
    const line = flow && stepScale(alpha).course ? flow.course(alpha, p.times) : undefined;
    return m.map(({ x, y, se }, i): RuleRow => ({
      ...{ rule, tau: x, m: y, se, logGap: gap[i].y, seLog: gap[i].se, alpha: now[i].y },
      flow: line?.[i] ?? null,
    }));
  });
}

function draw(rows: readonly RuleRow[], p: Parameters): Figure {
  const names = distinct(rows, "rule"), every = Math.max(1, Math.round(p.times.length / 10));
  const series = names.map((rule, look): Series => {
    const own = where(rows, "rule", rule), lines = own.filter(({ flow }) => flow !== null);
    return {
      ...{ name: rule, look },
      ...meanMarks(
        own.filter((_, i) => i % every === every - 1)
          .map(({ tau, logGap, seLog }) => ({ x: tau, y: logGap, se: seLog })) as never,
      ),
      ...(lines.length > 0
        ? { line: lines.map(({ tau, flow }) => ({ x: tau, y: Math.log10(1 - Math.abs(flow!)) })) }
        : {}),
    };
  });
  return figureOf([
    {
      title: "distance",
      x: { label: TIME },
      y: { label: "log_{10}(1 − |/{m}|)" },
      series,
    },
    {
      title: "step scale",
      x: { label: TIME },
      y: { label: "/{α}" },
      series: names.map((rule, look) => ({
        ...{ name: rule, look },
        marks: where(rows, "rule", rule).filter((_, i) => i % every === every - 1)
          .map(({ tau, alpha }) => ({ x: tau, y: alpha })),
      })),
    },
  ], {
    columns: 2,
    legend: legendOf(series),
    caption:
      `Step scales while training, ${
        modelWords(p)
      }, n = ${p.n}: mean over ${p.copies} runs ± one standard error ` +
      "(marks) and the flow where the scale depends on time alone (lines).",
  });
}

/**
 * Step scales that change while training, on any model.
 *
 * Scale: `τ = steps/n`. Source: ours.
 */
export const stepRules: Experiment<typeof ruleParameters, RuleRow[], Figure> = experiment({
  name: "step scales while training",
  about: "Fixed steps, schedules, a controller and a reader's own rule on one model.",
  parameters: ruleParameters,
  quick: { copies: 4, n: 1000, times: linspace(20, 200, 10) },
  run,
  figure: draw,
});
