/**
 * Straight geometry cut to a box: what a diverging run draws far outside of its frame has the same direction
 * as before and coordinates that every renderer bears.
 *
 * @module
 */

/** A rectangle in points. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Point = readonly [x: number, y: number];

/** Points around the frame within which nothing is touched; layers far above it end the PNG engine. */
const ROOM = 100;
/** Points around the frame in which half of a wide line may still be seen. */
const NEAR = 2;
/** Stands for ±∞, so that differences stay finite. */
const HUGE = 1e300;

/** A number of an attribute; what is infinite or beyond all measure is as far as can be. */
function coordinate(text: string): number {
  const value = Number(text.replace("Infinity", "1e999"));
  return Math.max(-HUGE, Math.min(HUGE, value));
}

/** A side of a box: the coordinate it bounds, where, and on which side of it the box lies. */
type Side = readonly [axis: 0 | 1, bound: number, sign: 1 | -1];

function sides({ x, y, width, height }: Box): readonly Side[] {
  return [[0, x, 1], [0, x + width, -1], [1, y, 1], [1, y + height, -1]];
}

function inside([axis, bound, sign]: Side, point: Point): boolean {
  return sign * (point[axis] - bound) >= 0;
}

/**
 * The part of a segment inside the box, or nothing: cut side by side as polygons are, so that far ends on both
 * sides, whose distance swallows the box, still meet the sides where they cross them.
 */
function cutSegment(a: Point, b: Point, box: Box): [Point, Point] | undefined {
  let from = a, to = b;
  for (const side of sides(box)) {
    const begins = inside(side, from), ends = inside(side, to);
    if (!begins && !ends) return undefined;
    if (begins && ends) continue;
    const cut = crossing(from, to, side);
    if (begins) to = cut;
    else from = cut;
  }
  return [from, to];
}

/** A closed polygon cut to the box (Sutherland and Hodgman). */
function cutPolygon(points: readonly Point[], box: Box): Point[] {
  let rest = points.slice();
  for (const side of sides(box)) {
    const kept: Point[] = [];
    rest.forEach((point, i) => {
      const before = rest[(i + rest.length - 1) % rest.length];
      if (inside(side, point) !== inside(side, before)) kept.push(crossing(before, point, side));
      if (inside(side, point)) kept.push(point);
    });
    rest = kept;
  }
  return rest;
}

/** Where the segment meets a side. */
function crossing(a: Point, b: Point, [axis, bound]: Side): Point {
  // Halves, since the difference of two far ends would overflow.
  const share = (bound / 2 - a[axis] / 2) / (b[axis] / 2 - a[axis] / 2), other = 1 - axis;
  const value = a[other] * (1 - share) + b[other] * share;
  return axis === 0 ? [bound, value] : [value, bound];
}

/** Points one after the other. */
interface SubPath {
  readonly points: Point[];
  closed: boolean;
}

/** Sub-paths of straight lines, or nothing if there is another command in it. */
function subPaths(d: string): SubPath[] | undefined {
  const number = "-?(?:Infinity|\\d*\\.?\\d+(?:e[-+]?\\d+)?)";
  const tokens = d.match(new RegExp(`${number}|[a-z]`, "gi")) ?? [];
  const paths: SubPath[] = [];
  let command = "";
  for (let i = 0; i < tokens.length;) {
    const token = tokens[i];
    if (/^[MLHVZ]$/.test(token)) {
      i++;
      command = token === "Z" ? "" : token;
      const last = paths.at(-1);
      if (token === "Z" && last) last.closed = true;
      continue;
    }
    if (/^[a-z]$/i.test(token)) return undefined;
    const points = paths.at(-1)?.points, last = points?.at(-1);
    if (command === "M") {
      paths.push({ points: [[coordinate(token), coordinate(tokens[i + 1])]], closed: false });
      command = "L";
      i += 2;
    } else if (command === "L" && points) {
      points.push([coordinate(token), coordinate(tokens[i + 1])]);
      i += 2;
    } else if (command === "H" && points) {
      points.push([coordinate(token), last![1]]);
      i++;
    } else if (command === "V" && points) {
      points.push([last![0], coordinate(token)]);
      i++;
    } else return undefined;
  }
  return paths;
}

/** The box with room around it. */
function around({ x, y, width, height }: Box, room: number): Box {
  return { x: x - room, y: y - room, width: width + 2 * room, height: height + 2 * room };
}

function holds({ x, y, width, height }: Box, [a, b]: Point): boolean {
  return a >= x && a <= x + width && b >= y && b <= y + height;
}

/** Segments of an open sub-path. */
function segments({ points }: SubPath): [Point, Point][] {
  return points.slice(1).map((point, i) => [points[i], point]);
}

const write = (points: readonly Point[]) =>
  points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x},${y}`).join("");

/**
 * The data of a path cut to the frame with much room around it; `null` if nothing of it is seen, the text
 * itself if nothing is to be cut or it has curves. A closed sub-path is cut as a polygon, an open one as a
 * line, since a line with gaps ends in a closed point where its last piece is a single value.
 */
export function cutPath(d: string, frame: Box): string | null {
  const paths = subPaths(d);
  if (!paths) return d;
  const all = paths.flatMap(({ points }) => points), near = around(frame, NEAR);
  if (all.length === 0) return d;
  const seen = paths.some((path) =>
    path.points.length === 1
      ? holds(near, path.points[0])
      : path.closed
      ? cutPolygon(path.points, near).length > 0
      : segments(path).some(([a, b]) => cutSegment(a, b, near))
  );
  if (!seen) return null;
  const box = around(frame, ROOM);
  if (all.every((point) => holds(box, point))) return d;
  const parts = paths.map((path) => {
    if (path.closed) {
      const kept = cutPolygon(path.points, box);
      return kept.length > 0 ? `${write(kept)}Z` : "";
    }
    const runs: Point[][] = [];
    for (const [a, b] of segments(path)) {
      const piece = cutSegment(a, b, box);
      if (!piece) continue;
      const run = runs.at(-1), end = run?.at(-1);
      if (end && end[0] === piece[0][0] && end[1] === piece[0][1]) run!.push(piece[1]);
      else runs.push([...piece]);
    }
    return runs.map(write).join("");
  });
  return parts.join("") || null;
}

/** Ends of a `<line>` cut in the same way; `null` if nothing of it is seen. */
export function cutLine(
  ends: readonly [x1: number, y1: number, x2: number, y2: number],
  frame: Box,
): readonly [number, number, number, number] | null {
  const [a, b]: Point[] = [[ends[0], ends[1]], [ends[2], ends[3]]];
  if (!cutSegment(a, b, around(frame, NEAR))) return null;
  const piece = cutSegment(a, b, around(frame, ROOM));
  return piece ? [...piece[0], ...piece[1]] : null;
}

/** A `<rect>` cut in the same way; `null` if nothing of it is seen. */
export function cutRect(rect: Box, frame: Box): Box | null {
  const { x, y, width, height } = rect, right = x + width, bottom = y + height;
  const near = around(frame, NEAR), box = around(frame, ROOM);
  const seen = right >= near.x && x <= near.x + near.width && bottom >= near.y &&
    y <= near.y + near.height;
  if (!seen) return null;
  const left = Math.max(x, box.x), top = Math.max(y, box.y);
  return {
    ...{ x: left, y: top },
    width: Math.min(right, box.x + box.width) - left,
    height: Math.min(bottom, box.y + box.height) - top,
  };
}

/** A number of an attribute, infinite ones included. */
export { coordinate };
