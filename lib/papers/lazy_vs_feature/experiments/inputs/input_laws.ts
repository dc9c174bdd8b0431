/**
 * Inputs that are not Gaussian: laws of independent coordinates.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  legendOf,
  type Series,
} from "../../../../figure/mod.ts";
import { INPUT_LAWS, inputLaw, type InputLawLike } from "../../input_laws.ts";
import { modelOf } from "../../model_spec.ts";
import { inputCourses, inputWords } from "../../simulation/mod.ts";
import { OverlapFlow } from "../../theory/mod.ts";
import { copiesAt, every, meanMarks } from "../courses.ts";
import { coursesOf, modelParameters, modelWords, specOf, TIME } from "../physics.ts";

const { base: _base, ...model } = modelParameters();

/**
 * Parameters of {@linkcode inputLawCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const inputParameters = {
  ...model,
  laws: param.values<InputLawLike>(
    [...INPUT_LAWS],
    "laws of a coordinate: gaussian, rademacher, uniform, laplace, or your own { name, quantile(u) }",
    inputLaw,
    "gaussian, rademacher, uniform, laplace, or { name, quantile(u) }",
  ),
  delocalised: param.values<InputLawLike>(
    [...INPUT_LAWS],
    "laws with base neurons in random directions",
    inputLaw,
    "a law",
    0,
  ),
  d: param.integer(300, "input dimension, at least k + 2", { least: 3 }),
  alpha: param.number(0.1, "step scale α, η = α/n", { above: 0 }),
  times: param.numbers([1, 2, 3.5, 5, 7.5, 10, 12.5, 15, 17.5, 20], "times τ, increasing", {
    above: 0,
  }),
  copies: param.integer(32, "runs on whole inputs", { least: 2 }),
  chains: param.integer(128, "chains with the law in the base features alone", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof inputParameters>;

/** Copies under one law at one time. */
export interface InputRow extends Row {
  /** `"axes"`, `"features"` (the chain) or `"random"` (neurons in random directions). */
  where: string;
  /** Name of the law. */
  law: string;
  /** Time. */
  tau: number;
  /** Mean overlap. */
  m: number;
  /** Its standard error. */
  se: number;
  /** Flow: under the law for axes and features, Gaussian for random directions; null with kinks. */
  flow: number | null;
}

function flowsOf(
  p: Parameters,
  law: InputLawLike,
): ((times: readonly number[]) => number[]) | undefined {
  const own = modelOf(specOf(p));
  if (inputLaw(law) !== undefined && own.activation.kinks.length > 0) return undefined;
  const flow = new OverlapFlow(own, { law });
  return (times) => flow.course(p.alpha, times);
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<InputRow[]> {
  const spec = specOf(p), { d, alpha, times, copies } = p, n = d - p.k;
  const direct = await sweep({
    run: inputCourses,
    cells: [
      ...p.laws.map((inputs) => ({
        inputs,
        placement: "localised" as const,
        name: inputWords(inputs),
      })),
      ...p.delocalised.map((inputs) => (
        { inputs, placement: "delocalised" as const, name: inputWords(inputs) }
      )),
    ].map((cell) => ({ ...cell, model: spec, d, alpha, copies, times })),
  });
  const chains = await coursesOf(
    sweep,
    p.laws.map((law) => ({
      ...{ label: inputWords(law), model: spec, run: { n, alpha, m0: 0, law }, times },
      copies: p.chains,
    })),
  );
  const of = (place: string, law: InputLawLike, rows: readonly { tau: number; m: number }[]) => {
    const flow = flowsOf(p, place === "random" ? "gaussian" : law)?.(times);
    return copiesAt(rows, ({ m }) => m).map(({ x, y, se }, i): InputRow => ({
      ...{ where: place, law: inputWords(law), tau: x, m: y, se, flow: flow?.[i] ?? null },
    }));
  };
  const placed = (placement: string, law: InputLawLike) =>
    (where(direct, "placement", placement) as (typeof direct[number] & { name: string })[])
      .filter(({ name }) => name === inputWords(law));
  return [
    ...p.laws.flatMap((law) => of("axes", law, placed("localised", law))),
    ...p.laws.flatMap((law) => of("features", law, where(chains, "label", inputWords(law)))),
    ...p.delocalised.flatMap((law) => of("random", law, placed("delocalised", law))),
  ];
}

function draw(rows: readonly InputRow[], p: Parameters): Figure {
  const fine = p.times.flatMap((end, i) => [((p.times[i - 1] ?? 0) + end) / 2, end]);
  const laws = p.laws.map(inputWords);
  const panel = (place: string, title: string, own: readonly InputLawLike[]): Drawing => ({
    title,
    x: { label: TIME },
    y: { label: "overlap /{m}", domain: [-0.08, 1] },
    series: own.map((law): Series => {
      const at = where(where(rows, "where", place), "law", inputWords(law));
      const flow = place === "random" && law !== own[0]
        ? undefined
        : flowsOf(p, place === "random" ? "gaussian" : law);
      return {
        ...{ name: inputWords(law), look: Math.max(0, laws.indexOf(inputWords(law))) },
        ...meanMarks(every(at.map(({ tau, m, se }) => ({ x: tau, y: m, se })), 2) as never),
        ...(flow ? { line: flow(fine).map((y, i) => ({ x: fine[i], y })) } : {}),
      };
    }),
  });
  const drawings = [
    panel("axes", "neurons on axes", p.laws),
    panel("features", "law in features (chain)", p.laws),
    ...(p.delocalised.length > 0 ? [panel("random", "random neurons", p.delocalised)] : []),
  ];
  return figureOf(drawings, {
    columns: 3,
    legend: legendOf(drawings[0].series),
    caption:
      `Inputs of independent coordinates, ${
        modelWords(p)
      }, α = ${p.alpha}, d = ${p.d}, from m = 0. Lines: flow under the ` +
      "law of the base features (Gaussian for random neurons); marks: SGD on whole inputs (a, c) and chains with that law in " +
      "the features alone (b), mean ± one standard error.",
  });
}

/**
 * Courses on inputs of other laws.
 *
 * Scale: `τ = steps/n`. Source: ours.
 */
export const inputLawCourses: Experiment<typeof inputParameters, InputRow[], Figure> = experiment({
  name: "input laws",
  about: "Fine-tuning on inputs whose coordinates are not Gaussian.",
  parameters: inputParameters,
  quick: { copies: 6, chains: 32, delocalised: ["rademacher"] },
  check: (p, refuse) => {
    if (p.d < p.k + 2) refuse("d", `at least k + 2 = ${p.k + 2}`, p.d);
  },
  run,
  figure: draw,
});
