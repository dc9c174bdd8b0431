/**
 * F11, C20, C21, C41: how fast gradients fall near a minimum, with and without curvature.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  geomspace,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  scaleWords,
} from "../../../../figure/mod.ts";
import { checkInteger, checkKeys, checkPositive } from "../../../../check.ts";
import { lowRank } from "../../problems.ts";
import { linearRun } from "../../simulation/minimum.ts";
import { balancedRun } from "../../simulation/scalar.ts";
import { balancedSpectrum, flatGradient2, hessian, leastCurvature } from "../../theory/local.ts";
import { repeats, ruleNamesOf, rulesParameter, startParameter, targetProblem } from "../physics.ts";

/** A target and a start. */
export interface LinearCase {
  /** Name. */
  readonly name: string;
  /** Singular values of the target, falling. */
  readonly sigma: readonly number[];
  /** Rank of the adapter. */
  readonly r: number;
  /** Scale of the start. */
  readonly scale: number;
}

/** A point of a run. */
export interface CurveRow extends Row {
  /** Name of the case. */
  case: string;
  /** Name of the rule. */
  rule: string;
  /** Steps done. */
  t: number;
  /** `‖∇J‖`. */
  gradient: number;
}

/** The end of a run. */
export interface EndRow extends Row {
  /** Name of the case. */
  case: string;
  /** Name of the rule. */
  rule: string;
  /** Learning rate at the end. */
  eta: number;
  /** `‖V‖²` at the end. */
  v2: number;
  /** Measured factor of `‖∇J‖` per step; NaN if the run did not get there. */
  rate: number;
  /** `λ₊`, the least positive curvature of the Hessian at the end. */
  curvature: number;
  /** `λ₊` of a balanced minimum by its formula; null where the rank exceeds that of the target. */
  balanced: number | null;
}

/** A step on the flat minimum. */
export interface FlatRow extends Row {
  /** Steps done. */
  t: number;
  /** `‖∇J‖²`. */
  gradient2: number;
}

/** Rows of {@linkcode linearRates}. */
export type LinearRows = { curves: CurveRow[]; ends: EndRow[]; flat: FlatRow[] };

function checkCase(one: LinearCase): void {
  const what = "take a case";
  checkKeys(what, one, ["name", "sigma", "r", "scale"], "the case");
  checkInteger(what, "the number of its singular values", one.sigma.length, 1);
  one.sigma.forEach((x, i) => checkPositive(what, `sigma[${i}]`, x));
  checkInteger(what, "r", one.r, 1);
  checkPositive(what, "scale", one.scale);
}

/**
 * Parameters of {@linkcode linearRates}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const linearParameters = {
  m: param.integer(6, "rows of the targets", { least: 1 }),
  n: param.integer(5, "columns of the targets", { least: 1 }),
  cases: param.values<LinearCase>(
    [
      { name: "exact", sigma: [2, 1], r: 2, scale: 0.05 },
      { name: "gap", sigma: [2, 1, 0.8], r: 2, scale: 0.05 },
      { name: "over", sigma: [2, 1], r: 3, scale: 0.5 },
      { name: "lazy", sigma: [2, 1], r: 2, scale: 3 },
    ],
    "targets by their singular values, rank of the adapter and scale of its start",
    checkCase,
    "{ name, sigma, r, scale }",
  ),
  rules: rulesParameter(["paper", "simple"]),
  start: startParameter("sines"),
  steps: param.integer(200_000, "the most steps of a run", { least: 10 }),
  flat: param.number(1, "curvature κ of the loss ½κ(ab)² whose minimum is flat", { least: 0.12 }),
  u0: param.number(1, "its start a = b", { above: 0 }),
  flatSteps: param.integer(100_000, "steps on it", { least: 10 }),
  seed: param.seed(),
};

type Parameters = Values<typeof linearParameters>;

function draw({ curves, ends, flat }: LinearRows, p: Parameters): Figure {
  const names = p.cases.map(({ name }) => name), rules = ruleNamesOf(p.rules);
  const panels = rules.map((rule): Drawing => ({
    title: `rule ${rule}`,
    x: { label: "−log(1 − /{η}_{∞}/{λ}_{+}) (/{t} − /{t}_{0})", domain: [-8, 18] },
    y: { label: "‖∇/{J}‖ relative to /{t}_{0}", type: "log", domain: [1e-8, 1e5] },
    series: [
      {
        name: "exp(−/{x})",
        look: 6,
        line: linspace(-8, 18, 2).map((x) => ({ x, y: Math.exp(-x) })),
      },
      ...names.map((name, look) => {
        const own = where(where(curves, "case", name), "rule", rule);
        const end = where(where(ends, "case", name), "rule", rule)[0];
        const from = own.find(({ gradient }) => gradient < 1e-5);
        const pace = -Math.log1p(-end.eta * end.curvature);
        const all = from === undefined
          ? []
          : own.map(({ t, gradient }) => ({ x: pace * (t - from.t), y: gradient / from.gradient }))
            .filter(({ x }) => x > -8 && x < 18);
        const every = Math.max(1, Math.ceil(all.length / 9));
        return { name, look, marks: all.filter((_, i) => (i + 2 * look) % every === 0) };
      }),
    ],
  }));
  const last: Drawing = {
    title: "flat minimum",
    x: { label: "steps /{T}", type: "log" },
    y: { label: "‖∇/{J}‖²", type: "log" },
    series: [{
      name: "1/(4/{κT}³)",
      look: 5,
      line: geomspace(10, p.flatSteps, 2).map((t) => ({ x: t, y: flatGradient2(p.flat, t) })),
      marks: flat.filter(({ t }) => t > 0).map(({ t, gradient2 }) => ({ x: t, y: gradient2 })),
    }],
    legend: "bottom-left",
  };
  const missed = ends.filter(({ rate }) => !(rate > 0));
  const letters = rules.map((_, i) => `(${String.fromCharCode(97 + i)})`).join(", ");
  return figureOf([...panels, last], {
    columns: Math.min(3, rules.length + 1),
    aspect: 0.95,
    legend: legendOf(panels[0].series),
    caption:
      `${letters} Gradient of ½‖BA − M‖², M ${p.m} × ${p.n}, relative to its value at t₀, where it falls below 10⁻⁵, ` +
      `against steps in units of the rate from the Hessian at the end: ` +
      p.cases.map(({ name, sigma, r, scale }) =>
        `${name} (σ = ${sigma.map((x) => formatNumber(x)).join(", ")}; r = ${r}, start × ${
          formatNumber(scale)
        })`
      ).join(", ") +
      `. Symbols: runs; line: e^(−x). (${String.fromCharCode(97 + rules.length)}) ½κ(ab)², κ = ${
        formatNumber(p.flat)
      }, ` +
      `from a = b = ${formatNumber(p.u0)}, rule paper, ${
        scaleWords(p.flatSteps)
      } steps: V stays bounded and no rate is ` +
      "linear." +
      (missed.length > 0
        ? ` ${missed.length} runs did not come to their minimum in ${scaleWords(p.steps)} steps.`
        : ""),
  });
}

/**
 * Runs to a minimum and the rate at which the gradient falls there; and a minimum without curvature.
 *
 * Rows: `curves`, `ends` of the runs, and `flat`.
 * Source: ours.
 *
 * @example A case of one's own: another rank and other singular values.
 * ```ts
 * import { linearRates } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const cases = [{ name: "mine", sigma: [3, 2.5, 1], r: 2, scale: 0.01 }];
 * const { rows: { ends: [end] } } = await linearRates({ cases, rules: ["simple"] });
 * assertAlmostEquals(end.balanced!, 1.5, 1e-12);
 * assertAlmostEquals(end.rate, 1 - 1.5 * end.eta, 1e-4);
 * ```
 */
export const linearRates: Experiment<typeof linearParameters, LinearRows, Figure> = experiment({
  name: "rates near a minimum",
  about: "How fast gradients fall near a minimum, with and without curvature.",
  parameters: linearParameters,
  check: ({ m, n, cases, rules }, refuse) => {
    const most = Math.min(m, n);
    if (repeats(cases.map(({ name }) => name))) refuse("cases", "cases of different names", cases);
    if (repeats(ruleNamesOf(rules))) refuse("rules", "rules of different names", rules);
    for (const { sigma, r } of cases) {
      if (sigma.length > most || r > most) {
        refuse("cases", `of at most min(m, n) = ${most} singular values and rank`, { sigma, r });
      }
      if (sigma.some((x, i) => i > 0 && x > sigma[i - 1])) {
        refuse("cases", "of falling sigma", sigma);
      }
    }
  },
  run: ({ m, n, cases, rules, start, steps, seed, flat, u0, flatSteps }) => {
    const names = ruleNamesOf(rules), curves: CurveRow[] = [], ends: EndRow[] = [];
    for (const { name, sigma, r, scale } of cases) {
      const target = lowRank([m, n], sigma);
      rules.forEach((rule, i) => {
        const problem = targetProblem({ m, n, sigma, r, start, seed }, scale);
        const { end, eta, rate, curve } = linearRun(problem, rule, steps);
        const at = { case: name, rule: names[i] };
        curves.push(...curve.map((point) => ({ ...at, ...point })));
        const all = Array.from({ length: Math.min(m, n) }, (_, k) => sigma[k] ?? 0);
        const balanced = r > sigma.length
          ? null
          : balancedSpectrum(all, { rows: m, columns: n, r }).filter((x) => x > 1e-9).at(-1)!;
        const curvature = leastCurvature(hessian(end, target));
        ends.push({ ...at, eta, v2: end.v2, rate, curvature, balanced });
      });
    }
    const times = [...new Set(geomspace(1, flatSteps, 21).map(Math.round))];
    const run = balancedRun({ slope: (x) => flat * x, smoothness: flat }, u0, times);
    return { curves, ends, flat: run.map(({ t, gradient2 }) => ({ t, gradient2 })) };
  },
  figure: draw,
  table: ({ ends }) =>
    // λ₊ is that of a minimum: a run that has not come to one has none
    ends.map((row) =>
      row.rate > 0
        ? { ...row, "1 − η λ₊": 1 - row.eta * row.curvature }
        : { ...row, rate: null, curvature: null, "1 − η λ₊": null }
    ),
});
