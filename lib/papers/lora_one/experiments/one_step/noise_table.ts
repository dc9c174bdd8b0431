/**
 * What the experiment on label noise takes and gives: runs beside theory.
 *
 * @module
 */
import {
  param,
  type Row,
  summary,
  type SweepRow,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { REFERENCE } from "../../problems/draw.ts";
import type { NoiseCell, NoiseRow } from "../../simulation/runs/noise.ts";
import {
  criticalStrength,
  noisyOverlapsOf,
  startRiskOf,
  strengthUnit,
} from "../../theory/noise.ts";

/**
 * Parameters of `labelNoise`.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const noiseParameters = {
  d: param.integer(400, "input dimension", { least: 2 }),
  k: param.integer(200, "output dimension", { least: 2 }),
  N: param.integers(
    [8000, 800],
    "numbers of samples, each more than d: one panel of overlaps each",
    {
      least: 3,
    },
  ),
  sigma: param.number(1, "standard deviation of the label noise", { above: 0 }),
  strengths: param.numbers(
    [0.5, 0.8, 1.2, 1.6, 2.5, 4],
    "strengths of the rank-one shift, in units of σ(dk)^¼/√N, the leading order of λ_c",
    { above: 0 },
  ),
  copies: param.integer(20, "draws of the data behind each mean", { least: 1 }),
  gamma: param.number(1, "factor γ of the start whose risk is shown", { above: 0 }),
  mapPoints: param.integer(24, "points of each side of the phase diagram", { least: 2, most: 200 }),
  mapRatios: param.numbers([1.2, 200], "ends of N/d in the phase diagram", {
    above: 1,
    entries: 2,
  }),
  mapStrengths: param.numbers([0.03, 3], "ends of λ/σ in the phase diagram", {
    above: 0,
    entries: 2,
  }),
  seed: param.seed(REFERENCE),
};

/** Their values. */
export type NoiseParameters = Values<typeof noiseParameters>;

/** A row of `labelNoise`: a strength on a draw. */
export type NoiseResult = SweepRow<NoiseCell, NoiseRow, string>;

/** Relative risks of the start on draws. */
export function risksOf(rows: readonly NoiseResult[], lambda: number, gamma: number): number[] {
  return rows.map(({ top, uv }) => 1 + (gamma * top / lambda) ** 2 - 2 * gamma * top / lambda * uv);
}

/** A strength: what was found and what theory says. */
export interface NoiseTableRow extends Row {
  /** Samples. */
  N: number;
  /** Strength in units of `σ(dk)^¼/√N`. */
  "λ in units": number;
  /** Strength over the critical one. */
  "λ/λ_c": number;
  /** Mean overlap on the left. */
  "⟨û, u⟩²": number;
  /** Its standard error; null for one draw. */
  "± ⟨û, u⟩²": number | null;
  /** Theory. */
  "u² theory": number;
  /** Mean overlap on the right. */
  "⟨v̂, v⟩²": number;
  /** Its standard error; null for one draw. */
  "± ⟨v̂, v⟩²": number | null;
  /** Theory. */
  "v² theory": number;
  /** Mean relative risk of the start. */
  "relative risk": number;
  /** Its standard error; null for one draw. */
  "± relative risk": number | null;
  /** Theory. */
  "risk theory": number;
}

/** What was found and what theory says, at each number of samples and strength. */
export function noiseTable(rows: readonly NoiseResult[], p: NoiseParameters): NoiseTableRow[] {
  return p.N.flatMap((N) => {
    const sizes = { ...p, N }, unit = strengthUnit(sizes);
    const theory = noisyOverlapsOf(sizes, p.strengths.map((x) => x * unit));
    return p.strengths.map((x, i) => {
      const lambda = x * unit, here = where(rows, "N", N).filter((row) => row.lambda === lambda);
      const u = summary(here.map(({ u2 }) => u2)), v = summary(here.map(({ v2 }) => v2));
      const risk = summary(risksOf(here, lambda, p.gamma)),
        se = (x: number) => p.copies > 1 ? x : null;
      return {
        ...{ N, "λ in units": x, "λ/λ_c": lambda / criticalStrength(sizes) },
        ...{ "⟨û, u⟩²": u.mean, "± ⟨û, u⟩²": se(u.se), "u² theory": theory[i].u2 },
        ...{ "⟨v̂, v⟩²": v.mean, "± ⟨v̂, v⟩²": se(v.se), "v² theory": theory[i].v2 },
        ...{ "relative risk": risk.mean, "± relative risk": se(risk.se) },
        "risk theory": startRiskOf(theory[i], lambda, p.gamma),
      };
    });
  });
}
