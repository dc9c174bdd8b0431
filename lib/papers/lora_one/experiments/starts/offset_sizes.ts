/**
 * F12: the floor of an offset against its size.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  geomspace,
  param,
  type Row,
  type Values,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, formatNumber } from "../../../../figure/mod.ts";
import { scale, spectralNorm } from "../../../../linalg/mod.ts";
import { productOf } from "../../../../nn/mod.ts";
import { LoraDescent, shiftedProblem } from "../../simulation/descent/mod.ts";
import { offsetFloor, offsetLimit } from "../../theory/floors.ts";
import { notebookStart } from "../../starts.ts";
import {
  checkRank,
  checkSizes,
  problemOf,
  problemParameters,
  problemWords,
  seedParameter,
  startParameter,
  startWith,
} from "../physics.ts";

/**
 * Parameters of {@linkcode offsetSizes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const sizeParameters = {
  ...problemParameters({ d: 100, k: 100, N: 1600, values: [1, 0.75, 0.5, 0.25] }),
  r: param.integer(8, "rank of the adapter", { least: 1 }),
  start: startParameter(
    "LoRA-GA",
    "the start whose product is scaled; taken as subtracted from the weight",
  ),
  sizes: param.numbers([0.01, 100], "ends of the size: largest singular value of A₀B₀", {
    above: 0,
    entries: 2,
  }),
  runs: param.numbers([0.1, 0.5, 2.5, 10], "sizes from which a descent is run", { above: 0 }),
  eta: param.number(0.5, "step size of the preconditioned descent", { above: 0 }),
  damping: param.number(1e-3, "its damping λ", { least: 0 }),
  steps: param.integer(300, "its steps", { least: 1 }),
  seed: seedParameter("portable draws 21 to 24 for U, V, X and W"),
};

type Parameters = Values<typeof sizeParameters>;

/** A size of the offset. */
export interface OffsetSizeRow extends Row {
  /** Largest singular value of `A₀B₀`. */
  size: number;
  /** Least training loss that can be reached. */
  floor: number;
  /** To which it tends as the size grows. */
  limit: number;
  /** Loss of a run at its end; null where none is run. */
  loss: number | null;
}

function compute(p: Parameters): OffsetSizeRow[] {
  const problem = problemOf(p, p.seed, 21);
  const { start } = startWith(p.start, problem, {
    r: p.r,
    initStd: 0.01,
    seed: p.seed,
    number: 25,
  });
  const product = productOf(start), unit = spectralNorm(product);
  if (unit === 0) {
    throw new RangeError(
      `Cannot scale the offset as A₀B₀ must not be 0: that of ${notebookStart(p.start).name} is`,
    );
  }
  const limit = offsetLimit(problem, product, p.r);
  const lineAt = geomspace(p.sizes[0], p.sizes[1], 17);
  const all = [...new Set([...lineAt, ...p.runs])].toSorted((a, b) => a - b);
  return all.map((size) => {
    const factor = size / unit, root = Math.sqrt(factor);
    const { loss: floor } = offsetFloor(problem, scale(product, factor), p.r);
    if (!p.runs.includes(size)) return { size, floor, limit, loss: null };
    const own = { ...start, shifted: true, a: scale(start.a, root), b: scale(start.b, root) };
    const run = new LoraDescent(shiftedProblem(problem, own), own, {
      ...{ rate: p.eta, optimiser: "preconditioned" as const, damping: p.damping },
    });
    return { size, floor, limit, loss: run.advance(p.steps).loss() };
  });
}

/**
 * F12: least training loss of an offset start against the size of its product, with runs that stop there.
 *
 * Source: ours.
 */
export const offsetSizes: Experiment<
  typeof sizeParameters,
  OffsetSizeRow[],
  Figure,
  Record<never, never>
> = experiment({
  name: "size of an offset",
  about: "The floor of an offset start against the size of its product.",
  parameters: sizeParameters,
  check: (p, refuse, given) => {
    checkSizes(p, refuse, given);
    checkRank(p, refuse);
    if (p.sizes.length !== 2 || !(p.sizes[0] < p.sizes[1])) {
      refuse("sizes", "two ends, the lower first", p.sizes);
    }
  },
  run: compute,
  figure: (rows, p) =>
    figureOf([{
      title: "",
      x: { label: "largest singular value of /{A}_{0}/{B}_{0}", type: "log" },
      y: { label: "least training loss", type: "log" },
      legend: "bottom-right",
      series: [
        {
          name: "floor, and where runs stop",
          line: rows.map(({ size: x, floor: y }) => ({ x, y })),
          marks: rows.flatMap(({ size: x, loss: y }) => y === null ? [] : [{ x, y }]),
        },
        { name: "limit of large offsets", line: rows.map(({ size: x, limit: y }) => ({ x, y })) },
      ],
    }], {
      caption:
        `Least training loss of ${
          notebookStart(p.start).name
        }, subtracted from the weight, against the size of ` +
        `its product (${
          problemWords(p)
        }, r = ${p.r}). Lines: Eckart–Young, before training; symbols: ` +
        `preconditioned descent (η = ${formatNumber(p.eta)}, λ = ${
          formatNumber(p.damping)
        }, ${p.steps} steps).`,
    }),
});
