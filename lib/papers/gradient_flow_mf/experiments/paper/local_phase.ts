/**
 * FP4: the local convergence phase, part by part, beside the bound of Theorem 3.2 and the sharp rates.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  type Task,
  task,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, formatNumber, scaleWords, sentence } from "../../../../figure/mod.ts";
import { learnt, lossParts, type SignalDirections, signalDirections } from "../../measures.ts";
import { error, type Problem } from "../../model.ts";
import { adaptersOf, startNamed } from "../../run_start.ts";
import { problemOf } from "../../shapes.ts";
import type { EscapeRow } from "../../simulation/runs/escape_run.ts";
import type { Observe } from "../../simulation/runs/run.ts";
import { layerStart, startWords } from "../../starts.ts";
import { noiseCourse } from "../../theory/noise/noise.ts";
import { localRates } from "../../theory/noise/rates.ts";
import { paperSymbols } from "../../theory/paper/symbols.ts";
import { theorem32 } from "../../theory/paper/theorem_3_2.ts";
import {
  escapeRuns,
  momentOf,
  type ObservedCell,
  observedEscape,
  oneScaleParameters,
} from "./_escape.ts";
import { localPanels } from "./_local_panels.ts";
import { startSeeds } from "../physics.ts";
import { worded } from "../worded.ts";

/** A moment of a run with the theory beside it. */
export interface LocalPhaseRow extends Row {
  /** Name of the start. */
  start: string;
  /** Its seed. */
  seed: string;
  /** Flow time. */
  at: number;
  /** Flow time since `T₁`; negative before. */
  since: number;
  /** Loss. */
  loss: number;
  /** `L_S`, its part along the target. */
  signal: number;
  /** Its part in the row and the column of the signal; with `rest` it makes `L_N`. */
  mixed: number;
  /** `½‖E_⊥⊥‖²`. */
  rest: number;
  /** `gᵀB₁A₁v`. */
  x1: number;
  /** `uᵀB₂A₂g`. */
  x2: number;
  /** Exponential part of (16); null before `T₁`. */
  bound: number | null;
  /** `L_S` by the noise equations. */
  predictedSignal: number;
  /** `mixed` by them. */
  predictedMixed: number;
  /** `rest` by them. */
  predictedRest: number;
}

/**
 * Parameters of {@linkcode localPhase}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const localPhaseParameters = {
  ...oneScaleParameters({ starts: ["zeroB", "zeroA"], alpha: 1e-4, seed: 820 }),
  copies: param.integer(1, "starts of each kind, averaged in the logarithm", { least: 1 }),
  span: param.number(200, "flow time that is followed after T₁", { above: 0 }),
  points: param.integer(80, "moments on that span, denser at its beginning", { least: 4 }),
};

type Parameters = Values<typeof localPhaseParameters>;

/** The parts of the loss; directions are found once for each run. */
function observer(): Observe {
  let at: Problem | undefined, along: SignalDirections;
  return ({ adapters, problem }) => {
    if (problem !== at) [at, along] = [problem, signalDirections(problem)];
    const { b1, a1, b2, a2 } = adapters, { u, p, v } = along;
    const parts = lossParts(error(problem, adapters), along);
    return {
      ...{ loss: parts.signal + parts.mixed + parts.rest, ...parts },
      ...{ x1: learnt(b1, a1, p, v), x2: learnt(b2!, a2!, u, p) },
    };
  };
}

/** A cell with the number of moments before the escape. */
export interface PhaseCell extends ObservedCell {
  /** Number of moments before the escape. */
  readonly points: number;
}

/**
 * A run with the parts of its loss, at equal steps before the escape.
 *
 * @internal Public for workers only.
 */
export const phaseRun: Task<PhaseCell, EscapeRow> = task(
  import.meta.url,
  "phaseRun",
  ({ points, ...cell }: PhaseCell, { seed }) =>
    observedEscape(cell, seed, {
      observe: observer(),
      stops: (_, lambda) =>
        Object.fromEntries(
          Array.from({ length: points }, (_, k) => [`before ${k + 1}`, (k + 1) / lambda]),
        ),
    }),
);

/** The rates of the first start at its end, and the proved one: what the figure and the table show. */
function ratesOf(rows: readonly LocalPhaseRow[], { problem, starts }: Parameters): Row[] {
  const { rate } = theorem32(problemOf(problem));
  return starts.map((like) => {
    const { x1, x2 } = where(rows, "start", layerStart(like).name).at(-1)!;
    const { mu, muPerp } = localRates(problemOf(problem), x1, x2);
    return {
      start: startWords(like),
      ...{ "x₁ at the end": x1, "x₂ at the end": x2 },
      "2μ, rate of L_S": 2 * mu,
      "2μ_⊥, slowest of rows and columns": 2 * muPerp,
      "proved, (16)": rate,
      "2μ over proved": 2 * mu / rate,
    };
  });
}

function draw(rows: LocalPhaseRow[], parameters: Parameters): Figure {
  const { problem, starts, alpha, copies } = parameters, plain = problemOf(problem);
  const { deltaW } = paperSymbols(plain);
  return {
    ...localPanels(rows, plain, starts),
    size: "page",
    caption: `${sentence(plain.name ?? "own problem")}, α = ${scaleWords(alpha)}` +
      `${
        copies === 1 ? "" : `, geometric means of ${copies} starts`
      }. Left: the loss by blocks of ` +
      `the error; symbols: gradient flow, lines: noise equations from the same start, dashed: ` +
      `exponential part of the bound (16) of Theorem 3.2. Right: half the local rate of the loss, ` +
      `−½ d log L/dt, between neighbouring moments, beside the rates μ of the signal and μ_⊥ of the ` +
      `slowest row or column entry, and half the proved rate (1 − δ_w)σσ_{W₂}/32 ` +
      `(δ_w = ${formatNumber(deltaW, 3)}).`,
  };
}

/**
 * FP4: the three stages of the local phase, in runs and by the noise equations, beside the bound (16) and
 * the rates of the signal and of the rows and columns.
 *
 * @example The paper's rate is a bound; the loss falls a hundred times faster at first.
 * ```ts
 * import { localPhase } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await localPhase({ starts: ["zeroB"], alpha: 1e-3, span: 20, points: 10 });
 * assert(rows.every(({ bound, loss }) => bound === null || loss <= bound));
 * ```
 */
export const localPhase: Experiment<typeof localPhaseParameters, LocalPhaseRow[], Figure> =
  experiment({
    name: "local phase",
    about: "How the parts of the loss fall after the escape, and how fast.",
    parameters: localPhaseParameters,
    quick: { points: 40 },
    check: ({ starts }, refuse) => {
      const names = starts.map((start) => layerStart(start).name);
      if (new Set(names).size < names.length) refuse("starts", "of different names", names);
    },
    run: async ({ problem: like, starts, alpha, r, copies, seed, span, points }, { sweep }) => {
      const problem = problemOf(like), { bound } = theorem32(problem);
      // Squares of equal steps: the first of the three stages is the shortest.
      const times = linspace(1 / points, 1, points).map((x) => span * x * x);
      const runs = await escapeRuns(sweep, { problems: [like], starts, alpha: [alpha], r }, {
        seeds: startSeeds(seed, 820, copies),
        ...{ run: phaseRun, more: { points }, after: () => times },
      });
      return runs.flatMap(({ run, moments }) => {
        const escape = momentOf(moments, "escape"), startedBy = startNamed(starts, run.start);
        if (!escape) {
          throw new RangeError(
            `Cannot show the local phase as T₁ must come: from ${run.start}, seed ${run.seed}, ` +
              `at alpha = ${alpha} the second adapter takes the target; a smaller alpha helps`,
          );
        }
        const adapters = adaptersOf(problem, { startedBy, alpha, r, seed: run.seed });
        const predicted = noiseCourse(problem, adapters, moments.map(({ at }) => at));
        return moments.map((row, i): LocalPhaseRow => ({
          ...{ start: run.start, seed: run.seed, at: row.at, since: row.at - escape.at },
          ...{ loss: Number(row.loss), signal: Number(row.signal), mixed: Number(row.mixed) },
          ...{ rest: Number(row.rest), x1: Number(row.x1), x2: Number(row.x2) },
          bound: row.at < escape.at ? null : bound(Number(escape.loss), row.at - escape.at),
          predictedSignal: predicted.signal[i],
          predictedMixed: predicted.mixed[i],
          predictedRest: predicted.rest[i],
        }));
      });
    },
    figure: draw,
    table: worded(ratesOf),
  });
