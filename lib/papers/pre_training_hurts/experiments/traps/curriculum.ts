/**
 * The authors' curriculum at their protocol, and what stands in for its squared labels.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  type Series,
} from "../../../../figure/mod.ts";
import { activation, type ActivationLike } from "../../../../gaussian/mod.ts";
import {
  curriculum,
  type CurriculumRow,
  type FirstLabels,
  firstTeacher,
} from "../../simulation/curriculum.ts";
import { adapterStart } from "../../starts.ts";
import { criticalBatch } from "../../theory/critical_batch.ts";
import { LoraFlow } from "../../theory/flow.ts";
import { noiseSetting } from "../../theory/noise.ts";
import { activationParameter, runsOf, startParameter } from "../physics.ts";
import { plainWords, stepWords } from "../dynamics/words.ts";

/** What a curriculum is run with. */
export interface Protocol {
  /** Labels of the first stage. */
  readonly labels: FirstLabels;
  /** Samples per step. */
  readonly batch: number;
  /** Step size, divided by `N_k` for `He_k`. */
  readonly step: number;
}

function checkProtocol(protocol: Protocol): void {
  checkKeys("read a protocol", protocol, ["labels", "batch", "step"], "the protocol");
  const { labels, batch, step } = protocol;
  activation(firstTeacher(labels, "x"));
  if (!(Number.isInteger(batch) && batch > 0 && step > 0)) throw new RangeError();
}

/**
 * Parameters of {@linkcode curriculumCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const curriculumParameters = {
  student: activationParameter("He3", "activation σ of student and teacher"),
  mu: param.number(0.325, "strength μ of pre-training, w₀ = μω⋆", { above: 0, below: 1 }),
  d: param.integer(1000, "input dimension", { least: 2 }),
  protocols: param.values<Protocol>(
    [
      { labels: "squared", batch: 1000, step: 0.01 },
      { labels: "squared", batch: 500, step: 0.1 },
      { labels: "zero", batch: 500, step: 0.1 },
    ],
    'labels ("squared", "zero" or { teacher }), batch and step of each run; the first is the authors\'',
    checkProtocol,
    "an object { labels, batch, step }",
  ),
  until: param.number(0.95, "|m| at which the adapter is turned", { above: 0, below: 1 }),
  first: param.number(450, "longest first stage, in flow time (steps × step size)", { above: 0 }),
  second: param.number(30, "second stage, in flow time", { above: 0 }),
  start: startParameter("typical"),
  points: param.integer(100, "about how many steps of a stage are looked at", { least: 2 }),
  copies: param.integer(3, "independent runs of each", { least: 1 }),
  seed: param.seed(),
};

type Parameters = Values<typeof curriculumParameters>;

/** A copy at one step of a curriculum, with its protocol. */
export interface CurriculumCourseRow extends CurriculumRow {
  /** Number of the protocol in the list. */
  protocol: number;
  /** Flow time, steps × step size. */
  time: number;
}

/** Noise of the first stage of a protocol. */
export interface CurriculumNoise extends Row {
  /** Labels. */
  labels: string;
  /** Samples per step. */
  batch: number;
  /** Step size. */
  step: number;
  /** Gradient noise `S₀` of one sample. */
  noise: number;
  /** Batch below which the noise stops the search; NaN where none is known (`B ≥ 0`). */
  critical: number;
}

/** What the noise of the first stage depends on. */
export interface CurriculumSetting {
  /** Activation of student and teacher. */
  readonly student: ActivationLike;
  /** Strength. */
  readonly mu: number;
  /** Input dimension. */
  readonly d: number;
  /** Labels, batches and steps. */
  readonly protocols: readonly Protocol[];
}

/** Noise of the first stage of every protocol: squared labels have far more than none, at one mean field. */
export function curriculumNoise(
  setting: CurriculumSetting,
): CurriculumNoise[] {
  const { student, mu, d, protocols } = setting;
  checkKeys("compare protocols", setting, ["student", "mu", "d", "protocols"], "the setting");
  return protocols.map(({ labels, batch, step }) => {
    const setting = noiseSetting(mu, student, { d, step, teacher: firstTeacher(labels, student) });
    const critical = setting.matrix.B < 0 ? criticalBatch(setting) : NaN;
    return { labels: labelName(labels), batch, step, noise: setting.noise, critical };
  });
}

function labelName(labels: FirstLabels): string {
  return typeof labels === "string" ? `${labels} labels` : plainWords(labels.teacher);
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<CurriculumCourseRow[]> {
  const { student, mu, d, until, points, start, copies, seed } = p;
  const rows = await runsOf(sweep, {
    cells: p.protocols.map(({ labels, batch, step }, protocol) => ({
      columns: { protocol },
      setting: {
        ...{ student, w0: mu, d, batch, step, labels, until, points },
        ...(start === "random" ? {} : { start }),
        firstSteps: Math.ceil(p.first / step),
        secondSteps: Math.ceil(p.second / step),
      },
    })),
    ...{ run: curriculum, copies, seed, together: 2, label: "curriculum" },
  });
  return rows.map((row) => ({ ...row, time: row.at * p.protocols[row.protocol].step }));
}

/** The last row of every copy of a protocol. */
export function endsOfCurriculum(
  rows: readonly CurriculumCourseRow[],
  protocol: number,
): CurriculumCourseRow[] {
  const own = where(rows, "protocol", protocol);
  return distinct(own, "copy").map((copy) => where(own, "copy", copy).at(-1)!);
}

/** The flow of both stages: the first on labels 0, which have the mean field of even labels for an odd student. */
function flowOfStages(p: Parameters): { t: number; m: number; s: number }[][] {
  const { student, mu, d } = p;
  const place = { d, frozen: [mu], student, teacher: student };
  const { u = d ** -2, a = adapterStart("typical").place(place).a! } = adapterStart(p.start)
    .place(place);
  const first = new LoraFlow({ student, teacher: "0", frozen: [mu], u0: u, a0: [...a] });
  const turn = first.exitTime(p.until, p.first), end = Number.isFinite(turn) ? turn : p.first;
  const grid = Array.from({ length: 120 }, (_, i) => (i + 1) / 120);
  const before = first.path(grid.map((x) => x * end)), last = before.at(-1)!;
  const size = Math.abs(last.u), a0 = [Math.abs(last.m)];
  const second = new LoraFlow({ student, frozen: [mu], u0: size, a0 });
  const after = second.path(grid.map((x) => x * p.second))
    .map(({ t, m, s }) => ({ t: end + t, m, s }));
  return [before, after].map((part) => part.map(({ t, m, s }) => ({ t, m: Math.abs(m), s })));
}

function draw(rows: readonly CurriculumCourseRow[], p: Parameters): Figure {
  const { student, mu, d, protocols } = p;
  const noise = curriculumNoise({ student, mu, d, protocols }), flow = flowOfStages(p);
  const series = (key: "m" | "s"): Series[] => {
    const flows = flow.map((part, i) => ({
      name: i === 0 ? "flow" : "flow, after the turn",
      look: 5,
      line: part.map(({ t, ...point }) => ({ x: t, y: point[key] })),
    }));
    const main = p.protocols.map(({ batch, step }, protocol) => {
      const own = where(rows, "protocol", protocol);
      const typical = where(own, "copy", own[0].copy).filter((row, i) =>
        Number.isFinite(row[key]) && i % 9 === 3 * protocol % 9
      );
      const marks = typical.map((row) => ({ x: row.time, y: row[key] }));
      const name = `${noise[protocol].labels}, /{b} = ${batch}, /{η} = ${step}`;
      return { name, look: protocol, marks, thin: [] };
    });
    const runs = main.flatMap(({ name, look }) =>
      [1, 2].flatMap((stage) => {
        const own = where(where(rows, "protocol", look), "stage", stage);
        return distinct(own, "copy").map((copy) => ({
          name: `${name}, run ${copy + 1}, stage ${stage}`,
          look,
          thin: where(own, "copy", copy).filter((row) => Number.isFinite(row[key]))
            .map((row) => ({ x: row.time, y: row[key] })),
        }));
      })
    );
    return [flows[0], ...main, flows[1], ...runs];
  };
  const x = { label: "flow time (steps × /{η})" };
  const drawings: Drawing[] = [
    { title: "", x, y: { label: "overlap |/{m}|", domain: [0, 1.05] }, series: series("m") },
    { title: "", x, y: { label: "/{s} = /{w}·/{ω}_{⋆}" }, series: series("s") },
  ];
  const learnt = p.protocols.map((_, i) =>
    endsOfCurriculum(rows, i).filter(({ s }) => Math.abs(s - 1) < 0.05).length
  );
  return figureOf(drawings, {
    ...{
      columns: 2,
      aspect: 0.8,
      legend: legendOf(drawings[0].series.slice(0, 1 + p.protocols.length)),
    },
    caption:
      `Curriculum on the ${plainWords(p.student)} target at μ = ${p.mu}, d = ${p.d}: first ` +
      `on other labels until |m| = ${p.until} or t = ${
        formatNumber(p.first)
      }, then the sign of u is ` +
      "changed where um < 0, then on the labels. " +
      noise.map(({ labels, batch, step, noise: size, critical }, i) =>
        `${labels}, b = ${batch}, η = ${stepWords({ step, student: p.student })}: S₀ = ` +
        `${formatNumber(Number(size.toPrecision(3)))}, critical batch ` +
        `${Number.isFinite(critical) ? Number(critical.toPrecision(3)) : "not known"}, ` +
        `${learnt[i]} of ${p.copies} runs learn`
      ).join("; ") +
      `. Thin lines: ${
        p.copies === 1 ? "one run" : `${p.copies} runs`
      } of the exact chain, marks on the ` +
      "first of them; thick line: " +
      "flow of both stages, the first on labels 0.",
  });
}

/**
 * The curriculum as courses: squared labels at the authors' protocol, and at a larger step with a smaller batch,
 * beside labels 0, which have the same mean field.
 *
 * Law: for an odd student even labels give `L_q = 0`, so that the first stage only shrinks `w`. Its noise is
 * another: `S₀ = E(σ(μz) − σ⋆(z))²σ'(μz)²` counts the labels, and with it the critical batch.
 * Source: procedure and first protocol: code of nwemadji2026when; the rest is ours.
 *
 * @example Squared labels of He₃ at μ = .325 are five thousand times as noisy as none.
 * ```ts
 * import { curriculumNoise } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const protocols = [{ labels: "squared", batch: 500, step: 0.1 }, { labels: "zero", batch: 500, step: 0.1 }] as const;
 * const [squared, zero] = curriculumNoise({ student: "He3", mu: 0.325, d: 1000, protocols });
 * assert(squared.noise / zero.noise > 5000 && squared.critical > 500 && zero.critical < 1);
 * ```
 */
export const curriculumCourses: Experiment<
  typeof curriculumParameters,
  CurriculumCourseRow[],
  Figure
> = experiment({
  name: "courses of the curriculum",
  about:
    "The two-stage training of the authors, for a target, strength, labels and steps of yours.",
  parameters: curriculumParameters,
  quick: { copies: 1 },
  run,
  figure: draw,
});
