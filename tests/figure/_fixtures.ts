import * as Plot from "@observablehq/plot";
import {
  band,
  type Figure,
  type Panel,
  simulation,
  theme,
  theory,
} from "lora-dynamics/figure/mod.ts";

/** Curves of three strengths: theory, band and marks. */
export const curves = ["0.1", "0.5", "0.9"].flatMap((mu) =>
  Array.from({ length: 30 }, (_, i) => {
    const t = 10 ** (4 * i / 29);
    const loss = 1.5 * (1 - Number(mu)) ** 2 / (1 + t / 300);
    return { mu, t, loss, low: 0.8 * loss, high: 1.25 * loss };
  })
);

const domain = ["0.1", "0.5", "0.9"];

/** Log-log panel with everything that a usual figure has. */
export function lossPanel(): Panel {
  return {
    x: { type: "log", label: "steps" },
    y: { type: "log", label: "test loss" },
    color: { type: "ordinal", domain, legend: true, label: "μ" },
    symbol: { domain },
    marks: [
      domain.map((mu, i) =>
        band(curves.filter((row) => row.mu === mu), {
          x: "t",
          y1: "low",
          y2: "high",
          fill: theme.palette[i],
        })
      ),
      theory(curves, { x: "t", y: "loss", stroke: "mu" }),
      simulation(curves.filter((_, i) => i % 5 === 0), {
        x: "t",
        y: "loss",
        stroke: "mu",
        symbol: "mu",
      }),
    ],
  };
}

/** One panel in one column. */
export function lossFigure(): Figure {
  return { panels: lossPanel(), rows: curves, caption: "Loss against steps." };
}

/** Three panels over a page: curves with an inset, a heat map, bars. */
export function pageFigure(): Figure {
  const cells = [1, 2, 3].flatMap((x) => [10, 20].map((y) => ({ x, y, risk: x / y })));
  return {
    panels: [
      {
        title: "curves",
        x: { label: "time /{t}" },
        y: { label: "overlap /{m}_{⋆}" },
        marks: [theory(curves, { x: "t", y: "loss", stroke: "mu" })],
        color: { type: "ordinal" },
        insets: [{
          box: { x: 0.5, y: 0.1, width: 0.4, height: 0.4 },
          x: { label: "inner" },
          marks: [theory([{ x: 0, y: 0 }, { x: 1, y: 1 }], { x: "x", y: "y" })],
        }],
      },
      {
        title: "risk",
        color: { legend: true, label: "risk" },
        marks: [Plot.cell(cells, { x: "x", y: "y", fill: "risk" })],
      },
      {
        marks: [Plot.barY([{ rule: "one", n: 3 }, { rule: "two", n: 5 }], { x: "rule", y: "n" })],
      },
    ],
    rows: { curves, cells },
    legend: [{ label: "theory", dash: "" }, { label: "simulation", symbol: "circle" }],
  };
}

/** All texts of an SVG in the order of drawing. */
export function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)]
    .map((match) => match[1].replace(/<[^>]*>/g, ""));
}

/** Attributes of the frames of an SVG: `[x, y, width, height]`. */
export function frames(svg: string): number[][] {
  return [...svg.matchAll(
    /<g aria-label="axes"><rect x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"/g,
  )].map((match) => match.slice(1).map(Number));
}

/** Runs with a folder of its own, which goes afterwards. */
export async function inFolder(run: (out: string) => Promise<void>): Promise<void> {
  const out = await Deno.makeTempDir();
  try {
    await run(out);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}
