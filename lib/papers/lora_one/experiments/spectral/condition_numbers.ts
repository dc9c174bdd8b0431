/**
 * F9: descent from the spectral start at every condition number, preconditioned and plain.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  geomspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  figureOf,
  formatNumber,
  listed,
  powerOfTen,
  scaleWords,
} from "../../../../figure/mod.ts";
import { frobeniusNorm, identity, type Matrix, matrix } from "../../../../linalg/mod.ts";
import { startOf } from "../../../../nn/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { REFERENCE } from "../../problems/draw.ts";
import {
  composed,
  covarianceOf,
  linearProblem,
  orth,
  portableNormal,
  sampleCovariance,
  spectrum,
} from "../../problems/linear.ts";
import { LoraDescent, type OptimiserLike } from "../../simulation/descent/mod.ts";
import { optimiser } from "../../simulation/descent/optimiser.ts";
import {
  gradientRate,
  linearisedErrors,
  preconditionedRate,
  productTrajectory,
} from "../../theory/preconditioned.ts";
import { seedParameter } from "../physics.ts";

/**
 * Parameters of {@linkcode conditionNumbers}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const conditionParameters = {
  d: param.integer(
    100,
    "input dimension; outputs beyond r* change nothing from the spectral start",
    {
      least: 2,
    },
  ),
  N: param.integer(1600, "samples, at least d", { least: 2 }),
  rank: param.integer(4, "rank r* of Δ, singular values from 1 to 1/κ in equal ratios", {
    least: 1,
  }),
  r: param.integer(4, "rank of the adapter, at least r*; above it damping is needed", { least: 1 }),
  kappas: param.numbers([1, 10, 100, 1000], "condition numbers of all optimisers", { least: 1 }),
  extreme: param.numbers(
    [1e6],
    "further condition numbers of all optimisers but gradient descent",
    {
      least: 1,
      entries: 0,
    },
  ),
  optimisers: param.values<OptimiserLike>(
    ["preconditioned", "gd"],
    "optimisers; the figure has preconditioned and gd",
    (like) => optimiser(like),
    "gd, preconditioned, momentum, adam, or { name, begin }",
  ),
  eta: param.number(0.5, "step size", { above: 0 }),
  gamma: param.number(1, "factor γ of the spectral start", { above: 0 }),
  damping: param.number(0, "damping λ of the preconditioned optimiser", { least: 0 }),
  goal: param.number(1e-6, "error whose first step is noted", { above: 0, below: 1 }),
  until: param.number(1e-10, "error at which a run ends", { above: 0, below: 1 }),
  most: param.integer(30000, "most steps of a run", { least: 1 }),
  seed: seedParameter("portable draws 11 for U and 12 for X"),
};

/** Their values. */
export type ConditionParameters = Values<typeof conditionParameters>;

/** A step of a run. */
export interface ConditionRow extends Row {
  /** Name of the optimiser. */
  optimiser: string;
  /** Condition number. */
  kappa: number;
  /** Step. */
  at: number;
  /** `‖E‖_F/‖Δ‖_F`. */
  error: number;
  /** `‖ES⁻¹‖_F/√r*`: every mode counts alike. */
  scaled: number;
  /** First step with `error` below the goal; null if there is none. */
  iterations: number | null;
  /** The same of `scaled`. */
  scaledIterations: number | null;
  /** Factor per step of `error`, over the last ten steps. */
  rate: number;
  /** `"running"`, or why the run ended. */
  status: string;
}

/** `U` and `Σ̂` of the experiment. */
export function conditionData(
  p: Pick<ConditionParameters, "d" | "N" | "rank" | "seed">,
): { readonly u: Matrix; readonly covariance: Matrix } {
  const { d, N, rank, seed } = p;
  if (seed === REFERENCE) {
    return {
      u: orth(portableNormal(11, d, rank)),
      covariance: covarianceOf(portableNormal(12, N, d)),
    };
  }
  const rng = stream(seed, "condition");
  const frame = rng.stream("target").fillNormal(new Float64Array(d * rank));
  return {
    u: orth(matrix(d, rank, frame)),
    covariance: sampleCovariance(rng.stream("data"), d, N),
  };
}

/** Columns of zeros for an adapter of more rank than the target. */
function padded(target: Matrix, count: number): Matrix {
  const out = matrix(target.rows, count);
  target.data.forEach((x, i) => {
    out.data[Math.floor(i / target.columns) * count + i % target.columns] = x;
  });
  return out;
}

function follow(
  p: ConditionParameters,
  data: ReturnType<typeof conditionData>,
  how: OptimiserLike,
  kappa: number,
) {
  const values = spectrum(kappa, p.rank), count = Math.max(p.r, p.rank);
  const target = padded(composed(data.u, values, identity(p.rank)), count);
  const problem = linearProblem(data.covariance, target), size = frobeniusNorm(target);
  const start = startOf("LoRA-One", { gradient: problem.gradient, r: p.r, gamma: p.gamma });
  const run = new LoraDescent(problem, start, { rate: p.eta, optimiser: how, damping: p.damping });
  const recent: number[] = [], kept: { at: number; error: number; scaled: number }[] = [];
  let iterations: number | null = null, scaledIterations: number | null = null, next = 0;
  run.advance(p.most, (at) => {
    const e = run.error(), error = frobeniusNorm(e) / size;
    let sum = 0;
    e.data.forEach((x, i) => i % count < p.rank && (sum += (x / values[i % count]) ** 2));
    const scaled = Math.sqrt(sum / p.rank);
    if (error < p.goal) iterations ??= at;
    if (scaled < p.goal) scaledIterations ??= at;
    recent.push(error);
    if (recent.length > 11) recent.shift();
    const last = error < p.until || at === p.most;
    if (at >= next || last) {
      kept.push({ at, error, scaled });
      next = at < 100 ? at + 1 : Math.ceil(1.03 * at);
    }
    return last;
  });
  const rate = (recent.at(-1)! / recent[0]) ** (1 / Math.max(1, recent.length - 1));
  const { name } = optimiser(how, p.damping);
  return kept.map((row): ConditionRow => ({
    ...{ optimiser: name, kappa, ...row },
    ...{ iterations, scaledIterations, rate, status: run.status },
  }));
}

function run(p: ConditionParameters): ConditionRow[] {
  const data = conditionData(p);
  return p.optimisers.flatMap((how) =>
    [...p.kappas, ...(how === "gd" ? [] : p.extreme)].flatMap((kappa) =>
      follow(p, data, how, kappa)
    )
  );
}

/** The universal trajectory's `‖ES⁻¹‖_F/√r*` at each step: one for all spectra. */
export function universalErrors(p: ConditionParameters, steps: number): number[] {
  const { u, covariance } = conditionData(p), { eta: rate, gamma } = p;
  return productTrajectory(covariance, u, { rate, gamma, steps }).map((m) =>
    Math.hypot(...m.data.map((x, i) => x - u.data[i])) / Math.sqrt(p.rank)
  );
}

/** Whole steps from 1 on in equal ratios, where they differ. */
function distinctSteps(last: number): number[] {
  return [...new Set(geomspace(1, Math.max(10, last), 40).map(Math.round))];
}

/** First step at which a falling error is below a goal, by bisection. */
function firstBelow(error: (step: number) => number, goal: number): number {
  let high = 1;
  while (error(high) > goal && high < 1e9) high *= 2;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (error(middle) > goal) low = middle;
    else high = middle;
  }
  return high;
}

function draw(rows: readonly ConditionRow[], p: ConditionParameters): Figure {
  const fast = where(rows, "optimiser", optimiser("preconditioned", p.damping).name);
  const slow = where(rows, "optimiser", optimiser("gd").name), { u, covariance } = conditionData(p);
  const exact = p.r === p.rank && p.damping === 0,
    name = (kappa: number) => `/{κ} = ${scaleWords(kappa)}`;
  const last = Math.max(10, ...fast.map(({ at }) => at));
  let one: { x: number; y: number }[] = [];
  try {
    if (exact) one = universalErrors(p, last).map((y, x) => ({ x, y }));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // the recursion leaves all bounds where the runs do
  }
  const predicted = (kappa: number) =>
    linearisedErrors(covariance, u, {
      values: spectrum(kappa, p.rank),
      rate: p.eta,
      gamma: p.gamma,
    });
  const inSteps = (of: readonly ConditionRow[], key: "iterations" | "scaledIterations") =>
    distinct(of, "kappa").flatMap((x) => {
      const y = where(of, "kappa", x)[0][key];
      return y === null ? [] : [{ x, y }];
    });
  const some = (here: readonly ConditionRow[], i: number, key: "error" | "scaled") => {
    const apart = Math.max(1, Math.round(here.length / 12));
    return here.filter((row, j) => j % apart === i % apart && row[key] > 0)
      .map((row) => ({ x: Math.max(row.at, 1), y: row[key] }));
  };
  const [low, high] = [Math.min(...p.kappas), Math.max(...p.kappas)];
  const flat = one.find(({ y }) => y < p.goal)?.x;
  return figureOf([
    {
      title: "preconditioned",
      x: { label: "steps /{t}" },
      y: { label: "‖/{ES}^{−1}‖//{r}*^{½}", type: "log" },
      legend: "above",
      series: [
        ...distinct(fast, "kappa").map((kappa, i) => (
          {
            name: name(kappa),
            look: i + 1,
            marks: some(where(fast, "kappa", kappa), 2 * i, "scaled"),
          }
        )),
        ...(one.length > 0 ? [{ name: "one trajectory", look: 0, line: one }] : []),
      ],
    },
    {
      title: "gradient descent",
      x: { label: "steps /{t}", type: "log" },
      y: { label: "‖/{E}‖/‖/{Δ}‖", type: "log" },
      legend: "above",
      series: distinct(slow, "kappa").map((kappa, i) => {
        const here = where(slow, "kappa", kappa), error = predicted(kappa);
        return {
          name: name(kappa),
          look: i + 1,
          marks: some(here, 3 * i, "error"),
          line: distinctSteps(here.at(-1)!.at).map((x) => ({ x, y: error(x) })),
        };
      }),
    },
    {
      title: `steps to ${powerOfTen(p.goal)}`,
      x: { label: "condition number /{κ}", type: "log" },
      y: { label: "steps", type: "log" },
      legend: "above",
      series: [
        {
          name: "preconditioned",
          marks: inSteps(fast, "scaledIterations").filter(({ x }) => x <= high),
          ...(flat === undefined ? {} : { line: [low, high].map((x) => ({ x, y: flat })) }),
        },
        {
          name: "gradient descent",
          marks: inSteps(slow, "iterations"),
          line: geomspace(low, high, 7).map((x) => ({ x, y: firstBelow(predicted(x), p.goal) })),
        },
      ].filter(({ marks }) => marks.length > 0),
    },
  ], {
    columns: 3,
    size: "page",
    aspect: 1.1,
    caption:
      `Descent from the spectral start (d = ${p.d}, N = ${p.N}, r* = ${p.rank}, r = ${p.r}, γ = ${
        formatNumber(p.gamma)
      }, η = ${formatNumber(p.eta)}${
        p.damping > 0 ? `, λ = ${formatNumber(p.damping)}` : ""
      }), κ = ${
        listed(distinct(rows, "kappa").toSorted((a, b) => a - b).map((x) => scaleWords(x)))
      }. (a) Preconditioned, every mode counted alike` +
      (one.length > 0
        ? "; line: the one trajectory that does not know the spectrum"
        : "; no line: the one trajectory is that of exact rank without damping, where it converges") +
      ". (b) Plain; lines: linearised at the optimum, from the start, nothing fitted. (c) Steps; lines: the same two.",
  });
}

/**
 * F9: errors and steps of preconditioned and plain descent from the spectral start, by condition number.
 *
 * Source: ours; the paper has a rate without κ in an appendix that was not seen.
 *
 * @example Over-rank needs damping, and damping knows the spectrum.
 * ```ts
 * import { conditionNumbers } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { table } = await conditionNumbers({
 *   r: 8, damping: 1e-2, kappas: [4, 1000], extreme: [], optimisers: ["preconditioned"], until: 1e-7, most: 400,
 * });
 * assertEquals(table().map((row) => row["steps"]), [32, 164]);
 * ```
 */
export const conditionNumbers: Experiment<
  typeof conditionParameters,
  ConditionRow[],
  Figure,
  Record<never, never>
> = experiment({
  name: "condition numbers",
  about: "Descent from the spectral start at every condition number, preconditioned and plain.",
  parameters: conditionParameters,
  quick: { kappas: [1, 10, 100] },
  check: ({ d, N, rank, r, goal, until }, refuse) => {
    if (N < d) refuse("N", `at least d = ${d}`, N);
    if (rank > d) refuse("rank", `at most d = ${d}`, rank);
    if (r < rank) refuse("r", `at least r* = ${rank}, or the spectral start is not exact`, r);
    if (r > d) refuse("r", `at most d = ${d}`, r);
    if (until > goal) refuse("until", `at most the goal ${goal}`, until);
  },
  run,
  figure: draw,
  table: (rows, p) => {
    const { u, covariance } = conditionData(p);
    return distinct(rows, "optimiser").flatMap((name) =>
      distinct(where(rows, "optimiser", name), "kappa").map((kappa) => {
        const [row] = where(where(rows, "optimiser", name), "kappa", kappa);
        const plain = name === optimiser("gd").name, values = spectrum(kappa, p.rank);
        return {
          ...{ optimiser: name, "κ": kappa, "steps": row.iterations, "late rate": row.rate },
          "local rate by theory": plain
            ? gradientRate(covariance, u, { values, rate: p.eta })
            : name === "preconditioned"
            ? preconditionedRate(covariance, u, p.eta)
            : null,
          status: row.status,
        };
      })
    );
  },
});
