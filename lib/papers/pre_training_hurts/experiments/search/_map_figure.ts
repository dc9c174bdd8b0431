/** Figure E12. */
import * as Plot from "@observablehq/plot";
import { distinct, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type LegendEntry,
  simulation,
  theme,
  theory,
} from "../../../../figure/mod.ts";
import { familyWords } from "./family.ts";
import {
  isFamily,
  type MapParameters,
  type MapRow,
  ordinates,
  type Outcome,
  strengths,
} from "./map_places.ts";

const LINE = "#D55E00";

/** Symbols of the outcomes of runs. */
const SYMBOLS: Readonly<Record<Outcome, (typeof theme.symbols)[number]>> = {
  "learns": "circle",
  "aligns, does not learn": "times",
  "still searches": "plus",
};

/** Half-way between neighbours: edges of the cells. */
function edges(values: readonly number[], log: boolean): (x: number) => [number, number] {
  const by = log ? Math.log : (x: number) => x, back = log ? Math.exp : (x: number) => x;
  const half = (by(values.at(-1)!) - by(values[0])) / (values.length - 1) / 2;
  return (x) => [back(by(x) - half), back(by(x) + half)];
}

/** Branches of the critical strengths, counted from the largest. */
function branches(rows: readonly MapRow[]): { mu: number; y: number }[][] {
  const all: { mu: number; y: number }[][] = [];
  for (const y of distinct(rows, "y")) {
    where(rows, "y", y).map(({ mu }) => mu).toSorted((a, b) => b - a)
      .forEach((mu, i) => (all[i] ??= []).push({ mu, y }));
  }
  return all;
}

function captionOf(p: MapParameters, runs: number): string {
  const words = familyWords(p.activation).replace(/[_/]?\{([^}]*)\}/g, "$1");
  return `Phase diagram of the search for σ = ${words}, matched targets. Colour: steps per factor e of the search, ` +
    `gradients over E σ'(z)²` + (isFamily(p) ? `, η = ${formatNumber(p.step)}` : "") +
    ". Full lines: critical strengths, A = 0. Pale: by the frozen ray the adapter ends elsewhere than at the target. " +
    `Broken line: edge of mean-square stability at d/b = ${formatNumber(p.d / p.batch)}, unstable ${
      isFamily(p) ? "on its left" : "above it"
    }` +
    (runs === 0
      ? "."
      : `. Marks: one run of the exact chain each, ${p.length} steps, d = ${p.d}, b = ${p.batch}.`);
}

/** Draws the map. */
export function drawMap(rows: readonly MapRow[], p: MapParameters): Figure {
  const cells = where(rows, "kind", "cell"), runs = where(rows, "kind", "run"), log = !isFamily(p);
  const ex = edges(strengths(p, p.columns), false), ey = edges(ordinates(p, p.rows), log);
  const boxes = cells.map(({ mu, y, tau, end }) => {
    const [x1, x2] = ex(mu), [y1, y2] = ey(y);
    return {
      x1,
      x2,
      y1,
      y2,
      tau: Math.min(tau!, 1e7),
      elsewhere: Math.abs(Math.abs(end ?? NaN) - 1) > 1e-6,
    };
  });
  const outcomes = Object.keys(SYMBOLS).filter((key) =>
    runs.some((it) => it.outcome === key)
  ) as Outcome[];
  const critical = where(rows, "kind", "critical"), stable = where(rows, "kind", "stable");
  const [lowest, highest] = isFamily(p) ? p.a : p.steps;
  const inside = stable.filter(({ mu, y }) =>
    mu > p.mu[0] && mu < p.mu[1] && y >= lowest && y <= highest
  );
  const place = { x1: "x1", x2: "x2", y1: "y1", y2: "y2" };
  const legend: LegendEntry[] = [
    ...(critical.length > 0 ? [{ label: "/{A} = 0", stroke: LINE, dash: "" }] : []),
    ...(inside.length > 0 ? [{ label: "edge of stability", stroke: LINE, dash: "5 2" }] : []),
    ...outcomes.map((label) => ({ label, symbol: SYMBOLS[label], stroke: "#000" })),
  ];
  return {
    panels: {
      x: { label: "pre-training strength /{μ}", domain: [ex(p.mu[0])[0], ex(p.mu[1])[1]] },
      y: {
        label: log ? "step size /{η}" : `/{a} in ${familyWords(p.activation)}`,
        type: log ? "log" : "linear",
        domain: [ey(ordinates(p, p.rows)[0])[0], ey(ordinates(p, p.rows).at(-1)!)[1]],
      },
      color: {
        type: "log",
        scheme: "cividis",
        label: "steps per factor e, 1/(/{η}/{λ}₊)",
        legend: true,
      },
      legend: { at: "above", entries: legend },
      marks: [
        Plot.rect(boxes, { ...place, fill: "tau", inset: -0.15, clip: true }),
        Plot.rect(boxes.filter(({ elsewhere }) => elsewhere), {
          ...{ ...place, fill: "#fff", fillOpacity: 0.45, clip: true },
        }),
        ...branches(critical).map((branch) =>
          theory(branch, { x: "mu", y: "y", stroke: LINE, strokeWidth: 1.6, clip: true })
        ),
        theory(stable, {
          ...{
            x: "mu",
            y: "y",
            stroke: LINE,
            strokeWidth: 1.6,
            strokeDasharray: "5 2",
            clip: true,
          },
        }),
        ...outcomes.flatMap((outcome) => {
          const own = where(runs, "outcome", outcome);
          const look = { x: "mu", y: "y", symbol: SYMBOLS[outcome], r: 3 } as const;
          // A white edge, so that black crosses are seen on dark cells.
          return [
            simulation(own, { ...look, stroke: "#fff", strokeWidth: 3 }),
            simulation(own, { ...look, stroke: "#000", strokeWidth: 1.2 }),
          ];
        }),
      ],
    },
    rows: { cells, critical, stable, runs },
    ...{ size: "column", aspect: 0.95, caption: captionOf(p, runs.length) },
  };
}
