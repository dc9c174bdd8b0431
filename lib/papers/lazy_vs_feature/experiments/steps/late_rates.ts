/**
 * The kurtosis law: late rates, kurtosis of the gate, and a tail far below what doubles of `m` can hold.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  linspace,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, formatNumber } from "../../../../figure/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import { activationLabel, ACTIVATIONS } from "../../activations.ts";
import { modelOf } from "../../model_spec.ts";
import { tailRate, terminal } from "../../theory/mod.ts";
import { type CopiesAt, copiesAt, meanMarks } from "../courses.ts";
import {
  activationsParameter,
  coursesOf,
  modelParameters,
  modelWords,
  specOf,
  TIME,
} from "../physics.ts";

const { hatC: _hatC, ...model } = modelParameters();

/**
 * Parameters of {@linkcode lateRates}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const lateParameters = {
  ...model,
  n: param.integer(3000, "dimension n = d − k left to u of the late rates", { least: 2 }),
  fractions: param.numbers([0.5, 1, 1.5], "step scales in units of the best one", {
    above: 0,
    below: 2,
  }),
  gap: param.number(1e-4, "1 − m² at the start", { above: 0, below: 1 }),
  times: param.numbers([10, 40], "first and last time of the rate", { least: 0, entries: 2 }),
  copies: param.integer(32, "runs of each", { least: 2 }),
  tailN: param.integer(500, "dimension n of the deep tail", { least: 2 }),
  tail: param.numbers(linspace(10, 250, 25), "times of the deep tail", { above: 0 }),
  tailCopies: param.integer(64, "runs of the deep tail", { least: 2 }),
  others: activationsParameter(
    [ACTIVATIONS.h3, ACTIVATIONS.erf, ACTIVATIONS.h2, ACTIVATIONS.relu],
    "activations whose kurtosis is shown",
  ),
  neurons: param.integers([2, 4, 8, 16, 32, 64], "numbers of neurons of that", { least: 1 }),
  seed: param.seed(),
};

type Parameters = Values<typeof lateParameters>;

/** Late rate at one step. */
export interface RateRow extends Row {
  /** Step over the best one. */
  fraction: number;
  /** Decay rate of `1 − m`. */
  rate: number;
  /** Standard error. */
  se: number;
  /** `f(2 − f)/kurt`. */
  theory: number;
}

/** Tables of a run. */
export type LateRows = {
  /** Rates. */
  readonly rates: readonly RateRow[];
  /** `log₁₀(1 − m)` of the deep tail. */
  readonly tail: readonly CopiesAt[];
  /** Kurtosis of the gate. */
  readonly kurtosis: readonly {
    readonly activation: string;
    readonly k: number;
    readonly kurtosis: number;
  }[];
};

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<LateRows> {
  const spec = specOf(p), { kurtosis, best } = terminal(modelOf(spec)), m0 = Math.sqrt(1 - p.gap);
  const rows = await coursesOf(sweep, [
    ...p.fractions.map((fraction) => ({
      ...{ label: String(fraction), model: spec, times: p.times, copies: p.copies },
      run: { n: p.n, alpha: best * fraction, m0 },
    })),
    {
      ...{ label: "tail", model: spec, times: p.tail, copies: p.tailCopies },
      run: { n: p.tailN, alpha: best, m0 },
    },
  ]);
  const span = p.times.at(-1)! - p.times[0];
  const rates = p.fractions.map((fraction): RateRow => {
    const own = where(rows, "label", String(fraction));
    const [first, last] = [p.times[0], p.times.at(-1)!].map((tau) =>
      where(own, "tau", tau).toSorted((a, b) => a.copy - b.copy)
    );
    const { mean, se } = summary(
      first.map(({ logGap }, i) => (logGap - last[i].logGap) * Math.LN10 / span),
    );
    return { fraction, rate: mean, se, theory: fraction * (2 - fraction) / kurtosis };
  });
  return {
    rates,
    tail: copiesAt(where(rows, "label", "tail"), ({ logGap }) => logGap),
    kurtosis: p.others.flatMap((sigma) =>
      p.neurons.map((k) => ({
        ...{ activation: activation(sigma).name, k },
        kurtosis: terminal(modelOf({ activation: sigma, k, kappa: p.kappa })).kurtosis,
      }))
    ),
  };
}

function draw({ rates, tail, kurtosis }: LateRows, p: Parameters): Figure {
  const { kurtosis: own } = terminal(modelOf(specOf(p)));
  const { best } = terminal(modelOf(specOf(p)));
  const { rate: finite } = tailRate(modelOf(specOf(p)), { alpha: best, n: p.tailN });
  const start = Math.log10(p.gap / (1 + Math.sqrt(1 - p.gap))), end = p.tail.at(-1)!;
  return figureOf([
    {
      title: "late rate",
      x: { label: "/{α}//{α}_{opt}", domain: [0, 2] },
      y: { label: "decay rate of 1 − /{m}" },
      series: [{
        ...{ name: "rate", look: 0 },
        line: linspace(0, 2, 41).map((x) => ({ x, y: x * (2 - x) / own })),
        ...meanMarks(rates.map((row) => ({ ...row, x: row.fraction, y: row.rate })) as never),
      }],
    },
    {
      title: "kurtosis of the gate",
      x: { label: "neurons /{k}", type: "log", ticks: [...p.neurons], tickFormat: String },
      y: { label: "kurt(/{ψ})", domain: [0, 9.5] },
      series: p.others.map((sigma, look) => ({
        ...{ name: activationLabel(sigma), look },
        line: where([...kurtosis], "activation", activation(sigma).name)
          .map(({ k, kurtosis: y }) => ({ x: k, y })),
      })),
      legend: "top-right",
    },
    {
      title: `deep tail, /{n} = ${p.tailN}`,
      x: { label: TIME },
      y: { label: "log_{10}(1 − /{m})" },
      series: [{
        ...{ name: "tail", look: 0 },
        line: [0, end].map((x) => ({ x, y: start - x * finite / Math.LN10 })),
        ...meanMarks(tail.filter((_, i) => i % 3 === 1)),
      }],
    },
  ], {
    columns: 3,
    caption:
      `${
        modelWords(p)
      }. (a) Late rate of chains at n = ${p.n} ± one standard error, and f(2 − f)/kurt, f = α/α_opt. ` +
      `(b) Kurtosis of the gate at κ = ${
        formatNumber(p.kappa)
      }, alternating c. (c) Chains from 1 − m² = ${p.gap}, and the ` +
      `slope of the mean logarithm of one step's factor at that n.`,
  });
}

/**
 * Late decay of `1 − m`, with `ĉ = c`.
 *
 * Scale: `τ = steps/n`. Source: ours.
 */
export const lateRates: Experiment<typeof lateParameters, LateRows, Figure> = experiment({
  name: "late rates",
  about: "How fast 1 − m decays in the end, against the step size, and the kurtosis that sets it.",
  parameters: lateParameters,
  quick: { copies: 8, tailCopies: 24 },
  check: (p, refuse) => {
    if (!(p.times.at(-1)! > p.times[0])) refuse("times", "increasing", p.times);
  },
  run,
  figure: draw,
  table: ({ rates }) => rates,
});
