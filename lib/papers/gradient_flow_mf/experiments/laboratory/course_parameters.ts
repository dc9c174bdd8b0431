/**
 * The parameters of the open laboratory.
 *
 * @module
 */
import {
  geomspace,
  linspace,
  param,
  type Parameter,
  type Values,
} from "../../../../experiment/mod.ts";
import { updateRule, type UpdateRuleLike } from "../../../../nn/mod.ts";
import { problemQ } from "../../problems/mod.ts";
import { checkRates } from "../../simulation/flow/flow.ts";
import type { FactorName, Hook } from "../../simulation/flow/hook.ts";
import type { Observe } from "../../simulation/runs/run.ts";
import {
  problemParameter,
  rankParameter,
  seedParameter,
  startsParameter,
  stepParameter,
} from "../physics.ts";

/** First seed of the starts under the seed `"reference"`. */
export const FIRST = 840;

/** A function of the reader's, or nothing. */
function own<F>(about: string, wanted: string): Parameter<F | null> {
  const door = (value: F | null) => {
    if (value !== null && typeof value !== "function") throw new TypeError("no function");
  };
  return param.value<F | null>(null, about, door, `${wanted}, or null`);
}

/**
 * Parameters of `courses`.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const courseParameters = {
  problem: problemParameter(problemQ({ delta: 0.5 })),
  starts: startsParameter(["zeroB", "zeroA"]),
  alpha: param.numbers([1e-2, 1e-3], "scales α of the starts", { above: 0 }),
  r: rankParameter(3),
  horizon: param.number(160, "last time, in flow time (step size × steps)", { above: 0 }),
  points: param.integer(81, "number of times at which a run is looked at", { least: 2 }),
  spacing: param.choice<"linear" | "log">(
    "linear",
    "times in equal steps from 0 on, or in equal ratios over the last three decades before the horizon",
    ["linear", "log"],
  ),
  copies: param.integer(5, "starts of each kind, one seed each", { least: 1 }),
  eta: stepParameter(),
  rule: param.value<UpdateRuleLike>(
    "gd",
    "update rule of each factor, with eta > 0: gd, momentum, adam, updateRule(...), or your own",
    updateRule,
    "gd, momentum, adam, or { name, begin }",
  ),
  rates: param.value<Partial<Readonly<Record<FactorName, number>>>>(
    {},
    "learning rates { b1, a1, b2, a2 } of the factors, 1 where missing; 0 freezes one",
    (rates) => checkRates("set the rates", rates),
    "an object with numbers >= 0 for some of b1, a1, b2, a2",
  ),
  decay: param.number(0, "weight decay ω of all factors", { least: 0 }),
  hook: own<Hook>(
    "your change of the velocities, in place, or new ones returned: ({ t, adapters, velocity, error }) => " +
      "({ b1 }); under gradient descent it is called once a step and may draw noise",
    "a function of the moment",
  ),
  observe: own<Observe>(
    "your own columns: ({ t, adapters, problem }) => ({ name: number })",
    "a function of the moment that returns numbers by name",
  ),
  perFactor: param.flag(
    false,
    "whether deviations are divided by the roots of the rows of B and the columns of A",
  ),
  seed: seedParameter(FIRST),
};

/** Their values. */
export type CourseParameters = Values<typeof courseParameters>;

/** Times of the rows. */
export function timesOf({ horizon, points, spacing }: CourseParameters): number[] {
  return spacing === "log"
    ? geomspace(horizon / 1000, horizon, points)
    : linspace(0, horizon, points);
}
