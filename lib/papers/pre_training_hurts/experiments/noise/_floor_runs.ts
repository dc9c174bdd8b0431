/**
 * Runs to the floor of label noise, and what theory says of them.
 *
 * @module
 */
import {
  type ExperimentContext,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import { sgdRun } from "../../simulation/runs/run.ts";
import { stationary } from "../../simulation/stationary.ts";
import { stepScale } from "../../step_scale.ts";
import {
  linearNoiseFloor,
  linearRelaxation,
  type NoiseFloor,
  noiseFloor,
} from "../../theory/floor.ts";
import { strongPretraining } from "../../theory/strong.ts";
import { runsOf, settingOf, sgdParameters, strengthColumn } from "../physics.ts";
import { stepsOf, whyNoSearchTheory } from "../search_theory.ts";

const { start: _start, batch: _batch, ...physics } = sgdParameters({
  ...{ mu: [0.2, 0.5, 0.7], d: 1e5, step: 0.1, noise: 0.5, copies: 40 },
});

/**
 * Parameters of {@linkcode noiseFloors}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const floorParameters = {
  ...physics,
  batchPerD: param.numbers([1, 4], "fresh inputs a step divided by d", { above: 0, entries: 1 }),
  burnIn: param.integer(1000, "steps from the optimum before the average", { least: 0 }),
  averaged: param.integer(2000, "steps averaged over", { least: 1 }),
  relaxing: param.integer(100, "steps without label noise in which the loss falls, for its time", {
    least: 2,
  }),
};

/** Square of the tilt from which the loss relaxes: small, so that it is the late phase. */
const TILT = 1e-3;

/** Parameters of a run. */
export type FloorParameters = Values<typeof floorParameters>;

/** Time averages of one copy. */
export interface FloorRow extends Row {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Samples a step divided by `d`. */
  perD: number;
  /** Seed of its group of copies. */
  seed: string;
  /** Number of the copy. */
  copy: number;
  /** Mean of `1 − |m|`. */
  gap: number;
  /** Mean excess risk. */
  risk: number;
  /** Steps in which the loss falls by a factor e near the optimum, without label noise. */
  time: number;
}

/** Means over the copies beside both predictions. */
export interface FloorMean extends Row {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Samples a step divided by `d`. */
  perD: number;
  /** Mean of `1 − |m|`. */
  gap: number;
  /** Its standard error. */
  gapSe: number;
  /** Fixed point of the mean step; `null` but for the linear target. */
  gapExact: number | null;
  /** Leading order `ηΔd/(4bN_k)`; `null` where theory does not hold. */
  gapLeading: number | null;
  /** Mean excess risk. */
  risk: number;
  /** Its standard error. */
  riskSe: number;
  /** As for the gap. */
  riskExact: number | null;
  /** As for the gap. */
  riskLeading: number | null;
  /** Mean time in which the loss falls by a factor e. */
  time: number;
  /** Mean risk times time, divided by `Δd/(8b)`. */
  product: number;
  /** Its standard error. */
  productSe: number;
  /** What the linear recursion says of it; `null` but for the linear target. */
  productExact: number | null;
}

export async function floorRuns(
  p: FloorParameters,
  { sweep }: ExperimentContext,
): Promise<FloorRow[]> {
  const { copies, seed, burnIn, averaged, relaxing } = p;
  const cells = <T extends object>(more: T, tilt: number, noise: number) =>
    p.mu.flatMap((w0) =>
      p.batchPerD.map((perD) => {
        const batch = Math.max(1, Math.round(perD * p.d)), { u, a } = optimumOf(w0);
        const start = { u, a: a.map((x) => x * Math.sqrt(1 - tilt)) };
        return {
          columns: { mu: strengthColumn(w0), perD },
          setting: { ...settingOf({ ...p, batch, noise, start }, w0), ...more },
        };
      })
    );
  const shared = { copies, seed, together: 10 };
  const floors = await runsOf(sweep, {
    ...{ run: stationary, cells: cells({ burnIn, averaged }, 0, p.noise), ...shared },
  });
  // The first quarter lets u follow.
  const looks = [Math.ceil(relaxing / 4), Math.ceil(relaxing / 4) + relaxing];
  const falls = await runsOf(sweep, {
    ...{ run: sgdRun, cells: cells({ looks }, TILT, 0), ...shared },
  });
  const timeOf = (at: { mu: number | string; perD: number; copy: number }) => {
    const [first, last] = falls.filter((row) =>
      row.mu === at.mu && row.perD === at.perD && row.copy === at.copy
    ).map(({ loss }) => loss);
    return relaxing / Math.log(first / last);
  };
  return floors.map(({ mu, perD, seed, copy, gap, loss }) => (
    { mu, perD, seed, copy, gap, risk: loss, time: timeOf({ mu, perD, copy }) }
  ));
}

/** The adapter that completes the frozen weight: `u ω = ω⋆ − w₀`. */
function optimumOf(w0: FloorParameters["mu"][number]): { u: number; a: number[] } {
  const missing = [w0].flat().map((x: number, j: number) => (j === 0 ? 1 : 0) - x);
  const u = Math.hypot(...missing);
  return { u, a: missing.map((x) => x / u) };
}

/** Why theory does not hold; nothing where it does. */
export function whyNoFloor(
  p: FloorParameters,
  w0: FloorParameters["mu"][number],
): string | undefined {
  if (p.teacher !== null) return "it is that of matched activations";
  if (p.noise === 0) return "there is no label noise";
  const why = whyNoSearchTheory({ ...p, start: "random" }, w0);
  if (why !== undefined || activation(p.student).name !== "x") return why;
  const [, step] = stepsOf(p), load = step * (1 - (w0 as number)) ** 2;
  return p.batchPerD.every((perD) => load * (1 + 1 / perD) < 2)
    ? undefined
    : "the optimum is not stable at this step and batch";
}

/** Predictions at a strength. */
export interface FloorTheory {
  /** Leading order. */
  readonly leading: NoiseFloor;
  /** Fixed point of the mean step; `null` but for the linear target. */
  readonly exact: NoiseFloor | null;
  /** Steps in which the loss falls by a factor e. */
  readonly time: number;
}

/** All predictions at a strength. */
export function floorTheory(p: FloorParameters, mu: number, perD: number): FloorTheory {
  const [, step] = stepsOf(p), scale = stepScale(p.student), { d, noise: labelNoise } = p;
  const setting = { step, labelNoise, d, batch: perD * d, mu };
  const { kappa, kappaZ } = strongPretraining(p.student);
  const leading = noiseFloor({ ...setting, kappa, kappaZ });
  const linear = activation(p.student).name === "x";
  return {
    leading: { ...leading, gap: leading.gap / scale },
    exact: linear ? linearNoiseFloor(setting) : null,
    time: linear ? linearRelaxation(setting) : 1 / (2 * kappa * step * (1 - mu) ** 2),
  };
}

/** `Δd/(8b)`: excess risk times relaxation time to leading order, for every target, strength and step size. */
export function unitOf(p: FloorParameters, perD: number): number {
  return p.noise / (8 * perD);
}

/** Means over the copies, with what theory says of each. */
export function floorMeans(rows: readonly FloorRow[], p: FloorParameters): FloorMean[] {
  return p.mu.flatMap((w0) =>
    p.batchPerD.map((perD): FloorMean => {
      const own = where(where(rows, "mu", strengthColumn(w0)), "perD", perD);
      const gap = summary(own.map((row) => row.gap)), risk = summary(own.map((row) => row.risk));
      const holds = whyNoFloor(p, w0) === undefined, unit = unitOf(p, perD);
      const product = summary(own.map((row) => row.risk * row.time / unit));
      const theory = holds ? floorTheory(p, w0 as number, perD) : null;
      return {
        ...{ mu: strengthColumn(w0), perD, gap: gap.mean, gapSe: gap.se },
        gapExact: theory?.exact?.gap ?? null,
        gapLeading: theory?.leading.gap ?? null,
        ...{ risk: risk.mean, riskSe: risk.se, riskExact: theory?.exact?.excessRisk ?? null },
        riskLeading: theory?.leading.excessRisk ?? null,
        time: summary(own.map((row) => row.time)).mean,
        ...{ product: product.mean, productSe: product.se },
        productExact: theory?.exact ? theory.exact.excessRisk * theory.time / unit : null,
      };
    })
  );
}
