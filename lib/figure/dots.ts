/**
 * Crowds of dots as few paths: a scatter of ten thousand runs stays a small file.
 *
 * @module
 */
import { type Attributes, element } from "./markup.ts";

/** From this many dots on, a file with one element for each gets slow to open. */
const crowd = 400;

/**
 * Filled circles as one path for each colour and size: points of no length under round caps. Fewer
 * dots, outlined or translucent ones, and other symbols stay as they are.
 *
 * @param dots Finished elements of one group.
 * @param group Attributes of the group.
 */
export function mergeDots(dots: string[], group: Attributes): string[] {
  const outlined = (group.stroke ?? "none") !== "none";
  const translucent = group.opacity !== undefined || group["fill-opacity"] !== undefined;
  if (dots.length < crowd || outlined || translucent) return dots;
  const paths = new Map<string, { fill: string; radius: number; points: string[] }>();
  for (const dot of dots) {
    const attributes = Object.fromEntries(
      [...dot.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    );
    const { cx, cy, r, fill = String(group.fill ?? "#000"), ...others } = attributes;
    if (!dot.startsWith("<circle") || Object.keys(others).length > 0) return dots;
    const key = `${fill} ${r}`;
    let path = paths.get(key);
    if (!path) paths.set(key, path = { fill, radius: Number(r), points: [] });
    path.points.push(`M${cx},${cy}h0`);
  }
  return [...paths.values()].map(({ fill, radius, points }) =>
    element("path", {
      d: points.join(""),
      fill: "none",
      stroke: fill,
      "stroke-width": 2 * radius,
      "stroke-linecap": "round",
    })
  );
}
