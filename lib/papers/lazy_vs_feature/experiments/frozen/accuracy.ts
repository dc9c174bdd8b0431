/**
 * What accuracy costs with a wrong frozen `ĉ`, and with the true one.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  geomspace,
  median,
  param,
  type Row,
  slope,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, type Series } from "../../../../figure/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { modelOf } from "../../model_spec.ts";
import { FineTuningChain } from "../../simulation/mod.ts";
import { averages, correlationSlope, OverlapFlow } from "../../theory/mod.ts";
import { meanMarks } from "../courses.ts";
import { coursesOf, modelParameters, modelWords, specOf } from "../physics.ts";

const { hatC: _hatC, ...model } = modelParameters({ k: 9 });

/**
 * Parameters of {@linkcode accuracyCosts}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const accuracyParameters = {
  ...model,
  wrong: param.integer(3, "wrong signs in the frozen ĉ", { least: 1 }),
  epsilon: param.numbers(geomspace(0.005, 0.3, 17), "accuracies ε, m² = 1 − ε", {
    above: 0,
    below: 1,
  }),
  runEpsilon: param.numbers([0.2, 0.1, 0.05], "accuracies to which chains are run", {
    above: 0,
    below: 1,
    entries: 0,
  }),
  n: param.integer(1000, "dimension n = d − k of these chains", { least: 2 }),
  copies: param.integer(9, "runs behind each median", { least: 3 }),
  alpha: param.numbers(
    [0.2, 0.1, 0.05, 0.025, 0.0125],
    "step scales whose stationary gap is read",
    {
      above: 0,
    },
  ),
  runAlpha: param.numbers([0.1, 0.05], "step scales at which chains are run to the end", {
    above: 0,
    entries: 0,
  }),
  endN: param.integer(3000, "their dimension n", { least: 2 }),
  endCopies: param.integer(16, "their copies", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof accuracyParameters>;

/** Best time to one accuracy. */
export interface AccuracyRow extends Row {
  /** `"wrong ĉ"` or `"ĉ = c"`. */
  factor: string;
  /** Accuracy. */
  epsilon: number;
  /** Best time of the flow. */
  time: number;
  /** Median time of chains at the same step; null where they are not run or fewer than half arrived. */
  run: number | null;
}

/** Stationary gap at one step scale. */
export interface StationaryRow extends Row {
  /** Step scale. */
  alpha: number;
  /** `1 − m` of the flow in the end. */
  gap: number;
  /** `αV(1)/(4Φ′(1))`, its limit of small steps. */
  linear: number;
  /** Mean `1 − m` of chains; null where they are not run. */
  mean: number | null;
  /** Its standard error. */
  se: number | null;
}

/** Tables of a run. */
export type AccuracyRows = {
  /** Times. */
  readonly times: readonly AccuracyRow[];
  /** Stationary gaps with the wrong factor. */
  readonly ends: readonly StationaryRow[];
};

const FACTORS = ["wrong ĉ", "ĉ = c"] as const;

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<AccuracyRows> {
  const specAt = (factor: string) =>
    specOf({ ...p, hatC: factor === "ĉ = c" ? "c" : { flipped: p.wrong } });
  const times = FACTORS.flatMap((factor) => {
    const model = modelOf(specAt(factor)), flow = new OverlapFlow(model);
    return p.epsilon.concat(p.runEpsilon.filter((x) => !p.epsilon.includes(x)))
      .toSorted((a, b) => b - a).map((epsilon): AccuracyRow => {
        const target = Math.sqrt(1 - epsilon), { alpha, time } = flow.best(target);
        const runs = !p.runEpsilon.includes(epsilon) || !(time < Infinity)
          ? []
          : Array.from({ length: p.copies }, (_, i) => {
            const rng = stream(p.seed, "accuracy", factor, epsilon, i);
            const chain = new FineTuningChain(model, { n: p.n, alpha, m0: 0 }, rng);
            chain.run(Math.ceil(8 * time * p.n), target);
            return Math.abs(chain.m) < target ? Infinity : chain.steps / p.n;
          });
        const middle = runs.length > 0 ? median(runs) : Infinity;
        return { factor, epsilon, time, run: middle < Infinity ? middle : null };
      });
  });
  const wrong = modelOf(specAt("wrong ĉ")), flow = new OverlapFlow(wrong);
  const rows = p.runAlpha.length === 0 ? [] : await coursesOf(
    sweep,
    p.runAlpha.map((alpha) => ({
      ...{ label: String(alpha), model: specAt("wrong ĉ"), copies: p.endCopies },
      ...{ run: { n: p.endN, alpha, m0: 0.85 }, times: [8 / alpha] },
    })),
  );
  const ends = p.alpha.concat(p.runAlpha.filter((x) => !p.alpha.includes(x))).map(
    (alpha): StationaryRow => {
      const own = where(rows, "label", String(alpha)).map(({ m }) => 1 - m);
      const { mean, se } = own.length > 0 ? summary(own) : { mean: null, se: null };
      return {
        ...{ alpha, gap: 1 - flow.course(alpha, [400 / alpha])[0], mean, se },
        linear: alpha * averages(wrong, 1).V / (4 * correlationSlope(wrong, 1)),
      };
    },
  );
  return { times, ends };
}

/** Power of `1/ε` that the best time has, over accuracies of at most `most`. */
export function accuracyPower(rows: readonly AccuracyRow[], factor: string, most: number): number {
  const own = where(rows, "factor", factor).filter(({ epsilon }) => epsilon <= most * (1 + 1e-9));
  return -slope(own.map(({ epsilon }) => Math.log(epsilon)), own.map(({ time }) => Math.log(time)));
}

function draw({ times, ends }: AccuracyRows, p: Parameters): Figure {
  const name = { "wrong ĉ": `${p.wrong} wrong signs in /{ĉ}`, "ĉ = c": "/{ĉ} = /{c}" };
  const series = FACTORS.map((factor, look): Series => {
    const own = where(times, "factor", factor);
    return {
      ...{
        name: name[factor],
        look,
        line: own.map(({ epsilon, time }) => ({ x: 1 / epsilon, y: time })),
      },
      marks: own.flatMap(({ epsilon, run }) => run === null ? [] : [{ x: 1 / epsilon, y: run }]),
    };
  });
  const guide = (power: number, at: number, from: number, to: number): Series => ({
    name: "∝ 1//{ε}, ∝ 1//{ε}⁴",
    guide: [from, to].map((x) => ({ x, y: at * (x / from) ** power })),
  });
  const reached = ends.filter(({ mean }) => mean !== null);
  const sorted = ends.toSorted((a, b) => a.alpha - b.alpha);
  return figureOf([
    {
      title: "time",
      x: { label: "accuracy 1//{ε}, 1 − /{m}² = /{ε}", type: "log" },
      y: { label: "best time /{τ} = steps//{n}", type: "log" },
      series: [...series, guide(1, 150, 4, 150), guide(4, 250, 4, 20)],
      legend: "above",
    },
    {
      title: "stationary distance, wrong /{ĉ}",
      x: { label: "step scale /{α}", type: "log" },
      y: { label: "1 − /{m}", type: "log" },
      series: [
        {
          ...{
            name: "flow, chains",
            look: 0,
            line: sorted.map(({ alpha, gap }) => ({ x: alpha, y: gap })),
          },
          ...meanMarks(reached.map(({ alpha, mean, se }) => ({ x: alpha, y: mean, se })) as never),
        },
        {
          name: "/{αV}(1)/4/{Φ}′(1)",
          guide: sorted.map(({ alpha, linear }) => ({ x: alpha, y: linear })),
        },
      ],
      legend: "above",
    },
  ], {
    columns: 2,
    caption:
      `Accuracy, ${
        modelWords({ ...p, hatC: "c" }).replace(", ĉ = c", "")
      }. (a) Best time of the flow to m² = 1 − ε ` +
      `(lines) and median of ${p.copies} chains at n = ${p.n} and the same step (marks); dotted: the power that a wrong ` +
      `factor needs, and that of the paper's bound. (b) Where a wrong factor stops: flow, chains at n = ${p.endN} ± one ` +
      "standard error, and the law of small steps.",
  });
}

/**
 * Times to an accuracy, and the stationary distance that a wrong frozen factor leaves.
 *
 * Scale: `τ = steps/n`. Source: bound `ε⁻⁴`: dayi25a, Theorem 16; `1/ε` and `log(1/ε)`: ours.
 */
export const accuracyCosts: Experiment<typeof accuracyParameters, AccuracyRows, Figure> =
  experiment({
    name: "cost of accuracy",
    about: "Time to an accuracy with a wrong frozen factor and with the true one.",
    parameters: accuracyParameters,
    quick: { n: 500, copies: 5, runEpsilon: [0.2], runAlpha: [0.1], endCopies: 8 },
    check: (p, refuse) => {
      if (p.wrong > p.k) refuse("wrong", `at most k = ${p.k}`, p.wrong);
    },
    run,
    figure: draw,
    table: ({ times }) => times,
  });
