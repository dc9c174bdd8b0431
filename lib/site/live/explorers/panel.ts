/// <reference lib="dom" />
/**
 * An explorer in the page: sliders, the figure, and its state in the link.
 *
 * @module
 */
import { ownSize, svg } from "../../../figure/svg.ts";
import { picture } from "../page/picture.ts";
import {
  type Explorer,
  positionOf,
  POSITIONS,
  type Slider,
  valueAt,
  type Values,
} from "./explorer.ts";

/** What a link to an explorer begins with. */
export const LINK = "#explore";

/** Values that a link holds, with those at the beginning for what it lacks. */
export function valuesOf(sliders: readonly Slider[], hash: string): Values {
  const given = new URLSearchParams(hash.startsWith(LINK) ? hash.slice(LINK.length + 1) : "");
  return Object.fromEntries(sliders.map((slider) => {
    const text = given.get(slider.name), value = Number(text);
    const found = text !== null && Number.isFinite(value) ? value : slider.start;
    return [slider.name, valueAt(slider, positionOf(slider, found))];
  }));
}

/** The link to these values. */
export function linkTo(values: Values): string {
  return `${LINK}&${new URLSearchParams(Object.entries(values).map(([k, v]) => [k, String(v)]))}`;
}

function row(slider: Slider, value: number, moved: (value: number) => void): HTMLElement {
  const label = document.createElement("label"), input = document.createElement("input");
  const words = document.createElement("span"), output = document.createElement("output");
  words.textContent = slider.label;
  Object.assign(input, { type: "range", min: "0", max: String(POSITIONS), step: "1" });
  input.value = String(positionOf(slider, value));
  const say = (value: number) => {
    output.value = String(value);
    input.setAttribute("aria-valuetext", String(value));
  };
  say(value);
  input.addEventListener("input", () => {
    const value = valueAt(slider, Number(input.value));
    say(value);
    moved(value);
  });
  label.append(words, input, output);
  return label;
}

/** Puts an explorer into `box`, with the state that the link holds. */
export function openExplorer(box: HTMLElement, { title, sliders, draw }: Explorer): void {
  const values: Record<string, number> = { ...valuesOf(sliders, location.hash) };
  const heading = document.createElement("h3"), place = document.createElement("div");
  heading.textContent = title;
  let asked = 0;
  const show = () => {
    asked = 0;
    const start = performance.now(), figure = draw(values);
    place.replaceChildren(picture(svg(figure, { size: ownSize(figure) })));
    box.dataset.milliseconds = (performance.now() - start).toFixed(1);
  };
  const rows = sliders.map((slider) =>
    row(slider, values[slider.name], (value) => {
      values[slider.name] = value;
      history.replaceState(null, "", linkTo(values));
      asked ||= requestAnimationFrame(show);
    })
  );
  box.classList.add("live-explorer");
  box.replaceChildren(heading, ...rows, place);
  show();
}
