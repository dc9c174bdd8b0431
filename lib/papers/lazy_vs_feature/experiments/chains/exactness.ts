/**
 * Exactness in law: every chain beside SGD on whole inputs, and beside a chain that is wrong.
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
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, legendOf, type Series } from "../../../../figure/mod.ts";
import { lawComparisons, type LawRow } from "../../simulation/laws.ts";
import { LAW_NAMES, type LawLike, lawOf } from "./laws.ts";

/**
 * Parameters of {@linkcode exactness}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const exactnessParameters = {
  laws: param.values<LawLike>(
    [...LAW_NAMES],
    "processes: names, or { name, setting, looks, controls } of your own",
    lawOf,
    `one of ${LAW_NAMES.join("; ")}, or { name, setting, looks, controls }`,
  ),
  copies: param.integer(4000, "copies of each chain and of each direct run", { least: 100 }),
  seed: param.seed(),
};

type Parameters = Values<typeof exactnessParameters>;

/** One comparison of a process. */
export interface ExactnessRow extends LawRow {
  /** Process. */
  law: string;
}

/** How far a chain is from its direct algorithm, over all that was compared. */
export interface LawDistance extends Row {
  /** Process. */
  law: string;
  /** `"exact"`, or what is wrong with the chain. */
  chain: string;
  /** Largest `|z|`. */
  z: number;
  /** Chance that the smallest of so many p-values is as small under one law (Šidák). */
  p: number;
  /** Comparisons. */
  count: number;
  /** Whether both may be one law: `|z| < 4.5` and `p > 10⁻⁴`. */
  one: boolean;
}

/** Bounds of one law. Of a thousand true `|z|` fewer than one in a hundred runs exceeds 4.5. */
export const LAW_BOUNDS = { z: 4.5, p: 1e-4 } as const;

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<ExactnessRow[]> {
  const cells = p.laws.map(lawOf).map(({ name: law, ...cell }) => (
    { law, ...cell, copies: p.copies }
  ));
  const rows = await sweep({ run: lawComparisons, cells });
  return rows.map(({ law, chain, parameter, at, mean, direct, z, zSquare, p }) => (
    { law: String(law), chain, parameter, at, mean, direct, z, zSquare, p }
  ));
}

/** Distance of every chain from its direct algorithm. */
export function lawDistances(rows: readonly ExactnessRow[]): LawDistance[] {
  return distinct(rows, "law").flatMap((law) => {
    const own = where(rows, "law", law);
    return distinct(own, "chain").map((chain): LawDistance => {
      const all = where(own, "chain", chain);
      const sizes = all.flatMap(({ z, zSquare }) => [Math.abs(z), Math.abs(zSquare)]);
      const z = Math.max(...sizes.map((x) => Number.isNaN(x) ? Infinity : x));
      const least = Math.min(...all.map(({ p }) => Number.isNaN(p) ? 0 : p));
      const p = -Math.expm1(all.length * Math.log1p(-least));
      return { law, chain, z, p, count: sizes.length, one: z < LAW_BOUNDS.z && p > LAW_BOUNDS.p };
    });
  });
}

function draw(rows: readonly ExactnessRow[], p: Parameters): Figure {
  const distances = lawDistances(rows), names = p.laws.map((law) => lawOf(law).name);
  const place = (law: string) => names.indexOf(law) + 1;
  const series = (exact: boolean, of: (row: LawDistance) => number): Series => ({
    name: exact ? "exact chain" : "chain with a mistake",
    look: exact ? 0 : 1,
    marks: distances.filter(({ chain }) => (chain === "exact") === exact)
      .map((row) => ({ x: place(row.law), y: of(row) })),
  });
  const bound = (y: number): Series => ({
    name: "bound of one law",
    guide: [{ x: 0.5, y }, { x: names.length + 0.5, y }],
  });
  const x = {
    label: "process, in the order of the caption",
    domain: [0.3, names.length + 0.7] as [number, number],
    ticks: names.map((_, i) => i + 1).filter((i) => names.length < 10 || i % 2 === 1),
    tickFormat: (i: number) => String(i),
  };
  const size = ({ p: chance }: LawDistance) => Math.max(1e-20, chance);
  const both = [true, false];
  return figureOf([
    {
      ...{ title: "means and mean squares", x },
      y: { label: "largest |/{z}|", type: "log" },
      series: [
        ...both.map((exact) => series(exact, ({ z }) => Math.min(z, 300))),
        bound(LAW_BOUNDS.z),
      ],
    },
    {
      ...{ title: "distribution functions", x },
      y: { label: "chance of the least /{p}", type: "log" },
      series: [...both.map((exact) => series(exact, size)), bound(LAW_BOUNDS.p)],
    },
  ], {
    columns: 2,
    legend: legendOf([series(true, size), series(false, size), bound(1)]),
    caption:
      `Chains against SGD on whole inputs, ${p.copies} copies of each, few directions and large steps from a ` +
      `fixed start: differences of all order parameters at two times in standard errors (a), and the ` +
      `Kolmogorov–Smirnov test corrected for their number (b), cut at 10⁻²⁰. Circles: the exact chain. Other ` +
      `marks: chains with one mistake each. ${
        names.map((name, i) => `${i + 1}: ${name}`).join("; ")
      }.`,
  });
}

/**
 * Whether chains have the law of SGD in `d` dimensions: means, mean squares and distribution functions of two and more order
 * parameters after some steps; chains with one mistake each show what the comparison can see.
 *
 * Scale: steps. Source: ours.
 *
 * @example A process of a reader's own: an activation, a rule and a law of the labels.
 * ```ts
 * import { exactness, lawDistances } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const setting = {
 *   kind: "fine-tuning",
 *   model: { activation: "log(1 + exp(3z))", k: 2, kappa: 1, hatC: [0.4, 0.9] },
 *   run: { n: 4, alpha: 4, m0: 0.2, noise: 1, noiseLaw: "laplace" },
 * } as const;
 * const wrong = { ...setting, run: { ...setting.run, extraDegrees: 1 } };
 * const mine = { name: "mine", setting, looks: [6], controls: { "χ² of n − 1": wrong } };
 * const { rows } = await exactness({ laws: [mine], copies: 3000 });
 * assertEquals(lawDistances(rows).map(({ one }) => one), [true, false]);
 * ```
 */
export const exactness: Experiment<typeof exactnessParameters, ExactnessRow[], Figure> = experiment(
  {
    name: "exactness in law",
    about:
      "Have the chains the law of SGD on whole inputs? Chains with a mistake show what is seen.",
    parameters: exactnessParameters,
    quick: { copies: 2000 },
    run,
    figure: draw,
    table: lawDistances,
  },
);
