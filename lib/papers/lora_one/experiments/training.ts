/**
 * How factors are trained: parameters that experiments share, what they are to a start, and their words.
 *
 * @module
 */
import { checkOneOf, checkPositive } from "../../../check.ts";
import { param, type Parameter, type Refuse } from "../../../experiment/mod.ts";
import { formatNumber, listed } from "../../../figure/mod.ts";
import type { Start } from "../../../nn/mod.ts";
import {
  type DescentOptions,
  optimiser,
  type OptimiserLike,
  type Parametrisation,
  type Rate,
} from "../simulation/descent/mod.ts";
import { notebookStart, type StartLike } from "../starts.ts";

/** Declares the step size. */
export function rateParameter(value: number): Parameter<Rate> {
  const door = (rate: Rate) => {
    const at = typeof rate === "function" ? rate(0) : rate;
    checkPositive("set the step size", "eta", at);
  };
  return param.value<Rate>(
    value,
    "step size η, or a function of the number of steps done",
    door,
    "a number > 0, or a function of the step that returns one",
  );
}

/** How the factors are trained. */
export interface TrainingParameters {
  /** Step size. */
  readonly eta: Rate;
  /** Step size of B over that of A. */
  readonly ratio: number;
  /** The optimiser. */
  readonly optimiser: OptimiserLike;
  /** Damping of the preconditioned one. */
  readonly damping: number;
  /** LoRA or DoRA. */
  readonly parametrisation: Parametrisation;
}

/** Declares how factors are trained. */
export function trainingParameters(
  { eta, optimiser: how, damping = 0 }: {
    readonly eta: number;
    readonly optimiser: OptimiserLike;
    readonly damping?: number;
  },
): { readonly [K in keyof TrainingParameters]: Parameter<TrainingParameters[K]> } {
  return {
    eta: rateParameter(eta),
    ratio: param.number(1, "step size of B over that of A (LoRA+: 16)", { least: 0 }),
    optimiser: param.value<OptimiserLike>(
      how,
      "gd, preconditioned, momentum, adam, or your own { name, begin }",
      (like) => optimiser(like),
      "one of gd, preconditioned, momentum, adam, or { name, begin }",
    ),
    damping: param.number(damping, "damping λ of the preconditioned optimiser", { least: 0 }),
    parametrisation: param.value<Parametrisation>(
      "LoRA",
      "LoRA trains W + AB, DoRA lengths and directions of its columns (by gd); a third one has no place in a " +
        "cell, since its gradient is part of the descent",
      (name) => checkOneOf("choose a parametrisation", "it", name, ["LoRA", "DoRA"]),
      "LoRA or DoRA",
    ),
  };
}

/** How the factors are trained, in words. */
export function trainingWords(p: TrainingParameters): string {
  const step = typeof p.eta === "function" ? "a schedule of η" : `η = ${formatNumber(p.eta)}`;
  const { name } = optimiser(p.optimiser, p.damping);
  return `${name}${
    p.parametrisation === "DoRA" ? " on DoRA's lengths and directions" : ""
  }, ${step}` +
    (p.ratio === 1 ? "" : `, B ${formatNumber(p.ratio)} times faster`);
}

/** Refuses a damping that no optimiser would take: `"preconditioned"` by its name is the one that does. */
export function checkDamping(
  damping: number,
  optimisers: readonly OptimiserLike[],
  refuse: Refuse,
): void {
  if (damping > 0 && !optimisers.includes("preconditioned")) {
    refuse("damping", 'left out, or 0, unless the optimiser is "preconditioned"', damping);
  }
}

/**
 * What a start makes of them: it may have rates of its own, and a middle factor is trained by gradient descent with η
 * (LoRA-SB's frozen factors are orthonormal, so that its preconditioner is the identity).
 */
export function descentOptions(
  p: TrainingParameters,
  like: StartLike,
  { middle }: Start,
): DescentOptions & { readonly parametrisation: Parametrisation } {
  const { eta: rate, ratio, optimiser, damping, parametrisation } = p;
  if (middle) return { rate, parametrisation };
  const { rates } = notebookStart(like);
  return { rate, ratio, optimiser, damping, parametrisation, ...(rates ? { rates } : {}) };
}

/** What starts do otherwise than the words say: a middle factor of some, a frozen `B` of others; none where nothing is. */
export function apartWords(
  p: TrainingParameters,
  starts: readonly StartLike[],
  middle: readonly string[],
): string {
  const frozen = starts.map(notebookStart).filter(({ rates }) => rates?.B === 0);
  return [
    ...(middle.length > 0 && (p.optimiser !== "gd" || p.ratio !== 1)
      ? [`${listed(middle)}: gradient descent on the middle factor with η, nothing else is trained`]
      : []),
    ...(frozen.length > 0 && p.ratio !== 1
      ? [`${listed(frozen.map(({ name }) => name))}: B is frozen`]
      : []),
  ].map((words) => `; ${words}`).join("");
}
