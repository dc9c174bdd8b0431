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

/** One curve of a panel. */
interface Curve {
  readonly name: string;
  readonly rows: readonly PredictedRow[];
  readonly value: (row: PredictedRow) => number | null;
  readonly line?: (row: PredictedRow) => number | null;
}

/** A column of the rows as a curve, with the column of its prediction. */
function column(key: string, line: string | null): Pick<Curve, "value" | "line"> {
  const of = (name: string) => (row: PredictedRow) => row[name] as number | null;
  return { value: of(key), ...(line ? { line: of(line) } : {}) };
}

/** Means over copies at each time; of logarithms on a logarithmic axis, where 0 has no place. */
function means({ name, rows }: Curve, value: Curve["value"], log: boolean): Mean[] {
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

/** A panel of curves with the numbers that it shows. */
function panel(
  { title, label, log = true, logTime }: {
    title: string;
    label: string;
    log?: boolean;
    logTime: boolean;
  },
  curves: readonly Curve[],
): { panel: Panel; simulated: Mean[]; predicted: Mean[] } {
  const simulated = curves.map((curve) => means(curve, curve.value, log));
  const predicted = curves.map((curve) => curve.line ? means(curve, curve.line, log) : []);
  const clip = true, at = "at";
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
      y: { label, ...(log ? { type: "log" } : {}) },
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

/** Loss, alignment, sizes and own columns against time; a start at a time where there are many. */
export function courseFigure(
  rows: readonly PredictedRow[],
  parameters: CourseParameters,
): Figure {
  const logTime = parameters.spacing === "log", all = series(rows, parameters);
  const predicted = rows.some(({ predicted }) => predicted !== null), { alpha } = parameters;
  const quantities = [
    ["loss", "loss /{L}", "loss", "predicted"],
    ["alignment", "1 − cos(/{γ}_{1}, /{U})", "gap", "predictedGap"],
    ["adapter 1", "size ‖/{Z}_{1}‖", "norm1", null],
    ["adapter 2", "size ‖/{Z}_{2}‖", "norm2", null],
  ] as const;
  const panels = (curves: readonly Pick<Curve, "name" | "rows">[], words: string) => [
    ...quantities.filter(([, , key]) => rows[0][key] !== null).map(([title, label, key, line]) =>
      panel(
        { title: `${words}${title}`, label, logTime },
        curves.map((each) => ({ ...each, ...column(key, line) })),
      )
    ),
    ...ownColumns(rows).map((name) =>
      panel(
        { title: `${words}own column`, label: name, log: false, logTime },
        curves.map((each) => ({ ...each, ...column(name, null) })),
      )
    ),
  ];
  const caption = words(rows, parameters);
  if (all.length <= theme.symbols.length) {
    const legend = legendOf(all.map(({ name }) => name), predicted);
    return figureOf(panels(all, ""), { columns: 2, legend, caption });
  }
  const scales = alpha.map((scale) => `/{α} = ${short(scale)}`);
  const drawn = parameters.starts.flatMap((start, i) => {
    const curves = all.slice(i * alpha.length, (i + 1) * alpha.length);
    return panels(curves, `${startWords(start)}, `);
  });
  return figureOf(drawn, { columns: 2, legend: legendOf(scales, predicted), caption });
}

/** Parts of the loss against time, a panel for each start and scale. */
export function partsFigure(
  rows: readonly PredictedRow[],
  parameters: CourseParameters,
): Figure {
  const parts = [
    ["whole loss", "loss", "predicted"],
    ["signal /{L}_{S}", "signal", "predictedSignal"],
    ["row and column of the signal", "mixed", "predictedMixed"],
    ["all the rest", "rest", "predictedRest"],
  ] as const;
  const logTime = parameters.spacing === "log";
  const panels = series(rows, parameters).map((each) =>
    panel(
      { title: each.name, label: "part of the loss", logTime },
      parts.map(([name, key, line]) => ({ ...column(key, line), name, rows: each.rows })),
    )
  );
  const predicted = rows.some(({ predicted }) => predicted !== null);
  const legend = legendOf(parts.map(([name]) => name), predicted);
  return figureOf(panels, { columns: 2, legend, caption: words(rows, parameters) });
}
