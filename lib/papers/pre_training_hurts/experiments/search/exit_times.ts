/**
 * Figure F3: exit times against the strength of pre-training; exact chain, flow, and the law `τ ln(R/ε)`.
 *
 * @module
 */
import { stepSizes } from "../../../../chain/mod.ts";
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { type Frozen, frozenOf } from "../../frozen.ts";
import { passages } from "../../simulation/runs/passage.ts";
import { TYPICAL_OVERLAP } from "../../starts.ts";
import { codeExit, exitSteps } from "../../theory/exit.ts";
import { growthRate } from "../../theory/growth.ts";
import { noiseSetting } from "../../theory/noise.ts";
import { noiseShift } from "../../theory/noisy_search.ts";
import { flowExit, whyNoFlow } from "../flow_lines.ts";
import { type Physics, runsOf, settingOf, sgdParameters, strengthColumn } from "../physics.ts";
import { drawExits } from "./_exit_figure.ts";
import { checkTarget, matrixOf, pairOf, type SearchTarget, targetWords } from "./targets.ts";

const { student: _, teacher: __, ...shared } = sgdParameters({
  mu: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
  copies: 48,
});

/**
 * Parameters of {@linkcode exitTimes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const exitTimeParameters = {
  activations: param.values<SearchTarget>(
    ["x", "relu", "erf", "sigmoid"],
    "targets: activations, or { student, teacher }",
    checkTarget,
    "an activation, or { student, teacher }",
  ),
  ...shared,
  radius: param.number(0.5, "threshold R of the overlap |m|", { above: 0, below: 1 }),
  most: param.number(
    4e7,
    "samples that the runs of one mark may take, by the flow's estimate: a dearer mark has fewer copies, and is " +
      "left out below 8",
    { above: 0 },
  ),
  curve: param.integer(25, "points of a theory line", { least: 2 }),
};

/** Values of the parameters. @internal */
export type ExitParameters = Values<typeof exitTimeParameters>;

/** The exit of a copy, with what theory says of its own start. */
export interface ExitRow extends Row {
  /** Target in words. */
  target: string;
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Number of the copy. */
  copy: number;
  /** `|m|` at the start. */
  m0: number;
  /** Exit step; null when it was not seen. */
  exit: number | null;
  /** Exit step of the flow from this start; null where there is no flow. */
  flow: number | null;
  /** The same with what finite steps and the noise of the search add to it; null where that is not known. */
  corrected: number | null;
  /** The code's law `τ ln(R/m₀)/η` from this start; null for a misaligned weight. */
  code: number | null;
  /** The law with the projection on the unstable mode and the growth of finite steps; null as before. */
  projected: number | null;
}

/** A point of the theory lines, from the typical start. */
export interface ExitLine {
  /** Strength. */
  readonly mu: number;
  /** Exit step of the flow, with the corrections for finite steps and noise where they are known. */
  readonly flow: number;
  /** The code's law. */
  readonly code: number;
  /** The law with its projection. */
  readonly projected: number;
}

/** The shared parameters with the activations of a target. @internal */
export function physicsOf(
  p: ExitParameters,
  target: SearchTarget,
): Omit<Physics, "mu" | "copies" | "seed"> {
  return { ...p, ...pairOf(target) };
}

/** Step sizes where they are numbers. */
function stepsOf({ step }: ExitParameters): readonly [number, number] | undefined {
  if (typeof step !== "number" && !Array.isArray(step)) return undefined;
  const { u, omega } = stepSizes(step)(0);
  return [u, omega];
}

/** The laws of the search from a start, in steps; NaN where they do not apply. @internal */
export function lawsOf(
  p: ExitParameters,
  target: SearchTarget,
  w0: Frozen,
  start: { readonly m0: number; readonly u0: number },
): { readonly code: number; readonly projected: number } {
  const steps = stepsOf(p), frozen = frozenOf(w0), none = { code: NaN, projected: NaN };
  if (steps === undefined || frozen.length > 1 || p.rule !== "sgd" || p.rank > 1) return none;
  if (!(start.m0 > 0 && start.m0 < p.radius)) return none;
  const matrix = matrixOf(target)(frozen[0]), span = { ...start, radius: p.radius };
  return {
    code: steps[0] === steps[1] ? codeExit(matrix, span) / steps[0] : NaN,
    projected: exitSteps(matrix, steps, span),
  };
}

/** Factor and shift of the flow's exit step at finite steps and batch; undefined where they are not known. */
function correctionOf(p: ExitParameters, target: SearchTarget, w0: Frozen) {
  const steps = stepsOf(p), frozen = frozenOf(w0), { student, teacher } = pairOf(target);
  if (steps === undefined || steps[0] !== steps[1] || frozen.length > 1) return undefined;
  if (!(frozen[0] > 0 && frozen[0] < 1) || p.rule !== "sgd" || p.rank > 1) return undefined;
  const rate = steps[0] * growthRate(matrixOf(target)(frozen[0]));
  const setting = noiseSetting(frozen[0], student, {
    ...{ d: p.d, step: steps[0], teacher, labelNoise: p.noise },
  });
  if (!(rate > 0 && setting.noise > 0)) return undefined;
  return { factor: rate / Math.log1p(rate), shift: noiseShift(setting, p.batch, p.radius).shift };
}

/** Fewest copies of a mark. */
const FEWEST = 8;

/** Copies that the samples of a mark allow: all, or a power of 2 of them; 0 where they are fewer than 8. */
function copiesOf({ copies, most }: ExitParameters, samplesOfOne: number): number {
  if (samplesOfOne * copies <= most) return copies;
  const fewer = 2 ** Math.floor(Math.log2(most / samplesOfOne));
  return fewer >= Math.min(FEWEST, copies) ? fewer : 0;
}

async function runsFor(p: ExitParameters, sweep: ExperimentContext["sweep"]) {
  const cells = p.activations.flatMap((target) =>
    p.mu.map((w0) => {
      const physics = physicsOf(p, target);
      const exit = whyNoFlow(physics) === undefined ? flowExit(physics, w0, p.radius) : NaN;
      const copies = copiesOf(p, 2 * (exit > 0 ? exit : 1e4) * samplesOf(p, target));
      const maxSteps = Math.ceil(exit > 0 ? 10 * exit + 100 : 1e5);
      const goal = { of: "m" as const, level: p.radius };
      const columns = { target: targetWords(target), mu: strengthColumn(w0) };
      return { copies, cell: { columns, setting: { ...settingOf(physics, w0), maxSteps, goal } } };
    })
  );
  const sizes = [...new Set(cells.map(({ copies }) => copies))].filter((copies) => copies > 0);
  const parts = sizes.map((copies) =>
    runsOf(sweep, {
      ...{ run: passages, copies, seed: p.seed, label: `exit times, ${copies} copies` },
      cells: cells.filter((it) => it.copies === copies).map(({ cell }) => cell),
    })
  );
  const rows = (await Promise.all(parts)).flat();
  // In the order of the targets and strengths, whatever number of copies they have.
  return cells.flatMap(({ cell: { columns } }) =>
    where(where(rows, "target", columns.target), "mu", columns.mu)
  );
}

async function run(p: ExitParameters, { sweep }: ExperimentContext): Promise<ExitRow[]> {
  const rows = await runsFor(p, sweep);
  const targets = new Map(p.activations.map((target) => [targetWords(target), target]));
  const strengths = new Map(p.mu.map((w0) => [strengthColumn(w0), w0]));
  const corrections = new Map<string, ReturnType<typeof correctionOf>>();
  return rows.map(({ target, mu, copy, m0, u0, exit }) => {
    const it = targets.get(target)!, w0 = strengths.get(mu)!, physics = physicsOf(p, it);
    const key = `${target} ${mu}`;
    if (!corrections.has(key)) corrections.set(key, correctionOf(p, it, w0));
    const correction = corrections.get(key), from = { u: u0, a: [m0] };
    const flows = whyNoFlow(physics) === undefined && frozenOf(w0).length === 1;
    const flow = flows ? flowExit(physics, w0, p.radius, { from }) : NaN;
    const corrected = correction ? flow * correction.factor + correction.shift : NaN;
    const { code, projected } = lawsOf(p, it, w0, { m0, u0 });
    return {
      ...{ target, mu, copy, m0, exit, flow: finite(flow), corrected: finite(corrected) },
      ...{ code: finite(code), projected: finite(projected) },
    };
  });
}

/** The linear chain's cost does not depend on the batch. */
function samplesOf({ batch }: ExitParameters, target: SearchTarget): number {
  return targetWords(target) === "linear" ? Math.min(batch, 10) : batch;
}

function finite(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}

/** Lines that were drawn before: a figure is drawn twice, to be saved and to be shown. */
const drawn = new WeakMap<ExitParameters, Map<string, ExitLine[]>>();

/** Theory lines of a target over the strengths of the run, from the typical start. @internal */
export function exitLines(p: ExitParameters, target: SearchTarget): ExitLine[] {
  const known = drawn.get(p) ?? new Map<string, ExitLine[]>(), name = targetWords(target);
  const lines = known.get(name) ?? linesOf(p, target);
  drawn.set(p, known.set(name, lines));
  return lines;
}

function linesOf(p: ExitParameters, target: SearchTarget): ExitLine[] {
  const strengths = p.mu.filter((w0) => typeof w0 === "number") as number[];
  const physics = { ...physicsOf(p, target), start: "typical" as const };
  if (strengths.length === 0 || whyNoFlow(physics) !== undefined) return [];
  const [from, to] = [Math.min(...strengths), Math.max(...strengths)];
  const start = { m0: TYPICAL_OVERLAP / Math.sqrt(p.d), u0: p.d ** -2 };
  return Array.from({ length: p.curve }, (_, i) => {
    const mu = from + (to - from) * i / (p.curve - 1);
    const { factor, shift } = correctionOf(p, target, mu) ?? { factor: 1, shift: 0 };
    const flow = factor * flowExit(physics, mu, p.radius) + shift;
    return { mu, flow, ...lawsOf(p, target, mu, start) };
  });
}

/**
 * Exit times against the strength of pre-training: the first step with `|m| ≥ R`, for any targets, dimension,
 * batch, step, noise, start and rule.
 *
 * Every copy is held against the flow and the laws from its own start, so that the spread of the starts (a
 * factor of `e^{±1.1}` in `m₀`) drops out of the comparison.
 *
 * Scale: SGD steps. Source: law τ ln(R/ε) and protocol: code of nwemadji2026when; projection, flow, chain: ours.
 *
 * @example
 * ```ts
 * import { exitTimes } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await exitTimes({ activations: ["x"], mu: [0.5], copies: 8 });
 * assert(rows.every(({ exit, flow }) => Math.abs(exit! / flow! - 1) < 0.6));
 * ```
 */
export const exitTimes: Experiment<typeof exitTimeParameters, ExitRow[], Figure> = experiment({
  name: "exit times against strength",
  about:
    "Steps until the overlap reaches R against the strength: exact chain, flow, and τ ln(R/ε).",
  parameters: exitTimeParameters,
  quick: { copies: 16, most: 6e6 },
  run,
  figure: drawExits,
});
