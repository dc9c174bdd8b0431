/**
 * F5: what if Assumption 2.2 fails. Loss curves, their collapse, rates, times and limits against the angle
 * of the target.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  linspace,
} from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { plainProblem } from "../../shapes.ts";
import type { StartLike } from "../../starts.ts";
import { tiltedRun } from "../../simulation/runs/tilted_run.ts";
import { tiltedTarget, type UniversalCurve, universalCurve } from "../../theory/tilted/tilted.ts";
import { tiltedProblem } from "../../problems/tilted.ts";
import { startSeeds } from "../physics.ts";
import { tiltedFigure } from "./_tilted_figure.ts";
import {
  type TiltedAngleRow,
  type TiltedParameters,
  tiltedParameters,
} from "./_tilted_parameters.ts";
import { worded } from "../worded.ts";

export {
  curveAt,
  fineAngles,
  type TiltedAngleRow,
  type TiltedParameters,
  tiltedParameters,
} from "./_tilted_parameters.ts";

/** Losses between which the rate of the end is taken, in units of σ². */
const END = [1e-10, 1e-14] as const;

type Sweep = ExperimentContext["sweep"];

/** Runs of one kind, grouped by angle and scale. */
async function runsAt(
  sweep: Sweep,
  parameters: TiltedParameters,
  { name, degrees, alpha, startedBy, seed, times, below = [], lost = false }: {
    name: string;
    degrees: readonly number[];
    alpha: readonly number[];
    startedBy: StartLike;
    seed: string;
    times: (curve: UniversalCurve, alpha: number) => readonly number[];
    below?: readonly number[];
    lost?: boolean;
  },
) {
  const { s: [a, b], sigma, m, r } = parameters, s: [number, number] = [a, lost ? 0 : b];
  const cells = degrees.flatMap((angle) => {
    const problem = tiltedProblem({ m, s, sigma, degrees: angle });
    const curve = universalCurve(tiltedTarget(problem));
    return alpha.map((scale) => ({
      ...{ degrees: angle, alpha: scale, problem: plainProblem(problem), startedBy, r, below },
      ...{ times: times(curve, scale), precondition: false },
    }));
  });
  const rows = await sweep({
    ...{
      name,
      workers: 0,
      seeds: [seed],
      cells: cells.map(({ degrees: _, ...cell }) => cell),
      run: tiltedRun,
    },
  });
  let from = 0;
  return cells.map(({ degrees, alpha, times }) => {
    const here = rows.slice(from, from += times.length + below.length + 2);
    const of = (quantity: string) => here.filter((row) => row.quantity === quantity);
    const curve = universalCurve(tiltedTarget(tiltedProblem({ m, s, sigma, degrees })));
    return { degrees, alpha, of, curve, tau: curve.shift(of("norm")[0].value!) };
  });
}

/** Rates, limits and times of the end from the spectral start. */
async function ends(sweep: Sweep, parameters: TiltedParameters): Promise<TiltedAngleRow[]> {
  const { angles, scale, epsilon, sigma, seed } = parameters, unit = sigma ** 2;
  const below = [...epsilon.map((x) => x * unit), ...END.map((x) => x * unit)];
  const runs = await runsAt(sweep, parameters, {
    ...{ name: "rates by angle", degrees: angles, alpha: [scale], startedBy: "spectral", below },
    ...{ seed: startSeeds(seed, 81, 1)[0] },
    times: (
      curve,
    ) => [curve.timeBelow(END[1] * unit) - curve.shift(Math.SQRT2 * scale) + 10 / curve.mu],
  });
  return runs.flatMap(({ degrees, alpha, of, curve, tau }) => {
    const times = of("time"), [from, to] = times.slice(-2).map(({ value }) => value!);
    const place = { degrees, alpha };
    return [
      {
        quantity: "rate",
        ...place,
        at: to,
        run: Math.log(END[0] / END[1]) / (2 * (to - from)),
        theory: curve.mu,
      },
      { quantity: "limit", ...place, at: to, run: of("a2")[0].value!, theory: curve.aSquared },
      ...times.slice(0, -2).map(({ at, value }) => (
        { quantity: "time", ...place, at, run: value! + tau, theory: curve.timeBelow(at) }
      )),
    ];
  });
}

/** Losses against the universal curve. */
async function courses(sweep: Sweep, parameters: TiltedParameters): Promise<TiltedAngleRow[]> {
  const { curves, collapse, alpha, scale, random, horizon, sigma, seed } = parameters;
  const [own] = startSeeds(seed, 81, 1), last = horizon / sigma;
  const grid = (curve: UniversalCurve, norm: number, count: number) => {
    const tau = curve.shift(norm);
    return linspace(0, last - tau, count);
  };
  const even = await runsAt(sweep, parameters, {
    ...{
      name: "curves by angle",
      degrees: curves,
      alpha: [scale],
      startedBy: "spectral",
      seed: own,
    },
    times: (curve, x) => grid(curve, Math.SQRT2 * x, 61),
  });
  const wild = await runsAt(sweep, parameters, {
    ...{
      name: "collapse of random starts",
      degrees: [collapse],
      alpha,
      startedBy: random,
      seed: own,
    },
    times: (curve, x) => grid(curve, x, 241),
  });
  return [["course", even] as const, ["collapse", wild] as const].flatMap(([quantity, runs]) =>
    runs.flatMap(({ degrees, alpha, of, curve, tau }) =>
      of("loss").map(({ at, value }) => (
        { quantity, degrees, alpha, at: at + tau, run: value!, theory: curve.loss(at + tau) }
      ))
    )
  );
}

/** What stays where W₂ does not reach the target. */
async function floors(sweep: Sweep, parameters: TiltedParameters): Promise<TiltedAngleRow[]> {
  const { angles, alpha, random, seed } = parameters, scale = Math.min(...alpha);
  const runs = await runsAt(sweep, parameters, {
    ...{ name: "target outside the range", degrees: angles, alpha: [scale], startedBy: random },
    ...{ seed: startSeeds(seed, 81, 1)[0], lost: true },
    times: (curve) => [(Math.log(1 / scale) + 20) / curve.rate],
  });
  return runs.map(({ degrees, alpha, of, curve }) => {
    const [{ at, value }] = of("loss");
    return { quantity: "floor", degrees, alpha, at, run: value!, theory: curve.irreducible };
  });
}

/**
 * Problem S with a target at an angle between two singular directions of `W₂`: loss curves with their
 * universal curve, collapse of random starts, local rate, limit and times against the angle, and the loss
 * that stays where `W₂` has no range.
 *
 * Rows: one number of a run each, with that of T9 beside it.
 * Source: ours, T9; excluded by the paper's Assumption 2.2.
 *
 * @example
 * ```ts
 * import { tilted } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await tilted({ preset: "quick", s: [2, 0.7], sigma: 0.5, angles: [40] });
 * const { run, theory } = rows.find(({ quantity }) => quantity === "rate")!;
 * assertAlmostEquals(run / theory, 1, 1e-3);
 * ```
 */
export const tilted: Experiment<typeof tiltedParameters, TiltedAngleRow[], Figure> = experiment({
  name: "target at an angle",
  about: "What happens where the target is not along singular directions of the frozen factor.",
  parameters: tiltedParameters,
  quick: { curves: [15, 30, 60], angles: [3, 8, 30, 60], alpha: [1e-2, 1e-3] },
  check: ({ s, alpha, epsilon }, refuse) => {
    if (s.length !== 2) refuse("s", "two numbers", s);
    if (new Set(alpha).size < alpha.length) refuse("alpha", "different numbers", alpha);
    if (new Set(epsilon).size < epsilon.length) refuse("epsilon", "different numbers", epsilon);
  },
  run: async (parameters, { sweep }) => [
    ...await courses(sweep, parameters),
    ...await ends(sweep, parameters),
    ...await floors(sweep, parameters),
  ],
  figure: tiltedFigure,
  table: worded((rows) =>
    rows.filter(({ quantity }) => quantity !== "course" && quantity !== "collapse")
  ),
});
