/**
 * The paper's Claim 2: a base that makes the teacher's neurons orthonormal, fine-tuned and from scratch.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  linspace,
  median,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  figureOf,
  formatNumber,
  type Place,
  type Series,
} from "../../../../figure/mod.ts";
import { activation, type ActivationLike } from "../../../../gaussian/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { teacherGram } from "../../bases.ts";
import { factorSums } from "../../left_factors.ts";
import { modelOf, type ModelSpec } from "../../model_spec.ts";
import { type HittingCell, type HittingRow, hittingTimes } from "../../simulation/mod.ts";
import { correlationSlope, hermiteWeights } from "../../theory/mod.ts";
import { activationParameter, plainLabel } from "../physics.ts";
import { lawThroughLast, medianBars, medianMarks } from "./routes.ts";

/**
 * Parameters of {@linkcode claim2Times}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const claim2Parameters = {
  activation: activationParameter("h3", "activation h_p, p > 2, of the query bound d^p/2"),
  k: param.integer(3, "neurons", { least: 2 }),
  wrong: param.integer(1, "wrong signs in the frozen ĉ", { least: 0 }),
  d: param.integers([100, 300, 1000, 3000], "dimensions of fine-tuning", { least: 5 }),
  alpha: param.number(0.08, "step scale of fine-tuning, η = α/(d − k)", { above: 0 }),
  scratchD: param.integers([24, 36, 54, 81], "dimensions from scratch", { least: 4 }),
  rate: param.number(0.1, "step size from scratch, in units of d^−3/2", { above: 0 }),
  copies: param.integer(64, "runs behind each median", { least: 8 }),
  widths: param.integers([3, 5, 9, 17, 33], "neurons at which Prop. 18 is measured", { least: 2 }),
  draws: param.integer(200, "pairs of signs for each of them", { least: 4 }),
  seed: param.seed(),
};

type Parameters = Values<typeof claim2Parameters>;

/** Median steps of one route in one dimension. */
export interface Claim2Row extends HittingRow {
  /** How it is learned. */
  route: "fine-tuning" | "from scratch";
  /** Dimension. */
  d: number;
  /** Copies. */
  copies: number;
}

/** Proposition 18 at one number of neurons. */
export interface Prop18Row extends Row {
  /** Neurons. */
  k: number;
  /** Largest entry of the teacher's Gram matrix minus the identity. */
  gram: number;
  /** Median over signs of `k² max_m |Φ′(m) − μ_p² p(k/(k+1))^p q/k|`. */
  deviation: number;
  /** Its value for all signs, `μ_p² p(p−1)(k/(k+1))^p`, but for terms in `1/k`. */
  limit: number;
}

/** Tables of a run. */
export type Claim2Rows = {
  /** Steps. */
  readonly times: readonly Claim2Row[];
  /** Landscapes. */
  readonly landscapes: readonly Prop18Row[];
};

function specOf(p: Parameters, frozen: boolean): ModelSpec {
  const { activation, k } = p;
  return {
    ...{ activation, k, kappa: 1 / Math.sqrt(k), base: "claim 2" },
    ...(frozen ? { hatC: { flipped: p.wrong } } : {}),
  };
}

/** `p` and `μ_p²` of an activation that is a multiple of `h_p`, `p > 2`; else nothing. */
function pure(sigma: ActivationLike): { degree: number; size: number } | undefined {
  const { series = [] } = activation(sigma), most = Math.max(...series.map(Math.abs));
  const degrees = series.flatMap((x, p) => Math.abs(x) > 1e-12 * most ? [p] : []),
    [degree] = degrees;
  if (degrees.length !== 1 || degree < 3) return undefined;
  return { degree, size: hermiteWeights(sigma, degree)[degree] };
}

function prop18(p: Parameters, k: number): Prop18Row {
  const { degree, size } = pure(p.activation)!;
  let gram = 0;
  const deviations = Array.from({ length: p.draws }, (_, copy) => {
    const model = modelOf({
      ...{ activation: p.activation, k, kappa: 1 / Math.sqrt(k), base: "claim 2" },
      ...{ c: "random signs", hatC: "random signs" },
    }, stream(p.seed, "Prop. 18", k, copy));
    teacherGram(model).forEach((x, at) => {
      gram = Math.max(gram, Math.abs(x - Number(at % (k + 1) === 0)));
    });
    const { q } = factorSums(model.c, model.hatC);
    const leading = size * degree * (k / (k + 1)) ** degree * q / k;
    return k * k *
      Math.max(...linspace(-1, 1, 17).map((m) => Math.abs(correlationSlope(model, m) - leading)));
  });
  const limit = size * degree * (degree - 1) * (k / (k + 1)) ** degree;
  return { k, gram, deviation: median(deviations), limit };
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<Claim2Rows> {
  const cells: HittingCell[] = [
    ...p.d.map((d) => ({
      ...{ route: "fine-tuning" as const, model: specOf(p, true), d, eta: p.alpha / (d - p.k) },
      ...{ copies: p.copies, maxSteps: 400 * d },
    })),
    ...p.scratchD.map((d) => ({
      ...{ route: "all weights" as const, model: specOf(p, false), d, eta: p.rate * d ** -1.5 },
      ...{ copies: p.copies, maxSteps: 200 * d * d },
    })),
  ];
  const rows = await sweep({ run: hittingTimes, cells });
  return {
    times: rows.map(({ route, d, copies, steps, low, high, arrived }) => ({
      route: route === "all weights" ? "from scratch" as const : "fine-tuning" as const,
      ...{ d, copies, steps, low, high, arrived },
    })),
    landscapes: p.widths.map((k) => prop18(p, k)),
  };
}

function draw({ times, landscapes }: Claim2Rows, p: Parameters): Figure {
  const { degree, size } = pure(p.activation)!, bound = degree / 2;
  const series = (["fine-tuning", "from scratch"] as const).flatMap((route, look): Series[] => {
    const own = where(times, "route", route), marks: Place[] = medianMarks(own);
    return [
      { name: route, look, marks, bars: medianBars(own) },
      {
        name: `/{d}, and /{d}^{${bound}} of the query bound`,
        guide: lawThroughLast(marks, (d) => d ** (look === 0 ? 1 : bound)),
      },
    ];
  });
  const highest = Math.max(...landscapes.map(({ deviation, limit }) => Math.max(deviation, limit)));
  return figureOf([
    {
      title: "steps",
      x: { label: "dimension /{d}", type: "log" },
      y: { label: "steps to half an overlap", type: "log" },
      ...{ series, legend: "above" as const },
    },
    {
      title: "Prop. 18",
      x: { label: "neurons /{k}", type: "log" },
      y: { label: "/{k}² × deviation of /{Φ}′", domain: [0, 1.2 * highest] },
      series: [{
        ...{ name: "deviation", look: 0 },
        marks: landscapes.map(({ k, deviation }) => ({ x: k, y: deviation })),
        line: landscapes.map(({ k, limit }) => ({ x: k, y: limit })),
      }],
    },
  ], {
    columns: 2,
    caption:
      `Claim 2: base weights of scalar products −c_i c_j, ξ = 1, ${
        plainLabel(p.activation)
      }, so that the teacher's neurons are orthonormal. (a) k = ${p.k}, ${p.wrong} wrong sign(s) in the frozen ĉ: medians ` +
      `with quartiles; dotted: d and d^${bound} through the last ones. (b) Median over ${p.draws} pairs of signs of the ` +
      `largest deviation of Φ′ from its leading term; line: ${
        formatNumber(size * degree * (degree - 1))
      }(k/(k + 1))^${degree}, up to terms in 1/k.`,
  });
}

/**
 * Steps against dimension for the instance of Claim 2, and how flat its landscape is.
 *
 * Scale: steps. Source: instance and bounds: dayi25a, Claim 2, Prop. 18, Theorem 19; SGD from scratch and the limit
 * `p(p−1)(k/(k+1))^p`: ours.
 */
export const claim2Times: Experiment<typeof claim2Parameters, Claim2Rows, Figure> = experiment({
  name: "Claim 2",
  about: "The paper's separation: a teacher with orthonormal neurons, fine-tuned and from scratch.",
  parameters: claim2Parameters,
  quick: { d: [100, 300], scratchD: [24, 36, 54], copies: 32, widths: [3, 5, 9, 17], draws: 30 },
  check: (p, refuse) => {
    if (pure(p.activation) === undefined) {
      refuse("activation", "a Hermite polynomial h_p, p > 2", plainLabel(p.activation));
    }
    const low = p.d.find((d) => d < p.k + 2);
    if (low !== undefined) refuse("d", `at least k + 2 = ${p.k + 2} everywhere`, low);
    const least = p.scratchD.find((d) => d < 2 * p.k);
    if (least !== undefined) refuse("scratchD", `at least 2k = ${2 * p.k} everywhere`, least);
    if (p.wrong > p.k) refuse("wrong", `at most k = ${p.k}`, p.wrong);
  },
  run,
  figure: draw,
  table: ({ times }) => times,
});
