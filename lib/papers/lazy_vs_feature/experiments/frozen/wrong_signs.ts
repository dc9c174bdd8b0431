/**
 * A frozen `ĉ` with wrong signs, one by one.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf } from "../../../../figure/mod.ts";
import { modelOf } from "../../model_spec.ts";
import { OverlapFlow, populationLoss } from "../../theory/mod.ts";
import { meanMarks } from "../courses.ts";
import { coursesOf, modelParameters, modelWords, specOf } from "../physics.ts";

const { hatC: _hatC, ...model } = modelParameters();

/**
 * Parameters of {@linkcode wrongSigns}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const wrongParameters = {
  ...model,
  wrong: param.integers([0, 1, 2, 3, 4, 5, 6, 7, 8], "wrong signs in ĉ", { least: 0 }),
  n: param.integer(1000, "dimension n = d − k left to u", { least: 2 }),
  alpha: param.number(0.1, "step scale α, η = α/n", { above: 0 }),
  time: param.number(60, "time τ at which the overlap is read", { above: 0 }),
  copies: param.integer(32, "runs of each", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof wrongParameters>;

/** Overlap with so many wrong signs. */
export interface WrongRow extends Row {
  /** Wrong signs. */
  wrong: number;
  /** Mean overlap. */
  m: number;
  /** Its standard error. */
  se: number;
  /** Overlap of the flow from 0. */
  flow: number;
  /** Least loss over directions, at `m = ±1`. */
  floor: number;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<WrongRow[]> {
  const specAt = (flipped: number) => specOf({ ...p, hatC: { flipped } });
  const rows = await coursesOf(
    sweep,
    p.wrong.map((wrong) => ({
      ...{ label: String(wrong), model: specAt(wrong), run: { n: p.n, alpha: p.alpha } },
      ...{ times: [p.time], copies: p.copies },
    })),
  );
  return p.wrong.map((wrong): WrongRow => {
    const model = modelOf(specAt(wrong));
    const { mean, se } = summary(where(rows, "label", String(wrong)).map(({ m }) => m));
    return {
      ...{ wrong, m: mean, se, flow: new OverlapFlow(model).course(p.alpha, [p.time])[0] },
      floor: Math.min(populationLoss(model, 1), populationLoss(model, -1)),
    };
  });
}

function draw(rows: readonly WrongRow[], p: Parameters): Figure {
  const x = { label: "wrong signs in /{ĉ}" },
    at = (key: "flow" | "floor") => rows.map((row) => ({ x: row.wrong, y: row[key] }));
  return figureOf([
    {
      ...{ title: `overlap at /{τ} = ${p.time}`, x, y: { label: "/{m}", domain: [-1.05, 1.05] } },
      series: [{
        ...{ name: "overlap", look: 0, line: at("flow") },
        ...meanMarks(rows.map(({ wrong, m, se }) => ({ x: wrong, y: m, se })) as never),
      }],
    },
    {
      ...{ title: "least loss over directions", x, y: { label: "loss" } },
      series: [{ name: "floor", look: 0, line: at("floor") }],
    },
  ], {
    columns: 2,
    caption:
      `Frozen left factors with wrong signs, ${
        modelWords({ ...p, hatC: "c" }).replace(", ĉ = c", "")
      }, α = ${p.alpha}: ` +
      `(a) flow (line, drawn through whole numbers) and mean of ${p.copies} chains at n = ${p.n} ± one standard error; ` +
      "(b) the loss that no direction can remove.",
  });
}

/**
 * Overlap and least loss against the number of wrong signs in a frozen `ĉ`.
 *
 * Source: algorithm: dayi25a, Eq. (4); flow: ours.
 */
export const wrongSigns: Experiment<typeof wrongParameters, WrongRow[], Figure> = experiment({
  name: "wrong signs",
  about: "Where a frozen left factor with wrong signs ends, and the loss that it cannot lose.",
  parameters: wrongParameters,
  quick: { wrong: [0, 1, 2, 3, 5, 8], copies: 6 },
  check: (p, refuse) => {
    const most = Math.max(...p.wrong);
    if (most > p.k) refuse("wrong", `at most k = ${p.k}`, most);
  },
  run,
  figure: draw,
});
