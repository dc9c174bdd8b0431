/**
 * Figures in a notebook.
 *
 * @module
 */
import { checkKeys, show as value } from "../check.ts";
import { type Displayable, jupyterDisplay, showFiguresBy } from "../experiment/notebook/display.ts";
import { platform } from "../platform/mod.ts";
import { screenPng } from "./png.ts";
import { inchesOf, ownSize, panelsOf, svg } from "./svg.ts";
import { type Fit, fitted } from "./template.ts";
import type { FigureSize } from "./theme.ts";
import type { Figure } from "./types.ts";

/**
 * A figure that shows itself when it is the last expression of a cell: as SVG, as PNG where a front
 * end may refuse SVG (JupyterLab shows none of a notebook that it does not trust), and as a line of
 * text.
 *
 * @param figure What to draw.
 * @param options `size`: another size than the figure's own; `template`, `width`: as in `Figure`.
 * @throws {RangeError} As `svg` does.
 * @throws {TypeError} If it is no figure.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { jupyterDisplay } from "lora-dynamics/experiment/mod.ts";
 * import { show, simulation } from "lora-dynamics/figure/mod.ts";
 *
 * const rows = [{ d: 100, error: 0.1 }, { d: 1000, error: 0.01 }];
 * const shown = show({ panels: { marks: [simulation(rows, { x: "d", y: "error" })] }, rows });
 * assertEquals(Object.keys(shown[jupyterDisplay]()), ["image/svg+xml", "image/png", "text/plain"]);
 * ```
 */
export function show(figure: Figure, options: Fit & { size?: FigureSize } = {}): Displayable {
  if (typeof figure?.panels !== "object") {
    throw new TypeError(
      `Cannot draw a figure as it must be { panels, … }, such as run.figure(): current value is ${
        value(figure)
      }`,
    );
  }
  checkKeys("draw a figure", options, ["size", "template", "width"]);
  const fit = fitted(figure, options), size = options.size ?? ownSize(fit);
  const drawing = svg(fit, { size });
  return displayable((): Record<string, string> => ({
    "image/svg+xml": drawing,
    ...(platform.notebook.distrustsSvg
      ? { "image/png": base64(screenPng(drawing, inchesOf(fit, size))) }
      : {}),
    "text/plain": describe(figure, size),
  }));
}

// The figure of an experiment is drawn without `show` too.
showFiguresBy((figure) => show(figure as Figure)[jupyterDisplay]());

/** A value that hands a notebook the same content by type (MIME), for whichever front end. */
export function displayable(bundle: () => Record<string, string>): Displayable {
  return { [Symbol.for("Jupyter.display")]: bundle } as unknown as Displayable;
}

/** One line for those who see no picture. */
function describe(figure: Figure, size: FigureSize): string {
  const panels = panelsOf(figure);
  const titles = panels.map((panel) => panel.title).filter(Boolean).join("; ");
  const words = figure.caption ?? titles;
  const count = panels.length === 1 ? "1 panel" : `${panels.length} panels`;
  return `Figure (${count}, ${size})${words ? `: ${words}` : ""}`;
}

/** Bytes as text for a data URL or a notebook. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
