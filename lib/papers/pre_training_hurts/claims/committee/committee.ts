/**
 * Claims about the committee: its losses, what a rank cannot represent, and the pace of its search.
 *
 * @module
 */
import {
  type CheckResult,
  type Claim,
  comparison,
  type Preset,
  summary,
  withControl,
} from "../../../../experiment/mod.ts";
import { committeeLoss, overlapsOf } from "../../committee.ts";
import { committeeCourses } from "../../experiments/committee/courses.ts";
import { halvingSteps } from "../../experiments/committee/halving.ts";
import { degradedRows } from "../../experiments/committee/parameters.ts";
import { committeeMinimum } from "../../theory/committee/flow.ts";

const paper = "pre-training-hurts", source = { whose: "ours" } as const;

/** Units of all claims: four, of which two are degraded. */
const UNITS = { width: 4, degraded: 2 } as const;

/** First losses of an independent implementation, ReLU units. */
const FIRST = { 0.1: 0.03336971899402719, 0.5: 0.01029929598581085, 0.9: 0.00041197183943242344 };

/** Losses of an independent implementation after 2500 steps of size 1 with 300 inputs, d = 100, four runs each. */
const AFTER_2500 = [
  { r: 1, mu: 0.5, loss: 0.0019991245276874924, se: 5.197941160977753e-7 },
  { r: 1, mu: 0.1, loss: 0.005080476739236936, se: 0.0001426338722615564 },
  { r: 1, mu: 0.9, loss: 0.00029733636043616576, se: 0.00001809444511517581 },
  { r: 2, mu: 0.9, loss: 0.0002873888297151399, se: 0.00003723511208176042 },
  { r: 4, mu: 0.9, loss: 0.00025607053366448473, se: 0.00003089088869450851237 },
];

/** The reference at the sizes that it had, or with a third of its inputs a step. */
async function againstReference(
  preset: Preset,
  seed: string | undefined,
  wrong: boolean,
): Promise<CheckResult> {
  const { put, result } = comparison(),
    cells = preset === "full" ? AFTER_2500 : AFTER_2500.slice(0, 1);
  for (const [mu, loss] of Object.entries(FIRST)) {
    const measured = committeeLoss("relu", overlapsOf(degradedRows(UNITS, Number(mu))));
    put(`first loss, μ = ${mu}`, measured, loss, 1e-12 * loss);
  }
  for (const { r, mu, loss, se } of cells) {
    const { rows } = await committeeCourses({
      ...{ preset, ...UNITS, student: "relu", mu: [mu], ranks: [r], d: 100, step: 1, points: 5 },
      ...{ batch: wrong ? 100 : 300, time: 2500 * (1 - mu) ** 2, copies: 4 },
      ...(seed === undefined ? {} : { seed }),
    });
    const own = summary(rows.filter(({ at }) => at === 2500).map((row) => row.loss));
    put(`rank ${r}, μ = ${mu}`, own.mean, loss, 5 * Math.hypot(se, own.se));
  }
  return result(
    "first losses: rounding, rel 1e-12; others: 5 standard errors, since both come from four runs",
  );
}

/** Late loss of a rank of one, with its standard error. */
async function plateau(preset: Preset, batch: number, seed: string | undefined) {
  const { rows } = await committeeCourses({
    ...{ preset, ...UNITS, student: "relu", mu: [0.5], ranks: [1], d: 100, batch, step: 1 },
    ...{ time: 400, points: 40, copies: preset === "full" ? 8 : 3 },
    ...(seed === undefined ? {} : { seed }),
  });
  // From half of the time on every copy has left its search behind.
  const last = Math.max(...rows.map(({ at }) => at)),
    copies = Map.groupBy(rows, ({ copy }) => copy);
  return summary(
    [...copies.values()].map((own) =>
      summary(own.filter(({ at }) => at >= 0.6 * last).map(({ loss }) => loss)).mean
    ),
  );
}

/** The claims of the committee. */
export const committeeClaims: readonly Claim[] = [
  {
    ...{ id: "C27", paper, source },
    statement:
      "Losses of the committee: those before training are closed forms, those after 2500 steps " +
      "are those of an independent implementation with the same batch",
    falsifier:
      "A first loss that is off by more than rounding, or a mean over four runs that differs from the " +
      "reference's by five standard errors of both; control: a third of the inputs a step",
    evidence: (preset) => ({
      seeds: 4,
      sizes: "ReLU, K = 4, d = 100, b = 300, η = 1; " +
        (preset === "full" ? "ranks 1, 2, 4 and μ = 0.1, 0.5, 0.9" : "rank 1, μ = 0.5"),
      draws: "seed",
    }),
    ...withControl(againstReference),
  },
  {
    ...{ id: "C53", paper, source },
    statement: "An adapter of rank one stops at the least loss that one row can represent, " +
      "up to noise that falls like 1/b",
    falsifier:
      "A loss, extrapolated from two batches to b → ∞, that is four standard errors from the " +
      "computed minimum; control: the loss when one of the two degraded units is repaired",
    evidence: (preset) => ({
      seeds: preset === "full" ? 8 : 3,
      sizes: "ReLU, K = 4, rank 1, μ = 0.5, d = 100, b = 50 and 200, η = 1",
      draws: "seed",
    }),
    ...withControl(async (preset, seed, wrong) => {
      const [small, large] = [await plateau(preset, 50, seed), await plateau(preset, 200, seed)];
      const measured = (4 * large.mean - small.mean) / 3;
      const error = Math.hypot(4 * large.se, small.se) / 3;
      const [, ...others] = degradedRows(UNITS, 0.5), repaired = [[1, 0, 0, 0], ...others];
      const least = wrong
        ? committeeLoss("relu", overlapsOf(repaired))
        : committeeMinimum({ student: "relu", rows: degradedRows(UNITS, 0.5) }, 1).loss;
      const { put, result } = comparison(), noise = small.mean - least;
      put("loss for b → ∞", measured, least, 4 * error + 0.03 * Math.abs(noise));
      return result("4 standard errors, and 3 % of the noise of b = 50 for terms of order 1/b²");
    }),
  },
  {
    ...{ id: "C54", paper, source },
    statement: "The search of a committee takes the time of its flow, which grows like (1 − μ)⁻²",
    falsifier:
      "Steps to half of the first loss that differ from those of the flow from the same start by four standard " +
      "errors and 2 %, or an exponent of the flow's time for strong pre-training that is off 2 by 0.05; control: " +
      "the flow of μ = 0.78 for 0.8",
    evidence: (preset) => ({
      seeds: preset === "full" ? 12 : 4,
      sizes: "ReLU, K = 4, rank 2, μ = 0.8, d = 100, b = 400, η = 1",
      draws: "seed",
    }),
    ...withControl(async (preset, seed, wrong) => {
      const options = {
        ...{ preset, ...UNITS, student: "relu", ranks: [2], d: 100, step: 1, points: 60 },
        ...(seed === undefined ? {} : { seed }),
      } as const;
      const run = async (mu: number, batch: number, copies: number) => {
        const { rows, parameters } = await committeeCourses({
          ...{ ...options, mu: [mu], batch, copies, time: 80 },
        });
        return halvingSteps(rows, parameters);
      };
      const copies = preset === "full" ? 12 : 4, chain = await run(0.8, 400, copies);
      const flows = wrong ? await run(0.78, 1, copies) : chain;
      const logs = chain.map(({ steps }, i) => Math.log(steps / flows[i].flow)),
        { mean, se } = summary(logs);
      const { put, result } = comparison();
      put("ln of the ratio", mean, 0, 4 * se + 0.02);
      // The flow of strong pre-training is long, and belongs to the full preset.
      if (preset === "full") {
        const flows = [await run(0.9, 1, 1), await run(0.95, 1, 1)];
        const [near, nearer] = flows.map(([{ flow }]) => flow);
        put("exponent of the flow", Math.log(nearer / near) / Math.log(2), 2, 0.05);
      }
      return result(
        "4 standard errors and 2 % for the step and the noise; 0.05, the order of 1 − μ",
      );
    }),
  },
];
