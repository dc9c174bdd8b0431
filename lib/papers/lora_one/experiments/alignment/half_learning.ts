/**
 * F3: the sharp exponent of the angle in `α`, against the guaranteed one.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  geomspace,
  param,
  type Row,
  slope,
  summary,
  type SweepRow,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, formatNumber, listed } from "../../../../figure/mod.ts";
import { REFERENCE } from "../../problems/draw.ts";
import { type EscapeCell, type EscapeRow, escapeRun } from "../../simulation/runs/reduced.ts";
import { guaranteedExponent, sharpExponent } from "../../theory/linear.ts";
import { copiesOf, HERE } from "../parts.ts";

/** Scales `[low, high]` of `α`, by the condition number. */
export type ScaleRanges = readonly (readonly [kappa: number, low: number, high: number])[];

function checkRanges(ranges: ScaleRanges): void {
  for (const range of ranges) {
    const [kappa, low, high] = range;
    if (range.length !== 3 || !(kappa >= 1) || !(low > 0) || !(high > low)) {
      throw new RangeError(`${JSON.stringify(range)} is no [kappa >= 1, low > 0, high > low]`);
    }
  }
  if (ranges.length === 0) throw new RangeError("there is none");
}

/**
 * HalfParameters of {@linkcode halfLearning}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const halfParameters = {
  ranges: param.value<ScaleRanges>(
    [[1, 1e-8, 1e-3], [2, 1e-12, 1e-6], [4, 1e-16, 1e-11]],
    "condition numbers κ of a target of rank two with the ends of α: small enough that tan θ ≪ 1",
    checkRanges,
    "a list of [kappa, low, high]",
  ),
  d: param.integer(200, "input dimension; any, the run is exact in law", { least: 4 }),
  r: param.integer(8, "rank of the adapter", { least: 2 }),
  eta: param.number(0.02, "step size", { above: 0 }),
  scales: param.integer(6, "number of scales between the ends", { least: 2 }),
  copies: param.integer(20, "starts behind each mean", { least: 1 }),
  seed: param.seed(REFERENCE),
};

/** Values of the parameters. */
export type HalfParameters = Values<typeof halfParameters>;

/** A row of {@linkcode halfLearning}: a run. */
export type HalfRow = SweepRow<EscapeCell, EscapeRow, string>;

/** An exponent beside both predictions. */
export interface ExponentRow extends Row {
  /** Condition number. */
  kappa: number;
  /** Mean slope of the runs. */
  "measured slope": number;
  /** Its standard error; null for one run. */
  "± slope": number | null;
  /** Ours. */
  "χ, ours": number;
  /** What the theorem guarantees; null for `r < 2r* = 4`, where its main-text form says nothing. */
  "2/(3κ), Theorem 3.2": number | null;
}

/** Whether Theorem 3.2 speaks of a rank in its main-text form: `r ≥ 2r*`, and there are two modes. */
const guarantees = ({ r }: HalfParameters) => r >= 4;

/** Measured slope of `log tan θ` in `log α` by κ, with its standard error, beside both exponents. */
export function exponentsOf(rows: readonly HalfRow[], p: HalfParameters): ExponentRow[] {
  return p.ranges.map(([kappa]) => {
    const here = where(rows, "kappa", kappa);
    const slopes = copiesOf(p.seed, p.copies).map((seed) => {
      const run = where(here, "seed", seed), logs = (x: number[]) => x.map(Math.log);
      return slope(
        logs(run.map(({ initStd }) => initStd)),
        logs(run.map(({ tangent }) => tangent)),
      );
    });
    const { mean, se } = summary(slopes);
    return {
      ...{ kappa, "measured slope": mean, "± slope": p.copies > 1 ? se : null },
      "χ, ours": sharpExponent({ top: 1, least: 1 / kappa, rate: p.eta }),
      "2/(3κ), Theorem 3.2": guarantees(p) ? guaranteedExponent(kappa) : null,
    };
  });
}

function draw(rows: readonly HalfRow[], p: HalfParameters): Figure {
  const all = p.ranges.map(([kappa, low, high], look) => {
    const here = where(rows, "kappa", kappa), xs = geomspace(low, high, p.scales);
    const marks = xs.map((x) => {
      const logs = where(here, "initStd", x).map(({ tangent }) => Math.log(tangent));
      return { x, y: Math.exp(summary(logs).mean) };
    });
    const power = (exponent: number) => {
      const [{ x, y }] = marks;
      return [low, high].map((at) => ({ x: at, y: y * (at / x) ** exponent }));
    };
    const line = power(sharpExponent({ top: 1, least: 1 / kappa, rate: p.eta }));
    return {
      run: { name: `/{κ} = ${formatNumber(kappa)}`, look, marks, line },
      guide: { name: "guaranteed slope 2/(3/{κ})", guide: power(guaranteedExponent(kappa)) },
    };
  });
  const guides = guarantees(p) ? all.map(({ guide }) => guide) : [];
  const series = [...all.map(({ run }) => run), ...guides];
  return figureOf([{
    title: "",
    x: { label: "scale /{α} of the start", type: "log" },
    y: { label: "tan /{θ} at half-learning", type: "log" },
    legend: "above",
    series,
  }], {
    caption:
      `Angle when the top of two modes is half learnt (d = ${p.d}, r = ${p.r}, η = ${
        formatNumber(p.eta)
      }, Σ̂ = I, exact in law), for κ = ${
        listed(p.ranges.map(([kappa]) => formatNumber(kappa)))
      }: means of ` +
      `logarithms over ${p.copies} starts. Lines: slope χ through the first symbol` +
      (guarantees(p)
        ? "; dotted: the slope that Theorem 3.2 guarantees, through the same symbol."
        : ". The main-text form of Theorem 3.2 is for r ≥ 2r* = 4."),
  });
}

/**
 * F3: `tan θ ∝ α^χ` at half-learning, with `χ = ln(1 + ηλ_{r*})/ln(1 + ηλ₁)`.
 *
 * Source: ours, on the exponent of Theorem 3.2.
 */
export const halfLearning: Experiment<
  typeof halfParameters,
  HalfRow[],
  Figure,
  Record<never, never>
> = experiment({
  name: "half-learning",
  about: "The angle when the top mode is half learnt, against the scale of the start.",
  parameters: halfParameters,
  quick: { copies: 8 },
  check: (p, refuse) => {
    if (p.d < p.r + 2) refuse("d", `at least r + 2 = ${p.r + 2}`, p.d);
    const kappas = p.ranges.map(([kappa]) => kappa);
    if (new Set(kappas).size < kappas.length) refuse("ranges", "of different κ", p.ranges);
  },
  run: ({ ranges, d, r, eta, scales, copies, seed }, { sweep }) =>
    sweep({
      run: escapeRun,
      cells: ranges.flatMap(([kappa, low, high]) =>
        geomspace(low, high, scales).map((initStd) => ({ d, r, kappa, initStd, eta }))
      ),
      seeds: copiesOf(seed, copies),
      ...(copies * ranges.length <= 30 ? HERE : {}),
    }),
  figure: draw,
  table: exponentsOf,
});
