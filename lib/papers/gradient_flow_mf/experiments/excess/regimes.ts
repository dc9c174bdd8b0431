/**
 * E1: which part of its course an all-random start is in, over size of the noise and time.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import {
  type Experiment,
  experiment,
  geomspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type LegendEntry,
  scaleWords,
  sequential,
  theory,
} from "../../../../figure/mod.ts";
import { regimeDraw, regimeRun } from "../../simulation/runs/regime_run.ts";
import { excessRankLoss } from "../../theory/excess/excess_rank.ts";
import { largeDimension } from "../../theory/excess/large_dimension.ts";
import { identityWords, REFERENCE, TIME } from "../physics.ts";
import { worded } from "../worded.ts";

/** Where a run is. */
export const REGIMES = ["saddle", "decay", "plateau", "erosion", "no plateau"] as const;

/** A place of the map. */
export interface RegimeRow extends Row {
  /** `κ = α²m`. */
  kappa: number;
  /** Flow time. */
  at: number;
  /** Loss of the run. */
  loss: number;
  /** Plateau of its start by T8. */
  plateau: number;
  /**
   * `"saddle"` before the half-time; then `"decay"` above twice the plateau, `"plateau"` down to half of it,
   * `"erosion"` below; `"no plateau"` where the noise has lost half of its loss before the half-time.
   */
  regime: string;
}

/**
 * Parameters of {@linkcode regimes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const regimeParameters = {
  m: param.integer(1e6, "rows", { least: 2 }),
  n: param.integer(1e6, "columns", { least: 2 }),
  r: param.integer(4, "rank of the adapter", { least: 2 }),
  sigma: param.number(1, "singular value of the target", { above: 0 }),
  s: param.number(1, "singular value of w2 = sI", { above: 0 }),
  kappa: param.numbers(geomspace(1e-10, 1, 41), "sizes κ = α²m of the noise", { above: 0 }),
  times: param.numbers(geomspace(1, 1e5, 41), "flow times", { above: 0 }),
  seed: param.seed(REFERENCE),
};

type Parameters = Values<typeof regimeParameters>;

/** Boundaries of the regimes by theory: times at a size of the noise. */
interface Boundaries {
  readonly half: (kappa: number) => number;
  readonly reached: (kappa: number) => number;
  readonly eroded: (kappa: number) => number;
}

function boundariesOf({ m, n, r, sigma, s }: Parameters): Boundaries {
  const law = (kappa: number) =>
    largeDimension({ kappaB: kappa, kappaA: kappa * n / m, r, sigma, s });
  /** First time at which the noise has lost half of its loss. */
  const eroded = (kappa: number) => {
    const { lateLoss } = law(kappa), wanted = 0.5 * lateLoss(0);
    let low = 0, high = 1 / (s * s * kappa);
    while (lateLoss(high) > wanted) high *= 2;
    for (let pass = 0; pass < 100; pass++) {
      const middle = 0.5 * (low + high);
      if (lateLoss(middle) > wanted) low = middle;
      else high = middle;
    }
    return low;
  };
  const half = (kappa: number) => {
    const same = new Array(r).fill(Math.sqrt(kappa / m / 2));
    return law(kappa).halfTime(same, same);
  };
  /** The damped row and column of the target, `½sσ(κ_A + κ_B)e^{−2sσ(t − T)}`, meet the plateau. */
  const reached = (kappa: number) => {
    const other = kappa * n / m, plateau = 0.5 * (r - 1) * s * s * kappa * other;
    const row = 0.5 * s * sigma * (kappa + other);
    return half(kappa) + Math.log(row / plateau) / (2 * s * sigma);
  };
  return { half, eroded, reached };
}

/** Neighbours of a list in ratio, for the edges of cells. */
function edges(values: readonly number[]): (x: number) => [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  return (x) => {
    const i = sorted.indexOf(x), before = sorted[i - 1], after = sorted[i + 1];
    const low = before ? Math.sqrt(before * x) : x * Math.sqrt(x / (after ?? 4 * x));
    return [low, after ? Math.sqrt(x * after) : x * x / low];
  };
}

const LINES = [
  { name: "half-time /{T}_{½}", dash: "", stroke: "#D55E00" },
  { name: "plateau reached", dash: "5 2", stroke: "#000000" },
  { name: "half of it eroded", dash: "1.2 1.8", stroke: "#009E73" },
] as const;

function draw(rows: readonly RegimeRow[], parameters: Parameters): Figure {
  const { kappa, times, m, n, r, sigma, s } = parameters;
  const { half, reached, eroded } = boundariesOf(parameters);
  const colors = sequential(REGIMES.length, 1), inKappa = edges(kappa), inTime = edges(times);
  const [low, high] = [Math.min(...times), Math.max(...times)];
  const fine = geomspace(Math.min(...kappa), Math.max(...kappa), 161);
  const courses = [half, reached, eroded].map((of, i) =>
    fine.map((x) => ({ series: LINES[i].name, x, y: of(x) }))
      // Past the point where the noise dies first there is no plateau to be reached or lost.
      .filter(({ x, y }) => y >= low && y <= high && (i === 0 || eroded(x) > half(x)))
      .filter(({ x }) => i !== 1 || reached(x) < eroded(x))
  );
  const regimes = REGIMES.filter((name) => rows.some(({ regime }) => regime === name));
  const color = (name: string) => colors[REGIMES.indexOf(name as typeof REGIMES[number])];
  const boxes: LegendEntry[] = regimes.map((label) => (
    { label, fill: color(label), stroke: color(label), box: true }
  ));
  const boundaries: LegendEntry[] = LINES.map(({ name, dash, stroke }) => ({
    label: name,
    dash,
    stroke,
  }));
  return {
    panels: {
      x: { label: "size of the noise /{κ} = /{α}²/{m}", type: "log" },
      y: { label: TIME, type: "log", domain: [low, high] },
      marks: [
        Plot.rect(rows, {
          x1: (row: RegimeRow) => inKappa(row.kappa)[0],
          x2: (row: RegimeRow) => inKappa(row.kappa)[1],
          y1: (row: RegimeRow) => inTime(row.at)[0],
          y2: (row: RegimeRow) => inTime(row.at)[1],
          fill: (row: RegimeRow) => color(row.regime),
          ...{ inset: -0.15, clip: true },
        }),
        ...courses.flatMap((line, i) => [
          theory(line, { x: "x", y: "y", stroke: "#ffffff", strokeWidth: 2.6, clip: true }),
          theory(line, {
            ...{ x: "x", y: "y", stroke: LINES[i].stroke, strokeDasharray: LINES[i].dash },
            clip: true,
          }),
        ]),
      ],
    },
    legend: [...boxes, ...boundaries],
    rows: { regimes: [...rows], boundaries: courses.flat() },
    size: "column",
    aspect: 1,
    caption:
      `All-random starts of ${identityWords(s)}, ${scaleWords(m)} × ${
        scaleWords(n)
      }, r = ${r}, σ = ` +
      `${formatNumber(sigma)}: regimes read off one draw at each κ, followed in ${
        r + 1
      } dimensions. Saddle: ` +
      "before the half-time; decay, plateau, erosion: loss above twice, within a factor two of, and below half " +
      "of T8; no plateau: the noise had lost half of its loss before the half-time. Lines: theory (T8d).",
  };
}

/**
 * Phase diagram of the all-random start: what a budget of time sees at a size of the noise.
 *
 * Rows: a place of the map each.
 * Source: ours, T8 and T8d; the paper's start has no plateau where there is one adapter.
 *
 * @example
 * ```ts
 * import { regimes } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows } = await regimes({ kappa: [1e-6, 0.5], times: [1, 40, 1e4] });
 * assertEquals(rows.map(({ regime }) => regime), [
 *   ...["saddle", "plateau", "plateau", "saddle", "no plateau", "no plateau"],
 * ]);
 * ```
 */
export const regimes: Experiment<typeof regimeParameters, RegimeRow[], Figure> = experiment({
  name: "regimes of the all-random start",
  about: "What a budget of time sees of the plateau, at a given size of the noise.",
  parameters: regimeParameters,
  quick: { kappa: geomspace(1e-10, 1, 13), times: geomspace(1, 1e5, 16) },
  check: ({ kappa, times, m, n, r }, refuse) => {
    const rising = (list: readonly number[]) => list.every((x, i) => i === 0 || x > list[i - 1]);
    if (!rising(kappa)) refuse("kappa", "increasing", kappa);
    if (!rising(times)) refuse("times", "increasing", times);
    if (kappa.length < 2) refuse("kappa", "two numbers or more", kappa);
    if (times.length < 2) refuse("times", "two numbers or more", times);
    if (Math.min(m, n) < r + 1) refuse("r", `<= ${Math.min(m, n) - 1}`, r);
  },
  run: async ({ m, n, r, sigma, s, kappa, times, seed }, { sweep }) => {
    const cells = kappa.map((size) => (
      { m, n, r, alpha: Math.sqrt(size / m), sigma: [sigma], s, times }
    ));
    const found = await sweep({ run: regimeRun, cells });
    return cells.flatMap(({ alpha }, i) => {
      const { problem, adapters } = regimeDraw({ m, n, r, alpha, sigma: [sigma], s }, seed);
      const plateau = excessRankLoss(problem, adapters);
      return where(found, "alpha", alpha).map(({ at, loss, half, restAtHalf }) => {
        const regime = half === null || at < half
          ? "saddle"
          : restAtHalf! < plateau / 2
          ? "no plateau"
          : loss > 2 * plateau
          ? "decay"
          : loss > plateau / 2
          ? "plateau"
          : "erosion";
        return { kappa: kappa[i], at, loss, plateau, regime };
      });
    });
  },
  figure: draw,
  table: worded((rows) =>
    [...Map.groupBy(rows, ({ kappa }) => kappa)].map(([kappa, here]) => ({
      ...{ kappa, "T8 of the draw": here[0].plateau },
      ...Object.fromEntries(REGIMES.map((name) => {
        const times = where(here, "regime", name).map(({ at }) => at);
        return [`first ${name}`, times.length > 0 ? Math.min(...times) : null];
      })),
    }))
  ),
});
