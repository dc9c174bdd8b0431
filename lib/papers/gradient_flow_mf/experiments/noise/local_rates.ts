/**
 * C25: the rates at which the blocks of the error fall near the end, fitted to runs.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  slope,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, formatNumber, simulation, style, theory } from "../../../../figure/mod.ts";
import { multiply, multiplyTN } from "../../../../linalg/mod.ts";
import { modes } from "../../bases.ts";
import type { Problem } from "../../model.ts";
import { problemQ } from "../../problems/mod.ts";
import { adaptersOf } from "../../run_start.ts";
import { type ProblemLike, problemOf } from "../../shapes.ts";
import { AdapterFlow } from "../../simulation/flow/flow.ts";
import { startWords } from "../../starts.ts";
import { competitionMode, splitOf } from "../../theory/noise/competition.ts";
import { noiseCourse } from "../../theory/noise/noise.ts";
import { type LocalRates, localRates } from "../../theory/noise/rates.ts";
import { seedParameter, startParameter, startSeeds } from "../physics.ts";

/** Rate of one entry of the error. */
export interface LocalRateRow extends Row {
  /** Name of the problem. */
  problem: string;
  /** Its `δ_w`. */
  deltaW: number;
  /** Seed of the start. */
  seed: string;
  /** The signal `e`, an entry `E_{i,v}` of its column, or `E_{u,j}` of its row. */
  block: "signal" | "row" | "column";
  /** Index of the entry in the common bases, from 0. */
  index: number;
  /** T13. */
  theory: number;
  /** T13 with `x₂ = 0`, as if adapter 2 had learnt nothing. */
  without: number;
  /** Fitted to the run. */
  fit: number;
}

/**
 * Parameters of {@linkcode localRateFits}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const localRateParameters = {
  problems: param.values<ProblemLike>(
    [0.5, 0.9].map((delta) => problemQ({ delta })),
    "problems for which Assumptions 2.1 and 2.2 hold, with a rank-one target and δ_w < 1",
    problemOf,
    "a problem { w2, w1, target }",
  ),
  start: startParameter(
    "zeroA",
    "start of the adapters; B = 0 leaves the column of the signal almost empty",
  ),
  alpha: param.number(1e-4, "scale α of the start", { above: 0, below: 1 }),
  r: param.integer(3, "rank of the adapters", { least: 1 }),
  copies: param.integer(1, "starts", { least: 1 }),
  windows: param.numbers(
    [7, 4, 10, 4, 10, 2.5],
    "fits of the signal, of E_{i,v} and of E_{u,j}: beginning after the half-time in units of 1/μ, and " +
      "length in units of 1/(the entry's own rate)",
    { above: 0, entries: 6 },
  ),
  seed: seedParameter(820),
};

type Parameters = Values<typeof localRateParameters>;
type Block = LocalRateRow["block"];

function ratesOf(problem: Problem, seed: string, parameters: Parameters): LocalRateRow[] {
  const { start, alpha, r, windows } = parameters;
  const adapters = adaptersOf(problem, { startedBy: start, alpha, r, seed });
  const { x1, x2 } = splitOf(problem, adapters), { half } = noiseCourse(problem, adapters, []);
  const theory = localRates(problem, x1, x2), without = localRates(problem, x1, 1e-300);
  const { u, v, uOf, vOf, index } = competitionMode("fit the local rates", problem);
  const own = uOf[index], column = vOf[index], flow = new AdapterFlow(problem, adapters);
  const rate = ({ mu, rows, columns }: LocalRates, block: Block, at: number) =>
    block === "signal" ? mu : block === "row" ? rows[at] : columns[at];
  const fit = (block: Block, at: number, i: number, j: number): LocalRateRow => {
    const which = 2 * ["signal", "row", "column"].indexOf(block);
    const from = half + windows[which] / theory.mu, expected = rate(theory, block, at);
    const times = linspace(from, from + windows[which + 1] / expected, 9);
    const logs = flow.solve(times).states.map((y) => {
      const { columns, data } = multiply(multiplyTN(u, flow.error(y)), v);
      return Math.log(Math.abs(data[i * columns + j]));
    });
    return {
      ...{ problem: problem.name!, deltaW: modes(problem).deltaW!, seed, block, index: at },
      ...{ theory: expected, without: rate(without, block, at), fit: -slope(times, logs) },
    };
  };
  const others = (length: number, mine: number) =>
    Array.from({ length }, (_, k) => k).filter((k) => k !== mine);
  return [
    fit("signal", 0, own, column),
    ...others(u.columns, own).map((i) => fit("row", i, i, column)),
    ...others(v.columns, column).map((j) => fit("column", j, own, j)),
  ];
}

const BLOCKS: Readonly<Record<Block, string>> = {
  signal: "signal /{E}_{u,v}",
  row: "entries /{E}_{i,v}",
  column: "entries /{E}_{u,j}",
};

function draw(rows: readonly LocalRateRow[], parameters: Parameters): Figure {
  const { start, alpha, r, copies } = parameters, ends = rows.map((row) => row.theory);
  const diagonal = [Math.min(...ends), Math.max(...ends)].map((rate) => ({ rate }));
  const blocks = distinct(rows, "block"), x = { label: "rate by T13", type: "log" as const };
  const marks = (y: (row: LocalRateRow) => number) =>
    blocks.map((block, i) =>
      simulation(where(rows, "block", block), {
        ...{ x: "theory", y, stroke: style(i).stroke, symbol: style(i).symbol },
      })
    );
  return {
    panels: [
      {
        title: "rates near the end",
        x,
        y: { label: "rate fitted to the run", type: "log" },
        marks: [
          theory(diagonal, { x: "rate", y: "rate", stroke: "#000" }),
          ...marks((row) => row.fit),
        ],
      },
      {
        title: "their ratio",
        x,
        y: { label: "|fit / T13 − 1|", type: "log" },
        marks: marks((row) => Math.abs(row.fit / row.theory - 1)),
      },
    ],
    columns: 2,
    legend: [
      { label: "T13", stroke: "#000", dash: "" },
      ...blocks.map((block, i) => (
        { label: BLOCKS[block], stroke: style(i).stroke, symbol: style(i).symbol }
      )),
    ],
    rows: { rates: rows as LocalRateRow[] },
    size: "page",
    caption:
      `Rates at which the error falls near the end (${distinct(rows, "problem").join("; ")}; ` +
      `start: ${startWords(start)}, α = ${formatNumber(alpha)}, r = ${r}, ${copies} ` +
      `${
        copies === 1 ? "start" : "starts"
      }), fitted entry by entry, against T13. An entry that falls as ` +
      `fast as the signal cannot be told from what disturbs it.`,
  };
}

/**
 * Rates at which the signal and the entries of its row and column fall near the end, fitted to runs, beside
 * T13.
 *
 * Scale: gradient-flow time.
 *
 * @example
 * ```ts
 * import { localRateFits } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await localRateFits({ preset: "quick" });
 * const slow = rows.filter(({ theory }) => theory < 0.8);
 * assert(slow.every(({ fit, theory }) => Math.abs(fit / theory - 1) < 1e-3));
 * ```
 */
export const localRateFits: Experiment<typeof localRateParameters, LocalRateRow[], Figure> =
  experiment({
    name: "local rates",
    about: "How fast the error falls near the end, entry by entry.",
    parameters: localRateParameters,
    check: ({ windows }, refuse) => {
      if (windows.length !== 6) refuse("windows", "three pairs", windows);
    },
    run: (parameters) => {
      const { problems, copies, seed } = parameters, seeds = startSeeds(seed, 820, copies);
      return problems.flatMap((like) =>
        seeds.flatMap((copy) => ratesOf(problemOf(like), copy, parameters))
      );
    },
    figure: draw,
  });
