/**
 * The figures of F1: symbols and bands are simulation, lines theory.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type LegendEntry,
  scaleWords,
  sequential,
  simulation,
  style,
  theme,
  theory,
} from "../../../../figure/mod.ts";
import { modes } from "../../bases.ts";
import { layerStart, startWords } from "../../starts.ts";
import { type Decades, decades } from "./_decades.ts";
import { linesInWords } from "../laboratory/course_theory.ts";
import { asCourse, type MainParameters, type MainRow } from "./_main_parameters.ts";
import { type Drawn, figureOf, line, meanEscape, simulated, words } from "./_main_marks.ts";
import { problemAt, TIME } from "../physics.ts";

/** Lower end of the axis of losses; one that is exactly 0 stands there. */
const FLOOR = 1e-34;
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
      Plot.ruleX(found.filter((point) => "low" in point), {
        x: "x",
        y1: "low",
        y2: "high",
        stroke,
        strokeWidth: 0.8,
      }),
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
