/**
 * F7: when label noise leaves nothing of the truth in the one-step gradient.
 *
 * @module
 */
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
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  type Panel,
} from "../../../../figure/mod.ts";
import { REFERENCE } from "../../problems/draw.ts";
import { type NoiseCell, type NoiseRow, noiseRun } from "../../simulation/runs/noise.ts";
import {
  criticalStrength,
  noisyOverlapsOf,
  startRiskOf,
  strengthUnit,
  whiteOverlaps,
} from "../../theory/noise.ts";
import { type MapCell, mapPanel } from "../map_panel.ts";
import { copiesOf, meansOf } from "../parts.ts";

/**
 * Parameters of {@linkcode labelNoise}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const noiseParameters = {
  d: param.integer(400, "input dimension", { least: 2 }),
  k: param.integer(200, "output dimension", { least: 2 }),
  N: param.integers(
    [8000, 800],
    "numbers of samples, each more than d: one panel of overlaps each",
    {
      least: 3,
    },
  ),
  sigma: param.number(1, "standard deviation of the label noise", { above: 0 }),
  strengths: param.numbers(
    [0.5, 0.8, 1.2, 1.6, 2.5, 4],
    "strengths of the rank-one shift, in units of σ(dk)^¼/√N, the leading order of λ_c",
    { above: 0 },
  ),
  copies: param.integer(20, "draws of the data behind each mean", { least: 1 }),
  gamma: param.number(1, "factor γ of the start whose risk is shown", { above: 0 }),
  mapPoints: param.integer(24, "points of each side of the phase diagram", { least: 2, most: 200 }),
  mapRatios: param.numbers([1.2, 200], "ends of N/d in the phase diagram", {
    above: 1,
    entries: 2,
  }),
  mapStrengths: param.numbers([0.03, 3], "ends of λ/σ in the phase diagram", {
    above: 0,
    entries: 2,
  }),
  seed: param.seed(REFERENCE),
};

type Parameters = Values<typeof noiseParameters>;

/** A row of {@linkcode labelNoise}: a strength on a draw. */
export type NoiseResult = SweepRow<NoiseCell, NoiseRow, string>;

function check(p: Parameters, refuse: Refuse): void {
  if (p.N.some((N) => N <= p.d)) refuse("N", `above d = ${p.d}`, p.N);
  if (new Set(p.N).size < p.N.length || p.N.length > 3) {
    refuse("N", "at most three different numbers", p.N);
  }
  for (const name of ["mapRatios", "mapStrengths"] as const) {
    const [low, high, ...more] = p[name];
    if (!(low < high) || more.length > 0) refuse(name, "two ends, the lower one first", p[name]);
  }
  const least = Math.round(p.mapRatios[0] * p.d);
  if (least <= p.d) refuse("mapRatios", `such that N exceeds d = ${p.d}`, p.mapRatios);
}

/** Relative risks of the start on draws. */
function risks(rows: readonly NoiseResult[], lambda: number, gamma: number): number[] {
  return rows.map(({ top, uv }) => 1 + (gamma * top / lambda) ** 2 - 2 * gamma * top / lambda * uv);
}

/** A strength: what was found and what theory says. */
export interface NoiseTableRow extends Row {
  /** Samples. */
  N: number;
  /** Strength in units of `σ(dk)^¼/√N`. */
  "λ in units": number;
  /** Strength over the critical one. */
  "λ/λ_c": number;
  /** Mean overlap on the left. */
  "⟨û, u⟩²": number;
  /** Its standard error; null for one draw. */
  "± ⟨û, u⟩²": number | null;
  /** Theory. */
  "u² theory": number;
  /** Mean overlap on the right. */
  "⟨v̂, v⟩²": number;
  /** Its standard error; null for one draw. */
  "± ⟨v̂, v⟩²": number | null;
  /** Theory. */
  "v² theory": number;
  /** Mean relative risk of the start. */
  "relative risk": number;
  /** Its standard error; null for one draw. */
  "± relative risk": number | null;
  /** Theory. */
  "risk theory": number;
}

/** What was found and what theory says, at each number of samples and strength. */
export function noiseTable(rows: readonly NoiseResult[], p: Parameters): NoiseTableRow[] {
  return p.N.flatMap((N) => {
    const sizes = { ...p, N }, unit = strengthUnit(sizes);
    const theory = noisyOverlapsOf(sizes, p.strengths.map((x) => x * unit));
    return p.strengths.map((x, i) => {
      const lambda = x * unit, here = where(rows, "N", N).filter((row) => row.lambda === lambda);
      const u = summary(here.map(({ u2 }) => u2)), v = summary(here.map(({ v2 }) => v2));
      const risk = summary(risks(here, lambda, p.gamma)),
        se = (x: number) => p.copies > 1 ? x : null;
      return {
        ...{ N, "λ in units": x, "λ/λ_c": lambda / criticalStrength(sizes) },
        ...{ "⟨û, u⟩²": u.mean, "± ⟨û, u⟩²": se(u.se), "u² theory": theory[i].u2 },
        ...{ "⟨v̂, v⟩²": v.mean, "± ⟨v̂, v⟩²": se(v.se), "v² theory": theory[i].v2 },
        ...{ "relative risk": risk.mean, "± relative risk": se(risk.se) },
        "risk theory": startRiskOf(theory[i], lambda, p.gamma),
      };
    });
  });
}

/** `⟨û, u⟩²` over `N` and `λ`, and `λ_c(N)` beside it. */
function diagram(
  p: Parameters,
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

function drawings(rows: readonly NoiseResult[], p: Parameters): Drawing[] {
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
          ...meansOf(groups(N, (here, lambda) => risks(here, lambda, p.gamma))),
        })),
        { name: "no start", guide: [{ x: xs[0], y: 1 }, { x: most, y: 1 }] },
      ],
    },
  ];
}

function draw(rows: readonly NoiseResult[], p: Parameters): Figure {
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

/**
 * F7: overlaps of the one-step gradient with a rank-one truth under label noise, the risk of the start that it
 * gives, and the phase diagram.
 *
 * Source: ours, beyond the paper.
 *
 * @example Twice the noise: the same transition at twice the strength.
 * ```ts
 * import { labelNoise } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows } = await labelNoise({ d: 30, k: 20, N: [600], sigma: 2, strengths: [4], copies: 2 });
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
  quick: { copies: 4, mapPoints: 12 },
  check,
  run: ({ d, k, N, sigma, strengths, copies, seed }, { sweep }) =>
    sweep({
      run: noiseRun,
      cells: N.map((n) => {
        const unit = strengthUnit({ d, k, N: n, sigma });
        return { d, k, N: n, sigma, strengths: strengths.map((x) => x * unit) };
      }),
      seeds: copiesOf(seed, copies),
      // A few draws are over before two workers have started.
      ...(copies * d * k * N.length <= 800_000 ? { workers: 0 } : {}),
    }),
  figure: draw,
  table: (rows, p) => noiseTable(rows, p),
});
