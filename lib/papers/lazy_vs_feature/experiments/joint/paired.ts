/**
 * Joint training against frozen signs from equal starts; at the paper's own size too.
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
import { type Figure, figureOf, legendOf, type Series } from "../../../../figure/mod.ts";
import { copiesAt, quantile, shareOf } from "../courses.ts";
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
} from "../physics.ts";

/**
 * Parameters of {@linkcode jointAgainstFrozen}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const pairedParameters = {
  ...modelParameters({ k: 9, c: "random signs", hatC: "random signs" }),
  n: param.integer(600, "dimension n = d − k left to u", { least: 2 }),
  times: param.numbers(linspace(0, 240, 25), "times τ, increasing", { least: 0 }),
  ...runParameters({ alpha: 0.06, copies: 48 }),
};

type Parameters = Values<typeof pairedParameters>;

/** One copy at one time. */
export interface PairedRow extends Row {
  /** `"joint"` or `"frozen"`. */
  kind: string;
  /** Number of the copy: equal numbers have equal signs, starts and inputs. */
  copy: number;
  /** Time. */
  tau: number;
  /** `|m|`. */
  m: number;
  /** `|mq|`. */
  mq: number;
  /** First time at which `|m| ≥ ½`; null before. */
  half: number | null;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<PairedRow[]> {
  const rows = await coursesOf(
    sweep,
    ([["joint", "joint"], ["frozen", "sphere"]] as const).map(([label, algorithm]) => ({
      ...{ label, draws: "pairs", model: specOf(p), times: p.times, copies: p.copies },
      run: runOf(p, { algorithm, n: p.n }),
    })),
  );
  return rows.map(({ label, copy, tau, m, q, half }) => ({
    ...{ kind: String(label), copy, tau, m: Math.abs(m), mq: Math.abs(m * q), half },
  }));
}

/** Both algorithms at the last time. */
export interface PairedEnd extends Row {
  /** `"joint"` or `"frozen"`. */
  kind: string;
  /** Quartiles of the time to `|m| = ½`; infinite where not reached. */
  low: number;
  /** Median. */
  middle: number;
  /** Upper quartile. */
  high: number;
  /** Median `|m|`. */
  m: number;
  /** Median `|mq|`. */
  mq: number;
  /** Share with `|m| > 0.9`. */
  found: number;
  /** Its standard error. */
  se: number;
  /** Copies. */
  copies: number;
}

/** What both algorithms have reached. */
export function pairedEnds(rows: readonly PairedRow[]): PairedEnd[] {
  const end = Math.max(...rows.map(({ tau }) => tau));
  return ["joint", "frozen"].map((kind): PairedEnd => {
    const own = where(where(rows, "kind", kind), "tau", end);
    const times = own.map(({ half }) => half ?? Infinity).toSorted((a, b) => a - b);
    const at = (share: number) => times[Math.round(share * (times.length - 1))];
    const middle = (of: (row: PairedRow) => number) =>
      quantile(own.map(of).toSorted((a, b) => a - b), 0.5);
    const { share, se, n } = shareOf(own, ({ m }) => m > 0.9);
    return {
      ...{ kind, low: at(0.25), middle: at(0.5), high: at(0.75), found: share, se, copies: n },
      ...{ m: middle(({ m }) => m), mq: middle(({ mq }) => mq) },
    };
  });
}

function draw(rows: readonly PairedRow[], p: Parameters): Figure {
  const series = (of: (row: PairedRow) => number): Series[] =>
    ["joint", "frozen"].map((kind, look) => {
      const at = copiesAt(where(rows, "kind", kind), of), own = where(rows, "kind", kind);
      const band = at.map(({ x, median }) => {
        const values = where(own, "tau", x).map(of).toSorted((a, b) => a - b);
        return { x, y: median, low: quantile(values, 0.25), high: quantile(values, 0.75) };
      });
      return {
        name: kind,
        look,
        band,
        marks: at.filter((_, i) => i % 2 === 0).map(({ x, median }) => ({ x, y: median })),
      };
    });
  const drawings = ([["directions", "|/{m}|", "m"], ["both", "|/{mq}|", "mq"]] as const).map(
    ([title, label, key]) => ({
      ...{ title, x: { label: TIME }, y: { label, domain: [0, 1.03] as [number, number] } },
      series: series((row) => row[key]),
    }),
  );
  return figureOf(drawings, {
    columns: 2,
    legend: legendOf(drawings[0].series),
    caption: `Joint training and frozen signs from equal starts, ${
      modelWords(p)
    }, n = ${p.n}, α = ${scaleText(p.alpha)}${
      runWords(p)
    }: median and quartiles over ${p.copies} pairs.`,
  });
}

/**
 * Joint training and the paper's algorithm from the same signs, starts and inputs.
 *
 * Scale: `τ = steps/n`. Source: comparison: dayi25a, Figure 2; distributions: ours.
 */
export const jointAgainstFrozen: Experiment<typeof pairedParameters, PairedRow[], Figure> =
  experiment({
    name: "joint against frozen",
    about: "Joint training and frozen signs from equal starts.",
    parameters: pairedParameters,
    quick: { copies: 16 },
    run,
    figure: draw,
    table: pairedEnds,
  });

/**
 * The size of the paper's Figure 2: ReLU, `d = 2000`, `k = 50`, `ξ = 1`, random unit neurons. Its step is not known;
 * ours is `α = 15`.
 */
export const ownSize: typeof jointAgainstFrozen = jointAgainstFrozen.with("the paper's own size", {
  ...{ activation: "relu", k: 50, kappa: 1 / Math.sqrt(50), base: { unitVectors: 2000 }, n: 1950 },
  ...{ alpha: 15, times: linspace(0, 60, 21), copies: 10 },
});
