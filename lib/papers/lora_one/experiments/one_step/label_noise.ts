/**
 * F7: when label noise leaves nothing of the truth in the one-step gradient.
 *
 * @module
 */
import { type Experiment, experiment, type Refuse } from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { noiseRun } from "../../simulation/runs/noise.ts";
import { strengthUnit } from "../../theory/noise.ts";
import { copiesOf } from "../parts.ts";
import { noiseFigure } from "./_noise_figure.ts";
import {
  type NoiseParameters,
  noiseParameters,
  type NoiseResult,
  noiseTable,
} from "./noise_table.ts";

function check(p: NoiseParameters, refuse: Refuse): void {
  if (p.N.some((N) => N <= p.d)) refuse("N", `above d = ${p.d}`, p.N);
  if (new Set(p.N).size < p.N.length || p.N.length > 3) {
    refuse("N", "at most three different numbers", p.N);
  }
  for (const name of ["mapRatios", "mapStrengths"] as const) {
    const [low, high, ...more] = p[name];
    if (!(low < high) || more.length > 0) refuse(name, "two ends, the lower one first", p[name]);
  }
  const least = Math.round(p.mapRatios[0] * p.d);
  if (least <= p.d) refuse("mapRatios", `such that N exceeds d = ${p.d}`, p.mapRatios);
}

/**
 * F7: overlaps of the one-step gradient with a rank-one truth under label noise, the risk of the start that it
 * gives, and the phase diagram.
 *
 * Source: ours, beyond the paper.
 *
 * @example Twice the noise: the same transition at twice the strength.
 * ```ts
 * import { labelNoise } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows } = await labelNoise({ d: 30, k: 20, N: [600], sigma: 2, strengths: [4], copies: 2 });
 * assertEquals(rows.map(({ u2 }) => u2 > 0.5), [true, true]);
 * ```
 */
export const labelNoise: Experiment<
  typeof noiseParameters,
  NoiseResult[],
  Figure,
  Record<never, never>
> = experiment({
  name: "label noise",
  about:
    "Overlaps of the one-step gradient with the truth, and the risk of its start, under noise.",
  parameters: noiseParameters,
  quick: { copies: 4, mapPoints: 12 },
  check,
  run: ({ d, k, N, sigma, strengths, copies, seed }, { sweep }) =>
    sweep({
      run: noiseRun,
      cells: N.map((n) => {
        const unit = strengthUnit({ d, k, N: n, sigma });
        return { d, k, N: n, sigma, strengths: strengths.map((x) => x * unit) };
      }),
      seeds: copiesOf(seed, copies),
      // A few draws are over before two workers have started.
      ...(copies * d * k * N.length <= 800_000 ? { workers: 0 } : {}),
    }),
  figure: noiseFigure,
  table: (rows, p) => noiseTable(rows, p),
});
