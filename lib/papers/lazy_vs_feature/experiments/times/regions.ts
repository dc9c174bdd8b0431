/**
 * Lazy, fine-tuning and feature learning in the plane of dimension and perturbation.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import {
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  type Values,
} from "../../../../experiment/mod.ts";
import { type Figure, formatNumber, theory } from "../../../../figure/mod.ts";
import { activation, informationExponent } from "../../../../gaussian/mod.ts";
import { modelOf } from "../../model_spec.ts";
import { OverlapFlow, tangentConstants } from "../../theory/mod.ts";
import { activationParameter, plainLabel, teacherParameter } from "../physics.ts";

/**
 * Parameters of {@linkcode regions}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const regionParameters = {
  activation: activationParameter("h3"),
  k: param.integer(4, "neurons of the orthonormal base", { least: 1 }),
  c: teacherParameter("plus"),
  logKappa: param.numbers([-1.5, 1.5], "ends of log₁₀ κ", { entries: 2 }),
  logD: param.numbers([2, 9], "ends of log₁₀ d", { least: 1, entries: 2 }),
  points: param.integer(41, "points of each side", { least: 3, most: 400 }),
  lazy: param.number(0.1, "part of the base's error that a lazy model may leave", {
    above: 0,
    below: 1,
  }),
  glm: param.number(10, "steps without a base, in units of d^(p−1)", { above: 0 }),
};

type Parameters = Values<typeof regionParameters>;

/** The plane at one perturbation. */
export interface RegionRow extends Row {
  /** Perturbation. */
  kappa: number;
  /** Least time of the flow to `m = ½`, in units of `d` steps. */
  time: number;
  /** What the linearised adapter leaves, as a part of the base's error. */
  floor: number;
  /** Dimension below which the base no longer helps: `T*(κ) = glm·d^(p−2)`. */
  crossover: number;
}

function run(p: Parameters): RegionRow[] {
  const { activation: sigma, k, c } = p, exponent = informationExponent(activation(sigma));
  return linspace(p.logKappa[0], p.logKappa.at(-1)!, p.points).map((y) => {
    const model = modelOf({ activation: sigma, k, kappa: 10 ** y, c });
    const { floor, D0 } = tangentConstants(model), { time } = new OverlapFlow(model).best();
    return {
      ...{ kappa: 10 ** y, time, floor: 2 * floor / D0 },
      crossover: exponent > 2 ? (time / p.glm) ** (1 / (exponent - 2)) : NaN,
    };
  });
}

/** Perturbation at which the floor passes a part of the base's error; `NaN` where it does not. */
export function lazyEdge(rows: readonly RegionRow[], share: number): number {
  const i = rows.findIndex(({ floor }) => floor > share);
  if (i < 1) return NaN;
  const [a, b] = [rows[i - 1], rows[i]],
    part = Math.log(share / a.floor) / Math.log(b.floor / a.floor);
  return a.kappa * (b.kappa / a.kappa) ** part;
}

/** Whole numbers between two. */
function wholeNumbers(low: number, high: number): number[] {
  const first = Math.ceil(low), count = Math.max(0, Math.floor(high) - first + 1);
  return Array.from({ length: count }, (_, i) => first + i);
}

function draw(rows: readonly RegionRow[], p: Parameters): Figure {
  const exponent = informationExponent(activation(p.activation));
  const xs = linspace(p.logD[0], p.logD.at(-1)!, p.points), edge = lazyEdge(rows, p.lazy);
  const cells = rows.flatMap(({ kappa, time }) =>
    xs.map((x) => ({
      ...{ x, y: Math.log10(kappa) },
      value: x +
        Math.log10(Math.min(time, exponent > 2 ? p.glm * 10 ** (x * (exponent - 2)) : Infinity)),
    }))
  );
  const dx = (xs[1] - xs[0]) / 2, dy = (cells[xs.length].y - cells[0].y) / 2;
  const [low, high] = [cells[0].y, cells.at(-1)!.y], [left, right] = [xs[0], xs.at(-1)!];
  const crossover = rows.flatMap(({ kappa, crossover: d }) =>
    d >= 10 ** left && d <= 10 ** right ? [{ x: Math.log10(d), y: Math.log10(kappa) }] : []
  );
  const lazy = Number.isFinite(edge) ? [left, right].map((x) => ({ x, y: Math.log10(edge) })) : [];
  const power = (x: number) => Number.isInteger(x) ? `10^{${String(x).replace("-", "−")}}` : "";
  const middle = Number.isFinite(edge) ? Math.log10(edge) : low;
  const words = [
    ...(lazy.length > 0
      ? [{ x: left + 0.35 * (right - left), y: (low + middle) / 2, text: "lazy" }]
      : []),
    { x: left + 0.7 * (right - left), y: middle + 0.35 * (high - middle), text: "fine-tuning" },
    ...(crossover.length > 0
      ? [{
        x: left + 0.19 * (right - left),
        y: high - 0.08 * (high - low),
        text: "feature\nlearning",
      }]
      : []),
  ];
  return {
    panels: {
      x: { label: "dimension /{d}", domain: [left - dx, right + dx], tickFormat: power },
      y: {
        ...{ label: "perturbation per neuron /{κ}", tickFormat: power },
        domain: [low - dy, high + dy],
        ticks: wholeNumbers(low, high),
      },
      color: { type: "linear", scheme: "cividis", label: "log_{10} of steps", legend: true },
      marks: [
        Plot.rect(cells, {
          x1: ({ x }: Row) => Number(x) - dx,
          x2: ({ x }: Row) => Number(x) + dx,
          y1: ({ y }: Row) => Number(y) - dy,
          y2: ({ y }: Row) => Number(y) + dy,
          ...{ fill: "value", inset: -0.15, clip: true },
        }),
        theory(lazy, { x: "x", y: "y", stroke: "#fff", strokeDasharray: "4 2", clip: true }),
        theory(crossover, { x: "x", y: "y", stroke: "#fff", clip: true }),
        Plot.text(
          words,
          { x: "x", y: "y", text: "text", fill: "#fff", fontWeight: "bold" } as never,
        ),
      ],
    },
    rows: { cells, lazy, crossover },
    ...{ size: "column", aspect: 0.9 },
    caption:
      `Predicted steps to half an overlap, ${plainLabel(p.activation)}, k = ${p.k}, ĉ = c: T*(κ) d${
        exponent > 2 ? `, or ${formatNumber(p.glm)} d^${exponent - 1} where that is less` : ""
      }. ${
        Number.isFinite(edge)
          ? `Dashed: κ = ${formatNumber(edge)}, below which the rank-one linearisation leaves less`
          : "At no κ shown the rank-one linearisation passes from less to more"
      } than ${100 * p.lazy}% of the base's error` +
      (crossover.length > 0 ? `; full line: both are equal, κ ∝ d^{1/4} in the end.` : "."),
  };
}

/**
 * The plane of dimension and perturbation.
 *
 * Scale: steps. Source: ours; the paper asks for the transition and expects `ξ ~ d^{1/4} k^{1/2}`.
 */
export const regions: Experiment<typeof regionParameters, RegionRow[], Figure> = experiment({
  name: "three regions",
  about: "Where training is lazy, where the base helps, and where it no longer does.",
  parameters: regionParameters,
  quick: { points: 19 },
  check: (p, refuse) => {
    for (const name of ["logKappa", "logD"] as const) {
      const [low, high] = [p[name][0], p[name].at(-1)!];
      if (!(high > low)) refuse(name, "increasing", p[name]);
    }
  },
  run,
  figure: draw,
});
