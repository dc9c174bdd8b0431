/**
 * Claims of exactness in law: the chains against SGD on whole inputs and against the model on one screen.
 *
 * @module
 */
import { type Claim, type Preset, withControl } from "../../../../experiment/mod.ts";
import { committeeExactness } from "../../experiments/law/committee_exactness.ts";
import { type LawComparison, lawDistance } from "../../experiments/law/compare.ts";
import { exactness } from "../../experiments/law/exactness.ts";
import { controlName, type LawControl } from "../../experiments/law/parameters.ts";
import { lawVerdict } from "./verdict.ts";

const paper = "pre-training-hurts", source = { whose: "ours" } as const;

/** Options of {@linkcode exactness}. */
type Options = NonNullable<Parameters<typeof exactness>[0]>;

/** Runs of each sampler. */
const runsAt = (preset: Preset) => preset === "full" ? 6000 : 700;

/** Few dimensions, large steps and a learnt `u`, so that what a batch does outside the frame counts. */
const SIZES: Options = { d: 4, batch: 2, start: { u: 1 }, looks: [1, 10] };

/** Comparisons of the chain of named settings, or of a control of each. */
async function compared(
  settings: Readonly<Record<string, Options>>,
  { preset, seed, control }: {
    readonly preset: Preset;
    readonly seed: string | undefined;
    readonly control?: LawControl;
  },
): Promise<Record<string, readonly LawComparison[]>> {
  const all = Object.entries(settings).map(async ([name, { controls = [], ...options }]) => {
    // Without a fault nothing is drawn for controls, with one nothing but it counts.
    const faults = control === undefined ? [] : control === 0 ? controls : [control];
    const { rows } = await exactness({
      ...{ preset, ...SIZES, copies: runsAt(preset), ...options, controls: faults },
      ...(seed === undefined ? {} : { seed }),
    });
    const shown = controlName(faults.length > 0 ? faults[0] : 0);
    return [name, rows.comparisons.filter(({ chain }) => chain === shown)] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

/** Targets of C11. */
const TARGETS: Readonly<Record<string, Options>> = {
  "erf": { student: "erf", mu: [0.5], step: 2 },
  "sigmoid": { student: "sigmoid", mu: [0.5], step: 30 },
  "ReLU, misaligned": { student: "relu", mu: [[0.6, 0.4]], step: 1 },
  "erf, free": { student: "erf", mu: [[0.6, 0.4]], step: 2, sphere: false },
  "erf, the model on one screen": { student: "erf", mu: [0.5], step: 2, against: "plain model" },
};

/** Linear chains of C13, each with its control. */
const LINEAR: Readonly<Record<string, Options>> = {
  "no label noise": { d: 3, looks: [1, 3], controls: [1] },
  "label noise 0.5": { looks: [1, 10], noise: 0.5, controls: [{ noise: 0.25 }] },
};

/** Laws of C52, each with one that a reader might mix it up with. */
const LAWS: Readonly<Record<string, Options>> = {
  "momentum": { rule: "momentum", controls: [{ rule: { name: "momentum", beta: 0.7 } }] },
  "clipping": {
    rule: { name: "clipping", norm: 0.3 },
    controls: [{ rule: { name: "clipping", norm: 0.5 } }],
  },
  "Huber loss": { criterion: { name: "huber", delta: 0.2 }, controls: [{ criterion: "square" }] },
  "Student-t labels": {
    ...{ noise: 2, noiseLaw: { name: "student t", degrees: 2.2 } },
    controls: [{ noiseLaw: "signs" }],
  },
  // Gradients ±x in few dimensions: lengths matter.
  "inputs on a sphere": {
    ...{ inputs: "sphere", student: "x", criterion: "absolute", d: 2, step: 1, sphere: false },
    ...{ looks: [1, 3], controls: [{ inputs: "normal" }] },
  },
  "inputs of two radii": {
    ...{ inputs: { name: "mixture", ratio: 5 }, step: 3 },
    controls: [{ inputs: "normal" }],
  },
};

/** The claims of exactness in law. */
export const exactnessClaims: readonly Claim[] = [
  {
    ...{ id: "C11", paper, source },
    statement: "The exact chain has the law of one-pass SGD on whole inputs, with vectors of d " +
      "entries: erf, sigmoid, a misaligned ReLU, a free adapter, and the model on one screen",
    falsifier:
      "A mean or mean square of u, m, u m or h that differs by 4.5 standard errors, or a " +
      "Kolmogorov-Smirnov p-value below 1e-4 after counting all tests; control: one degree of freedom " +
      "more outside the frame",
    evidence: (preset) => ({
      seeds: runsAt(preset),
      sizes: "d = 4, b = 2, steps 1 and 10; runs of each sampler and target",
      draws: "seed",
    }),
    ...withControl(async (preset, seed, wrong) => {
      const fault = wrong ? { control: 1 } : {};
      return lawVerdict(await compared(TARGETS, { preset, seed, ...fault }), wrong);
    }),
  },
  {
    ...{ id: "C12", paper, source },
    statement:
      "What a batch does outside frame and adapter is needed: a chain without the chi-square " +
      "remainder has another law after one step",
    falsifier:
      "A chain without remainder that the comparison takes for SGD; control: the exact chain",
    evidence: (preset) => ({
      seeds: runsAt(preset),
      sizes: "d = 4, b = 2, erf, one step; runs of each sampler",
      draws: "seed",
    }),
    ...withControl(async (preset, seed, wrong) => {
      const fault = wrong ? {} : { control: null };
      const { erf } = await compared({ erf: { ...TARGETS.erf, looks: [1] } }, {
        ...{ preset, seed, ...fault },
      });
      const { z } = lawDistance(erf);
      return {
        ...{ measured: { "largest |z|": z }, expected: { "largest |z| at least": 8 } },
        ...{ tolerance: "8 standard errors, twice what is called another law", pass: z >= 8 },
      };
    }),
  },
  {
    ...{ id: "C13", paper, source },
    statement:
      "The linear chain, which draws one Wishart matrix for a batch, has the law of the chain " +
      "that draws every sample, with and without label noise",
    falsifier:
      "As C11; controls: one degree of freedom more, and half the variance of the label noise",
    evidence: (preset) => ({
      seeds: 4 * runsAt(preset),
      sizes: "d = 3 or 4, b = 3, steps 1 and 3 or 10; runs of each sampler",
      draws: "seed",
    }),
    ...withControl(async (preset, seed, wrong) => {
      const cases = Object.fromEntries(
        Object.entries(LINEAR).map(([name, options]): [string, Options] => [name, {
          ...{ student: "x", mu: [0.5], step: 1, batch: 3, copies: 4 * runsAt(preset) },
          ...{ ...options, against: "chain of samples" },
        }]),
      );
      const fault = wrong ? { control: 0 } : {};
      return lawVerdict(await compared(cases, { preset, seed, ...fault }), wrong);
    }),
  },
  {
    ...{ id: "C51", paper, source },
    statement: "The chain of a committee has the law of SGD on whole inputs, for a rank of two",
    falsifier:
      "As C11, for squared factors, overlaps and the Gram matrix of the student's rows; control: " +
      "d − K degrees of freedom in place of d − K − r",
    evidence: (preset) => ({
      seeds: preset === "full" ? 3000 : 750,
      sizes: "K = 2 erf units, rank 2, d = 6, b = 2, steps 3, 12, 30; runs of each sampler",
      draws: "seed",
    }),
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await committeeExactness({
        ...{ preset, rank: 2, copies: preset === "full" ? 3000 : 750, degrees: wrong ? [2] : [] },
        ...(seed === undefined ? {} : { seed }),
      });
      const shown = controlName(wrong ? 2 : 0);
      return lawVerdict({ committee: rows.filter(({ chain }) => chain === shown) }, wrong);
    }),
  },
  {
    ...{ id: "C52", paper, source },
    statement:
      "The chain stays exact for other rules, losses, laws of the label noise and inputs of one " +
      "law in all directions",
    falsifier:
      "As C11, for momentum, clipping, the Huber loss, Student-t labels, inputs on a sphere and of " +
      "two radii; controls: a neighbouring rule, loss or law of the same mean and variance",
    evidence: (preset) => ({
      seeds: runsAt(preset),
      sizes:
        "erf, μ = 0.5, d = 4 (2 on a sphere), b = 2, steps 1 and 10 (3); runs of each sampler and law",
      draws: "seed",
    }),
    ...withControl(async (preset, seed, wrong) => {
      const cases = Object.fromEntries(
        Object.entries(LAWS).map((
          [name, options],
        ) => [name, { student: "erf", mu: [0.5], step: 2, ...options } as Options]),
      );
      const fault = wrong ? { control: 0 } : {};
      return lawVerdict(await compared(cases, { preset, seed, ...fault }), wrong);
    }),
  },
];
