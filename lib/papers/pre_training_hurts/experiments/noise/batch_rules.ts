/**
 * E11: samples that the search needs, with a batch that grows with the adapter and with a constant one.
 *
 * @module
 */
import {
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
  scaleWords,
  type Series,
} from "../../../../figure/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import { passages } from "../../simulation/runs/passage.ts";
import {
  adaptiveBatch,
  adaptiveSamples,
  constantBatch,
  constantSamples,
} from "../../theory/adaptive_batch.ts";
import { runsOf, settingOf, sgdParameters, strengthWords } from "../physics.ts";
import { noiseSettingOf, physicsWords, whyNoMeanTheory } from "../search_theory.ts";
import { samplerWords } from "../problem.ts";

const { batch: _batch, ...physics } = sgdParameters({ mu: [0.5], step: 0.1, copies: 400 });

/**
 * Parameters of {@linkcode batchRules}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const batchRuleParameters = {
  ...physics,
  d: param.integers([1e5, 1e6, 1e7, 1e8, 1e9], "input dimensions", { least: 100 }),
  radius: param.number(0.5, "overlap |m| to reach", { above: 0, below: 1 }),
  maxSteps: param.integer(40_000, "steps after which a copy is given up", { least: 1 }),
};

/** Values of the parameters. */
export type BatchRuleParameters = Values<typeof batchRuleParameters>;

/** Samples of one copy. */
export interface BatchRuleRow extends Row {
  /** Strength. */
  mu: number;
  /** `"adaptive"` or `"constant"`. */
  law: "adaptive" | "constant";
  /** Input dimension. */
  d: number;
  /** Seed of its group of copies. */
  seed: string;
  /** Number of the copy. */
  copy: number;
  /** Samples divided by `d` until `|m|` was reached; `null` when it was not. */
  perD: number | null;
}

/** Mean samples beside theory. */
export interface BatchRuleMean extends Row {
  /** Strength. */
  mu: number;
  /** `"adaptive"` or `"constant"`. */
  law: "adaptive" | "constant";
  /** Input dimension. */
  d: number;
  /** Mean samples divided by `d`; `NaN` when a copy has not arrived. */
  perD: number;
  /** Its standard error. */
  se: number;
  /** What theory says. */
  theory: number;
  /** Part of it that the search at `4b_c` samples a step needs; 0 for the constant batch. */
  search: number;
}

const LAWS = ["adaptive", "constant"] as const;

/** Why the rules or their theory need another setting; nothing where they hold. */
function whyNot(
  p: Omit<BatchRuleParameters, "mu" | "d">,
  mu: BatchRuleParameters["mu"][number],
): string | undefined {
  const linear = [p.student, p.teacher ?? "x"].every((it) => activation(it).name === "x");
  if (!linear) return "a batch may follow u for the linear target alone";
  if ([p.step].flat().length > 1) return "it is that of equal steps";
  return whyNoMeanTheory(p, mu);
}

async function run(p: BatchRuleParameters, { sweep }: ExperimentContext): Promise<BatchRuleRow[]> {
  const { radius, maxSteps, copies, seed } = p;
  const cells = p.mu.flatMap((w0) =>
    p.d.flatMap((d) => {
      const mu = w0 as number, setting = noiseSettingOf(p, mu, d);
      const batches = {
        adaptive: adaptiveBatch(setting),
        constant: constantBatch(setting, radius),
      };
      return LAWS.map((law) => ({
        columns: { mu, law, dimension: d },
        setting: {
          ...settingOf({ ...p, d, batch: 1 }, w0),
          ...{ batch: batches[law], goal: { of: "m" as const, level: radius }, maxSteps },
        },
      }));
    })
  );
  const rows = await runsOf(sweep, { run: passages, cells, copies, seed, together: 50 });
  return rows.map(({ mu, law, dimension: d, seed, copy, samples }) => (
    { mu, law, d, seed, copy, perD: samples === null ? null : samples / d }
  ));
}

function theoryOf(p: BatchRuleParameters, mu: number, law: BatchRuleRow["law"], d: number) {
  const setting = noiseSettingOf(p, mu, d), { radius } = p;
  if (law === "constant") {
    const batch = constantBatch(setting, radius);
    return { theory: constantSamples(mu, setting, { batch, radius }), search: 0 };
  }
  const { constant, search } = adaptiveSamples(mu, setting, radius);
  return { theory: constant + search, search };
}

/** Mean samples of both rules at every dimension, with what theory says. */
export function batchRuleMeans(
  rows: readonly BatchRuleRow[],
  p: BatchRuleParameters,
): BatchRuleMean[] {
  return (p.mu as readonly number[]).flatMap((mu) =>
    LAWS.flatMap((law) =>
      p.d.map((d): BatchRuleMean => {
        const own = where(where(where(rows, "mu", mu), "law", law), "d", d);
        const { mean, se } = summary(own.map(({ perD }) => perD ?? NaN));
        return { mu, law, d, perD: mean, se, ...theoryOf(p, mu, law, d) };
      })
    )
  );
}

function draw(rows: readonly BatchRuleRow[], p: BatchRuleParameters): Figure {
  const means = batchRuleMeans(rows, p), low = Math.min(...p.d), high = Math.max(...p.d);
  const drawings = (p.mu as readonly number[]).map((mu): Drawing => ({
    title: strengthWords(mu),
    x: { label: "input dimension /{d}", type: "log", domain: [low / 2, high * 2] },
    y: { label: "samples / /{d}", type: "log" },
    series: LAWS.map((law): Series => {
      const own = where(where(means, "mu", mu), "law", law).filter(({ perD }) => perD > 0);
      return {
        name: `${law} batch`,
        marks: own.map(({ d, perD }) => ({ x: d, y: perD })),
        bars: own.map(({ d, perD, se }) => ({ x: d, y: perD, low: perD - se, high: perD + se })),
        line: Array.from({ length: 13 }, (_, i) => Math.round(low * (high / low) ** (i / 12)))
          .map((d) => ({ x: d, y: theoryOf(p, mu, law, d).theory })),
      };
    }),
    legend: "above",
  }));
  const caption =
    `Samples until |m| = ${formatNumber(p.radius)}, divided by d: ${physicsWords(p)}, d = ` +
    `${scaleWords(low)} to ${
      scaleWords(high)
    }. Adaptive batch max(4b_c, 2ηS₀du²/λ₊); the constant batch keeps the ` +
    `same noise condition at the end. Marks: ${p.copies} copies of ${
      samplerWords(p)
    } (standard errors smaller than the ` +
    "marks). Lines: the sum of the batches along the mean of SGD; the steps of the search times b.";
  return figureOf(drawings, { caption, aspect: 0.85 });
}

/**
 * Samples that the search of the linear target needs with a batch that grows with `u²`, `O(d)`, and with a constant batch
 * of the same quality at the end, `O(d ln d)`.
 *
 * Condition of both: noise shrinks the overlap at no more than a quarter of the rate at which it grows,
 * `(ηd/2b) S₀ u² ≤ λ₊/4`, all the way to the goal.
 *
 * Source: ours.
 *
 * @example
 * ```ts
 * import { batchRuleMeans, batchRules } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows, parameters } = await batchRules({ mu: [0.7], d: [1e6], copies: 20 });
 * const [adaptive, constant] = batchRuleMeans(rows, parameters);
 * assert(adaptive.perD < 0.5 && constant.perD > 3);
 * ```
 */
export const batchRules: Experiment<typeof batchRuleParameters, BatchRuleRow[], Figure> =
  experiment({
    name: "adaptive and constant batch",
    about:
      "Samples that the search needs, with a batch that grows with the adapter and a constant one.",
    parameters: batchRuleParameters,
    quick: { copies: 100, d: [1e5, 1e7, 1e9] },
    check: (p, refuse) => {
      for (const w0 of p.mu) {
        const why = whyNot(p, w0);
        if (why !== undefined) refuse("the setting", `such that the rules hold (${why})`, w0);
      }
    },
    run,
    figure: draw,
    table: batchRuleMeans,
  });
