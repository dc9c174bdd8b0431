/**
 * F9: when label noise leaves nothing of the truth in the one-step gradient.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import {
  type Experiment,
  experiment,
  geomspace,
  linspace,
  param,
  type Refuse,
  type Row,
  summary,
  type SweepRow,
  type Values,
  where,
} from "../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  overlay,
  overlayLegend,
  type Point,
} from "../../../figure/mod.ts";
import { type NoiseCell, type NoiseRow, noiseRun } from "../simulation/mod.ts";
import { criticalStrength, noisyOverlaps, noisyStartRisk, strengthUnit } from "../theory/mod.ts";
import { type MapCell, mapPanel } from "./figures/map_panel.ts";

/** Largest `d/N` at which the formulas, which ask for `d ≪ N`, are drawn. */
const MOST = 0.1;

/**
 * Parameters of {@linkcode labelNoise}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const noiseParameters = {
  d: param.integer(400, "input dimension", { least: 2 }),
  k: param.integer(200, "output dimension", { least: 2 }),
  N: param.integer(8000, "samples in (a) and (b), more than d", { least: 3 }),
  sigma: param.number(1, "standard deviation of the label noise", { above: 0 }),
  strengths: param.numbers(
    [0.5, 0.9, 1.2, 1.6, 2.5, 4],
    "strengths of the rank-one shift, in units of σ(dk)^¼/√N, the leading order of λ_c",
    { above: 0 },
  ),
  copies: param.integer(20, "draws of the data behind each mean", { least: 1 }),
  mapPoints: param.integer(24, "points of each side of the phase diagram (c)", {
    least: 2,
    most: 400,
  }),
  mapRatios: param.numbers([2, 200], "ends of N/d in (c)", { above: 1, entries: 2 }),
  mapStrengths: param.numbers([0.03, 3], "ends of λ/σ in (c)", { above: 0, entries: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof noiseParameters>;

/** A row of {@linkcode labelNoise}: a strength on a draw. */
export type NoiseResult = SweepRow<NoiseCell, NoiseRow, string>;

function check(p: Parameters, refuse: Refuse): void {
  if (p.N <= p.d) refuse("N", `above d = ${p.d}`, p.N);
  for (const name of ["mapRatios", "mapStrengths"] as const) {
    const [low, high, ...more] = p[name];
    if (!(low < high) || more.length > 0) refuse(name, "two ends, the lower one first", p[name]);
  }
  const least = Math.round(p.mapRatios[0] * p.d);
  if (least <= p.d) refuse("mapRatios", `such that N exceeds d = ${p.d}`, p.mapRatios);
}

/** A mean over draws at a strength; a single draw has no standard error. */
function point(series: string, x: number, values: number[]): Point {
  const { mean: y, se, n } = summary(values);
  return n > 1 ? { series, x, y, se } : { series, x, y };
}

/** Simulated means in the units of the axes. */
function found(rows: readonly NoiseResult[], p: Parameters): { overlaps: Point[]; risk: Point[] } {
  const unit = strengthUnit(p);
  const each = p.strengths.map((ratio) => {
    const lambda = ratio * unit, here = where(rows, "lambda", lambda), x = lambda / unit;
    const risk = here.map(({ top, uv }) => 1 + (top / lambda) ** 2 - 2 * (top / lambda) * uv);
    return {
      overlaps: [
        point("⟨û, u⟩²", x, here.map(({ u2 }) => u2)),
        point("⟨v̂, v⟩²", x, here.map(({ v2 }) => v2)),
      ],
      risk: point("risk", x, risk),
    };
  });
  return { overlaps: each.flatMap(({ overlaps }) => overlaps), risk: each.map(({ risk }) => risk) };
}

/** The formulas, where their assumption holds. */
function predicted(p: Parameters): { overlaps: Point[]; risk: Point[] } {
  if (p.d > MOST * p.N) return { overlaps: [], risk: [] };
  const unit = strengthUnit(p);
  const xs = linspace(0.8 * Math.min(...p.strengths), 1.05 * Math.max(...p.strengths), 77);
  return {
    overlaps: xs.flatMap((x) => {
      const { u2, v2 } = noisyOverlaps(p, x * unit);
      return [{ series: "⟨û, u⟩²", x, y: u2 }, { series: "⟨v̂, v⟩²", x, y: v2 }];
    }),
    risk: xs.map((x) => ({ series: "risk", x, y: noisyStartRisk(p, x * unit) })),
  };
}

/** `⟨û, u⟩²` over `N` and `λ`, null where the formula is not drawn, and `λ_c(N)` beside it. */
function diagram(p: Parameters): { map: MapCell[]; critical: Point[] } {
  const { d, mapPoints, mapRatios: [low, high], mapStrengths: [weak, strong] } = p;
  const Ns = geomspace(low * d, high * d, mapPoints);
  const strengths = geomspace(weak * p.sigma, strong * p.sigma, mapPoints);
  return {
    map: Ns.flatMap((x) => {
      const sizes = { ...p, N: Math.round(x) }, holds = d <= MOST * x;
      return strengths.map((y) => ({ x, y, value: holds ? noisyOverlaps(sizes, y).u2 : null }));
    }),
    critical: Ns.map(Math.round).filter((N) => d <= MOST * N)
      .map((N) => ({ series: "critical", x: N, y: criticalStrength({ ...p, N }) })),
  };
}

/** How far the symbols are from the lines, in words. */
function gap(rows: readonly NoiseResult[], p: Parameters): string {
  if (p.d > MOST * p.N) {
    return `No lines in (a), (b): the formulas ask for d ≪ N, here d/N = ${
      formatNumber(p.d / p.N)
    }.`;
  }
  if (p.copies === 1) return "One draw, no standard errors.";
  const unit = strengthUnit(p), { overlaps, risk } = found(rows, p);
  const theory = (series: string, x: number) => {
    const { u2, v2 } = noisyOverlaps(p, x * unit);
    return { "⟨û, u⟩²": u2, "⟨v̂, v⟩²": v2, "risk": noisyStartRisk(p, x * unit) }[series]!;
  };
  const [a, b] = [overlaps, risk].map((points) => {
    const above = points.filter(({ x }) => x * unit > criticalStrength(p));
    const off = above.map(({ series, x, y, se }) => ({
      x,
      distance: Math.abs(y - theory(series, x)) / Number(se),
    })).toSorted((one, other) => other.distance - one.distance);
    return off.length === 0
      ? "none"
      : `${off[0].distance.toFixed(1)} at ${formatNumber(Number(off[0].x.toPrecision(3)))}`;
  });
  return "Largest distance of a mean above λ_c from its line, in standard errors, and its λ/λ_c: " +
    `(a) ${a}, (b) ${b}; the formulas are for large d, k and N.`;
}

function draw(rows: readonly NoiseResult[], p: Parameters): Figure {
  const simulated = found(rows, p), theory = predicted(p), { map, critical } = diagram(p);
  const x = { label: "/{λ}//{λ}_{c}" }, white = map.some(({ value }) => value === null);
  return {
    panels: [
      {
        title: "overlaps",
        x,
        y: { label: "squared overlap", domain: [0, 1] },
        legend: { at: "bottom-right", entries: overlayLegend(theory.overlaps, simulated.overlaps) },
        marks: overlay(theory.overlaps, simulated.overlaps),
      },
      {
        title: "risk of the start",
        x,
        y: { label: "risk / risk of no start", type: "log" },
        marks: [
          Plot.ruleY([1], { stroke: "#777", strokeDasharray: "2 2" }),
          ...overlay(theory.risk, simulated.risk),
        ],
      },
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
    columns: 3,
    aspect: 1,
    rows: {
      ...(theory.overlaps.length > 0 ? { overlaps: theory.overlaps } : {}),
      simulation: simulated.overlaps,
      ...(theory.risk.length > 0 ? { risk: theory.risk } : {}),
      "simulated risk": simulated.risk,
      map,
      critical,
    },
    size: "page",
    caption: `Label noise (d = ${p.d}, k = ${p.k}, σ = ${formatNumber(p.sigma)}; (a), (b): ` +
      `N = ${p.N}, ${p.copies} draw${p.copies === 1 ? "" : "s"} exact in law; unit of strengths: ` +
      "σ(dk)^¼/√N, the leading order of λ_c). (a) Squared overlaps of the leading singular vectors " +
      "of the one-step gradient with the truth. (b) Risk of the rank-one start over that of no " +
      `start: above 1 the start hurts. ${gap(rows, p)} (c) Theory: ⟨û, u⟩² over N and λ, with ` +
      `λ_c${white ? `; white: d/N > ${MOST}, where the formula does not hold` : ""}.`,
  };
}

/**
 * F9: overlaps of the one-step gradient with a rank-one truth under label noise, the risk of the start
 * that it gives, and the phase diagram.
 *
 * Lines are the spiked-matrix formulas, drawn where `d/N ≤ 0.1`: they take the noise as isotropic.
 * Source: ours, beyond the paper.
 *
 * @example Twice the noise: the same transition at twice the strength.
 * ```ts
 * import { labelNoise } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows } = await labelNoise({ d: 30, k: 20, N: 600, sigma: 2, strengths: [4], copies: 2 });
 * assertEquals(rows.map(({ u2 }) => u2 > 0.5), [true, true]);
 * ```
 */
export const labelNoise: Experiment<
  typeof noiseParameters,
  NoiseResult[],
  Figure,
  Record<never, never>
> = experiment({
  name: "label noise",
  about:
    "Overlaps of the one-step gradient with the truth, and the risk of its start, under noise.",
  parameters: noiseParameters,
  quick: { copies: 4, mapPoints: 14 },
  check,
  run: ({ d, k, N, sigma, strengths, copies, seed }, { sweep }) => {
    const unit = strengthUnit({ d, k, N, sigma });
    return sweep({
      run: noiseRun,
      cells: [{ d, k, N, sigma, strengths: strengths.map((x) => x * unit) }],
      seeds: Array.from({ length: copies }, (_, i) => `${seed}/${i}`),
      // A few draws are over before two workers have started.
      ...(copies * d * k <= 400_000 ? { workers: 0 } : {}),
    });
  },
  figure: draw,
  table: (rows, p) => {
    const { overlaps, risk } = found(rows, p);
    return risk.map(({ x, y, se }): Row => {
      const [u, v] = where(overlaps, "x", x);
      return {
        "λ/λ_c": x,
        ...{ "⟨û, u⟩²": u.y, "± ⟨û, u⟩²": u.se ?? null, "⟨v̂, v⟩²": v.y, "± ⟨v̂, v⟩²": v.se ?? null },
        ...{ "relative risk": y, "± relative risk": se ?? null },
      };
    });
  },
});
