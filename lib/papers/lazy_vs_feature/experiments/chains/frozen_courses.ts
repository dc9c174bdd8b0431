/**
 * The paper's algorithm: random signs in `c` and `ĉ`, the latter frozen; all copies.
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
import type { CourseRow } from "../../simulation/mod.ts";
import { conditionHolds, frozenSlope } from "../../theory/mod.ts";
import { copiesAt, shareOf } from "../courses.ts";
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

const { lambda: _lambda, base: _base, ...model } = modelParameters({
  ...{ k: 25, c: "random signs", hatC: "random signs" },
});

/**
 * Parameters of {@linkcode frozenCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const frozenParameters = {
  ...model,
  n: param.integer(1000, "dimension n = d − k left to u", { least: 2 }),
  times: param.numbers(linspace(0, 300, 31), "times τ, increasing from 0", { least: 0 }),
  success: param.number(0.8, "overlap |m| that counts as success", { above: 0, below: 1 }),
  ...runParameters({ alpha: 0.05, copies: 64 }),
};

type Parameters = Values<typeof frozenParameters>;

/** One copy at one time, with what its signs say. */
export interface FrozenRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Time. */
  tau: number;
  /** Overlap. */
  m: number;
  /** `⟨ĉ, c⟩`. */
  q: number;
  /** `(Σ c)(Σ ĉ)`. */
  A: number;
  /** Overlap at the start. */
  m0: number;
  /** `Φ′(0)`, half of the paper's `h(0)`. */
  slope: number;
  /** Whether Condition 3 holds. */
  holds: boolean;
}

async function run(p: Parameters, { sweep }: ExperimentContext): Promise<FrozenRow[]> {
  const rows = await coursesOf(sweep, [{
    ...{ label: "frozen", model: specOf(p), run: runOf(p, { n: p.n }), times: p.times },
    copies: p.copies,
  }]);
  const known = new Map<string, { slope: number; holds: boolean }>();
  return rows.map(({ copy, tau, m, q0: q, A, m0 }: CourseRow) => {
    const key = `${A} ${q}`, { activation, k, kappa } = p;
    const landscape = { activation, k, kappa, A, q: Math.min(1, Math.max(-1, q)) };
    if (!known.has(key)) {
      known.set(key, { slope: frozenSlope(landscape, 0), holds: conditionHolds(landscape) });
    }
    return { copy, tau, m, q, A, m0, ...known.get(key)! };
  });
}

/** What became of the copies at their last time. */
export interface FrozenEnd extends Row {
  /** Which copies. */
  which: string;
  /** Their number. */
  copies: number;
  /** Share with `|m|` above the level of success. */
  success: number;
  /** Its standard error. */
  se: number;
  /** Share in which `m` has the sign of `h(0)`. */
  signs: number;
  /** Median `|m|`. */
  median: number;
}

/** Copies at their last time: all, by the side of their start, by the size of `q`. */
export function frozenEnds(rows: readonly FrozenRow[], success: number): FrozenEnd[] {
  const last = where(rows, "tau", Math.max(...distinct(rows, "tau")));
  const groups: [string, FrozenRow[]][] = [
    ["all", last],
    ["start on the side of h(0)", last.filter(({ m0, slope }) => m0 * slope > 0)],
    ["start on the other side", last.filter(({ m0, slope }) => m0 * slope < 0)],
    ...distinct(last.map((row) => ({ q: Math.abs(Math.round(row.q * 1e9) / 1e9) })), "q")
      .toSorted((a, b) => a - b)
      .map((q): [string, FrozenRow[]] => [
        `|q| = ${Number(q.toPrecision(3))}`,
        last.filter((row) => Math.abs(Math.abs(row.q) - q) < 1e-8),
      ]),
  ];
  return groups.filter(([, own]) => own.length > 0).map(([which, own]) => {
    const { share, se } = shareOf(own, ({ m }) => Math.abs(m) > success);
    const sizes = own.map(({ m }) => Math.abs(m)).toSorted((a, b) => a - b);
    return {
      ...{ which, copies: own.length, success: share, se },
      signs: shareOf(own, ({ m, slope }) => m * slope > 0).share,
      median: sizes[Math.floor(sizes.length / 2)],
    };
  });
}

function draw(rows: readonly FrozenRow[], p: Parameters): Figure {
  const turned = rows.map((row) => ({ ...row, m: row.m * Math.sign(row.slope || 1) }));
  const thin = (side: -1 | 1): Series => {
    const own = turned.filter(({ m0, slope }) =>
      m0 * Math.abs(slope) * Math.sign(slope) * side > 0
    );
    return {
      ...{ name: side > 0 ? "start on that side" : "start on the other", look: side > 0 ? 0 : 1 },
      // A gap ends each line.
      thin: distinct(own, "copy").flatMap((copy) => [
        ...where(own, "copy", copy).map(({ tau, m }) => ({ x: tau, y: m })),
        { x: NaN, y: NaN },
      ]),
    };
  };
  const median = copiesAt(turned, ({ m }) => m).map((at) => ({ x: at.x, y: at.median }));
  const [all] = frozenEnds(rows, p.success), end = Math.max(...p.times);
  const groups = frozenEnds(rows, p.success).filter(({ which }) => which.startsWith("|q|"));
  return figureOf([
    {
      title: `${p.copies} draws of signs`,
      x: { label: TIME },
      y: { label: "/{m} · sgn /{h}(0)", domain: [-0.5, 1] },
      series: [thin(1), thin(-1), { name: "median", look: 5, marks: median }],
      legend: "above",
    },
    {
      title: `at /{τ} = ${end}`,
      x: { label: "|/{q}|, overlap of /{ĉ} and /{c}" },
      y: { label: `share with |/{m}| > ${p.success}`, domain: [0, 1.08] },
      series: [{
        name: "copies",
        look: 0,
        marks: groups.map(({ which, success }) => ({ x: Number(which.slice(6)), y: success })),
        bars: groups.map(({ which, success: y, se }) => (
          { x: Number(which.slice(6)), y, low: y - se, high: Math.min(1, y + se) }
        )),
      }],
    },
  ], {
    columns: 2,
    caption:
      `The algorithm with frozen ĉ: ${modelWords(p)}, n = ${p.n}, α = ${scaleText(p.alpha)}${
        runWords(p)
      }. (a) Every copy; its sign is that of h(0) where it ends above 0. Crosses: median. (b) Share of ` +
      `copies that have found u, by the overlap of the factors, ± one standard error; ${
        Math.round(100 * all.success)
      }% of all.`,
  });
}

/**
 * Courses of the paper's algorithm: `c` and `ĉ` random signs, `ĉ` frozen, fresh inputs.
 *
 * Scale: `τ = steps/n`. Source: algorithm: dayi25a, Eq. (4); chain, landscape of two numbers: ours.
 *
 * @example
 * ```ts
 * import { frozenCourses, frozenEnds } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows, parameters } = await frozenCourses({ preset: "quick", k: 5, n: 100, times: [0, 20], copies: 8 });
 * assertEquals(frozenEnds(rows, parameters.success)[0].copies, 8);
 * ```
 */
export const frozenCourses: Experiment<typeof frozenParameters, FrozenRow[], Figure> = experiment({
  name: "frozen random signs",
  about:
    "Courses of the paper's algorithm, and how many find u, by the overlap of the frozen factor.",
  parameters: frozenParameters,
  quick: { times: linspace(0, 150, 16), copies: 24, success: 0.6 },
  check: (p, refuse) => {
    for (const name of ["c", "hatC"] as const) {
      const factor = p[name], signs = ["alternating", "plus", "random signs", "c"] as const;
      const known = typeof factor === "string"
        ? (signs as readonly string[]).includes(factor)
        : typeof factor === "object" && !Array.isArray(factor);
      if (!known) {
        refuse(
          name,
          "signs over √k, of which h(0) keeps two sums: a name or { plus }, { flipped }",
          factor,
        );
      }
    }
  },
  run,
  figure: draw,
  table: (rows, p) => frozenEnds(rows, p.success),
});
