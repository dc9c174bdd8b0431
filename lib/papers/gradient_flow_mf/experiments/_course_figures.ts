/**
 * The figures of courses: bands and marks are simulation, lines theory.
 *
 * @module
 */
import { distinct, type Row, summary, where } from "../../../experiment/mod.ts";
import {
  band,
  type Figure,
  formatNumber,
  type LegendEntry,
  type Panel,
  powerOfTen,
  simulation,
  style,
  theme,
  theory,
} from "../../../figure/mod.ts";
import { layerStart, startWords } from "../starts.ts";
import { updateRule } from "../../../nn/mod.ts";
import type { CourseParameters } from "./_course_parameters.ts";
import { linesInWords, type PredictedRow } from "./_course_theory.ts";
import { divergedWords, problemAt } from "./_physics.ts";

/** Symbols along a curve. */
const SYMBOLS = 13;
const TIME = "flow time /{t} = step size × steps";

/** A moment of several runs: mean and spread of a quantity, or of its logarithm. */
interface Mean extends Row {
  series: string;
  at: number;
  mean: number;
  low: number;
  high: number;
}

/** A number of a moment, null where there is none. */
type Value = (row: PredictedRow) => number | null;

/** What is drawn of a run: the simulation, and the theory where there is one. */
interface Quantity {
  readonly value: Value;
  readonly line?: Value;
}

/** A quantity with a panel of its own. */
interface Titled extends Quantity {
  readonly title: string;
  readonly label: string;
  /** Whether its axis is linear. */
  readonly linear?: boolean;
}

/** One curve of a panel. */
interface Curve extends Quantity {
  readonly name: string;
  readonly rows: readonly PredictedRow[];
}

/** A column of the rows, with the column of its prediction. */
function column(key: string, line?: string): Quantity {
  const of = (name: string) => (row: PredictedRow) => row[name] as number | null;
  return { value: of(key), ...(line ? { line: of(line) } : {}) };
}

/** Means over copies at each time; of logarithms on a logarithmic axis, where 0 has no place. */
function means({ name, rows }: Curve, value: Value, log: boolean): Mean[] {
  return distinct(rows, "at").flatMap((at) => {
    const all = where(rows, "at", at).map(value).filter((x) => x !== null && (!log || x > 0));
    if (all.length === 0) return [];
    const { mean, sd } = summary(all.map((x) => log ? Math.log10(x!) : x!));
    const [low, middle, high] = [mean - sd, mean, mean + sd].map((x) => log ? 10 ** x : x);
    return [{ series: name, at, mean: middle, low, high }];
  });
}

/** Every so-manieth of the moments, the last one included, shifted from series to series. */
function some(rows: readonly Mean[], i: number, count: number): Mean[] {
  const step = Math.max(1, Math.round(rows.length / SYMBOLS));
  const shift = Math.floor(i * step / count);
  return rows.filter((_, k) => (rows.length - 1 - k + shift) % step === 0);
}

/** The range of the means, which the theory may leave. */
function rangeOf(means: readonly Mean[], log: boolean): [number, number] | undefined {
  if (means.length === 0) return undefined;
  const low = Math.min(...means.map((row) => log ? Math.max(row.low, row.mean / 3) : row.low));
  return [low, Math.max(...means.map((row) => row.high))];
}

/** A panel of curves with the numbers that it shows. */
function panel(
  { title, label, linear = false }: Pick<Titled, "title" | "label" | "linear">,
  curves: readonly Curve[],
  logTime: boolean,
): { panel: Panel; simulated: Mean[]; predicted: Mean[] } {
  const simulated = curves.map((curve) => means(curve, curve.value, !linear));
  const predicted = curves.map((curve) => curve.line ? means(curve, curve.line, !linear) : []);
  const clip = true, at = "at", domain = rangeOf(simulated.flat(), !linear);
  const marks = curves.flatMap((_, i) => {
    const { stroke, dash, symbol } = style(i), line = predicted[i];
    return [
      band(simulated[i], { x: at, y1: "low", y2: "high", fill: stroke, fillOpacity: 0.14, clip }),
      line.length > 0
        ? theory(line, { x: at, y: "mean", stroke, strokeDasharray: dash, clip })
        : theory(simulated[i], { x: at, y: "mean", stroke, strokeWidth: 0.5, clip }),
      simulation(some(simulated[i], i, curves.length), { x: at, y: "mean", stroke, symbol }),
    ];
  });
  return {
    panel: {
      title,
      x: { label: TIME, ...(logTime ? { type: "log" } : {}) },
      y: {
        label,
        ...(linear ? {} : { type: "log" }),
        ...(domain && domain[0] < domain[1] ? { domain, inset: 4 } : {}),
      },
      marks,
    },
    simulated: simulated.flat(),
    predicted: predicted.flat(),
  };
}

/** Panels with their numbers as a figure. */
function figureOf(
  drawn: readonly ReturnType<typeof panel>[],
  rest: Pick<Figure, "caption" | "columns"> & { legend: LegendEntry[] },
): Figure {
  const rows: Record<string, Row[]> = {};
  drawn.forEach(({ simulated, predicted }, i) => {
    const letter = String.fromCharCode(97 + i);
    rows[`${letter}, simulation`] = simulated;
    if (predicted.length > 0) rows[`${letter}, theory`] = predicted;
  });
  return { panels: drawn.map(({ panel }) => panel), rows, size: "page", ...rest };
}

function legendOf(names: readonly string[], lines: boolean): LegendEntry[] {
  return names.map((label, i) => {
    const { stroke, dash, symbol } = style(i);
    return { label, stroke, symbol, ...(lines ? { dash } : {}) };
  });
}

/** Runs by start and scale, in the order of the parameters. */
function series(rows: readonly PredictedRow[], { starts, alpha }: CourseParameters) {
  return starts.flatMap((start) =>
    alpha.map((scale) => {
      const name = `${startWords(start)}, /{α} = ${short(scale)}`;
      return {
        name: alpha.length > 1 ? name : startWords(start),
        rows: where(where(rows, "start", layerStart(start).name), "alpha", scale),
      };
    })
  );
}

/** A scale in words: a power of ten as one. */
function short(x: number): string {
  return Math.log10(x) % 1 === 0 ? powerOfTen(x) : formatNumber(x);
}

/** What was run, and what the lines are. */
function words(rows: readonly PredictedRow[], parameters: CourseParameters): string {
  const { problem, r, eta, rule, copies, alpha, perFactor } = parameters;
  const { name = "own problem" } = problemAt(problem, 0);
  const step = typeof eta === "function" ? "a schedule of steps" : `step ${short(eta)}`;
  const how = eta === 0 ? "gradient flow" : `${updateRule(rule).name} with ${step}`;
  const scales = alpha.length === 1 ? `, α = ${short(alpha[0])}` : "";
  const mean = copies === 1
    ? "One start each."
    : `Symbols: mean over ${copies} starts, of the logarithm on a logarithmic axis; band: ± one ` +
      "standard deviation.";
  return `${name[0].toUpperCase()}${name.slice(1)}, r = ${[r].flat().join(" and ")}${scales}` +
    `${perFactor ? " per factor" : ""}, ${how}. ${mean} ${linesInWords(rows, parameters)}` +
    divergedWords(rows);
}

/** Names of the columns of the reader's own. */
function ownColumns(rows: readonly PredictedRow[]): string[] {
  const usual = [
    ...["at", "loss", "signal", "mixed", "rest", "gap", "norm1", "norm2", "x1", "x2", "half"],
    ...["status", "start", "alpha", "seed", "copy"],
  ];
  return Object.keys(rows[0]).filter((name) => !usual.includes(name) && !/^predicted/.test(name));
}

/** The quantities of a figure: what the rows have, and what theory says of it. */
function quantitiesOf(rows: readonly PredictedRow[]): Titled[] {
  const predicted = isPredicted(rows), double = rows[0].norm2 !== null;
  const ratio: Value = ({ loss, predicted }) =>
    predicted !== null && predicted > 0 && loss > 0 ? Math.log10(loss / predicted) : null;
  return [
    { title: "loss", label: "loss /{L}", ...column("loss", "predicted") },
    ...(predicted
      ? [{
        title: "simulated / predicted loss",
        label: "log_{10} of it",
        linear: true,
        value: ratio,
      }]
      : []),
    { title: "alignment", label: "1 − cos(/{γ}_{1}, /{U})", ...column("gap", "predictedGap") },
    ...(predicted && double
      ? [{ title: "adapter 2", label: "learnt, /{x}_{2}", ...column("x2", "predictedX2") }]
      : []),
    { title: "adapter 1", label: "size ‖/{Z}_{1}‖", ...column("norm1") },
    ...(double ? [{ title: "adapter 2", label: "size ‖/{Z}_{2}‖", ...column("norm2") }] : []),
    ...ownColumns(rows).map((name) => (
      { title: "own column", label: name, linear: true, ...column(name) }
    )),
  ];
}

/** Whether there is any theory to draw. */
function isPredicted(rows: readonly PredictedRow[]): boolean {
  return rows.some(({ predicted }) => predicted !== null);
}

/** Loss, alignment, sizes and own columns against time; a start at a time where there are many. */
export function courseFigure(
  rows: readonly PredictedRow[],
  parameters: CourseParameters,
): Figure {
  const all = series(rows, parameters), lines = isPredicted(rows), { alpha, starts } = parameters;
  const panels = (curves: readonly Pick<Curve, "name" | "rows">[], words: string) =>
    quantitiesOf(rows).map((quantity) => {
      const drawn = curves.map((curve) => ({ ...quantity, ...curve }));
      const { title } = quantity;
      return panel({ ...quantity, title: words + title }, drawn, parameters.spacing === "log");
    });
  const caption = words(rows, parameters);
  const count = quantitiesOf(rows).length, columns = count % 2 === 1 && count % 3 === 0 ? 3 : 2;
  if (all.length <= theme.symbols.length) {
    const legend = legendOf(all.map(({ name }) => name), lines);
    return figureOf(panels(all, ""), { columns, legend, caption });
  }
  const scales = alpha.map((scale) => `/{α} = ${short(scale)}`);
  const drawn = starts.flatMap((start, i) => {
    const curves = all.slice(i * alpha.length, (i + 1) * alpha.length);
    return panels(curves, `${startWords(start)}, `);
  });
  return figureOf(drawn, { columns, legend: legendOf(scales, lines), caption });
}

/** Parts of the loss against time, a panel for each start and scale. */
export function partsFigure(
  rows: readonly PredictedRow[],
  parameters: CourseParameters,
): Figure {
  const parts = [
    { name: "whole loss", ...column("loss", "predicted") },
    { name: "signal /{L}_{S}", ...column("signal", "predictedSignal") },
    { name: "row and column of the signal", ...column("mixed", "predictedMixed") },
    { name: "all the rest", ...column("rest", "predictedRest") },
  ];
  const panels = series(rows, parameters).map(({ name, rows }) =>
    panel(
      { title: name, label: "part of the loss" },
      parts.map((part) => ({ ...part, rows })),
      parameters.spacing === "log",
    )
  );
  const lines = isPredicted(rows), legend = legendOf(parts.map(({ name }) => name), lines);
  const tail = lines
    ? " The slow end of the signal is of second order in the noise, which the equations leave out."
    : "";
  const caption = words(rows, parameters) + tail;
  return figureOf(panels, { columns: Math.min(2, panels.length), legend, caption });
}
