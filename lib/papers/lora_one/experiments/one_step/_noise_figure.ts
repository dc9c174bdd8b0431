/** F7 as a drawing: symbols are draws, lines theory. */
import { geomspace, linspace, type Row, where } from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  type Panel,
} from "../../../../figure/mod.ts";
import {
  criticalStrength,
  noisyOverlapsOf,
  startRiskOf,
  strengthUnit,
  whiteOverlaps,
} from "../../theory/noise.ts";
import { type MapCell, mapPanel } from "../map_panel.ts";
import { meansOf } from "../parts.ts";
import { type NoiseParameters, type NoiseResult, risksOf } from "./noise_table.ts";

/** `⟨û, u⟩²` over `N` and `λ`, and `λ_c(N)` beside it. */
function diagram(
  p: NoiseParameters,
): { map: MapCell[]; critical: (Row & { series: string; x: number; y: number })[] } {
  const { d, mapPoints, mapRatios: [low, high], mapStrengths: [weak, strong] } = p;
  const Ns = geomspace(low * d, high * d, mapPoints).map(Math.round);
  const strengths = geomspace(weak * p.sigma, strong * p.sigma, mapPoints);
  return {
    map: Ns.flatMap((N) =>
      noisyOverlapsOf({ ...p, N }, strengths).map(({ u2 }, i) => ({
        x: N,
        y: strengths[i],
        value: u2,
      }))
    ),
    critical: Ns.map((N) => ({ series: "critical", x: N, y: criticalStrength({ ...p, N }) }))
      .filter(({ y }) => y >= strengths[0] && y <= strengths.at(-1)!),
  };
}

function drawings(rows: readonly NoiseResult[], p: NoiseParameters): Drawing[] {
  const most = 1.05 * Math.max(...p.strengths),
    xs = linspace(0.8 * Math.min(...p.strengths), most, 77);
  const theory = p.N.map((N) => {
    const unit = strengthUnit({ ...p, N });
    return noisyOverlapsOf({ ...p, N }, xs.map((x) => x * unit));
  });
  const groups = (N: number, value: (here: NoiseResult[], lambda: number) => number[]) => {
    const unit = strengthUnit({ ...p, N });
    return p.strengths.map((x) => {
      const lambda = x * unit, here = where(rows, "N", N).filter((row) => row.lambda === lambda);
      return [x, value(here, lambda)] as const;
    });
  };
  const x = { label: "/{λ} in units of /{σ}(/{dk})^{¼}//{N}^{½}" };
  const overlap = (N: number, i: number): Drawing => {
    const unit = strengthUnit({ ...p, N }),
      white = xs.map((x) => whiteOverlaps({ ...p, N }, x * unit));
    return {
      title: `/{d}//{N} = ${formatNumber(p.d / N, 2)}`,
      x,
      y: { label: "squared overlap", domain: [0, 1], inset: 3 },
      legend: "above",
      series: [
        {
          name: "⟨/{û}, /{u}⟩²",
          line: xs.map((x, j) => ({ x, y: theory[i][j].u2 })),
          ...meansOf(groups(N, (here) => here.map(({ u2 }) => u2))),
        },
        {
          name: "⟨/{v̂}, /{v}⟩²",
          line: xs.map((x, j) => ({ x, y: theory[i][j].v2 })),
          ...meansOf(groups(N, (here) => here.map(({ v2 }) => v2))),
        },
        { name: "white noise", guide: xs.map((x, j) => ({ x, y: white[j].u2 })) },
        { name: "white noise", guide: xs.map((x, j) => ({ x, y: white[j].v2 })) },
      ],
    };
  };
  return [
    ...p.N.map(overlap),
    {
      title: "risk of the start",
      x,
      y: { label: "risk / risk of no start", type: "log" },
      legend: "above",
      series: [
        ...p.N.map((N, i) => ({
          name: `/{N} = ${N}`,
          line: xs.map((x, j) => ({
            x,
            y: startRiskOf(theory[i][j], x * strengthUnit({ ...p, N }), p.gamma),
          })),
          ...meansOf(groups(N, (here, lambda) => risksOf(here, lambda, p.gamma))),
        })),
        { name: "no start", guide: [{ x: xs[0], y: 1 }, { x: most, y: 1 }] },
      ],
    },
  ];
}

/** Overlaps, risk and phase diagram. */
export function noiseFigure(rows: readonly NoiseResult[], p: NoiseParameters): Figure {
  const { map, critical } = diagram(p), letter = String.fromCharCode(97 + p.N.length);
  const caption =
    `Label noise (d = ${p.d}, k = ${p.k}, σ = ${formatNumber(p.sigma)}; ${p.copies} draw${
      p.copies === 1 ? ", no error bars" : "s exact in law, bars ± one standard error"
    }). Overlaps of the leading singular vectors of the one-step gradient with the truth at N = ${
      p.N.join(", ")
    }: lines for large d, k, N at these ratios; dotted: the noise taken as white. (${letter}) Risk of the rank-one ` +
    `start with γ = ${formatNumber(p.gamma)} over that of no start: above 1 it hurts. (${
      String.fromCharCode(98 + p.N.length)
    }) Theory: ⟨û, u⟩² over N and λ, with λ_c.`;
  const figure = figureOf(drawings(rows, p), { caption, columns: 2, size: "page", aspect: 0.75 });
  return {
    ...figure,
    panels: [
      ...figure.panels as Panel[],
      mapPanel(map, {
        title: "phase diagram",
        x: "samples /{N}",
        y: "strength /{λ}",
        color: {
          type: "linear",
          scheme: "cividis",
          domain: [0, 1],
          label: "⟨û, u⟩²",
          legend: true,
        },
        lines: critical,
        log: { x: true, y: true },
      }),
    ],
    rows: {
      ...figure.rows as Record<string, Row[]>,
      map,
      ...(critical.length > 0 ? { critical } : {}),
    },
  };
}
