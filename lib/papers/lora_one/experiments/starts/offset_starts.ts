/**
 * F11: what a start can reach at best, known before training, and where its descent stops.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, formatNumber, style } from "../../../../figure/mod.ts";
import { descend } from "../../simulation/descent/mod.ts";
import { startFloor } from "../../theory/floors.ts";
import { NOTEBOOK_STARTS, notebookStart, type StartLike } from "../../starts.ts";
import {
  checkRank,
  checkSizes,
  gammasParameter,
  problemOf,
  problemParameters,
  problemWords,
  seedParameter,
  startsParameter,
  startWith,
} from "../physics.ts";
import { apartWords, descentOptions, trainingParameters, trainingWords } from "../training.ts";

/** Factors of the authors' toy problem: `f = 100^¼/√4` for LoRA-GA. */
export const TOY_GAMMAS = {
  "LoRA-GA": 4,
  "LoRA-GA, no offset": 4,
  "LoRA-GA, rows of G": 4,
} as const;

/**
 * Parameters of {@linkcode offsetStarts}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const offsetParameters = {
  ...problemParameters({ d: 100, k: 100, N: 1600, values: [1, 0.75, 0.5, 0.25] }),
  r: param.integer(8, "rank of the adapter", { least: 1 }),
  starts: startsParameter(
    [
      ...["LoRA-One", "LoRA-One toy", "LoRA-GA, no offset", "LoRA-GA, rows of G"] as const,
      ...["LoRA-GA", "LoRA-SB", "PiSSA"] as const,
    ],
    "starts; a record { name, factors, shifted } is your own",
  ),
  gammas: gammasParameter(TOY_GAMMAS),
  initStd: param.number(0.01, "standard deviation of a random A₀", { above: 0 }),
  ...trainingParameters({ eta: 0.5, optimiser: "preconditioned", damping: 1e-3 }),
  steps: param.integer(100, "steps", { least: 1 }),
  seed: seedParameter("portable draws 21 to 24 for U, V, X and W"),
};

type Parameters = Values<typeof offsetParameters>;

/** A step of a run with the floor of its start. */
export interface OffsetRow extends Row {
  /** Name of the start. */
  start: string;
  /** Step. */
  at: number;
  /** Risk of the run. */
  risk: number;
  /** Its training loss. */
  loss: number;
  /** Risk at the least training loss that the start can reach. */
  floorRisk: number;
  /** That loss. */
  floorLoss: number;
  /** Rank of what the adapter has to be. */
  rank: number;
  /** Whether a middle factor is all that is trained. */
  middle: boolean;
  /** `"running"`, or why the run ended. */
  status: string;
}

/** The start of an entry on the problem, and its floor. */
function startAt(like: StartLike, p: Parameters, problem: ReturnType<typeof problemOf>) {
  const gamma = p.gammas[notebookStart(like).name];
  return startWith(like, problem, {
    ...{ r: p.r, initStd: p.initStd, seed: p.seed, number: 25 },
    ...(gamma === undefined ? {} : { gamma }),
  }).start;
}

function compute(p: Parameters): OffsetRow[] {
  const problem = problemOf(p, p.seed, 21);
  return p.starts.flatMap((like) => {
    const start = startAt(like, p, problem), floor = startFloor(problem, start);
    const run = descend(problem, start, descentOptions(p, like, start));
    const middle = start.middle !== undefined;
    const rows: OffsetRow[] = [];
    run.advance(p.steps, (at) => {
      if (run.hasDiverged()) return true;
      rows.push({
        ...{ start: start.name, at, risk: run.risk(), loss: run.loss(), status: run.status },
        ...{ floorRisk: floor.risk, floorLoss: floor.loss, rank: floor.rank, middle },
      });
    });
    if (run.status !== "running" && rows.length > 0) rows.at(-1)!.status = run.status;
    return rows;
  });
}

/** Floors below this are rounding. */
const ROUNDING = 1e-15;

function draw(rows: readonly OffsetRow[], p: Parameters): Figure {
  const names = p.starts.map((start) => notebookStart(start).name);
  const first = (name: string) => where(rows, "start", name)[0];
  const stopped = names.filter((name) => first(name).floorRisk > ROUNDING);
  const ends = stopped.flatMap((
    name,
  ) => [first(name).floorRisk, where(rows, "start", name).at(-1)!.risk]);
  const series = (shown: readonly string[]) =>
    names.flatMap((name, look) => {
      if (!shown.includes(name)) return [];
      const here = where(rows, "start", name), apart = Math.max(1, Math.round(here.length / 12));
      const { floorRisk } = here[0];
      const places = here.map(({ at: x, risk: y }) => ({ x, y })).filter(({ y }) => y > 0);
      return [{
        ...{ name, look, thin: places, marks: places.filter((_, i) => i % apart === look % apart) },
        ...(floorRisk > ROUNDING ? { line: [0, p.steps].map((x) => ({ x, y: floorRisk })) } : {}),
      }];
    });
  const all = series(names);
  return figureOf([
    {
      title: "all starts",
      x: { label: "steps /{t}" },
      y: { label: "risk ½‖/{AB} − /{Δ}‖²", type: "log" },
      series: all,
    },
    ...(stopped.length > 0
      ? [{
        title: "the floors",
        x: { label: "steps /{t}" },
        y: {
          label: "risk ½‖/{AB} − /{Δ}‖²",
          type: "log" as const,
          domain: [0.8 * Math.min(...ends), 1.5 * Math.max(...ends)],
        },
        series: series(stopped),
      }]
      : []),
  ], {
    columns: 2,
    size: "page",
    legend: names.map((label, i) => {
      const { stroke, dash, symbol } = style(i);
      return { label, stroke, symbol, dash: first(label).floorRisk > ROUNDING ? dash : "" };
    }),
    caption:
      `Descent from named starts (${problemWords(p)}, r = ${p.r}, ${trainingWords(p)}${
        apartWords(p, p.starts, names.filter((name) => first(name).middle))
      }). ` +
      "Symbols on thin lines: runs; thick lines: the floors, computed before " +
      `training${
        stopped.length > 0 ? " and enlarged in (b)" : "; none of these starts has one"
      }. γ: each start's own${
        Object.entries(p.gammas).filter(([name]) => names.includes(name)).map(([name, x]) =>
          `, ${formatNumber(x)} for ${name}`
        ).join("")
      }.`,
  });
}

/**
 * F11: floors of starts before training, and runs that stop on them.
 *
 * Source: after the paper's Figure 4 and the authors' toy notebook; floors ours.
 *
 * @example A start of one's own: half of the weight's leading directions, subtracted.
 * ```ts
 * import { offsetStarts, STARTS } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { table } = await offsetStarts({
 *   d: 12, k: 12, N: 60, values: [1], r: 2, steps: 60, starts: ["LoRA-One", STARTS.PiSSA],
 * });
 * assertEquals(table().map((row) => row["rank to learn"]), [1, 3]);
 * ```
 */
export const offsetStarts: Experiment<
  typeof offsetParameters,
  OffsetRow[],
  Figure,
  Record<never, never>
> = experiment({
  name: "floors of starts",
  about: "What a start can reach at best, known before training, and where its descent stops.",
  parameters: offsetParameters,
  check: (p, refuse, given) => {
    checkSizes(p, refuse, given);
    checkRank(p, refuse);
    const names = p.starts.map((start) => notebookStart(start).name);
    if (new Set(names).size < names.length) refuse("starts", "of different names", names);
    const unknown = Object.keys(p.gammas).filter((name) =>
      !names.includes(name) && !(NOTEBOOK_STARTS as readonly string[]).includes(name)
    );
    if (unknown.length > 0) {
      refuse(
        "gammas",
        `by names of starts, ${NOTEBOOK_STARTS.join(", ")}, or of your own`,
        p.gammas,
      );
    }
  },
  run: compute,
  figure: draw,
  table: (rows, p) =>
    p.starts.map((like) => {
      const here = where(rows, "start", notebookStart(like).name), last = here.at(-1)!;
      return {
        ...{ start: last.start, "rank to learn": last.rank, "least loss": last.floorLoss },
        ...{ "its risk": last.floorRisk, "last loss": last.loss, "last risk": last.risk },
        status: last.status,
      };
    }),
});
