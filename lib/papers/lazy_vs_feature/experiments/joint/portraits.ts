/**
 * Joint training of both factors from random signs: portraits, shares of success, conserved levels.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  type ExperimentContext,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, type Series } from "../../../../figure/mod.ts";
import { modelOf } from "../../model_spec.ts";
import { conserved, hasNoLinearPart, jointFlow, levelCurve } from "../../theory/mod.ts";
import { once, shareOf } from "../courses.ts";
import {
  coursesOf,
  modelParameters,
  modelWords,
  runOf,
  runParameters,
  runWords,
  scaleText,
  specOf,
  TIME,
} from "../physics.ts";

/**
 * Parameters of {@linkcode jointPortraits}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const portraitParameters = {
  ...modelParameters({ k: 9, hatC: "random signs" }),
  n: param.integer(600, "dimension n = d − k left to u", { least: 2 }),
  ratios: param.numbers([1, 5], "ratios η_c/η of the steps of both factors", { above: 0 }),
  times: param.numbers(linspace(0, 240, 25), "times τ, increasing", { least: 0 }),
  level: param.number(0.9, "mq above which a copy has succeeded", { above: 0, below: 1 }),
  smallKappa: param.number(0.01, "perturbation of the small-perturbation portrait", { above: 0 }),
  starts: param.integers([4, 3, 2], "numbers of wrong signs from which its flow starts", {
    least: 0,
  }),
  ...runParameters({ alpha: 0.0985, copies: 128 }),
};

type Parameters = Values<typeof portraitParameters>;

/** One copy at one time. */
export interface PortraitRow extends Row {
  /** Ratio of the steps. */
  ratio: number;
  /** Number of the copy. */
  copy: number;
  /** Time. */
  tau: number;
  /** Overlap of the directions. */
  m: number;
  /** Overlap of the factors. */
  q: number;
  /** That at the start. */
  q0: number;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<PortraitRow[]> {
  const rows = await coursesOf(
    sweep,
    p.ratios.map((ratio) => ({
      ...{
        label: String(ratio),
        draws: "joint",
        model: specOf(p),
        times: p.times,
        copies: p.copies,
      },
      run: runOf(p, { algorithm: "joint", n: p.n, ratio }),
    })),
  );
  return rows.map(({ label, copy, tau, m, q, q0 }) => ({
    ratio: Number(label),
    copy,
    tau,
    m,
    q,
    q0,
  }));
}

/** Shares at one time. */
export interface JointShare extends Row {
  /** Ratio of the steps. */
  ratio: number;
  /** Time. */
  tau: number;
  /** Which copies, by `|q₀|`. */
  which: string;
  /** Share with `mq` above the level. */
  share: number;
  /** Its standard error. */
  se: number;
  /** Copies. */
  copies: number;
  /** Share in which `m` has the sign of `q₀`. */
  signs: number;
  /** Share with `m < 0`. */
  negative: number;
}

/** Shares of success of all copies and by the size of `q₀`. */
export function jointShares(rows: readonly PortraitRow[], level: number): JointShare[] {
  const size = ({ q0 }: PortraitRow) => Math.round(Math.abs(q0) * 1e6) / 1e6;
  return distinct(rows, "ratio").flatMap((ratio) =>
    distinct(rows, "tau").flatMap((tau) => {
      const now = where(where(rows, "ratio", ratio), "tau", tau);
      const sizes = [...new Set(now.map(size))].toSorted((a, b) => a - b);
      const groups: [string, PortraitRow[]][] = [
        ["all", now],
        ...sizes.map((q): [string, PortraitRow[]] => [
          `|q₀| = ${Number(q.toPrecision(3))}`,
          now.filter((row) => size(row) === q),
        ]),
      ];
      return groups.map(([which, own]): JointShare => {
        const { share, se, n } = shareOf(own, ({ m, q }) => m * q > level);
        return {
          ...{ ratio, tau, which, share, se, copies: n },
          signs: shareOf(own, ({ m, q0 }) => m * q0 > 0).share,
          negative: shareOf(own, ({ m }) => m < 0).share,
        };
      });
    })
  );
}

/** At small `κ`: flows from a few wrong signs, and the levels of what the bilinear flow conserves. */
function smallPortrait(p: Parameters): Series[] {
  return p.starts.filter((wrong) => wrong < p.k / 2).flatMap((wrong): Series[] => {
    const model = modelOf(specOf({ ...p, kappa: p.smallKappa, hatC: { flipped: wrong } }));
    const q0 = 1 - 2 * wrong / p.k, level = conserved({ m: 0.01, q: q0 });
    const line = linspace(q0 - 0.0005, 0.9999, 160).flatMap((q) => {
      const m = levelCurve(level, q);
      return Number.isFinite(m) ? [{ x: q, y: m }] : [];
    });
    const end = 1.4 / (1e-3 * p.smallKappa ** 2);
    const flow = jointFlow(model, {
      alpha: 1e-3,
      times: linspace(end / 14, end, 14),
      m0: 0.01,
    });
    return [
      { name: "conserved level", look: 5, line },
      { name: "flow", look: 0, marks: flow.map(({ m, q }) => ({ x: q, y: m })) },
    ];
  });
}

function draw(rows: readonly PortraitRow[], p: Parameters): Figure {
  const shares = jointShares(rows, p.level).filter(({ which }) => which === "all");
  const first = where(rows, "ratio", p.ratios[0]),
    least = Math.min(...first.map(({ q0 }) => Math.abs(q0)));
  const copies = (near: boolean): Series => {
    const own = first.filter(({ q0 }) => (Math.abs(Math.abs(q0) - least) < 1e-9) === near);
    return {
      ...{ name: near ? "least |/{q}₀|" : "other starts", look: near ? 1 : 0 },
      thin: distinct(own, "copy").slice(0, 32).flatMap((copy) => [
        ...where(own, "copy", copy).map(({ m, q }) => ({ x: q, y: m })),
        { x: NaN, y: NaN },
      ]),
    };
  };
  // The conserved quantity is that of an activation without a linear part: no other flow keeps its levels.
  const small = hasNoLinearPart(p.activation) ? once(rows, () => smallPortrait(p)) : undefined;
  return figureOf([
    {
      title: `portrait, ratio ${p.ratios[0]}`,
      x: { label: "factors /{q}", domain: [-1.03, 1.03] },
      y: { label: "directions /{m}", domain: [-1.03, 1.03] },
      series: [copies(false), copies(true)],
      legend: "above",
    },
    {
      title: `all ${p.copies} copies`,
      x: { label: TIME },
      y: { label: `share with /{mq} > ${p.level}`, domain: [0, 1.05] },
      series: p.ratios.map((ratio, look): Series => {
        const own = where(shares, "ratio", ratio).filter((_, i) => i % 2 === 0);
        return {
          ...{ name: `ratio ${ratio}`, look },
          marks: own.map(({ tau, share }) => ({ x: tau, y: share })),
          bars: own.map(({ tau: x, share: y, se }) => (
            { x, y, low: Math.max(0, y - se), high: Math.min(1, y + se) }
          )),
        };
      }),
      legend: "above",
    },
    ...(small
      ? [{
        title: `/{κ} = ${p.smallKappa}`,
        x: { label: "factors /{q}", domain: [0, 1.03] as const },
        y: { label: "directions /{m}", domain: [0, 1.03] as const },
        series: small,
      }]
      : []),
  ], {
    columns: small ? 3 : 2,
    aspect: 1,
    caption:
      `Joint training, ${modelWords(p)}, n = ${p.n}, α = ${scaleText(p.alpha)}${
        runWords(p)
      }. (a) Copies from (q₀, ≈ 0) ` +
      `to ±(1, 1). (b) Share of all copies that have found both factors, ± one standard error.${
        small
          ? ` (c) At κ = ${p.smallKappa} the flow (circles) moves along levels of (1 − m²)/(1 − q²) (lines).`
          : " Without a picture at small κ: what is conserved there asks for E σ′ = 0."
      }`,
  });
}

/**
 * Joint training from random signs: all copies.
 *
 * Scale: `τ = steps/n`. Source: the paper simulates joint training; portraits, shares and levels: ours.
 */
export const jointPortraits: Experiment<typeof portraitParameters, PortraitRow[], Figure> =
  experiment({
    name: "joint training",
    about: "Both factors trained together: where copies go, and how many have arrived.",
    parameters: portraitParameters,
    quick: { copies: 24 },
    run,
    figure: draw,
    table: (rows, p) =>
      jointShares(rows, p.level).filter(({ tau }) => tau === Math.max(...p.times)),
  });
