/**
 * Parameters and places of the phase diagram.
 *
 * @module
 */
import { param, type Row, type Values } from "../../../../experiment/mod.ts";
import { type ActivationLike } from "../../../../gaussian/mod.ts";
import { checkFamily, type Family, hasParameter, memberOf } from "./family.ts";

/**
 * Parameters of {@linkcode searchMap}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const searchMapParameters = {
  activation: param.value<Family>(
    "z + a (z^3 - 3z)",
    "matched activations: an expression in z and a, { of: (a) => activation }, or one activation, whose map then " +
      "has the step size for its ordinate",
    checkFamily,
    "an expression in z (and a), a function, or { of: (a) => activation }",
  ),
  a: param.numbers([0, 2], "first and last value of a, without meaning for one activation", {
    entries: 2,
  }),
  mu: param.numbers([0.03, 0.97], "first and last strength μ", { entries: 2 }),
  columns: param.integer(48, "strengths between them", { least: 2 }),
  rows: param.integer(40, "values of a, or step sizes", { least: 2 }),
  step: param.number(0.2, "step size η, divided by E σ'(z)² for every activation", { above: 0 }),
  steps: param.numbers([0.02, 2], "first and last step size, for one activation", {
    entries: 2,
    above: 0,
  }),
  d: param.integer(1000, "input dimension of the runs and of the stable region", { least: 2 }),
  batch: param.integer(500, "fresh inputs a step", { least: 1 }),
  runs: param.integers([6, 5], "runs along the strengths and along the ordinate", {
    entries: 2,
    least: 0,
  }),
  length: param.integer(20_000, "steps of a run", { least: 1 }),
  seed: param.seed(),
};

/** Values of the parameters. @internal */
export type MapParameters = Values<typeof searchMapParameters>;

/** Outcome of a run. */
export type Outcome = "learns" | "aligns, does not learn" | "still searches";

/** A cell of the map, a point of one of its lines, or a run. */
export interface MapRow extends Row {
  /** `"cell"`, `"critical"` (A = 0), `"stable"` (edge of the stable region), or `"run"`. */
  kind: string;
  /** Strength. */
  mu: number;
  /** Value of a, or step size. */
  y: number;
  /** Steps per factor e of the search; null but for cells. */
  tau: number | null;
  /** Where the frozen ray ends, downhill from μ; null but for cells and runs. */
  end: number | null;
  /** `|m|` at the end of a run; null otherwise. */
  m: number | null;
  /** `s` at the end of a run; null otherwise. */
  s: number | null;
  /** Loss at the end of a run over that of the weight 0; null otherwise. */
  loss: number | null;
  /** Outcome of a run; null otherwise. */
  outcome: Outcome | null;
}

/** Whether the ordinate is the parameter of the family; else it is the step size. */
export function isFamily({ activation }: MapParameters): boolean {
  return hasParameter(activation);
}

/** Activation and step size at a place of the ordinate. */
export function placeOf(p: MapParameters, y: number): { student: ActivationLike; step: number } {
  return isFamily(p)
    ? { student: memberOf(p.activation, y), step: p.step }
    : { student: memberOf(p.activation, 1), step: y };
}

/** Equally spaced numbers, of a step size in its logarithm. @internal */
export function ordinates(p: MapParameters, count: number, inside = false): number[] {
  const [from, to] = isFamily(p) ? p.a : p.steps.map(Math.log);
  const share = (i: number) => inside ? (i + 0.5) / count : i / Math.max(1, count - 1);
  const values = Array.from({ length: count }, (_, i) => from + (to - from) * share(i));
  return isFamily(p) ? values : values.map(Math.exp);
}

/** Equally spaced strengths. @internal */
export function strengths(
  { mu: [from, to] }: MapParameters,
  count: number,
  inside = false,
): number[] {
  const share = (i: number) => inside ? (i + 0.5) / count : i / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, i) => from + (to - from) * share(i));
}
