/** F9 as a drawing: symbols are runs, lines theory. */
import { distinct, geomspace, where } from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  listed,
  powerOfTen,
  scaleWords,
} from "../../../../figure/mod.ts";
import { optimiser } from "../../simulation/descent/optimiser.ts";
import { spectrum } from "../../problems/linear.ts";
import { linearisedErrors, productTrajectory } from "../../theory/preconditioned.ts";
import {
  conditionData,
  type ConditionParameters,
  type ConditionRow,
} from "./condition_parameters.ts";

/** The universal trajectory's `‖ES⁻¹‖_F/√r*` at each step: one for all spectra. */
function universalErrors(p: ConditionParameters, steps: number): number[] {
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

const name = (kappa: number) => `/{κ} = ${scaleWords(kappa)}`;

/** Some of the steps of a run as places. */
function some(here: readonly ConditionRow[], i: number, key: "error" | "scaled") {
  const apart = Math.max(1, Math.round(here.length / 12));
  return here.filter((row, j) => j % apart === i % apart && row[key] > 0)
    .map((row) => ({ x: Math.max(row.at, 1), y: row[key] }));
}

/** The one trajectory of preconditioned descent; nothing where it is not that of the runs, or leaves all bounds. */
function trajectory(p: ConditionParameters, last: number): { x: number; y: number }[] {
  if (p.r !== p.rank || p.damping !== 0) return [];
  try {
    return universalErrors(p, last).map((y, x) => ({ x, y }));
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function inSteps(of: readonly ConditionRow[], key: "iterations" | "scaledIterations") {
  return distinct(of, "kappa").flatMap((x) => {
    const y = where(of, "kappa", x)[0][key];
    return y === null ? [] : [{ x, y }];
  });
}

/** Errors and steps by condition number: a panel for each optimiser, and one of their steps. */
export function conditionFigure(rows: readonly ConditionRow[], p: ConditionParameters): Figure {
  const { u, covariance } = conditionData(p), names = distinct(rows, "optimiser");
  const fastName = optimiser("preconditioned", p.damping).name, slowName = optimiser("gd").name;
  const fast = where(rows, "optimiser", fastName);
  const one = trajectory(p, Math.max(10, ...fast.map(({ at }) => at)));
  const predicted = (kappa: number) =>
    linearisedErrors(covariance, u, {
      values: spectrum(kappa, p.rank),
      rate: p.eta,
      gamma: p.gamma,
    });
  const [low, high] = [Math.min(...p.kappas), Math.max(...p.kappas)];
  const panels = names.map((how): Drawing => {
    const here = where(rows, "optimiser", how),
      isFast = how === fastName,
      isSlow = how === slowName;
    return {
      title: how,
      x: { label: "steps /{t}", ...(isFast ? {} : { type: "log" as const }) },
      y: { label: isFast ? "‖/{ES}^{−1}‖/(/{r}*)^{½}" : "‖/{E}‖/‖/{Δ}‖", type: "log" },
      legend: "above",
      series: [
        ...distinct(here, "kappa").map((kappa, i) => {
          const run = where(here, "kappa", kappa), error = predicted(kappa);
          const line = isSlow
            ? distinctSteps(run.at(-1)!.at).map((x) => ({ x, y: error(x) }))
            : undefined;
          const marks = some(run, 2 * i, isFast ? "scaled" : "error");
          return { name: name(kappa), look: i + 1, marks, ...(line ? { line } : {}) };
        }),
        ...(isFast && one.length > 0 ? [{ name: "one trajectory", look: 0, line: one }] : []),
      ],
    };
  });
  const flat = one.find(({ y }) => y < p.goal)?.x;
  const steps = names.map((how, look) => {
    const here = where(rows, "optimiser", how), isFast = how === fastName;
    const marks = inSteps(here, isFast ? "scaledIterations" : "iterations").filter(({ x }) =>
      x <= high
    );
    const line = isFast && flat !== undefined
      ? [low, high].map((x) => ({ x, y: flat }))
      : how === slowName && low < high
      ? geomspace(low, high, 7).map((x) => ({ x, y: firstBelow(predicted(x), p.goal) }))
      : undefined;
    return { name: how, look, marks, ...(line ? { line } : {}) };
  }).filter(({ marks }) => marks.length > 0);
  const all: Drawing[] = [
    ...panels,
    ...(steps.length > 0 && low < high
      ? [{
        title: `steps to ${powerOfTen(p.goal)}`,
        x: { label: "condition number /{κ}", type: "log" as const },
        y: { label: "steps", type: "log" as const },
        legend: "above" as const,
        series: steps,
      }]
      : []),
  ];
  return figureOf(all, {
    columns: Math.min(3, all.length),
    size: "page",
    aspect: all.length === 1 ? 0.6 : 1.1,
    caption:
      `Descent from the spectral start (d = ${p.d}, N = ${p.N}, r* = ${p.rank}, r = ${p.r}, γ = ${
        formatNumber(p.gamma)
      }, η = ${formatNumber(p.eta)}${
        p.damping > 0 ? `, λ = ${formatNumber(p.damping)}` : ""
      }), κ = ${
        listed(distinct(rows, "kappa").toSorted((a, b) => a - b).map((x) => scaleWords(x)))
      }.` +
      (fast.length > 0
        ? ` ${fastName}: every mode counted alike; ` +
          (one.length > 0
            ? "line: the one trajectory that does not know the spectrum."
            : "no line: the one trajectory is that of exact rank without damping, where it converges.")
        : "") +
      (names.includes(slowName)
        ? " Gradient descent: lines linearised at the optimum, from the start, nothing fitted."
        : "") +
      (all.length > panels.length ? " Last panel: the same in numbers of steps." : ""),
  });
}
