/**
 * F10: how many samples, and how large a step? Preconditioned and plain descent over `N/d` and `η`.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  geomspace,
  grid,
  linspace,
  median,
  param,
  type SweepRow,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, formatNumber, powerOfTen } from "../../../../figure/mod.ts";
import { matrix } from "../../../../linalg/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { REFERENCE } from "../../problems/draw.ts";
import { orth, sampleCovariance, spectrum } from "../../problems/linear.ts";
import { type BasinCell, type BasinRow, basinRun } from "../../simulation/runs/basin.ts";
import { largestStableRate } from "../../theory/preconditioned.ts";
import { type MapCell, mapPanel } from "../map_panel.ts";
import { copiesOf } from "../parts.ts";

/**
 * Parameters of {@linkcode basin}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const basinParameters = {
  d: param.integer(40, "input dimension", { least: 2 }),
  rank: param.integer(4, "rank of target and adapter", { least: 1 }),
  kappa: param.number(4, "condition number of Δ; (a) is the same map at each, by algebra", {
    least: 1,
  }),
  ratios: param.numbers([1.25, 80], "ends of N/d", { above: 1, entries: 2 }),
  rates: param.numbers([0.1, 1.2], "ends of the step size η", { above: 0, entries: 2 }),
  points: param.integer(12, "points of each side", { least: 2, most: 60 }),
  gamma: param.number(1, "factor γ of the spectral start", { above: 0 }),
  goal: param.number(1e-6, "error ‖ES⁻¹‖/√r* to be reached", { above: 0, below: 1 }),
  most: param.integer(400, "most steps of a run", { least: 1 }),
  copies: param.integer(3, "data sets behind each median", { least: 1 }),
  seed: param.seed(REFERENCE),
};

type Parameters = Values<typeof basinParameters>;

/** A row of {@linkcode basin}: a run. */
export type BasinResult = SweepRow<BasinCell, BasinRow, string>;

/** Medians over copies; null where most runs do not arrive. */
export function basinMap(rows: readonly BasinResult[], how: BasinCell["optimiser"]): MapCell[] {
  const here = where(rows, "optimiser", how);
  const groups = Map.groupBy(here, ({ ratio, eta }) => `${ratio} ${eta}`);
  return [...groups.values()].map((group) => {
    const value = median(group.map(({ steps }) => steps ?? Infinity));
    return { x: group[0].ratio, y: group[0].eta, value: Number.isFinite(value) ? value : null };
  });
}

/** Largest stable step at a ratio: the median over seven data sets of its own. */
function edgeAt({ d, rank, kappa, seed }: Parameters, ratio: number, plain: boolean): number {
  const bounds = Array.from({ length: 7 }, (_, copy) => {
    const rng = stream(seed, "edge", ratio, copy);
    const u = orth(matrix(d, rank, rng.stream("target").fillNormal(new Float64Array(rank * d))));
    const covariance = sampleCovariance(rng.stream("data"), d, Math.round(ratio * d));
    return largestStableRate(covariance, u, plain ? spectrum(kappa, rank) : undefined);
  });
  return median(bounds);
}

function draw(rows: readonly BasinResult[], p: Parameters): Figure {
  const ratios = geomspace(p.ratios[0], p.ratios[1], 12);
  const edge = (plain: boolean) =>
    ratios.map((x) => ({ series: "edge", x, y: edgeAt(p, x, plain) })).filter(({ y }) =>
      y <= p.rates[1]
    );
  const maps = [
    { title: "preconditioned", cells: basinMap(rows, "preconditioned"), edge: edge(false) },
    {
      title: `gradient descent, /{κ} = ${formatNumber(p.kappa)}`,
      cells: basinMap(rows, "gd"),
      edge: edge(true),
    },
  ];
  const values = maps.flatMap(({ cells }) =>
    cells.flatMap(({ value }) => value === null ? [] : [value])
  );
  return {
    panels: maps.map(({ title, cells, edge }) =>
      mapPanel(cells, {
        title,
        x: "samples per input /{N}//{d}",
        y: "step size /{η}",
        color: {
          type: "log",
          scheme: "cividis",
          domain: [Math.min(5, ...values), p.most],
          label: `steps to ${powerOfTen(p.goal)}`,
          legend: true,
        },
        lines: edge,
        log: { x: true, y: false },
      })
    ),
    columns: 2,
    rows: Object.fromEntries(maps.flatMap(({ cells, edge }, i) => [
      [`${"ab"[i]}, simulation`, cells],
      ...(edge.length > 0 ? [[`${"ab"[i]}, theory`, edge]] : []),
    ])),
    size: "page",
    caption:
      `Descent from the spectral start (d = ${p.d}, r = r* = ${p.rank}, γ = ${
        formatNumber(p.gamma)
      }, λ = 0): ` +
      `steps until ‖ES⁻¹‖/√r* is below ${powerOfTen(p.goal)}, ${
        p.copies === 1 ? "one data set" : `medians of ${p.copies} data sets`
      }; white: not within ${p.most} steps. Line: largest step that is stable near the optimum, 2/μ_max (medians). ` +
      "(a) does not depend on κ, by algebra.",
  };
}

/**
 * F10: steps of preconditioned and plain descent over samples and step size, with the edge of local stability.
 *
 * Source: ours, beyond the paper.
 */
export const basin: Experiment<
  typeof basinParameters,
  BasinResult[],
  Figure,
  Record<never, never>
> = experiment({
  name: "basin",
  about: "Steps from the spectral start over samples and step size, preconditioned and plain.",
  parameters: basinParameters,
  quick: { points: 7, copies: 1 },
  check: (p, refuse) => {
    for (const name of ["ratios", "rates"] as const) {
      if (p[name].length !== 2 || !(p[name][0] < p[name][1])) {
        refuse(name, "two ends, the lower first", p[name]);
      }
    }
    if (Math.round(p.ratios[0] * p.d) < p.d) {
      refuse("ratios", `such that N is at least d = ${p.d}`, p.ratios);
    }
    if (p.rank > p.d) refuse("rank", `at most d = ${p.d}`, p.rank);
  },
  run: ({ d, rank, kappa, ratios, rates, points, gamma, goal, most, copies, seed }, { sweep }) =>
    sweep({
      run: basinRun,
      cells: grid({
        ratio: geomspace(ratios[0], ratios[1], points),
        eta: linspace(rates[0], rates[1], points),
        optimiser: ["preconditioned", "gd"] as ("preconditioned" | "gd")[],
      }).map((cell) => ({ ...cell, d, rank, kappa, gamma, goal, most })),
      seeds: copiesOf(seed, copies),
    }),
  figure: draw,
});
