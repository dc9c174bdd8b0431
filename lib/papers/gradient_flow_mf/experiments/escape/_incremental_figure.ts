/**
 * The figure of F7: symbols are simulation, lines theory.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, summary, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type Mark,
  type Panel,
  scaleWords,
  simulation,
  style,
  theory,
} from "../../../../figure/mod.ts";
import { growthModes } from "../../bases.ts";
import { layerStart, startWords } from "../../starts.ts";
import { alignmentExponent } from "../../theory/escape/alignment.ts";
import { type Decades, decades } from "./_decades.ts";
import { type HalfTimeRow } from "./half_times.ts";
import { modeHalfTimes } from "../../theory/escape/incremental.ts";
import { silenceInWords } from "../where_it_holds.ts";
import { problemAt } from "../physics.ts";
import { lossRangeWords } from "../range.ts";
import type {
  IncrementalParameters,
  IncrementalRows,
  StairRow,
} from "./_incremental_parameters.ts";

/** A panel with its numbers. */
interface Drawn {
  readonly panel: Panel;
  readonly points: Row[];
  readonly lines: Row[];
}

/** Colour and symbol of a start, dash of a mode. */
function look(start: number, mode: number) {
  return { ...style(start), dash: style(mode).dash };
}

function lossPanel(rows: readonly StairRow[], p: IncrementalParameters): Drawn {
  const points: Decades[] = [], lines: Decades[] = [];
  const marks = p.starts.flatMap((start, i): Mark[] => {
    const here = where(rows, "start", layerStart(start).name), { stroke, symbol, dash } = style(i);
    const found = decades(startWords(start), here, "at", (row) => row.loss);
    const law = decades(startWords(start), here, "at", (row) => row.predicted);
    points.push(...found);
    lines.push(...law);
    const some = found.filter((_, k) => k % 5 === (2 * i) % 5);
    const area = { x: "x", y1: "low", y2: "high", fill: stroke, fillOpacity: 0.14, clip: true };
    return [
      Plot.areaY(found, area),
      theory(law, { x: "x", y: "mid", stroke, strokeDasharray: dash, clip: true }),
      simulation(some, { x: "x", y: "mid", stroke, symbol }),
    ];
  });
  const panel: Panel = {
    title: `loss at /{α} = ${scaleWords(p.shown)}`,
    x: { label: "flow time /{t} = step size × steps", domain: [0, p.horizon] },
    y: { label: "loss /{L}", type: "log" },
    marks,
  };
  return { panel, points, lines };
}

/** Means of a quantity of each mode of each start against the scale. */
function byScale(
  rows: readonly HalfTimeRow[],
  p: IncrementalParameters,
  pick: (some: readonly HalfTimeRow[], mode: number, i: number) => { points: Row[]; lines: Row[] },
): { marks: Mark[]; points: Row[]; lines: Row[] } {
  const all = { marks: [] as Mark[], points: [] as Row[], lines: [] as Row[] };
  p.starts.forEach((start, i) => {
    const kind = where(rows, "start", layerStart(start).name);
    for (const mode of distinct(kind, "mode")) {
      const { stroke, symbol, dash } = look(i, mode - 1);
      const { points, lines } = pick(where(kind, "mode", mode), mode, i);
      all.points.push(...points);
      all.lines.push(...lines);
      all.marks.push(
        theory(lines, { x: "x", y: "y", stroke, strokeDasharray: dash, clip: true }),
        Plot.ruleX(points.filter((point) => "low" in point), {
          x: "x",
          y1: "low",
          y2: "high",
          stroke,
          strokeWidth: 0.8,
        }),
        simulation(points, { x: "x", y: "y", stroke, symbol }),
      );
    }
  });
  return all;
}

/** Numbers of a column at a scale. */
export function at(
  rows: readonly HalfTimeRow[],
  alpha: number,
  key: "half" | "predicted" | "gap",
): number[] {
  return where(rows, "alpha", alpha).map((row) => row[key]).filter((x) => x !== null);
}

function timesPanel(rows: readonly HalfTimeRow[], p: IncrementalParameters): Drawn {
  const { marks, points, lines } = byScale(rows, p, (some, mode, i) => {
    const series = `mode ${mode}, ${startWords(p.starts[i])}`;
    const mean = (key: "half" | "predicted") =>
      p.alpha.flatMap((x) => {
        const all = at(some, x, key);
        if (all.length === 0) return [];
        const { mean: y, sd } = summary(all);
        return [{ series, x, y, low: y - sd, high: y + sd }];
      });
    return { points: mean("half"), lines: mean("predicted") };
  });
  const panel: Panel = {
    title: "half-times",
    x: { label: "scale /{α}", type: "log" },
    y: { label: "half-time /{T}_{½}, flow time" },
    marks,
  };
  return { panel, points, lines };
}

/** Largest distance from T7, with the order of what it neglects for each mode. */
function distancePanel(rows: readonly HalfTimeRow[], p: IncrementalParameters): Drawn {
  const { rates1 } = growthModes(problemAt(p.problem, 0));
  const { marks, points, lines } = byScale(rows, p, (some, mode, i) => {
    const series = `mode ${mode}, ${startWords(p.starts[i])}`;
    const most = p.alpha.flatMap((x) => {
      const gaps = where(some, "alpha", x).flatMap(({ half, predicted }) =>
        half === null || predicted === null ? [] : [Math.abs(half - predicted)]
      );
      const y = Math.max(...gaps);
      return gaps.length > 0 && y > 0 ? [{ series, x, y }] : [];
    });
    // Of the first mode: what the second one holds at its half-time, α^{2(1 − λ₂/λ₁)}.
    const next = rates1[mode] ?? 0, from = most.toSorted((a, b) => a.x - b.x)[1] ?? most[0];
    const shape = (x: number) =>
      next > 0 ? x ** (2 * (1 - next / rates1[mode - 1])) : x ** 2 * Math.abs(Math.log(x));
    const guide = from
      ? most.map(({ x }) => ({ series, x, y: from.y * shape(x) / shape(from.x) }))
      : [];
    return { points: most, lines: guide };
  });
  const panel: Panel = {
    title: "largest distance",
    x: { label: "scale /{α}", type: "log" },
    y: { label: "|run − theory|, flow time", type: "log" },
    marks,
  };
  return { panel, points, lines };
}

/** Misalignment at the first half-time, with the exponent of T3'. */
function gapPanel(rows: readonly HalfTimeRow[], p: IncrementalParameters): Drawn {
  const exponent = alignmentExponent(problemAt(p.problem, 0));
  const { marks, points, lines } = byScale(where(rows, "mode", 1), p, (some, _, i) => {
    const series = startWords(p.starts[i]);
    const kept = some.filter(({ gap }) => gap !== null && gap > 1e-28);
    const found = decades(series, kept, "alpha", ({ gap }) => gap)
      .map(({ x, mid, low, high }) => ({ series, x, y: mid, low, high }));
    const from = found.toSorted((a, b) => a.x - b.x)[0];
    const guide = from
      ? found.map(({ x }) => ({ series, x, y: from.y * (x / from.x) ** exponent }))
      : [];
    return { points: found, lines: guide };
  });
  const panel: Panel = {
    title: "alignment at the first half-time",
    x: { label: "scale /{α}", type: "log" },
    y: { label: "1 − cos(/{γ}_{1}, /{U})", type: "log" },
    marks,
  };
  return { panel, points, lines };
}

export function incrementalFigure(
  { modes, loss }: IncrementalRows,
  p: IncrementalParameters,
): Figure {
  const drawn = [
    lossPanel(loss, p),
    timesPanel(modes, p),
    distancePanel(modes, p),
    gapPanel(modes, p),
  ];
  const { name = "own problem" } = problemAt(p.problem, 0), tables: Record<string, Row[]> = {};
  drawn.forEach(({ points, lines }, i) => {
    if (points.length > 0) tables[`${"abcd"[i]}, simulation`] = points;
    if (lines.length > 0) tables[`${"abcd"[i]}, theory`] = lines;
  });
  const numbers = distinct(modes, "mode"), exponent = alignmentExponent(problemAt(p.problem, 0));
  return {
    panels: drawn.map(({ panel }) => panel),
    columns: 2,
    legend: [
      ...p.starts.map((start, i) => {
        const { stroke, symbol } = style(i);
        return { label: startWords(start), stroke, symbol };
      }),
      ...(numbers.length > 1
        ? numbers.map((mode) => ({
          ...{ label: `mode ${mode} (b, c)`, stroke: "#555", dash: look(0, mode - 1).dash },
        }))
        : []),
    ],
    rows: tables,
    size: "page",
    caption:
      `${name[0].toUpperCase()}${name.slice(1)}, r = ${[p.r].flat().join(" and ")}, ${p.copies} ` +
      "starts of each random kind, gradient flow. Symbols: simulation; lines: theory. " +
      "(a) Geometric mean of the loss, ± one standard deviation; line: logistic steps at the half-times of " +
      "T7. (b) Half-times of the modes, mean ± one standard deviation, and T7. (c) Largest distance of " +
      "the two over the starts; lines: the order of what T7 leaves out, through the second smallest scale. " +
      `(d) Misalignment at the first half-time; line: exponent ${
        formatNumber(exponent)
      } of T3', through ` +
      `the smallest scale.${silenceInWords("T7", modes, p, modeHalfTimes)}` +
      lossRangeWords(loss, "(a) leaves out what stays after the last mode"),
  };
}
