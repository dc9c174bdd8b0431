/**
 * F2: how small must `α` be? Best alignment, last angle and risk against scale and dimension.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  grid,
  param,
  summary,
  type SweepRow,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  style,
} from "../../../../figure/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { REFERENCE } from "../../problems/draw.ts";
import { type ScaleCell, type ScaleRow, scaleRun } from "../../simulation/runs/scale.ts";
import { sampleTangent, sineOfTangent } from "../../theory/one_step.ts";
import { copiesOf, copiesWords, meansOf } from "../parts.ts";
import { numbersInWords } from "../physics.ts";

/**
 * Parameters of {@linkcode alignmentScale}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const scaleParameters = {
  d: param.integers(
    [50, 100, 200],
    "input dimensions; outputs beyond r* change nothing (Theorem 3.1)",
    {
      least: 1,
    },
  ),
  perInput: param.number(16, "samples per input, N/d", { least: 1 }),
  values: param.numbers([1, 1, 1, 1], "singular values of Δ", { above: 0 }),
  r: param.integer(8, "rank of the adapter", { least: 1 }),
  variances: param.numbers([1e-1, 1e-2, 1e-3, 1e-4, 1e-6], "variances α² of the entries of A₀", {
    above: 0,
  }),
  eta: param.number(1 / 64, "step size", { above: 0 }),
  steps: param.integer(1500, "steps", { least: 10 }),
  copies: param.integer(5, "draws of data and start behind each mean", { least: 1 }),
  lawDraws: param.integer(1000, "draws of the exact law behind the dashed line", { least: 100 }),
  seed: param.seed(REFERENCE),
};

type Parameters = Values<typeof scaleParameters>;

/** A row of {@linkcode alignmentScale}: a run. */
export type ScaleResult = SweepRow<ScaleCell, ScaleRow, string>;

/** Mean `sin` of the angle of `col Δ` with `col G`, where small starts end: the exact law of one step. */
export function endOfAlignment({ d, perInput, values, lawDraws, seed }: {
  readonly d: number;
  readonly perInput: number;
  readonly values: readonly number[];
  readonly lawDraws: number;
  readonly seed: string;
}): { readonly mean: number; readonly se: number; readonly sd: number } {
  const rng = stream(seed, "end of alignment", d), rank = values.length;
  const options = { outside: d - rank, rank, dof: Math.round(perInput * d) };
  return summary(
    Array.from({ length: lawDraws }, () => sineOfTangent(sampleTangent(rng, options))),
  );
}

function draw(rows: readonly ScaleResult[], p: Parameters): Figure {
  const panel = (key: "sine" | "end" | "risk", title: string, label: string): Drawing => ({
    title,
    x: { label: "/{α}²", type: "log" },
    y: key === "risk" ? { label, type: "log" } : { label, domain: [0, 1], inset: 3 },
    series: p.d.map((d) => {
      const here = where(rows, "d", d);
      const groups = p.variances.toSorted((a, b) => a - b).map((variance) =>
        [variance, where(here, "variance", variance).map((row) => row[key])] as const
      );
      const means = meansOf(groups, key === "risk");
      const level = key === "end" ? endOfAlignment({ ...p, d }).mean : NaN;
      const [low, high] = [Math.min(...p.variances), Math.max(...p.variances)];
      return {
        name: `/{d} = ${d}`,
        ...means,
        ...(key === "end" ? { line: [{ x: low, y: level }, { x: high, y: level }] } : {}),
        thin: means.marks,
      };
    }),
  });
  return figureOf([
    panel("sine", "best alignment", "min_{t} sin /{θ}_{t}"),
    panel("end", "last alignment", "sin /{θ} at the end"),
    panel("risk", `risk after ${p.steps} steps`, "risk"),
  ], {
    columns: 3,
    size: "page",
    aspect: 1,
    legend: p.d.map((d, i) => ({ ...style(i), label: `/{d} = ${d}` })),
    caption:
      `LoRA's gradient descent against the scale of its start (N = ${
        formatNumber(p.perInput)
      }d, singular values of Δ ${numbersInWords(p.values)}, r = ${p.r}, η = ${
        formatNumber(p.eta)
      }, ` +
      `${p.steps} steps): ${copiesWords(p.copies)}${
        p.copies > 1 ? " (of logarithms in (c))" : ""
      }. (a) ` +
      "Smallest angle with G. (b) Last angle; lines: mean angle of col Δ with col G by its exact law, where " +
      "small starts end. (c) Risk.",
  });
}

/**
 * F2: smallest and last angle, and risk, of LoRA's start against `α²`, at several dimensions.
 *
 * Source: after the paper's Figure 2, whose grid was not seen; sizes ours.
 */
export const alignmentScale: Experiment<
  typeof scaleParameters,
  ScaleResult[],
  Figure,
  Record<never, never>
> = experiment({
  name: "scale and dimension",
  about: "Smallest angle, last angle and risk of LoRA's start against its scale and the dimension.",
  parameters: scaleParameters,
  quick: { d: [50, 100], copies: 3 },
  check: (p, refuse) => {
    const most = Math.min(...p.d), rank = p.values.length;
    if (p.r < rank) refuse("r", `at least r* = ${rank}`, p.r);
    if (p.r > rank && p.r > most) refuse("r", `at most the least d, ${most}`, p.r);
    if (2 * rank > most) refuse("values", `at most d/2 = ${most / 2} numbers`, p.values);
  },
  run: ({ d, perInput, variances, values, r, eta, steps, copies, seed }, { sweep }) =>
    sweep({
      run: scaleRun,
      cells: grid({ d, variance: variances }).map((cell) => ({
        ...{ ...cell, N: Math.round(perInput * cell.d) },
        ...{ values, r, eta, steps },
      })),
      seeds: copiesOf(seed, copies),
    }),
  figure: draw,
});
