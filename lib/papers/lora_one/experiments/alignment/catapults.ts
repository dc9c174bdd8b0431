/**
 * F4: large starts and the catapult window.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  type Series,
  style,
} from "../../../../figure/mod.ts";
import { add, frobeniusNorm, multiply, multiplyTN } from "../../../../linalg/mod.ts";
import { directionsOf, stabilityNumber, topLeft } from "../../measures.ts";
import { withFewColumns } from "../../problems/linear.ts";
import { DIVERGED, EigenDescent, eigenProblem } from "../../simulation/descent/mod.ts";
import {
  checkRank,
  checkSizes,
  problemOf,
  problemParameters,
  problemWords,
  seedParameter,
  startWith,
} from "../physics.ts";

const { noise: _, ...problem } = problemParameters({
  d: 100,
  k: 100,
  N: 1600,
  values: [1, 1, 1, 1],
});

/**
 * Parameters of {@linkcode catapults}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const catapultParameters = {
  ...problem,
  r: param.integer(8, "rank of the adapter", { least: 1 }),
  variances: param.numbers([0.1, 1], "variances α² of the entries of A₀", { above: 0 }),
  c: param.numbers(
    [1.5, 1.7, 1.9, 2, 2.1, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 3.7, 3.8, 3.9, 4, 4.1, 4.25, 4.5, 5, 6],
    "stability numbers c = η λ_max(A₀ᵀΣ̂A₀) of the start; each fixes its step size η",
    { above: 0 },
  ),
  steps: param.integer(399, "steps", { least: 1 }),
  seed: seedParameter("the reference instance of the toy problem"),
};

type Parameters = Values<typeof catapultParameters>;

/** What became of a run. */
export interface CatapultRow extends Row {
  /** `α²`. */
  variance: number;
  /** Stability number of the start. */
  c: number;
  /** Step size. */
  eta: number;
  /** Largest loss over the first; infinite when it diverged. */
  ratio: number;
  /** Last loss; null when it diverged. */
  loss: number | null;
  /** `c` at the last step; null when it diverged. */
  last: number | null;
  /** Part of the useless `‖A_⊥‖²` that is left, outside `col Δ`; null when it diverged. */
  useless: number | null;
}

function compute(p: Parameters): CatapultRow[] {
  const given = problemOf({ ...p, noise: 0 }, p.seed, 1), few = withFewColumns(given);
  const eigen = eigenProblem(few), u = topLeft(few.target, directionsOf(few.target).values.length);
  const outside = (a: typeof u) => frobeniusNorm(add(a, multiply(u, multiplyTN(u, a)), -1)) ** 2;
  return p.variances.flatMap((variance) => {
    const initStd = Math.sqrt(variance);
    const { start: { a } } = startWith("LoRA", given, { r: p.r, initStd, seed: p.seed, number: 4 });
    const b = {
      rows: p.r,
      columns: few.target.columns,
      data: new Float64Array(p.r * few.target.columns),
    };
    const unit = stabilityNumber(few, a, 1), before = outside(a);
    return p.c.map((c): CatapultRow => {
      const eta = c / unit, run = new EigenDescent(eigen, { a, b }, eta), first = run.loss();
      let most = first, loss = first;
      while (run.steps < p.steps) {
        run.step();
        loss = run.loss();
        if (loss < DIVERGED) most = Math.max(most, loss);
        else {
          return { variance, c, eta, ratio: Infinity, loss: null, last: null, useless: null };
        }
      }
      return {
        ...{ variance, c, eta, ratio: most / first, loss },
        ...{ last: stabilityNumber(few, run.a, eta), useless: outside(run.a) / before },
      };
    });
  });
}

function draw(rows: readonly CatapultRow[], p: Parameters): Figure {
  const alive = rows.filter((row) => row.loss !== null), [low, high] = [Math.min(...p.c), 4.6];
  const domain = [Math.max(0, low - 0.15), Math.max(high, low + 1)];
  const panel = (
    title: string,
    label: string,
    key: "ratio" | "loss" | "last" | "useless",
    log: boolean,
  ): Drawing => {
    const values = alive.map((row) => Number(row[key])).filter((y) => y > 0);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const [bottom, top] = log
      ? [least / 3, most * 3]
      : [0, 1.1 * Math.max(most, key === "last" ? 2.2 : 1)];
    const bars: Series[] = [2, 4].map((x) => (
      { name: "/{c} = 2 and 4", guide: [{ x, y: bottom }, { x, y: top }] }
    ));
    if (key === "last") {
      bars.push({ name: "/{c} = 2 and 4", guide: domain.map((x) => ({ x, y: 2 })) });
    }
    return {
      title,
      x: { label: "/{c} at the start", domain },
      y: { label, domain: [bottom, top], ...(log ? { type: "log" as const } : {}) },
      series: [
        ...p.variances.map((variance) => {
          const marks = where(alive, "variance", variance).map((row) => ({
            x: row.c,
            y: Number(row[key]),
          }));
          return { name: `/{α}² = ${formatNumber(variance)}`, marks, thin: marks };
        }),
        ...bars,
      ],
    };
  };
  const drawings = [
    panel("largest loss", "largest loss / first", "ratio", true),
    panel(`loss after ${p.steps + 1} looks`, "training loss", "loss", true),
    panel("where it settles", "/{c} at the end", "last", false),
    panel("what is left", "useless part of /{A}", "useless", false),
  ];
  const gone = rows.filter((row) => row.loss === null).map(({ c }) => c);
  return figureOf(
    drawings.map((d, i) => i === 1 ? { ...d, title: `loss after ${p.steps} steps` } : d),
    {
      columns: 2,
      size: "page",
      aspect: 0.72,
      legend: [
        ...p.variances.map((variance, i) => (
          { label: `/{α}² = ${formatNumber(variance)}`, ...{ ...style(i), dash: "" } }
        )),
        { label: "/{c} = 2 and 4", stroke: "#8a8a8a", dash: "1 2.4" },
      ],
      caption:
        `Gradient descent from large random starts (${
          problemWords({ ...p, noise: 0 })
        }, r = ${p.r}) at the ` +
        "step sizes of given stability numbers c = ηλ_max(A₀ᵀΣ̂A₀)" +
        (gone.length > 0
          ? `; no symbol: diverged (from c = ${formatNumber(Math.min(...gone))} on)`
          : "") +
        ". Runs are compared after equal numbers of steps, not equal times ηt. (d) ‖A_⊥‖² outside col Δ over that of " +
        "the start.",
    },
  );
}

/**
 * F4: largest and last loss, last stability number and what is left of the useless part of `A₀`, for starts around
 * the catapult window `2 < c < 4`.
 *
 * Source: ours; the mechanism is that of Lewkowycz et al. 2020 for the scalar model.
 */
export const catapults: Experiment<
  typeof catapultParameters,
  CatapultRow[],
  Figure,
  Record<never, never>
> = experiment({
  name: "catapults",
  about: "What becomes of large starts, by their stability number.",
  parameters: catapultParameters,
  quick: { c: [1.5, 1.9, 2.1, 2.5, 3, 3.5, 3.9, 4.1, 4.5, 6] },
  check: (p, refuse, given) => {
    checkSizes({ ...p, noise: 0 }, refuse, given);
    checkRank({ ...p, noise: 0 }, refuse);
  },
  run: compute,
  figure: draw,
});
