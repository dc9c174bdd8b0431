/**
 * Overlap against time in several dimensions, beside the flow and single direct runs.
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
  scaleWords,
  type Series,
} from "../../../../figure/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { modelOf } from "../../model_spec.ts";
import { DirectFineTuning } from "../../simulation/mod.ts";
import { OverlapFlow } from "../../theory/mod.ts";
import { copiesAt, copiesBand, every } from "../courses.ts";
import {
  coursesOf,
  modelParameters,
  modelWords,
  runOf,
  runParameters,
  runWords,
  scaleText,
  specOf,
  TIME,
  whyNoFlow,
} from "../physics.ts";

const { copies: _copies, seed, ...sgd } = runParameters({ alpha: 0.2 });

/**
 * Parameters of {@linkcode flowCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const flowCourseParameters = {
  ...modelParameters(),
  d: param.integers([300, 2000, 12_000], "input dimensions, at least k + 2", { least: 3 }),
  m0: param.value<number | null>(
    null,
    "overlap at the start; null for that of a uniform direction",
    (m0) => {
      if (m0 !== null && !(Math.abs(m0) <= 1)) throw new RangeError("it lies between -1 and 1");
    },
    "null, or a number from -1 to 1",
  ),
  times: param.numbers(linspace(2, 40, 20), "times τ, increasing", { above: 0 }),
  ...sgd,
  copies: param.integers([64, 64, 24], "runs in each dimension; the last one for all that follow", {
    least: 2,
  }),
  direct: param.integer(3, "single runs on whole inputs in the first dimension, up to d = 1000", {
    least: 0,
  }),
  seed,
};

type Parameters = Values<typeof flowCourseParameters>;

/** Copies in one dimension at one time, beside the flow. */
export interface FlowCourseRow extends Row {
  /** Dimension. */
  d: number;
  /** Time. */
  tau: number;
  /** Mean overlap of the chains. */
  mean: number;
  /** Its standard error. */
  se: number;
  /** 10 % quantile. */
  low: number;
  /** 90 % quantile. */
  high: number;
  /** Standard deviation of one copy. */
  sd: number;
  /** Copies. */
  copies: number;
  /** The flow of `n → ∞`; null where there is none. */
  flow: number | null;
}

/** Tables of a run. */
export type FlowCourseRows = {
  /** Chains and flow. */
  readonly chains: readonly FlowCourseRow[];
  /** Single runs on whole inputs. */
  readonly direct: readonly { readonly run: number; readonly tau: number; readonly m: number }[];
};

/** The flow of a run, or nothing. */
function flowOf(p: Parameters): ((times: readonly number[]) => number[]) | undefined {
  if (whyNoFlow({ ...p, copies: 2 }) !== undefined) return undefined;
  const { batch, momentum } = p;
  const flow = new OverlapFlow(modelOf(specOf(p)), { noise: p.noise ** 2, batch, momentum });
  return (times) => flow.course(p.alpha, times, p.m0 ?? 0);
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<FlowCourseRows> {
  const start = p.m0 === null ? {} : { m0: p.m0 }, model = specOf(p);
  const copiesOf = (i: number) => p.copies[Math.min(i, p.copies.length - 1)];
  const rows = await coursesOf(
    sweep,
    p.d.map((d, i) => ({
      ...{ label: `d = ${d}`, model, times: p.times, copies: copiesOf(i) },
      run: runOf(p, { n: d - p.k, ...start }),
    })),
  );
  const line = flowOf(p)?.(p.times);
  const chains = p.d.flatMap((d, i) =>
    copiesAt(where(rows, "label", `d = ${d}`), ({ m }) => m).map((at, j): FlowCourseRow => ({
      ...{ d, tau: at.x, mean: at.y, se: at.se, low: at.low, high: at.high },
      ...{ sd: at.se * Math.sqrt(at.n), copies: copiesOf(i), flow: line?.[j] ?? null },
    }))
  );
  const d = p.d[0], fine = linspace(0, p.times.at(-1)!, 81);
  const direct = d > 1000 ? [] : Array.from({ length: p.direct }, (_, i) => {
    const rng = stream(p.seed, "direct run", i);
    const run = new DirectFineTuning(modelOf(model, rng), runOf(p, { n: d - p.k, ...start }), rng);
    return fine.map((tau) => {
      run.run(Math.round(tau * (d - p.k)) - run.steps);
      return { run: i, tau, m: run.m };
    });
  }).flat();
  return { chains, direct };
}

function draw({ chains, direct }: FlowCourseRows, p: Parameters): Figure {
  const fine = linspace(p.times[0] / 4, p.times.at(-1)!, 80), course = flowOf(p);
  const line = course?.(fine).map((y, i) => ({ x: fine[i], y }));
  const seriesOf = (d: number): Series => {
    const own = where(chains, "d", d).map((row) => ({
      ...row,
      x: row.tau,
      y: row.mean,
      n: 2,
      median: 0,
    }));
    return {
      ...{ name: "chains: mean, 80% of copies", look: 0, band: copiesBand(own) },
      marks: every(own.map(({ x, y }) => ({ x, y })), 2),
    };
  };
  const theory: Series = { name: "flow", look: 5, line: line ?? [] };
  const single: Series = {
    ...{ name: "direct SGD, single runs", look: 1 },
    thin: Array.from({ length: p.direct }, (_, i) => [
      ...direct.filter(({ run }) => run === i).map(({ tau, m }) => ({ x: tau, y: m })),
      { x: NaN, y: NaN },
    ]).flat(),
  };
  const some = direct.length > 0, shown = p.d.slice(0, 3);
  const panels = shown.map((d, i): Drawing => ({
    title: `/{d} = ${scaleWords(d)}`,
    x: { label: TIME },
    y: { label: "overlap /{m}" },
    series: [...(i === 0 && some ? [single] : []), seriesOf(d), ...(line ? [theory] : [])],
  }));
  const gaps: Drawing = {
    title: "mean − flow",
    x: { label: TIME },
    y: { label: "√/{n} (mean − flow)" },
    series: shown.map((d, look): Series => {
      const own = where(chains, "d", d), root = Math.sqrt(d - p.k);
      const at = own.map(({ tau: x, mean, flow, se }) => (
        {
          x,
          y: root * (mean - Number(flow)),
          low: root * (mean - Number(flow) - se),
          high: root * (mean - Number(flow) + se),
        }
      ));
      return { name: `/{d} = ${scaleWords(d)}`, look, marks: at, bars: at };
    }),
    legend: "above",
  };
  const all = [...panels, ...(line ? [gaps] : [])];
  return figureOf(all, {
    ...{
      size: all.length > 1 ? "page" : "column",
      columns: all.length === 4 ? 2 : Math.min(3, all.length),
    },
    legend: legendOf([
      ...(line ? [theory] : []),
      seriesOf(shown[0]),
      ...(some ? [single] : []),
    ]),
    caption: `Overlap under SGD, ${modelWords(p)}, α = ${scaleText(p.alpha)}${
      runWords(p as never)
    }: mean and central 80% of exact chains${
      some ? ", SGD on whole inputs in the first dimension" : ""
    }${
      line
        ? ", and the flow of d → ∞. Last panel: what the overlay hides, in units of n^{−1/2}, ± one standard error"
        : `; no flow is drawn: ${whyNoFlow({ ...p, copies: 2 })}`
    }.`,
  });
}

/**
 * Overlap against time: chains in any dimension, SGD on whole inputs, and the flow.
 *
 * Scale: `τ = steps/n`, `n = d − k`. Source: ours.
 *
 * @example
 * ```ts
 * import { flowCourses } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await flowCourses({ activation: "tanh(z)", alpha: 2, d: [1e6], times: [0.1], copies: [4] });
 * assert(Math.abs(rows.chains[0].mean - rows.chains[0].flow!) < 0.01);
 * ```
 */
export const flowCourses: Experiment<typeof flowCourseParameters, FlowCourseRows, Figure> =
  experiment({
    name: "courses of the overlap",
    about:
      "Overlap against time in several dimensions: chains, the flow, single runs on whole inputs.",
    parameters: flowCourseParameters,
    quick: { d: [300, 2000], copies: [16, 16] },
    check: (p, refuse) => {
      const low = p.d.find((d) => d < p.k + 2);
      if (low !== undefined) refuse("d", `at least k + 2 = ${p.k + 2} everywhere`, low);
    },
    run,
    figure: draw,
    table: ({ chains }) => chains,
  });

/** Chains and flow in one dimension against the number of steps, both logarithmic: a frame of a slider over `d`. */
export function stepsFigure(rows: readonly FlowCourseRow[], k = 8): Figure {
  const [{ d, copies }] = rows, n = d - k;
  return figureOf([{
    title: "",
    x: { label: "steps", type: "log" },
    y: { label: "overlap /{m}", type: "log", domain: [1e-8, 1.5] },
    series: [{
      ...{ name: "flow (line), chains (marks)", look: 0 },
      line: rows.flatMap(({ tau, flow }) => flow === null ? [] : [{ x: tau * n, y: flow }]),
      marks: rows.flatMap(({ tau, mean }) => mean > 0 ? [{ x: tau * n, y: mean }] : []),
      bars: rows.flatMap(({ tau, mean, se }) =>
        mean > se ? [{ x: tau * n, y: mean, low: mean - se, high: mean + se }] : []
      ),
    }],
    legend: "above",
  }], {
    caption: `Mean overlap of ${copies} exact chains ± one standard error, and the flow, d = ${
      scaleWords(d)
    }.`,
  });
}

/** A million dimensions, `h₂`, `k = 4`, `κ = 1/4`: as far as SGD gets in 1.5 passes of `n` inputs. */
export const millionCourses: typeof flowCourses = flowCourses.with("a million dimensions", {
  ...{ activation: "h2", k: 4, kappa: 0.25, c: "plus", alpha: 4.5505, d: [1e6], copies: [4] },
  ...{ times: linspace(0.25, 1.5, 6), direct: 0 },
});
