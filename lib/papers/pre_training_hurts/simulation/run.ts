/**
 * What the simulations of a single-index model share: the parameters of a run, its model, its chain
 * and its random numbers.
 *
 * @module
 */
import { LinearChain, SingleIndexChain, type SingleIndexModel } from "../../../chain/mod.ts";
import { type Activation, activation, type ActivationLike } from "../../../gaussian/mod.ts";
import { type Stream, stream } from "../../../random/mod.ts";
import { stepScale } from "../step_scale.ts";

/** Parameters of a run that all simulations of a single index share. */
export interface RunCell<S extends ActivationLike = string> {
  /** Student activation: a name or an expression; where a run takes more, also a function. */
  readonly student: S;
  /** Teacher activation; the student's when not given. */
  readonly teacher?: S;
  /** Pre-training strength. */
  readonly mu: number;
  /** Input dimension. */
  readonly d: number;
  /** Samples per step. */
  readonly batch: number;
  /** Step size (of `u` when `stepOmega` is given), divided by `N_k` for He_k. */
  readonly step: number;
  /** Step size of ω when it differs. */
  readonly stepOmega?: number;
  /** Independent copies. */
  readonly copies: number;
}

/** A run with an activation of any kind. */
export type AnyCell = RunCell<ActivationLike>;

/** Where `w₀` lies: on the ray of ω⋆, or at `μω⋆ + (1 − μ)ξ` with `ξ ⊥ ω⋆`. */
export interface Geometry {
  /** Misaligned frozen weight. */
  readonly misaligned?: boolean;
}

/** The model of a run. */
export function model(
  cell: AnyCell & Geometry,
): SingleIndexModel & { student: Activation; teacher: Activation } {
  const student = activation(cell.student);
  return {
    student,
    teacher: cell.teacher === undefined ? student : activation(cell.teacher),
    d: cell.d,
    frozen: cell.misaligned ? [cell.mu, 1 - cell.mu] : [cell.mu],
    batch: cell.batch,
    step: [cell.step, cell.stepOmega ?? cell.step],
    stepScale: stepScale(student),
  };
}

function isLinear({ series }: Activation): boolean {
  return series?.length === 2 && series[0] === 0 && series[1] === 1;
}

/** The linear model has its own chain, at a cost independent of the batch. */
export function openChain(cell: AnyCell & Geometry, rng: Stream): LinearChain | SingleIndexChain {
  const m = model(cell);
  const linear = isLinear(m.student) && isLinear(m.teacher);
  return linear && cell.batch > m.frozen.length
    ? new LinearChain(m, cell.copies, rng)
    : new SingleIndexChain(m, cell.copies, rng);
}

/**
 * One stream per model: runs that differ only in `d`, batch, step or threshold share their random
 * numbers, so that differences between them are paired.
 */
export function rngOf(cell: AnyCell, seed: string): Stream {
  const name = (it: ActivationLike) => typeof it === "string" ? it : activation(it).name;
  return stream(seed, name(cell.student), name(cell.teacher ?? cell.student), cell.mu);
}
