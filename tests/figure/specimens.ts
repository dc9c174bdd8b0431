/** Every mark, legend and type of scale that a figure may have, each in a panel of its own. */
import * as Plot from "@observablehq/plot";
import {
  band,
  curves,
  endLabels,
  errorBars,
  type Figure,
  figureOf,
  heat,
  type LegendPlace,
  overlayFigure,
  type Panel,
  simulation,
  theory,
} from "lora-dynamics/figure/mod.ts";

/** Two decays with a spread, and their standard errors. */
const decays = [0.5, 2].flatMap((rate) =>
  Array.from({ length: 9 }, (_, i) => {
    const t = i / 2, loss = Math.exp(-rate * t);
    return { rate, t, loss, low: 0.8 * loss, high: 1.2 * loss, se: 0.1 * loss };
  })
);
const slow = decays.filter(({ rate }) => rate === 0.5);
const grid = [1, 2, 3, 4].flatMap((x) => [10, 20, 30].map((y) => ({ x, y, risk: x * y })));
const groups = [{ rule: "SGD", n: 3 }, { rule: "LoRA+", n: 5 }, { rule: "Adam", n: 2 }];
const at = { x: "t", y: "loss" } as const;
const points = [{ x: 1, y: 1 }, { x: 2, y: 3 }, { x: 3, y: 2 }];
const place = { x: "x", y: "y" } as const;

function figure(panels: Panel[], rest: Partial<Figure> = {}): Figure {
  const rows = { decays, grid, groups, points };
  return { panels, rows, size: "page", columns: 3, caption: "Specimens.", ...rest };
}

/** Panels with their names as titles. */
function titled(panels: Readonly<Record<string, Panel>>): Panel[] {
  return Object.entries(panels).map(([title, panel]) => ({ title, ...panel }));
}

const ours = titled({
  "theory, simulation": { marks: [theory(slow, at), simulation(slow, at)] },
  "band": { marks: [band(slow, { x: "t", y1: "low", y2: "high" })] },
  "error bars": { marks: [errorBars(slow, "t", "loss", "#D55E00")] },
  "curves, names": {
    marks: [
      curves(decays, "rate", "t", "loss"),
      endLabels(decays, {
        x: ({ t }) => t,
        y: ({ loss }) => loss,
        z: ({ rate }) => rate,
        text: ({ rate }) => `/{λ} = ${rate}`,
      }),
    ],
  },
  "heat": { marks: [heat(grid, { ...place, fill: "risk" })] },
  "grouped line": {
    color: { type: "ordinal" },
    marks: [theory(decays, { ...at, stroke: "rate" })],
  },
});

/** Room for marks that are wide. */
const roomy = { x: { domain: [0, 4] }, y: { domain: [0, 4] } };

const shapes = titled({
  "area, curve": { marks: [Plot.areaY(slow, { ...at, curve: "step", fill: "#56B4E9" })] },
  "bars": { marks: [Plot.barY(groups, { x: "rule", y: "n", fill: "#009E73" })] },
  "lying bars": { marks: [Plot.barX(groups, { x: "n", y: "rule", fill: "#009E73" })] },
  "counts": {
    marks: [Plot.rectY(decays, Plot.binX({ y: "count" }, { x: "loss", thresholds: 4 }))],
  },
  "rectangles": {
    marks: [Plot.rect([{ a: 1, b: 2, c: 1, d: 3 }, { a: 2, b: 4, c: 2, d: 4 }], {
      ...{ x1: "a", x2: "b", y1: "c", y2: "d", fill: "#CC79A7", fillOpacity: 0.5 },
    })],
  },
  "rules, ticks": {
    marks: [Plot.ruleY([2], { strokeDasharray: "4 2" }), Plot.tickX(points, { x: "x", y: "y" })],
  },
  "links, arrows": {
    marks: [
      Plot.link(points, { x1: 1, y1: 1, x2: "x", y2: "y" }),
      Plot.arrow(points, { x1: 3, y1: 3, x2: "x", y2: "y", bend: 0 }),
    ],
  },
  "vectors": { ...roomy, marks: [Plot.vector(points, { ...place, length: 20, rotate: 30 })] },
  "texts, frame": {
    ...roomy,
    marks: [
      Plot.frame({ inset: 4, stroke: "#56B4E9" }),
      Plot.text(points, { ...place, text: ({ y }) => `/{y}_{0} = ${y}\nline`, fontSize: 7 }),
      Plot.text(["corner"], { frameAnchor: "bottom-right", dx: -6, dy: -6 }),
    ],
  },
});

const symbols = titled({
  "symbols": {
    symbol: { legend: true },
    marks: [simulation([..."abcdefg"].map((kind, x) => ({ x, y: x % 3, kind })), {
      ...place,
      symbol: "kind",
    })],
  },
  "sizes, opacities": {
    marks: [Plot.dot(points, { ...place, r: "y", fill: "#0072B2", fillOpacity: 0.5 })],
  },
  "inset": {
    marks: [theory(slow, at)],
    insets: [{
      box: { x: 0.5, y: 0.1, width: 0.4, height: 0.4 },
      x: { tickFormat: (x: number) => `${x}s` },
      marks: [theory(points, place)],
    }],
  },
});

const legendAt = (where: LegendPlace): Panel => ({
  legend: {
    at: where,
    title: "rule",
    entries: [
      { label: "theory", stroke: "#0072B2", dash: "4 2" },
      { label: "/{m}_{⋆}^{2}", stroke: "#D55E00", symbol: "diamond", dash: "" },
      { label: "band", stroke: "#999", box: true },
    ],
  },
  marks: [theory(points, place)],
});

const legends = titled({
  "above": legendAt("above"),
  "top left": legendAt("top-left"),
  "top right": legendAt("top-right"),
  "bottom left": legendAt("bottom-left"),
  "bottom right": legendAt("bottom-right"),
  "of colours": {
    color: { type: "ordinal", legend: true, label: "rate", tickFormat: (x: number) => `${x}/s` },
    marks: [theory(decays, { ...at, stroke: "rate" })],
  },
});

const coloured = (color: NonNullable<Panel["color"]>): Panel => ({
  color: { legend: true, label: "risk", ...color },
  marks: [Plot.cell(grid, { ...place, fill: "risk" })],
});

const colours = titled({
  "linear": coloured({}),
  "logarithmic": coloured({ type: "log" }),
  "square roots": coloured({ type: "sqrt" }),
  "diverging": coloured({ type: "diverging", pivot: 60 }),
  "quantiles": coloured({ type: "quantile", n: 3 }),
  "thresholds": coloured({ type: "threshold", domain: [30, 80] }),
});

/** Dots with colours of their own, of numbers and of many names. */
const dotted = (color: NonNullable<Panel["color"]>, stroke: Plot.ChannelValue = "risk"): Panel => ({
  color: { legend: true, label: "risk", ...color },
  marks: [Plot.dot(grid, { ...place, stroke })],
});
const dots = titled({
  "linear": dotted({}),
  "logarithmic": dotted({ type: "log" }),
  "diverging": dotted({ type: "diverging", pivot: 60 }),
  "a scheme": dotted({ scheme: "viridis" }),
  "a range": dotted({ range: ["#000", "#d55e00"] }),
  "many names": dotted({ type: "ordinal", legend: false }, ({ x, y }) => `run ${x}.${y / 10}`),
});

const powers = [-100, -1, 0.1, 1, 10, 100].map((v, i) => ({ x: 10 ** i, y: v }));
const days = [0, 40, 90].map((day, y) => ({ x: new Date(Date.UTC(2026, 0, 1 + day)), y }));

const axes = titled({
  "linear, grid": { grid: true, x: { label: "time /{t} (s)" }, marks: [theory(points, place)] },
  "logarithmic": {
    x: { type: "log", label: "steps" },
    y: { type: "log" },
    marks: [simulation(powers, place)],
  },
  "symlog": {
    x: { type: "log" },
    y: { type: "symlog", label: "slope" },
    marks: [theory(powers, place)],
  },
  "square roots": { x: { type: "sqrt" }, marks: [simulation(points, place)] },
  "power 3": { x: { type: "pow", exponent: 3 }, marks: [simulation(points, place)] },
  "dates": { x: { type: "utc" }, marks: [theory(days, place)] },
  "bands": { x: { type: "band" }, marks: [Plot.barY(groups, { x: "rule", y: "n" })] },
  "points": { x: { type: "point" }, marks: [Plot.dot(groups, { x: "rule", y: "n" })] },
  "own ticks": {
    x: { ticks: [1, 2, 3], tickFormat: (x: number) => ["I", "II", "III"][x - 1] },
    y: { domain: [0, 4], reverse: true, ticks: 3 },
    marks: [simulation(points, place)],
  },
});

/** An axis of values from one end to the other. */
const spanning = (from: number | Date, to: number | Date, x: Panel["x"]): Panel => ({
  x,
  marks: [theory([{ x: from, y: 1 }, { x: to, y: 2 }], place)],
});
const day = (text: string) => new Date(`${text}Z`);
const names = Array.from({ length: 26 }, (_, i) => ({ x: `rule ${i}`, y: 1 + i % 3 }));
const counts = Array.from({ length: 40 }, (_, i) => ({ x: 10 * i, y: 1 + i % 4 }));

const ticks = titled({
  "150 years": spanning(day("1875-05-01T00:00"), day("2025-02-01T00:00"), { type: "utc" }),
  "months": spanning(day("2024-11-05T00:00"), day("2025-03-20T00:00"), { type: "utc" }),
  "hours": spanning(day("2025-01-01T21:10"), day("2025-01-02T02:10"), { type: "utc" }),
  "seconds": spanning(day("2025-01-01T00:00:07"), day("2025-01-01T00:00:19"), { type: "utc" }),
  "one decade": spanning(2.1, 8, { type: "log" }),
  "two decades": spanning(2, 150, { type: "log" }),
  "thirty decades": spanning(1e-15, 1e15, { type: "log" }),
  "base 2": spanning(1, 1024, { type: "log", base: 2 }),
  "symlog": spanning(-1e6, 1e7, { type: "symlog" }),
  "late digits": spanning(1.0000001, 1.0000004, {}),
  "large": spanning(-1e6, 5e6, {}),
  "small": spanning(1e-5, 4e-5, {}),
  "many words": { x: { type: "band" }, marks: [Plot.barY(names, place)] },
  "many numbers": { x: { type: "point" }, marks: [Plot.dot(counts, place)] },
  "long labels": {
    x: { label: "time since the start of the run in seconds of wall clock, /{t} (s)" },
    y: { label: "loss of the student on held-out inputs, averaged over twenty seeds" },
    marks: [theory(points, place)],
  },
});

/** Entries of lines and symbols, as many. */
const entries = (n: number) =>
  Array.from({ length: n }, (_, i) => ({
    label: `rank ${2 ** i}`,
    ...(i % 2 === 0 ? { dash: i % 4 === 0 ? "" : "4 2" } : { symbol: "circle" as const }),
  }));
const crowded = titled({
  "seven entries": { legend: entries(7), marks: [theory(points, place)] },
  "seven and a title": {
    legend: { entries: entries(7), title: "adapters of rank" },
    marks: [theory(points, place)],
  },
  "a long title": {
    legend: { entries: entries(3), title: "adapters by their rank" },
    marks: [theory(points, place)],
  },
});

/** Two rules, at two rates: the same series in both panels. */
const overlays = [1, 3].map((rate) => {
  const series = (name: string, power: number) =>
    Array.from({ length: 7 }, (_, i) => ({ series: name, x: 1 + i, y: rate * (1 + i) ** power }));
  const lines = [...series("SGD", -1), ...series("LoRA+", -2)];
  const means = lines.filter(({ x }) => x % 2 === 0)
    .map((point) => ({ ...point, y: 1.05 * point.y, se: 0.1 * point.y }));
  return { title: `rate ${rate}`, x: { label: "/{d}" }, y: { label: "risk" }, lines, means };
});

/** A course with everything that a series may have. */
const course = (rate: number) =>
  Array.from({ length: 6 }, (_, i) => {
    const y = (1 + i) ** -rate;
    return { x: 1 + i, y, low: 0.8 * y, high: 1.2 * y };
  });
const drawings = [1, 2].map((rate) => ({
  title: `rate ${rate}`,
  x: { type: "log" as const, label: "steps" },
  y: { type: "log" as const, label: "risk" },
  series: [
    { name: "theory", line: course(rate), marks: course(rate), bars: course(rate) },
    { name: "starts", thin: course(rate + 0.3), band: course(rate + 0.3) },
    { name: "slope −1", guide: course(1) },
  ],
  ...(rate === 1 ? { legend: "bottom-left" as const } : {}),
}));

/** Texts on a pale ground, one anchor each, of one line and of two. */
const halo = (textAnchor: "start" | "middle" | "end"): Panel => ({
  marks: [
    Plot.text(points, {
      ...{ ...place, text: (row: { x: number }) => row.x === 2 ? "two\nlines" : "/{x}_{k}" },
      ...{ textAnchor, stroke: "white", fill: "black" },
    }),
  ],
  x: { domain: [0, 4] },
  y: { domain: [0, 4] },
});
const margins = titled({
  ...{
    "from the left": halo("start"),
    "in the middle": halo("middle"),
    "from the right": halo("end"),
  },
  "no ticks": {
    x: { ticks: [], label: "no ticks" },
    y: { ticks: [], label: "none here" },
    marks: [theory(points, place)],
  },
  "no axes": { x: { axis: null }, y: { axis: null }, marks: [theory(points, place)] },
  "no labels": { x: { label: null }, y: { label: null }, marks: [theory(points, place)] },
});

/** The figures by name. */
export const specimens: Readonly<Record<string, Figure>> = {
  "marks-ours": figure(ours),
  "marks-plot": figure(shapes),
  "marks-symbols": figure(symbols),
  legends: figure(legends, { columns: 2, height: 110 }),
  "legend-shared": figure([legendAt("top-left"), legendAt("top-left")], {
    legend: [{ label: "theory", dash: "" }, { label: "simulation", symbol: "circle" }],
    columns: 2,
  }),
  colours: figure(colours),
  "colours-dots": figure(dots),
  axes: figure(axes),
  ticks: figure(ticks),
  margins: figure(margins),
  bare: figure([{ x: { axis: null }, y: { axis: null }, marks: [theory(points, place)] }], {
    size: "column",
    aspect: 0.3,
  }),
  drawings: figureOf(drawings, { caption: "Courses." }),
  "overlay-shared": overlayFigure(overlays, { caption: "Rules." }),
  "overlay": overlayFigure(
    [overlays[0], { ...overlays[1], means: [], at: "top-right" }],
    { caption: "Rules.", aspect: 0.6 },
  ),
  "legends-crowded": figure(crowded, { columns: 3 }),
  "one-column": figure([{ ...axes[0], title: "" }], { size: "column", aspect: 0.5 }),
};
