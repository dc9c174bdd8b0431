/**
 * Axes as journals have them: a thin frame, ticks on its left and lower side, the label of each
 * axis in the middle.
 *
 * @module
 */
import { element, labelWidth, round, textElement, wrapLabel } from "./markup.ts";
import type { Box } from "./serialize.ts";
import { theme } from "./theme.ts";
import type { Ticks } from "./ticks.ts";

const tickLength = 3;
const minorLength = 1.7;
const tickPadding = 2.5;
const slant = 40 * Math.PI / 180;

/** One axis that is ready to be measured and drawn. */
export interface Axis {
  ticks: Ticks;
  label: string | undefined;
  grid: boolean;
}

/** Height in points of one line of an axis label. */
function lineHeight(size: number): number {
  return 1.2 * size;
}

/** How far the labels of the ticks reach from a horizontal axis. */
function tickDepth(axis: Axis, size: number): number {
  if (!axis.ticks.slanted) return size;
  const widest = Math.max(0, ...axis.ticks.major.map(({ label }) => labelWidth(label, size)));
  return widest * Math.sin(slant) + size * Math.cos(slant);
}

/** Room in points that an axis takes below the frame. */
export function roomBelow(axis: Axis | undefined, width: number, size: number): number {
  if (!axis) return 2;
  const lines = axis.label ? wrapLabel(axis.label, size, width + 20).length : 0;
  const ticks = axis.ticks.major.length > 0
    ? tickLength + tickPadding + tickDepth(axis, size)
    : tickLength;
  return ticks + lines * lineHeight(size) + 2;
}

/** Room in points that an axis takes to the left of the frame. */
export function roomLeft(axis: Axis | undefined, height: number, size: number): number {
  if (!axis) return 2;
  const widest = Math.max(0, ...axis.ticks.major.map(({ label }) => labelWidth(label, size)));
  const lines = axis.label ? wrapLabel(axis.label, size, height + 16).length : 0;
  return tickLength + tickPadding + widest + (lines > 0 ? 3 + lines * lineHeight(size) : 1);
}

/** How far the labels of a horizontal axis reach beyond the left and right ends of the frame. */
export function overhang(
  axis: Axis | undefined,
  at: (value: Ticks["major"][number]["value"]) => number,
  width: number,
  size: number,
): { left: number; right: number } {
  let [left, right] = [0, 0];
  for (const { value, label } of axis?.ticks.major ?? []) {
    const length = labelWidth(label, size);
    const middle = at(value) * width;
    const before = axis?.ticks.slanted ? length * Math.cos(slant) : length / 2;
    left = Math.max(left, before - middle);
    right = Math.max(right, axis?.ticks.slanted ? 0 : middle + length / 2 - width);
  }
  return { left, right };
}

/** Where values of an axis lie in the drawing, in points. */
export type Position = (value: Ticks["major"][number]["value"]) => number;

/** Grid lines, under the marks. */
export function drawGrid(
  frame: Box,
  axes: { x?: Axis; y?: Axis },
  x: Position,
  y: Position,
): string {
  const { x: left, y: top, width, height } = frame;
  const parts: string[] = [];
  for (const { value } of axes.x?.grid ? axes.x.ticks.major : []) {
    const at = round(x(value));
    if (Number(at) > left && Number(at) < left + width) {
      parts.push(`M${at},${round(top)}v${round(height)}`);
    }
  }
  for (const { value } of axes.y?.grid ? axes.y.ticks.major : []) {
    const at = round(y(value));
    if (Number(at) > top && Number(at) < top + height) {
      parts.push(`M${round(left)},${at}h${round(width)}`);
    }
  }
  if (parts.length === 0) return "";
  return element("path", {
    "aria-label": "grid",
    d: parts.join(""),
    fill: "none",
    stroke: "#000",
    "stroke-opacity": "0.12",
    "stroke-width": 0.5,
  });
}

/** Frame, ticks and labels, over the marks. `left` is the room taken to the left of the frame. */
export function drawAxes(
  frame: Box,
  axes: { x?: Axis; y?: Axis },
  x: Position,
  y: Position,
  left: number,
  size: number,
): string {
  const lines: string[] = [];
  const texts: string[] = [];
  const bottom = frame.y + frame.height;
  if (axes.x) {
    const inside = within(frame.x, frame.width);
    for (const value of axes.x.ticks.minor) {
      if (inside(x(value))) lines.push(`M${round(x(value))},${round(bottom)}v${minorLength}`);
    }
    for (const { value, label } of axes.x.ticks.major) {
      const at = x(value);
      if (!inside(at)) continue;
      lines.push(`M${round(at)},${round(bottom)}v${tickLength}`);
      const baseline = bottom + tickLength + tickPadding + 0.76 * size;
      texts.push(
        axes.x.ticks.slanted
          ? textElement(at + 0.3 * size, baseline, label, { size, anchor: "end", rotate: -40 })
          : textElement(at, baseline, label, { size, anchor: "middle" }),
      );
    }
    const first = bottom +
      (axes.x.ticks.major.length > 0
        ? tickLength + tickPadding + tickDepth(axes.x, size)
        : tickLength);
    wrapLabel(axes.x.label ?? "", size, frame.width + 20).forEach((line, i) => {
      const baseline = first + (i + 1) * lineHeight(size) - 0.22 * size;
      texts.push(
        textElement(frame.x + frame.width / 2, baseline, line, { size, anchor: "middle" }),
      );
    });
  }
  if (axes.y) {
    const inside = within(frame.y, frame.height);
    for (const value of axes.y.ticks.minor) {
      if (inside(y(value))) lines.push(`M${round(frame.x)},${round(y(value))}h${-minorLength}`);
    }
    for (const { value, label } of axes.y.ticks.major) {
      const at = y(value);
      if (!inside(at)) continue;
      lines.push(`M${round(frame.x)},${round(at)}h${-tickLength}`);
      const end = frame.x - tickLength - tickPadding;
      texts.push(textElement(end, at + 0.36 * size, label, { size, anchor: "end" }));
    }
    // Labels of a column line up unless that would tear one from its ticks.
    const room = Math.min(left, roomLeft(axes.y, frame.height, size) + 10);
    wrapLabel(axes.y.label ?? "", size, frame.height + 16).forEach((line, i) => {
      const baseline = frame.x - room + 0.85 * size + i * lineHeight(size);
      const middle = frame.y + frame.height / 2;
      texts.push(textElement(baseline, middle, line, { size, anchor: "middle", rotate: -90 }));
    });
  }
  const stroke = { fill: "none", stroke: "#000", "stroke-width": theme.axisWidth };
  return element(
    "g",
    { "aria-label": "axes" },
    element("rect", { ...frame, ...stroke }),
    lines.length > 0 ? element("path", { d: lines.join(""), ...stroke }) : "",
    ...texts,
  );
}

function within(start: number, length: number): (at: number) => boolean {
  return (at) => at >= start - 0.1 && at <= start + length + 0.1;
}
