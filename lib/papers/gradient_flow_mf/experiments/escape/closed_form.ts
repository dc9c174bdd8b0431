/**
 * The closed form of balanced starts, composed of small steps, against the flow.
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
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  type Series,
} from "../../../../figure/mod.ts";
import {
  add,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
} from "../../../../linalg/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { growthModes } from "../../bases.ts";
import type { Adapters, Problem } from "../../model.ts";
import { factorization, seedNumber } from "../../problems/mod.ts";
import { AdapterFlow } from "../../simulation/flow/flow.ts";
import { startAdapters } from "../../starts.ts";
import { linearStack } from "../../theory/escape/alignment.ts";
import { riccatiProduct } from "../../theory/escape/riccati.ts";
import {
  problemAt,
  problemParameter,
  REFERENCE,
  seedParameter,
  startSeeds,
  TIME,
} from "../physics.ts";

/** Seed of the start under the seed `"reference"`. */
const FIRST = 21;

/** The closed form at a time, in some number of pieces. */
export interface ClosedFormRow extends Row {
  /** Number of pieces; 0 stands for as many as the propagator takes by itself. */
  pieces: number;
  /** Time. */
  at: number;
  /** Loss of the flow. */
  loss: number;
  /** Loss of the closed form; null where its matrix is singular to rounding. */
  closed: number | null;
  /** Largest difference of an entry of `BA`; null as before. */
  error: number | null;
  /** The same of the linearised flow: the formula without its denominator. */
  linear: number;
  /** `‖BA‖_F` of the flow. */
  size: number;
  /** `‖BA‖_F` of the closed form. */
  closedSize: number | null;
}

/**
 * Parameters of {@linkcode closedForm}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const closedFormParameters = {
  problem: problemParameter(factorization({ m: 12, n: 9, sigma: [2, 1, 0.5], seed: "21" })),
  r: param.integer(4, "rank r of the adapter", { least: 1 }),
  alpha: param.number(0.05, "scale α of the balanced start", { above: 0 }),
  times: param.numbers(
    linspace(0.5, 12, 24),
    "times, in flow time (step size × steps)",
    { above: 0 },
  ),
  pieces: param.integers([0, 4, 1], "numbers of pieces; 0 is the usual one, ⌈2tλ₁⌉", { least: 0 }),
  seed: seedParameter(FIRST),
};

type Parameters = Values<typeof closedFormParameters>;

/** The balanced start; the reference draws it after the two frames of the target. */
function startOf(problem: Problem, { r, alpha, seed }: Parameters): Adapters {
  const [first] = startSeeds(seed, FIRST, 1), draws = portable(seedNumber("start a run", first));
  if (seed === REFERENCE) {
    const k = growthModes(problem).rates1.length;
    for (const side of [problem.target.rows, problem.target.columns]) draws.normals(side * k);
  }
  return startAdapters(problem, { start: "balanced", r, alpha, draws });
}

/** `BA` of a stack. */
function productOf(z: Matrix, h: number): Matrix {
  const r = z.columns,
    part = (from: number, rows: number) =>
      matrix(rows, r, z.data.slice(from * r, (from + rows) * r));
  return multiplyNT(part(0, h), part(h, z.rows - h));
}

/** Largest difference of two matrices. */
function apart(a: Matrix, b: Matrix): number {
  return add(a, b, -1).data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/** The propagator in some number of pieces, or null where a piece is too long. */
function propagated(problem: Problem, start: Adapters, t: number, pieces: number): Matrix | null {
  if (pieces === 0) return riccatiProduct(problem, start, t);
  try {
    return riccatiProduct(problem, start, t, pieces);
  } catch (error) {
    // Only the factorisation may fail: a wrong problem or start fails in the usual number of pieces too.
    if (error instanceof RangeError && /positive definite/.test(error.message)) return null;
    throw error;
  }
}

function draw(rows: readonly ClosedFormRow[], p: Parameters): Figure {
  const { name = "own problem" } = problemAt(p.problem, 0),
    usual = where(rows, "pieces", p.pieces[0]);
  const place = (some: readonly ClosedFormRow[], key: "loss" | "closed" | "error" | "linear") =>
    some.flatMap((row) => {
      const y = row[key];
      return y !== null && y > 0 ? [{ x: row.at, y }] : [];
    });
  const errors: Series[] = [
    ...distinct(rows, "pieces").map((pieces) => ({
      name: pieces === 0 ? "closed form" : pieces === 1 ? "in one piece" : `in ${pieces} pieces`,
      marks: place(where(rows, "pieces", pieces), "error"),
    })),
  ];
  const drawings: Drawing[] = [
    {
      title: "loss",
      x: { label: TIME },
      y: { label: "loss /{L}", type: "log" },
      series: [{ name: "loss", line: place(usual, "closed"), marks: place(usual, "loss") }],
    },
    {
      title: "error of /{BA}",
      x: { label: TIME },
      y: { label: "largest entry of the difference", type: "log", domain: [1e-17, 1] },
      series: errors,
      legend: "top-left",
    },
  ];
  return figureOf(drawings, {
    columns: 2,
    caption: `${name[0].toUpperCase()}${name.slice(1)}, r = ${p.r}, balanced start of size ` +
      `α = ${
        formatNumber(p.alpha)
      }. (a) Line: closed form; symbols: gradient flow. (b) Largest difference ` +
      "of an entry of BA from the flow: the closed form in ⌈2tλ₁⌉ pieces and in fewer (a symbol is missing " +
      "where a matrix is singular to rounding).",
  });
}

/**
 * T6: the product `BA` of a balanced start in closed form, in pieces of several lengths, beside the flow.
 *
 * Rows: a number of pieces at a time each.
 * Source: known for linear networks (Tarmoun et al. 2021; Min et al. 2021); the composition is ours.
 *
 * @example A frozen layer that is not a multiple of a rotation is refused.
 * ```ts
 * import { canonical, closedForm } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertRejects } from "@std/assert";
 *
 * const problem = canonical({ d: 5 });
 * await assertRejects(() => closedForm({ problem, r: 2 }), RangeError, "orthonormal columns");
 * ```
 */
export const closedForm: Experiment<typeof closedFormParameters, ClosedFormRow[], Figure> =
  experiment({
    name: "closed form of balanced starts",
    about: "The closed form of a balanced start, in one piece and in many, beside the flow.",
    parameters: closedFormParameters,
    check: ({ times, pieces }, refuse) => {
      if (!times.every((t, i) => i === 0 || t > times[i - 1])) refuse("times", "increasing", times);
      if (new Set(pieces).size < pieces.length) refuse("pieces", "different numbers", pieces);
    },
    run: (p) => {
      const problem = problemAt(p.problem, 0), start = startOf(problem, p), h = problem.w2.columns;
      riccatiProduct(problem, start, 0); // refuses what the formula is not for
      const flow = new AdapterFlow(problem, start), { states, losses } = flow.solve(p.times);
      return p.pieces.flatMap((pieces) =>
        p.times.map((at, i) => {
          const { b1, a1 } = flow.adapters(states[i]), exact = multiply(b1, a1);
          const closed = propagated(problem, start, at, pieces);
          const loss = (x: Matrix) =>
            0.5 * frobeniusNorm(add(problem.target, multiply(problem.w2, x), -1)) ** 2;
          return {
            ...{ pieces, at, loss: losses[i], closed: closed && loss(closed) },
            error: closed && apart(closed, exact),
            linear: apart(productOf(linearStack(problem, start, at), h), exact),
            ...{ size: frobeniusNorm(exact), closedSize: closed && frobeniusNorm(closed) },
          };
        })
      );
    },
    figure: draw,
  });
