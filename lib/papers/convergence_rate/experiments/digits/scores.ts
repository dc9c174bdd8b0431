/**
 * What a schedule scores on the digits over the copies.
 *
 * @module
 */
import {
  type ExperimentContext,
  type Summary,
  summary,
  where,
} from "../../../../experiment/mod.ts";
import { rateRule, type RuleLike } from "../../rules.ts";
import { type DigitsRow, digitsRun } from "../../simulation/digits.ts";
import { adapterStart, type StartLike } from "../../starts.ts";

/** A training run at a step, with what it is. */
export interface DigitsPoint extends DigitsRow {
  /** Name of the schedule. */
  schedule: string;
  /** Rank. */
  rank: number;
  /** Name of the start. */
  start: string;
  /** Number of the copy. */
  copy: number;
}

/** What a schedule scores over the copies. */
export interface Score {
  /** Final loss on the training images. */
  readonly loss: Summary;
  /** Mean minibatch loss of the steps 91 to 110. */
  readonly early: Summary;
  /** Accuracy on the test images. */
  readonly accuracy: Summary;
  /** Final `‖V‖²`. */
  readonly v2: Summary;
  /** Learning rate of the first step, and of the last. */
  readonly eta: readonly [number, number];
  /** The learning rate of the first step over that of the rule `paper`. */
  readonly overCertified: number;
  /** Copies that failed: the loss exceeded 50, or ended above `log 10`. */
  readonly failed: number;
  /** Copies. */
  readonly copies: number;
}

/** Summary of the runs of one schedule; `NaN` where no run ended. */
export function scoreOf(rows: readonly DigitsPoint[]): Score {
  const runs = [...Map.groupBy(rows, ({ copy }) => copy).values()];
  const ended = runs.filter((run) => run.at(-1)!.trainLoss !== null);
  const over = (of: (run: DigitsPoint[]) => number): Summary =>
    ended.length > 0 ? summary(ended.map(of)) : { n: 0, mean: NaN, sd: NaN, se: NaN };
  const last = (key: "trainLoss" | "accuracy" | "v2") => over((run) => Number(run.at(-1)![key]));
  const first = summary(runs.map(([{ eta }]) => eta)).mean;
  return {
    loss: last("trainLoss"),
    early: over((run) => {
      const near = run.filter(({ step }) => step === 100 || step === 110);
      return near.length === 0 ? NaN : summary(near.map((row) => row.loss)).mean;
    }),
    accuracy: last("accuracy"),
    v2: last("v2"),
    eta: [first, over((run) => run.at(-1)!.eta).mean],
    overCertified: first / summary(runs.map(([{ certified }]) => certified)).mean,
    failed: runs.filter((run) => !(Number(run.at(-1)!.trainLoss ?? 99) < Math.LN10)).length,
    copies: runs.length,
  };
}

/** Score of a schedule among others. */
export function scheduleScore(rows: readonly DigitsPoint[], schedule: string): Score {
  return scoreOf(where(rows, "schedule", schedule));
}

/** Runs of every rule, rank and start. */
export async function digitsRuns(
  sweep: ExperimentContext["sweep"],
  { rules, ranks, starts, batch, epochs, copies, seed }: {
    rules: readonly RuleLike[];
    ranks: readonly number[];
    starts: readonly StartLike[];
    batch: number;
    epochs: number;
    copies: number;
    seed: string;
  },
): Promise<DigitsPoint[]> {
  const cells = rules.flatMap((rule) =>
    ranks.flatMap((rank) =>
      starts.map((startedBy) => ({
        ...{ schedule: rateRule(rule).name, rule, rank, start: adapterStart(startedBy).name },
        ...{ startedBy, batch, epochs },
      }))
    )
  );
  const seeds = Array.from({ length: copies }, (_, i) => `${seed}/${i + 1}`);
  const rows = await sweep({ run: digitsRun, cells, seeds });
  return rows.map(({ schedule, rank, start, seed, ...row }) => {
    const { step, loss, eta, certified, v2, trainLoss, accuracy, diverged } = row;
    return {
      ...{ schedule, rank, start, copy: seeds.indexOf(seed), step, loss, eta, certified, v2 },
      ...{ trainLoss, accuracy, diverged },
    };
  });
}

/** `mean ± s.e.` as tables print it. */
export function plusMinus({ mean, se }: { mean: number; se: number }, digits: number): string {
  return Number.isFinite(mean) ? `${mean.toFixed(digits)} ± ${se.toFixed(digits)}` : "–";
}
