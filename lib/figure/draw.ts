/**
 * Draws one planned panel into its place.
 *
 * @module
 */
import {
  type Axis,
  drawAxes,
  drawGrid,
  overhang,
  type Position,
  roomBelow,
  roomLeft,
} from "./axes.ts";
import {
  colorBarWidth,
  drawColorBar,
  drawCornerLegend,
  drawLegend,
  flowLegend,
  stackLegend,
} from "./legend.ts";
import { element, labelWidth, textElement, wrapLabel } from "./markup.ts";
import { type AxisPlan, drawPlot, type Plan, planPanel } from "./plan.ts";
import type { PlotScale } from "./scales.ts";
import { type Box, type DomNode, type Ids, serializePlot } from "./serialize.ts";
import { theme } from "./theme.ts";
import { chooseTicks } from "./ticks.ts";
import { textSize } from "./type.ts";
import type { LegendPlace } from "./types.ts";

/** Room around a frame. */
export interface Margins {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** The paper on which everything is drawn. */
export interface Sheet {
  width: number;
  height: number;
  ids: Ids;
}

const above = 1.25;
const legendGap = 3;

function axis(
  plan: AxisPlan | undefined,
  key: "x" | "y",
  length: number,
  size: number,
): Axis | undefined {
  if (!plan) return undefined;
  const { scale, label, grid, ticks, format, air } = plan;
  const options = { axis: key, length, fontSize: size, air, ticks, format };
  const chosen = chooseTicks(scale, options);
  return { ticks: chosen, label, grid };
}

/** Room that the letter of a panel takes in front of its title. */
function indentOf(letter: string, size: number): number {
  return letter ? labelWidth(letter, size, true) + 4 : 0;
}

/** Letter and title of a panel as lines. */
function heading(plan: Plan, letter: string, width: number, size: number): string[] {
  const { title } = plan.panel;
  if (!title) return letter ? [""] : [];
  return wrapLabel(title, size, width - indentOf(letter, size));
}

/** Share of the height of a frame that a legend in its corner may take. */
const cornerShare = 0.45;

/** Where the legend of a panel stands: above the frame if a corner has no room for it. */
function legendPlace(
  plan: Plan,
  frame: { width: number; height: number },
  size: number,
): LegendPlace | undefined {
  if (!plan.legend || plan.legend.at === "above") return plan.legend?.at;
  const { entries, title, at } = plan.legend, stack = stackLegend(entries, title, size);
  const fits = stack.height <= cornerShare * frame.height && stack.width + 10 <= frame.width;
  return fits ? at : "above";
}

/** Height of the note on what is left out. */
function noteSize(size: number): number {
  return 0.75 * size;
}

/** Room that a panel needs around a frame of the given size. */
export function measure(
  plan: Plan,
  letter: string,
  frame: { width: number; height: number },
  size: number,
): Margins {
  const x = axis(plan.x, "x", frame.width, size);
  const y = axis(plan.y, "y", frame.height, size);
  const reach = overhang(x, plan.x?.scale.at ?? (() => 0), frame.width, size);
  const bar = plan.colorBar ? colorBarWidth(plan.colorBar, size) : 0;
  const right = Math.max(1.5, plan.margins.right, reach.right + 1, bar);
  let top = y || x ? 0.45 * size : 1;
  top = Math.max(top, plan.margins.top);
  const lines = heading(plan, letter, frame.width, size).length;
  top += lines * above * size;
  if (plan.note) top += above * noteSize(size);
  const left = Math.max(roomLeft(y, frame.height, size), reach.left + 1, plan.margins.left);
  if (plan.legend && legendPlace(plan, frame, size) === "above") {
    const { entries, title } = plan.legend, width = frame.width + right;
    top += flowLegend(entries, title, width, size, left + width).height + legendGap;
    if (lines > 0) top -= 1;
  }
  return {
    top,
    right,
    bottom: Math.max(roomBelow(x, frame.width, size), plan.margins.bottom),
    left,
  };
}

/** The panel as markup: its frame at `frame`, with `margins` of room around it. */
export function drawPanel(
  plan: Plan,
  letter: string,
  frame: Box,
  margins: Margins,
  size: number,
  sheet: Sheet,
): string {
  const drawing = drawPlot({
    ...plan.options,
    width: sheet.width,
    height: sheet.height,
    marginLeft: frame.x,
    marginTop: frame.y,
    marginRight: sheet.width - frame.x - frame.width,
    marginBottom: sheet.height - frame.y - frame.height,
  });
  const x = position(drawing.scale("x"));
  const y = position(drawing.scale("y"));
  const axes = {
    x: axis(plan.x, "x", frame.width, size),
    y: axis(plan.y, "y", frame.height, size),
  };
  const parts = [
    drawGrid(frame, axes, x, y),
    serializePlot(drawing as unknown as DomNode, frame, size, sheet.ids),
    drawAxes(frame, axes, x, y, margins.left, size),
  ];
  for (const inset of plan.panel.insets ?? []) {
    const inner: Box = {
      x: frame.x + inset.box.x * frame.width,
      y: frame.y + inset.box.y * frame.height,
      width: inset.box.width * frame.width,
      height: inset.box.height * frame.height,
    };
    parts.push(drawInset(planPanel(inset), inner, frame, sheet));
  }
  if (plan.note) {
    const end = { size: noteSize(size), anchor: "end" } as const;
    parts.push(textElement(frame.x + frame.width, frame.y - 2, plan.note, end));
  }
  if (plan.empty) {
    const middle = { size, anchor: "middle" } as const;
    const [cx, cy] = [frame.x + frame.width / 2, frame.y + frame.height / 2];
    parts.push(textElement(cx, cy + 0.3 * size, "no data", middle));
  }
  let top = frame.y - margins.top + 0.95 * size;
  const indent = indentOf(letter, size);
  const lines = heading(plan, letter, frame.width, size);
  if (lines.length > 0) {
    if (letter) parts.push(textElement(frame.x, top, letter, { size, bold: true }));
    for (const line of lines) {
      if (line) parts.push(textElement(frame.x + indent, top, line, { size }));
      top += above * size;
    }
  }
  if (plan.legend) {
    const { entries, title } = plan.legend, at = legendPlace(plan, frame, size)!;
    if (at === "above") {
      const width = frame.width + margins.right;
      const layout = flowLegend(entries, title, width, size, margins.left + width);
      const note = plan.note ? above * noteSize(size) : 0;
      const edge = frame.y - Math.max(0.3 * size, plan.margins.top) - note - legendGap;
      // A legend that is wider than its narrow frame begins to the left of it, not beyond the paper.
      const left = Math.min(frame.x, sheet.width - layout.width);
      const from = Math.max(frame.x - margins.left, left);
      parts.push(drawLegend(layout, from, edge - layout.height + 1, size));
    } else {
      parts.push(drawCornerLegend(stackLegend(entries, title, size), at, frame, size));
    }
  }
  if (plan.colorBar) parts.push(drawColorBar(plan.colorBar, frame, size));
  return element("g", { "aria-label": `panel ${letter}`.trim() }, ...parts);
}

/** An inset on a white ground, which stays inside the frame around it. */
function drawInset(plan: Plan, frame: Box, outer: Box, sheet: Sheet): string {
  const size = textSize() * theme.insetFontSize / theme.fontSize;
  const margins = measure(plan, "", frame, size);
  const line = theme.axisWidth / 2;
  const left = Math.max(frame.x - margins.left, outer.x + line);
  const top = Math.max(frame.y - margins.top, outer.y + line);
  const right = Math.min(frame.x + frame.width + margins.right, outer.x + outer.width - line);
  const bottom = Math.min(frame.y + frame.height + margins.bottom, outer.y + outer.height - line);
  const ground = element("rect", {
    x: left,
    y: top,
    width: Math.max(0, right - left),
    height: Math.max(0, bottom - top),
    fill: "#fff",
  });
  const body = drawPanel(plan, "", frame, margins, size, sheet);
  return element("g", { "font-size": size }, ground, body);
}

/** Place of a value on the paper. */
function position(scale: PlotScale | undefined): Position {
  if (!scale) return () => NaN;
  const half = (scale.bandwidth ?? 0) / 2;
  return (value) => Number(scale.apply(value)) + half;
}
