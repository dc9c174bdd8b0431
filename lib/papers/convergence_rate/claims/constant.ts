/**
 * Claims about constant steps in the scalar model: C22–C26.
 *
 * Expected numbers come from an independent implementation.
 *
 * @module
 */
import { agree, atMost, type Claim, comparison, withControl } from "../../../experiment/mod.ts";
import { matrix } from "../../../linalg/mod.ts";
import { stream } from "../../../random/mod.ts";
import { phaseDiagram } from "../experiments/phase_diagram.ts";
import { SEED } from "../experiments/runs.ts";
import { quadratic } from "../losses.ts";
import { constantRun, descend, Descent, firstStep } from "../simulation/mod.ts";
import { divergenceStep, invariantFactor, monotoneStep, scalarInvariant } from "../theory/mod.ts";

const paper = "convergence-rate";

function c22(): Claim {
  return {
    id: "C22",
    paper,
    source: { whose: "ours" },
    statement: "F₊ − 4 = (F − 4)(1 + η²Rab) in one step from 2000 random states",
    falsifier:
      "A state after whose step F − 4 is off (F − 4)(1 + η²Rab) by more than 1e-13 of its terms",
    evidence: { seeds: 2000, sizes: "a, b, y uniform on (−3, 3), η on (0, 2)", draws: "seed" },
    // Control: the other sign of the factor's second term.
    ...withControl((_, seed = SEED, wrong) => {
      const rng = stream(seed, "C22"), draw = () => 6 * rng.uniform() - 3;
      let worst = 0;
      for (let trial = 0; trial < 2000; trial++) {
        const state = { a: draw(), b: draw(), y: draw(), eta: 2 * rng.uniform() };
        const run = new Descent(quadratic(matrix(1, 1, [state.y])), {
          b: matrix(1, 1, [state.b]),
          a: matrix(1, 1, [state.a]),
        });
        run.measure();
        run.step(state.eta);
        const after = scalarInvariant({ ...state, a: run.a.data[0], b: run.b.data[0] }) - 4;
        const before = scalarInvariant(state) - 4, factor = invariantFactor(state);
        const wanted = before * (wrong ? 2 - factor : factor);
        // Relative to the terms that cancel in F.
        const { a, b, eta, y } = { ...state, a: run.a.data[0], b: run.b.data[0] };
        const size = 4 + eta * (a * a + b * b) + Math.abs(eta * eta * y * (a * b - y)) +
          Math.abs(wanted);
        worst = Math.max(worst, Math.abs(after - wanted) / size);
      }
      return atMost({ "relative error": worst }, { "relative error": 1e-13 });
    }),
  };
}

function c23(): Claim {
  const reference: Record<number, number> = {
    1: 1.5615528128,
    2: 0.8284271247,
    4: 0.2462112513,
    8: 0.0624390838,
  };
  return {
    id: "C23",
    paper,
    source: { whose: "ours" },
    statement:
      "Smallest diverging step from b₀ = 0: scan and bisection against 8/(a₀² + √(a₀⁴ + 16y²))",
    falsifier: "A smallest diverging step that is off the formula's by more than 1e-10 of it",
    evidence: { seeds: 0, sizes: "y = 1, a₀ = 1, 2, 4, 8, at most 20000 steps", draws: "nothing" },
    check: () => {
      const { put, result } = comparison();
      for (const [key, wanted] of Object.entries(reference)) {
        const a0 = Number(key), theory = divergenceStep(a0, 1);
        const found = firstStep(
          0.5 * theory,
          (eta) => constantRun({ a0, eta, steps: 20_000 }).state === "diverged",
        );
        put(`a₀ = ${key}`, found, theory, 1e-10 * theory);
        put(`a₀ = ${key}, reference`, found, wanted, 1e-10);
      }
      return result("rel 1e-10");
    },
  };
}

function c24(): Claim {
  return {
    id: "C24",
    paper,
    source: { whose: "ours" },
    statement: "Phase diagram of 926 points: a run diverges exactly if η > η_div",
    falsifier:
      "A point above η_div whose run does not diverge, or one below whose run does; or other " +
      "counts of the four states",
    evidence: {
      seeds: 0,
      sizes: "926 points, a₀ from 0.2 to 20, η/η_div from 0.05 to 1.95, 3000 steps",
      draws: "nothing",
    },
    check: async (preset) => {
      const { rows: points } = await phaseDiagram({ preset });
      const count = (state: string) => points.filter((point) => point.state === state).length;
      const agreeing = points.filter(({ ratio, state }) => (state === "diverged") === (ratio > 1));
      return agree(
        {
          agreeing: agreeing.length,
          "converged, monotone": count("converged, monotone"),
          converged: count("converged"),
          bounded: count("bounded"),
          diverged: count("diverged"),
        },
        { agreeing: 926, "converged, monotone": 293, converged: 166, bounded: 111, diverged: 356 },
        { abs: 0, text: "all points; counts of the reference exactly" },
      );
    },
  };
}

function c25(): Claim {
  return {
    id: "C25",
    paper,
    source: { whose: "ours" },
    statement: "The loss ceases to fall in every step at ηa₀² = 2, for a₀ ≥ 2",
    falsifier:
      "A step at which the loss ceases to fall in every step with ηa₀² off 2 by more than 1e-8",
    evidence: { seeds: 0, sizes: "y = 1, a₀ = 2, 4, 8, 3000 steps", draws: "nothing" },
    check: () => {
      const { put, result } = comparison();
      for (const a0 of [2, 4, 8]) {
        const theory = monotoneStep(a0, 1);
        const found = firstStep(
          0.5 * theory,
          (eta) => !constantRun({ a0, eta, steps: 3000 }).monotone,
        );
        put(`ηa₀², a₀ = ${a0}`, found * a0 * a0, theory * a0 * a0, 1e-8);
      }
      return result("1e-8");
    },
  };
}

/** The paper's rule on `½(ab − 1)²` from `b₀ = 0` until `‖∇J‖ < 10⁻⁹`. */
export function scalarPaperRun(a0: number): { monotone: boolean; steps: number } {
  const start = { b: matrix(1, 1), a: matrix(1, 1, [a0]) };
  const run = new Descent(quadratic(matrix(1, 1, [1])), start);
  let last = Infinity, monotone = true;
  const visit = () => {
    if (run.loss > last) monotone = false;
    last = run.loss;
    return run.gradient < 1e-9;
  };
  const { steps } = descend(run, { steps: 10_000, visit });
  return { monotone, steps };
}

function c26(): Claim {
  return {
    id: "C26",
    paper,
    source: { whose: "ours", where: "on Eq. (8)" },
    statement: "The paper's rule is monotone from all a₀ in [0.25, 32], at nearly the same cost",
    falsifier:
      "A run whose loss rises, or a least and largest number of steps other than 112 and 125",
    evidence: { seeds: 0, sizes: "eight a₀ from 0.25 to 32, to ‖∇J‖ < 1e-9", draws: "nothing" },
    check: () => {
      const starts = Array.from({ length: 8 }, (_, i) => 0.25 * 2 ** i);
      const runs = starts.map(scalarPaperRun), steps = runs.map((run) => run.steps);
      return agree(
        {
          monotone: runs.filter((run) => run.monotone).length,
          fewest: Math.min(...steps),
          most: Math.max(...steps),
        },
        { monotone: 8, fewest: 112, most: 125 },
        { bounds: { monotone: 0, fewest: 0, most: 0 }, text: "steps of the reference exactly" },
      );
    },
  };
}

/** The claims of this file. */
export const constantClaims: readonly Claim[] = [c22(), c23(), c24(), c25(), c26()];
