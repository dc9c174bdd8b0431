/**
 * The figure of F2: symbols are simulation, lines theory.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { linspace, type Row, summary, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type LegendEntry,
  type Mark,
  type Panel,
  scaleWords,
  simulation,
  style,
  theory,
} from "../../../../figure/mod.ts";
import { modes } from "../../bases.ts";
import { layerStart, type StartLike, startWords } from "../../starts.ts";
import {
  delayTail,
  escapeLaw,
  type EscapeLawOptions,
  escapeSurvival,
} from "../../theory/escape/escape_law.ts";
import { escapeTimeOf } from "../../theory/escape/escape.ts";
import { leftMode } from "../../theory/escape/left_mode.ts";
import { type HalfTimeRow } from "./half_times.ts";
import { problemAt } from "../physics.ts";
import { silenceInWords, whereItHolds } from "../where_it_holds.ts";
import type { EscapeParameters } from "./_escape_parameters.ts";

/** Values of a column that are there. */
export function found(rows: readonly HalfTimeRow[], key: "half" | "predicted"): number[] {
  return rows.map((row) => row[key]).filter((t) => t !== null);
}

/** The law of a start on the problem, if it has one. */
function lawOf(
  start: StartLike,
  alpha: number,
  p: EscapeParameters,
): EscapeLawOptions | undefined {
  const { name } = layerStart(start);
  if (name !== start || !["zeroB", "zeroA", "gauss", "spectralPaper"].includes(name)) {
    return undefined;
  }
  if (typeof p.problem === "function") return undefined;
  const problem = problemAt(p.problem, 0), what = "find the law of the escape";
  const mode = whereItHolds(() => leftMode(what, problem));
  const r = [p.r].flat()[0];
  return mode ? { start: name as "zeroB", s: mode.s, sigma: mode.sigma, alpha, r } : undefined;
}

/** Probability of a later escape: simulation, law, and the tail of the paper's spectral start. */
function lawPanel(rows: readonly HalfTimeRow[], p: EscapeParameters) {
  const points: Row[] = [], lines: Row[] = [], marks: Mark[] = [];
  const here = where(rows, "alpha", p.shown);
  p.starts.forEach((start, i) => {
    if (!layerStart(start).random) return;
    const { stroke, symbol, dash } = style(i), series = startWords(start);
    const times = found(where(here, "start", layerStart(start).name), "half").toSorted((a, b) =>
      a - b
    );
    const count = times.length, step = Math.max(1, Math.floor(count / 12));
    const later = times.map((x, k) => ({ series, x, y: (count - k - 0.5) / count }));
    const some = later.filter((_, k) => (count - 1 - k) % step === 0 || k >= count - 3);
    const law = lawOf(start, p.shown, p);
    points.push(...later);
    if (law && count > 0) {
      const ends = [times[0], times[count - 1]], room = 0.15 * (ends[1] - ends[0]);
      const at = linspace(ends[0] - room, ends[1] + room, 60);
      const line = at.map((x) => ({ series, x, y: escapeSurvival(law, x) }))
        .filter(({ y }) => y > 0.2 / count);
      lines.push(...line);
      marks.push(theory(line, { x: "x", y: "y", stroke, strokeDasharray: dash, clip: true }));
      if (law.start === "spectralPaper") {
        const { s, sigma, alpha } = law;
        const tail = at.map((x) => ({
          series: "its tail",
          x,
          y: delayTail({ s, sigma, alpha }, x),
        }))
          .filter(({ y }) => y > 0.2 / count && y <= 1);
        lines.push(...tail);
        marks.push(
          theory(tail, { x: "x", y: "y", stroke: "#777", strokeDasharray: "1 2", clip: true }),
        );
      }
    }
    marks.push(simulation(some, { x: "x", y: "y", stroke, symbol }));
  });
  const panel: Panel = {
    title: `law at /{α} = ${scaleWords(p.shown)}`,
    x: { label: "flow time /{t}" },
    y: {
      label: "share with /{T}_{½} > /{t}",
      type: "log",
      domain: [0.2 / p.copies, 1.3],
    },
    marks,
  };
  return { panel, points, lines };
}

/** Means against the scale, with one standard deviation of law and sample. */
function meanPanel(rows: readonly HalfTimeRow[], p: EscapeParameters) {
  const points: Row[] = [], lines: Row[] = [], marks: Mark[] = [];
  p.starts.forEach((start, i) => {
    const { stroke, symbol, dash } = style(i), series = startWords(start);
    const kind = where(rows, "start", layerStart(start).name);
    const line = p.alpha.flatMap((alpha) => {
      const law = lawOf(start, alpha, p);
      const { mean, sd } = law ? escapeLaw(law) : deterministic(where(kind, "alpha", alpha));
      return mean === null ? [] : [{ series, x: alpha, y: mean, low: mean - sd, high: mean + sd }];
    });
    const means = p.alpha.flatMap((alpha) => {
      const times = found(where(kind, "alpha", alpha), "half");
      if (times.length === 0) return [];
      const { mean, sd } = summary(times);
      return [{ series, x: alpha, y: mean, low: mean - sd, high: mean + sd }];
    });
    points.push(...means);
    lines.push(...line);
    const area = { x: "x", y1: "low", y2: "high", fill: stroke, fillOpacity: 0.12, clip: true };
    marks.push(
      Plot.areaY(line, area),
      theory(line, { x: "x", y: "y", stroke, strokeDasharray: dash, clip: true }),
      Plot.ruleX(means.filter((point) => "low" in point), {
        x: "x",
        y1: "low",
        y2: "high",
        stroke,
        strokeWidth: 0.8,
      }),
      simulation(means, { x: "x", y: "y", stroke, symbol }),
    );
  });
  const panel: Panel = {
    title: "mean and spread",
    x: { label: "scale /{α}", type: "log" },
    y: { label: "half-time /{T}_{½}" },
    marks,
  };
  return { panel, points, lines };
}

/** T4 of the one start that there is. */
function deterministic(rows: readonly HalfTimeRow[]): { mean: number | null; sd: number } {
  const times = found(rows, "predicted");
  return { mean: times.length > 0 ? summary(times).mean : null, sd: 0 };
}

/** Largest distance of simulation and T4 over the starts, against the scale. */
function distancePanel(rows: readonly HalfTimeRow[], p: EscapeParameters) {
  const points: Row[] = [], marks: Mark[] = [];
  p.starts.forEach((start, i) => {
    const { stroke, symbol } = style(i), kind = where(rows, "start", layerStart(start).name);
    const most = p.alpha.flatMap((alpha) => {
      const gaps = where(kind, "alpha", alpha).flatMap(({ half, predicted }) =>
        half === null || predicted === null ? [] : [Math.abs(half - predicted)]
      );
      const y = Math.max(...gaps);
      return gaps.length > 0 && y > 0 ? [{ series: startWords(start), x: alpha, y }] : [];
    });
    points.push(...most);
    marks.push(simulation(most, { x: "x", y: "y", stroke, symbol }));
  });
  const largest = p.alpha.filter((alpha) => alpha < 1).toSorted((a, b) => b - a)[0];
  const anchor = Math.max(...points.filter(({ x }) => x === largest).map(({ y }) => Number(y)));
  // With a second adapter T4 leaves out what that one learns, x₂ ∝ α^{2(1 − δ_w)}.
  const { deltaW } = modes(problemAt(p.problem, 0)), power = deltaW === null ? 2 : 2 * (1 - deltaW);
  const shape = (alpha: number) => alpha ** power * (deltaW === null ? Math.log(1 / alpha) : 1);
  const order = deltaW === null ? "/{α}² log(1//{α})" : `/{α}^{${formatNumber(power, 3)}}`;
  const guide = p.alpha.filter((alpha) => alpha < 1 && Number.isFinite(anchor))
    .map((x) => ({ series: "order", x, y: anchor * shape(x) / shape(largest) }));
  marks.unshift(theory(guide, { x: "x", y: "y", stroke: "#777" }));
  const panel: Panel = {
    title: "off the theory",
    x: { label: "scale /{α}", type: "log" },
    y: { label: "|simulation − theory|", type: "log" },
    legend: {
      at: "bottom-right",
      entries: [{ label: `∝ ${order}`, stroke: "#777", dash: "" }],
    },
    marks,
  };
  return { panel, points, lines: guide };
}

export function escapeFigure(rows: readonly HalfTimeRow[], p: EscapeParameters): Figure {
  const drawn = [lawPanel(rows, p), meanPanel(rows, p), distancePanel(rows, p)];
  const { name = "own problem" } = problemAt(p.problem, 0), tables: Record<string, Row[]> = {};
  drawn.forEach(({ points, lines }, i) => {
    const letter = "abc"[i];
    if (points.length > 0) tables[`${letter}, simulation`] = points;
    if (lines.length > 0) tables[`${letter}, theory`] = lines;
  });
  const legend: LegendEntry[] = p.starts.map((start, i) => {
    const { stroke, symbol, dash } = style(i);
    return { label: startWords(start), stroke, symbol, dash };
  });
  const missed = rows.filter(({ half }) => half === null).length;
  return {
    panels: drawn.map(({ panel }) => panel),
    columns: 3,
    legend,
    rows: tables,
    size: "page",
    aspect: 1,
    caption:
      `Half-time: flow time (step size × steps) at which half of the target is learnt. ${
        name[0].toUpperCase()
      }${name.slice(1)}, ` +
      `r = ${[p.r].flat().join(" and ")}, ${p.copies} starts of each random kind, gradient flow. ` +
      "Symbols: simulation; lines: theory. (a) Law at " +
      `α = ${scaleWords(p.shown)}; dotted: the tail ∝ e^{−λt} of the paper's spectral start. ` +
      "(b) Mean and one standard deviation (bars: sample, bands: law). (c) Largest distance from the " +
      "half-time that T4 gives each start, over the starts." +
      (missed > 0 ? ` ${formatNumber(missed)} runs did not come to half.` : "") +
      silenceInWords("T4", rows, p, escapeTimeOf),
  };
}
