/**
 * One figure for every value of a parameter, with a slider between them.
 *
 * @module
 */
import { checkInteger, checkKeys } from "../check.ts";
import { type Displayable, jupyterDisplay } from "../experiment/notebook/display.ts";
import { escape } from "./markup.ts";
import { base64, displayable, show } from "./show.ts";
import { ownSize, svg } from "./svg.ts";
import type { Figure } from "./types.ts";

/** One position of a slider. */
export interface Frame {
  /** What the reader sees beside the slider: the value of the parameter. */
  label: string;
  /** The figure at this value. Equal axes in all of them let the eye compare. */
  figure: Figure;
}

/** Shows the picture of the slider's value and its label; hides the others. */
const MOVE = "const box=this.closest('[data-slider]');" +
  "box.querySelectorAll('img').forEach((image,i)=>{const now=i===Number(this.value);" +
  "image.style.display=now?'':'none';" +
  "if(now){box.querySelector('output').value=image.dataset.label;" +
  "this.setAttribute('aria-valuetext',image.dataset.label)}})";

/**
 * Figures behind a slider: they are all drawn beforehand, so that it moves in JupyterLab and in a saved
 * page without a kernel. Front ends without HTML show the picture at `start`, paper takes one by `save`.
 *
 * @param frames What the slider runs through, in this order.
 * @param options `name` of the parameter, and where to `start` (0 when not given).
 * @throws {RangeError} If there are no frames, or `start` is none of their places.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { jupyterDisplay } from "lora-dynamics/experiment/mod.ts";
 * import { simulation, slider } from "lora-dynamics/figure/mod.ts";
 *
 * const frames = [100, 1000].map((d) => {
 *   const rows = [{ x: 0, y: 0 }, { x: 1, y: 1 / d }];
 *   return { label: String(d), figure: { panels: { marks: [simulation(rows, { x: "x", y: "y" })] }, rows } };
 * });
 * const html = slider(frames, { name: "dimension" })[jupyterDisplay]()["text/html"];
 * assertStringIncludes(html, '<input type="range" min="0" max="1"');
 * ```
 */
export function slider(
  frames: readonly Frame[],
  options: { name: string; start?: number },
): Displayable {
  const what = "make a slider", { name, start = 0 } = options;
  checkKeys(what, options, ["name", "start"]);
  frames.forEach((frame, i) => checkKeys(what, frame, ["label", "figure"], `frames[${i}]`));
  if (frames.length === 0) {
    throw new RangeError(`Cannot ${what} as frames must not be empty: it has 0 entries`);
  }
  checkInteger(what, "start", start, 0, frames.length - 1);
  return displayable(() => {
    const images = frames.map(({ label, figure }, i) => {
      const bytes = new TextEncoder().encode(svg(figure, { size: ownSize(figure) }));
      return `<img${i === start ? "" : ' style="display:none"'} data-label="${escape(label)}" ` +
        `alt="${escape(`${name} = ${label}`)}" src="data:image/svg+xml;base64,${base64(bytes)}">`;
    });
    const input = `<input type="range" min="0" max="${frames.length - 1}" value="${start}" ` +
      `aria-label="${escape(name)}" aria-valuetext="${escape(frames[start].label)}" oninput="${
        escape(MOVE)
      }">`;
    const { label, figure } = frames[start];
    const { "image/svg+xml": _, ...still } = show(figure)[jupyterDisplay]();
    const output = `<output>${escape(label)}</output>`;
    return {
      "text/html": `<div data-slider>${escape(name)} ${input} ${output}<br>${
        images.join("")
      }</div>`,
      ...still,
      "text/plain": `${name} = ${frames.map((frame) => frame.label).join(", ")}; at ${label}: ${
        still["text/plain"]
      }`,
    };
  });
}
