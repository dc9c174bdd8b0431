/** How final errors are drawn: a colour for each problem, a symbol for each start. */
import * as Plot from "@observablehq/plot";
import { distinct, linspace, type Row, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type LegendEntry,
  type Mark,
  type Panel,
  simulation,
  style,
  theory,
} from "../../../../figure/mod.ts";
import { layerStart, type StartLike, startWords } from "../../starts.ts";
import { leadingExponents, type NoisyStart } from "../../theory/noise/noise_leading.ts";
import type { FinalErrorMean } from "./_final_error_mean.ts";

const ALPHA = { label: "scale of the start /{α}", type: "log" as const };
const KNOWN = ["zeroB", "zeroA", "gauss"];

/** The exponents' laws in words, and where they stand in the panel. */
const LAWS: Readonly<Record<string, { text: string; x: number; dy: number }>> = {
  zeroB: { text: "4(2 − /{δ}_{w})", x: 0.32, dy: -4 },
  zeroA: { text: "2(3 − /{δ}_{w})", x: 0.005, dy: 17 },
  gauss: { text: "4", x: 0.4, dy: 8 },
};

/** Marks with bars of one standard deviation of the logarithm. */
function logMarks(rows: readonly FinalErrorMean[], i: number, symbol: number): Mark[] {
  const { stroke } = style(i);
  const bar = { x: "alpha", stroke, strokeWidth: 0.8 };
  return [
    Plot.ruleX(rows.filter((row) => row.starts > 1), {
      ...bar,
      y1: (row: FinalErrorMean) => row.rest * Math.exp(-row.spread),
      y2: (row: FinalErrorMean) => row.rest * Math.exp(row.spread),
    }),
    simulation(rows as FinalErrorMean[], {
      ...{ x: "alpha", y: "rest", stroke, symbol: style(symbol).symbol },
    }),
  ];
}

/** Deviations against α: one kind of symbol a start, one colour and dash a problem, as in the legend. */
function deviations(
  rows: readonly FinalErrorMean[],
  names: readonly string[],
  problems: readonly string[],
  y: "off" | "leadingOff",
): Mark[] {
  const shown = rows.filter((row) => (row[y] ?? 0) > 0);
  return names.flatMap((name, k) =>
    problems.flatMap((problem, i) => {
      const points = where(where(shown, "start", name), "problem", problem);
      const { stroke, dash } = style(i), { symbol } = style(k);
      return [
        Plot.line(points, { x: "alpha", y, stroke, strokeWidth: 0.6, strokeDasharray: dash }),
        simulation(points as FinalErrorMean[], { x: "alpha", y, stroke, symbol }),
      ];
    })
  );
}

/** Slopes `α^{2 min(1, δ_w)}` of the first neglected order, through the marks of the first start. */
function guides(rows: readonly FinalErrorMean[], name: string): Mark[] {
  const own = where(rows, "start", name).filter((row) => row.off > 0);
  return [...Map.groupBy(own, ({ problem }) => problem).values()].map((group) => {
    const last = group.reduce((low, row) => row.alpha < low.alpha ? row : low);
    const order = 2 * Math.min(1, last.deltaW);
    const line = group.map(({ alpha }) => (
      { alpha, y: last.off * (alpha / last.alpha) ** order }
    ));
    return Plot.line(line, { x: "alpha", y: "y", stroke: "#bbb", strokeWidth: 0.6, clip: true });
  });
}

/** Local exponents at the smallest scales against δ_w, with the laws of the starts that have one. */
function exponents(rows: readonly FinalErrorMean[], names: readonly string[]): Panel {
  const last = rows.filter((row) => row.exponent !== null);
  const smallest = Math.min(...last.map((row) => row.alpha));
  const levels = where(last, "alpha", smallest).map((row) => row.exponent!);
  const marks = names.flatMap((name, k) => {
    const { symbol, dash } = style(k), stroke = "#000";
    const points = where(where(last, "start", name), "alpha", smallest);
    const law = KNOWN.includes(name)
      ? linspace(0.02, 0.98, 25).map((deltaW) => ({
        deltaW,
        exponent: leadingExponents({ start: name as NoisyStart, deltaW }).loss,
      }))
      : [];
    levels.push(...law.map(({ exponent }) => exponent));
    const words = LAWS[name] ? [LAWS[name]] : [];
    return [
      Plot.text(words, {
        ...{ x: "x", text: "text", dx: 4, dy: words[0]?.dy ?? 0, textAnchor: "start" },
        y: ({ x }: { x: number }) =>
          leadingExponents({ start: name as NoisyStart, deltaW: x }).loss,
      }),
      theory(law, { x: "deltaW", y: "exponent", stroke, strokeDasharray: dash, strokeWidth: 0.8 }),
      Plot.dot(points, { x: "deltaW", y: "theoryExponent", r: 1, fill: "#000" }),
      simulation(points as FinalErrorMean[], { x: "deltaW", y: "exponent", stroke, symbol }),
    ];
  });
  return {
    title: "exponents",
    x: { label: "ratio of growth rates /{δ}_{w}", domain: [0, 1] },
    y: {
      label: "exponent in /{α}",
      domain: [Math.min(...levels) - 1.1, Math.max(...levels) + 0.2],
    },
    marks,
  };
}

/** The figure of the experiment. */
export function finalErrorFigure(
  means: readonly FinalErrorMean[],
  starts: readonly StartLike[],
  caption: string,
): Figure {
  const names = starts.map((start) => layerStart(start).name);
  const shown = means.filter((row) => row.rest > 0 && row.theory > 0);
  const problems = distinct(means, "problem"), ratios = distinct(means, "deltaW");
  const label = (problem: string) =>
    ratios.length < problems.length
      ? problem
      : `/{δ}_{w} = ${formatNumber(where(means, "problem", problem)[0].deltaW)}`;
  const log = (text: string) => ({ label: text, type: "log" as const });
  const panels: Panel[] = names.map((name, k) => ({
    title: startWords(starts[k]).replace(/ \(.*\)$/, ""),
    x: ALPHA,
    y: log("final ½‖/{E}_{⊥⊥}‖²"),
    marks: problems.flatMap((problem, i) => {
      const here = where(where(shown, "start", name), "problem", problem);
      const { stroke, dash } = style(i);
      return [
        theory(here, { x: "alpha", y: "theory", stroke, strokeDasharray: dash }),
        ...logMarks(here, i, k),
      ];
    }),
  }));
  panels.push({
    title: "run / theory",
    x: ALPHA,
    y: log("largest |ln ratio|"),
    marks: [...guides(shown, names[0]), ...deviations(shown, names, problems, "off")],
  });
  if (shown.some((row) => row.exponent !== null)) panels.push(exponents(shown, names));
  if (shown.some((row) => row.leadingOff !== null)) {
    panels.push({
      title: "run / limit law",
      x: ALPHA,
      y: log("largest |ln ratio|"),
      marks: deviations(shown, names, problems, "leadingOff"),
    });
  }
  const legend: LegendEntry[] = [
    ...problems.map((problem, i) => (
      { label: label(problem), stroke: style(i).stroke, dash: style(i).dash }
    )),
    ...names.map((_, k) => ({ label: startWords(starts[k]), symbol: style(k).symbol })),
  ];
  return {
    panels,
    columns: 3,
    legend,
    rows: { "final errors": means as unknown as Row[] },
    size: "page",
    caption,
  };
}
