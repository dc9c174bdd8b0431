/**
 * A direction that is not orthogonal to the base.
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
import { type Drawing, type Figure, figureOf } from "../../../../figure/mod.ts";
import { modelOf } from "../../model_spec.ts";
import { generalCourses } from "../../simulation/mod.ts";
import { OverlapFlow } from "../../theory/mod.ts";
import { copiesAt, every, meanMarks } from "../courses.ts";
import { modelParameters, modelWords, specOf, whyNoFlow } from "../physics.ts";

/**
 * Parameters of {@linkcode tiltedCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const tiltedParameters = {
  ...modelParameters({ activation: "relu", k: 20 }),
  parallel: param.numbers([0, 0.25, 0.5, 0.75, 1], "lengths of the part of u in the span of W", {
    least: 0,
    most: 1,
  }),
  d: param.integer(1000, "input dimension, at least k + 2", { least: 3 }),
  alpha: param.number(1, "step scale α, η = α/d", { above: 0 }),
  m0: param.number(0, "overlap at the start", { least: -1, most: 1 }),
  times: param.numbers(linspace(2, 40, 20), "times steps/d, increasing", { above: 0 }),
  copies: param.integer(24, "runs of each", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof tiltedParameters>;

/** Copies of one tilt at one time. */
export interface TiltedRow extends Row {
  /** Length of the part of `u` in the span. */
  parallel: number;
  /** Time, steps over `d`. */
  tau: number;
  /** Mean overlap. */
  m: number;
  /** Its standard error. */
  se: number;
  /** Mean squared length of the part of `û` in the span of the base. */
  inside: number;
  /** Its standard error. */
  seInside: number;
  /** Flow of an orthogonal `u` and a projected gradient; null where it is not known. */
  flow: number | null;
}

function flowOf(p: Parameters) {
  return whyNoFlow({ ...p, copies: 2 }) === undefined
    ? new OverlapFlow(modelOf(specOf(p)))
    : undefined;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<TiltedRow[]> {
  const { d, alpha, m0, times, copies } = p, model = specOf(p);
  const rows = await sweep({
    run: generalCourses,
    cells: p.parallel.map((parallel) => ({ model, d, alpha, parallel, m0, times, copies })),
  });
  const flow = flowOf(p)?.course(alpha, times, m0);
  return p.parallel.flatMap((parallel) => {
    const own = where(rows, "parallel", parallel), within = copiesAt(own, ({ inside }) => inside);
    return copiesAt(own, ({ m }) => m).map(({ x, y, se }, i): TiltedRow => ({
      ...{ parallel, tau: x, m: y, se, inside: within[i].y, seInside: within[i].se },
      flow: flow?.[i] ?? null,
    }));
  });
}

function draw(rows: readonly TiltedRow[], p: Parameters): Figure {
  const fine = linspace(p.times[0] / 4, p.times.at(-1)!, 60), flow = flowOf(p);
  const line = flow?.course(p.alpha, fine, p.m0).map((y, i) => ({ x: fine[i], y }));
  const x = { label: "time steps//{d}" };
  const courses: Drawing = {
    ...{ title: "courses", x, y: { label: "overlap /{m}", domain: [Math.min(0, p.m0), 1.03] } },
    series: [
      ...(line ? [{ name: "flow, /{u} ⊥ /{W}", look: 5, line }] : []),
      ...p.parallel.map((parallel, look) => ({
        ...{ name: `part ${parallel}`, look },
        marks: every(where(rows, "parallel", parallel).map(({ tau, m }) => ({ x: tau, y: m })), 2),
      })),
    ],
    legend: "above",
  };
  const within: Drawing = {
    ...{ title: "part of /{û} in span /{W}", x, y: { label: "squared length" } },
    series: p.parallel.map((parallel, look) => ({
      ...{ name: `part ${parallel}`, look },
      ...meanMarks(
        every(
          where(rows, "parallel", parallel)
            .map(({ tau, inside, seInside }) => ({ x: tau, y: inside, se: seInside })),
          2,
        ) as never,
      ),
    })),
  };
  return figureOf([courses, within], {
    columns: 2,
    caption:
      `Direction with a part in the span of the base, nothing projected out, ${
        modelWords(p)
      }, d = ${p.d}, α = ${p.alpha}, ` +
      `from m = ${p.m0}: (a) mean of ${p.copies} exact chains${
        line ? ", and the flow of an orthogonal u with a projected gradient" : ""
      }. (b) What û gets in the span of the base, ± one standard error.`,
  });
}

/**
 * Courses towards a direction that is not orthogonal to the base.
 *
 * Scale: `steps/d`. Source: setting: dayi25a, Figure 5; chain: ours.
 */
export const tiltedCourses: Experiment<typeof tiltedParameters, TiltedRow[], Figure> = experiment({
  name: "tilted directions",
  about: "What becomes of fine-tuning when the direction lies partly in the span of the base.",
  parameters: tiltedParameters,
  quick: { copies: 6 },
  check: (p, refuse) => {
    if (p.d < p.k + 2) refuse("d", `at least k + 2 = ${p.k + 2}`, p.d);
  },
  run,
  figure: draw,
});
