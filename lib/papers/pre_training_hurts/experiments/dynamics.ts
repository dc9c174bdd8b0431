/**
 * F2: loss, overlap and `s` against steps: exact chain, flow, and SGD on whole inputs as a control.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Values,
  where,
} from "../../../experiment/mod.ts";
import {
  band,
  type Figure,
  formatNumber,
  type Panel,
  sequential,
  simulation,
  style,
  theory,
} from "../../../figure/mod.ts";
import { activation, type ActivationLike } from "../../../gaussian/mod.ts";
import {
  directTrajectories,
  keptSteps,
  trajectories,
  type TrajectoryRow,
} from "../simulation/mod.ts";
import { stepScale } from "../step_scale.ts";
import { LoraFlow } from "../theory/flow.ts";
import { TYPICAL_OVERLAP } from "../theory/predictions.ts";
import { activationLabel } from "./figures/labels.ts";

/**
 * Parameters of {@linkcode dynamics}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const dynamicsParameters = {
  student: param.value<ActivationLike>(
    "x",
    "activation of student and teacher",
    activation,
    "an activation: a name, an expression in z, or a function",
  ),
  mu: param.numbers(
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
    "strengths of pre-training, w₀ = μω⋆",
    { above: 0 },
  ),
  d: param.integer(1000, "input dimension", { least: 2 }),
  batch: param.integer(500, "fresh inputs a step", { least: 1 }),
  step: param.number(0.2, "step size η of both factors, divided by N_k for He_k", { above: 0 }),
  steps: param.integer(6000, "steps of SGD", { least: 1 }),
  copies: param.integer(3, "independent runs of the exact chain", { least: 1 }),
  direct: param.integer(0, "runs of SGD on whole inputs, at a cost of b·d a step", { least: 0 }),
  points: param.integer(45, "about how many steps are kept of a run", { least: 2 }),
  seed: param.seed("0"),
};

type Parameters = Values<typeof dynamicsParameters>;

/** A copy at a kept step, with the parameters of its cell. */
export interface DynamicsRow extends TrajectoryRow {
  /** Pre-training strength. */
  mu: number;
  /** What made the steps. */
  sampler: "exact chain" | "SGD on whole inputs";
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<DynamicsRow[]> {
  const { mu: strengths, student, d, batch, step, steps, points } = p;
  const cells = (copies: number) =>
    strengths.map((mu) => ({ student, mu, d, batch, step, steps, points, copies }));
  const chain = await sweep({ run: trajectories, cells: cells(p.copies) });
  const direct = p.direct === 0
    ? []
    : await sweep({ name: "control", run: directTrajectories, cells: cells(p.direct) });
  return [
    ...chain.map((row) => ({ ...row, sampler: "exact chain" as const })),
    ...direct.map((row) => ({ ...row, sampler: "SGD on whole inputs" as const })),
  ];
}

/** The summary-statistics flow from the typical start. */
function flow({ student, mu: strengths, d, step, steps, points }: Parameters) {
  const kept = keptSteps(steps, 2 * points).slice(1);
  return strengths.flatMap((mu) => {
    const start = { frozen: [mu], u0: d ** -2, a0: [TYPICAL_OVERLAP / Math.sqrt(d)] };
    return new LoraFlow({ student: activation(student), ...start })
      .path(kept.map((at) => at * step))
      .map(({ m, s, loss }, i) => ({ mu, at: kept[i], m: Math.abs(m), s, loss }));
  });
}

type Key = "loss" | "m" | "s";

/** Mean and range of loss, m, s over the copies, floor 1e-12 for the logarithmic axis. */
function averages(rows: readonly DynamicsRow[]) {
  return distinct(rows, "mu").flatMap((mu) => {
    const own = where(rows, "mu", mu).filter(({ at }) => at > 0);
    return distinct(own, "at").map((at) => {
      const group = where(own, "at", at);
      const of = (key: Key) => {
        const values = group.map((row) => Math.max(row[key], key === "loss" ? 1e-12 : -Infinity));
        return {
          [`${key} mean`]: values.reduce((sum, value) => sum + value, 0) / values.length,
          [`${key} low`]: Math.min(...values),
          [`${key} high`]: Math.max(...values),
        };
      };
      return { mu, at, ...of("loss"), ...of("m"), ...of("s") };
    });
  });
}

function draw(rows: readonly DynamicsRow[], p: Parameters): Figure {
  const colors = sequential(p.mu.length), lines = flow(p);
  const chain = where(rows, "sampler", "exact chain");
  const direct = where(rows, "sampler", "SGD on whole inputs");
  const [means, control] = [averages(chain), averages(direct)];
  const name = activationLabel(activation(p.student).name), divisor = stepScale(p.student);
  // What the paper's targets never leave, and a stronger one does.
  const tops = {
    loss: Math.max(10, 2 * Math.max(...where(chain, "at", 0).map(({ loss }) => loss))),
    m: 1.05,
    s: 1.05 * Math.max(1, ...p.mu),
  };
  const panel = (key: Key, label: string): Panel => ({
    title: key === "loss" ? name : undefined,
    x: { label: "SGD steps", type: "log" },
    y: key === "loss"
      ? { label, type: "log", domain: [1e-8, tops.loss] }
      : { label, domain: [key === "s" ? -0.05 : 0, tops[key]] },
    marks: p.mu.flatMap((mu, i) => {
      const own = where(means, "mu", mu), color = colors[i], clip = true;
      const mean = { x: "at", y: `${key} mean`, r: 1.8 };
      return [
        band(own, { x: "at", y1: `${key} low`, y2: `${key} high`, fill: color, clip }),
        theory(where(lines, "mu", mu), { x: "at", y: key, stroke: color, clip }),
        simulation(own.filter((_, j) => j % 3 === i % 3), {
          ...mean,
          stroke: color,
          symbol: style(i).symbol,
        }),
        simulation(where(control, "mu", mu).filter((_, j) => j % 3 === (i + 1) % 3), {
          ...mean,
          stroke: color,
          symbol: "times",
        }),
      ];
    }),
  });
  const words = name.replace(/_\{(\d+)\}/, "$1");
  return {
    panels: [
      panel("loss", "loss ½E(/{ŷ} − /{y})²"),
      panel("m", "overlap |/{m}|"),
      panel("s", "/{s} = /{μ} + /{um}"),
    ],
    columns: 3,
    aspect: 0.9,
    legend: [
      ...p.mu.map((mu, i) => ({
        ...{ label: `/{μ} = ${mu}`, stroke: colors[i], dash: "", symbol: style(i).symbol },
      })),
      ...(direct.length > 0 ? [{ label: "whole inputs", symbol: "times" as const }] : []),
    ],
    rows: {
      simulation: [...chain],
      ...(direct.length > 0 ? { control: [...direct] } : {}),
      flow: lines,
    },
    size: "page",
    caption: `One-pass SGD of the adapter, ${words} target, d = ${p.d}, b = ${p.batch}, ` +
      `η = ${p.step}${
        divisor === 1 ? "" : `/${formatNumber(divisor)}`
      }: exact chain (marks: mean, band: range of ${p.copies} ` +
      `${p.copies === 1 ? "copy" : "copies"}) and summary-statistics flow from the typical start ` +
      `|m| = ${TYPICAL_OVERLAP}/√d (lines)` +
      (direct.length > 0 ? `; crosses: mean of ${p.direct} runs of SGD on whole inputs.` : "."),
  };
}

/**
 * Loss, overlap and `s` of one-pass SGD against steps for several strengths of pre-training: the
 * chain that is exact in law, the flow, and on request SGD on whole inputs.
 *
 * Scale: steps. Source: ours; model and protocol: code of nwemadji2026when.
 *
 * @example
 * ```ts
 * import { dynamics } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const mine = await dynamics({
 *   student: "tanh(z)", mu: [0.5], d: 50, batch: 20, steps: 20, copies: 1, direct: 1, points: 4,
 * });
 * assertEquals(mine.rows.length, 2 * 5);
 * ```
 */
export const dynamics: Experiment<typeof dynamicsParameters, DynamicsRow[], Figure> = experiment({
  name: "dynamics",
  about: "Loss, overlap and s against steps of SGD: exact chain, flow, and SGD on whole inputs.",
  parameters: dynamicsParameters,
  quick: { copies: 2 },
  run,
  figure: draw,
});

/** The same for the other targets of the notebook, over the steps that their search takes. */
export const dynamicsOf: Readonly<Record<string, typeof dynamics>> = {
  relu: dynamics.with("dynamics, ReLU", { student: "relu", steps: 12_000 }),
  erf: dynamics.with("dynamics, erf", { student: "erf", steps: 10_000 }),
  sigmoid: dynamics.with("dynamics, sigmoid", { student: "sigmoid", steps: 10_000 }),
  He3: dynamics.with("dynamics, He₃", {
    student: "He3",
    mu: [0.1, 0.2, 0.325, 0.4, 0.5, 0.7, 0.9],
  }),
};
