/**
 * F12, C22, C42: the quantity whose sign decides whether a constant step diverges.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  scaleWords,
} from "../../../../figure/mod.ts";
import { matrix } from "../../../../linalg/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { quadratic } from "../../losses.ts";
import { Descent } from "../../simulation/descent.ts";
import { constantRun } from "../../simulation/scalar.ts";
import { invariantFactor, scalarInvariant } from "../../theory/constant.ts";

/** A random state and what became of it. */
export interface SignRow extends Row {
  /** `a`. */
  a: number;
  /** `b`. */
  b: number;
  /** Target. */
  y: number;
  /** Step. */
  eta: number;
  /** `F`. */
  invariant: number;
  /** Error of `F₊ − 4 = (F − 4)(1 + η²Rab)` after one step, relative to the terms that cancel in it. */
  error: number;
  /** The same for the other sign of the factor's second term. */
  control: number;
  /** Whether it diverged. */
  diverged: boolean;
}

/**
 * Parameters of {@linkcode conservedSign}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const signParameters = {
  states: param.integer(4000, "random states", { least: 1 }),
  size: param.number(3, "bound of |a|, |b|, |y|, which are uniform", { above: 0 }),
  eta: param.number(2, "largest step, with η|y| < 2", { above: 0 }),
  steps: param.integer(3000, "steps until a verdict", { least: 1 }),
  seed: param.seed(),
};

type Parameters = Values<typeof signParameters>;

function draw(rows: readonly SignRow[], { states, size, eta, steps }: Parameters): Figure {
  const place = ({ a, b, y, eta }: SignRow) => {
    const w = eta * y, root = Math.sqrt(eta) / 2;
    return { x: root * (a + b) / Math.sqrt(2 + w), y: root * (a - b) / Math.sqrt(2 - w) };
  };
  const inside = (diverged: boolean) =>
    where(rows, "diverged", diverged).map(place).filter(({ x, y }) =>
      Math.abs(x) < 1.6 && Math.abs(y) < 1.6
    )
      .slice(0, 350);
  const series = [
    {
      name: "/{F} = 4",
      line: linspace(0, 2 * Math.PI, 120).map((angle) => ({
        x: Math.cos(angle),
        y: Math.sin(angle),
      })),
      look: 5,
    },
    { name: "stays", marks: inside(false), look: 0 },
    { name: "diverges", marks: inside(true), look: 4 },
  ];
  return figureOf([{
    title: "",
    x: { label: "√/{η} (/{a} + /{b}) / √(4(2 + /{ηy}))", domain: [-1.6, 1.6] },
    y: { label: "√/{η} (/{a} − /{b}) / √(4(2 − /{ηy}))", domain: [-1.6, 1.6] },
    series,
  }], {
    aspect: 1,
    legend: legendOf(series),
    caption:
      `Gradient descent with constant step on ½(ab − y)² from ${
        scaleWords(states)
      } random states, |a|, |b|, |y| < ` +
      `${formatNumber(size)}, η < ${
        formatNumber(eta)
      }, η|y| < 2: those within the frame (up to 350 of each kind), by ` +
      `what became of them in ${scaleWords(steps)} steps. Line: F = 4.`,
  });
}

/**
 * Random states of the scalar model: one step against the identity of `F`, and many steps against its sign.
 *
 * Rows: one a state.
 * Source: ours.
 */
export const conservedSign: Experiment<typeof signParameters, SignRow[], Figure> = experiment({
  name: "conserved sign",
  about: "The quantity whose sign decides whether a constant step diverges.",
  parameters: signParameters,
  quick: { states: 1000 },
  run: ({ states, size, eta: most, steps, seed }) => {
    const rng = stream(seed, "conserved sign"), draw = () => size * (2 * rng.uniform() - 1);
    const rows: SignRow[] = [];
    while (rows.length < states) {
      const [a, b, y, eta] = [draw(), draw(), draw(), most * rng.uniform()];
      if (!(eta * Math.abs(y) < 2 && eta > 0)) continue;
      const state = { a, b, y, eta }, invariant = scalarInvariant(state);
      const one = (x: number) => matrix(1, 1, [x]);
      const run = new Descent(quadratic(one(y)), { b: one(b), a: one(a) });
      run.measure();
      run.step(eta);
      const next = { ...state, a: run.a.data[0], b: run.b.data[0] };
      const after = scalarInvariant(next) - 4, factor = invariantFactor(state);
      const cancel = 4 + eta * (next.a ** 2 + next.b ** 2) +
        Math.abs(eta * eta * y * (next.a * next.b - y)) + Math.abs((invariant - 4) * factor);
      const off = (times: number) => Math.abs(after - (invariant - 4) * times) / cancel;
      const { state: verdict } = constantRun({ a0: a, b0: b, y, eta, steps });
      const diverged = verdict === "diverged";
      rows.push({ ...state, invariant, error: off(factor), control: off(2 - factor), diverged });
    }
    return rows;
  },
  figure: draw,
  table: (rows) =>
    [false, true].map((above) => {
      const own = rows.filter(({ invariant }) => invariant > 4 === above);
      const diverged = where(own, "diverged", true).length;
      return {
        "F − 4": above ? "> 0" : "< 0",
        states: own.length,
        diverged,
        stayed: own.length - diverged,
      };
    }),
});
