/**
 * Parameters of exactness, and its rows.
 *
 * @module
 */
import { param, type Parameter, type Row, type Values } from "../../../../experiment/mod.ts";
import type { AddedDegrees } from "../../simulation/law/degrees.ts";
import type { LawSampler } from "../../simulation/law/sample.ts";
import { samplers, type SgdSetting } from "../../simulation/runs/setting.ts";
import { sgdParameters } from "../physics.ts";
import type { LawComparison } from "./compare.ts";

/** A control: added degrees of freedom, no remainder, or what the chain has instead of the parameters. */
export type LawControl = AddedDegrees | Readonly<Partial<SgdSetting>>;

/** Declares the controls. */
export function controlsParameter(value: readonly LawControl[]): Parameter<readonly LawControl[]> {
  return param.values<LawControl>(
    value,
    "controls, chains that are wrong on purpose: a number of degrees of freedom that the remainder outside " +
      'the frame has more; null for no remainder; or what the chain has instead, such as { rule: "sgd" }',
    controlName,
    "a number, null, or an object",
    0,
  );
}

/** Name of a control; the chain without a fault is 0. */
export function controlName(control: LawControl): string {
  if (control === 0) return "exact";
  if (control === null) return "no remainder";
  if (typeof control === "object") return JSON.stringify(control).replaceAll('"', "");
  if (!Number.isFinite(control)) throw new RangeError("no number");
  return `degrees ${control > 0 ? "+" : "−"}${Math.abs(control)}`;
}

const { sampler: _, ...physics } = sgdParameters({
  ...{ student: "erf", d: 4, batch: 2, step: 2, start: { u: 1 }, copies: 6000 },
});

/**
 * Parameters of the experiment of exactness.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const exactnessParameters = {
  ...physics,
  chain: param.choice<LawSampler>("exact chain", "what is to be exact", [...samplers]),
  against: param.choice<LawSampler>(
    "whole inputs",
    "what it is compared with: SGD on whole inputs, the model on one screen, or another chain",
    [...samplers, "plain model"],
  ),
  looks: param.integers([1, 5, 15], "increasing steps at which the laws are compared", {
    least: 1,
  }),
  controls: controlsParameter([1]),
};

/**
 * Values of {@linkcode exactnessParameters}.
 *
 * @internal Public for its type only.
 */
export type ExactnessParameters = Values<typeof exactnessParameters>;

/** A comparison, with its strength and what was compared. */
export interface ExactnessRow extends LawComparison {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** `"exact"`, or the name of a control. */
  chain: string;
}

/** A quantile of the overlap at the last step. */
export interface QuantileRow extends Row {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** `"exact"`, or the name of a control. */
  chain: string;
  /** Its level. */
  level: number;
  /** Quantile of what it is compared with. */
  reference: number;
  /** Quantile of the chain. */
  quantile: number;
}
