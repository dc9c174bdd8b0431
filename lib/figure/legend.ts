/**
 * Legends: swatches drawn as the marks are drawn, entries that wrap, and bars of continuous
 * colour scales.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { element, labelWidth, round, textElement, wrapLabel } from "./markup.ts";
import type { Box } from "./serialize.ts";
import { theme } from "./theme.ts";
import type { Tick } from "./ticks.ts";
import type { LegendEntry, LegendPlace, LegendSymbol } from "./types.ts";

const swatchGap = 4;
const entryGap = 11;

/** Width of the swatches of a legend: lines need room to show their dashes. */
function swatchWidth(entries: (LegendEntry | string)[]): number {
  const long = (entry: LegendEntry | string): boolean =>
    typeof entry !== "string" && (entry.dash !== undefined || entry.symbol === undefined);
  return entries.some(long) ? 17 : 6;
}

/** Height of one line of a legend. */
function lineHeight(size: number): number {
  return 1.35 * size;
}

/** Entries with their places, ready to draw. */
export interface LegendLayout {
  width: number;
  height: number;
  /** Width of each swatch. */
  swatch: number;
  /** Entries (or the title) with the top left corner of their line. */
  items: { entry: LegendEntry | string; x: number; y: number }[];
}

/** Entries side by side, wrapped at `width`; words alone may reach to `most`, and are folded there. */
export function flowLegend(
  entries: LegendEntry[],
  title: string | undefined,
  width: number,
  size: number,
  most = width,
): LegendLayout {
  const words = title ? wrapLabel(title, size, most) : [];
  if (words.length > 1) {
    return under(words, flowLegend(entries, undefined, width, size, most), size);
  }
  const items: LegendLayout["items"] = [];
  let x = 0;
  let lastLine = 0;
  let widest = 0;
  const swatch = swatchWidth(entries);
  const wide = (entry: LegendEntry): number => swatch + swatchGap + labelWidth(entry.label, size);
  const place = (entry: LegendEntry | string, length: number): void => {
    items.push({ entry, x, y: 0 });
    widest = Math.max(widest, x + length);
    x += length + entryGap;
  };
  // Columns of equal width are easier to read when the entries need more than one line.
  const total = entries.reduce((sum, entry) => sum + wide(entry) + entryGap, -entryGap);
  let head = title ? labelWidth(title, size) + entryGap : 0;
  if (title) place(title, labelWidth(title, size));
  if (head + total <= width) {
    for (const entry of entries) place(entry, wide(entry));
  } else {
    const cell = Math.max(...entries.map(wide));
    if (cell > most) return folded(entries, title, most, size);
    // A title that leaves room for one column only gets a line of its own.
    const first = title && head + 2 * cell + entryGap > width ? 1 : 0;
    if (first) head = 0;
    const columns = Math.max(1, Math.floor((width - head + entryGap) / (cell + entryGap)));
    const lines = Math.ceil(entries.length / columns);
    const used = Math.ceil(entries.length / lines);
    entries.forEach((entry, i) => {
      const left = head + (i % used) * (cell + entryGap);
      items.push({ entry, x: left, y: (first + Math.floor(i / used)) * lineHeight(size) });
      widest = Math.max(widest, left + wide(entry));
    });
    lastLine = first + lines - 1;
  }
  return { width: widest, height: (lastLine + 1) * lineHeight(size), swatch, items };
}

/** Entries one below the other, those that are wider than a line on several. */
function folded(
  entries: LegendEntry[],
  title: string | undefined,
  width: number,
  size: number,
): LegendLayout {
  const swatch = swatchWidth(entries), indent = swatch + swatchGap;
  const items: LegendLayout["items"] = title ? [{ entry: title, x: 0, y: 0 }] : [];
  let widest = title ? labelWidth(title, size) : 0;
  for (const entry of entries) {
    const lines = wrapLabel(entry.label, size, width - indent);
    lines.forEach((label, i) => {
      const y = items.length * lineHeight(size);
      items.push(
        i === 0 ? { entry: { ...entry, label }, x: 0, y } : { entry: label, x: indent, y },
      );
      widest = Math.max(widest, indent + labelWidth(label, size));
    });
  }
  return { width: widest, height: items.length * lineHeight(size), swatch, items };
}

/** A layout below the lines of a title that is wider than a line. */
function under(title: string[], layout: LegendLayout, size: number): LegendLayout {
  const drop = title.length * lineHeight(size);
  return {
    width: Math.max(layout.width, ...title.map((line) => labelWidth(line, size))),
    height: drop + layout.height,
    swatch: layout.swatch,
    items: [
      ...title.map((entry, i) => ({ entry, x: 0, y: i * lineHeight(size) })),
      ...layout.items.map((item) => ({ ...item, y: item.y + drop })),
    ],
  };
}

/** Entries one below the other. */
export function stackLegend(
  entries: LegendEntry[],
  title: string | undefined,
  size: number,
): LegendLayout {
  const all: (LegendEntry | string)[] = title ? [title, ...entries] : entries;
  const items = all.map((entry, i) => ({ entry, x: 0, y: i * lineHeight(size) }));
  const swatch = swatchWidth(entries);
  const widths = all.map((entry) =>
    typeof entry === "string"
      ? labelWidth(entry, size)
      : swatch + swatchGap + labelWidth(entry.label, size)
  );
  return { width: Math.max(0, ...widths), height: all.length * lineHeight(size), swatch, items };
}

/** The legend with its top left corner at `(left, top)`. */
export function drawLegend(layout: LegendLayout, left: number, top: number, size: number): string {
  const parts = layout.items.map(({ entry, x, y }) => {
    const baseline = top + y + 0.5 * lineHeight(size) + 0.36 * size;
    if (typeof entry === "string") return textElement(left + x, baseline, entry, { size });
    const middle = top + y + 0.5 * lineHeight(size);
    return drawSwatch(entry, left + x, middle, layout.swatch) +
      textElement(left + x + layout.swatch + swatchGap, baseline, entry.label, { size });
  });
  return element("g", { "aria-label": "legend" }, ...parts);
}

/** A legend in a corner of a frame, on a pale ground. */
export function drawCornerLegend(
  layout: LegendLayout,
  place: Exclude<LegendPlace, "above">,
  frame: Box,
  size: number,
): string {
  const pad = 3;
  const margin = 4;
  const width = layout.width + 2 * pad;
  const height = layout.height + 2 * pad;
  const left = place.endsWith("left") ? frame.x + margin : frame.x + frame.width - margin - width;
  const top = place.startsWith("top") ? frame.y + margin : frame.y + frame.height - margin - height;
  return element("rect", {
    x: left,
    y: top,
    width,
    height,
    fill: "#fff",
    "fill-opacity": 0.85,
  }) + drawLegend(layout, left + pad, top + pad, size);
}

function drawSwatch(entry: LegendEntry, left: number, middle: number, width: number): string {
  const { stroke = "#000", dash, symbol, fill, box } = entry;
  const parts: string[] = [];
  if (box) {
    parts.push(element("rect", {
      x: left + 2,
      y: middle - 3.5,
      width: width - 4,
      height: 7,
      fill: fill ?? stroke,
      "fill-opacity": entry.dash === undefined ? null : 0.25,
    }));
  }
  if (dash !== undefined) {
    parts.push(element("line", {
      x1: left,
      x2: left + width,
      y1: middle,
      y2: middle,
      stroke,
      "stroke-width": theme.lineWidth,
      "stroke-dasharray": dash,
    }));
  }
  if (symbol !== undefined) {
    parts.push(element("path", {
      d: symbolPath(symbol, theme.markRadius),
      transform: `translate(${round(left + width / 2)},${round(middle)})`,
      fill: fill ?? "#fff",
      stroke,
      "stroke-width": 0.9,
    }));
  }
  return parts.join("");
}

/** A symbol of Plot as an SVG path around the origin, with the area that `Plot.dot` gives it. */
function symbolPath(symbol: LegendSymbol, radius: number): string {
  const scale = Plot.scale({ symbol: { domain: ["x"], range: [symbol as string] } });
  const shape = scale.apply("x") as { draw(path: unknown, size: number): void };
  const path: string[] = [];
  const put = (command: string, ...numbers: number[]): void => {
    path.push(command + numbers.map(round).join(","));
  };
  shape.draw({
    moveTo: (x: number, y: number) => put("M", x, y),
    lineTo: (x: number, y: number) => put("L", x, y),
    closePath: () => path.push("Z"),
    rect: (x: number, y: number, w: number, h: number) => {
      put("M", x, y);
      put("h", w);
      put("v", h);
      put("h", -w);
      path.push("Z");
    },
    // Only full circles around the origin occur.
    arc: (_x: number, _y: number, r: number) => {
      path.push(`A${round(r)},${round(r)} 0 1,1 ${round(-r)},0`);
      path.push(`A${round(r)},${round(r)} 0 1,1 ${round(r)},0`);
    },
  }, radius * radius * Math.PI);
  return path.join("");
}

/** What a bar of colours needs. */
export interface ColorBar {
  /** Colour at a fraction of the bar, 0 at its foot. */
  color(fraction: number): string;
  /** Ticks with their fraction of the bar. */
  ticks: (Tick & { at: number })[];
  label: string | undefined;
}

const barGap = 7;
const barWidth = 8;

/** Room in points to the right of the frame that a bar of colours takes. */
export function colorBarWidth(bar: ColorBar, size: number): number {
  const ticks = Math.max(0, ...bar.ticks.map((tick) => labelWidth(tick.label, size)));
  return barGap + barWidth + 5 + ticks + (bar.label ? 1.6 * size : 2);
}

/** A bar of colours at the right of a frame, as high as the frame. */
export function drawColorBar(bar: ColorBar, frame: Box, size: number): string {
  const left = frame.x + frame.width + barGap;
  const steps = 64;
  const parts: string[] = [];
  for (let i = 0; i < steps; i++) {
    // Each step reaches under the next one, so that no gap shows between them.
    const top = frame.y + frame.height * (1 - (i + 1) / steps);
    parts.push(element("rect", {
      x: left,
      y: top,
      width: barWidth,
      height: frame.height / steps + (i === 0 ? 0 : 0.6),
      fill: bar.color((i + 0.5) / steps),
    }));
  }
  parts.push(element("rect", {
    x: left,
    y: frame.y,
    width: barWidth,
    height: frame.height,
    fill: "none",
    stroke: "#000",
    "stroke-width": theme.axisWidth,
  }));
  for (const { label, at } of bar.ticks) {
    const y = frame.y + frame.height * (1 - at);
    parts.push(element("line", {
      x1: left + barWidth,
      x2: left + barWidth + 2.5,
      y1: y,
      y2: y,
      stroke: "#000",
      "stroke-width": theme.axisWidth,
    }));
    parts.push(textElement(left + barWidth + 5, y + 0.36 * size, label, { size }));
  }
  if (bar.label) {
    const x = frame.x + frame.width + colorBarWidth(bar, size) - 0.35 * size;
    const y = frame.y + frame.height / 2;
    parts.push(textElement(x, y, bar.label, { size, anchor: "middle", rotate: -90 }));
  }
  return element("g", { "aria-label": "color legend" }, ...parts);
}
