/// <reference lib="dom" />
/**
 * Drawings as elements.
 *
 * @module
 */
import { dark } from "../../dark.ts";

/** A picture of a drawing, for one kind of paper. */
function onPaper(svg: string, alt: string, paper: "light" | "dark"): HTMLElement {
  const image = new Image(), shown = document.createElement("picture");
  const [, width, height] = / viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  if (height !== undefined) {
    image.width = Math.round(Number(width) * 4 / 3); // points as pixels
    image.height = Math.round(Number(height) * 4 / 3);
  }
  image.alt = alt;
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  shown.className = `on-${paper}`;
  shown.append(image);
  return shown;
}

/** A drawing on light and on dark paper, with its caption as alternative text: styles show one. */
export function picture(svg: string): HTMLElement {
  const figure = document.createElement("figure"), box = document.createElement("div");
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  const alt = root.getAttribute("aria-label") ?? "";
  box.className = "picture";
  box.append(onPaper(svg, alt, "light"), onPaper(dark(svg), alt, "dark"));
  figure.append(box);
  return figure;
}
