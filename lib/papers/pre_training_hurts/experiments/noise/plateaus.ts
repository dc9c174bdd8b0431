/**
 * E3: the critical batch of the search, and the plateau above it.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  listed,
  scaleWords,
  type Series,
} from "../../../../figure/mod.ts";
import { stationary } from "../../simulation/stationary.ts";
import { criticalBatch, plateau, plateauShare } from "../../theory/critical_batch.ts";
import type { NoiseSetting } from "../../theory/noise.ts";
import { runsOf, settingOf, sgdParameters, strengthWords } from "../physics.ts";
import { noiseSettingOf, physicsWords, whyNoSearchTheory } from "../search_theory.ts";
import { samplerWords } from "../problem.ts";

const { start: _start, ...physics } = sgdParameters({ mu: [0.5, 0.8], step: 0.1, copies: 40 });

/**
 * Parameters of {@linkcode plateaus}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const plateauParameters = {
  ...physics,
  d: param.integers([1e7, 1e9, 1e11], "input dimensions", { least: 10 }),
  batch: param.numbers(
    [0.5, 0.7, 1, 1.4, 2, 3, 4, 10, 40],
    "fresh inputs a step divided by the critical batch b_c; rounded to whole ones, at least 2",
    { above: 0 },
  ),
  times: param.number(
    40,
    "length of the average in relaxation times |B|/A² of the search; the tenth part before it is dropped",
    { above: 0 },
  ),
};

/** Parameters of a run. */
export type PlateauParameters = Values<typeof plateauParameters>;

/** Time average of one copy. */
export interface PlateauRow extends Row {
  /** Strength. */
  mu: number;
  /** Input dimension. */
  d: number;
  /** Samples a step. */
  samples: number;
  /** These divided by the critical batch. */
  ofCritical: number;
  /** Entry of the list of batches that it stands for. */
  wanted: number;
  /** Seed of its group of copies. */
  seed: string;
  /** Number of the copy. */
  copy: number;
  /** Mean of `|m|`. */
  m: number;
  /** That divided by the plateau `m_∞` of this batch. */
  share: number;
  /** Mean of `u²`. */
  uSquare: number;
}

/** The setting of the formulas; the condition that is missing is named. */
function settingAt(p: PlateauParameters, w0: PlateauParameters["mu"][number], d: number) {
  const full = { ...p, start: "random" as const }, why = whyNoSearchTheory(full, w0);
  if (why === undefined) return noiseSettingOf(full, w0 as number, d);
  throw new RangeError(`Cannot measure plateaus in units of their theory: ${why}`);
}

function samplesAt(setting: NoiseSetting, ratio: number): number {
  return Math.max(2, Math.round(ratio * criticalBatch(setting)));
}

async function run(p: PlateauParameters, { sweep }: ExperimentContext): Promise<PlateauRow[]> {
  const cells = p.mu.flatMap((w0) =>
    p.d.flatMap((d) => {
      const setting = settingAt(p, w0, d), { matrix: { A, B }, step, ratio = 1 } = setting;
      const averaged = Math.ceil(p.times * -B / (ratio * step * A * A));
      return p.batch.map((wanted) => {
        const batch = samplesAt(setting, wanted), m = 0.7 * plateau(setting, batch);
        const start = { u: -A * m / B, a: [Math.min(0.9, m)] };
        return {
          columns: { mu: w0 as number, dimension: d, fresh: batch, wanted },
          setting: {
            ...settingOf({ ...p, d, batch, start }, w0),
            ...{ burnIn: Math.ceil(averaged / 10), averaged },
          },
        };
      });
    })
  );
  const { copies, seed } = p;
  const rows = await runsOf(sweep, { run: stationary, cells, copies, seed, together: 20 });
  return rows.map(({ mu, dimension: d, fresh: samples, wanted, seed, copy, m, uSquare }) => {
    const setting = settingAt(p, mu, d);
    return {
      ...{ mu, d, samples, ofCritical: samples / criticalBatch(setting), wanted, seed, copy, m },
      ...{ share: m / plateau(setting, samples), uSquare },
    };
  });
}

/** Mean over the copies at one batch. */
export interface PlateauMean extends Row {
  /** Strength. */
  mu: number;
  /** Input dimension. */
  d: number;
  /** Samples a step. */
  samples: number;
  /** These divided by the critical batch. */
  ofCritical: number;
  /** Mean `|m|`. */
  m: number;
  /** Mean share of the plateau. */
  share: number;
  /** Its standard error. */
  se: number;
  /** What theory says of the share for `A ≪ |B|`. */
  theory: number;
}

/** Means over the copies. */
export function plateauMeans(rows: readonly PlateauRow[]): PlateauMean[] {
  const groups = Map.groupBy(rows, ({ mu, d, wanted }) => `${mu} ${d} ${wanted}`);
  return [...groups.values()].map((group) => {
    const { mu, d, samples, ofCritical } = group[0];
    const { mean, se } = summary(group.map(({ share }) => share));
    const m = summary(group.map((row) => row.m)).mean;
    return { mu, d, samples, ofCritical, m, share: mean, se, theory: plateauShare(ofCritical) };
  });
}

/** Batches at which lines are drawn. */
function ratios(p: PlateauParameters): number[] {
  const low = Math.min(...p.batch), high = Math.max(...p.batch);
  const even = Array.from({ length: 121 }, (_, i) => low * (high / low) ** (i / 120));
  return [...even, 1, 1 + 1e-6].filter((x) => x >= low && x <= high).toSorted((a, b) => a - b);
}

function draw(rows: readonly PlateauRow[], p: PlateauParameters): Figure {
  const means = plateauMeans(rows), strengths = p.mu as readonly number[];
  const dimensions = distinct(means, "d");
  const name = (d: number) => `/{d} = ${scaleWords(d)}`;
  const raw: Drawing = {
    title: `overlap, ${strengthWords(strengths[0])}`,
    x: { label: "batch /{b}", type: "log" },
    y: { label: "plateau |/{m}|", type: "log" },
    series: dimensions.map((d): Series => {
      const setting = settingAt(p, strengths[0], d), bc = criticalBatch(setting);
      return {
        name: name(d),
        marks: where(where(means, "mu", strengths[0]), "d", d)
          .map(({ samples, m }) => ({ x: samples, y: m })),
        line: ratios(p).map((x) => ({ x: x * bc, y: plateau(setting, x * bc) * plateauShare(x) }))
          .filter(({ y }) => y > 0.2 * plateau(setting, bc)),
      };
    }),
  };
  const collapsed = strengths.map((mu): Drawing => {
    const series: Series[] = dimensions.map((d) => {
      const own = where(where(means, "mu", mu), "d", d);
      return {
        name: name(d),
        marks: own.map(({ ofCritical, share }) => ({ x: ofCritical, y: share })),
        bars: own.map(({ ofCritical, share, se }) => (
          { x: ofCritical, y: share, low: share - se, high: share + se }
        )),
      };
    });
    const line = ratios(p).map((x) => ({ x, y: plateauShare(x) }));
    return {
      title: strengthWords(mu),
      x: { label: "/{b}//{b}_{c}", type: "log" },
      y: { label: "|/{m}|//{m}_{∞}", domain: [-0.04, 1.1] },
      series: [...series, { name: "/{A} ≪ |/{B}|", look: dimensions.length, line }],
    };
  });
  const sizes = strengths.map((mu) => {
    const { matrix: { A, B } } = settingAt(p, mu, dimensions[0]);
    return formatNumber(Math.abs(A / B), 2);
  });
  const caption = `Overlap at which one-pass SGD stops at a constant batch: ` +
    `${physicsWords({ ...p, start: "random" })}, d = ${
      dimensions.map(scaleWords).join(", ")
    }. Marks: time ` +
    `averages of ${p.copies} copies of ${samplerWords(p)} over ${
      formatNumber(p.times)
    } relaxation times, ` +
    "± standard error (mostly smaller than the marks). (a) against the batch; the others divided by " +
    "m_∞ = √(2b|B|/(ηdS₀)) against b/b_c with b_c = ηS₀√d/(2|A|), where all dimensions fall together. Lines: " +
    "√(1 − (b_c/b)²), the limit of strong pre-training; fluctuations of relative size A/|B| = " +
    `${listed(sizes)} round its edge.`;
  return figureOf([raw, ...collapsed], {
    ...{ columns: Math.min(3, 1 + strengths.length), caption, aspect: 0.95 },
    legend: legendOf([...raw.series, collapsed[0].series.at(-1)!]),
  });
}

/**
 * The plateau `|m|` of one-pass SGD at a constant batch, divided by its theory, against `b/b_c`: one curve for all
 * dimensions, so that the search needs a batch of order `√d`, and a given overlap one of order `d`.
 *
 * The start, 0.7 of the plateau, is forgotten before the average.
 *
 * Source: ours.
 *
 * @example
 * ```ts
 * import { plateauMeans, plateaus } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await plateaus({ mu: [0.6], d: [1e6, 1e9], batch: [0.5, 10], copies: 4 });
 * const shares = plateauMeans(rows).map(({ share }) => share);
 * assert(shares[0] < 0.4 && shares[2] < 0.4 && shares[1] > 0.9 && shares[3] > 0.9);
 * ```
 */
export const plateaus: Experiment<typeof plateauParameters, PlateauRow[], Figure> = experiment({
  name: "plateaus at a constant batch",
  about: "Overlap at which SGD stops at a constant batch, for several dimensions around b_c.",
  parameters: plateauParameters,
  quick: { batch: [0.5, 1, 1.4, 2, 10], copies: 10, times: 15 },
  check: (p, refuse) => {
    const bad = p.mu.find((w0) => whyNoSearchTheory({ ...p, start: "random" }, w0) !== undefined);
    if (bad !== undefined) {
      const why = whyNoSearchTheory({ ...p, start: "random" }, bad);
      refuse("mu", `such that b_c is known (${why})`, bad);
    }
  },
  run,
  figure: draw,
  table: plateauMeans,
});
