/**
 * The exact curves of aligned modes with one adapter, against the flow of the matrices.
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
  legendOf,
  type Place,
  type Series,
} from "../../../../figure/mod.ts";
import { matrix } from "../../../../linalg/mod.ts";
import type { Adapters } from "../../model.ts";
import { factorization } from "../../problems/mod.ts";
import { AdapterFlow } from "../../simulation/flow/flow.ts";
import { imbalancedCurve } from "../../theory/escape/exact_curves.ts";
import { identityWords } from "../physics.ts";

/** A moment of a mode. */
export interface ExactCurveRow extends Row {
  /** Size of `B` along every mode at the start. */
  b0: number;
  /** Size of `A`. */
  a0: number;
  /** Number of the mode, from 1. */
  mode: number;
  /** Time. */
  at: number;
  /** Error `u_jᵀEv_j` of the flow. */
  error: number;
  /** Error by the exact curve. */
  predicted: number;
  /** Product `p_jᵀBAv_j` of the flow. */
  product: number;
  /** Product by the exact curve. */
  predictedProduct: number;
}

/**
 * Parameters of {@linkcode exactCurves}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const exactParameters = {
  m: param.integer(9, "rows of the target", { least: 1 }),
  n: param.integer(6, "columns of the target", { least: 1 }),
  s: param.number(1.4, "singular value of W₂ = sI", { above: 0 }),
  sigma: param.numbers([1.5, 0.9, 0.3], "singular values of the target", { above: 0 }),
  b0: param.numbers([1e-3, 0, 0.3], "sizes of B along every mode, one for each curve", {
    least: 0,
  }),
  a0: param.numbers([1e-3, 1e-3, 1e-3], "sizes of A, in the same order", { least: 0 }),
  horizon: param.number(45, "last time, in flow time (step size × steps)", { above: 0 }),
  points: param.integer(91, "number of times from 0 on", { least: 2 }),
};

type Parameters = Values<typeof exactParameters>;

/** An error below this is a matter of rounding. */
const ROUNDING = 1e-14;

/** Adapters along the modes, `B = b₀[e₁ … e_k]`, `A = a₀[e₁ … e_k]ᵀ`. */
function startOf(m: number, n: number, k: number, b0: number, a0: number): Adapters {
  const b1 = matrix(m, k), a1 = matrix(k, n);
  for (let j = 0; j < k; j++) [b1.data[j * k + j], a1.data[j * n + j]] = [b0, a0];
  return { b1, a1 };
}

function curveWords(b0: number, a0: number): string {
  const kind = b0 === a0
    ? "balanced"
    : b0 === 0
    ? "/{B} = 0"
    : a0 === 0
    ? "/{A} = 0"
    : "imbalanced";
  return `${kind}, /{b}_{0} = ${formatNumber(b0)}, /{a}_{0} = ${formatNumber(a0)}`;
}

function draw(rows: readonly ExactCurveRow[], p: Parameters): Figure {
  const of = (b0: number, a0: number) => where(where(rows, "b0", b0), "a0", a0);
  const places = (some: readonly ExactCurveRow[], key: "error" | "predicted"): Place[] =>
    some.filter((row) => row[key] > ROUNDING).map((row) => ({ x: row.at, y: row[key] }));
  const sparse = <T>(all: T[], i: number) => all.filter((_, k) => k % 4 === (2 * i) % 4);
  const error = { label: "error /{e}", type: "log" as const };
  const modes: Series[] = p.sigma.map((value, j) => {
    const here = where(of(p.b0[0], p.a0[0]), "mode", j + 1);
    const line = places(here, "predicted"), marks = sparse(places(here, "error"), j);
    return { name: `/{σ} = ${formatNumber(value)}`, line, marks };
  });
  const pairs: Series[] = p.b0.map((b0, i) => {
    const here = where(of(b0, p.a0[i]), "mode", 1);
    const line = places(here, "predicted"), marks = sparse(places(here, "error"), i);
    return { name: curveWords(b0, p.a0[i]), line, marks };
  });
  const distance: Series[] = p.b0.map((b0, i) => {
    const here = of(b0, p.a0[i]);
    const marks = distinct(here, "at").flatMap((at) => {
      const gaps = where(here, "at", at).map((row) => Math.abs(row.error - row.predicted));
      const y = Math.max(...gaps);
      return y > 0 ? [{ x: at, y }] : [];
    });
    return { name: curveWords(b0, p.a0[i]), marks: sparse(marks, i) };
  });
  const x = { label: "flow time /{t}" };
  const late = Math.max(...pairs.flatMap(({ line = [] }) => line.map((place) => place.x)));
  const shorter = { ...x, domain: [0, Math.min(p.horizon, 1.05 * late)] };
  const drawings: Drawing[] = [
    {
      title: "modes, first curve",
      x,
      y: { ...error, domain: [1e-23, 3] },
      series: modes,
      legend: "bottom-left",
    },
    {
      title: `/{σ} = ${formatNumber(p.sigma[0])}, all curves`,
      x: shorter,
      y: error,
      series: pairs,
    },
    {
      title: "distance of the two",
      x,
      y: { label: "largest |flow − exact|", type: "log" },
      series: distance,
    },
  ];
  return figureOf(drawings, {
    columns: 3,
    aspect: 1,
    legend: legendOf(pairs),
    caption: `One adapter, ${p.m} × ${p.n}, ${identityWords(p.s)}, target with singular values ` +
      `${
        p.sigma.map((x) => formatNumber(x)).join(", ")
      }. Lines: exact curves; symbols: gradient flow of the ` +
      "matrices. (a) Modes of the start " +
      `b₀ = ${formatNumber(p.b0[0])}, a₀ = ${
        formatNumber(p.a0[0])
      }. (b) Leading mode from every start; ` +
      "legend above. (c) Largest distance over the modes.",
  });
}

/**
 * T5: errors of aligned modes from balanced and imbalanced starts, exact curves beside the flow.
 *
 * Rows: a moment of a mode each.
 * Source: ours.
 *
 * @example A start with `B = 0`, as the paper's spectral one, comes later than a balanced one.
 * ```ts
 * import { exactCurves } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert, assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await exactCurves({ sigma: [0.45], s: 2.3, b0: [0.02, 0], a0: [0.02, 0.02], horizon: 6 });
 * const [balanced, oneSided] = rows.filter(({ at }) => at === 6);
 * assert(balanced.error < oneSided.error);
 * assertAlmostEquals(oneSided.error, oneSided.predicted, 1e-11);
 * ```
 */
export const exactCurves: Experiment<typeof exactParameters, ExactCurveRow[], Figure> = experiment({
  name: "exact curves",
  about:
    "Error of aligned modes with one adapter: exact curves from balanced and imbalanced starts.",
  parameters: exactParameters,
  check: ({ m, n, s, sigma, b0, a0 }, refuse) => {
    if (sigma.length > Math.min(m, n)) refuse("sigma", `at most ${Math.min(m, n)} values`, sigma);
    if (b0.length !== a0.length) refuse("b0", `as many values as a0, ${a0.length}`, b0);
    b0.forEach((b, i) => {
      if (b === 0 && a0[i] === 0) refuse("a0", `> 0 where b0 = 0`, a0);
      const most = Math.min(...sigma) / s;
      if (!(b * a0[i] < most)) refuse("b0", `such that b0 · a0 < σ/s = ${most}`, b0);
    });
    const pairs = b0.map((b, i) => `${b} ${a0[i]}`);
    if (new Set(pairs).size < pairs.length) refuse("b0", "different pairs with a0", b0);
  },
  run: ({ m, n, s, sigma, b0: starts, a0: others, horizon, points }) => {
    const problem = factorization({ m, n, sigma, s }), times = linspace(0, horizon, points);
    return starts.flatMap((b0, i) => {
      const a0 = others[i], flow = new AdapterFlow(problem, startOf(m, n, sigma.length, b0, a0));
      const { states } = flow.solve(times);
      return sigma.flatMap((value, j) => {
        const mode = { s, sigma: value, x0: b0 * a0 }, delta = b0 * b0 - a0 * a0;
        return times.map((at, k) => {
          const error = flow.error(states[k]).data[j * n + j], product = (value - error) / s;
          const exact = imbalancedCurve(mode, delta, at);
          const row = { b0, a0, mode: j + 1, at, error, predicted: exact.e };
          return { ...row, product, predictedProduct: exact.x };
        });
      });
    });
  },
  figure: draw,
});
