/**
 * Exactness in law of the committee's chain.
 *
 * @module
 */
import type { CommitteeModel, RuleChoice } from "../../../../chain/mod.ts";
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Values,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, legendOf, listed } from "../../../../figure/mod.ts";
import {
  type CommitteeLawCell,
  committeeLawSample,
} from "../../simulation/law/committee_sample.ts";
import type { AddedDegrees } from "../../simulation/law/degrees.ts";
import { plainWords, stepWords } from "../dynamics/words.ts";
import { activationParameter, ruleParameter, runsOf, stepParameter } from "../physics.ts";
import { boundsOf, differences, verdictWords } from "./_exactness_figure.ts";
import { compareLaws, type LawComparison, type Statistics } from "./compare.ts";
import { controlName } from "./parameters.ts";

type FrozenRow = number | readonly number[];

/**
 * Parameters of {@linkcode committeeExactness}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const committeeExactnessParameters = {
  student: activationParameter("erf", "activation σ of student and teacher"),
  rows: param.values<FrozenRow>(
    [0.5, 0.5],
    "frozen rows: D_k of rows D_k t_k, or coordinates of every row in a frame that begins with the teacher's",
    (row: FrozenRow) => {
      if (![row].flat().every(Number.isFinite)) throw new RangeError("not finite");
    },
    "numbers, or lists of numbers of one length",
  ),
  rank: param.integer(2, "rank of the adapter", { least: 1 }),
  d: param.integer(6, "input dimension, at least that of the frame and twice the rank", {
    least: 3,
  }),
  batch: param.integer(2, "fresh inputs a step", { least: 1 }),
  step: stepParameter(4),
  rule: ruleParameter(),
  looks: param.integers([3, 12, 30], "increasing steps at which the laws are compared", {
    least: 1,
  }),
  degrees: param.values<AddedDegrees>(
    [2],
    "controls: chains whose remainder has so many degrees of freedom more; null for no remainder",
    controlName,
    "a number, or null",
    0,
  ),
  copies: param.integer(5000, "independent runs", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof committeeExactnessParameters>;

/** A comparison, with what was compared. */
export interface CommitteeExactnessRow extends LawComparison {
  /** `"exact"`, or the name of a control. */
  chain: string;
}

type Sample = { readonly at: number } & { readonly [statistic: string]: number };

/** Every column, and the length of each row of the adapter inside the frame, which sees the rest as one number. */
function statisticsOf(first: object, rank: number): Statistics<Sample> {
  const names = Object.keys(first).filter((key) => /^[uaqg]\d/.test(key));
  const own = names.map((key) => [key, (row: Sample) => row[key]] as const);
  const inside = Array.from({ length: rank }, (_, j) => {
    const keys = names.filter((key) => key.startsWith(`a${j}`));
    return [`|a${j}|²`, (row: Sample) => keys.reduce((sum, key) => sum + row[key], 0)] as const;
  });
  return Object.fromEntries([...own, ...inside]);
}

/** Name of what chains are compared with. */
const REFERENCE = "reference";

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<CommitteeExactnessRow[]> {
  const { student, rank, d, batch, step, rule, looks, copies, seed } = p;
  const cell = (sampler: CommitteeLawCell["sampler"], chain: string, degrees: AddedDegrees) => ({
    columns: { chain },
    setting: {
      ...{ sampler, student, rank, d, batch, step, looks },
      rows: p.rows as CommitteeModel["frozen"],
      ...(rule === "sgd" ? {} : { rule: rule as RuleChoice }),
      ...(degrees === 0 ? {} : { degrees }),
    },
  });
  const chains: readonly AddedDegrees[] = [0, ...p.degrees];
  const samples = await runsOf(sweep, {
    run: committeeLawSample as never,
    cells: [
      cell("whole inputs", REFERENCE, 0),
      ...chains.map((degrees) => cell("exact chain", controlName(degrees), degrees)),
    ],
    ...{ copies, seed, together: 250, label: "committee, exact chain and whole inputs" },
  }) as unknown as (Sample & { readonly chain: string })[];
  const of = (name: string) => samples.filter(({ chain }) => chain === name);
  const reference = of(REFERENCE), statistics = statisticsOf(reference[0], rank);
  return chains.map(controlName).flatMap((chain) =>
    compareLaws(of(chain), reference, statistics).map((row) => ({ chain, ...row }))
  );
}

function draw(rows: readonly CommitteeExactnessRow[], p: Parameters): Figure {
  const chains = differences(rows), bounds = boundsOf(p.looks);
  const caption =
    `Law of a committee of ${p.rows.length} ${plainWords(p.student)} units under one-pass SGD, ` +
    `exact chain against whole inputs: rank ${p.rank}, frozen rows ${
      JSON.stringify(p.rows)
    }, d = ${p.d}, ` +
    `b = ${p.batch}, η = ${
      stepWords(p)
    }, ${p.copies} runs each. Differences of means and mean squares of ` +
    `U², a², W Tᵀ, W Wᵀ after ${listed(p.looks)} steps. ${verdictWords(rows)}.`;
  return figureOf([{
    title: "",
    x: { label: "SGD steps", type: "log" },
    y: { label: "difference, standard errors" },
    series: [...chains, ...bounds],
  }], { caption, legend: legendOf([...chains, bounds[0]]) });
}

/**
 * Whether the committee's chain is exact in law: squares of the factors, overlaps and Gram matrix of the student's
 * rows after some steps, of the chain and of SGD on whole inputs. A control counts the directions outside frame and
 * adapter as if they were those outside the frame.
 *
 * Scale: steps. Source: ours.
 *
 * @example
 * ```ts
 * import { committeeExactness, isOneLaw, lawDistance } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await committeeExactness({ preset: "quick", rank: 1, rule: "momentum", copies: 300 });
 * assert(isOneLaw(lawDistance(rows.filter(({ chain }) => chain === "exact"))));
 * ```
 */
export const committeeExactness: Experiment<
  typeof committeeExactnessParameters,
  CommitteeExactnessRow[],
  Figure
> = experiment({
  name: "exactness of the committee",
  about:
    "Has the committee's chain the law of SGD on whole inputs, for units, rank and rule of yours?",
  parameters: committeeExactnessParameters,
  quick: { copies: 750 },
  run,
  figure: draw,
});
