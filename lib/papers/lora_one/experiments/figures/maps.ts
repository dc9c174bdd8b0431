/**
 * The map of the basin of preconditioned descent, E1.
 *
 * @module
 */
import { type Figure, type Point } from "../../../../figure/mod.ts";
import { type MapCell, mapPanel } from "./map_panel.ts";

/** E1: steps of preconditioned descent over `N/d` and `η`, for two condition numbers. */
export function basinFigure(
  maps: readonly { title: string; cells: MapCell[] }[],
  edge: readonly Point[],
): Figure {
  return {
    panels: maps.map(({ title, cells }) =>
      mapPanel(cells, {
        title,
        x: "/{N}//{d}",
        y: "step size /{η}",
        color: {
          type: "log",
          scheme: "cividis",
          domain: [5, 400],
          label: "steps to 10⁻⁶",
          legend: true,
        },
        lines: edge,
        log: { x: true, y: false },
      })
    ),
    columns: 2,
    rows: {
      ...Object.fromEntries(maps.map(({ title, cells }) => [title, cells])),
      edge: [...edge],
    },
    size: "page",
    caption:
      "Preconditioned descent from the spectral start (d = 40, r = r* = 4, λ = 0): steps to a relative error " +
      "of 10⁻⁶; white: not within 400 steps; line: edge η = 2/μ_max of local stability (median of draws). Both condition numbers have the same basin: N of a few d " +
      "is enough, not ε ≲ κ⁻³.",
  };
}
