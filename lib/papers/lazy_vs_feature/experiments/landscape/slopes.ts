/**
 * The slope `Φ′(m)` that SGD follows, with a base and without, for any activations.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  summary,
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
import { activation, type ActivationLike } from "../../../../gaussian/mod.ts";
import { semidefiniteRoot } from "../../../../linalg/mod.ts";
import { type Stream, stream } from "../../../../random/mod.ts";
import { activationLabel } from "../../activations.ts";
import { generalisedLinear, type Model, response } from "../../model.ts";
import { modelOf } from "../../model_spec.ts";
import { correlationSlope } from "../../theory/mod.ts";
import { meanMarks } from "../courses.ts";
import { activationsParameter, modelParameters, modelWords, specOf } from "../physics.ts";

const { activation: _activation, ...model } = modelParameters();

/**
 * Parameters of {@linkcode slopes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const slopeParameters = {
  activations: activationsParameter(["h2", "h3", "h4", "h5"]),
  ...model,
  overlaps: param.numbers([0, 0.25, 0.5, 0.75], "overlaps at which steps are sampled", {
    least: -1,
    most: 1,
  }),
  inputs: param.integer(40_000, "fresh inputs behind each mark", { least: 10 }),
  seed: param.seed(),
};

type Parameters = Values<typeof slopeParameters>;

/** Slope at an overlap, closed and sampled. */
export interface SlopeRow extends Row {
  /** Name of the activation. */
  activation: string;
  /** Whether there is a base. */
  base: boolean;
  /** Overlap. */
  m: number;
  /** `Φ′(m)` in closed form. */
  slope: number;
  /** The same from sampled inputs. */
  sampled: number;
  /** Its standard error. */
  se: number;
}

/** `Φ′(m)` from sampled inputs: the mean of `ξ²ψ̂ψ*`, gates of student and teacher on one input. */
function sampledSlope(model: Model, m: number, inputs: number, rng: Stream): [number, number] {
  const { k, gram, c, hatC, xi } = model, a = new Float64Array(k), across = Math.sqrt(1 - m * m);
  const root = gram && semidefiniteRoot(Float64Array.from(gram), k), g = new Float64Array(k);
  const gate = (factor: readonly number[], s: number) =>
    response({ ...model, hatC: factor }, a, s, s).slope
      .reduce((sum, x, j) => sum + x * factor[j], 0);
  const values: number[] = [];
  for (let i = 0; i < inputs; i++) {
    rng.fillNormal(g);
    if (root === undefined) a.set(g);
    else for (let r = 0; r < k; r++) a[r] = g.reduce((sum, x, j) => sum + root[r * k + j] * x, 0);
    const s = rng.normal(), sStar = m * s + across * rng.normal();
    values.push(xi * xi * gate(hatC, s) * gate(c, sStar));
  }
  const { mean, se } = summary(values);
  return [mean, se];
}

function run(p: Parameters): SlopeRow[] {
  return p.activations.flatMap((sigma) =>
    [true, false].flatMap((base) => {
      const rng = stream(p.seed, "slopes", activation(sigma).name, String(base));
      const own = base
        ? modelOf(specOf({ ...p, activation: sigma }), rng)
        : generalisedLinear(sigma);
      return p.overlaps.map((m): SlopeRow => {
        const [sampled, se] = sampledSlope(own, m, p.inputs, rng.stream("inputs", m));
        const slope = correlationSlope(own, m);
        return { activation: activation(sigma).name, base, m, slope, sampled, se };
      });
    })
  );
}

/** A line of the closed form, scaled by its value at 1. */
function lineOf(p: Parameters, sigma: ActivationLike, base: boolean) {
  const rng = stream(p.seed, "slopes", activation(sigma).name, String(base));
  const own = base ? modelOf(specOf({ ...p, activation: sigma }), rng) : generalisedLinear(sigma);
  const scale = correlationSlope(own, 1) || 1;
  return {
    scale,
    line: linspace(0, 1, 41).map((x) => ({ x, y: correlationSlope(own, x) / scale })),
  };
}

function draw(rows: readonly SlopeRow[], p: Parameters): Figure {
  const drawing = (base: boolean): Drawing => ({
    title: base ? "with a base" : "without",
    x: { label: "overlap /{m}", domain: [0, 1] },
    y: { label: "slope /{Φ}′(/{m})//{Φ}′(1)", domain: [-0.08, 1.05] },
    series: p.activations.map((sigma): Series => {
      const { line, scale } = lineOf(p, sigma, base);
      const own = where(where(rows, "activation", activation(sigma).name), "base", base);
      const points = own.map(({ m, sampled, se }) => (
        { x: m, y: sampled / scale, se: se / Math.abs(scale) }
      ));
      return { name: activationLabel(sigma), line, ...meanMarks(points as never) };
    }),
  });
  const series = drawing(true).series;
  return figureOf([drawing(true), drawing(false)], {
    columns: 2,
    legend: legendOf(series),
    caption:
      `Slope of the correlation of student and teacher along the overlap, over its value at 1: (a) ${
        modelWords(p)
      }; (b) the single-index model of the same activations. Lines: closed form; marks: product of the gates ` +
      `of student and teacher over ${p.inputs} sampled inputs, ± one standard error.`,
  });
}

/**
 * The slope of the correlation with a base and without, closed and from sampled gates.
 *
 * Source: closed form: ours, equal to dayi25a, Prop. 4 (`h = 2Φ′`).
 *
 * @example
 * ```ts
 * import { slopes } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await slopes({ preset: "quick", activations: ["tanh(z)", "h4"], inputs: 4000 });
 * assert(rows.every(({ slope, sampled, se }) => Math.abs(slope - sampled) < 5 * se));
 * ```
 */
export const slopes: Experiment<typeof slopeParameters, SlopeRow[], Figure> = experiment({
  name: "slope of the correlation",
  about: "The slope that SGD follows at every overlap, with a pre-trained base and without.",
  parameters: slopeParameters,
  quick: { inputs: 8000 },
  run,
  figure: draw,
});
