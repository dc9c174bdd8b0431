/**
 * Power laws in grey, to read slopes against.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type Mark, theory } from "../../../../figure/mod.ts";

/** A power law drawn in grey: `y = value·(x/from)^power` from `from` to `to`, named at its end. */
export interface Guide {
  /** Words beside it. */
  readonly label: string;
  /** Left end. */
  readonly from: number;
  /** Right end. */
  readonly to: number;
  /** Value at the left end. */
  readonly value: number;
  /** Power of `x`. */
  readonly power: number;
  /** Whether the words stand below the line; above when not given. */
  readonly below?: boolean;
}

function guideRows({ from, to, value, power }: Guide): { x: number; y: number }[] {
  return [{ x: from, y: value }, { x: to, y: value * (to / from) ** power }];
}

/** Grey dotted lines of power laws, each with its name over or under its middle. */
export function guideMarks(guides: readonly Guide[]): Mark[] {
  return guides.flatMap((guide) => {
    const { from, to, value, power, label, below = false } = guide, middle = Math.sqrt(from * to);
    // Beside a rising line there is room at the left above it, or at the right below it.
    const left = (power > 0) !== below;
    return [
      theory(guideRows(guide), {
        x: "x",
        y: "y",
        stroke: "#777",
        strokeDasharray: "1 2",
        clip: true,
      }),
      Plot.text([{ x: middle, y: value * (middle / from) ** power }], {
        x: "x",
        y: "y",
        text: () => label,
        fill: "#555",
        dx: left ? -5 : 5,
        dy: below ? 6 : -6,
        textAnchor: left ? "end" : "start",
      }),
    ];
  });
}
