/**
 * The first look at a panel: which scales its marks ask for, and what follows from them for
 * colours, axes and legends. Nothing is drawn yet.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { axisLook, checkMarks, isCrowded, isEmpty } from "./look.ts";
import { type LegendPlan, planLegend } from "./plan_legend.ts";
import {
  airOf,
  aroundOne,
  colorOptions,
  fillOf,
  finalScale,
  type MarkView,
  type PlotScale,
} from "./scales.ts";
import { theme } from "./theme.ts";
import type { AxisScale, TickOptions, TickValue } from "./ticks.ts";
import { textSize } from "./type.ts";
import type { Panel } from "./types.ts";

/** Drawing by Plot: an `<svg>` that knows its scales. */
export interface Drawing {
  scale(name: string): PlotScale | undefined;
  childNodes: Iterable<never>;
}

/** One axis before its length is known. */
export interface AxisPlan {
  scale: AxisScale;
  label: string | undefined;
  grid: boolean;
  ticks: TickOptions["ticks"];
  format: TickOptions["format"];
  /** Points between the frame and the low and the high end of the domain. */
  air: readonly [number, number];
}

/** A panel whose scales are known. */
export interface Plan extends LegendPlan {
  panel: Panel;
  /** Options for the final drawing, without size and margins. */
  options: Plot.PlotOptions;
  x: AxisPlan | undefined;
  y: AxisPlan | undefined;
  /** What is left out, in words, or "". */
  note: string;
  /** Whether there is nothing to draw. */
  empty: boolean;
  /** Margins that marks ask for. */
  margins: { top: number; right: number; bottom: number; left: number };
}

let blank: unknown;

/** Lets Plot draw; `options` must not ask for axes or legends. */
export function drawPlot(options: Plot.PlotOptions): Drawing {
  blank ??= (parseHTML("<html></html>") as unknown as { document: unknown }).document;
  const whole = { ...options, document: blank, figure: false } as Plot.PlotOptions;
  return Plot.plot(whole) as unknown as Drawing;
}

/** Marks of a panel in one list. */
function flatMarks(panel: Panel): MarkView[] {
  return (([panel.marks] as unknown[]).flat(Infinity) as (MarkView | null | undefined)[])
    .filter((mark): mark is MarkView => mark !== null && mark !== undefined);
}

/** Reads a panel. */
export function planPanel(panel: Panel): Plan {
  const marks = flatMarks(panel);
  checkMarks(marks);
  const { title: _title, legend: _legend, insets: _insets, ...rest } = panel;
  const base = { ...rest, axis: null, grid: false, marks: [] } as Plot.PlotOptions;
  const quiet = (scale: unknown): object => ({ ...(scale ?? {}), legend: false });
  base.x = { ...panel.x, axis: null, grid: false };
  base.y = { ...panel.y, axis: null, grid: false };
  if (panel.color) base.color = quiet(panel.color);
  if (panel.symbol) base.symbol = quiet(panel.symbol);
  if (panel.r) base.r = quiet(panel.r);
  if (panel.opacity) base.opacity = quiet(panel.opacity);
  const note = [
    ...(["x", "y"] as const).flatMap((key) => positiveOnly(key, base, marks)),
    ...(isCrowded(marks) ? ["dots that cover each other drawn once"] : []),
  ].join(", ");
  // Marks that draw nothing: the scales cost a fraction of the drawing.
  const ghosts = marks.filter((mark) => typeof mark.render === "function")
    .map((mark) => Object.create(mark, { render: { value: () => null } }) as Plot.Markish);
  const look = () => drawPlot({ ...base, width: 400, height: 400, margin: 0, marks: ghosts });
  let probe = look();
  for (const key of ["x", "y"] as const) {
    const wide = aroundOne(probe.scale(key));
    if (wide) base[key] = { ...base[key], domain: wide };
  }
  if (base.x.domain !== panel.x?.domain || base.y.domain !== panel.y?.domain) probe = look();
  const options = { ...base, marks: panel.marks };
  const scales = { x: probe.scale("x"), y: probe.scale("y") };
  const fill = fillOf(marks);
  options.x = finalScale("x", base.x, scales.x, fill);
  options.y = finalScale("y", base.y, scales.y, fill);
  const color = probe.scale("color");
  if (color) options.color = colorOptions(base.color, color, fill === "map");
  const symbol = probe.scale("symbol");
  if (symbol && symbol.type === "ordinal" && !panel.symbol?.range) {
    const range = theme.symbols.slice(0, symbol.domain?.length ?? 0);
    options.symbol = { ...base.symbol, type: "ordinal", range: range as string[] };
  }
  // Marks ask for the room of their text in the theme's height.
  const larger = textSize() / theme.fontSize;
  const side = (key: "marginTop" | "marginRight" | "marginBottom" | "marginLeft"): number =>
    Math.max(0, ...marks.map((mark) => (mark[key] ?? 0) * larger), panel[key] ?? panel.margin ?? 0);
  return {
    panel,
    options,
    x: axisPlan("x", panel, marks, scales.x, [options.x.insetLeft, options.x.insetRight]),
    y: axisPlan("y", panel, marks, scales.y, [options.y.insetBottom, options.y.insetTop]),
    ...planLegend(panel, marks, options, color, symbol),
    note,
    empty: isEmpty(marks),
    margins: {
      top: side("marginTop"),
      right: side("marginRight"),
      bottom: side("marginBottom"),
      left: side("marginLeft"),
    },
  };
}

/**
 * A logarithmic axis spans the values above 0 and says how many it leaves out; Plot would let the first sign
 * decide.
 */
function positiveOnly(
  key: "x" | "y",
  base: Plot.PlotOptions,
  marks: readonly MarkView[],
): string[] {
  if (base[key]?.type !== "log") return [];
  const { values, notPositive } = axisLook(marks, key);
  if (notPositive === 0) return [];
  const shown = values.filter((value) => value > 0);
  if (shown.length === 0 && base[key]?.domain === undefined) {
    throw new RangeError(
      `Cannot draw a panel as a value along its logarithmic ${key} axis must be > 0: all ${values.length} ` +
        "values are 0 or negative",
    );
  }
  let [low, high] = [Infinity, 0];
  for (const value of shown) [low, high] = [Math.min(low, value), Math.max(high, value)];
  base[key] = { domain: [low, high], ...(base[key]?.domain ? {} : airOf(key)), ...base[key] };
  return [`${notPositive} ${key} ${notPositive === 1 ? "value" : "values"} ≤ 0 not shown`];
}

/** Axis of one direction, unless the panel or one of its marks sees to it. */
function axisPlan(
  key: "x" | "y",
  panel: Panel,
  marks: MarkView[],
  scale: PlotScale | undefined,
  insets: (number | undefined)[],
): AxisPlan | undefined {
  const options: Plot.ScaleOptions = panel[key] ?? {};
  const axis = options.axis === undefined ? panel.axis : options.axis;
  if (!scale || axis === null || axis === false) return undefined;
  if (marks.some((mark) => mark.ariaLabel?.startsWith(`${key}-axis `))) return undefined;
  const { tickFormat, ticks, grid = panel.grid } = options;
  if (typeof tickFormat === "string") {
    throw new TypeError(
      `Cannot draw the ${key} axis as ${key}.tickFormat must be a function: ` +
        `current value is ${JSON.stringify(tickFormat)}`,
    );
  }
  const format = tickFormat === null ? () => "" : tickFormat;
  const half = (scale.bandwidth ?? 0) / 2;
  const label = options.label === undefined ? scale.label : options.label;
  return {
    scale: {
      type: scale.type,
      // Without a value along the axis Plot makes up a domain of nothing.
      domain: (scale.domain ?? []).filter((end) => end !== undefined),
      base: scale.base,
      at: (value) => {
        const at = (Number(scale.apply(value)) + half) / 400;
        return key === "x" ? at : 1 - at;
      },
    },
    label: label === null ? undefined : label?.replace(/^[↑←] | [→↓]$/g, ""),
    grid: Boolean(grid),
    ticks: Symbol.iterator in Object(ticks) && typeof ticks !== "string"
      ? [...ticks as Iterable<TickValue>]
      : typeof ticks === "number"
      ? ticks
      : undefined,
    format: format as TickOptions["format"],
    air: [insets[0] ?? 0, insets[1] ?? 0],
  };
}
