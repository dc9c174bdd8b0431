/**
 * E9: LoRA, full fine-tuning and training from scratch, by the time to one loss.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  listed,
  scaleWords,
  type Series,
} from "../../../../figure/mod.ts";
import { activation, type ActivationLike, pairMoments } from "../../../../gaussian/mod.ts";
import { passages } from "../../simulation/runs/passage.ts";
import { TYPICAL_OVERLAP } from "../../starts.ts";
import { fullFineTuningTime, scratchTime } from "../../theory/baselines.ts";
import { LoraFlow } from "../../theory/flow.ts";
import { plainWords } from "../dynamics/words.ts";
import { activationWords, runsOf } from "../physics.ts";
import { batchAt, batchParameter, batchWords } from "../search_theory.ts";

/**
 * Parameters of {@linkcode baselines}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const baselineParameters = {
  students: param.values<ActivationLike>(
    ["x", "He2", "He3", "He4"],
    "activations of student and teacher",
    activation,
    "an activation: a name, an expression in z, or a function",
  ),
  mu: param.numbers([0.5, 0.9], "strengths μ of pre-training", { above: 0, below: 1 }),
  d: param.numbers([1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9], "input dimensions", { least: 2 }),
  loss: param.number(1e-4, "loss to reach, in units of the mean square of the labels, ½E σ⋆²", {
    above: 0,
    below: 1,
  }),
  runs: param.integers([1e3], "dimensions at which LoRA is simulated, too", {
    least: 2,
    entries: 0,
  }),
  batch: batchParameter("3 d"),
  step: param.number(0.1, "step size of these runs, divided by N_k", { above: 0 }),
  copies: param.integer(4, "independent runs", { least: 1 }),
  maxSteps: param.integer(20_000, "steps after which a run is given up", { least: 1 }),
  seed: param.seed(),
};

type Parameters = Values<typeof baselineParameters>;

/** Time of one way to one loss. */
export interface BaselineRow extends Row {
  /** Activation. */
  student: string;
  /** `"LoRA"`, `"full fine-tuning"`, `"from scratch"`, or `"LoRA, SGD"` for runs. */
  way: string;
  /** Strength; 0 from scratch. */
  mu: number;
  /** Input dimension. */
  d: number;
  /** Flow time to the loss, steps × step size of runs; `null` when it was not reached. */
  time: number | null;
  /** Seed of a run; empty for a flow. */
  seed: string;
}

/** Loss to reach of a target. */
function levelOf(student: ActivationLike, loss: number): number {
  return loss * pairMoments(student, student).target / 2;
}

/** `null` for NaN. */
function reached(time: number): number | null {
  return Number.isNaN(time) ? null : time;
}

/** Time of the LoRA flow to a loss, from `|m₀|` and `u₀ = d⁻²`. */
function loraTime(
  student: ActivationLike,
  mu: number,
  { d, m0, loss }: { d: number; m0: number; loss: number },
): number | null {
  const flow = new LoraFlow({ student, frozen: [mu], u0: d ** -2, a0: [m0] });
  const [{ loss: first }] = [flow.point(0, flow.y0)];
  return first <= loss ? 0 : reached(flow.timeToLoss(loss, 1e6, { rtol: 1e-8, atol: 1e-13 }));
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<BaselineRow[]> {
  const flows = p.students.flatMap((it): BaselineRow[] => {
    const student = activation(it).name, loss = levelOf(it, p.loss), none = { seed: "" };
    const way = (way: string, mu: number, d: number, time: number | null): BaselineRow => (
      { student, way, mu, d, time, ...none }
    );
    return p.d.flatMap((d) => {
      const m0 = TYPICAL_OVERLAP / Math.sqrt(d);
      return [
        way("from scratch", 0, d, reached(scratchTime(it, m0, { loss }))),
        ...p.mu.map((mu) => way("LoRA", mu, d, loraTime(it, mu, { d, m0, loss }))),
        ...p.mu.map((mu) =>
          way("full fine-tuning", mu, d, reached(fullFineTuningTime(it, mu, { loss })))
        ),
      ];
    });
  });
  const cells = p.students.flatMap((it) =>
    p.runs.flatMap((d) =>
      p.mu.map((mu) => ({
        columns: { name: activation(it).name, mu, dimension: d },
        setting: {
          ...{ student: it, w0: mu, d, batch: batchAt(p.batch, d), step: p.step },
          goal: { of: "loss" as const, level: levelOf(it, p.loss) },
          maxSteps: p.maxSteps,
        },
      }))
    )
  );
  if (cells.length === 0) return flows;
  const { copies, seed, step } = p;
  const rows = await runsOf(sweep, { run: passages, cells, copies, seed, together: 4 });
  return [
    ...flows,
    ...rows.map(({ name, mu, dimension: d, exit, seed }): BaselineRow => ({
      ...{ student: name, way: "LoRA, SGD", mu, d },
      ...{ time: exit === null ? null : exit * step, seed },
    })),
  ];
}

function draw(rows: readonly BaselineRow[], p: Parameters): Figure {
  const drawings = p.students.map((it): Drawing => {
    const own = where(rows, "student", activation(it).name);
    const line = (way: string, mu: number) =>
      where(where(own, "way", way), "mu", mu)
        .flatMap(({ d, time }) => time !== null && time > 0 ? [{ x: d, y: time }] : []);
    const marks = (mu: number) => {
      const runs = where(where(own, "way", "LoRA, SGD"), "mu", mu);
      return distinct(runs, "d").flatMap((d) => {
        const { mean } = summary(where(runs, "d", d).map(({ time }) => time ?? NaN));
        return mean > 0 ? [{ x: d, y: mean }] : [];
      });
    };
    const series: Series[] = [
      ...p.mu.map((mu, i) => ({
        name: `LoRA, /{μ} = ${formatNumber(mu)}`,
        ...{ look: i, line: line("LoRA", mu), marks: marks(mu) },
      })),
      { name: "from scratch", look: p.mu.length, line: line("from scratch", 0) },
      ...p.mu.map((mu, i) => ({
        name: `full, /{μ} = ${formatNumber(mu)}`,
        ...{ look: p.mu.length + 1 + i, line: line("full fine-tuning", mu) },
      })),
    ];
    return {
      title: activationWords(it),
      x: { label: "input dimension /{d}", type: "log" },
      y: { label: "time to the loss, steps × /{η}", type: "log" },
      series,
    };
  });
  const lost = rows.filter(({ way, time }) => way === "LoRA, SGD" && time === null).length;
  const caption =
    `Time to one loss, ${formatNumber(p.loss)} of the mean square of the labels, for ` +
    `${listed(p.students.map(plainWords))} targets. Lines: gradient flows from the typical ` +
    "start |m₀| = 0.53/√d (full fine-tuning needs no search and does not depend on d; from scratch the norm of the " +
    "target is known)." +
    (p.runs.length === 0
      ? ""
      : ` Marks: ${
        p.copies === 1 ? "one run" : `mean of ${p.copies} runs`
      } of one-pass SGD of the adapter from random starts, d = ${listed(p.runs.map(scaleWords))}, ${
        batchWords(p.batch)
      }, η = ${p.step}.`) +
    (lost > 0 ? ` ${lost} runs have not arrived; means with one of them are not drawn.` : "");
  return figureOf(drawings, {
    ...{ columns: Math.min(2, drawings.length), caption, aspect: 0.8 },
    legend: legendOf(drawings[0].series),
  });
}

/**
 * LoRA on a pre-trained model, full fine-tuning and training from scratch, compared by the time to one loss.
 *
 * With LoRA the information exponent of the target changes the constant of `ln d` alone; from scratch it changes the power
 * of `d`; full fine-tuning searches nothing.
 *
 * Scale: gradient-flow time, steps × step size. Source: ours.
 *
 * @example A target of one's own, without runs.
 * ```ts
 * import { baselines } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await baselines({ students: ["erf"], mu: [0.5], d: [1e4], runs: [] });
 * const time = (way: string) => rows.find((row) => row.way === way)!.time!;
 * assert(time("LoRA") > 10 * time("from scratch") && time("LoRA") > 10 * time("full fine-tuning"));
 * ```
 */
export const baselines: Experiment<typeof baselineParameters, BaselineRow[], Figure> = experiment({
  name: "LoRA, full fine-tuning and scratch",
  about: "Times to one loss against the dimension, with LoRA, full fine-tuning and from scratch.",
  parameters: baselineParameters,
  quick: { mu: [0.5, 0.9], copies: 1, d: [1e2, 1e3, 1e5, 1e7, 1e9] },
  run,
  figure: draw,
});
