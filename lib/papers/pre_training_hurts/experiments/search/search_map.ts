/**
 * Figure E12: the phase diagram of a reader's own activations; search time, traps, stable region, and a few runs.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  where,
} from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { activation, pairMoments } from "../../../../gaussian/mod.ts";
import { sgdRun } from "../../simulation/runs/run.ts";
import { slopeScale, stepScale } from "../../step_scale.ts";
import { populationLoss } from "../../theory/flow.ts";
import { growthRate } from "../../theory/growth.ts";
import { searchMatrix } from "../../theory/search_matrix.ts";
import { stableStep } from "../../theory/stability.ts";
import { criticalStrengths, rayEnd, raySlope } from "../../theory/traps.ts";
import { runsOf } from "../physics.ts";
import { drawMap } from "./_map_figure.ts";
import { hasParameter } from "./family.ts";
import {
  isFamily,
  type MapParameters,
  type MapRow,
  ordinates,
  type Outcome,
  placeOf,
  searchMapParameters,
  strengths,
} from "./map_places.ts";

const NOTHING = { tau: null, end: null, m: null, s: null, loss: null, outcome: null };

/** Cells and lines of one row of the map. */
function rowOf(p: MapParameters, y: number): MapRow[] {
  const { student, step } = placeOf(p, y), factor = slopeScale(student) / stepScale(student);
  const slope = raySlope(student), roots = criticalStrengths(slope, [p.mu[0] - 2, p.mu[1] + 1]);
  // The stationary point of the ray downhill from μ, as rayEnd finds it, for all strengths at once.
  const endOf = (mu: number) => {
    const side = Math.sign(slope(mu));
    return side > 0 ? roots.find((s) => s > mu) ?? NaN : roots.findLast((s) => s < mu) ?? NaN;
  };
  const cells = strengths(p, p.columns).map((mu): MapRow => {
    const rate = growthRate(searchMatrix(mu, student));
    return { kind: "cell", mu, y, ...NOTHING, tau: factor / (rate * step), end: endOf(mu) };
  });
  return [
    ...cells,
    ...roots.filter((mu) => mu > p.mu[0] && mu < p.mu[1] && Math.abs(mu - 1) > 1e-6 && mu !== 0)
      .map((mu): MapRow => ({ kind: "critical", mu, y, ...NOTHING })),
  ];
}

/** Edge of mean-square stability: at every strength the largest step, or for every member the smallest strength. */
function stableEdge(p: MapParameters): MapRow[] {
  const longestAt = (y: number) => {
    const student = activation(placeOf(p, y).student);
    // In units of E σ'² the step is that of the paper times their quotient.
    const factor = slopeScale(student) / stepScale(student);
    return (mu: number) =>
      factor * stableStep({ student, d: p.d, batch: p.batch }, Math.abs(1 - mu));
  };
  const edge = (mu: number, y: number): MapRow => ({ kind: "stable", mu, y, ...NOTHING });
  if (!isFamily(p)) {
    const longest = longestAt(1);
    return strengths(p, p.columns).map((mu) => edge(mu, longest(mu)));
  }
  return ordinates(p, p.rows).map((y) => {
    const longest = longestAt(y);
    // Stable at 1 at the latest, or nowhere.
    let unstable = p.mu[0] - 2, stable = 1;
    for (let i = 0; i < 40; i++) {
      const mu = (unstable + stable) / 2;
      if (longest(mu) > p.step) stable = mu;
      else unstable = mu;
    }
    return edge(stable, y);
  });
}

/** Loss over that of the weight 0 below which a target is learnt, and overlap above which a search is over. */
const LEARNT = 0.01, FOUND = 0.5;

function outcomeOf(m: number, loss: number, atStart: number): Outcome {
  if (m < FOUND) return "still searches";
  return loss < LEARNT && loss < atStart / 2 ? "learns" : "aligns, does not learn";
}

/** One run at every place of a coarser grid. */
async function runsOfMap(p: MapParameters, sweep: ExperimentContext["sweep"]): Promise<MapRow[]> {
  const [across, up] = p.runs, { d, batch, seed } = p;
  const cells = ordinates(p, up, true).flatMap((y) => {
    const { student, step } = placeOf(p, y), scale = slopeScale(student), looks = [0, p.length];
    return strengths(p, across, true).map((mu) => ({
      columns: { strength: mu, y },
      setting: { student, w0: mu, d, batch, step, stepScale: scale, looks },
    }));
  });
  if (cells.length === 0) return [];
  const rows = await runsOf(sweep, {
    run: sgdRun,
    cells,
    copies: 1,
    seed,
    label: "runs on the map",
  });
  return distinct(rows, "y").flatMap((y) => {
    const { student } = placeOf(p, y), moments = pairMoments(student, student);
    const unit = populationLoss(moments, 0, 0), own = where(rows, "y", y);
    return distinct(own, "strength").map((mu): MapRow => {
      const [start, { m, s, loss }] = where(own, "strength", mu);
      const outcome = outcomeOf(m, loss / unit, start.loss / unit);
      const end = rayEnd(raySlope(student), mu);
      return { kind: "run", mu, y, tau: null, end, m, s, loss: loss / unit, outcome };
    });
  });
}

async function run(p: MapParameters, { sweep }: ExperimentContext): Promise<MapRow[]> {
  const theory = ordinates(p, p.rows).flatMap((y) => rowOf(p, y));
  return [...theory, ...stableEdge(p), ...await runsOfMap(p, sweep)];
}

/**
 * Phase diagram of the search: strength of pre-training against the parameter of a family of activations, or, for
 * one activation, against the step size.
 *
 * Colour: steps per factor e of the search, `1/(η λ₊)` with gradients divided by `E σ'(z)²` for every activation
 * (`N_k` for `He_k`), so that a mere factor of σ changes nothing. Full lines: `A = 0`. Pale: the ray ends elsewhere
 * than at the target. Broken line: edge of mean-square stability of the optimum. Marks: one run each.
 *
 * Assumes: matched activations, an aligned weight. Scale: steps. Source: ours.
 *
 * @example The trap of `z + a He₃` goes to μ = 0 as `a → 1/3`, for `A(μ → 0) = 1 − 3a` before it is divided.
 * ```ts
 * import { searchMap } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const map = await searchMap({ a: [0.3, 0.4], rows: 2, columns: 3, runs: [0, 0] });
 * assertEquals(map.rows.filter(({ kind }) => kind === "critical").map(({ y }) => y), [0.4]);
 * ```
 */
export const searchMap: Experiment<typeof searchMapParameters, MapRow[], Figure> = experiment({
  name: "map of the search",
  about:
    "Search time, traps and stable region over the strength and a family of activations, with runs.",
  parameters: searchMapParameters,
  quick: { columns: 28, rows: 20, runs: [4, 4], length: 4000 },
  check: ({ mu: [from, to], a, steps, activation }, refuse) => {
    if (!(from < to)) refuse("mu", "increasing", [from, to]);
    if (hasParameter(activation) && !(a[0] < a[1])) refuse("a", "increasing", a);
    if (!(steps[0] < steps[1])) refuse("steps", "increasing", steps);
  },
  run,
  figure: drawMap,
  table: (rows) => where(rows, "kind", "run"),
});

/** The map of one activation, He₃, whose ordinate is the step size. */
export const stepSizeMap: typeof searchMap = searchMap.with(
  "map of the search against the step size",
  {
    activation: "He3",
  },
);
