/**
 * How far single runs stray from the flow.
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
import { type Figure, figureOf, scaleWords } from "../../../../figure/mod.ts";
import { modelOf } from "../../model_spec.ts";
import { fluctuations } from "../../theory/mod.ts";
import { coursesOf, modelParameters, modelWords, specOf, TIME } from "../physics.ts";

/**
 * Parameters of {@linkcode spreads}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const spreadParameters = {
  ...modelParameters(),
  alpha: param.number(0.2, "step scale α, η = α/n", { above: 0 }),
  n: param.integers([1000, 4000], "dimensions n = d − k left to u", { least: 2 }),
  times: param.numbers([4, 8, 12, 16, 20, 24], "times τ, increasing", { above: 0 }),
  copies: param.integer(200, "runs in each dimension", { least: 10 }),
  seed: param.seed(),
};

type Parameters = Values<typeof spreadParameters>;

/** Spread at one time. */
export interface SpreadRow extends Row {
  /** Dimension left to `u`. */
  n: number;
  /** Time. */
  tau: number;
  /** `√n` times the standard deviation of the overlap. */
  spread: number;
  /** Its standard error, for a normal law. */
  se: number;
  /** Its limit. */
  theory: number;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<SpreadRow[]> {
  const model = specOf(p), limit = fluctuations(modelOf(model), p.alpha, p.times);
  const rows = await coursesOf(
    sweep,
    p.n.map((n) => ({
      ...{ label: `n = ${n}`, model, run: { n, alpha: p.alpha }, times: p.times, copies: p.copies },
    })),
  );
  return p.n.flatMap((n) =>
    p.times.map((tau, i): SpreadRow => {
      const own = where(where(rows, "label", `n = ${n}`), "tau", tau);
      const spread = summary(own.map(({ m }) => m)).sd * Math.sqrt(n);
      return { n, tau, spread, se: spread / Math.sqrt(2 * p.copies), theory: limit[i].spread };
    })
  );
}

function draw(rows: readonly SpreadRow[], p: Parameters): Figure {
  const fine = linspace(p.times[0] / 8, p.times.at(-1)!, 60);
  const limit = fluctuations(modelOf(specOf(p)), p.alpha, fine);
  return figureOf([{
    title: "",
    x: { label: TIME },
    y: { label: "√/{n} sd(/{m})" },
    series: [
      { name: "limit", look: 5, line: fine.map((x, i) => ({ x, y: limit[i].spread })) },
      ...p.n.map((n, look) => {
        const own = where(rows, "n", n);
        return {
          ...{ name: `/{n} = ${scaleWords(n)}`, look },
          marks: own.map(({ tau, spread }) => ({ x: tau, y: spread })),
          bars: own.map(({ tau: x, spread: y, se }) => ({ x, y, low: y - se, high: y + se })),
        };
      }),
    ],
    legend: "above",
  }], {
    caption:
      `Spread of the overlap over ${p.copies} runs, ${
        modelWords(p)
      }, α = ${p.alpha}: marks, chains ± one ` +
      "standard error; line, the limit √Σ with dΣ/dτ = 2b′Σ + D.",
  });
}

/**
 * Spread of the overlap between runs, beside its limit.
 *
 * Scale: `τ = steps/n`. Source: ours.
 */
export const spreads: Experiment<typeof spreadParameters, SpreadRow[], Figure> = experiment({
  name: "spread of the overlap",
  about: "Standard deviation of the overlap between runs, against its limit of high dimension.",
  parameters: spreadParameters,
  quick: { n: [1000], times: [4, 8, 12], copies: 100 },
  run,
  figure: draw,
});
