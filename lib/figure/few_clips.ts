/**
 * Clips, which cost much where a drawing becomes pixels, and most of which cut nothing off.
 *
 * @module
 */

/** Left, top, right, bottom. */
type Box = readonly [number, number, number, number];

/** A miter reaches beyond a line by at most this many of its widths: half the usual limit of 4. */
const REACH = 2;
/** What a clip may cut off a round end and still be left out, in points: a pixel at 300 dpi. */
const SLIVER = 0.24;

/** A number of an attribute, if it is there. */
function numberOf(attributes: string, name: string): number | undefined {
  const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes);
  return found ? Number(found[1]) : undefined;
}

/** The rectangles of the clips, by their names. */
function rectangles(svg: string): Map<string, Box> {
  const all = svg.matchAll(/<clipPath id="([^"]*)"><rect ([^>]*)\/><\/clipPath>/g);
  return new Map([...all].map(([, id, rect]) => {
    const [x, y] = ["x", "y"].map((name) => numberOf(rect, name) ?? 0);
    const [width, height] = ["width", "height"].map((name) => numberOf(rect, name) ?? NaN);
    return [id, [x, y, x + width, y + height]];
  }));
}

/** Whether straight lines between absolute points stay in a box, with a margin. */
function pathInside(path: string, [left, top, right, bottom]: Box, margin: number): boolean {
  if (!/^[MLZ\d\s.,-]*$/.test(path)) return false;
  const numbers = path.match(/-?\d+(?:\.\d+)?/g)?.map(Number) ?? [];
  return numbers.length % 2 === 0 && numbers.every((x, i) => {
    const [least, most] = i % 2 ? [top, bottom] : [left, right];
    return x >= least + margin && x <= most - margin;
  });
}

/** How far the lines of a group reach beyond their points; an area without an outline ends with them. */
function reach(content: string): number {
  const values = (name: string) =>
    [...content.matchAll(new RegExp(`\\s${name}="([^"]*)"`, "g"))].map(([, value]) => value);
  if (values("stroke").length === 0 && content.includes(' fill="')) return 0;
  const width = Math.max(1, ...values("stroke-width").map(Number));
  const lines = values("stroke").filter((paint) => paint !== "none").length;
  const round = values("stroke-linejoin").filter((join) => join === "round").length;
  const square = values("stroke-linecap").includes("square");
  return round > 0 && round >= lines && !square ? width / 2 - SLIVER : REACH * width;
}

/** Whether all that a group draws stays in a box; false where that cannot be told. */
function inside(content: string, box: Box): boolean {
  const margin = reach(content);
  return [...content.matchAll(/<([A-Za-z]+)((?:\s[^>]*?)?)\/?>/g)].every(([, name, attributes]) => {
    if (/\s(?:transform|style|filter|mask|marker-\w+|stroke-miterlimit)="/.test(attributes)) {
      return false;
    }
    if (name === "g") return true;
    if (name === "line") {
      const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((end) => numberOf(attributes, end));
      return pathInside(`M${x1},${y1}L${x2},${y2}`, box, margin);
    }
    const path = name === "path" && /\sd="([^"]*)"/.exec(attributes);
    return path ? pathInside(path[1], box, margin) : false;
  });
}

/** A clipped group of a drawing. */
interface Clipped {
  /** Name of its clip. */
  readonly id: string;
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
  /** The same without the clip. */
  readonly bare: string;
  /** Whether the clip cuts nothing off. */
  readonly idle: boolean;
}

/** Where the group ends whose opening tag ends at `from`. */
function endOfGroup(svg: string, from: number): number {
  const tags = /<g\b[^>]*?(\/?)>|<\/g>/g;
  tags.lastIndex = from;
  let depth = 1;
  for (let tag = tags.exec(svg); tag; tag = tags.exec(svg)) {
    if (tag[0] === "</g>") depth--;
    else if (tag[1] !== "/") depth++;
    if (depth === 0) return tags.lastIndex;
  }
  return svg.length;
}

/** The outermost clipped groups whose clips are rectangles. */
function clippedGroups(svg: string): Clipped[] {
  const boxes = rectangles(svg), all: Clipped[] = [];
  const opening = /<g((?:\s[^>]*?)?) clip-path="url\(#([^)"]*)\)"([^>]*)>/g;
  for (let tag = opening.exec(svg); tag; tag = opening.exec(svg)) {
    const [text, before, id, after] = tag, box = boxes.get(id), start = tag.index;
    if (!box || text.endsWith("/>") || text.includes(" transform=")) continue;
    const end = endOfGroup(svg, opening.lastIndex), content = svg.slice(opening.lastIndex, end);
    const bare = `<g${before}${after}>${content}`;
    all.push({ id, start, end, bare, idle: inside(bare, box) });
    opening.lastIndex = end;
  }
  return all;
}

/**
 * The same drawing with fewer rectangular clips: those that cut nothing off are left out, and neighbours
 * share one. To draw a clipped group as pixels takes a picture and a mask of its own.
 *
 * Where it cannot be told what a group covers, its clip stays: curves, marks, transformed groups.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { withFewClips } from "lora-dynamics/figure/few_clips.ts";
 *
 * const clip = '<clipPath id="a"><rect x="0" y="0" width="20" height="10"/></clipPath>';
 * const group = (y: number) => `<g clip-path="url(#a)"><path d="M5,5L9,${y}"/></g>`;
 * const bare = (y: number) => `<g><path d="M5,5L9,${y}"/></g>`;
 * assertEquals(withFewClips(clip + group(6)), clip + bare(6));
 * assertEquals(
 *   withFewClips(clip + group(11) + group(12)),
 *   `${clip}<g clip-path="url(#a)">${bare(11)}${bare(12)}</g>`,
 * );
 * ```
 */
export function withFewClips(svg: string): string {
  const runs: Clipped[][] = [];
  for (const group of clippedGroups(svg)) {
    const before = runs.at(-1)?.at(-1);
    if (before?.end === group.start && before.id === group.id) runs.at(-1)!.push(group);
    else runs.push([group]);
  }
  let done = 0, out = "";
  for (const run of runs) {
    const bare = run.map((group) => group.bare).join("");
    const idle = run.every((group) => group.idle);
    out += svg.slice(done, run[0].start);
    out += idle ? bare : `<g clip-path="url(#${run[0].id})">${bare}</g>`;
    done = run.at(-1)!.end;
  }
  return out + svg.slice(done);
}
