/**
 * The paper's Appendix F: two minima when `u` lies in the span of `W`, and the second layer.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import {
  type Experiment,
  experiment,
  geomspace,
  linspace,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  figureOf,
  legendOf,
  type Panel,
  type Series,
} from "../../../../figure/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { activationLabel, ACTIVATIONS } from "../../activations.ts";
import { fineTuning } from "../../model.ts";
import { readOutError } from "../../simulation/regression.ts";
import { EXAMPLE_ONE, exampleOneLoss, secondLayer } from "../../theory/mod.ts";
import { meanMarks } from "../courses.ts";
import { activationsParameter } from "../physics.ts";

/**
 * Parameters of {@linkcode appendixF}. Example 1 is one fixed instance.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const appendixParameters = {
  points: param.integer(100, "points of each side of the map of Example 1", {
    least: 5,
    most: 400,
  }),
  activations: activationsParameter(
    [ACTIVATIONS.h3, ACTIVATIONS.erf, ACTIVATIONS.relu],
    "activations of the second layer",
  ),
  kappa: param.number(1, "perturbation per neuron κ", { above: 0 }),
  k: param.integers([8, 128], "numbers of neurons, alternating c", { least: 1 }),
  gap: param.numbers(geomspace(1e-4, 0.3, 17), "distances 1 − m of the found direction", {
    above: 0,
    most: 1,
  }),
  sampled: param.numbers(
    [0.001, 0.01, 0.1, 0.3],
    "distances at which regressions are made, first k",
    {
      above: 0,
      most: 1,
      entries: 0,
    },
  ),
  samples: param.integer(8000, "inputs of each half of a regression", { least: 100 }),
  copies: param.integer(6, "regressions behind each mark", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof appendixParameters>;

/** Errors of second layers at one distance. */
export interface LayerRow extends Row {
  /** Name of the activation. */
  activation: string;
  /** Neurons. */
  k: number;
  /** `1 − m`. */
  gap: number;
  /** Error of the paper's candidate. */
  candidate: number;
  /** Least error of a linear read-out. */
  best: number;
  /** The same by regression; null where none was made. */
  regression: number | null;
  /** Its standard error. */
  se: number | null;
}

/** Tables of a run. */
export type AppendixRows = {
  /** Loss of Example 1 over angle (degrees) and scale. */
  readonly map: readonly {
    readonly angle: number;
    readonly scale: number;
    readonly loss: number;
  }[];
  /** Second layers. */
  readonly layers: readonly LayerRow[];
};

function run(p: Parameters): AppendixRows {
  const map = linspace(30, 70, p.points).flatMap((angle) =>
    linspace(-1.5, 1.5, p.points).map((scale) => (
      { angle, scale, loss: exampleOneLoss(angle * Math.PI / 180, scale) }
    ))
  );
  const gaps = [...new Set([...p.gap, ...p.sampled])].toSorted((a, b) => a - b);
  const layers = p.activations.flatMap((sigma) =>
    p.k.flatMap((k, i) => {
      const model = fineTuning({ activation: sigma, k, kappa: p.kappa }),
        name = activation(sigma).name;
      return gaps.map((gap): LayerRow => {
        const { candidate, best, square } = secondLayer(model, 1 - gap);
        const row = { activation: name, k, gap, candidate, best };
        if (i > 0 || !p.sampled.includes(gap)) return { ...row, regression: null, se: null };
        const { mean, se } = summary(Array.from({ length: p.copies }, (_, copy) => {
          const rng = stream(p.seed, "second layer", name, gap, copy);
          const options = {
            features: "secondLayer",
            d: k + 2,
            samples: p.samples,
            m: 1 - gap,
          } as const;
          return readOutError(model, options, rng);
        }));
        return { ...row, regression: mean * square, se: se * square };
      });
    })
  );
  return { map, layers };
}

function draw({ map, layers }: AppendixRows, p: Parameters): Figure {
  const step = (low: number, high: number) => (high - low) / (p.points - 1) / 2;
  const dx = step(30, 70), dy = step(-1.5, 1.5);
  const stars = EXAMPLE_ONE.angles.map((angle, i) => ({
    x: angle * 180 / Math.PI,
    y: i === 0 ? 1 : -1,
  }));
  const high = Math.max(...map.map(({ loss }) => loss));
  const left: Panel = {
    title: "Example 1",
    x: { label: "angle of /{û} in degrees", domain: [30 - dx, 70 + dx] },
    y: { label: "scale of /{ĉ}", domain: [-1.5 - dy, 1.5 + dy] },
    color: {
      ...{ type: "log", scheme: "cividis", domain: [10, high], clamp: true, label: "loss" },
      legend: true,
    },
    marks: [
      Plot.rect([...map], {
        x1: ({ angle }: Row) => Number(angle) - dx,
        x2: ({ angle }: Row) => Number(angle) + dx,
        y1: ({ scale }: Row) => Number(scale) - dy,
        y2: ({ scale }: Row) => Number(scale) + dy,
        fill: ({ loss }: Row) => Math.max(10, Number(loss)),
        ...{ inset: -0.15, clip: true },
      } as never),
      Plot.dot(stars, {
        ...{
          x: "x",
          y: "y",
          r: 3.5,
          fill: "#fff",
          stroke: "#000",
          strokeWidth: 0.8,
          symbol: "star",
        },
      }),
    ],
  };
  const series = p.activations.flatMap((sigma) => p.k.map((k, i) => ({ sigma, k, first: i === 0 })))
    .map(({ sigma, k, first }, look): Series => {
      const own = where(where(layers, "activation", activation(sigma).name), "k", k);
      const drawn = own.filter(({ regression }) => regression !== null);
      return {
        ...{ name: `${activationLabel(sigma)}, /{k} = ${k}`, look },
        line: own.map(({ gap, best }) => ({ x: gap, y: best })),
        ...(first
          ? meanMarks(
            drawn.map(({ gap, regression, se }) => ({ x: gap, y: regression, se })) as never,
          )
          : {}),
      };
    });
  const right = figureOf([{
    title: "second layer",
    x: { label: "1 − /{m}", type: "log" },
    y: { label: "least mean squared error", type: "log" },
    series,
  }], {});
  return {
    panels: [left, right.panels as Panel],
    ...{ columns: 2, aspect: 0.85, size: "page", legend: legendOf(series) },
    rows: { "a, loss": [...map], "a, minima": stars, ...right.rows as Record<string, Row[]> },
    caption:
      "(a) Population loss of Example 1, where u lies in the span of W, on a logarithmic scale from 10 up: two global minima " +
      "(stars), at (u, c) and at (u′, −c), with ⟨u, u′⟩ = 0.986. (b) Least error of a linear second layer on the 2k features " +
      `of a direction at overlap m, κ = ${p.kappa}: exact (lines), and by regression on ${p.samples} drawn inputs ± one ` +
      `standard error (marks, k = ${p.k[0]}).`,
  };
}

/**
 * Example 1, and errors of second layers on a found direction.
 *
 * Source: instance, features, bound: dayi25a, Appendix F; exact errors: ours.
 */
export const appendixF: Experiment<typeof appendixParameters, AppendixRows, Figure> = experiment({
  name: "Appendix F",
  about: "Two minima when u lies in the span of the base, and the left factor learnt afterwards.",
  parameters: appendixParameters,
  quick: { points: 40, gap: geomspace(1e-4, 0.3, 9), samples: 1000 },
  run,
  figure: draw,
  table: ({ layers }) => layers,
});
