/**
 * Claims about α-scaling, LoRA+ and weight decay: C28–C30.
 *
 * @module
 */
import { agree, atMost, type Claim, withControl } from "../../../experiment/mod.ts";
import { add, type Matrix, multiply } from "../../../linalg/mod.ts";
import { stream } from "../../../random/mod.ts";
import { SEED } from "../experiments/runs.ts";
import { rescaled } from "../losses.ts";
import { normals } from "../adapters.ts";
import { referenceQuadratic } from "../problems.ts";
import { logistic } from "../scalar.ts";
import { rateRule, SIMPLE_CONSTANT } from "../rules.ts";
import { Descent, KINDS, randomLoss, randomShape } from "../simulation/mod.ts";
import { decayBound, logisticDecayLimit, loraPlusStep, plainAdapters } from "../theory/mod.ts";

const paper = "convergence-rate";

function distance(a: Matrix, b: Matrix): number {
  return add(a, b, -1).data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/** Largest difference of the updates of `W₀ + sBA` and of plain LoRA in `√s V`, 500 steps. */
export function scaleError(scale: number): number {
  const { loss, start } = referenceQuadratic();
  const scaled = new Descent(rescaled(loss, { scale }), start);
  const plain = new Descent(loss, plainAdapters(start, scale)), certified = rateRule("paper").rate;
  let worst = 0;
  for (let t = 0; t < 500; t++) {
    scaled.measure();
    plain.measure();
    const eta = certified(plain, 0);
    scaled.step(eta / scale);
    plain.step(eta);
    const update = multiply(scaled.b, scaled.a), own = multiply(plain.b, plain.a);
    update.data.forEach((x, i, all) => all[i] = scale * x);
    worst = Math.max(worst, distance(update, own));
  }
  return worst;
}

/** The same for LoRA+ with `η_B = ρη_A` against scale `√ρ` in `(B/√ρ, A)`. */
export function loraPlusError(ratio: number): number {
  const { loss, start } = referenceQuadratic(), root = Math.sqrt(ratio);
  const plus = new Descent(loss, start);
  const b = { ...start.b, data: start.b.data.map((x) => x / root) };
  const other = new Descent(rescaled(loss, { scale: root }), { b, a: start.a });
  let worst = 0;
  for (let t = 0; t < 500; t++) {
    plus.measure();
    other.measure();
    const eta = loraPlusStep({ b: plus.b, a: plus.a, full: plus.full, smoothness: 1 }, ratio);
    plus.step(ratio * eta, eta);
    other.step(eta);
    const update = multiply(other.b, other.a);
    update.data.forEach((x, i, all) => all[i] = root * x);
    worst = Math.max(worst, distance(multiply(plus.b, plus.a), update));
  }
  return worst;
}

function c28(): Claim {
  return {
    id: "C28",
    paper,
    source: { whose: "ours" },
    statement:
      "W₀ + sBA is plain LoRA in √s V, LoRA+ of ratio ρ is scale √ρ in (B/√ρ, A): largest difference " +
      "of the updates over 500 steps",
    falsifier: "Updates of two equivalent runs that differ by more than 1e-12 within 500 steps",
    evidence: {
      seeds: 0,
      sizes: "golden quadratic: 6 x 5, r = 2, s = 0.25, 2, 8, ρ = 1, 4, 16",
      draws: "nothing",
    },
    check: () => {
      const measured: Record<string, number> = {};
      for (const s of [0.25, 2, 8]) measured[`s = ${s}`] = scaleError(s);
      for (const ratio of [1, 4, 16]) measured[`ρ = ${ratio}`] = loraPlusError(ratio);
      const bounds = Object.fromEntries(Object.keys(measured).map((key) => [key, 1e-12]));
      return atMost(measured, bounds);
    },
  };
}

/** Certified LoRA+ steps from random states: how many fall short of half the first-order decrease. */
export function loraPlusTrials(
  trials: number,
  { factor = 1, seed = SEED }: { factor?: number; seed?: string } = {},
): { violations: number; checks: number } {
  const rng = stream(seed, "LoRA+");
  let violations = 0, checks = 0;
  for (let trial = 0; trial < trials; trial++) {
    const kind = KINDS[trial % KINDS.length], loss = randomLoss(kind, randomShape(kind, rng), rng);
    const { rows: m, columns: n, smoothness } = loss, r = 1 + rng.integer(Math.min(4, m, n));
    const ratio = 10 ** (3 * rng.uniform() - 1.5), size = 10 ** (3 * rng.uniform() - 2);
    const start = { b: normals([m, r], rng, size), a: normals([r, n], rng, size) };
    const run = new Descent(loss, start);
    run.measure();
    const { b, a, full } = run, before = run.loss;
    const square = ({ data }: Matrix) => data.reduce((sum, x) => sum + x * x, 0);
    const first = ratio * square(run.gradientB) + square(run.gradientA);
    if (first < 1e-24) continue;
    const eta = factor * loraPlusStep({ b, a, full, smoothness }, ratio);
    run.step(ratio * eta, eta);
    run.measure();
    const noise = 1e-10 * (Math.abs(before) + Math.abs(run.loss));
    if (run.loss > before - eta * first / 2 + noise) violations++;
    checks++;
  }
  return { violations, checks };
}

function c29(): Claim {
  return {
    id: "C29",
    paper,
    source: { whose: "ours" },
    statement: "Certified LoRA+ steps decrease the loss by ½η_A(ρ‖∇_B‖² + ‖∇_A‖²) at least",
    falsifier:
      "A state whose step decreases the loss by less than ½η_A(ρ‖∇_B‖² + ‖∇_A‖²) beyond rounding",
    evidence: {
      seeds: 2000,
      sizes: "six losses, m, n ≤ 6, r ≤ 4, ρ from 10^−1.5 to 10^1.5",
      draws: "seed",
    },
    // Control: three times the step.
    ...withControl((_, seed, wrong) => {
      const { violations, checks } = loraPlusTrials(2000, { factor: wrong ? 3 : 1, seed });
      // Negative control: three times the certified step falls short somewhere.
      const control = loraPlusTrials(2000, { factor: 3, seed }).violations;
      return agree({ violations, "3 steps are refuted": control > 0 ? 1 : 0 }, {
        violations: 0,
        "3 steps are refuted": 1,
      }, { abs: 0, text: `no violation in ${checks} random states, ρ from 10^−1.5 to 10^1.5` });
    }),
  };
}

/** `‖V‖²` of the balanced scalar logistic loss with weight decay after many certified steps. */
export function decayRun(decay: number, steps: number): { v2: number; gap: number } {
  const { slope, smoothness } = logistic;
  let u = 0.5;
  const gap = Math.log1p(Math.exp(-u * u)) + decay * u * u;
  for (let t = 0; t < steps; t++) {
    const f = slope(u * u);
    const eta = SIMPLE_CONSTANT / (smoothness * 2 * u * u + Math.abs(f) + decay);
    u -= eta * (f + decay) * u;
  }
  return { v2: 2 * u * u, gap };
}

function c30(): Claim {
  return {
    id: "C30",
    paper,
    source: { whose: "ours" },
    statement: "Weight decay λ = 10⁻³ bounds V on the separable logistic loss: ‖V_∞‖² = 2 log 999",
    falsifier: "A final ‖V‖² off 2 log 999 by more than 1e-10, or above the bound",
    evidence: { seeds: 0, sizes: "scalar logistic loss, λ = 1e-3, 20000 steps", draws: "nothing" },
    check: () => {
      const { v2, gap } = decayRun(1e-3, 20_000);
      return agree({ v2, "within the bound": v2 <= decayBound(gap, 1e-3) ? 1 : 0 }, {
        v2: logisticDecayLimit(1e-3),
        "within the bound": 1,
      }, { abs: 1e-10 });
    },
  };
}

/** The claims of this file. */
export const scaleClaims: readonly Claim[] = [c28(), c29(), c30()];
