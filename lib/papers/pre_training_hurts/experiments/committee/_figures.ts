/**
 * Drawing of the committee: losses against rescaled time, and the steps to a share of the first loss.
 *
 * @module
 */
import { chainRule, stepSizes } from "../../../../chain/mod.ts";
import { distinct, geomspace, summary, where } from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  listed,
  type Place,
  type Series,
} from "../../../../figure/mod.ts";
import { committeeStart } from "../../simulation/committee/run.ts";
import { committeeFlow, committeeMinimum } from "../../theory/committee/flow.ts";
import { plainWords, stepWords } from "../dynamics/words.ts";
import { flowTimes } from "../flow_lines.ts";
import { type CommitteeCourseRow, type CommitteeParameters, degradedRows } from "./parameters.ts";
import { halvingStep } from "./halving.ts";

/** Least share of the first loss that is drawn. */
const LEAST = 1e-6;

/** Whether the flow is the limit of the runs: rules that only change the pace of it. */
function hasFlow({ rule, step }: CommitteeParameters): boolean {
  const name = typeof rule === "string" ? rule : rule.name;
  return (name === "sgd" || name === "momentum") && !Array.isArray(step);
}

/** Loss of the flow at the given steps, from the start of a copy. */
function flowOfCopy(
  p: CommitteeParameters,
  { mu, r, seed }: CommitteeCourseRow,
  at: readonly number[],
): number[] {
  const { student, d, batch, step } = p, rows = degradedRows(p, mu);
  const start = committeeStart({ student, rows, rank: r, d, batch, step }, seed, 0);
  const pace = { ...p, teacher: null, sphere: true, rank: 1, start: "random" } as const;
  return committeeFlow({ student, rows }, start, flowTimes(pace, at));
}

/** Steps in units of the rescaled time. */
function timeOf({ step }: CommitteeParameters, mu: number): number {
  return stepSizes(step)(0).u * (1 - mu) ** 2;
}

/** Places that are at least so far apart. */
function spaced(places: readonly Place[], gap: number): Place[] {
  let next = 0;
  return places.filter(({ x }) => x >= next && ((next = x + gap), true));
}

/** Copies with that of median last loss in front. */
function medianFirst<T extends readonly CommitteeCourseRow[]>(copies: readonly T[]): T[] {
  const sorted = copies.toSorted((x, y) => x.at(-1)!.loss - y.at(-1)!.loss);
  const [median] = sorted.splice(Math.floor((copies.length - 1) / 2), 1);
  return [median, ...sorted];
}

/** Marks of one run, thin lines of the others, and the flow from the start of the first. */
function courseOf(
  rows: readonly CommitteeCourseRow[],
  p: CommitteeParameters,
  look: number,
): Series[] {
  const { mu } = rows[0], unit = timeOf(p, mu), name = `/{μ} = ${formatNumber(mu)}`;
  const first = where(rows, "at", 0)[0].loss;
  const place = ({ at, loss }: { at: number; loss: number }): Place => ({
    x: at * unit,
    y: loss / first,
  });
  const shown = ({ y }: Place) => y > LEAST;
  const copies = medianFirst(distinct(rows, "copy").map((copy) => where(rows, "copy", copy)));
  const marks = copies[0].map(place).filter(shown);
  const further = copies.slice(1).map((own, i): Series => ({
    ...{ name: `${name}, further run ${i + 1}`, look, thin: own.map(place).filter(shown) },
  }));
  const steps = copies[0].map(({ at }) => at).filter((at) => at > 0);
  const flow = hasFlow(p)
    ? flowOfCopy(p, copies[0][0], steps).map((loss, i) => place({ at: steps[i], loss }))
    : [];
  return [{
    ...{ name, look, marks: spaced(marks, p.time / 16) },
    ...(flow.length > 0 ? { line: flow.filter(shown) } : {}),
  }, ...further];
}

/** Figure of the courses: a panel for each rank. */
export function drawCommittee(rows: readonly CommitteeCourseRow[], p: CommitteeParameters): Figure {
  const minima = p.ranks.flatMap((r) =>
    p.mu.map((mu) => {
      const problem = { student: p.student, rows: degradedRows(p, mu) };
      const first = where(where(where(rows, "r", r), "mu", mu), "at", 0)[0].loss;
      return { r, mu, share: committeeMinimum(problem, r).loss / first };
    })
  );
  const courses = p.ranks.map((r) =>
    p.mu.flatMap((mu, look) => courseOf(where(where(rows, "r", r), "mu", mu), p, look))
  );
  const drawn = courses.flat().flatMap(({ marks = [], thin = [] }) => [...marks, ...thin]);
  // Whole powers of ten, down to the least loss that is drawn.
  const least = Math.max(
    LEAST,
    10 ** Math.floor(Math.log10(Math.min(0.1, ...drawn.map(({ y }) => y)))),
  );
  const drawings = p.ranks.map((r, i): Drawing => ({
    title: `rank ${r}`,
    x: { label: "steps · /{η}(1 − /{μ})²" },
    y: { label: "loss over first loss", type: "log", domain: [least, 2] },
    series: [
      ...courses[i],
      ...where(minima, "r", r).filter(({ share }) => share > LEAST).map(({ share }): Series => ({
        name: "least loss of this rank",
        guide: [{ x: 0, y: share }, { x: p.time, y: share }],
      })),
    ],
  }));
  const left = minima.filter(({ share }) => share > LEAST);
  const entries = drawings[0].series.filter(({ marks }) => marks);
  const guide = drawings.flatMap(({ series }) => series).find((series) => series.guide);
  return figureOf(drawings, {
    ...{ columns: Math.min(3, drawings.length), aspect: 0.9 },
    legend: legendOf([...entries, ...(guide ? [guide] : [])]),
    caption:
      `Loss of a committee under one-pass SGD, ${
        setting(p)
      }. Marks: the run of median last loss, of the exact chain` +
      (p.copies > 1 ? `; thin: the ${p.copies > 2 ? `${p.copies - 1} others` : "other"}` : "") +
      (hasFlow(p)
        ? "; lines: gradient flow from its start"
        : "; no flow is drawn: it is known for SGD and momentum with one step") +
      (left.length > 0
        ? `; dotted: least loss that the rank allows, ${
          left.map(({ mu, r, share }) => `${share.toPrecision(3)} (μ = ${mu}, rank ${r})`).join(
            ", ",
          )
        } of the first`
        : "") +
      ".",
  });
}

/** The parameters in words. */
function setting(p: CommitteeParameters): string {
  return `${p.width} ${
    plainWords(p.student)
  } units of which ${p.degraded} are degraded to μ t_k, ` +
    `d = ${p.d}, b = ${p.batch}, η = ${stepWords({ step: p.step, student: "x" })}` +
    (p.rule === "sgd" ? "" : `, rule ${chainRule(p.rule).name}`);
}

/** Steps to a share of the first loss against the distance of the degraded units. */
export function drawHalving(rows: readonly CommitteeCourseRow[], p: CommitteeParameters): Figure {
  const series = p.ranks.map((r, look): Series => {
    const marks = p.mu.flatMap((mu) => {
      const own = where(where(rows, "r", r), "mu", mu);
      const logs = distinct(own, "copy").map((copy) =>
        Math.log(halvingStep(where(own, "copy", copy), p.level))
      ).filter(Number.isFinite);
      if (logs.length === 0) return [];
      const { mean, se } = summary(logs), e = Number.isFinite(se) ? se : 0;
      return [{
        // Side by side.
        ...{ x: (1 - mu) * 1.04 ** look, y: Math.exp(mean) },
        ...{ low: Math.exp(mean - 2 * e), high: Math.exp(mean + 2 * e) },
      }];
    });
    return { name: `rank ${r}`, look, marks, bars: marks };
  });
  const all = series.flatMap(({ marks }) => marks!), ends = all.map(({ x }) => x);
  const middle = Math.exp(summary(all.map(({ x, y }) => Math.log(y * x * x))).mean);
  const guide: Series = {
    name: "slope −2",
    guide: geomspace(Math.min(...ends), Math.max(...ends), 2).map((x) => ({
      x,
      y: middle / (x * x),
    })),
  };
  return figureOf([{
    title: "",
    x: { label: "1 − /{μ}", type: "log" },
    y: { label: `steps to ${formatNumber(p.level)} of the first loss`, type: "log" },
    series: [...series, guide],
  }], {
    legend: legendOf([...series, guide]),
    caption:
      `SGD steps of a committee to ${p.level} of its first loss, ${setting(p)}, μ = ${
        listed(p.mu)
      }. ` +
      `Marks: geometric mean of ${p.copies} runs of the exact chain; bars: two standard errors; dotted: ` +
      "(1 − μ)⁻².",
  });
}
