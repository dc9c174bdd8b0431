/**
 * F8: what integrators do to the conserved imbalances, and the energy identity.
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
  type Figure,
  formatNumber,
  type LegendEntry,
  type Mark,
  simulation,
  style,
  theory,
} from "../../../../figure/mod.ts";
import { add, frobeniusNorm, multiplyNT, multiplyTN } from "../../../../linalg/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { type Adapters, loss, type Problem, velocity } from "../../model.ts";
import { generic, seedNumber } from "../../problems/mod.ts";
import { AdapterFlow } from "../../simulation/flow/flow.ts";
import {
  descentDriftRate,
  type FixedStepMethod,
  fixedStepMethod,
  type FixedStepName,
  followFixed,
  imbalanceDrift,
} from "../../simulation/flow/integrators.ts";
import { startAdapters } from "../../starts.ts";
import { lossRate } from "../../theory/escape/energy.ts";
import {
  problemAt,
  problemParameter,
  rankParameter,
  REFERENCE,
  seedParameter,
  startParameter,
  startSeeds,
} from "../physics.ts";
import { worded } from "../worded.ts";

/** Seed of the problem and of the start under the seed `"reference"`. */
const FIRST = 11;

/** A method at a step size. */
export interface DriftRow extends Row {
  /** Name of the method. */
  method: string;
  /** Step size; 0 for the adaptive method behind all other experiments. */
  step: number;
  /** Largest change of an imbalance at the end, in the Frobenius norm. */
  drift: number;
  /** The same of the sums `BᵀB + AAᵀ`, which the flow does not conserve. */
  sum: number;
  /** Loss at the end. */
  loss: number;
  /** Drift by theory: of gradient descent, to leading order; null for other methods. */
  predicted: number | null;
}

/** The energy identity at one time. */
export interface EnergyRow extends Row {
  /** Half of the distance over which the loss is differenced. */
  step: number;
  /** `(L(t + h) − L(t − h))/(2h)`. */
  rate: number;
  /** `−⟨E, 𝒦(E)⟩`. */
  energy: number;
  /** The same without the part of `B₁`. */
  partial: number;
}

/**
 * Parameters of {@linkcode integrators}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const integratorParameters = {
  problem: problemParameter(generic()),
  start: startParameter("gauss"),
  alpha: param.number(0.3, "scale α of the start", { above: 0 }),
  r: rankParameter(3),
  methods: param.values<FixedStepName | FixedStepMethod>(
    ["euler", "rk4", "midpoint"],
    "integrators: euler (gradient descent), rk4, midpoint, or your own",
    fixedStepMethod,
    "euler, rk4, midpoint, or { name, order, follow }",
  ),
  steps: param.numbers([0.2, 0.1, 0.05, 0.04, 0.02, 0.01], "step sizes", { above: 0 }),
  horizon: param.number(4, "time at which the drift is read", { above: 0 }),
  energyAt: param.number(1, "time at which the energy identity is checked", { above: 0 }),
  differences: param.numbers(
    [0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4],
    "half distances h of the difference quotient of the loss",
    { above: 0 },
  ),
  seed: seedParameter(FIRST),
};

type Parameters = Values<typeof integratorParameters>;

/** Rows of a run: drifts by method and step, and the energy identity. */
export type IntegratorRows = {
  /** A method at a step size each. */
  readonly drift: readonly DriftRow[];
  /** A difference quotient each. */
  readonly energy: readonly EnergyRow[];
};

/** The start; the reference draws it after the entries of the problem. */
function startOf(problem: Problem, { start, alpha, r, seed }: Parameters): Adapters {
  const [first] = startSeeds(seed, FIRST, 1), draws = portable(seedNumber("start a run", first));
  if (seed === REFERENCE) {
    for (const x of [problem.w2, problem.w1, problem.target]) if (x) draws.normals(x.data.length);
  }
  return startAdapters(problem, { start, alpha, r, draws });
}

/** Largest change of `B_iᵀB_i + A_iA_iᵀ` in the Frobenius norm. */
function sumDrift(flow: AdapterFlow, state: Float64Array): number {
  const sums = ({ b1, a1, b2, a2 }: Adapters) =>
    (b2 && a2 ? [[b1, a1], [b2, a2]] : [[b1, a1]])
      .map(([b, a]) => add(multiplyTN(b, b), multiplyNT(a, a)));
  const then = sums(flow.adapters(flow.start)), now = sums(flow.adapters(state));
  return Math.max(...now.map((sum, i) => frobeniusNorm(add(sum, then[i], -1))));
}

function driftRows(flow: AdapterFlow, { methods, steps, horizon }: Parameters): DriftRow[] {
  const rate = descentDriftRate(flow, horizon), { states } = flow.solve([horizon]);
  const read = (state: Float64Array) => (
    { drift: imbalanceDrift(flow, state), sum: sumDrift(flow, state), loss: flow.loss(state) }
  );
  const adaptive = { method: "dop853", step: 0, ...read(states[0]), predicted: null };
  const fixed = methods.flatMap((each) => {
    const { name: method } = fixedStepMethod(each);
    return steps.map((step) => {
      const predicted = each === "euler" ? step * rate : null;
      return { method, step, ...read(followFixed(flow, each, horizon, step)), predicted };
    });
  });
  return [adaptive, ...fixed];
}

function energyRows(flow: AdapterFlow, { energyAt, differences }: Parameters): EnergyRow[] {
  const { problem } = flow, { states } = flow.solve([energyAt]), here = flow.adapters(states[0]);
  const energy = lossRate(problem, here), speed = frobeniusNorm(velocity(problem, here).b1) ** 2;
  return differences.map((step) => {
    const [before, after] = flow.solve([energyAt - step, energyAt + step]).states;
    const at = (state: Float64Array) => loss(problem, flow.adapters(state));
    const rate = (at(after) - at(before)) / (2 * step);
    return { step, rate, energy, partial: energy + speed };
  });
}

function draw({ drift, energy }: IntegratorRows, p: Parameters): Figure {
  const lines: Row[] = [], marks: Mark[] = [], entries: LegendEntry[] = [];
  const fixed = drift.filter(({ step }) => step > 0);
  p.methods.forEach((each, i) => {
    const { name, words = name, order } = fixedStepMethod(each),
      { stroke, symbol, dash } = style(i);
    const points = where(fixed, "method", name).filter((row) => row.drift > 0);
    const from = points.toSorted((a, b) => a.step - b.step)[0];
    const law = points.flatMap(({ step, predicted }) => {
      const guide = order === null || !from ? null : from.drift * (step / from.step) ** order;
      const y = predicted ?? guide;
      return y === null ? [] : [{ series: words, x: step, y }];
    });
    lines.push(...law);
    entries.push({ label: words, stroke, symbol, ...(law.length > 0 ? { dash } : {}) });
    marks.push(
      theory(law, { x: "x", y: "y", stroke, strokeDasharray: dash }),
      simulation(points, { x: "step", y: "drift", stroke, symbol }),
    );
  });
  const off = energy.map(({ step, rate, energy }) => (
    { series: "difference quotient", x: step, y: Math.abs(rate / energy - 1) }
  )).filter(({ y }) => y > 0);
  const widest = off.toSorted((a, b) => b.x - a.x)[1] ?? off[0];
  const square = off.map(({ x }) => ({ series: "order 2", x, y: widest.y * (x / widest.x) ** 2 }));
  const { name = "own problem" } = problemAt(p.problem, 0);
  const [{ drift: adaptive }] = where(drift, "method", "dop853");
  return {
    panels: [
      {
        title: "conserved imbalances",
        x: { label: "step size /{h}, flow time", type: "log" },
        y: { label: "drift of /{B}^{T}/{B} − /{A}/{A}^{T}", type: "log" },
        marks,
      },
      {
        title: "energy identity",
        x: { label: "half distance /{h} of the difference, flow time", type: "log" },
        y: { label: "relative error of d/{L}/d/{t}", type: "log" },
        marks: [
          theory(square, { x: "x", y: "y", stroke: style(0).stroke }),
          simulation(off, { x: "x", y: "y", stroke: style(0).stroke, symbol: "circle" }),
        ],
      },
    ],
    columns: 2,
    legend: entries,
    rows: {
      "a, simulation": [...drift],
      "a, theory": lines,
      "b, simulation": off,
      "b, theory": square,
    },
    size: "page",
    caption: `${name[0].toUpperCase()}${name.slice(1)}, r = ${[p.r].flat().join(" and ")}. ` +
      `(a) Largest change of an imbalance up to t = ${
        formatNumber(p.horizon)
      } (Frobenius norm). Lines: for ` +
      "gradient descent the leading order, with its constant; for other methods their order through the " +
      `smallest step. The adaptive method of the other figures: ${formatNumber(adaptive, 2)}. ` +
      `(b) dL/dt at t = ${
        formatNumber(p.energyAt)
      } by differences of the loss against −⟨E, 𝒦(E)⟩; ` +
      "line: order 2.",
  };
}

/**
 * F8: the imbalances `BᵀB − AAᵀ` under integrators at a fixed step, and the energy identity
 * `dL/dt = −⟨E, 𝒦(E)⟩`, on a problem without structure.
 *
 * Rows: `drift`, a method at a step each (step 0: the adaptive method); `energy`, a difference each.
 * Source: the paper, Remark C.1, for the imbalances; the rest is ours.
 *
 * @example Heun's method drifts by one order less than it errs: a step changes an imbalance by a square of
 * `k₁ − k₂`.
 * ```ts
 * import { type FixedStepMethod, integrators } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const heun: FixedStepMethod = {
 *   name: "heun",
 *   order: 3,
 *   follow: (rhs, start, end, step) => {
 *     const y = start.slice(), a = y.slice(), b = y.slice();
 *     for (let i = 0; i < Math.round(end / step); i++) {
 *       rhs(0, y, a);
 *       rhs(0, y.map((x, k) => x + step * a[k]), b);
 *       y.forEach((x, k) => y[k] = x + step / 2 * (a[k] + b[k]));
 *     }
 *     return y;
 *   },
 * };
 * const { rows } = await integrators({ methods: [heun], steps: [0.02, 0.01] });
 * const [wide, narrow] = rows.drift.filter(({ step }) => step > 0);
 * assertAlmostEquals(Math.log2(wide.drift / narrow.drift), 3, 0.2);
 * ```
 */
export const integrators: Experiment<typeof integratorParameters, IntegratorRows, Figure> =
  experiment({
    name: "integrators",
    about: "What integrators do to the conserved imbalances, and the energy identity of the flow.",
    parameters: integratorParameters,
    check: ({ methods, steps, energyAt, differences }, refuse) => {
      const names = methods.map((each) => fixedStepMethod(each).name);
      if (new Set(names).size < names.length) refuse("methods", "of different names", names);
      if (new Set(steps).size < steps.length) refuse("steps", "different numbers", steps);
      if (!(Math.max(...differences) < energyAt)) {
        refuse("differences", `below energyAt = ${energyAt}`, differences);
      }
    },
    run: (p): IntegratorRows => {
      const problem = problemAt(p.problem, 0), flow = new AdapterFlow(problem, startOf(problem, p));
      return { drift: driftRows(flow, p), energy: energyRows(flow, p) };
    },
    figure: draw,
    table: worded(({ drift }) => drift),
  });
