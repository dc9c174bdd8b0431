/**
 * The figures of F1: symbols and bands are simulation, lines theory.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type Row, summary, where } from "../../../experiment/mod.ts";
import {
  band,
  type Figure,
  formatNumber,
  type LegendEntry,
  type Mark,
  type Panel,
  sequential,
  simulation,
  style,
  theme,
  theory,
} from "../../../figure/mod.ts";
import { modes } from "../bases.ts";
import { layerStart, startWords } from "../starts.ts";
import { type Decades, decades } from "./_decades.ts";
import { scaleWords, TIME } from "./_drawing.ts";
import { linesInWords } from "./_course_theory.ts";
import { asCourse, type MainParameters, type MainRow } from "./_main_parameters.ts";
import { problemAt } from "./_physics.ts";

/** Lower end of the axis of losses; one that is exactly 0 stands there. */
const FLOOR = 1e-34;
/** Symbols along a curve. */
const SYMBOLS = 9;

/** A panel with the numbers that it shows. */
interface Drawn {
  readonly panel: Panel;
  readonly simulated: Row[];
  readonly predicted: Row[];
}

/** About as many moments as there is room for, at equal distances, shifted from series to series. */
function some(rows: readonly Decades[], i: number): Decades[] {
  const end = rows.at(-1)?.x ?? 0, step = end / SYMBOLS, shift = (i % 3) * step / 3;
  let next = shift;
  return rows.filter(({ x }) => {
    if (x < next) return false;
    next = Math.max(next + step, shift + step * Math.floor((x - shift) / step) + step);
    return true;
  });
}

/** Band and symbols of one series. */
function simulated(rows: Decades[], i: number, stroke: string, symbol: string): Mark[] {
  return [
    band(rows, { x: "x", y1: "low", y2: "high", fill: stroke, fillOpacity: 0.14, clip: true }),
    simulation(some(rows, i), { x: "x", y: "mid", stroke, symbol: symbol as "circle" }),
  ];
}

function line(rows: Decades[], stroke: string, dash = ""): Mark {
  return theory(rows, { x: "x", y: "mid", stroke, strokeDasharray: dash, clip: true });
}

/** Loss of one start at all scales. */
function lossPanel(
  rows: MainRow[],
  title: string,
  domain: readonly [number, number],
  p: MainParameters,
): Drawn {
  const colors = sequential(p.alpha.length), all: Decades[] = [], lines: Decades[] = [];
  const marks = p.alpha.flatMap((alpha, i) => {
    const here = where(rows, "alpha", alpha), name = `α = ${scaleWords(alpha)}`;
    const found = decades(name, here, "at", (row) => Math.max(row.loss, FLOOR));
    const predicted = decades(name, here, "at", (row) => row.predicted);
    all.push(...found);
    lines.push(...predicted);
    return [
      ...simulated(found, i, colors[i], theme.symbols[i % theme.symbols.length]),
      predicted.length > 0
        ? line(predicted, colors[i])
        : theory(found, { x: "x", y: "mid", stroke: colors[i], strokeWidth: 0.5, clip: true }),
    ];
  });
  return {
    panel: {
      title,
      x: { label: TIME, domain: [0, p.horizon] },
      y: { label: "loss /{L}", type: "log", domain },
      marks,
    },
    ...{ simulated: all, predicted: lines },
  };
}

/** Starts whose misalignment is not rounding. */
function turning(rows: MainRow[], { starts, shown }: MainParameters) {
  const at = where(rows, "alpha", shown);
  return starts.flatMap((start) => {
    const here = where(at, "start", layerStart(start).name);
    return here.some(({ law }) => law !== null && law > 1e-28) ? [{ start, here }] : [];
  });
}

/** Mean escape time of some runs: by T4, by the runs where it does not apply, or not at all. */
function meanEscape(rows: readonly MainRow[]): number | undefined {
  const all = rows.map(({ escape, half }) => escape ?? half).filter((t) => t !== null);
  return all.length === rows.length && all.length > 0 ? summary(all).mean : undefined;
}

/** Alignment from all starts: T3 up to the escape, then the noise equations. */
function alignmentPanel(rows: MainRow[], p: MainParameters): Drawn {
  const all: Decades[] = [], lines: Decades[] = [];
  const marks = turning(rows, p).flatMap(({ start, here }, i) => {
    const { stroke, symbol } = style(i),
      name = startWords(start),
      escape = meanEscape(here) ?? p.phase;
    const early = here.filter(({ at }) => at <= p.phase);
    const found = decades(name, early, "at", (row) => row.gap);
    const law = decades(name, early.filter(({ at }) => at < escape), "at", (row) => row.law);
    const late = early.filter(({ at }) => at >= escape);
    const noise = decades(name, late, "at", (row) => row.predictedGap);
    all.push(...found);
    lines.push(...law, ...noise);
    return [
      ...simulated(found, i, stroke, symbol),
      line(law, stroke),
      line(noise, stroke, "4 1.5"),
    ];
  });
  return {
    panel: {
      title: `alignment, /{α} = ${scaleWords(p.shown)}`,
      x: { label: TIME, domain: [0, p.phase] },
      y: {
        label: "1 − cos(/{γ}_{1}, /{U})",
        type: "log",
        domain: [0.3 * Math.min(...all.map(({ low }) => low), 1), 1.5],
      },
      marks,
    },
    ...{ simulated: all, predicted: lines },
  };
}

/** How far the last loss is from the noise equations, against the scale. */
function distancePanel(rows: MainRow[], p: MainParameters): Drawn {
  const { deltaW } = modes(problemAt(p.problem, 0)), all: Decades[] = [], guides: Decades[] = [];
  const last = rows.filter(({ at }) => at === p.horizon);
  const kinds = p.starts.filter((start) =>
    last.some((row) => row.start === layerStart(start).name)
  );
  const marks = kinds.flatMap((start) => {
    const { name } = layerStart(start), here = where(last, "start", name);
    const i = turning(rows, p).findIndex((each) => layerStart(each.start).name === name);
    const { stroke, symbol } = style(Math.max(i, 0)), words = startWords(start);
    const found = decades(
      words,
      here,
      "alpha",
      ({ rest, predictedRest }) =>
        predictedRest ? Math.abs(Math.log10(rest / predictedRest)) : null,
    );
    all.push(...found);
    const order = name === "gauss" ? 2 : 2 * (deltaW ?? 1), from = found.at(-2) ?? found[0];
    if (!from) return [];
    const guide = found.map((row) => (
      { ...row, series: `${words}, order`, mid: from.mid * (row.x / from.x) ** order }
    ));
    guides.push(...guide);
    return [
      Plot.ruleX(found, { x: "x", y1: "low", y2: "high", stroke, strokeWidth: 0.8 }),
      simulation(found, { x: "x", y: "mid", stroke, symbol }),
      line(guide, stroke),
    ];
  });
  return {
    panel: {
      title: `last loss off the theory`,
      x: { label: "scale /{α}", type: "log" },
      y: { label: "|log_{10}(simulation / theory)|", type: "log" },
      marks,
    },
    ...{ simulated: all, predicted: guides },
  };
}

function figureOf(
  drawn: readonly Drawn[],
  rest: Pick<Figure, "caption" | "columns" | "legend">,
): Figure {
  const rows: Record<string, Row[]> = {};
  drawn.forEach(({ simulated, predicted }, i) => {
    const letter = String.fromCharCode(97 + i);
    if (simulated.length > 0) rows[`${letter}, simulation`] = simulated;
    if (predicted.length > 0) rows[`${letter}, theory`] = predicted;
  });
  return { panels: drawn.map(({ panel }) => panel), rows, size: "page", ...rest };
}

/** The problem, its rank and the starts in words. */
function words({ problem, r, copies }: MainParameters): string {
  const { name = "own problem" } = problemAt(problem, 0);
  return `${name[0].toUpperCase()}${name.slice(1)}, r = ${[r].flat().join(" and ")}. ` +
    (copies === 1
      ? "One start of each kind. "
      : `Geometric means over ${copies} starts of each random ` +
        "kind; bands: ± one standard deviation of the logarithm. ");
}

/** Loss of each start, alignment, and distance from theory. */
export function mainFigurePanels(rows: MainRow[], parameters: MainParameters): Figure {
  const { starts, alpha, shown } = parameters, colors = sequential(alpha.length);
  const all = rows.map(({ loss }) => loss), least = all.reduce((x, y) => Math.min(x, y), 1);
  const domain = [
    Math.max(FLOOR, 0.1 * least),
    3 * all.reduce((x, y) => Math.max(x, y), 0),
  ] as const;
  const losses = starts.map((start) => {
    const here = where(rows, "start", layerStart(start).name);
    return lossPanel(here, startWords(start), domain, parameters);
  });
  const kinds: LegendEntry[] = turning(rows, parameters).map(({ start }, i) => {
    const { stroke, symbol } = style(i);
    return { label: startWords(start), stroke, symbol, dash: "" };
  });
  const alignment = alignmentPanel(rows, parameters), distance = distancePanel(rows, parameters);
  alignment.panel.legend = { at: "top-right", entries: kinds };
  const order = modes(problemAt(parameters.problem, 0)).deltaW,
    distances = distance.simulated.length;
  const drawn = [...losses, alignment, ...(distances > 0 ? [distance] : [])];
  return figureOf(drawn, {
    columns: 2,
    legend: alpha.map((scale, i) => ({
      label: `/{α} = ${scaleWords(scale)}`,
      ...{ stroke: colors[i], dash: "", symbol: theme.symbols[i % theme.symbols.length] },
    })),
    caption: words(parameters) + "Symbols and bands: gradient flow. Losses: " +
      `${lowered(linesInWords(rows, asCourse(parameters)))} ` +
      (least < 1e-26 ? "Below about 10⁻²⁶ a simulated loss is the rounding of the signal. " : "") +
      `Alignment at α = ${scaleWords(shown)}: T3 up to the escape` +
      (distances > 0
        ? ", then (dashed) the noise equations. Last panel: how far the loss that stays, ½‖E_⊥⊥‖² at " +
          `t = ${
            formatNumber(parameters.horizon)
          }, is from the noise equations, with the orders of what ` +
          "these leave out, α² (all random) and α^{2δ_w}" +
          `${
            order === null ? "" : ` = α^${formatNumber(2 * order)}`
          } (others), through the second ` +
          "smallest scale."
        : "."),
  });
}

/** A sentence inside of another one. */
function lowered(text: string): string {
  return text[0].toLowerCase() + text.slice(1);
}

/** The alignment phase of the first start: three quantities, and how good their formulas are. */
export function phaseFigure(rows: MainRow[], parameters: MainParameters): Figure {
  const { starts, shown, phase } = parameters, first = starts[0];
  const here = where(where(rows, "start", layerStart(first).name), "alpha", shown)
    .filter(({ at }) => at <= phase);
  const escape = meanEscape(here), before = here.filter(({ at }) => at < (escape ?? phase));
  const quantities = [
    ["loss /{L}", (row: MainRow) => row.loss, (row: MainRow) => row.predicted],
    ["1 − cos", (row: MainRow) => row.gap, (row: MainRow) => row.law],
    ["size ‖/{Z}_{1}‖", (row: MainRow) => row.norm1, (row: MainRow) => row.growth],
  ] as const;
  const all: Decades[] = [], lines: Decades[] = [];
  const marks = quantities.flatMap(([name, value, predict], i) => {
    const { stroke, symbol, dash } = style(i), found = decades(name, here, "at", value);
    const law = decades(name, i === 0 ? here : before, "at", predict);
    const late = name === "1 − cos" ? here.filter(({ at }) => at >= (escape ?? phase)) : [];
    const noise = decades(name, late, "at", (row) => row.predictedGap);
    all.push(...found);
    lines.push(...law, ...noise);
    return [
      ...simulated(found, i, stroke, symbol),
      line(law, stroke, dash),
      line(noise, stroke, dash),
    ];
  });
  const printed = decades("Eq. (10) as printed", before, "at", (row) => row.printed);
  lines.push(...printed);
  const rule = escape === undefined
    ? []
    : [Plot.ruleX([escape], { stroke: "#777", strokeWidth: 0.8 })];
  const grey = "#777777";
  const phases: Drawn = {
    panel: {
      title: `${startWords(first)}, /{α} = ${scaleWords(shown)}`,
      x: { label: TIME, domain: [0, phase] },
      y: { label: "loss, misalignment, size", type: "log" },
      legend: {
        at: "above",
        entries: [
          ...quantities.map(([label], i) => {
            const { stroke, symbol, dash } = style(i);
            return { label, stroke, symbol, dash };
          }),
          { label: "Eq. (10)", stroke: grey, dash: "1 2" },
        ],
      },
      marks: [...rule, line(printed, grey, "1 2"), ...marks],
    },
    ...{ simulated: all, predicted: lines },
  };
  const caption = words(parameters) +
    `(a) Start ${startWords(first)} at α = ${
      scaleWords(shown)
    }. Lines: noise equations (loss), T3 ` +
    "(misalignment; the noise equations after the escape), ‖z₁‖e^{λt} (size); dotted: Eq. (10) as printed, without the null space; " +
    "vertical line: T4, mean over the starts. (b) Relative deviation of the misalignment: simulation from " +
    "the linearised flow (early on by the tolerance of the integrator), and T3 from it, with their orders ‖Z₁‖² ∝ e^{2λt} and e^{−2λt} as lines.";
  return figureOf([phases, deviationPanel(before, parameters)], { columns: 2, caption });
}

/** How far the misalignment is from the linearised flow, and T3 from that. */
function deviationPanel(rows: MainRow[], p: MainParameters): Drawn {
  const { lambda } = modes(problemAt(p.problem, 0)), all: Decades[] = [], lines: Decades[] = [];
  const off = (x: number | null, y: number | null) => x && y ? Math.abs(x / y - 1) : null;
  const series = [
    ["simulation", (row: MainRow) => off(row.gap, row.linear), 2 * lambda],
    ["T3", (row: MainRow) => off(row.law, row.linear), -2 * lambda],
  ] as const;
  const entries: LegendEntry[] = [], marks: Mark[] = [];
  for (const [i, [label, value, rate]] of series.entries()) {
    const { stroke, symbol, dash } = style(i), found = decades(label, rows, "at", value);
    const middle = rate > 0 ? found.at(-2) : found[Math.floor(found.length / 2)];
    if (!middle) continue;
    const guide = found.map((row) => (
      { ...row, series: `${label}, order`, mid: middle.mid * Math.exp(rate * (row.x - middle.x)) }
    ));
    all.push(...found);
    lines.push(...guide);
    entries.push({ label, stroke, symbol, dash });
    marks.push(...simulated(found, 0, stroke, symbol), line(guide, stroke, dash));
  }
  return {
    panel: {
      title: "off the linearised flow",
      x: { label: TIME, domain: [0, p.phase] },
      y: { label: "relative deviation", type: "log" },
      legend: { at: "above", entries },
      marks,
    },
    ...{ simulated: all, predicted: lines },
  };
}
