/**
 * Theorem G.1 in runs: a start inside the leading singular space of the weights, exact and tilted.
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
import { type Figure, formatNumber, overlayFigure } from "../../../../figure/mod.ts";
import { AdapterFlow } from "../../simulation/flow/flow.ts";
import { theoremG1 } from "../../theory/paper/theorem_g1.ts";

/** A moment of a run. */
export interface WeightsOnlyRow extends Row {
  /** Entry of `A₁` in the direction of the target. */
  tilt: number;
  /** Flow time. */
  at: number;
  /** Loss. */
  loss: number;
  /** What Theorem G.1 says of a start without tilt: its loss stays; null with a tilt. */
  predicted: number | null;
}

/**
 * Parameters of {@linkcode weightsOnly}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const weightsOnlyParameters = {
  along: param.choice<"top" | "bottom">(
    "top",
    "the singular direction of the weights in which the start lies; there are two",
    ["top", "bottom"],
  ),
  tilts: param.numbers([0, 1e-6], "entries of A₁ in the direction of the target"),
  a1: param.number(0.3, "entry of A₁ in the direction of the start"),
  a2: param.number(-0.2, "entry of A₂ in the direction of the start"),
  weights: param.numbers([10, 1], "the two singular values of W₂ = W₁", { above: 0, entries: 2 }),
  sigma: param.number(Math.SQRT2, "singular value of the target", { above: 0 }),
  horizon: param.number(50, "last time, in flow time", { above: 0 }),
  points: param.integer(26, "moments", { least: 2 }),
};

type Parameters = Values<typeof weightsOnlyParameters>;

/** Losses below this are rounding. */
const FLOOR = 1e-32;

function draw(rows: WeightsOnlyRow[], { along, weights, tilts }: Parameters): Figure {
  const words = (tilt: number) =>
    tilt === 0 ? "inside (Theorem G.1)" : `tilted by ${formatNumber(tilt)}`;
  return overlayFigure([{
    title: "",
    x: { label: "flow time /{t} = step size × steps" },
    y: { label: "loss /{L}", type: "log" },
    lines: where(rows, "tilt", 0).map(({ at, predicted }) => ({
      ...{ series: words(0), x: at, y: predicted! },
    })),
    means: tilts.flatMap((tilt) =>
      where(rows, "tilt", tilt).filter(({ loss }) => loss > FLOOR).map(({ at, loss }) => ({
        ...{ series: words(tilt), x: at, y: loss },
      }))
    ),
    at: "above",
  }], {
    caption: `W₂ = W₁ = diag(${
      weights.map((x) => formatNumber(x)).join(", ")
    }), r = 1, a start along ` +
      `the ${along} singular direction of the weights and a target along the other. Symbols: ` +
      `gradient flow from starts with ${
        distinct(rows, "tilt").map((x) => formatNumber(x)).join(", ")
      } ` +
      `in A₁ along the target; line: Theorem G.1, which speaks of 0 alone: a tilted start has no ` +
      `theory here.`,
  });
}

/**
 * Theorem G.1 in runs: the loss from a start inside one singular direction of the weights, which stands
 * still, and from a start that is tilted out of it.
 *
 * @example
 * ```ts
 * import { weightsOnly } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await weightsOnly({ along: "bottom", tilts: [0], horizon: 5 });
 * assertAlmostEquals(rows.at(-1)!.loss, 1, 1e-12);
 * ```
 */
export const weightsOnly: Experiment<typeof weightsOnlyParameters, WeightsOnlyRow[], Figure> =
  experiment({
    name: "starts from the weights alone",
    about: "Whether a start inside a singular direction of the weights learns a target outside.",
    parameters: weightsOnlyParameters,
    check: ({ weights, tilts }, refuse) => {
      if (weights.length !== 2) refuse("weights", "two numbers", weights);
      if (new Set(tilts).size < tilts.length) refuse("tilts", "different numbers", tilts);
    },
    run: ({ tilts, horizon, points, weights, ...rest }) =>
      tilts.flatMap((tilt) => {
        const pair = [weights[0], weights[1]] as const;
        const { problem, start } = theoremG1({ ...rest, weights: pair, tilt });
        const { times, losses } = new AdapterFlow(problem, start)
          .solve(linspace(0, horizon, points), { atol: 1e-16 });
        return times.map((at, i) => ({
          tilt,
          at,
          loss: losses[i],
          predicted: tilt === 0 ? losses[0] : null,
        }));
      }),
    figure: draw,
  });
