/**
 * Parameters that most experiments of the paper share, and the models and runs that follow from them.
 *
 * @module
 */
import { type NoiseChoice, noiseLaw } from "../../../chain/mod.ts";
import {
  type ExperimentContext,
  param,
  type Parameter,
  type Values,
} from "../../../experiment/mod.ts";
import { formatNumber } from "../../../figure/mod.ts";
import { activation, type ActivationLike } from "../../../gaussian/mod.ts";
import { stream } from "../../../random/mod.ts";
import { activationLabel } from "../activations.ts";
import { type Base, baseGram, baseWords } from "../bases.ts";
import {
  factorWords,
  type LeftFactor,
  leftFactor,
  type StudentFactor,
  studentFactor,
} from "../left_factors.ts";
import { isDrawnModel, type ModelSpec } from "../model_spec.ts";
import { type CourseCell, type CourseRow, courses } from "../simulation/courses.ts";
import { type RunOptions } from "../simulation/options.ts";
import { type StepScale, stepScale } from "../step_scales.ts";

/** Words of the axis of time. */
export const TIME = "time /{τ} = steps//{n}";

const AN_ACTIVATION = "an activation: a name, an expression in z, or a function";
const FACTOR =
  "alternating, plus, random signs, uniform, zero, entries, { plus: n }, or a function";
const trial = stream("trial");

/** Declares an activation. */
export function activationParameter(
  value: ActivationLike,
  about = "activation of teacher and student",
): Parameter<ActivationLike> {
  return param.value<ActivationLike>(value, about, activation, AN_ACTIVATION);
}

/** Declares several activations. */
export function activationsParameter(
  value: readonly ActivationLike[],
  about = "activations of teacher and student",
): Parameter<readonly ActivationLike[]> {
  return param.values<ActivationLike>(value, about, activation, AN_ACTIVATION);
}

/** Declares the teacher's left factor. */
export function teacherParameter(value: LeftFactor): Parameter<LeftFactor> {
  const door = (c: LeftFactor) =>
    void (Array.isArray(c) ? leftFactor(c, c.length, trial) : typed(c));
  return param.value<LeftFactor>(
    value,
    "teacher's left factor c; random ones are drawn for every copy",
    door,
    FACTOR,
  );
}

/** Declares the student's left factor. */
export function studentParameter(value: StudentFactor): Parameter<StudentFactor> {
  const door = (c: StudentFactor) => {
    if (c !== "c" && !(typeof c === "object" && "flipped" in c)) {
      if (!Array.isArray(c)) typed(c as LeftFactor);
    } else studentFactor(c, Array(99).fill(1), trial);
  };
  return param.value<StudentFactor>(
    value,
    "student's left factor ĉ at the start: c (the teacher's), { flipped: n }, or as for c",
    door,
    `c, { flipped: n }, ${FACTOR}`,
  );
}

/** Fails unless a factor is one for some number of neurons. */
function typed(c: LeftFactor): void {
  if (typeof c === "object" && c !== null && "plus" in c) leftFactor(c, Math.max(2, c.plus), trial);
  else if (typeof c === "string") studentFactor(c, [1, 1], trial);
  else if (typeof c !== "function") throw new TypeError("it is no left factor");
}

/** Declares the base. */
export function baseParameter(value: Base = "orthonormal"): Parameter<Base> {
  const door = (base: Base) =>
    void (Array.isArray(base) || typeof base === "function" || baseGram(base, [0.6, 0.8], trial));
  return param.value<Base>(
    value,
    "base: orthonormal, claim 2, { correlation }, { unitVectors: d }, the k² entries of a Gram matrix",
    door,
    "orthonormal, claim 2, { correlation }, { unitVectors: d }, entries, or a function",
  );
}

/** Declares output weights. */
export function lambdaParameter(): Parameter<readonly number[] | null> {
  return param.value<readonly number[] | null>(
    null,
    "output weights λ; null for 1/√k",
    (lambda) => {
      if (lambda !== null && !(Array.isArray(lambda) && lambda.every(Number.isFinite))) {
        throw new TypeError("they are numbers");
      }
    },
    "null, or k numbers",
  );
}

/** Declares a step scale. */
export function scaleParameter(value: StepScale): Parameter<StepScale> {
  return param.value<StepScale>(
    value,
    'step scale α, η = α/n: a number, an expression in the time t such as "0.1 / (1 + t / 60)", a rule',
    stepScale,
    "a number > 0, an expression in t, a function, or a rule",
  );
}

/** Defaults of the shared parameters. */
export interface PhysicsDefaults {
  readonly activation?: ActivationLike;
  readonly k?: number;
  readonly kappa?: number;
  readonly c?: LeftFactor;
  readonly hatC?: StudentFactor;
  readonly base?: Base;
  readonly alpha?: StepScale;
  readonly n?: number;
  readonly copies?: number;
}

/** Declares the model. */
// deno-lint-ignore explicit-module-boundary-types -- the type is what every experiment spreads
export function modelParameters(defaults: PhysicsDefaults = {}) {
  const { activation: sigma = "h3", k = 8, kappa = Math.SQRT1_2 } = defaults;
  const { c = "alternating", hatC = "c", base = "orthonormal" } = defaults;
  return {
    activation: activationParameter(sigma),
    k: param.integer(k, "neurons of the base", { least: 1 }),
    kappa: param.number(kappa, "perturbation per neuron κ = ξ/√k", { above: 0 }),
    c: teacherParameter(c),
    hatC: studentParameter(hatC),
    lambda: lambdaParameter(),
    base: baseParameter(base),
  };
}

/** Declares what a run of the model is told. */
// deno-lint-ignore explicit-module-boundary-types -- the type is what every experiment spreads
export function runParameters({ alpha = 0.2, copies = 32 }: PhysicsDefaults = {}) {
  return {
    alpha: scaleParameter(alpha),
    batch: param.integer(1, "fresh inputs a step", { least: 1 }),
    momentum: param.number(0, "heavy-ball momentum β", {
      above: -1,
      below: 1,
    }),
    noise: param.number(0, "standard deviation of the label noise", { least: 0 }),
    noiseLaw: param.value<NoiseChoice>(
      "normal",
      "law of the label noise: normal, signs, uniform, laplace, student t, or your own { name, draw }",
      noiseLaw,
      "a name, or { name, draw(rng) }",
    ),
    copies: param.integer(copies, "independent runs", { least: 2 }),
    seed: param.seed(),
  };
}

/** Values of the model. */
export type ModelValues = Values<ReturnType<typeof modelParameters>>;
/** Values of a run. */
export type RunValues = Values<ReturnType<typeof runParameters>>;

/** The model of the parameters; what is as usual is left out, so that equal runs are one. */
export function specOf(p: Partial<ModelValues> & Pick<ModelValues, "k" | "kappa">): ModelSpec {
  const { activation: sigma = "h3", k, kappa, c = "alternating", hatC = "c", lambda, base } = p;
  return {
    ...{ activation: sigma, k, kappa },
    ...(c === "alternating" ? {} : { c }),
    ...(hatC === "c" ? {} : { hatC }),
    ...(lambda ? { lambda } : {}),
    ...(base === undefined || base === "orthonormal" ? {} : { base }),
  };
}

/** The options of a run of the parameters. */
export function runOf(
  { alpha, batch, momentum, noise, noiseLaw: law }: Omit<RunValues, "copies" | "seed">,
  more: Omit<RunOptions, "alpha"> & { readonly alpha?: StepScale },
): RunOptions {
  return {
    alpha,
    ...(batch === 1 ? {} : { batch }),
    ...(momentum === 0 ? {} : { momentum }),
    ...(noise === 0 ? {} : { noise }),
    ...(noise === 0 || law === "normal" ? {} : { noiseLaw: law }),
    ...more,
  };
}

/** Why a flow of the parameters is not drawn, if it is not. */
export function whyNoFlow(
  p: Partial<ModelValues> & Pick<ModelValues, "k" | "kappa"> & Partial<RunValues>,
): string | undefined {
  if (isDrawnModel(specOf(p))) return "every copy has its own model";
  if (p.alpha !== undefined && !stepScale(p.alpha).course) return "the step watches the run";
  return undefined;
}

/** The model in words, for captions. */
export function modelWords(
  p: Partial<ModelValues> & Pick<ModelValues, "k" | "kappa">,
): string {
  const { activation: sigma, k, kappa, c = "alternating", hatC = "c", base = "orthonormal" } = p;
  return [
    ...(sigma === undefined ? [] : [plainLabel(sigma)]),
    `k = ${k}`,
    `κ = ${formatNumber(kappa)}`,
    ...(c === "alternating" ? [] : [`c: ${factorWords(c)}`]),
    hatC === "c" ? "ĉ = c" : `ĉ: ${factorWords(hatC)}`,
    ...(p.lambda ? ["λ given"] : []),
    ...(base === "orthonormal" ? [] : [baseWords(base)]),
  ].join(", ");
}

/** What of a run is not as usual, in words that follow others. */
export function runWords({ batch, momentum, noise, noiseLaw: law }: Partial<RunValues>): string {
  const words = [
    ...(batch !== undefined && batch > 1 ? [`${batch} inputs a step`] : []),
    ...(momentum ? [`momentum ${momentum}`] : []),
    ...(noise ? [`label noise ${noise} (${noiseLaw(law ?? "normal").name})`] : []),
  ];
  return words.length > 0 ? `, ${words.join(", ")}` : "";
}

/** A step scale in words. */
export function scaleText(alpha: StepScale): string {
  const { name, constant } = stepScale(alpha);
  return constant === undefined ? name : formatNumber(constant);
}

/** Name of an activation without the markup of labels. */
export function plainLabel(sigma: ActivationLike): string {
  const subscript = (x: string) => [...x].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");
  return activationLabel(sigma).replace(/\/\{(\w+)\}_\{(\d+)\}/, (_, h, d) => h + subscript(d));
}

/** Groups of copies: what differs between them. */
export type Group = Omit<CourseCell, "copies" | "first">;

/** Steps that take less time than it takes to start a worker: about half a second. */
const FEW = 1.5e6;

/** Courses of groups of copies, each split in four cells at most, so that workers share them. */
export async function coursesOf(
  sweep: ExperimentContext["sweep"],
  groups: readonly (Group & { readonly copies: number })[],
): Promise<CourseRow[]> {
  const steps = groups.reduce(
    (sum, { run, times, copies }) => sum + copies * run.n * times.at(-1)!,
    0,
  );
  const cells = groups.flatMap(({ copies, ...group }) => {
    const part = Math.ceil(copies / 4);
    return [0, 1, 2, 3].map((i) => ({
      ...group,
      first: i * part,
      copies: Math.min(part, copies - i * part),
    })).filter((cell) => cell.copies > 0);
  });
  const rows = await sweep({ run: courses, cells, ...(steps < FEW ? { workers: 0 } : {}) });
  return rows.map((row) => ({ ...ofCourse(row), label: String(row.label ?? "") }));
}

const COLUMNS = [
  ...["label", "copy", "tau", "m", "q", "nu", "logGap", "loss", "m0", "q0", "A", "half"],
  ...["alpha", "status"],
];

/** A row without the columns of its cell. */
function ofCourse(row: CourseRow): CourseRow {
  return Object.fromEntries(
    Object.entries(row).filter(([key]) => COLUMNS.includes(key)),
  ) as CourseRow;
}
