/**
 * Turns what Plot draws into standalone SVG: explicit colours, rounded numbers, own identifiers,
 * nothing that runs or loads, nothing outside the frame.
 *
 * @module
 */
import { coordinate, cutLine, cutPath, cutRect } from "./clip.ts";
import { mergeDots } from "./dots.ts";
import { MOST_DOTS, MOST_SHAPES, thinDots, thinPath } from "./thin.ts";
import { element, escape, labelMarkup, labelWidth, round } from "./markup.ts";

/** A rectangle in points. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What one figure shares between its panels while it is written. */
export class Ids {
  #count = 0;
  readonly #known = new Map<string, string>();

  /** A fresh identifier of this figure. */
  next(): string {
    return `i${++this.#count}`;
  }

  /** The identifier of this figure for one that Plot numbered by its own global count. */
  rename(id: string): string {
    let own = this.#known.get(id);
    if (!own) this.#known.set(id, own = this.next());
    return own;
  }

  /** Starts a new panel: the same Plot number may now mean another thing. */
  panel(): void {
    this.#known.clear();
  }
}

/** The parts of the DOM that are read here. */
export interface DomNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: Iterable<DomNode>;
  readonly attributes?: Iterable<{ name: string; value: string }>;
  getAttribute?(name: string): string | null;
}

const allowed = new Set(
  "g path circle ellipse line rect polygon polyline text tspan defs clipPath marker pattern linearGradient radialGradient stop use mask"
    .toLowerCase().split(" "),
);
const properNames: Record<string, string> = {
  clippath: "clipPath",
  lineargradient: "linearGradient",
  radialgradient: "radialGradient",
};
const geometry = new Set(
  "d x y x1 y1 x2 y2 cx cy r rx ry dx dy width height points transform stroke-width font-size"
    .split(" "),
);
/** Marks that are cut at the frame; dots and texts are kept or dropped as a whole. */
const clipped = new Set([
  ...["line", "area", "rule", "link", "arrow", "rect", "bar", "cell", "tick", "vector", "waffle"],
  ...["contour", "density", "delaunay", "geo", "hexgrid", "hull", "linear-regression", "voronoi"],
  ...["negative", "positive"], // of a difference
]);

/** Context handed down while walking. */
interface Walk {
  ids: Ids;
  frame: Box;
  size: number;
  clip: string;
  usedClip: boolean;
  /** Whether what follows is cut at the frame. */
  cutting: boolean;
}

/**
 * The children of Plot's `<svg>` as markup; marks are cut at `frame`, text has height `size`
 * unless a mark says otherwise.
 */
export function serializePlot(svg: DomNode, frame: Box, size: number, ids: Ids): string {
  ids.panel();
  const walk: Walk = { ids, frame, size, clip: ids.next(), usedClip: false, cutting: false };
  const body = [...svg.childNodes]
    // Plot writes its count of warnings as a direct text child; the console has the warnings.
    .filter((node) => name(node) !== "text" && name(node) !== "style")
    .map((node) => serialize(node, walk)).join("");
  if (!walk.usedClip) return body;
  const pad = 0.4;
  return element(
    "clipPath",
    { id: walk.clip },
    element("rect", {
      x: frame.x - pad,
      y: frame.y - pad,
      width: frame.width + 2 * pad,
      height: frame.height + 2 * pad,
    }),
  ) + body;
}

function name(node: DomNode): string {
  return node.nodeName.toLowerCase();
}

function attribute(node: DomNode, key: string): string | null {
  return node.getAttribute?.(key) ?? null;
}

function serialize(node: DomNode, walk: Walk): string {
  if (node.nodeType === 3) return escape(node.textContent ?? "");
  if (node.nodeType !== 1) return "";
  const tag = name(node);
  if (tag === "a") return [...node.childNodes].map((child) => serialize(child, walk)).join("");
  if (!allowed.has(tag)) return "";
  const cut = walk.cutting ? cutNode(tag, node, walk.frame) : {};
  const attributes = cut && readAttributes(node, walk, cut);
  if (!attributes) return "";
  const label = attribute(node, "aria-label");
  const cutting = walk.cutting;
  if (tag === "g" && label !== null) {
    if (clipped.has(label.split(" ")[0])) {
      attributes["clip-path"] = `url(#${walk.clip})`;
      walk.usedClip = true;
      walk.cutting = true;
    }
    if (label === "dot") return serializeDots(node, attributes, walk);
    if (label === "text") return serializeTexts(node, attributes, walk);
    checkCount(label, [...node.childNodes].length);
  }
  const inner = [...node.childNodes].map((child) => serialize(child, walk));
  walk.cutting = cutting;
  return element(properNames[tag] ?? tag, attributes, ...inner);
}

/** Refuses what no viewer opens in a reasonable time. */
function checkCount(kind: string, count: number): void {
  if (count <= MOST_SHAPES) return;
  const hint = kind === "cell"
    ? `a coarser grid, such as ${Math.floor(Math.sqrt(MOST_SHAPES))} by as many, prints as well`
    : "a histogram, a line, or heat() shows as many";
  throw new RangeError(
    `Cannot draw a figure as one mark must have at most ${MOST_SHAPES} shapes: current number is ${count}, ` +
      `of the mark "${kind}"; ${hint}`,
  );
}

/** Points from the origin: no text, curve or symbol has business beyond. */
const FARTHEST = 1e4;

/** Straight geometry cut at the frame, as attributes; `undefined` if nothing of it is seen. */
function cutNode(tag: string, node: DomNode, frame: Box): Record<string, string> | undefined {
  const read = (...keys: string[]) => keys.map((key) => coordinate(attribute(node, key) ?? "0"));
  const place = translation(node);
  if (place) return farOff(place, frame) ? undefined : {}; // a symbol, small beside its place
  if (tag === "path") {
    const d = cutPath(attribute(node, "d") ?? "", frame);
    return d === null ? undefined : { d: thinPath(d) };
  }
  if (tag === "line") {
    const [x1, y1, x2, y2] = read("x1", "y1", "x2", "y2"), ends = cutLine([x1, y1, x2, y2], frame);
    return ends?.every(Number.isFinite)
      ? Object.fromEntries(["x1", "y1", "x2", "y2"].map((key, i) => [key, String(ends[i])]))
      : undefined;
  }
  if (tag === "rect") {
    const [x, y, width, height] = read("x", "y", "width", "height");
    const rect = cutRect({ x, y, width, height }, frame);
    return rect && Object.values(rect).every(Number.isFinite)
      ? Object.fromEntries(Object.entries(rect).map(([key, value]) => [key, String(value)]))
      : undefined;
  }
  return {};
}

/** Where a transformed node stands. */
function translation(node: DomNode): [number, number] | undefined {
  const found = /^translate\(([^,]+),([^)]+)\)/.exec(attribute(node, "transform") ?? "");
  return found ? [coordinate(found[1]), coordinate(found[2])] : undefined;
}

/** Points around the frame beyond which no text or symbol reaches into the figure. */
const REACH = 150;

function farOff([x, y]: readonly [number, number], frame: Box): boolean {
  return !(x >= frame.x - REACH && x <= frame.x + frame.width + REACH &&
    y >= frame.y - REACH && y <= frame.y + frame.height + REACH);
}

/** Attributes in figure form, or `undefined` when a coordinate is not a number. */
function readAttributes(
  node: DomNode,
  walk: Walk,
  cut: Readonly<Record<string, string>> = {},
): Record<string, string> | undefined {
  const out: Record<string, string> = {};
  for (const { name: key, value: found } of node.attributes ?? []) {
    const value = cut[key] ?? found;
    if (/^(on|class$|style$|xmlns|aria-hidden$|font-variant$|white-space$)/i.test(key)) continue;
    if (/href$/i.test(key) && !value.startsWith("#")) continue;
    if (geometry.has(key)) {
      if (/NaN|Infinity/.test(value)) return undefined;
      out[key] = value.replace(
        /-?\d*\.\d{3,}(?:e[-+]?\d+)?|-?\d+(?:\.\d+)?e[-+]?\d+|-?\d{7,}(?:\.\d+)?/gi,
        (number) => round(Math.min(FARTHEST, Math.max(-FARTHEST, Number(number)))),
      );
    } else if (key === "id") {
      out[key] = walk.ids.rename(value);
    } else {
      out[key] = value
        .replace(/currentColor/gi, "#000")
        .replace(/var\([^)]*\)/g, "#fff")
        .replace(/url\(#([^)]*)\)/g, (_, id) => `url(#${walk.ids.rename(id)})`)
        .replace(/^#(.*)$/s, (all, id) => /href$/i.test(key) ? `#${walk.ids.rename(id)}` : all);
    }
  }
  return out;
}

/** What a dot looks like, wherever it stands. */
function lookOf(dot: DomNode): string {
  const own = [...dot.attributes ?? []].filter(({ name: key }) => key !== "cx" && key !== "cy");
  return own.map(({ name: key, value }) => `${key}=${value.replace(/^translate\([^)]*\)/, "")}`)
    .join(" ");
}

/** Radius in points up to which a dot on the frame may stand out of it. */
const SMALL = 8;

/** Dots whose centre lies in the frame; of many, those that do not cover each other. */
function serializeDots(node: DomNode, attributes: Record<string, string>, walk: Walk): string {
  const { x, y, width, height } = walk.frame;
  const dots = [...node.childNodes].flatMap((dot) =>
    name(dot) === "a" ? [...dot.childNodes] : [dot]
  );
  const places: [number, number][] = [];
  const inside = dots.filter((dot) => {
    if (dot.nodeType !== 1) return false;
    const moved = /^translate\(([^,]+),([^)]+)\)/.exec(attribute(dot, "transform") ?? "");
    const cx = Number(attribute(dot, "cx") ?? moved?.[1]);
    const cy = Number(attribute(dot, "cy") ?? moved?.[2]);
    const seen = cx >= x - 0.5 && cx <= x + width + 0.5 && cy >= y - 0.5 && cy <= y + height + 0.5;
    if (seen) places.push([cx, cy]);
    return seen;
  });
  const kinds = inside.length > MOST_DOTS ? inside.map(lookOf) : [];
  // Translucent dots add up where they overlap: none can stand for others.
  const opaque = ![...Object.keys(attributes), ...kinds].some((look) => look.includes("opacity"));
  const kept = kinds.length > 0 && opaque ? thinDots(places, kinds) : inside.map((_, i) => i);
  checkCount("dot", kept.length);
  // A bubble would cover the labels.
  if (kept.some((i) => Number(attribute(inside[i], "r")) > SMALL)) {
    attributes["clip-path"] = `url(#${walk.clip})`;
    walk.usedClip = true;
  }
  const drawn = kept.map((i) => serialize(inside[i], walk));
  return element("g", attributes, ...mergeDots(drawn, attributes));
}

/**
 * Texts with their markup resolved. A halo (`stroke`) becomes a pale box behind each line, as PDF
 * knows no order of painting a letter's outline and its inside.
 */
function serializeTexts(node: DomNode, attributes: Record<string, string>, walk: Walk): string {
  const groupSize = parseFloat(attributes["font-size"] ?? String(walk.size));
  const halo = attributes["paint-order"] === "stroke" && attributes.stroke;
  for (const key of ["paint-order", "stroke", "stroke-width", "stroke-linejoin"]) {
    if (halo) delete attributes[key];
  }
  if (attributes["font-weight"] && Number(attributes["font-weight"]) >= 600) {
    attributes["font-weight"] = "bold";
  }
  const bold = attributes["font-weight"] === "bold";
  const anchor = attributes["text-anchor"] ?? "middle";
  attributes["text-anchor"] = anchor;
  const nodes = [...node.childNodes].flatMap((text) =>
    name(text) === "a" ? [...text.childNodes] : [text]
  );
  const texts = nodes.map((text) => {
    const own = readAttributes(text, walk);
    if (!own || name(text) !== "text") return "";
    const [dx, dy] = translation(text) ?? [0, 0];
    const place = [dx + coordinate(own.x ?? "0"), dy + em(own.y, groupSize)] as const;
    if (farOff(place, walk.frame)) return "";
    const size = own["font-size"] ? parseFloat(own["font-size"]) : groupSize;
    const lines = [...text.childNodes].some((child) => name(child) === "tspan")
      ? [...text.childNodes].filter((child) => name(child) === "tspan")
      : [text];
    let y = em(own.y, size) + em(own.dy, size);
    const boxes: string[] = [];
    const spans = lines.map((line) => {
      const content = line.textContent ?? "";
      if (line !== text) y = lineBaseline(line, y, size);
      if (halo) boxes.push(haloBox(content, em(own.x, size), y, size, anchor, bold, own));
      return { content, y };
    });
    delete own.dy;
    own.x = own.x ?? "0";
    own.y = round(y);
    const inner = spans.length === 1
      ? labelMarkup(spans[0].content, size, bold)
      : spans.map((span) =>
        element("tspan", { x: own.x, y: span.y }, labelMarkup(span.content, size, bold))
      ).join("");
    return boxes.join("") + element("text", own, inner);
  });
  return element("g", attributes, ...texts);
}

/** Baseline of a line: its own `y`, or the line before it plus `dy` after empty lines. */
function lineBaseline(line: DomNode, before: number, size: number): number {
  const own = attribute(line, "y");
  return own === null ? before + em(attribute(line, "dy"), size) : em(own, size);
}

/** Length in points of an attribute in em or plain numbers. */
function em(value: string | null | undefined, size: number): number {
  if (!value) return 0;
  return value.endsWith("em") ? parseFloat(value) * size : parseFloat(value);
}

function haloBox(
  content: string,
  x: number,
  y: number,
  size: number,
  anchor: string,
  bold: boolean,
  own: Record<string, string>,
): string {
  const width = labelWidth(content, size, bold);
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return element("rect", {
    x: left - 1,
    y: y - 0.82 * size,
    width: width + 2,
    height: 1.06 * size,
    fill: "#fff",
    "fill-opacity": "0.85",
    stroke: "none",
    transform: own.transform,
  });
}
