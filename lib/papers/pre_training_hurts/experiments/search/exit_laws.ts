/**
 * Parameters of the exit times, and the laws beside them.
 *
 * @module
 */
import { stepSizes } from "../../../../chain/mod.ts";
import { param, type Row, type Values } from "../../../../experiment/mod.ts";
import { type Frozen, frozenOf } from "../../frozen.ts";
import { adapterStart, type StartLike } from "../../starts.ts";
import { codeExit, exitSteps } from "../../theory/exit.ts";
import { growthRate } from "../../theory/growth.ts";
import { noiseSetting } from "../../theory/noise.ts";
import { noiseShift } from "../../theory/noisy_search.ts";
import { flowExit, flowOf, whyNoFlow } from "../flow_lines.ts";
import { type Physics, sgdParameters } from "../physics.ts";
import { whyNoMeanTheory } from "../search_theory.ts";
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
export function correctionOf(p: ExitParameters, target: SearchTarget, w0: Frozen) {
  const steps = stepsOf(p), frozen = frozenOf(w0), { student, teacher } = pairOf(target);
  if (steps === undefined || steps[0] !== steps[1] || frozen.length > 1) return undefined;
  if (whyNoMeanTheory(physicsOf(p, target), frozen[0]) !== undefined) return undefined;
  const rate = steps[0] * growthRate(matrixOf(target)(frozen[0]));
  const setting = noiseSetting(frozen[0], student, {
    ...{ d: p.d, step: steps[0], teacher, labelNoise: p.noise },
  });
  if (!(rate > 0 && setting.noise > 0)) return undefined;
  return { factor: rate / Math.log1p(rate), shift: noiseShift(setting, p.batch, p.radius).shift };
}

/** Lines that were drawn before: a figure is drawn twice, to be saved and to be shown. */
const drawn = new WeakMap<ExitParameters, Map<string, ExitLine[]>>();

/** Where the theory lines start: as the runs do, typically where they draw. @internal */
export function lineStart(
  p: ExitParameters,
): { readonly start: StartLike; readonly words: string } {
  const { name, words = name } = adapterStart(p.start);
  return name === "random" || name === "typical"
    ? { start: "typical", words: "|m₀| = 0.53/√d" }
    : { start: p.start, words: `the start of the runs (${words})` };
}

/** Theory lines of a target over the strengths of the run, from {@linkcode lineStart}. @internal */
export function exitLines(p: ExitParameters, target: SearchTarget): ExitLine[] {
  const known = drawn.get(p) ?? new Map<string, ExitLine[]>(), name = targetWords(target);
  const lines = known.get(name) ?? linesOf(p, target);
  drawn.set(p, known.set(name, lines));
  return lines;
}

function linesOf(p: ExitParameters, target: SearchTarget): ExitLine[] {
  const strengths = p.mu.filter((w0) => typeof w0 === "number") as number[];
  const { start: from } = lineStart(p), physics = { ...physicsOf(p, target), start: from };
  if (strengths.length === 0 || whyNoFlow(physics) !== undefined) return [];
  const [low, high] = [Math.min(...strengths), Math.max(...strengths)];
  return Array.from({ length: p.curve }, (_, i) => {
    // Without the last bits, so that strengths of the runs are met.
    const mu = Number((low + (high - low) * i / (p.curve - 1)).toPrecision(12));
    const { factor, shift } = correctionOf(p, target, mu) ?? { factor: 1, shift: 0 };
    const [u0, m] = flowOf(physics, mu).y0, start = { m0: Math.abs(m), u0: u0 * (m < 0 ? -1 : 1) };
    const flow = factor * flowExit(physics, mu, p.radius) + shift;
    return { mu, flow, ...lawsOf(p, target, mu, start) };
  });
}
