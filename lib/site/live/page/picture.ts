/// <reference lib="dom" />
/**
 * Drawings as elements.
 *
 * @module
 */
import { dark } from "../../dark.ts";

/** Width, in pixels, from which on a drawing is read in parts on a phone. */
const WIDE = 480;

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

/** A drawing on light and on dark paper: styles show one. */
function onBoth(svg: string, alt: string): HTMLElement[] {
  return [onPaper(svg, alt, "light"), onPaper(dark(svg), alt, "dark")];
}

/** A drawing with its caption, which is its alternative text too. */
export function picture(svg: string): HTMLElement {
  const figure = document.createElement("figure"), box = document.createElement("div");
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  const alt = root.getAttribute("aria-label") ?? "";
  box.className = "picture";
  box.append(...onBoth(svg, alt));
  if (Number(box.querySelector("img")!.getAttribute("width")) > WIDE) {
    box.classList.add("scroll", "page-wide");
    box.tabIndex = 0; // what can be scrolled sideways can be reached by keyboard
  }
  figure.append(box);
  if (alt !== "") {
    figure.append(Object.assign(document.createElement("figcaption"), { textContent: alt }));
  }
  return figure;
}

const DRAWING = "data:image/svg+xml;base64,";

/** Gives drawings that stand in markup, such as those of a slider, their twins for dark paper. */
export function onAnyPaper(markup: DocumentFragment): void {
  for (const image of markup.querySelectorAll<HTMLImageElement>(`img[src^="${DRAWING}"]`)) {
    const bytes = Uint8Array.from(atob(image.src.slice(DRAWING.length)), (c) => c.charCodeAt(0));
    const box = document.createElement("span"), { label } = image.dataset;
    box.append(...onBoth(new TextDecoder().decode(bytes), image.alt));
    box.hidden = image.hidden;
    if (label !== undefined) box.dataset.label = label;
    image.replaceWith(box);
  }
}
