/**
 * The figures of courses: bands and marks are simulation, lines theory.
 *
 * @module
 */
import { where } from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  scaleWords,
  type Series,
  type Spread,
  spreadOf,
  theme,
} from "../../../../figure/mod.ts";
import { updateRule } from "../../../../nn/mod.ts";
import { layerStart, startWords } from "../../starts.ts";
import type { CourseParameters } from "./course_parameters.ts";
import { linesInWords, type PredictedRow } from "./course_theory.ts";
import { divergedWords, problemAt, TIME } from "../physics.ts";

/** Symbols along a curve. */
const SYMBOLS = 13;

/** Loss, over that of the start, below which a run may show rounding. */
const ROUNDING = 1e-25;

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
function means({ rows }: Curve, value: Value, linear: boolean): Spread[] {
  return [...Map.groupBy(rows, ({ at }) => at)].flatMap(([at, group]) =>
    spreadOf(at, group.map(value).filter((x) => x !== null), !linear)
  );
}

/** Every so-manieth of the moments, the last one included, shifted from series to series. */
function some(rows: readonly Spread[], i: number, count: number): Spread[] {
  const step = Math.max(1, Math.round(rows.length / SYMBOLS));
  const shift = Math.floor(i * step / count);
  return rows.filter((_, k) => (rows.length - 1 - k + shift) % step === 0);
}

/** The range of the means, which the theory may leave. */
function rangeOf(means: readonly Spread[], linear: boolean): [number, number] | undefined {
  if (means.length === 0) return undefined;
  const low = Math.min(...means.map((row) => linear ? row.low : Math.max(row.low, row.y / 3)));
  return [low, Math.max(...means.map((row) => row.high))];
}

/** A panel of curves: symbols and bands are simulation, lines theory, thin lines join the simulation. */
function panel(
  { title, label, linear = false }: Pick<Titled, "title" | "label" | "linear">,
  curves: readonly Curve[],
  logTime: boolean,
): Drawing {
  const simulated = curves.map((curve) => means(curve, curve.value, linear));
  const domain = rangeOf(simulated.flat(), linear);
  const series = curves.map((curve, i): Series => {
    const line = curve.line ? means(curve, curve.line, linear) : [], found = simulated[i];
    const marks = some(found, i, curves.length);
    return {
      ...{ name: curve.name, band: found, marks },
      ...(line.length > 0 ? { line } : { thin: found }),
    };
  });
  return {
    ...{ title, series },
    x: { label: TIME, ...(logTime ? { type: "log" } : {}) },
    y: {
      label,
      ...(linear ? {} : { type: "log" }),
      ...(domain && domain[0] < domain[1] ? { domain, inset: 4 } : {}),
    },
  };
}

/** The legend of all panels: that of the first one. */
function withLegend(
  drawings: readonly Drawing[],
  rest: { readonly columns: number; readonly caption: string },
): Figure {
  const [{ series }] = drawings, legend = legendOf(series);
  return figureOf(drawings, { ...rest, size: "page", legend });
}

/** Runs by start and scale, in the order of the parameters. */
function series(rows: readonly PredictedRow[], { starts, alpha }: CourseParameters) {
  return starts.flatMap((start) =>
    alpha.map((scale) => {
      const name = `${startWords(start)}, /{α} = ${scaleWords(scale)}`;
      return {
        name: alpha.length > 1 ? name : startWords(start),
        rows: where(where(rows, "start", layerStart(start).name), "alpha", scale),
      };
    })
  );
}

/** Under rates of B₁ and A₁ that differ another direction grows than that of 1 − cos. */
function tiltedWords({ rates: { b1 = 1, a1 = 1 } }: CourseParameters): string {
  if (b1 === a1 || b1 === 0 || a1 === 0) return "";
  const floor = 1 - (Math.sqrt(b1) + Math.sqrt(a1)) / Math.sqrt(2 * (b1 + a1));
  return " 1 − cos is measured from (p; v); what grows is (p √rate of B₁; v √rate of A₁), at " +
    `1 − cos = ${formatNumber(floor)} from it.`;
}

/** What was run, and what the lines are. */
function words(rows: readonly PredictedRow[], parameters: CourseParameters): string {
  const { problem, r, eta, rule, copies, alpha, perFactor } = parameters;
  const { name = "own problem" } = problemAt(problem, 0);
  const each = typeof problem === "function" && copies > 1
    ? ", and one for each further start"
    : "";
  const step = typeof eta === "function" ? "a schedule of steps" : `step ${scaleWords(eta)}`;
  const how = eta === 0 ? "gradient flow" : `${updateRule(rule).name} with ${step}`;
  const scales = alpha.length === 1 ? `, α = ${scaleWords(alpha[0])}` : "";
  const mean = copies === 1 || rows.every(({ copy }) => copy === 0)
    ? "One start each."
    : `Symbols: mean over ${copies} starts, of the logarithm on a logarithmic axis; band: ± one ` +
      "standard deviation.";
  return `${name[0].toUpperCase()}${name.slice(1)}${each}, r = ${
    [r].flat().join(" and ")
  }${scales}` +
    `${perFactor ? " per factor" : ""}, ${how}. ${mean} ${linesInWords(rows, parameters)}` +
    tiltedWords(parameters) + divergedWords(rows);
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
  // A predicted loss that rounding hides is compared with nothing.
  const least = ROUNDING * Math.max(...rows.map(({ loss }) => loss));
  const ratio: Value = ({ loss, predicted }) =>
    predicted !== null && predicted > least && loss > 0 ? Math.log10(loss / predicted) : null;
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
  const all = series(rows, parameters), { alpha, starts } = parameters;
  const quantities = quantitiesOf(rows), logTime = parameters.spacing === "log";
  const panels = (curves: readonly Pick<Curve, "name" | "rows">[], words: string) =>
    quantities.map((quantity) => {
      const drawn = curves.map((curve) => ({ ...quantity, ...curve }));
      return panel({ ...quantity, title: words + quantity.title }, drawn, logTime);
    });
  const caption = words(rows, parameters), count = quantities.length;
  const columns = count % 2 === 1 && count % 3 === 0 ? 3 : 2;
  if (all.length <= theme.symbols.length) return withLegend(panels(all, ""), { columns, caption });
  const drawings = starts.flatMap((start, i) => {
    const curves = alpha.map((scale, j) => (
      { ...all[i * alpha.length + j], name: `/{α} = ${scaleWords(scale)}` }
    ));
    return panels(curves, `${startWords(start)}, `);
  });
  return withLegend(drawings, { columns, caption });
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
  const tail = isPredicted(rows)
    ? " The slow end of the signal is of second order in the noise, which the equations leave out."
    : "";
  const caption = words(rows, parameters) + tail;
  return withLegend(panels, { columns: Math.min(2, panels.length), caption });
}
