/**
 * What the paper's spectral start leaves behind: nothing but rounding, unless it is tilted.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  type Row,
  type Values,
} from "../../../../experiment/mod.ts";
import { problemQ } from "../../problems/mod.ts";
import { type LayerStart, layerStart } from "../../starts.ts";
import {
  type CourseRow,
  problemParameter,
  rankParameter,
  runsOf,
  seedParameter,
  startSeeds,
} from "../physics.ts";
import { worded } from "../worded.ts";

/** First seed of the starts under the seed `"reference"`. */
const FIRST = 871;

/**
 * Parameters of {@linkcode spectralPrecision}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const precisionParameters = {
  problem: problemParameter(problemQ({ delta: 0.5 })),
  alpha: param.numbers([1e-3], "scales α of the starts", { above: 0 }),
  r: rankParameter(4),
  times: param.numbers([12, 40], "flow times of the rows, increasing", { above: 0 }),
  tilt: param.number(0, "share of α by which the first entry of each A is moved off its place"),
  copies: param.integer(1, "starts at each scale", { least: 1 }),
  seed: seedParameter(FIRST),
};

type Parameters = Values<typeof precisionParameters>;

/** The paper's spectral start with one entry of each `A` moved. */
function tilted(tilt: number): LayerStart {
  const straight = layerStart("spectralPaper");
  return {
    ...straight,
    name: `spectralPaper tilted by ${tilt}`,
    factors: (layer) => {
      const { b, a } = straight.factors(layer);
      return { b, a: { ...a, data: a.data.with(0, a.data[0] + tilt * layer.alpha) } };
    },
  };
}

/** Loss by its parts at each time. */
function table(rows: readonly CourseRow[], { tilt }: Parameters): Row[] {
  return rows.map(({ alpha, at, seed, loss, signal, mixed, rest }) => ({
    ...{ alpha, seed, tilt, at, loss, signal, "off-signal": mixed + rest },
  }));
}

/**
 * Loss by its parts from the paper's spectral start: all of it is along the target at all times, so that
 * it falls until rounding. `tilt` moves one entry of each `A` out of the diagonal form.
 *
 * Scale: flow time. Source: the paper, Section 4 and Theorem 4.1; the tilt is ours.
 *
 * @example A tilt of a thousandth leaves an error off the target.
 * ```ts
 * import { spectralPrecision } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const [straight] = (await spectralPrecision({ times: [8] })).rows;
 * const [tilted] = (await spectralPrecision({ times: [8], tilt: 1e-3 })).rows;
 * assertEquals(straight.mixed + straight.rest, 0);
 * assert(tilted.mixed + tilted.rest > 0);
 * ```
 */
export const spectralPrecision: Experiment<typeof precisionParameters, CourseRow[]> = experiment({
  name: "precision of the spectral start",
  about: "Whether the paper's spectral start leaves any error, and what a tilt of it does.",
  parameters: precisionParameters,
  check: ({ times, alpha }, refuse) => {
    if (!times.every((t, i) => i === 0 || t > times[i - 1])) refuse("times", "increasing", times);
    if (new Set(alpha).size < alpha.length) refuse("alpha", "different numbers", alpha);
  },
  run: ({ problem, alpha, r, times, tilt, copies, seed }, { sweep }) =>
    runsOf(sweep, {
      ...{ problem, alpha, r, times, seeds: startSeeds(seed, FIRST, copies) },
      starts: [tilt === 0 ? "spectralPaper" : tilted(tilt)],
    }),
  table: worded(table),
});
