/**
 * Drawing of exactness: quantiles of the overlap, and all differences in standard errors.
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
import { frozenName } from "../../frozen.ts";
import { adapterStart } from "../../starts.ts";
import { plainWords, stepWords } from "../dynamics/words.ts";
import { changeWords } from "../problem.ts";
import { isOneLaw, LAW_BOUNDS, type LawComparison, lawDistance } from "./compare.ts";
import type { ExactnessParameters, ExactnessRow, QuantileRow } from "./parameters.ts";

/** Places of all differences: one column of marks for each step, controls beside the chain. */
export function differences(
  rows: readonly (LawComparison & { readonly chain: string })[],
): Series[] {
  return distinct(rows, "chain").map((chain, look) => ({
    ...{ name: chain === "exact" ? "exact chain" : `control, ${chain}`, look },
    marks: where(rows, "chain", chain).flatMap(({ at, z, zSquare }) =>
      [z, zSquare].map((y) => ({ x: at * 1.12 ** look, y }))
    ),
  }));
}

/** The bounds between which differences of one law lie. */
export function boundsOf(steps: readonly number[]): Series[] {
  const ends = [Math.min(...steps) * 0.8, Math.max(...steps) * 1.4], { z } = LAW_BOUNDS;
  return [z, -z].map((y) => ({
    name: `bound of one law, ±${z}`,
    guide: ends.map((x) => ({ x, y })),
  }));
}

/** Verdict of a comparison in words. */
export function verdictWords(
  rows: readonly (LawComparison & { readonly chain: string })[],
): string {
  return distinct(rows, "chain").map((chain) => {
    const own = where(rows, "chain", chain), { z, p, count } = lawDistance(own);
    const name = chain === "exact" ? "exact chain" : `control with ${chain}`;
    const words = isOneLaw({ z, p, count }) ? "one law" : "another law";
    return `${name}: ${words}, largest |z| of ${count} is ${z.toFixed(1)}`;
  }).join("; ");
}

/** Figure of {@linkcode exactness}. */
export function drawExactness(
  comparisons: readonly ExactnessRow[],
  quantiles: readonly QuantileRow[],
  p: ExactnessParameters,
): Figure {
  const chains = differences(comparisons),
    ends = quantiles.flatMap((row) => [row.reference, row.quantile]);
  const span = [Math.min(...ends), Math.max(...ends)], bounds = boundsOf(p.looks);
  const diagonal: Series = {
    ...{ name: "one law", look: 5, line: span.map((x) => ({ x, y: x })) },
  };
  const drawings: Drawing[] = [
    {
      title: "",
      x: { label: `quantile of /{m}, ${p.against}` },
      y: { label: `quantile of /{m}, chain` },
      series: [
        diagonal,
        ...chains.map(({ name, look }, i): Series => ({
          ...{ name, look },
          marks: where(quantiles, "chain", distinct(quantiles, "chain")[i])
            .map(({ reference, quantile }) => ({ x: reference, y: quantile })),
        })),
      ],
    },
    {
      title: "",
      x: { label: "SGD steps", type: "log" },
      y: { label: "difference, standard errors" },
      series: [...chains, ...bounds],
    },
  ];
  return figureOf(drawings, {
    ...{ columns: 2, aspect: 0.85, caption: captionOf(comparisons, p) },
    legend: legendOf([diagonal, ...chains, bounds[0]]),
  });
}

function captionOf(comparisons: readonly ExactnessRow[], p: ExactnessParameters): string {
  const start = adapterStart(p.start);
  const target = p.teacher === null
    ? `${plainWords(p.student)} target`
    : `${plainWords(p.student)} student of a ${plainWords(p.teacher)} teacher`;
  return `Law of the adapter under one-pass SGD, ${p.chain} against ${p.against}, ${target}, ` +
    `w₀ = ${p.mu.map(frozenName).join(", ")} in units of the frame, d = ${p.d}, b = ${p.batch}, ` +
    `η = ${stepWords(p)}${changeWords(p)}, start: ${
      start.words ?? start.name
    }, ${p.copies} runs each. ` +
    `(a): quantiles of m after ${p.looks.at(-1)} steps; line: where they lie under one law. (b): ` +
    `differences of means and mean squares of u, m, u m, h after ${listed(p.looks)} steps. ` +
    `${verdictWords(comparisons)}.`;
}
