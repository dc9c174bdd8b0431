/**
 * Experiments on steps against dimension and perturbation.
 *
 * @module
 */
import { byPreset, type Preset, sweep, type SweepRow } from "../../../experiment/mod.ts";
import { claim2Gram, type ModelOptions, quantised } from "../model.ts";
import { type HittingCell, type HittingRow, hittingTimes } from "../simulation/mod.ts";
import { S, SEED } from "./runs.ts";

/** Rows of times to half an overlap. */
export type HittingRows = SweepRow<HittingCell, HittingRow, string>[];

/** Step scale of the fine-tuning runs of F4: the best one for the time to `m = ½`. */
export const FASTEST = 0.351;

function hitting(name: string, cells: HittingCell[], seed = SEED): Promise<HittingRows> {
  return sweep({ name, run: hittingTimes, cells, seeds: [seed] });
}

/** F5, C11: one teacher on a plane, fine-tuned and from scratch. */
export function planeTimes(preset: Preset, seed?: string): Promise<HittingRows> {
  const ds = byPreset(preset, [32, 64], [32, 64, 128]);
  return hitting(
    "one teacher, two ways",
    ds.flatMap((d) => [
      {
        route: "plane, fine-tuning",
        model: S,
        d,
        eta: 0.3 / (d - 1),
        copies: 256,
        maxSteps: 200 * d,
      },
      {
        route: "plane",
        model: S,
        d,
        eta: 0.5 * d ** -1.5,
        copies: byPreset(preset, 16, 32),
        maxSteps: 200 * d * d,
      },
    ]),
    seed,
  );
}

/** The paper's Claim 2 with `k = 3`, `ξ = 1` and one wrong sign, `q = ⅓`. */
export function claim2Model(): ModelOptions {
  const c = quantised(3), hatC = c.map((x, i) => i === 0 ? -x : x);
  return { activation: "h3", k: 3, kappa: 1 / Math.sqrt(3), c, hatC, gram: claim2Gram(3, c) };
}

/** F20, C33: Claim 2, fine-tuned and from scratch. */
export function claim2Times(preset: Preset, seed?: string): Promise<HittingRows> {
  const model = claim2Model(), copies = byPreset(preset, 32, 64);
  const { hatC: _, ...teacher } = model;
  return hitting("Claim 2", [
    ...byPreset(preset, [100, 300], [100, 300, 1000, 3000]).map((d) => (
      { route: "fine-tuning", model, d, eta: 0.08 / (d - 3), copies, maxSteps: 400 * d } as const
    )),
    ...byPreset(preset, [24, 36, 54], [24, 36, 54, 81]).map((d) => ({
      route: "all weights",
      model: teacher,
      d,
      eta: 0.1 * d ** -1.5,
      copies,
      maxSteps: 200 * d * d,
    } as const)),
  ], seed);
}

/** F6, C14: `h₃`, `k = 1`, `d = 400` at half the best step scale of each `κ`. */
export function kappaTimes(
  preset: Preset,
  bestScale: (kappa: number) => number,
  seed?: string,
): Promise<HittingRows> {
  const d = 400;
  return hitting(
    "times against κ",
    byPreset(preset, [0.5, 1], [0.5, 1, 1.5, 2]).map((kappa) => ({
      route: "fine-tuning",
      model: { activation: "h3", k: 1, kappa, c: [1] },
      d,
      eta: bestScale(kappa) / 2 / (d - 1),
      copies: byPreset(preset, 64, 128),
      maxSteps: 4000 * d,
    })),
    seed,
  );
}

/** Standard error of the median steps of `copies`, from the quartiles of a normal law. */
export function medianError({ low, high }: HittingRow, copies: number): number {
  return 0.93 * (Number(high) - Number(low)) / Math.sqrt(copies);
}
