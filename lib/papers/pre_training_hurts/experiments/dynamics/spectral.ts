/**
 * The control of the paper's message: the same training from a start that has nothing to search.
 *
 * @module
 */
import { stepSizes } from "../../../../chain/mod.ts";
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  linspace,
  param,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  figureOf,
  formatNumber,
  powerOfTen,
  type Series,
} from "../../../../figure/mod.ts";
import { besideWords, frozenOf } from "../../frozen.ts";
import { type PassageRow, passages } from "../../simulation/runs/passage.ts";
import { adapterStart, type StartLike, startNames } from "../../starts.ts";
import { flowOf, whyNoFlow } from "../flow_lines.ts";
import { runsOf, settingOf, sgdParameters, strengthColumn } from "../physics.ts";
import { changeWords, samplerWords } from "../problem.ts";
import { plainWords, stepWords } from "./words.ts";

const { start: _, ...physics } = sgdParameters({
  ...{ student: "erf", mu: [0.1, 0.3, 0.5, 0.7, 0.8, 0.9], d: 200, batch: 100, copies: 8 },
});

/**
 * Parameters of {@linkcode spectralControl}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const spectralParameters = {
  ...physics,
  starts: param.values<StartLike>(
    ["random", "spectral"],
    `starts that are compared: ${startNames.join(", ")}, numbers { u, a }, or your own`,
    adapterStart,
    `${startNames.join(", ")}, { u, a }, or { name, place }`,
  ),
  level: param.number(1e-4, "loss that has to be reached", { above: 0 }),
  maxSteps: param.integer(400_000, "steps after which a run is given up", { least: 1 }),
};

type Parameters = Values<typeof spectralParameters>;

/** A run to the loss. */
export interface SpectralRow extends PassageRow {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** Name of the start. */
  from: string;
  /** Seed of its group of copies. */
  seed: string;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<SpectralRow[]> {
  const goal = { of: "loss", level: p.level } as const;
  const cells = p.starts.flatMap((start) =>
    p.mu.map((w0) => ({
      columns: { mu: strengthColumn(w0), from: adapterStart(start).name },
      setting: { ...settingOf({ ...p, start }, w0), goal, maxSteps: p.maxSteps },
    }))
  );
  const { copies, seed } = p;
  return await runsOf(sweep, {
    ...{ run: passages, cells, copies, seed, together: 4, label: "time to a loss" },
  });
}

/** Steps of the flow to the loss, where it arrives within the steps of the runs. */
function flowSteps(p: Parameters, start: StartLike, mu: number, eta: number): number {
  const limit = eta * p.maxSteps;
  return flowOf({ ...p, start }, mu).timeToLoss(p.level, limit, { rtol: 1e-8, atol: 1e-12 }) / eta;
}

function draw(rows: readonly SpectralRow[], p: Parameters): Figure {
  const strengths = p.mu.filter((w0): w0 is number => typeof w0 === "number");
  const why = whyNoFlow(p) ??
    ([p.step].flat().some((part) => typeof part !== "number") ? "the step changes" : undefined);
  const { u: eta } = stepSizes(p.step)(0);
  const fine = strengths.length > 0
    ? linspace(Math.min(...strengths), Math.max(...strengths), 25)
    : [];
  const series: Series[] = p.starts.map((start) => {
    const { name } = adapterStart(start), own = where(rows, "from", name);
    const bars = p.mu.flatMap((w0) => {
      const times = where(own, "mu", strengthColumn(w0)).flatMap(({ exit }) =>
        exit === null ? [] : [exit]
      );
      if (times.length < 2) return [];
      const { mean, sd } = summary(times.map(Math.log));
      const x = frozenOf(w0)[0];
      return [{ x, y: Math.exp(mean), low: Math.exp(mean - sd), high: Math.exp(mean + sd) }];
    });
    return {
      ...{ name: `${name} start`, marks: bars, bars },
      ...(why ? {} : {
        line: fine.map((x) => ({ x, y: flowSteps(p, start, x, eta) })).filter(({ y }) => y > 0),
      }),
    };
  });
  const missed = rows.filter(({ exit }) => exit === null).length;
  const drawing = {
    title: "",
    x: { label: "pre-training strength /{μ}" },
    y: { label: `SGD steps to loss ${powerOfTen(p.level)}`, type: "log" as const },
    ...{ series, legend: "above" as const },
  };
  return figureOf([drawing], {
    caption: `SGD steps until the loss is ${formatNumber(p.level)}, ${plainWords(p.student)} ` +
      `target, d = ${p.d}, b = ${p.batch}, η = ${stepWords(p)}${
        changeWords(p)
      }. Marks: geometric mean of ` +
      `${p.copies} runs of ${samplerWords(p)}; bars: one standard deviation over the starts` +
      (why
        ? `; no theory is drawn: ${why}`
        : "; lines: flow, for random starts from the typical one") +
      (missed > 0 ? `; ${missed} runs did not arrive` : "") + `.${besideWords(p.mu)}`,
  });
}

/**
 * SGD steps to a small loss against the strength of pre-training, from several starts: with a spectral start there
 * is nothing to search, and strong pre-training does not hurt.
 *
 * Law: at `m = 1` the adapter moves along the ray, `ds/dt = −dL(sω⋆)/ds`, as full fine-tuning does.
 * Scale: steps. Source: ours.
 *
 * @example
 * ```ts
 * import { spectralControl } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await spectralControl({ preset: "quick", starts: ["spectral"], mu: [0.5, 0.9] });
 * const steps = (mu: number) => rows.find((row) => row.mu === mu)!.exit!;
 * assert(steps(0.9) < 0.6 * steps(0.5));
 * ```
 */
export const spectralControl: Experiment<typeof spectralParameters, SpectralRow[], Figure> =
  experiment({
    name: "time to a loss from several starts",
    about: "Is it the start or the pre-training? Steps to a loss against μ, for starts of yours.",
    parameters: spectralParameters,
    quick: { mu: [0.1, 0.3, 0.5, 0.7, 0.8], copies: 4 },
    run,
    figure: draw,
  });
