/** F1 as a drawing: symbols are runs, lines theory. */
import * as Plot from "@observablehq/plot";
import { distinct, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type LegendEntry,
  type Mark,
  scaleWords,
  sentence,
  sequential,
  simulation,
  theme,
  theory,
} from "../../../../figure/mod.ts";
import type { CourseParameters, CourseRow, CourseTables } from "./course_parameters.ts";
import { STEPS } from "../physics.ts";

const INK = "#D55E00";

/** Runs by start and scale, with their words. */
function seriesOf(runs: readonly CourseRow[]) {
  const starts = distinct(runs, "start");
  return starts.flatMap((start) =>
    distinct(where(runs, "start", start), "variance").map((variance) => {
      const scale = variance === null ? "" : `/{α}² = ${scaleWords(variance)}`;
      const name = starts.length === 1 && scale ? scale : `${start}${scale && `, ${scale}`}`;
      return { name, variance, rows: where(where(runs, "start", start), "variance", variance) };
    })
  );
}

/** Angle and risk against steps. */
export function courseFigure(
  { runs, plateau: [{ sine, silent }] }: CourseTables,
  p: CourseParameters,
  words: string,
): Figure {
  const series = seriesOf(runs), colors = sequential(series.length, 0.82);
  const last = Math.min(p.window, p.steps);
  const [first] = series.flatMap(({ rows }) => rows[0].linear === null ? [] : [rows]);
  const prediction = (first ?? []).filter(({ linear }) => linear !== null);
  const ends = series.flatMap(({ rows: [{ guaranteed: t }], variance }) =>
    t === null ? [] : [{ t, variance }]
  );
  const marks = (key: "sine" | "risk", most: number): Mark[] =>
    series.flatMap(({ rows }, i) => {
      const here = rows.filter((row) => row[key] !== null && row[key]! > 0 && row.at <= most);
      const apart = p.every * Math.max(1, Math.round(most / p.every / 14));
      const shift = p.every * Math.floor(apart / p.every * i / series.length);
      return [
        Plot.line(here, { x: "at", y: key, stroke: colors[i], strokeWidth: 0.6, clip: true }),
        simulation(here.filter(({ at }) => at % apart === shift), {
          ...{
            x: "at",
            y: key,
            stroke: colors[i],
            symbol: theme.symbols[i % theme.symbols.length],
          },
        }),
      ];
    });
  const line = (key: "linear" | "leading", dash: string) =>
    theory(prediction, { x: "at", y: key, stroke: INK, strokeDasharray: dash, clip: true });
  const level = [0, last].map((at) => ({ at, sine })), predicted = prediction.length > 0;
  const legend: LegendEntry[] = [
    ...series.map(({ name: label }, i) => (
      { label, stroke: colors[i], symbol: theme.symbols[i % theme.symbols.length] }
    )),
    ...(predicted
      ? [{ label: "linear phase", stroke: INK, dash: "" }, {
        label: "leading order",
        stroke: INK,
        dash: "1.2 1.8",
      }]
      : []),
    { label: "angle of col Δ", stroke: INK, dash: "5 2" },
  ];
  const aligned = series.some(({ rows }) => rows.some((row) => row.sine !== null));
  const stopped = series.filter(({ rows }) => rows.at(-1)!.status !== "running");
  return {
    panels: [
      ...(aligned
        ? [{
          title: "alignment",
          x: { label: STEPS, domain: [0, last] },
          y: { label: "sin /{θ}_{t}", domain: [0, 1], inset: 3 },
          marks: [
            ...ends.map(({ t, variance }) =>
              Plot.ruleX([t], {
                stroke: colors[series.findIndex((each) => each.variance === variance)],
                strokeDasharray: "2 2",
                y1: 0,
                y2: 0.12,
              })
            ),
            ...marks("sine", last),
            line("linear", ""),
            line("leading", "1.2 1.8"),
            theory(level, { x: "at", y: "sine", stroke: INK, strokeDasharray: "5 2", clip: true }),
          ],
        }]
        : []),
      {
        title: "risk",
        x: { label: STEPS, domain: [0, p.steps] },
        y: { label: "½‖/{AB} − /{Δ}‖²", type: "log" as const },
        marks: marks("risk", p.steps),
      },
    ],
    columns: 2,
    legend,
    rows: {
      simulation: runs,
      plateau: level,
    },
    size: "page",
    caption: `${sentence(words)}. (a) Angle of U_{r*}(A) with U_{r*}(G)` +
      (predicted
        ? ": the line of the linear phase is one for all α; dashed ticks: end t_nl of the phase that is guaranteed"
        : `; the linear phase is not drawn ${silent}`) +
      `; long dashes: the angle of col Δ with U_{r*}(G), ${formatNumber(sine, 3)}. (b) Risk.` +
      (stopped.length > 0
        ? ` ${stopped.map(({ name }) => name.replaceAll(/[/{}]/g, "")).join(", ")}: ${
          stopped[0].rows.at(-1)!.status
        }.`
        : ""),
  };
}
