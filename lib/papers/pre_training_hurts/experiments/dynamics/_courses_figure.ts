/**
 * Drawing of the courses: one run of each strength as marks, the flow from the start of that run as a line.
 *
 * @module
 */
import { distinct, where } from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  legendOf,
  listed,
  type Series,
} from "../../../../figure/mod.ts";
import { adapterStart } from "../../starts.ts";
import { stableStrength } from "../../theory/stability.ts";
import { flowLine, startOfRun, whyNoFlow } from "../flow_lines.ts";
import { activationWords, strengthColumn, strengthWords } from "../physics.ts";
import { changeWords } from "../problem.ts";
import type { CourseParameters, CourseRow } from "./course_parameters.ts";
import { plainWords, stepWords } from "./words.ts";

type Key = "loss" | "m" | "s";

/** Smallest loss that is drawn: below, the closed forms of the loss have no digits. */
const LEAST = 1e-11;

/** The copy whose start overlaps the target as the median copy's does. */
function medianCopy(rows: readonly CourseRow[]): number {
  const starts = where(rows, "at", 0).toSorted((x, y) => x.m - y.m);
  return starts[Math.floor((starts.length - 1) / 2)].copy;
}

/** Of many places, about `count` that are evenly spread in the logarithm of `x`. */
function thinned<T extends { readonly x: number }>(places: readonly T[], count: number): T[] {
  const gap = Math.log(places.at(-1)!.x) / count;
  let next = -Infinity;
  return places.filter(({ x }) => Math.log(x) >= next && ((next = Math.log(x) + gap), true));
}

interface Course {
  readonly shown: readonly CourseRow[];
  readonly others: readonly (readonly CourseRow[])[];
  readonly flow: ReturnType<typeof flowLine>;
  readonly name: string;
}

/** What is drawn of each strength: the shown run, the other runs, the flow from the start of the shown one. */
function coursesOfRows(rows: readonly CourseRow[], p: CourseParameters): Course[] {
  const sampler = p.direct > 0 ? "whole inputs" : p.sampler;
  return p.mu.map((w0) => {
    const own = where(rows, "mu", strengthColumn(w0)), of = where(own, "sampler", sampler);
    const copy = medianCopy(of), shown = where(of, "copy", copy), start = shown[0];
    const rest = own.filter((row) => row.copy !== copy || row.sampler !== sampler);
    const others = distinct(rest, "sampler").flatMap((each) => {
      const some = where(rest, "sampler", each);
      return distinct(some, "copy").map((other) => where(some, "copy", other));
    });
    const flow = whyNoFlow(p) === undefined
      ? flowLine(p, w0, shown.map(({ at }) => at), startOfRun(w0, start))
      : [];
    return { shown, others, flow, name: strengthWords(w0) };
  });
}

function seriesOf(courses: readonly Course[], key: Key, first: number): Series[] {
  const place = ({ at, ...row }: { at: number } & Record<Key, number>) => ({ x: at, y: row[key] });
  const drawn = ({ x, y }: { x: number; y: number }) =>
    x >= first && Number.isFinite(y) && (key !== "loss" || y > LEAST);
  const main = courses.map(({ shown, flow, name }, look) => {
    const marks = shown.map(place).filter(drawn);
    return {
      ...{ name, look, marks: marks.length > 0 ? thinned(marks, 12) : [] },
      ...(flow.length > 0 ? { line: flow.map(place).filter(drawn) } : {}),
    };
  });
  const further = courses.flatMap(({ others, name }, look) =>
    others.map((rows, i) => {
      const thin = rows.map(place).filter(drawn);
      return { name: `${name}, further run ${i + 1}`, look, thin };
    })
  );
  return [...main, ...further];
}

/** Where the optimum is unstable for SGD, in words; empty where it is stable or nothing is known. */
function stabilityWords(p: CourseParameters): string {
  const { student, teacher, d, batch, step, rule, sphere } = p;
  const known = whyNoFlow(p) === undefined && p.noise === 0 && teacher === null && rule === "sgd" &&
    sphere;
  if (!known || [step].flat().some((part) => typeof part !== "number")) return "";
  const critical = stableStrength({ student, d, batch, step: step as number });
  const unstable = p.mu.filter((w0): w0 is number => typeof w0 === "number" && w0 < critical);
  if (unstable.length === 0) return "";
  return `; the optimum is stable for SGD only above μ = ${critical.toFixed(3)} (mean square): ` +
    `runs at μ = ${listed(unstable)} cannot stay there, and leave a line that goes to it`;
}

/** What the runs were, in words. */
function captionOf(rows: readonly CourseRow[], p: CourseParameters): string {
  const why = whyNoFlow(p), start = adapterStart(p.start);
  const target = p.teacher === null
    ? `${plainWords(p.student)} target`
    : `${plainWords(p.student)} student of a ${plainWords(p.teacher)} teacher`;
  const bad = distinct(rows, "status").filter((status) => status !== "running");
  const whole = p.direct > 0 || p.sampler === "whole inputs";
  const shown = whole ? "SGD on whole inputs" : "the exact chain";
  const cut = p.steps === null && rows.some(({ at }) => at === p.most);
  const others = (p.direct > 0 ? p.copies + p.direct : p.copies) - 1;
  return `One-pass SGD of the adapter, ${target}, d = ${p.d}, b = ${p.batch}, η = ${stepWords(p)}` +
    changeWords(p) + `, start: ${start.words ?? start.name}. Marks: one run of ${shown}` +
    (others > 0 ? `, that of median start; thin lines: the ${others} other runs` : "") +
    (why ? `; no theory is drawn: ${why}` : "; lines: summary-statistics flow from its start") +
    stabilityWords(p) + (cut ? `; runs are stopped after ${p.most} steps` : "") +
    (bad.length > 0 ? `; some copies ${bad[0]}` : "") + ".";
}

/** Figure of the courses. */
export function drawCourses(rows: readonly CourseRow[], p: CourseParameters): Figure {
  const courses = coursesOfRows(rows, p), x = { label: "SGD steps", type: "log" as const };
  const last = Math.min(...courses.map(({ shown }) => shown.at(-1)!.at));
  const first = last > 300 ? 10 : 1; // what happens before is the plateau
  const drawing = (key: Key, label: string, rest: object): Drawing => ({
    ...{ title: key === "loss" ? activationWords(p.student) : "", x, y: { label, ...rest } },
    series: seriesOf(courses, key, first),
  });
  const top = Math.max(...where(rows, "at", 0).map(({ loss }) => loss));
  const drawings = [
    drawing("loss", "loss ½E(/{ŷ} − /{y})²", {
      type: "log",
      domain: [1e-8, Math.max(1e-7, 3 * top)],
    }),
    drawing("m", "overlap |/{m}|", { domain: [0, 1.05] }),
    drawing("s", "/{s} = /{w}·/{ω}_{⋆}", {}),
  ];
  return figureOf(drawings, {
    ...{ columns: 3, aspect: 0.9, caption: captionOf(rows, p) },
    legend: legendOf(drawings[0].series.slice(0, courses.length)),
  });
}
