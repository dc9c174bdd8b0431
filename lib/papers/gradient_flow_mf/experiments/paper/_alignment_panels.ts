/**
 * Panels of FP3: a quantity at the escape against α, and the exponents as lines through its first point.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, summary, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type LegendEntry,
  type Panel,
  simulation,
  style,
  theme,
  theory,
} from "../../../../figure/mod.ts";
import { layerStart, type StartLike } from "../../starts.ts";
import { alignmentExponents } from "../../theory/paper/alignment_bounds.ts";
import { type BoundsRun, bySeries } from "./_escape.ts";

/** What is drawn of a run. */
interface Measured extends BoundsRun {
  readonly misaligned: number | null;
  readonly imbalance: number | null;
}

/** A geometric mean over starts, a factor of one standard deviation below and above. */
interface Mean extends Row {
  problem: string;
  quantity: string;
  start: string;
  alpha: number;
  value: number;
  low: number;
  high: number;
}

/** A point of a law. */
interface LawPoint extends Row {
  problem: string;
  quantity: string;
  law: string;
  alpha: number;
  value: number;
}

const QUANTITIES = [
  { key: "misaligned", words: "1 − cos²(/{U}^{S}_{Z1}, /{γ}_{1})", laws: "misaligned" },
  { key: "imbalance", words: "‖/{Z}_{1}‖_{F}² / ‖/{Z}_{2}‖_{F}²", laws: "imbalance" },
] as const;

/** Names of the laws in the order of their looks. */
const LAWS = [
  ["sharp", "sharp law (ours)"],
  ["claim32", "Claim 3.2"],
  ["theoremC1", "Theorems C.1, C.2"],
  ["eq125", "Eq. (125)"],
] as const;

/** Where no run has come to `T₁`. */
const NOTHING = { mean: NaN, sd: NaN };

function meansOf(rows: readonly Measured[]): Mean[] {
  return bySeries(rows).flatMap(({ rows: group, ...series }) =>
    QUANTITIES.map(({ key }) => {
      const all = group.map((row) => row[key]).filter((x) => x !== null);
      const { mean, sd } = all.length === 0 ? NOTHING : summary(all.map(Math.log));
      const [value, low, high] = [mean, mean - sd, mean + sd].map(Math.exp);
      return { ...series, quantity: key, value, low, high };
    })
  );
}

/** Powers of α through the mean at the largest α of the first start. */
function lawsOf(rows: readonly Measured[], means: readonly Mean[]): LawPoint[] {
  return distinct(rows, "problem").flatMap((problem) => {
    const exponents = alignmentExponents(where(rows, "problem", problem)[0].deltaW);
    return QUANTITIES.flatMap(({ key, laws }) => {
      const here = where(where(means, "problem", problem), "quantity", key);
      const first = where(here, "start", here[0].start);
      const anchor = first.reduce((a, b) => b.alpha > a.alpha ? b : a);
      const powers = exponents[laws] as Readonly<Record<string, number>>;
      return LAWS.filter(([name]) => name in powers).flatMap(([name, law]) =>
        distinct(first, "alpha").map((alpha) => ({
          ...{ problem, quantity: key, law, alpha },
          value: anchor.value * (alpha / anchor.alpha) ** powers[name],
        }))
      );
    });
  });
}

const lookOf = (law: string) => style(LAWS.findIndex(([, words]) => words === law));

/** The panels of FP3 with their legend and rows, without a caption. */
export function alignmentPanels(
  rows: readonly Measured[],
  starts: readonly StartLike[],
): Pick<Figure, "panels" | "columns" | "rows" | "legend"> {
  const means = meansOf(rows), laws = lawsOf(rows, means), names = distinct(rows, "start");
  const symbolOf = (start: string) => theme.symbols[names.indexOf(start) % theme.symbols.length];
  const x = { label: "scale of the start /{α}", type: "log" as const };
  const marks = (points: readonly Mean[]) =>
    names.flatMap((start) => {
      const mine = where(points, "start", start);
      return [
        Plot.ruleX(mine, { x: "alpha", y1: "low", y2: "high", strokeWidth: 0.8 }),
        simulation(mine, { x: "alpha", y: "value", symbol: symbolOf(start) }),
      ];
    });
  const over: Mean[] = [];
  const panels = distinct(rows, "problem").flatMap((problem): Panel[] => {
    const { deltaW } = where(rows, "problem", problem)[0];
    const title = `/{δ}_{w} = ${formatNumber(deltaW, 3)}`;
    const own = QUANTITIES.map(({ key, words }): Panel => {
      const lines = where(where(laws, "problem", problem), "quantity", key);
      const points = where(where(means, "problem", problem), "quantity", key);
      // A start may be aligned to the last bit, for all α: then there is no point to draw.
      const shown = points.some(({ value }) => value > 0) ? points : [];
      return {
        title: `${title}, at /{T}_{1}`,
        x,
        y: { label: words, type: "log" },
        marks: [
          ...LAWS.map(([, law]) =>
            theory(where(lines, "law", law), {
              ...{ x: "alpha", y: "value", clip: true },
              ...{ stroke: lookOf(law).stroke, strokeDasharray: lookOf(law).dash },
            })
          ),
          ...marks(shown),
        ],
      };
    });
    const ratios = where(means, "problem", problem).map((mean) => {
      const { value } = laws.find((point) =>
        point.problem === problem && point.quantity === mean.quantity &&
        point.law === LAWS[0][1] && point.alpha === mean.alpha
      )!;
      return {
        ...mean,
        value: mean.value / value,
        low: mean.value / value,
        high: mean.value / value,
      };
    });
    over.push(...ratios);
    return [...own, {
      title: `${title}, at /{T}_{1}`,
      x,
      y: { label: "runs / sharp law" },
      marks: [
        Plot.ruleY([1], { stroke: lookOf(LAWS[0][1]).stroke }),
        ...QUANTITIES.flatMap(({ key }, k) =>
          names.map((start) =>
            simulation(where(where(ratios, "quantity", key), "start", start), {
              ...{ x: "alpha", y: "value", symbol: symbolOf(start) },
              fill: k === 0 ? "#fff" : "#000",
            })
          )
        ),
      ],
    }];
  });
  const thirds = `(${
    distinct(rows, "problem").map((_, i) => String.fromCharCode(99 + 3 * i)).join(", ")
  })`;
  const legend: LegendEntry[] = [
    ...names.map((start) => {
      const like = starts.find((some) => layerStart(some).name === start);
      const { words = start } = like ? layerStart(like) : {};
      return { label: words, stroke: "#000", symbol: symbolOf(start) };
    }),
    ...QUANTITIES.map(({ words }, k) => ({
      label: `${words} in ${thirds}`,
      ...{ stroke: "#000", symbol: symbolOf(names[0]), fill: k === 0 ? "#fff" : "#000" },
    })),
    ...LAWS.map(([, law]) => ({ label: law, stroke: lookOf(law).stroke, dash: lookOf(law).dash })),
  ];
  return { panels, columns: 3, legend, rows: { runs: means, laws, ratios: over } };
}
