/**
 * Half times of gradient descent against the scale of the start, F1.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  summary,
  type SweepRow,
  where,
} from "../../../experiment/mod.ts";
import { type Figure, overlayFigure, type Point } from "../../../figure/mod.ts";
import { type DescentCell, type DescentRow, descents } from "../simulation/mod.ts";
import { halfTime, meanHalfTime, stepDelay } from "../theory/mod.ts";

/** One run with its cell and its seed. */
export type HalfTimeRow = SweepRow<DescentCell, DescentRow, string>;

/** Parameters of {@linkcode halfTimes}. */
export const halfTimesParameters = {
  gain: param.number(1, "gain s of the frozen factor", { above: 0 }),
  target: param.number(1, "what has to be learnt, σ", { above: 0 }),
  scales: param.numbers([1e-1, 1e-2, 1e-3, 1e-4], "scales α of the start", { above: 0 }),
  eta: param.number(2e-3, "step size η", { above: 0 }),
  copies: param.integer(1024, "independent starts at each scale", { least: 2 }),
  seed: param.seed(),
};

/** F1: how long the escape takes, and what the step size adds to it. */
export const halfTimes: Experiment<
  typeof halfTimesParameters,
  HalfTimeRow[],
  Figure,
  Record<never, never>
> = experiment({
  name: "half times",
  about: "Time until half of the target is learnt, from random balanced starts of several scales.",
  parameters: halfTimesParameters,
  quick: { scales: [1e-1, 1e-2, 1e-3], copies: 256 },
  check: ({ gain, target, scales, eta }, refuse) => {
    // A draw of seven standard deviations still starts below half of the target.
    const most = Math.sqrt(target / (100 * gain));
    const tooLarge = scales.find((scale) => scale > most);
    if (tooLarge !== undefined) {
      refuse("scales", `at most √(target / (100 gain)) = ${most.toPrecision(3)}`, tooLarge);
    }
    if (!(eta * gain * target < 0.1)) {
      refuse("eta", `below 0.1 / (gain × target) = ${0.1 / (gain * target)}`, eta);
    }
  },
  run: ({ gain, target, scales, eta, copies }, { sweep }) =>
    sweep({
      run: descents,
      cells: scales.map((scale) => ({ gain, target, scale, eta, copies })),
    }),
  figure: (rows, { gain, target, scales, eta, copies }) => {
    const mode = { gain, target };
    const means = scales.map((x): Point => {
      const { mean, se } = summary(where(rows, "scale", x).map(({ time }) => time));
      return { series: "mean", x, y: mean, se };
    });
    const delays = rows.filter(({ copy }) => copy < 12).map(({ share, time }) => ({
      series: "runs",
      x: stepDelay(mode, share, eta),
      y: time - halfTime(mode, share),
    }));
    const ends = [Math.min, Math.max].map((end) => end(...delays.map(({ x }) => x)));
    return overlayFigure([
      {
        title: "mean half time",
        x: { label: "scale /{α}", type: "log" },
        y: { label: "/{T}_{½} = steps × /{η}" },
        lines: scales.map((x) => ({ series: "mean", x, y: meanHalfTime(mode, x) })),
        means,
      },
      {
        title: "what the step adds",
        x: { label: "predicted delay" },
        y: { label: "/{T}_{½} − flow" },
        lines: ends.map((x) => ({ series: "runs", x, y: x })),
        means: delays,
      },
    ], {
      caption:
        `Half time of gradient descent, s = ${gain}, σ = ${target}, η = ${eta}. (a) Mean over ` +
        `${copies} starts b = a = αg (± standard error) and its law. (b) Delay against the flow, ` +
        `start by start; line: (η/2) log(f(a½)/f(a₀)).`,
    });
  },
  table: (rows, { gain, target, scales }) =>
    scales.map((scale) => {
      const { mean, se } = summary(where(rows, "scale", scale).map(({ time }) => time));
      return { scale, mean, se, law: meanHalfTime({ gain, target }, scale) };
    }),
});
