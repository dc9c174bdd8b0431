/**
 * The alignment phase of F1: symbols and bands are simulation, lines theory.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  type LegendEntry,
  type Mark,
  scaleWords,
  style,
} from "../../../../figure/mod.ts";
import { modes } from "../../bases.ts";
import { layerStart, startWords } from "../../starts.ts";
import { type Decades, decades } from "./_decades.ts";
import { type Drawn, figureOf, line, meanEscape, simulated, words } from "./_main_marks.ts";
import type { MainParameters, MainRow } from "./_main_parameters.ts";
import { problemAt, TIME } from "../physics.ts";

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
