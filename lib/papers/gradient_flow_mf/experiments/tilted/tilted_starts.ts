/**
 * Does another start cure a target at an angle? Two adapters, all-random and gradient-spectral starts.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  listed,
  scaleWords,
  spreadOf,
} from "../../../../figure/mod.ts";
import { growthModes } from "../../bases.ts";
import { canonical } from "../../problems/mod.ts";
import { plainProblem } from "../../shapes.ts";
import { flowRun } from "../../simulation/runs/run.ts";
import { layerStart, startWords } from "../../starts.ts";
import { seedParameter, startSeeds, startsParameter } from "../physics.ts";
import { worded } from "../worded.ts";

/** First seed of the starts under the seed `"reference"`. */
const FIRST = 500;

/** A moment of a run. */
export interface TiltedStartsRow extends Row {
  /** Angle of the target in degrees. */
  degrees: number;
  /** Name of the start. */
  start: string;
  /** Its scale. */
  alpha: number;
  /** Seed of the start. */
  seed: string;
  /** Time after `log(1/α)/λ`. */
  after: number;
  /** Loss. */
  loss: number;
}

/**
 * Parameters of {@linkcode tiltedStarts}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const tiltedStartsParameters = {
  degrees: param.numbers([30, 0], "angles of the target, in degrees; 0 is aligned", {
    least: 0,
    below: 90,
  }),
  starts: startsParameter(["gauss", "zeroB", "spectral"]),
  alpha: param.numbers([1e-2, 1e-4], "scales α of the starts", { above: 0 }),
  d: param.integer(20, "sizes m = h = n of the canonical problem", { least: 2 }),
  s1: param.number(0.5, "largest singular value of W₁; that of W₂ is 1", { above: 0 }),
  gmin: param.number(0.2, "smallest relative singular value of the frozen factors", { above: 0 }),
  r: param.integer(4, "rank of both adapters", { least: 1 }),
  after: param.numbers(
    [...linspace(0, 35, 8), 40, ...linspace(50, 160, 12)],
    "times of the losses, after log(1/α)/λ",
    { least: 0 },
  ),
  copies: param.integer(8, "starts of each random kind", { least: 1 }),
  seed: seedParameter(FIRST),
};

type Parameters = Values<typeof tiltedStartsParameters>;

/** Losses below it are rounding, and not drawn. */
const ROUNDING = 1e-25;

function draw(rows: readonly TiltedStartsRow[], parameters: Parameters): Figure {
  const { degrees, starts, alpha, copies, d, r, s1 } = parameters;
  const drawings: Drawing[] = degrees.map((angle) => ({
    title: angle === 0 ? "aligned target" : `target at ${formatNumber(angle)}°`,
    x: { label: "flow time after log(1//{α})//{λ}" },
    y: { label: "loss /{L}", type: "log" },
    series: starts.flatMap((start) =>
      alpha.map((scale) => {
        const here = where(
          where(where(rows, "degrees", angle), "start", layerStart(start).name),
          ...["alpha", scale] as const,
        );
        const places = distinct(here, "after").flatMap((after) =>
          spreadOf(after, where(here, "after", after).map(({ loss }) => loss))
        );
        const name = `${startWords(start)}, /{α} = ${scaleWords(scale)}`;
        const seen = places.filter(({ y }) => y > ROUNDING);
        return { name, marks: seen, thin: seen, band: seen };
      })
    ),
  }));
  return figureOf(drawings, {
    columns: 2,
    legend: legendOf(drawings[0].series),
    caption:
      `Two adapters on the canonical problem (d = ${d}, s₁ = ${
        formatNumber(s1)
      }, r = ${r}), target at ` +
      `${
        listed(degrees.map((x) => `${formatNumber(x)}°`))
      }: geometric mean over ${copies} starts, band ± one ` +
      "standard deviation. At an angle all starts share one transient, the gradient-spectral one included; " +
      "aligned, it falls to the rounding of the integration (not drawn below 10⁻²⁵).",
  });
}

/**
 * Loss after the escape from several starts, with the target at an angle and aligned, in problem D.
 *
 * Rows: a moment of a run each.
 * Source: ours, T9.
 */
export const tiltedStarts: Experiment<typeof tiltedStartsParameters, TiltedStartsRow[], Figure> =
  experiment({
    name: "starts for a target at an angle",
    about: "Whether a smaller or a gradient-spectral start shortens the transient.",
    parameters: tiltedStartsParameters,
    quick: {
      starts: ["gauss", "spectral"],
      alpha: [1e-4],
      after: [0, 10, 20, 40, 80, 160],
      copies: 4,
    },
    check: ({ after, degrees, alpha }, refuse) => {
      if (!after.every((t, i) => i === 0 || t > after[i - 1])) refuse("after", "increasing", after);
      if (new Set(degrees).size < degrees.length) refuse("degrees", "different", degrees);
      if (new Set(alpha).size < alpha.length) refuse("alpha", "different numbers", alpha);
    },
    run: async (parameters, { sweep }) => {
      const { degrees, starts, alpha, d, s1, gmin, r, after, copies, seed } = parameters;
      const rows: TiltedStartsRow[] = [], seeds = startSeeds(seed, FIRST, copies);
      for (const random of [true, false]) {
        const own = random ? seeds : seeds.slice(0, 1);
        const places = degrees.flatMap((angle) =>
          starts.filter((start) => layerStart(start).random === random)
            .flatMap((startedBy) => alpha.map((scale) => ({ angle, startedBy, scale })))
        );
        if (places.length === 0) continue;
        const cells = places.map(({ angle, startedBy, scale }) => {
          const problem = canonical({ d, s1, gmin, degrees: angle });
          const from = Math.log(1 / scale) / growthModes(problem).rates1[0];
          return {
            ...{ problem: plainProblem(problem), startedBy, start: layerStart(startedBy).name },
            ...{ alpha: scale, r, times: after.map((t) => from + t) },
          };
        });
        const runs = await sweep({
          run: flowRun,
          cells,
          seeds: own,
          ...(random ? {} : { workers: 0 }),
        });
        runs.forEach(({ start, alpha, seed, loss }, i) => {
          const { angle } = places[Math.floor(i / (after.length * own.length))];
          rows.push({ degrees: angle, start, alpha, seed, after: after[i % after.length], loss });
        });
      }
      return rows;
    },
    figure: draw,
    table: worded((rows) =>
      [
        ...Map.groupBy(rows, ({ degrees, start, alpha, after }) =>
          [degrees, start, alpha, after].join())
          .values(),
      ].map((here) => {
        const [{ degrees, start, alpha, after }] = here;
        const mean = here.reduce((sum, { loss }) =>
          sum + loss, 0) / here.length;
        return { degrees, start, alpha, after, "mean loss": mean, runs: here.length };
      })
    ),
  });
