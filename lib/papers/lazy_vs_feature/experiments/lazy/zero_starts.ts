/**
 * From zero, with the model and with its linearisation.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  legendOf,
  type Series,
} from "../../../../figure/mod.ts";
import { modelOf } from "../../model_spec.ts";
import { adapterFlow, lazyFlow, tangentConstants } from "../../theory/mod.ts";
import { copiesAt, meanMarks } from "../courses.ts";
import { coursesOf, modelParameters, modelWords, specOf, TIME } from "../physics.ts";

/**
 * Parameters of {@linkcode zeroStarts}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const zeroParameters = {
  ...modelParameters(),
  n: param.integer(600, "dimension n = d − k left to u", { least: 2 }),
  alpha: param.number(0.1, "step scale α, η = α/n", { above: 0 }),
  times: param.numbers(linspace(10, 120, 12), "times τ, equally spaced from 0", { above: 0 }),
  copies: param.integer(32, "runs of each", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof zeroParameters>;

/** One of both at one time. */
export interface ZeroRow extends Row {
  /** `"full model"` or `"linearised"`. */
  kind: string;
  /** Time. */
  tau: number;
  /** Mean overlap. */
  m: number;
  /** Its standard error. */
  se: number;
  /** Overlap of the flow. */
  flow: number;
  /** Mean loss over the inputs since the time before. */
  loss: number;
  /** Its standard error. */
  seLoss: number;
  /** Mean loss of the flow over the same time. */
  flowLoss: number;
}

const KINDS = { free: "full model", lazy: "linearised" } as const;
const flows = { free: adapterFlow, lazy: lazyFlow };

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<ZeroRow[]> {
  const spec = specOf(p), model = modelOf(spec), { alpha, n, times, copies } = p;
  const rows = await coursesOf(
    sweep,
    (["free", "lazy"] as const).map((algorithm) => ({
      ...{ label: algorithm, model: spec, run: { n, alpha, algorithm }, times, copies },
      draws: "from zero",
    })),
  );
  return (["free", "lazy"] as const).flatMap((kind) => {
    const own = where(rows, "label", kind), ms = copiesAt(own, ({ m }) => m);
    const losses = copiesAt(own, ({ loss }) => Number(loss)),
      line = flows[kind](model, alpha, times);
    // The loss of a chain is a mean over the time since the last look: so is the flow's.
    const fine = times.flatMap((end, i) => {
      const from = times[i - 1] ?? 0;
      return [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => from + part * (end - from));
    });
    const all = flows[kind](model, alpha, fine);
    return ms.map(({ x, y, se }, i): ZeroRow => ({
      ...{ kind: KINDS[kind], tau: x, m: y, se, flow: line[i].m },
      ...{ loss: losses[i].y, seLoss: losses[i].se },
      flowLoss: all.slice(5 * i, 5 * i + 5).reduce((sum, { loss }) => sum + loss / 5, 0),
    }));
  });
}

function draw(rows: readonly ZeroRow[], p: Parameters): Figure {
  const model = modelOf(specOf(p)), fine = linspace(p.times.at(-1)! / 60, p.times.at(-1)!, 60);
  const { floor } = tangentConstants(model);
  const drawing = (key: "loss" | "m"): Drawing => ({
    title: key === "loss" ? "loss" : "overlap",
    x: { label: TIME },
    y: key === "loss" ? { label: "loss", type: "log" } : { label: "overlap /{m}" },
    series: [
      ...(["free", "lazy"] as const).map((kind, look): Series => {
        const own = where(rows, "kind", KINDS[kind]), line = flows[kind](model, p.alpha, fine);
        const points = own.map((row, i) => ({
          x: key === "loss" ? (row.tau + (p.times[i - 1] ?? 0)) / 2 : row.tau,
          ...{ y: row[key], se: key === "loss" ? row.seLoss : row.se },
        }));
        return {
          ...{ name: KINDS[kind], look, ...meanMarks(points as never) },
          line: line.map((at, i) => ({ x: fine[i], y: at[key] })),
        };
      }),
      ...(key === "loss"
        ? [{
          name: "least linearised loss",
          guide: [0, fine.at(-1)!].map((x) => ({ x, y: floor })),
        }]
        : []),
    ],
  });
  const drawings = [drawing("loss"), drawing("m")];
  return figureOf(drawings, {
    columns: 2,
    legend: legendOf(drawings[0].series),
    caption:
      `From û = 0, ${
        modelWords(p)
      }, α = ${p.alpha}, n = ${p.n}: the model (A3) and its linearisation (A4) on the same ` +
      `inputs. Lines: flows; marks: mean over ${p.copies} chains ± one standard error, losses as means over the time ` +
      "since the mark before. Dotted: the least loss that the linearised model can have.",
  });
}

/**
 * A zero-initialised adapter, nonlinear and linearised.
 *
 * Scale: `τ = steps/n`. Source: ours; the paper's Figure 3(a) simulates a linearised model.
 */
export const zeroStarts: Experiment<typeof zeroParameters, ZeroRow[], Figure> = experiment({
  name: "from zero",
  about: "A zero-initialised adapter with the model, and with its linearisation.",
  parameters: zeroParameters,
  quick: { times: linspace(10, 60, 6), copies: 16 },
  run,
  figure: draw,
});
