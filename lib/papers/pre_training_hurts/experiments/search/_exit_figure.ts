/** Figure F3. */
import { stepSizes } from "../../../../chain/mod.ts";
import { summary, where } from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  type Series,
  type Spread,
} from "../../../../figure/mod.ts";
import { besideWords, type Frozen, frozenOf } from "../../frozen.ts";
import { adapterStart } from "../../starts.ts";
import { whyNoFlow } from "../flow_lines.ts";
import { strengthColumn } from "../physics.ts";
import { changeWords, samplerWords } from "../problem.ts";
import {
  type ExitLine,
  exitLines,
  type ExitParameters,
  type ExitRow,
  lineStart,
  physicsOf,
} from "./exit_laws.ts";
import { targetWords } from "./targets.ts";

/** Means over copies with one standard error, strength by strength; those with a missing exit do not count. */
function means(
  rows: readonly ExitRow[],
  weights: readonly Frozen[],
  by?: "code" | "projected",
): Spread[] {
  return weights.flatMap((w0) => {
    const own = where(rows, "mu", strengthColumn(w0));
    if (own.length === 0 || own.some(({ exit }) => exit === null)) return [];
    const law = by === undefined ? 1 : summary(own.map((row) => row[by] ?? NaN)).mean;
    // Against a law the spread of the starts drops out: what is left is that of the differences.
    const values = own.map((row) => by === undefined ? row.exit! : row.exit! - (row[by] ?? NaN));
    const { mean, se } = summary(values), y = by === undefined ? mean : 1 + mean / law;
    const half = own.length > 1 ? se / law : 0;
    return Number.isFinite(y) ? [{ x: frozenOf(w0)[0], y, low: y - half, high: y + half }] : [];
  });
}

function captionOf(rows: readonly ExitRow[], p: ExitParameters): string {
  const eta = typeof p.step === "number" || Array.isArray(p.step)
    ? Object.values(stepSizes(p.step)(0))
    : [];
  const steps = [...new Set(eta)].map((x) => formatNumber(x)).join(" and ") || "a schedule";
  const marks = p.activations.length * p.mu.length;
  const counts = Object.values(Object.groupBy(rows, ({ target, mu }) => `${target} ${mu}`))
    .map((own) => own!.length);
  const drawn = counts.length, fewest = Math.min(p.copies, ...counts);
  const start = adapterStart(p.start), why = whyNoFlow(physicsOf(p, p.activations[0]));
  const missing = rows.filter(({ exit }) => exit === null).length;
  return `Steps of one-pass SGD until |m| = ${
    formatNumber(p.radius)
  }; d = ${p.d}, b = ${p.batch}, η = ${steps}` +
    `${changeWords(p)}, start: ${start.words ?? start.name}. Marks: mean of ${
      fewest < p.copies ? `${fewest}–` : ""
    }${p.copies} runs of ${samplerWords(p)} ± one standard ` +
    `error (often smaller than the mark)` +
    (drawn < marks ? `; ${marks - drawn} of ${marks} marks would take too many samples` : "") +
    (missing > 0 ? `; ${missing} runs did not arrive, their marks are left out` : "") +
    (why ? `. No theory: ${why}.` : `. Lines: flow from ${lineStart(p).words}` +
      (rows.some(({ corrected }) => corrected !== null)
        ? ", corrected for finite steps (ln(1 + ηλ₊) for ηλ₊) and for the noise of the search"
        : "") +
      (rows.every(({ code, projected }) => code === null && projected === null)
        ? "."
        : `. (b) The same over the code's law τ ln(R/m₀)/η, every run over that of its own start; (c) over the ` +
          `law with the projection on the unstable mode and ln(1 + ηλ₊) a step. The error bars of (b) and (c) ` +
          `are those of the differences.`)) +
    besideWords(p.mu);
}

/** Draws the run. */
export function drawExits(rows: readonly ExitRow[], p: ExitParameters): Figure {
  const lines = new Map(p.activations.map((it) => [targetWords(it), exitLines(p, it)]));
  const x = { label: "pre-training strength /{μ}" };
  const panel = (
    title: string,
    y: Drawing["y"],
    value: (line: ExitLine) => number,
    by?: "code" | "projected",
  ): Drawing => ({
    ...{ title, x, y },
    series: p.activations.map((target): Series => {
      const name = targetWords(target), marks = means(where(rows, "target", name), p.mu, by);
      const line = lines.get(name)!.map((at) => ({ x: at.mu, y: value(at) }))
        .filter((place) => Number.isFinite(place.y));
      return {
        name,
        ...(line.length > 0 ? { line } : {}),
        ...(marks.length > 0 ? { marks, bars: marks } : {}),
      };
    }),
  });
  const drawings = [
    panel(
      `Exit at |/{m}| = ${formatNumber(p.radius)}`,
      { label: "exit time (SGD steps)", type: "log" },
      ({ flow }) => flow,
    ),
  ];
  const hasLaw = rows.some(({ code, projected }) => code !== null || projected !== null);
  if (hasLaw) {
    const words = { label: "exit / law" };
    const ratios = [
      panel("Over /{τ} ln(/{R}//{m}₀)", words, (it) => it.flow / it.code, "code"),
      panel("With projection", words, (it) => it.flow / it.projected, "projected"),
    ];
    const ends = ratios.flatMap(({ series }) =>
      series.flatMap(({ line = [], bars = [] }) => [
        ...line.map(({ y }) => y),
        ...bars.flatMap(({ low, high }) => [low, high]),
      ])
    );
    const domain = [Math.min(0.9, ...ends), Math.max(1.1, ...ends)];
    const one = (drawing: Drawing): Drawing => ({
      ...drawing,
      y: { ...drawing.y, domain },
      series: [...drawing.series, { name: "1", guide: [x0, x1].map((at) => ({ x: at, y: 1 })) }],
    });
    const strengths = p.mu.map((w0) => frozenOf(w0)[0]);
    const [x0, x1] = [Math.min(...strengths), Math.max(...strengths)];
    drawings.push(...ratios.map(one));
  }
  return figureOf(drawings, {
    ...{ columns: 3, aspect: 0.95, caption: captionOf(rows, p) },
    legend: legendOf(drawings[0].series),
  });
}
