/**
 * One teacher on a plane, fine-tuned and learned from scratch.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  linspace,
  param,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, type Place } from "../../../../figure/mod.ts";
import { planeModel } from "../../bases.ts";
import { type HittingCell, type HittingRow, hittingTimes } from "../../simulation/mod.ts";
import { correlationSlope, hermiteNorms } from "../../theory/mod.ts";
import { lawThroughLast, medianBars, medianMarks } from "./routes.ts";

/**
 * Parameters of {@linkcode planeTimes}. The teacher is fixed: its output weights are made for its Hermite tensors
 * to vanish.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const planeParameters = {
  d: param.integers([32, 64, 128], "input dimensions", { least: 4 }),
  alpha: param.number(0.3, "step scale of fine-tuning, η = α/(d − 1)", { above: 0 }),
  rate: param.number(0.5, "step size from scratch, in units of d^−3/2", { above: 0 }),
  copies: param.integer(256, "runs of fine-tuning behind each median", { least: 8 }),
  others: param.integer(32, "runs from scratch behind each median", { least: 8 }),
  seed: param.seed(),
};

type Parameters = Values<typeof planeParameters>;

/** Median steps of one route in one dimension. */
export interface PlaneRow extends HittingRow {
  /** How it is learned. */
  route: "fine-tuning" | "from scratch";
  /** Dimension. */
  d: number;
  /** Copies. */
  copies: number;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<PlaneRow[]> {
  const model = { activation: "h3", k: 3, kappa: 1 };
  const cells: HittingCell[] = p.d.flatMap((d) => [
    {
      ...{ route: "plane, fine-tuning" as const, model, d, eta: p.alpha / (d - 1) },
      ...{ copies: p.copies, maxSteps: 200 * d },
    },
    {
      ...{ route: "plane" as const, model, d, eta: p.rate * d ** -1.5 },
      ...{ copies: p.others, maxSteps: 200 * d * d },
    },
  ]);
  const rows = await sweep({ run: hittingTimes, cells });
  return rows.map(({ route, d, copies, steps, low, high, arrived }) => ({
    route: route === "plane" ? "from scratch" as const : "fine-tuning" as const,
    ...{ d, copies, steps, low, high, arrived },
  }));
}

function draw(rows: readonly PlaneRow[]): Figure {
  const series = (["fine-tuning", "from scratch"] as const).flatMap((route, look) => {
    const own = where(rows, "route", route), marks: Place[] = medianMarks(own);
    const guide = lawThroughLast(marks, (d) => d ** (look + 1));
    return [
      { name: route, look, marks, bars: medianBars(own) },
      { name: "/{d}, /{d}²", guide },
    ];
  });
  const norms = hermiteNorms(5).slice(1), fine = linspace(0, 1, 41);
  return figureOf([
    {
      title: "steps",
      x: { label: "dimension /{d}", type: "log" },
      y: { label: "steps to half an overlap", type: "log" },
      ...{ series, legend: "above" as const },
    },
    {
      title: "teacher",
      x: { label: "degree", domain: [0.6, 5.4], ticks: [1, 2, 3, 4, 5] },
      y: { label: "norm of its Hermite tensor", domain: [-0.05, 1] },
      series: [{
        ...{ name: "theory", look: 5 },
        bars: norms.map((y, i) => ({ x: i + 1, y, low: 0, high: y })),
      }],
    },
    {
      title: "fine-tuning",
      x: { label: "overlap /{m}" },
      y: { label: "slope /{Φ}′(/{m})", domain: [0, 1.1 * correlationSlope(planeModel(), 1)] },
      series: [{
        ...{ name: "theory", look: 5 },
        line: fine.map((x) => ({ x, y: correlationSlope(planeModel(), x) })),
      }],
    },
  ], {
    columns: 3,
    caption:
      "(a) One teacher of information exponent 3 (erf, three collinear base neurons), fine-tuned and learned from " +
      "scratch on its plane: medians with quartiles; dotted: d and d² through the last ones. (b) Its Hermite tensors of " +
      "degree 1 and 2 vanish. (c) Yet the slope that fine-tuning sees is positive at m = 0.",
  });
}

/**
 * Steps to half an overlap of one teacher, fine-tuned and from scratch.
 *
 * Scale: steps. Source: ours.
 */
export const planeTimes: Experiment<typeof planeParameters, PlaneRow[], Figure> = experiment({
  name: "one teacher, two ways",
  about: "Steps against dimension for one teacher that is fine-tuned, and learned from scratch.",
  parameters: planeParameters,
  quick: { d: [32, 64], others: 32 },
  run,
  figure: draw,
});
