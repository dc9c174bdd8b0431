/**
 * Several activations with a base and without.
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
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  type Series,
} from "../../../../figure/mod.ts";
import { activation, type ActivationLike, gaussianExpectation } from "../../../../gaussian/mod.ts";
import { activationLabel, ACTIVATIONS } from "../../activations.ts";
import { modelOf, type ModelSpec } from "../../model_spec.ts";
import { OverlapFlow, terminal } from "../../theory/mod.ts";
import { copiesAt, every, meanMarks } from "../courses.ts";
import { activationsParameter, coursesOf, TIME } from "../physics.ts";

/**
 * Parameters of {@linkcode activationCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const activationParameters = {
  activations: activationsParameter([
    ...[ACTIVATIONS.erf, ACTIVATIONS.relu, ACTIVATIONS.h2, ACTIVATIONS.h3],
  ]),
  k: param.integer(9, "neurons of the orthonormal base", { least: 1 }),
  kappas: param.numbers([1 / 3, Math.SQRT1_2], "perturbations per neuron κ, one panel each", {
    above: 0,
  }),
  n: param.integer(1000, "dimension left to u", { least: 2 }),
  fraction: param.number(0.5, "step, as a part of the best late one of each", {
    above: 0,
    below: 2,
  }),
  times: param.numbers(linspace(2.5, 50, 20), "times τ, increasing", { above: 0 }),
  copies: param.integer(32, "runs of each", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof activationParameters>;

/** Copies of one activation at one time. */
export interface ActivationRow extends Row {
  /** Name of the activation. */
  activation: string;
  /** Perturbation; 0 stands for no base. */
  kappa: number;
  /** Time. */
  tau: number;
  /** Mean of `|m|`. */
  m: number;
  /** Its standard error. */
  se: number;
  /** Overlap of the flow from 0; null without a base, where it stays there or leaves with the noise. */
  flow: number | null;
}

/** Best late step scale of a single-index model: `E σ′²/E σ′⁴`. */
function indexScale(sigma: ActivationLike): number {
  const { df, kinks } = activation(sigma);
  const power = (p: number) => gaussianExpectation((z) => df(z) ** p, { breakpoints: kinks });
  return power(2) / power(4);
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<ActivationRow[]> {
  const groups = p.activations.flatMap((sigma) =>
    [...p.kappas, 0].map((kappa) => {
      const index: ModelSpec = {
        ...{ activation: sigma, k: 1, kappa: 1, c: [1], base: [0], normalize: false },
      };
      const model: ModelSpec = kappa === 0 ? index : { activation: sigma, k: p.k, kappa };
      const best = kappa === 0 ? indexScale(sigma) : terminal(modelOf(model)).best;
      return { sigma, kappa, model, alpha: best * p.fraction };
    })
  );
  const rows = await coursesOf(
    sweep,
    groups.map(({ sigma, kappa, model, alpha }) => ({
      ...{ label: `${activation(sigma).name} ${kappa}`, model, run: { n: p.n, alpha } },
      ...{ times: p.times, copies: p.copies },
    })),
  );
  return groups.flatMap(({ sigma, kappa, model, alpha }) => {
    const own = where(rows, "label", `${activation(sigma).name} ${kappa}`);
    const flow = kappa === 0 ? undefined : new OverlapFlow(modelOf(model)).course(alpha, p.times);
    return copiesAt(own, ({ m }) => Math.abs(m)).map(({ x, y, se }, i): ActivationRow => ({
      ...{ activation: activation(sigma).name, kappa, tau: x, m: y, se, flow: flow?.[i] ?? null },
    }));
  });
}

function draw(rows: readonly ActivationRow[], p: Parameters): Figure {
  const drawings = [...p.kappas, 0].map((kappa): Drawing => ({
    title: kappa === 0 ? "without a base" : `/{κ} = ${formatNumber(kappa)}`,
    x: { label: TIME },
    y: { label: "overlap |/{m}|", domain: [0, 1.03] },
    series: p.activations.map((sigma, look): Series => {
      const own = where(where(rows, "activation", activation(sigma).name), "kappa", kappa);
      return {
        ...{ name: activationLabel(sigma), look },
        ...meanMarks(every(own.map(({ tau, m, se }) => ({ x: tau, y: m, se })), 3) as never),
        ...(kappa === 0 ? {} : { line: own.map(({ tau, flow }) => ({ x: tau, y: Number(flow) })) }),
      };
    }),
  }));
  return figureOf(drawings, {
    columns: 3,
    legend: legendOf(drawings[0].series),
    caption:
      `Each activation at ${
        formatNumber(p.fraction)
      } of its best late step, k = ${p.k}, ĉ = c, and the single-index ` +
      `model: flows from m = 0 (lines) and mean of |m| of ${p.copies} chains at n = ${p.n} ± one standard error (marks), which ` +
      "starts near n^{−1/2}.",
  });
}

/**
 * Courses of several activations with a base and without.
 *
 * Scale: `τ = steps/n`. Source: activations: dayi25a, Figures 1(a) and 4; flows: ours.
 */
export const activationCourses: Experiment<typeof activationParameters, ActivationRow[], Figure> =
  experiment({
    name: "activations",
    about: "Courses of several activations, with a pre-trained base and without.",
    parameters: activationParameters,
    quick: { copies: 6 },
    run,
    figure: draw,
  });
