/**
 * Names of what Plot and this room hold as functions or objects: curves, symbols, arrows, filters of
 * channels, places of labels.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { besideEnds } from "../marks.ts";

const CURVES = [
  ...["basis", "basis-closed", "basis-open", "bundle", "bump-x", "bump-y", "cardinal"],
  ...["cardinal-closed", "cardinal-open", "catmull-rom", "catmull-rom-closed", "catmull-rom-open"],
  ...["linear", "linear-closed", "monotone-x", "monotone-y", "natural", "step", "step-after"],
  ...["step-before", "auto"],
] as const;
const SYMBOLS = [
  ...["asterisk", "circle", "cross", "diamond", "diamond2", "hexagon", "plus", "square"],
  ...["square2", "star", "times", "triangle", "triangle2", "wye"],
] as const;
const SHAPES = ["arrow", "spike"] as const;

/** A mark with its parts in sight. */
type Open = Record<string, unknown> & { channels: Record<string, { filter?: unknown }> };

let names: Map<unknown, string> | undefined;

/** Plot hands none of these out by name; a mark that was asked for one holds it. */
function table(): Map<unknown, string> {
  if (names) return names;
  const open = (mark: unknown) => mark as Open;
  names = new Map();
  for (const curve of CURVES) {
    names.set(open(Plot.line([], { x: [], y: [], curve })).curve, `curve ${curve}`);
  }
  for (const symbol of SYMBOLS) {
    names.set(open(Plot.dot([], { symbol })).symbol, `symbol ${symbol}`);
  }
  for (const shape of SHAPES) names.set(open(Plot.vector([], { shape })).shape, `shape ${shape}`);
  names.set(open(Plot.dot([], { r: [] })).channels.r.filter, "filter positive");
  names.set(open(Plot.text([], { text: [] })).channels.text.filter, "filter nonempty");
  names.set(besideEnds, "place beside ends");
  return names;
}

/** The name of a value, if it has one. */
export function nameOf(value: unknown): string | undefined {
  return table().get(value);
}

/**
 * The value of a name.
 *
 * @throws {RangeError} If there is none.
 */
export function named(name: string): unknown {
  for (const [value, own] of table()) if (own === name) return value;
  for (const sweep of SWEEPS) if (name === `sweep ${sweep}`) return sweepOf(sweep);
  throw new RangeError(
    `Cannot redraw a figure as its words must be known ones: current value is ${
      JSON.stringify(name)
    }`,
  );
}

/** Sides to which an arrow bends; `1` is Plot's default. */
const SWEEPS = [1, -1, "+x", "-x", "+y", "-y"] as const;
type Sweep = (...ends: number[]) => number;

const sweepOf = (sweep: (typeof SWEEPS)[number]): Sweep =>
  (Plot.arrow([], { sweep, x1: [], y1: [], x2: [], y2: [] }) as unknown as { sweep: Sweep }).sweep;

/** The side to which arrows bend, told by the answers for four directions: Plot makes a new function each time. */
export function sweepName(sweep: Sweep): string | undefined {
  const ends = [[0, 0, 1, 2], [0, 0, -1, 2], [0, 0, 1, -2], [0, 0, -1, -2]];
  const answers = (way: Sweep) => String(ends.map((each) => way(...each)));
  const found = SWEEPS.find((name) => answers(sweepOf(name)) === answers(sweep));
  return found === undefined ? undefined : `sweep ${found}`;
}

/** A class of marks. */
export type MarkClass = { readonly prototype: object };

/** Classes of marks that Plot hands out, by name. */
export function markClasses(): Map<string, MarkClass> {
  const classes = Object.entries(Plot as unknown as Record<string, MarkClass>)
    .filter(([, { prototype }]) => prototype instanceof Plot.Mark);
  return new Map(classes);
}
