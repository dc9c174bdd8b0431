/**
 * Claims of exactness in law: the chains against direct SGD, with a negative control.
 *
 * @module
 */
import {
  type CheckResult,
  type Claim,
  ksTwoSample,
  type Preset,
  type Row,
  summary,
  sweep,
} from "../../../experiment/mod.ts";
import { SEED } from "../experiments/runs.ts";
import { committeeLawSample, type LawCell, lawSample, type Sampler } from "../simulation/mod.ts";

const paper = "pre-training-hurts";

/** Models of C11: bounded derivatives, small `d` and `b`, so that no limit can hide an error. */
const MODELS: Record<string, Omit<LawCell, "sampler" | "runs" | "times">> = {
  "erf": { ...cell("erf", [0.5], 0.6) },
  "sigmoid": { ...cell("sigmoid", [0.5], 5) },
  "ReLU misaligned": { ...cell("relu", [0.6, 0.4], 0.6) },
  "erf free": { ...cell("erf", [0.6, 0.4], 0.6), sphere: false },
};

function cell(
  student: string,
  frozen: number[],
  step: number,
): Omit<LawCell, "sampler" | "runs" | "times"> {
  return { student, frozen, d: 12, batch: 3, step, noise: 0, sphere: true, u0: 0.5 };
}

/** Largest |z| of means and second moments, smallest KS p, over all columns and kept steps. */
export interface LawDistance {
  /** Largest `|z|` of a difference of means or second moments. */
  readonly maxZ: number;
  /** Number of z statistics. */
  readonly statistics: number;
  /** Smallest p of the two-sample KS tests. */
  readonly minP: number;
  /** Probability that the smallest of so many p-values is as small, `1 − (1 − minP)^tests` (Šidák). */
  readonly familyP: number;
}

/** Compares two samples column by column and step by step. */
export function lawDistance(x: readonly Row[], y: readonly Row[]): LawDistance {
  const columns = Object.keys(x[0]).filter((key) =>
    /^([uaq]\d+(\^2)?|u|h)$/.test(key) && key !== "u0"
  );
  const steps = [...new Set(x.map((row) => row.at))];
  let maxZ = 0, statistics = 0, minP = 1;
  for (const at of steps) {
    const a = x.filter((row) => row.at === at), b = y.filter((row) => row.at === at);
    for (const key of columns) {
      const p = a.map((row) => row[key] as number), q = b.map((row) => row[key] as number);
      minP = Math.min(minP, ksTwoSample(p, q).p);
      for (const power of [1, 2]) {
        const s = summary(p.map((v) => v ** power)), t = summary(q.map((v) => v ** power));
        const error = Math.hypot(s.se, t.se);
        // A column without spread (a start, a constant) has no z; it must then be equal.
        const z = error > 0 ? Math.abs(s.mean - t.mean) / error : s.mean === t.mean ? 0 : Infinity;
        maxZ = Math.max(maxZ, z);
        statistics++;
      }
    }
  }
  return { maxZ, statistics, minP, familyP: -Math.expm1(statistics / 2 * Math.log1p(-minP)) };
}

/**
 * Whether two samples may have one law: every |z| below 4, and a smallest KS p that is not a matter of
 * one in a thousand given how many were looked at.
 */
const sameLaw = ({ maxZ, familyP }: LawDistance) => maxZ < 4 && familyP > 1e-3;

async function samples(
  model: Omit<LawCell, "sampler" | "runs" | "times">,
  samplers: Sampler[],
  { runs, times, seed = SEED }: { runs: number; times: number[]; seed?: string },
): Promise<Row[][]> {
  const cells = samplers.map((sampler) => ({ ...model, sampler, runs: runs / 4, times }));
  const rows: Row[] = await sweep({
    name: "exactness in law",
    run: lawSample,
    cells,
    seeds: [0, 1, 2, 3].map((part) => `${seed}/${part}`),
  });
  return samplers.map((sampler) => rows.filter((row) => row.sampler === sampler));
}

function result(distances: Record<string, LawDistance>, wanted: boolean): CheckResult {
  return {
    measured: Object.fromEntries(
      Object.entries(distances).map(([name, { maxZ, statistics, minP, familyP }]) => [
        name,
        { "max |z|": maxZ, statistics, "min KS p": minP, "KS p of the family": familyP },
      ]),
    ),
    expected: wanted ? "one law" : "two laws",
    tolerance: "one law: every |z| < 4 and KS p of the family > 1e-3",
    pass: Object.values(distances).every((distance) => sameLaw(distance) === wanted),
  };
}

/** Runs per sampler. */
const runsAt = (preset: Preset) => preset === "full" ? 20000 : 2000;

/** Runs per sampler of the committee. */
const committeeRuns = (preset: Preset) => preset === "full" ? 8000 : 500;

/** C11: distance of the exact chain from direct SGD for every model. */
export async function chainAgainstDirect(
  preset: Preset,
  seed?: string,
): Promise<Record<string, LawDistance>> {
  const distances: Record<string, LawDistance> = {};
  for (const [name, model] of Object.entries(MODELS)) {
    const options = { runs: runsAt(preset), times: [1, 5, 15, 30], seed };
    const [chain, direct] = await samples(model, ["chain", "direct"], options);
    distances[name] = lawDistance(chain, direct);
  }
  return distances;
}

/** C12: the same for a chain that drops the χ² remainder. */
export async function brokenChainAgainstDirect(
  preset: Preset,
  seed?: string,
): Promise<Record<string, LawDistance>> {
  const samplers: Sampler[] = ["chain without remainder", "direct"];
  const options = { runs: runsAt(preset), times: [1, 5, 15, 30], seed };
  const [broken, direct] = await samples(MODELS.erf, samplers, options);
  return { "erf without the chi-square remainder": lawDistance(broken, direct) };
}

/** C13: Wishart chain against per-sample chain, and committee chain against direct SGD. */
export async function specialChains(
  preset: Preset,
  seed = SEED,
): Promise<Record<string, LawDistance>> {
  const distances: Record<string, LawDistance> = {};
  for (const noise of [0, 0.5]) {
    const model = { ...cell("x", [0.5], 0.3), d: 50, batch: 20, noise };
    const options = { runs: runsAt(preset), times: [1, 5, 15], seed };
    const [linear, chain] = await samples(model, ["linear", "chain"], options);
    distances[`linear, label noise ${noise}`] = lawDistance(linear, chain);
  }
  const committee = (sampler: "chain" | "direct") => ({
    sampler,
    student: "relu",
    frozen: [0.5, 0.5, 1],
    rank: 2,
    d: 15,
    batch: 4,
    step: 0.5,
    runs: committeeRuns(preset),
    times: [3, 20],
  });
  const rows: Row[] = await sweep({
    name: "committee in law",
    run: committeeLawSample,
    cells: [committee("chain"), committee("direct")],
    seeds: [seed],
  });
  const of = (sampler: string) => rows.filter((row) => row.sampler === sampler);
  distances["committee"] = lawDistance(of("chain"), of("direct"));
  return distances;
}

/** The claims of this file, in the order of the specification. */
export const lawClaims: readonly Claim[] = [
  {
    id: "C11",
    paper,
    source: { whose: "ours" },
    statement: "The exact chain has the law of direct one-pass SGD (d = 12, b = 3, four models)",
    falsifier:
      "A mean or second moment of chain and SGD that differs by 4 standard errors, or a KS " +
      "p-value of the family below 1e-3, for one of the four models",
    evidence: (preset) => ({
      seeds: runsAt(preset),
      sizes:
        "d = 12, b = 3, steps 1, 5, 15, 30, erf, sigmoid, ReLU misaligned, erf free; runs per " +
        "sampler",
      draws: "seed",
    }),
    check: async (preset, { seed }) => result(await chainAgainstDirect(preset, seed), true),
  },
  {
    id: "C12",
    paper,
    source: { whose: "ours" },
    statement: "Negative control: without the chi-square remainder the law is another one",
    falsifier:
      "A chain without the remainder that the same test takes for direct SGD: every |z| < 4 " +
      "and a KS p-value of the family above 1e-3",
    evidence: (preset) => ({
      seeds: runsAt(preset),
      sizes: "d = 12, b = 3, erf, steps 1, 5, 15, 30; runs per sampler",
      draws: "seed",
    }),
    check: async (preset, { seed }) => result(await brokenChainAgainstDirect(preset, seed), false),
  },
  {
    id: "C13",
    paper,
    source: { whose: "ours" },
    statement: "The Wishart chain (linear, any batch) and the committee chain are exact in law",
    falsifier:
      "A mean or second moment of two samplers that differs by 4 standard errors, or a KS " +
      "p-value of the family below 1e-3",
    evidence: (preset) => ({
      seeds: runsAt(preset),
      sizes: `linear: d = 50, b = 20, steps 1, 5, 15; committee: d = 15, b = 4, rank 2, ${
        committeeRuns(preset)
      } runs`,
      draws: "seed",
    }),
    check: async (preset, { seed }) => result(await specialChains(preset, seed), true),
  },
];
