/**
 * Two-sample comparisons of every chain with its direct algorithm, as a task of sweeps.
 *
 * @module
 */
import { checkInteger, checkSorted } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { ksTwoSample, summary } from "../../../experiment/table/statistics.ts";
import { type Stream, stream } from "../../../random/mod.ts";
import { modelOf, type ModelSpec } from "../model_spec.ts";
import { FineTuningChain } from "./chain.ts";
import { DirectFineTuning } from "./direct.ts";
import { DirectGeneral, DirectPlane, DirectScratch } from "./direct_scratch.ts";
import { GeneralChain, type GeneralOptions } from "./general.ts";
import type { RunOptions } from "./options.ts";
import { PlaneChain } from "./plane.ts";
import { ScratchChain, type ScratchOptions } from "./scratch.ts";

/** A process whose law is asked for: a model and an algorithm, at one setting. */
export type LawSetting =
  | { readonly kind: "fine-tuning"; readonly model: ModelSpec; readonly run: RunOptions }
  | { readonly kind: "general u"; readonly model: ModelSpec; readonly run: GeneralOptions }
  | { readonly kind: "all weights"; readonly model: ModelSpec; readonly run: ScratchOptions }
  | { readonly kind: "plane"; readonly run: ScratchOptions };

/** A process, with chains that are wrong. */
export interface LawCell {
  /** The process. */
  readonly setting: LawSetting;
  /** Settings of chains with a mistake, by what it is. */
  readonly controls: Readonly<Record<string, LawSetting>>;
  /** Steps at which copies are read, increasing. */
  readonly looks: readonly number[];
  /** Copies of each. */
  readonly copies: number;
}

/** One comparison of a chain with direct runs: mean, mean square and distribution of an order parameter. */
export interface LawRow extends Row {
  /** `"exact"`, or what is wrong with the chain. */
  chain: string;
  /** Order parameter. */
  parameter: string;
  /** Steps. */
  at: number;
  /** Mean of the chain. */
  mean: number;
  /** Mean of the direct runs. */
  direct: number;
  /** Difference of the means in standard errors. */
  z: number;
  /** Difference of the mean squares in standard errors. */
  zSquare: number;
  /** p-value of the two-sample Kolmogorov–Smirnov test. */
  p: number;
}

interface Copy {
  run(steps: number): void;
  read(): Record<string, number>;
}

function open(setting: LawSetting, sampler: "chain" | "direct", rng: Stream): Copy {
  const chain = sampler === "chain";
  if (setting.kind === "plane") {
    if (chain) {
      const run = new PlaneChain(setting.run, rng);
      return {
        run: (steps) => run.run(steps),
        read: () => ({
          M22: run.overlaps[3],
          "‖M‖²": run.overlaps.reduce((sum, x) => sum + x * x, 0),
        }),
      };
    }
    const run = new DirectPlane(setting.run, rng);
    return {
      run: (steps) => run.run(steps),
      read: () => ({
        M22: run.overlap(1, 1),
        "‖M‖²": [0, 1, 2, 3].reduce((sum, i) => sum + run.overlap(i >> 1, i & 1) ** 2, 0),
      }),
    };
  }
  const model = modelOf(setting.model, rng);
  if (setting.kind === "all weights") {
    const run = new (chain ? ScratchChain : DirectScratch)(model, setting.run, rng);
    return {
      run: (steps) => run.run(steps),
      read: () => ({ M11: run.overlap(0, 0), Q12: run.between(0, 1) }),
    };
  }
  if (setting.kind === "general u") {
    const run = new (chain ? GeneralChain : DirectGeneral)(model, setting.run, rng);
    return {
      run: (steps) => run.run(steps),
      read: () => ({ m: run.m, "û in span W": run.inside }),
    };
  }
  const run = new (chain ? FineTuningChain : DirectFineTuning)(model, setting.run, rng);
  const { algorithm = "sphere" } = setting.run;
  return {
    run: (steps) => run.run(steps),
    read: () => ({
      m: run.m,
      ...(algorithm === "sphere" || algorithm === "joint" ? {} : { "|û|²": run.nu }),
      ...(algorithm === "joint" || algorithm === "adapter"
        ? { q: run.q, "ĉ₁": run.hatC[0], "m q": run.m * run.q }
        : {}),
    }),
  };
}

/** Values of order parameters, by parameter and number of steps. */
type Sample = Map<string, { parameter: string; at: number; values: number[] }>;

function sampleOf(
  setting: LawSetting,
  sampler: "chain" | "direct",
  { looks, copies, seed }: Pick<LawCell, "looks" | "copies"> & { seed: string },
): Sample {
  const sample: Sample = new Map();
  for (const copy of Array(copies).keys()) {
    const run = open(setting, sampler, stream(seed, "law", sampler, copy));
    let done = 0;
    for (const at of looks) {
      run.run(at - done);
      done = at;
      for (const [parameter, value] of Object.entries(run.read())) {
        const key = `${parameter} ${at}`, known = sample.get(key);
        if (known) known.values.push(value);
        else sample.set(key, { parameter, at, values: [value] });
      }
    }
  }
  return sample;
}

/** Difference of two means in standard errors; samples without spread must be equal. */
function zOf(x: readonly number[], y: readonly number[]): number {
  const a = summary(x), b = summary(y), error = Math.hypot(a.se, b.se);
  return error > 0 ? (a.mean - b.mean) / error : a.mean === b.mean ? 0 : Infinity;
}

/** Compares a chain, and chains with a mistake, with SGD on whole inputs. */
export const lawComparisons: Task<LawCell, LawRow> = task(
  import.meta.url,
  "lawComparisons",
  ({ setting, controls, looks, copies }: LawCell, { seed }): LawRow[] => {
    checkInteger("compare laws", "copies", copies, 2);
    checkSorted("compare laws", "looks", looks);
    const options = { looks, copies, seed }, direct = sampleOf(setting, "direct", options);
    const square = (list: readonly number[]) => list.map((value) => value * value);
    return Object.entries({ exact: setting, ...controls }).flatMap(([chain, own]) =>
      [...sampleOf(own, "chain", options)].map(([key, { parameter, at, values: x }]): LawRow => {
        const y = direct.get(key)!.values;
        return {
          ...{ chain, parameter, at, mean: summary(x).mean, direct: summary(y).mean },
          ...{ z: zOf(x, y), zSquare: zOf(square(x), square(y)), p: ksTwoSample(x, y).p },
        };
      })
    );
  },
);
