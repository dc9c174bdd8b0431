/**
 * The numbers behind the figures on floors and bounds: F8, F19, F21, F22.
 *
 * @module
 */
import {
  byPreset,
  geomspace,
  linspace,
  median,
  type Preset,
  type Row,
  summary,
} from "../../../experiment/mod.ts";
import { checkInteger } from "../../../check.ts";
import { stream } from "../../../random/mod.ts";
import type { ActivationLike } from "../../../gaussian/mod.ts";
import { type ActivationName, ACTIVATIONS, fineTuning } from "../model.ts";
import { readOutError } from "../simulation/regression.ts";
import { activationLabel } from "./labels.ts";
import { drawSignSums } from "../simulation/signs.ts";
import { conditionFailure, exampleOneLoss } from "../theory/bounds.ts";
import { conditionHolds, type FrozenLandscape, frozenSlope } from "../theory/frozen.ts";
import { secondLayer } from "../theory/second_layer.ts";
import { frozenCost, signModel, TYPICAL_SIGNS } from "../theory/width.ts";
import { FineTuningChain } from "../simulation/chain.ts";
import { tangentFloor } from "../theory/tangent.ts";

const SEED = "7";

/** A labelled value at a position; `se` is the standard error where it is a mean. */
export interface SeriesPoint extends Row {
  /** Series it belongs to. */
  series: string;
  /** Position. */
  x: number;
  /** Value. */
  y: number;
}

/** Lines and simulated points of one panel. */
export interface PanelData {
  /** Theory. */
  lines: SeriesPoint[];
  /** Simulation. */
  means: SeriesPoint[];
}

/** Mean and standard error of read-out errors over `copies` runs. */
function readOut(
  name: string,
  model: ReturnType<typeof fineTuning>,
  options: Parameters<typeof readOutError>[1],
  copies: number,
): { y: number; se: number } {
  const runs = Array.from(
    { length: copies },
    (_, i) => readOutError(model, options, stream(SEED, name, i)),
  );
  const { mean, se } = summary(runs);
  return { y: mean, se };
}

/** F8: relative floors of both linearised models against `κ`, `k = 6`, with regressions on drawn inputs. */
export function floorData(preset: Preset): { full: PanelData; rankOne: PanelData } {
  const full: PanelData = { lines: [], means: [] }, rankOne: PanelData = { lines: [], means: [] };
  for (const activation of ["h3", "erf", "relu"] as const) {
    const series = activationLabel(ACTIVATIONS[activation]);
    const model = (kappa: number) =>
      fineTuning({ activation: ACTIVATIONS[activation], k: 6, kappa });
    for (const x of geomspace(0.05, 2, byPreset(preset, 13, 25))) {
      const floor = tangentFloor(model(x));
      full.lines.push({ series, x, y: floor.full });
      rankOne.lines.push({ series, x, y: floor.rankOne });
    }
    for (const x of byPreset(preset, [0.1, 1], [0.05, 0.1, 0.2, 0.5, 1, 2])) {
      for (const [features, { means }] of [["full", full], ["rankOne", rankOne]] as const) {
        const options = { d: 8, samples: byPreset(preset, 2000, 8000), features };
        means.push({ series, x, ...readOut(`F8 ${activation} ${x}`, model(x), options, 6) });
      }
    }
  }
  return { full, rankOne };
}

/** F19: the landscape on the side that `h(0)` points to, for random signs. */
export interface LandscapeCurve {
  /** Whether Condition 3 holds. */
  holds: boolean;
  /** Points `|m|`, `h·sgn h(0)/|h(0)|`. */
  points: { m: number; ratio: number }[];
}

/** F19(a): curves of `count` random pairs of signs. */
export function landscapeCurves(
  { activation = "h3", k = 257, kappa = Math.SQRT2, count = 30 }: {
    activation?: ActivationLike;
    k?: number;
    kappa?: number;
    count?: number;
  } = {},
): LandscapeCurve[] {
  checkInteger("draw curves", "count", count, 1, 1000);
  const rng = stream(SEED, "F19", "curves");
  const curves: LandscapeCurve[] = [];
  while (curves.length < count) {
    const landscape: FrozenLandscape = { activation, k, kappa, ...drawSignSums(rng, k) };
    const start = frozenSlope(landscape, 0), sign = Math.sign(start);
    if (start === 0) continue;
    curves.push({
      holds: conditionHolds(landscape),
      points: linspace(0, 1, 41).map((m) => (
        { m, ratio: frozenSlope(landscape, sign * m) / start }
      )),
    });
  }
  return curves;
}

/** F19(b): share of pairs of signs for which Condition 3 fails, against `κ`. */
export function failureData(preset: Preset): PanelData {
  const k = 257, draws = byPreset(preset, 2000, 20_000), rng = stream(SEED, "F19", "failures");
  const sums = Array.from({ length: draws }, () => drawSignSums(rng, k));
  const lines = geomspace(0.4, 4, 49).flatMap((x) => {
    const { bound, limit } = conditionFailure(x);
    return [
      { series: "bound (paper)", x, y: bound },
      { series: "/{h}_{3}: limit, draws", x, y: limit },
    ];
  });
  const means = [0.5, Math.SQRT1_2, 0.85, 1, 1.2, Math.SQRT2, 2, 2.8, 4].flatMap((kappa) => {
    const failing = sums.filter((signs) =>
      !conditionHolds({ activation: "h3", k, kappa, ...signs })
    ).length;
    const y = failing / draws;
    return failing < 3 ? [] : [{
      series: "/{h}_{3}: limit, draws",
      x: kappa,
      y,
      se: Math.sqrt(y * (1 - y) / draws),
    }];
  });
  return { lines, means };
}

/** A cell of the map of Example 1. */
export interface ExampleCell extends Row {
  /** Angle of `û` in degrees. */
  x: number;
  /** Scale of `ĉ` in units of `c`. */
  y: number;
  /** Loss. */
  value: number;
}

/** F22(a): loss of Example 1 over the angle of `û` and the scale of `ĉ`. */
export function exampleOneMap(size = 60): ExampleCell[] {
  checkInteger("map Example 1", "size", size, 2, 1000);
  return linspace(30, 70, size).flatMap((x) =>
    linspace(-1.5, 1.5, size).map((y) => ({ x, y, value: exampleOneLoss(x * Math.PI / 180, y) }))
  );
}

/** F22(b): error of the second layer against `1 − m` at `κ = 1`, with regressions at `k = 8`. */
export function secondLayerData(preset: Preset): PanelData {
  const lines: SeriesPoint[] = [], means: SeriesPoint[] = [];
  const cases = [["relu", 128], ["relu", 8], ["h3", 8], ["erf", 8]] as const;
  const order = cases.toSorted((a, b) => Number(a[0] === "relu") - Number(b[0] === "relu"));
  for (const [activation, k] of order) {
    const name = activationLabel(ACTIVATIONS[activation]);
    const series = activation === "relu" ? `${name}, /{k} = ${k}` : name;
    const model = fineTuning({ activation: ACTIVATIONS[activation], k, kappa: 1 });
    for (const x of geomspace(1e-4, 0.3, byPreset(preset, 9, 17))) {
      lines.push({ series, x, y: secondLayer(model, 1 - x).candidate });
    }
    if (k > 8) continue;
    for (const x of [0.001, 0.01, 0.1, 0.3]) {
      const options = {
        features: "secondLayer",
        d: 10,
        samples: byPreset(preset, 1000, 8000),
        m: 1 - x,
      } as const;
      const { square } = secondLayer(model, 1 - x);
      const { y, se } = readOut(`F22 ${activation} ${x}`, model, options, 6);
      means.push({ series, x, y: y * square, se: se * square });
    }
  }
  return { lines, means };
}

/** F21(a): best time to `m² = 1 − ε` for h₃, `k = 9`, `κ = 1/√2`, with a wrong frozen `ĉ` and the true one. */
export function accuracyData(preset: Preset): PanelData {
  const kappa = Math.SQRT1_2, k = 9, sums = { c: 1, hatC: 1 };
  const wrong = signModel("h3", { k, kappa, sums: { c: 1, hatC: -1, both: 3 } });
  const cases = [
    { series: "/{ĉ} wrong", model: wrong },
    { series: "/{ĉ} = /{c}", model: signModel("h3", { k, kappa, sums: { ...sums, both: k } }) },
  ];
  const lines: SeriesPoint[] = [], means: SeriesPoint[] = [], n = byPreset(preset, 500, 1000);
  for (const { series, model } of cases) {
    for (const epsilon of geomspace(0.005, 0.3, byPreset(preset, 6, 17))) {
      const { time } = frozenCost(model, { target: Math.sqrt(1 - epsilon) });
      lines.push({ series, x: 1 / epsilon, y: time });
    }
    for (const epsilon of byPreset(preset, [0.2], [0.2, 0.1, 0.05])) {
      const target = Math.sqrt(1 - epsilon), { alpha } = frozenCost(model, { target });
      const times = Array.from({ length: byPreset(preset, 5, 9) }, (_, i) => {
        const rng = stream(SEED, "F21", series, epsilon, i);
        const chain = new FineTuningChain(model, { n, alpha, m0: 0 }, rng);
        while (Math.abs(chain.m) < target) chain.step();
        return chain.steps / n;
      });
      means.push({ series, x: 1 / epsilon, y: median(times) });
    }
  }
  return { lines, means };
}

/** F21(b), (c): best time to `|m| = 0.9` of the paper's algorithm against `k`, for typical signs. */
export function widthData(preset: Preset): { half: SeriesPoint[]; one: SeriesPoint[] } {
  const activations = byPreset(preset, ["h3", "erf"], ["h3", "erf", "relu"]) as ActivationName[];
  const cost = (kappaOf: (k: number) => number) =>
    activations.flatMap((activation) =>
      TYPICAL_SIGNS.filter((_, i) =>
        activation === "h3" || (preset === "full" ? activation === "erf" || i !== 1 : i % 2 === 0)
      )
        .map(({ k, sums }) => {
          const { time } = frozenCost(
            signModel(ACTIVATIONS[activation], { k, kappa: kappaOf(k), sums }),
          );
          return { series: activationLabel(ACTIVATIONS[activation]), x: k, y: time };
        })
    );
  return { half: cost(() => 0.5), one: cost((k) => 1 / Math.sqrt(k)) };
}
