/**
 * Claims about the reduction to `k + r` dimensions and the law of large dimension: C14–C16.
 *
 * Expected numbers are the reference values of the specification, from an independent implementation.
 *
 * @module
 */
import {
  atMost,
  byPreset,
  type Claim,
  distinct,
  ksTwoSample,
  linspace,
  summary,
  where,
  withControl,
} from "../../../experiment/mod.ts";
import { matrix, multiplyNT } from "../../../linalg/mod.ts";
import { portable, stream } from "../../../random/mod.ts";
import { dimensionSweep, lawOfReduction, SEED } from "../experiments/runs.ts";
import { frame, growthModes, startAdapters } from "../model.ts";
import { AdapterFlow, reduce, sampleReduced } from "../simulation/mod.ts";
import {
  escapeLaw,
  escapeTime,
  expectedPlateau,
  largeDimension,
  startPower,
} from "../theory/mod.ts";

const paper = "gradient-flow-mf";

/** Losses of a `120 × 90` problem, `k = 2`, `r = 3`, seed 91: all entries, and reduced. */
export function pathwise(
  times: readonly number[],
): { full: readonly number[]; reduced: readonly number[] } {
  const draws = portable(91), sigma = [1, 0.5], m = 120, n = 90;
  const u = frame(draws, m, 2), v = frame(draws, n, 2), w2 = matrix(m, m);
  for (let i = 0; i < m; i++) w2.data[i * m + i] = 1;
  const scaled = { ...u, data: u.data.map((x, i) => x * sigma[i % 2]) };
  const problem = { w2, target: multiplyNT(scaled, v) };
  const start = startAdapters(problem, { r: 3, scheme: "gauss", alpha: 1e-2, draws });
  const small = reduce(problem, start);
  return {
    full: new AdapterFlow(problem, start).solve(times).losses,
    reduced: new AdapterFlow(small.problem, small.start).solve(times).losses,
  };
}

function c14(): Claim {
  return {
    id: "C14",
    paper,
    source: { whose: "ours" },
    statement:
      "The (k + r)-dimensional flow is the full flow, path by path: largest relative difference " +
      "of L(t), t ≤ 20, on a 120 × 90 problem",
    falsifier: "A relative difference of the two losses above 5e-11 at one of the times to 20",
    evidence: {
      seeds: 1,
      sizes: "problem MF, 120 x 90, k = 2, r = 3, α = 1e-2",
      draws: "instance",
    },
    check: (preset) => {
      const { full, reduced } = pathwise(linspace(0, 20, preset === "full" ? 41 : 11));
      const gaps = full.map((loss, i) => Math.abs(reduced[i] / loss - 1));
      return atMost({ "relative difference": Math.max(...gaps) }, { "relative difference": 5e-11 });
    },
  };
}

function c15(): Claim {
  return {
    id: "C15",
    paper,
    source: { whose: "ours" },
    statement:
      "The sampler has the law of the full problem (m = n = 20, α = 1e-2): half-times and losses " +
      "agree in mean and distribution, and a sampler without Bartlett's degrees of freedom " +
      "does not",
    falsifier:
      "A half-time or loss of the sampler that differs from the full problem's by 4 standard " +
      "errors or has a KS p-value below 1e-3, or a sampler of half the size that is less than " +
      "10 standard errors away",
    evidence: (preset) => ({
      seeds: byPreset(preset, 300, 4000),
      sizes: "problem MF, m = n = 20, r = 4, α = 1e-2, t = 15; half the size: 200 draws",
      draws: "seed",
    }),
    check: async (preset, { seed = SEED }) => {
      const { full, reduced } = await lawOfReduction(preset, seed);
      const law = escapeLaw({ s: 1, sigma: 1, alpha: 1e-2, r: 4 });
      const of = (rows: readonly { half: number | null; loss: number }[]) => ({
        half: rows.map((row) => row.half ?? NaN),
        loss: rows.map((row) => row.loss),
      });
      const [a, b] = [of(full), of(reduced)];
      const z = (x: number[], y: number[]) => {
        const [p, q] = [summary(x), summary(y)];
        return (p.mean - q.mean) / Math.hypot(p.se, q.se);
      };
      // Negative control: the noise of a problem of half the size.
      const half = 10,
        wrong = Array.from({ length: 200 }, (_, copy) => {
          const options = { m: half, n: half, r: 4, alpha: 1e-2 };
          const { problem, start } = sampleReduced(options, stream(seed, "control", copy));
          return new AdapterFlow(problem, start).solve([15], { rtol: 1e-8 }).losses[0];
        });
      const measured = {
        "z of half-times": z(a.half, b.half),
        "z of losses": z(a.loss, b.loss),
        "KS p of half-times": ksTwoSample(a.half, b.half).p,
        "KS p of losses": ksTwoSample(a.loss, b.loss).p,
        "mean half-time": summary(b.half).mean,
        "z of the control": z(a.loss, wrong),
      };
      const pass = Math.abs(measured["z of half-times"]) < 4 &&
        Math.abs(measured["z of losses"]) < 4 &&
        measured["KS p of half-times"] > 1e-3 && measured["KS p of losses"] > 1e-3 &&
        Math.abs(measured["mean half-time"] - law.mean) < 0.02 + 4 * summary(b.half).se &&
        Math.abs(measured["z of the control"]) > 10;
      return {
        measured,
        expected: { "mean half-time": law.mean },
        tolerance:
          "|z| < 4, KS p > 1e-3, mean within 4 s.e. + 0.02 (o(1) at this α), control |z| > 10",
        pass,
      };
    },
  };
}

function c16(): Claim {
  return {
    id: "C16",
    paper,
    source: { whose: "ours" },
    statement:
      "Law at fixed κ = α²m up to m = n = 3·10⁷ (α = 1e-4): half-time draw by draw, late loss, " +
      "initial loss; the small-κ formulas are off there",
    falsifier:
      "A half-time of a draw that is off the law's by more than 2e-3, a mean late or initial " +
      "loss off by 2e-3 and 2e-4 of it, or a plateau formula that is not off by a factor 100",
    evidence: (preset) => ({
      seeds: byPreset(preset, 4, 20),
      sizes: `m = n = ${byPreset(preset, "1e6, 1e7, 3e7", "1e6, 3e6, 1e7, 3e7")}, r = 4, α = 1e-4`,
      draws: "seed",
    }),
    // Control: the half-time at small κ.
    ...withControl(async (preset, seed = SEED, wrong) => {
      const rows = await dimensionSweep(preset, seed);
      const measured: Record<string, number> = {}, bounds: Record<string, number> = {};
      for (const m of distinct(rows, "m")) {
        const kappa = 1e-8 * m, law = largeDimension({ kappa, r: 4 });
        if (m < 1e6) continue;
        const here = where(rows, "m", m), key = `m = ${m.toExponential(0)}`;
        const gaps = here.map((row) => {
          const rng = stream(seed, "reduced", m, row.copy);
          const { problem, start } = sampleReduced({ m, n: m, r: 4, alpha: 1e-4 }, rng);
          const power = startPower(growthModes(problem), start);
          const time = wrong ? escapeTime({ s: 1, sigma: 1, power }) : law.halfTime(power);
          return Math.abs((row.half ?? NaN) - time);
        });
        measured[`half-time, ${key}`] = Math.max(...gaps);
        bounds[`half-time, ${key}`] = 2e-3;
        measured[`late loss, ${key}`] = summary(here.map((row) =>
              row.loss
            )).mean / law.lateLoss(40) - 1;
        bounds[`late loss, ${key}`] = 2e-3;
        measured[`initial loss, ${key}`] = summary(here.map((row) =>
              row.loss0
            )).mean / law.initialLoss - 1;
        bounds[`initial loss, ${key}`] = 2e-4;
      }
      const frozen = expectedPlateau({ m: 3e7, n: 3e7, r: 4, alpha: 1e-4 });
      const late = summary(where(rows, "m", 3e7).map((row) => row.loss)).mean;
      const result = atMost(measured, bounds);
      return {
        ...result,
        measured: { ...measured, "plateau formula over loss, m = 3e7": frozen / late },
        tolerance: `${result.tolerance}; the plateau formula must be off by more than 100`,
        pass: result.pass && frozen / late > 100,
      };
    }),
  };
}

/** The claims of this file. */
export const reducedClaims: readonly Claim[] = [c14(), c15(), c16()];
