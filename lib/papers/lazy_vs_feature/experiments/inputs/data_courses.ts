/**
 * Fine-tuning on real inputs: the digits, or a reader's data, beside exact chains at the same dimension.
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
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, type Series } from "../../../../figure/mod.ts";
import { modelOf } from "../../model_spec.ts";
import { inputCourses, type Inputs, inputWords, isData, whitened } from "../../simulation/mod.ts";
import { OverlapFlow } from "../../theory/mod.ts";
import { copiesAt, every, meanMarks } from "../courses.ts";
import { coursesOf, modelParameters, modelWords, specOf, TIME } from "../physics.ts";

const { base: _base, ...model } = modelParameters({ k: 4 });

/**
 * Parameters of {@linkcode dataCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const dataParameters = {
  ...model,
  inputs: param.value<Inputs>(
    "digits",
    'inputs: "digits", or { name, rows } of your own, one list of numbers an input',
    (inputs) => {
      if (!isData(inputs)) throw new TypeError("it must be digits, or { name, rows }");
    },
    '"digits", or { name, rows }',
  ),
  d: param.integer(40, "principal components that are kept, at least k + 2", { least: 3 }),
  alpha: param.number(0.1, "step scale α, η = α/n", { above: 0 }),
  times: param.numbers(linspace(4, 60, 15), "times τ, increasing", { above: 0 }),
  copies: param.integer(256, "runs, each with its own base, direction and order of the inputs", {
    least: 2,
  }),
  seed: param.seed(),
};

type Parameters = Values<typeof dataParameters>;

/** Copies of one kind at one time. */
export interface DataRow extends Row {
  /** `"random directions"`, `"principal directions"` or `"Gaussian chain"`. */
  kind: string;
  /** Time. */
  tau: number;
  /** Mean overlap. */
  m: number;
  /** Its standard error. */
  se: number;
  /** Gaussian flow of `n → ∞`. */
  flow: number;
}

const KINDS = ["random directions", "principal directions", "Gaussian chain"] as const;

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<DataRow[]> {
  const { inputs, d, alpha, times, copies } = p, spec = specOf(p);
  const direct = await sweep({
    run: inputCourses,
    cells: (["delocalised", "localised"] as const).map((placement) => (
      { model: spec, inputs, placement, d, alpha, copies, times }
    )),
  });
  const chain = await coursesOf(sweep, [{
    ...{ label: "chain", model: spec, run: { n: d - p.k, alpha, m0: 0 }, times, copies },
  }]);
  const flow = new OverlapFlow(modelOf(spec)).course(alpha, times);
  const of = (kind: string, rows: readonly { tau: number; m: number }[]) =>
    copiesAt(rows, ({ m }) => m).map(({ x, y, se }, i): DataRow => (
      { kind, tau: x, m: y, se, flow: flow[i] }
    ));
  return [
    ...of(KINDS[0], where(direct, "placement", "delocalised")),
    ...of(KINDS[1], where(direct, "placement", "localised")),
    ...of(KINDS[2], chain),
  ];
}

/** Factor `(E a⁴ − 1)/2` of the first slope of `h₃` along a leading principal direction. */
export interface DirectionFactor extends Row {
  /** Number of the direction. */
  direction: number;
  /** Fourth moment of the projection. */
  fourth: number;
  /** The factor, 1 for Gaussian inputs. */
  factor: number;
}

/** Fourth moments of the leading principal directions of data. */
export function directionFactors(inputs: Inputs, d: number, count: number): DirectionFactor[] {
  if (!isData(inputs)) {
    throw new TypeError("Cannot read moments as inputs must be digits, or { name, rows }");
  }
  const rows = whitened(inputs, d);
  return Array.from({ length: count }, (_, j) => {
    let sum = 0;
    for (let i = j; i < rows.length; i += d) sum += rows[i] ** 4;
    const fourth = sum / (rows.length / d);
    return { direction: j + 1, fourth, factor: (fourth - 1) / 2 };
  });
}

function draw(rows: readonly DataRow[], p: Parameters): Figure {
  const fine = linspace(p.times[0] / 2, p.times.at(-1)!, 60);
  const flow = new OverlapFlow(modelOf(specOf(p))).course(p.alpha, fine);
  return figureOf([{
    title: "",
    x: { label: TIME },
    y: { label: "overlap /{m}", domain: [0, 1.03] },
    series: [
      { name: "Gaussian flow, /{n} → ∞", look: 5, line: flow.map((y, i) => ({ x: fine[i], y })) },
      ...KINDS.map((kind, i): Series => ({
        ...{ name: i < 2 ? `${inputWords(p.inputs)}, ${kind}` : kind, look: [0, 1, 2][i] },
        ...meanMarks(
          every(
            where(rows, "kind", kind).map(({ tau, m, se }) => ({ x: tau, y: m, se })),
            2,
          ) as never,
        ),
      })),
    ],
    legend: "above",
  }], {
    aspect: 0.85,
    caption:
      `Overlap on ${
        inputWords(p.inputs)
      }, centred and whitened to ${p.d} components, drawn with replacement, a synthetic ` +
      `teacher: ${
        modelWords(p)
      }, α = ${p.alpha}, from m = 0. Mean of ${p.copies} runs ± one standard error, the base in random or in ` +
      `the leading principal directions; exact chains of Gaussian inputs at the same n = ${
        p.d - p.k
      }, and the flow.`,
  });
}

/**
 * Courses on real inputs, beside Gaussian ones of the same dimension.
 *
 * Scale: `τ = steps/n`. Source: ours.
 */
export const dataCourses: Experiment<typeof dataParameters, DataRow[], Figure> = experiment({
  name: "real inputs",
  about:
    "Fine-tuning on the digits, or on your own data, beside Gaussian inputs of the same dimension.",
  parameters: dataParameters,
  quick: { copies: 160 },
  check: (p, refuse) => {
    if (p.d < p.k + 2) refuse("d", `at least k + 2 = ${p.k + 2}`, p.d);
  },
  run,
  figure: draw,
});
