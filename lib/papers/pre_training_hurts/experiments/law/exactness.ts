/**
 * Exactness in law: the chain beside SGD on whole inputs, for any target, rule, loss, noise and inputs.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  where,
} from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { frozenOf } from "../../frozen.ts";
import {
  type LawCell,
  type LawRow,
  lawSample,
  type LawSampler,
} from "../../simulation/law/sample.ts";
import { runsOf, settingOf, strengthColumn } from "../physics.ts";
import { drawExactness } from "./_exactness_figure.ts";
import { compareLaws, type Statistics } from "./compare.ts";
import {
  controlName,
  type ExactnessParameters,
  exactnessParameters,
  type ExactnessRow,
  type LawControl,
  type QuantileRow,
} from "./parameters.ts";

/** What a control changes in the setting of a chain. */
function faultOf(control: LawControl): Partial<LawCell> {
  if (control === 0) return {};
  return typeof control === "object" && control !== null
    ? control as Partial<LawCell>
    : { degrees: control };
}

/** Rows of {@linkcode exactness}. */
export type ExactnessRows = {
  readonly comparisons: readonly ExactnessRow[];
  readonly quantiles: readonly QuantileRow[];
};

/** What is compared: invariants first, and powers that see the length of the rest. */
function statisticsOf(p: ExactnessParameters): Statistics<LawRow> {
  return {
    ...{ u: ({ u }) => u, m: ({ m }) => m, "u m": ({ u, m }) => u * m, h: ({ h }) => h },
    ...(p.mu.some((w0) => frozenOf(w0).length > 1) ? { n: ({ n }) => n } : {}),
    // On the sphere with an aligned weight m² follows from h.
    ...(p.sphere ? {} : { "m²": ({ m }) => m ** 2 }),
  };
}

const LEVELS = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

function quantilesOf(values: readonly number[]): number[] {
  const sorted = values.toSorted((x, y) => x - y);
  return LEVELS.map((level) => sorted[Math.round(level * (sorted.length - 1))]);
}

/** Name of what chains are compared with. */
const REFERENCE = "reference";

async function run(p: ExactnessParameters, { sweep }: ExperimentContext): Promise<ExactnessRows> {
  const { copies, seed, looks } = p, statistics = statisticsOf(p);
  const cellsOf = (sampler: LawSampler, chain: string, control: LawControl) =>
    p.mu.map((w0) => ({
      columns: { mu: strengthColumn(w0), chain },
      setting: { ...settingOf(p, w0), sampler, looks, ...faultOf(control) },
    }));
  const chains: readonly LawControl[] = [0, ...p.controls];
  const samples = await runsOf<
    Omit<LawCell, "copies">,
    LawRow,
    { mu: number | string; chain: string }
  >(sweep, {
    run: lawSample,
    cells: [
      ...cellsOf(p.against, REFERENCE, 0),
      ...chains.flatMap((control) => cellsOf(p.chain, controlName(control), control)),
    ],
    ...{ copies, seed, together: 500, label: `exactness, ${p.chain} and ${p.against}` },
  });
  const reference = where(samples, "chain", REFERENCE);
  const comparisons: ExactnessRow[] = [], quantiles: QuantileRow[] = [];
  for (const control of chains) {
    const chain = controlName(control), all = where(samples, "chain", chain);
    for (const mu of distinct(all, "mu")) {
      const [own, other] = [where(all, "mu", mu), where(reference, "mu", mu)];
      comparisons.push(
        ...compareLaws(own, other, statistics).map((row) => ({ mu, chain, ...row })),
      );
      const [x, y] = [own, other].map((rows) =>
        quantilesOf(where(rows, "at", looks.at(-1)!).map(({ m }) => m))
      );
      LEVELS.forEach((level, i) =>
        quantiles.push({ mu, chain, level, reference: y[i], quantile: x[i] })
      );
    }
  }
  return { comparisons, quantiles };
}

/**
 * Whether the chain is exact in law for a target, rule, loss, noise and inputs of yours: means, mean squares and
 * distribution functions of `u`, `m`, `u m` and `h` after some steps, of the chain and of SGD on whole inputs; broken
 * chains beside them show what the comparison can see.
 *
 * Scale: steps. Source: ours.
 *
 * @example A rule, an activation and a law of the labels that no paper has: one line.
 * ```ts
 * import { exactness, isOneLaw, lawDistance } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows } = await exactness({
 *   preset: "quick", student: "tanh(z)", rule: "momentum", noise: 0.3, noiseLaw: "laplace", copies: 500,
 * });
 * const verdict = (chain: string) => isOneLaw(lawDistance(rows.comparisons.filter((row) => row.chain === chain)));
 * assertEquals([verdict("exact"), verdict("degrees +1")], [true, false]);
 * ```
 */
export const exactness: Experiment<typeof exactnessParameters, ExactnessRows, Figure> = experiment({
  name: "exactness in law",
  about:
    "Has the chain the law of SGD on whole inputs, for a target, rule, noise and inputs of yours?",
  parameters: exactnessParameters,
  quick: { copies: 750 },
  run,
  figure: ({ comparisons, quantiles }, p) => drawExactness(comparisons, quantiles, p),
  table: ({ comparisons }) => comparisons,
});
