/**
 * Parameters that most experiments of the paper share, and the runs that follow from them.
 *
 * @module
 */
import {
  chainRule,
  chainRules,
  type RuleChoice,
  type StepSizes,
  stepSizes,
} from "../../../chain/mod.ts";
import {
  type ExperimentContext,
  param,
  type Parameter,
  type Row,
  type Task,
  type Values,
} from "../../../experiment/mod.ts";
import { formatNumber } from "../../../figure/mod.ts";
import { activation, type ActivationLike } from "../../../gaussian/mod.ts";
import { type Frozen, frozenName, frozenOf } from "../frozen.ts";
import type { SgdSetting } from "../simulation/runs/setting.ts";
import { adapterStart, type StartLike, startNames } from "../starts.ts";
import {
  criterionParameter,
  inputsParameter,
  noiseLawParameter,
  samplerParameter,
} from "./problem.ts";

/** Declares an activation. */
export function activationParameter(
  value: ActivationLike,
  about = "activation σ of the student, and of the teacher unless that has its own",
): Parameter<ActivationLike> {
  const wanted = "an activation: a name, an expression in z, or a function";
  return param.value<ActivationLike>(value, about, activation, wanted);
}

/** Declares the strengths of pre-training. */
export function strengthsParameter(value: readonly Frozen[]): Parameter<readonly Frozen[]> {
  return param.values<Frozen>(
    value,
    "strengths μ of pre-training, w₀ = μω⋆; or coordinates of any w₀, that along ω⋆ first: " +
      "misaligned(0.5), [0.6, 0.3]",
    frozenOf,
    "a number, or a list of coordinates",
  );
}

/** Declares the step size. */
export function stepParameter(value: StepSizes): Parameter<StepSizes> {
  return param.value<StepSizes>(
    value,
    "step size η, divided by N_k for He_k; [η_u, η_ω] where they differ; a number, an expression in " +
      't such as "0.2 / sqrt(1 + t / 500)", or a function of the step',
    stepSizes,
    "a step size, or two of them",
  );
}

/** Declares the update rule. */
export function ruleParameter(): Parameter<RuleChoice> {
  const names = Object.keys(chainRules).join(", ");
  return param.value<RuleChoice>(
    "sgd",
    `update rule: ${names}, one with its parameters such as { name: "momentum", beta: 0.9 }, or your ` +
      "own; rules that treat coordinates one by one, as Adam does, have no exact chain",
    chainRule,
    `${names}, or an object with a method step`,
  );
}

/** Declares the start. */
export function startParameter(value: StartLike = "random"): Parameter<StartLike> {
  const names = startNames.join(", ");
  return param.value<StartLike>(
    value,
    `start of the adapter: ${names}, numbers { u, a }, or your own { name, place }`,
    adapterStart,
    `${names}, { u, a }, or { name, place }`,
  );
}

/** Defaults of the shared parameters that an experiment may set. */
export interface SgdDefaults {
  /** Student. */
  readonly student?: ActivationLike;
  /** Strengths. */
  readonly mu?: readonly Frozen[];
  /** Dimension. */
  readonly d?: number;
  /** Samples per step. */
  readonly batch?: number;
  /** Step size. */
  readonly step?: StepSizes;
  /** Label noise Δ. */
  readonly noise?: number;
  /** Start. */
  readonly start?: StartLike;
  /** Copies. */
  readonly copies?: number;
}

/**
 * Declares everything that the law of one-pass SGD depends on, at the authors' protocol unless an experiment
 * says otherwise.
 */
// deno-lint-ignore explicit-module-boundary-types -- the type is what every experiment spreads
export function sgdParameters(defaults: SgdDefaults = {}) {
  const { student = "x", mu = [0.5], d = 1000, batch = 500, step = 0.2 } = defaults;
  const { noise = 0, start = "random", copies = 3 } = defaults;
  return {
    student: activationParameter(student),
    teacher: param.value<ActivationLike | null>(
      null,
      "activation σ⋆ of the teacher; null for the student's",
      (teacher: ActivationLike | null) => teacher === null || activation(teacher),
      "an activation, or null",
    ),
    mu: strengthsParameter(mu),
    d: param.integer(d, "input dimension", { least: 2 }),
    batch: param.integer(batch, "fresh inputs a step", { least: 1 }),
    step: stepParameter(step),
    rule: ruleParameter(),
    noise: param.number(noise, "variance Δ of the label noise", { least: 0 }),
    noiseLaw: noiseLawParameter(),
    criterion: criterionParameter(),
    inputs: inputsParameter(),
    sphere: param.flag(true, "whether ω is kept on the sphere, as in the paper"),
    rank: param.integer(1, "rank of the adapter; more than 1 with the paper's problem only", {
      least: 1,
    }),
    start: startParameter(start),
    sampler: samplerParameter(),
    copies: param.integer(copies, "independent runs", { least: 1 }),
    seed: param.seed(),
  };
}

/** Values of the shared parameters. */
export type Physics = Values<ReturnType<typeof sgdParameters>>;

/** Parameters that are the paper's where an experiment does not have them. */
type Usual = "noiseLaw" | "criterion" | "inputs" | "sampler";

/** The setting of the parameters at a frozen weight, without the number of copies. */
export function settingOf(
  p: Omit<Physics, "mu" | "copies" | "seed" | Usual> & Partial<Pick<Physics, Usual>>,
  w0: Frozen,
): Omit<SgdSetting, "copies"> {
  const { student, teacher, d, batch, step, rule, noise, sphere, rank, start } = p;
  const { noiseLaw = "normal", criterion = "square", inputs = "normal" } = p;
  const { sampler = "exact chain" } = p;
  // What changes nothing is left out, so that equal runs are one.
  return {
    ...{ student, w0, d, batch, step },
    ...(teacher === null ? {} : { teacher }),
    ...(rule === "sgd" ? {} : { rule }),
    ...(noise === 0 ? {} : { noise }),
    ...(noise === 0 || noiseLaw === "normal" ? {} : { noiseLaw }),
    ...(criterion === "square" ? {} : { criterion }),
    ...(inputs === "normal" ? {} : { inputs }),
    ...(sampler === "exact chain" ? {} : { sampler }),
    ...(sphere ? {} : { sphere }),
    ...(rank === 1 ? {} : { rank }),
    ...(start === "random" ? {} : { start }),
  };
}

/** Columns of a setting that rows do not repeat. */
const OF_SETTING = [
  ...["student", "teacher", "w0", "d", "batch", "step", "stepScale", "rule", "noise", "noiseLaw"],
  ...[
    "inputs",
    "criterion",
    "sphere",
    "rank",
    "start",
    "sampler",
    "copies",
    "looks",
    "observe",
    "goal",
  ],
  ...["maxSteps"],
];

/** Cells of a sweep over copies. */
export interface Runs<P extends object, R extends Row, C extends Row> {
  /** The task. */
  readonly run: Task<P & { readonly copies: number }, R>;
  /** Settings without their copies, each with the columns that tell its rows from others. */
  readonly cells: readonly { readonly columns: C; readonly setting: P }[];
  /** Independent copies of each. */
  readonly copies: number;
  /** Seed of all. */
  readonly seed: string;
  /** Copies that one cell advances together: they stop when the last one has arrived. */
  readonly together?: number;
  /** Words for the bar of progress. */
  readonly label?: string;
}

/** Inputs that a cell will draw, as far as it says how many: by them the dearest are begun first. */
function workOf(cell: object): number {
  const { looks, maxSteps, firstSteps, secondSteps = 0, batch, copies = 1 } = cell as Partial<{
    looks: readonly number[];
    maxSteps: number;
    firstSteps: number;
    secondSteps: number;
    batch: unknown;
    copies: number;
  }>;
  const steps = looks?.at(-1) ?? maxSteps ?? (firstSteps ?? 0) + secondSteps;
  return steps * copies * (typeof batch === "number" ? batch : 1);
}

/** A row with the columns of its cell. */
export type OfCell<R, C> = R & C & { seed: string; copy: number };

/**
 * Runs every cell with so many independent copies, in groups that workers share; copies are numbered through.
 * Groups of one experiment have the seeds `seed/0`, `seed/1`, …
 */
export async function runsOf<P extends object, R extends Row & { copy: number }, C extends Row>(
  sweep: ExperimentContext["sweep"],
  { run, cells, copies, seed, together = 8, label }: Runs<P, R, C>,
): Promise<OfCell<R, C>[]> {
  const whole = Math.floor(copies / together), rest = copies - whole * together;
  const named = label ? { name: label } : {};
  const part = async (size: number, groups: readonly number[]) => {
    if (size === 0 || groups.length === 0) return [];
    const sized = cells.map(({ setting }) => ({ ...setting, copies: size }));
    const columns = cells.map((cell) => cell.columns);
    const seeds = groups.map((group) => `${seed}/${group}`);
    return await sweep({ run, cells: sized, columns, seeds, cost: workOf, ...named });
  };
  const parts = (await Promise.all([
    part(together, Array.from({ length: whole }, (_, i) => i)),
    part(rest, rest > 0 ? [whole] : []),
  ])).flat();
  const keys = new Set(cells.flatMap(({ columns }) => Object.keys(columns)));
  return parts.map((row) => {
    const kept = Object.entries(row).filter(([key]) => keys.has(key) || !OF_SETTING.includes(key));
    const group = Number(row.seed.slice(row.seed.lastIndexOf("/") + 1));
    return { ...Object.fromEntries(kept), copy: group * together + row.copy } as OfCell<R, C>;
  });
}

/** The frozen weight as a column: its strength, or its coordinates as text. */
export function strengthColumn(w0: Frozen): number | string {
  return typeof w0 === "number" ? w0 : frozenName(w0);
}

/** The frozen weight in the paper's symbols, with markup for labels. */
export function strengthWords(w0: Frozen): string {
  return typeof w0 === "number" ? `/{μ} = ${formatNumber(w0)}` : `/{w}₀ = ${frozenName(w0)}`;
}

/** Names of activations as figures print them. */
const WORDS: Readonly<Record<string, string>> = { x: "linear", relu: "ReLU" };

/** Name of an activation with the markup of figure labels: `He3` has an upright subscript. */
export function activationWords(it: ActivationLike): string {
  const { name } = activation(it);
  return WORDS[name] ?? name.replace(/He(\d+)/g, "He_{$1}").replace("^2", "²");
}
