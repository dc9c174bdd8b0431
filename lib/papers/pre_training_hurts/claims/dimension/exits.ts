/**
 * Claims about the exit of the search against the dimension: C15, C20, C43.
 *
 * @module
 */
import {
  byPreset,
  type Claim,
  comparison,
  type Preset,
  summary,
  where,
  withControl,
} from "../../../../experiment/mod.ts";
import {
  type DimensionExitMean,
  dimensionExitMeans,
  type DimensionExitRow,
  dimensionExitsOf,
  dimensionExitTheory,
  sdError,
} from "../../experiments/dimension/exits.ts";
import { seeded } from "../seeded.ts";

const paper = "pre-training-hurts";

async function exitsOf(name: string, preset: Preset, seed: string | undefined) {
  return await dimensionExitsOf[name]({ preset, ...seeded(seed) });
}

/** Mean and error of the differences of copies that share their draws at two dimensions. */
function difference(rows: readonly DimensionExitRow[], mu: number, [low, high]: [number, number]) {
  const at = (d: number) => where(where(rows, "mu", mu), "d", d).map(({ exit }) => exit ?? NaN);
  const first = at(low);
  return summary(at(high).map((exit, i) => exit - first[i]));
}

function c15(): Claim {
  return {
    id: "C15",
    paper,
    source: { whose: "ours" },
    statement: "The mean exit step grows by 1/(2 ln(1 + ηλ₊)) per ln d, from d = 1e5 to 1e9",
    falsifier:
      "A slope of the mean exit per ln d, over copies that share their draws, that is more than 4 " +
      "standard errors and 0.1 % away from 1/(2 ln(1 + ηλ₊)) at one of three strengths",
    evidence: (preset) => ({
      seeds: byPreset(preset, 100, 400),
      sizes: "linear target, μ = 0.2, 0.5, 0.8, b = d = 1e5 and 1e9, η = 0.1",
      draws: "seed",
    }),
    // Control: twice the slope, that of a start of size 1/d.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await exitsOf("x", preset, seed), { put, result } = comparison();
      for (const mu of [0.2, 0.5, 0.8]) {
        const { mean, se } = difference(rows, mu, [1e5, 1e9]), way = Math.log(1e4);
        const rate = (Math.sqrt(1 + 4 * (1 - mu) ** 2) - 1) / 2, growth = Math.log1p(0.1 * rate);
        const slope = (wrong ? 2 : 1) / (2 * growth);
        // At d = 1e5 an overlap of some 1/√d has left the linear dynamics by m₀² and u₀ = d⁻² has not quite.
        put(`μ = ${mu}`, mean / way, slope, 4 * se / way + 1e-3 * slope);
      }
      return result("4 standard errors of paired differences + 0.1 %");
    }),
  };
}

function c20(): Claim {
  const targets = (preset: Preset): [string, number][] =>
    byPreset<[string, number][]>(preset, [["He2", 0.5]], [["He2", 0.5], ["He3", 0.5], [
      "He3",
      0.7,
    ]]);
  return {
    id: "C20",
    paper,
    source: { whose: "ours" },
    statement:
      "Hermite targets: the exit at d = 1e5 is later than at 1e3 by the slope in ln d and the " +
      "shift of noise-assisted search",
    falsifier:
      "A mean difference of the exits of copies that share their draws that is more than 4 standard " +
      "errors away from theory's",
    evidence: (preset) => ({
      seeds: byPreset(preset, 24, 48),
      sizes: `${targets(preset).map(([name, mu]) => `${name} at μ = ${mu}`).join(", ")}; d = 1e3 ` +
        "and 1e5, b = 3000, η = 0.05/N_k, |m| = 0.1",
      draws: "seed",
    }),
    // Control: twice the slope, as if the start were of size 1/d.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison();
      for (const [name, mu] of targets(preset)) {
        const { rows, parameters } = await exitsOf(name, preset, seed);
        const { mean, se } = difference(rows, mu, [1e3, 1e5]);
        const theory = dimensionExitTheory(parameters, mu, 1e5) -
          dimensionExitTheory(parameters, mu, 1e3);
        put(`${name} at μ = ${mu}`, mean, wrong ? 2 * theory : theory, 4 * se);
      }
      return result("4 standard errors of paired differences");
    }),
  };
}

function c43(): Claim {
  return {
    id: "C43",
    paper,
    source: { whose: "ours" },
    statement:
      "Mean and spread of the exit step themselves are those of the mean of SGD from the typical " +
      "start, with the spread π/(2√2 ln(1 + ηλ₊)) of ln|ξ|",
    falsifier:
      "A mean or a standard deviation of the exit that is more than 4 standard errors away from " +
      "theory's at one strength and dimension",
    evidence: (preset) => ({
      seeds: byPreset(preset, 100, 400),
      sizes: "linear target, μ = 0.2, 0.5, 0.8, b = d = 1e3 ... 1e9, η = 0.1, |m| = 0.5",
      draws: "seed",
    }),
    // Control: the overlap 1/√d for 0.53/√d and the spread of a half as wide start.
    ...withControl(async (preset, seed, wrong) => {
      const { rows, parameters } = await exitsOf("x", preset, seed);
      const { put, result } = comparison();
      for (const row of dimensionExitMeans(rows, parameters)) {
        const { mean, sd } = predicted(row, wrong);
        put(`μ = ${row.mu}, d = ${row.d}, mean`, row.mean, mean, 4 * row.se);
        put(`μ = ${row.mu}, d = ${row.d}, spread`, row.sd, sd, 4 * sdError(sd, row.copies));
      }
      return result("4 standard errors");
    }),
  };
}

/** Theory of a mean and its spread, or a wrong one: half the spread, and the mean earlier by that of `ln|ξ|`. */
function predicted({ theory, theorySd }: DimensionExitMean, wrong: boolean) {
  if (!wrong) return { mean: theory!, sd: theorySd! };
  const growth = Math.PI / (2 * Math.SQRT2 * theorySd!);
  return { mean: theory! - 0.6352 / growth, sd: theorySd! / 2 };
}

/** Claims about the exit against the dimension. */
export const exitClaims: readonly Claim[] = [c15(), c20(), c43()];
