/**
 * F7, C24: which constant steps converge, stay bounded or diverge, on two numbers.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import {
  type Experiment,
  experiment,
  geomspace,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, formatNumber, theme, theory } from "../../../../figure/mod.ts";
import { type ResidualLoss, residualLoss, type ResidualLossName } from "../../residual.ts";
import { constantRun } from "../../simulation/scalar.ts";
import { divergenceStep, monotoneStep } from "../../theory/constant.ts";

/** A point of the phase diagram. */
export interface PhasePoint extends Row {
  /** `a₀`. */
  a0: number;
  /** `η/η_div`. */
  ratio: number;
  /** `η`. */
  eta: number;
  /** What became of the run. */
  state: "converged, monotone" | "converged" | "bounded" | "diverged";
}

/** The states in the order of the legend. */
const STATES = ["converged, monotone", "converged", "bounded", "diverged"] as const;

/** Their looks; the legend is short enough for a column, the caption has the whole words. */
const LOOKS = [
  { label: "monotone", stroke: "#0072B2", fill: "#0072B2", symbol: "circle" },
  { label: "converged", stroke: "#56B4E9", fill: "#56B4E9", symbol: "triangle2" },
  { label: "bounded", stroke: "#E69F00", fill: "#E69F00", symbol: "diamond2" },
  { label: "diverged", stroke: "#000000", fill: "none", symbol: "times" },
] as const;

/**
 * Parameters of {@linkcode phaseDiagram}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const phaseParameters = {
  a0: param.numbers(geomspace(0.2, 20, 30), "starts a₀ of A", { above: 0 }),
  ratios: param.numbers(
    linspace(0.05, 1.95, 38),
    "steps η as multiples of η_div, the boundary of divergence on the quadratic",
    { above: 0 },
  ),
  b0: param.number(0, "start b₀ of B; LoRA's is 0"),
  y: param.number(1, "target of the product ab"),
  smoothness: param.number(1, "smoothness constant L of the loss L φ(ab − y)", { above: 0 }),
  loss: param.value<ResidualLossName | ResidualLoss>(
    "quadratic",
    "φ: quadratic, pseudo-Huber, or one of your own with |φ″| ≤ 1; theory knows the quadratic only",
    residualLoss,
    "quadratic, pseudo-Huber, or { name, value, slope }",
  ),
  steps: param.integer(3000, "the most steps of a run", { least: 1 }),
};

type Parameters = Values<typeof phaseParameters>;

/** The points to run. On the quadratic `Lη|y| < 2`, as its theory assumes. */
function plan({ a0, ratios, b0, y, smoothness, loss }: Parameters) {
  return a0.flatMap((a) =>
    ratios.map((ratio) => ({ a0: a, ratio, eta: ratio * divergenceStep(a, y, b0) / smoothness }))
  ).filter(({ eta }) => loss !== "quadratic" || smoothness * eta * Math.abs(y) < 2);
}

/** The theory that holds: both lines on the quadratic, that of the first rise from LoRA's start. */
function lines({ a0, b0, y, smoothness, loss }: Parameters): { boundary: Row[]; rise: Row[] } {
  if (loss !== "quadratic") return { boundary: [], rise: [] };
  const low = Math.min(...a0), high = Math.max(...a0);
  // A single start wants a piece of a line beside it.
  const starts = low < high ? geomspace(low, high, 60) : geomspace(low / 1.5, 1.5 * low, 60);
  const rising = starts.filter((a) => b0 === 0 && a * a >= 4 * Math.abs(y));
  return {
    boundary: starts.map((a) => ({ a0: a, ratio: 1, eta: divergenceStep(a, y, b0) / smoothness })),
    rise: rising.map((a) => {
      const eta = monotoneStep(a, y);
      return { a0: a, ratio: eta / divergenceStep(a, y, b0), eta: eta / smoothness };
    }),
  };
}

function caption(count: number, parameters: Parameters): string {
  const { b0, y, smoothness, loss, steps } = parameters;
  const [L, target, start] = [smoothness, y, b0].map((x) => formatNumber(x));
  const values = `L = ${L}, y = ${target}, from b₀ = ${start}`;
  const counted = `${count} run${count === 1 ? "" : "s"} of at most ${steps} steps, ` +
    '"monotone" those that converged without any rise of the loss, "bounded" those that had ' +
    "neither converged nor diverged by then";
  if (loss !== "quadratic") {
    return `Gradient descent with constant step on L φ(ab − y), φ: ${residualLoss(loss).name}, ` +
      `${values}: ${counted}. Steps are multiples of the η_div of the quadratic. No lines: theory knows the quadratic only.`;
  }
  return `Gradient descent with constant step, Lη|y| < 2, on ½L(ab − y)², ${values}: ${counted}. ` +
    "Lines: the exact boundary of divergence " +
    "Lη_div = 8/(a₀² + b₀² + √((a₀² − b₀²)² + 4(a₀b₀ − 2y)²))" +
    (lines(parameters).rise.length > 0
      ? ", and Lηa₀² = 2 for a₀² ≥ 4|y|, above which the loss rises."
      : "; none for the first rise, which is known for b₀ = 0 and a₀² ≥ 4|y|.");
}

function draw(points: PhasePoint[], parameters: Parameters): Figure {
  const { boundary, rise } = lines(parameters), dashes = theme.dashes, stroke = "#D55E00";
  const drawn = [
    { label: "/{η}_{div}", dash: dashes[0], rows: boundary },
    { label: "/{Lηa}_{0}² = 2", dash: dashes[1], rows: rise },
  ].filter(({ rows }) => rows.length > 0);
  return {
    panels: {
      x: { label: "start /{a}_{0}", type: "log" },
      y: { label: "constant step /{η} over /{η}_{div}" },
      legend: {
        at: "above",
        entries: [...LOOKS, ...drawn.map(({ label, dash }) => ({ label, stroke, dash }))],
      },
      marks: [
        ...LOOKS.map(({ label: _, ...look }, i) =>
          Plot.dot(where(points, "state", STATES[i]), {
            ...{ x: "a0", y: "ratio", r: 1.4, strokeWidth: 0.8 },
            ...look,
          })
        ),
        ...drawn.map(({ rows, dash }) =>
          theory(rows, { x: "a0", y: "ratio", stroke, strokeDasharray: dash })
        ),
      ],
    },
    rows: {
      points,
      ...(boundary.length > 0 ? { boundary } : {}),
      ...(rise.length > 0 ? { "first rise": rise } : {}),
    },
    size: "column",
    aspect: 0.9,
    caption: caption(points.length, parameters),
  };
}

/**
 * F7: gradient descent with a constant step on two numbers, over starts and steps.
 *
 * @example Another start and target: theory and simulation still agree at every point.
 * ```ts
 * import { phaseDiagram } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await phaseDiagram({ preset: "quick", b0: 1, y: -2, a0: [0.5, 2, 8] });
 * assert(rows.every(({ ratio, state }) => (state === "diverged") === (ratio > 1)));
 * ```
 */
export const phaseDiagram: Experiment<typeof phaseParameters, PhasePoint[], Figure> = experiment({
  name: "constant step, phase diagram",
  about: "Which constant steps converge, stay bounded or diverge on L φ(ab − y), two numbers.",
  parameters: phaseParameters,
  check: (parameters, refuse) => {
    const { a0, b0, y } = parameters;
    if (a0.some((a) => a * b0 === y)) {
      refuse("y", "another number than every a0 × b0, where the start has nothing to learn", y);
    }
    if (plan(parameters).length > 0) return;
    refuse("ratios", "small enough that Lη|y| < 2 somewhere", parameters.ratios);
  },
  run: (parameters) => {
    const { b0, y, smoothness, steps } = parameters, loss = residualLoss(parameters.loss);
    return plan(parameters).map(({ a0, ratio, eta }): PhasePoint => {
      const { state, monotone } = constantRun({ a0, b0, y, smoothness, loss, eta, steps });
      const calm = state === "converged" && monotone;
      return { a0, ratio, eta, state: calm ? "converged, monotone" : state };
    });
  },
  figure: draw,
  table: (points) => STATES.map((state) => ({ state, runs: where(points, "state", state).length })),
});
