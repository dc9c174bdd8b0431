/**
 * Claims about linear rates, escape and the rule norm: C20, C21, C27, C31.
 *
 * Expected numbers come from an independent implementation.
 *
 * @module
 */
import { agree, type Claim, comparison } from "../../../experiment/mod.ts";
import { frobeniusNorm, spectralNorm } from "../../../linalg/mod.ts";
import { lowRank, referenceQuadratic, referenceTarget } from "../problems.ts";
import {
  descend,
  Descent,
  escapeSteps,
  LINEAR_CASES,
  type LinearCase,
  linearRun,
  type Moment,
} from "../simulation/mod.ts";
import {
  balancedSpectrum,
  escapeGrowth,
  hessian,
  leastCurvature,
  normStall,
} from "../theory/mod.ts";

const paper = "convergence-rate";

function caseOf(name: LinearCase["name"]): LinearCase {
  return LINEAR_CASES.find((one) => one.name === name)!;
}

/** `1 − η_∞ λ₊` at the end of a run: the predicted rate. */
export function predictedRate(
  { target }: LinearCase,
  { end, eta }: { end: Descent; eta: number },
): number {
  return 1 - eta * leastCurvature(hessian(end, target));
}

function c20(): Claim {
  const reference: Record<string, number> = {
    "exact, paper": 0.9706145,
    "gap, paper": 0.9948009,
    "over, paper": 0.9817158,
    "exact, simple": 0.8642092,
    "gap, simple": 0.9759969,
    "over, simple": 0.9134019,
  };
  return {
    id: "C20",
    paper,
    source: { whose: "ours" },
    statement: "Linear rate of ‖∇J‖ at the end of a bounded run is 1 − η_∞λ₊ (run against Hessian)",
    falsifier:
      "A rate of a run that is off 1 − η_∞λ₊ at its end, or off the reference's, by more than 1e-5",
    evidence: {
      seeds: 0,
      sizes:
        "6 x 5 targets of singular values (2, 1) and (2, 1, 0.8), r = 2, 3, rules paper and simple",
      draws: "nothing",
    },
    check: () => {
      const { put, result } = comparison();
      for (const [key, wanted] of Object.entries(reference)) {
        const [name, ruleName] = key.split(", ") as [LinearCase["name"], "paper" | "simple"];
        const one = caseOf(name), run = linearRun(one.problem, ruleName);
        put(key, run.rate, predictedRate(one, run), 1e-5);
        put(`${key}, reference`, run.rate, wanted, 1e-5);
      }
      return result("1e-5");
    },
  };
}

function c21(): Claim {
  return {
    id: "C21",
    paper,
    source: { whose: "ours" },
    statement: "λ₊ at a nearly balanced minimum: σ_r when M has rank r, else the gap σ_r − σ_{r+1}",
    falsifier:
      "A least positive curvature that is off σ_r = 1 by 3e-3 or off σ_r − σ_{r+1} = 0.2 by 1e-5",
    evidence: {
      seeds: 0,
      sizes: "6 x 5 targets of singular values (2, 1) and (2, 1, 0.8), r = 2",
      draws: "nothing",
    },
    check: () => {
      const curvature = (name: LinearCase["name"]) => {
        const one = caseOf(name);
        return leastCurvature(hessian(linearRun(one.problem, "paper").end, one.target));
      };
      const least = (sigma: number[]) =>
        balancedSpectrum(sigma, { rows: 6, columns: 5, r: 2 }).filter((x) => x > 1e-9).at(-1)!;
      return agree({ exact: curvature("exact"), gap: curvature("gap") }, {
        exact: least([2, 1, 0, 0, 0]),
        gap: least([2, 1, 0.8, 0, 0]),
      }, { bounds: { exact: 3e-3, gap: 1e-5 }, text: "0.3 % (balanced as σ → 0); 1e-5" });
    },
  };
}

function c27(): Claim {
  const reference = [21, 38, 54, 69, 85, 101];
  return {
    id: "C27",
    paper,
    source: { whose: "ours" },
    statement:
      "Escape from the flat region: each factor e in the start costs 1/log(1 + η₀σ₁) = 6.81 steps, and " +
      "the escape times of the reference",
    falsifier:
      "An escape time other than 21, 38, 54, 69, 85, 101, or a number of steps per factor e " +
      "that is more than 1 % away from the formula's",
    evidence: {
      seeds: 0,
      sizes: "6 x 5 target of singular values (2, 1), σ = 1e-1 ... 1e-6",
      draws: "nothing",
    },
    check: () => {
      const target = lowRank([6, 5], [2, 1]), { put, result } = comparison();
      const growth = escapeGrowth({
        smoothness: 1,
        g: frobeniusNorm(target),
        gamma: spectralNorm(target),
      });
      const steps = reference.map((_, i) => escapeSteps(10 ** (-1 - i)));
      steps.forEach((t, i) => put(`σ = 1e-${i + 1}`, t, reference[i], 0));
      const perFold = (steps[5] - steps[2]) / Math.log(1e3);
      put("steps per factor e", perFold, 1 / Math.log(growth), 0.01 * perFold);
      return result("escape times exactly; 1 %");
    },
  };
}

function c31(): Claim {
  return {
    id: "C31",
    paper,
    source: { whose: "ours", where: "on the schedule norm of the paper's experiments" },
    statement:
      "The rule norm stalls near η = 2/λ_max, ‖∇J‖ = (αλ_max/2)² (α = 0.1, t = 1000, λ_max = 2σ₁)",
    falsifier:
      "A final η that is more than 2 % away from 2/λ_max, or a ‖∇J‖ more than 4 % away from " +
      "(αλ_max/2)²",
    evidence: {
      seeds: 0,
      sizes: "golden quadratic: 6 x 5, r = 2, α = 0.1, t = 1000",
      draws: "nothing",
    },
    check: () => {
      const { loss, start } = referenceQuadratic(), run = new Descent(loss, start);
      let eta = NaN;
      const visit = (now: Moment) => void (eta = now.eta > 0 ? now.eta : eta);
      descend(run, { steps: 1001, rule: { name: "norm", alpha: 0.1 }, visit });
      run.measure();
      const target = referenceTarget(), curvature = 2 * spectralNorm(target);
      const theory = normStall(0.1, curvature);
      return agree({ curvature, eta, gradient: run.gradient, "eta, reference": eta }, {
        curvature: 4.0217957568493174,
        eta: theory.eta,
        gradient: theory.gradient,
        "eta, reference": 0.49176865256258495,
      }, {
        bounds: {
          curvature: 1e-12,
          eta: 0.02 * theory.eta,
          gradient: 0.04 * theory.gradient, // ‖∇J‖ = (α/η)²: twice the relative error of η
          "eta, reference": 1e-6,
        },
        text: "2 % of η, hence 4 % of ‖∇J‖ = (α/η)²",
      });
    },
  };
}

/** The claims of this file. */
export const localClaims: readonly Claim[] = [c20(), c21(), c27(), c31()];
