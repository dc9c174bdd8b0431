/**
 * Claims about the reformulation, the descent lemmas and certified steps: C1–C8.
 *
 * Expected numbers come from an independent implementation.
 *
 * @module
 */
import {
  agree,
  atMost,
  byPreset,
  type Claim,
  comparison,
  type Preset,
  withControl,
} from "../../../experiment/mod.ts";
import { add, innerProduct, type Matrix, matrix, multiply } from "../../../linalg/mod.ts";
import { stream } from "../../../random/mod.ts";
import { factorTrials, lemmaTrials, SEED, stepTrials } from "../experiments/runs.ts";
import type { Loss } from "../losses.ts";
import { normals } from "../adapters.ts";
import type { Adapters } from "../model.ts";
import { LEAST_SMOOTHNESS, rateRule } from "../rules.ts";
import { Descent, KINDS, type LemmaRow, randomLoss, randomShape } from "../simulation/mod.ts";
import {
  kappaStar,
  remainderFactored,
  remainderPaper,
  remainderSharp,
  slopeDecrease,
  stack,
  stackedGradient,
  updateOf,
} from "../theory/mod.ts";

const paper = "convergence-rate";

function lossOf(loss: Loss, { b, a }: Adapters): number {
  return loss.evaluate(multiply(b, a), matrix(loss.rows, loss.columns));
}

function largestEntry(a: Matrix, b: Matrix): number {
  return add(a, b, -1).data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

function c1(): Claim {
  return {
    id: "C1",
    paper,
    source: {
      whose: "paper",
      where: "reformulation of gradient descent in V, as reported by reading notes",
    },
    statement:
      "∇J = 2 Sym(E₁ᵀGE₂ᵀ)V, and LoRA gradient descent is gradient descent on V: largest error of the " +
      "identity, of central differences (relative), and of the update after one step",
    falsifier:
      "An error of the identity above 1e-12, of central differences above 1e-6 (relative), or " +
      "of the update after one step above 1e-14, in one of 50 problems",
    evidence: { seeds: 50, sizes: "six losses, m, n ≤ 6, r ≤ 4", draws: "seed" },
    check: (_, { seed = SEED }) => {
      let identity = 0, difference = 0, step = 0;
      const rng = stream(seed, "C1"),
        moved = (x: Adapters, d: Adapters, h: number): Adapters => (
          { b: add(x.b, d.b, h), a: add(x.a, d.a, h) }
        );
      for (let copy = 0; copy < 50; copy++) {
        const kind = KINDS[copy % KINDS.length];
        const loss = randomLoss(kind, randomShape(kind, rng), rng);
        const { rows: m, columns: n } = loss, r = 1 + rng.integer(Math.min(4, m, n));
        const draw = (): Adapters => ({
          b: normals([m, r], rng, 0.7),
          a: normals([r, n], rng, 0.7),
        });
        const start = draw(), direction = draw(), run = new Descent(loss, start);
        run.measure();
        const own = stack({ b: run.gradientB, a: run.gradientA });
        const gradient = stackedGradient(run.full, start);
        const size = Math.max(1, ...gradient.data.map(Math.abs));
        identity = Math.max(identity, largestEntry(own, gradient) / size);
        const h = 1e-5, up = lossOf(loss, moved(start, direction, h));
        const slope = (up - lossOf(loss, moved(start, direction, -h))) / (2 * h);
        const exact = innerProduct(gradient, stack(direction));
        const scaleOf = Math.sqrt(run.gradient2 * innerProduct(stack(direction), stack(direction)));
        difference = Math.max(difference, Math.abs(slope - exact) / scaleOf);
        run.step(0.01);
        const stacked = add(stack(start), gradient, -0.01);
        const whole = updateOf(stacked, m), bound = Math.max(1, ...whole.data.map(Math.abs));
        step = Math.max(step, largestEntry(multiply(run.b, run.a), whole) / bound);
      }
      return atMost({ identity, "central differences": difference, "one step": step }, {
        identity: 1e-12,
        "central differences": 1e-6,
        "one step": 1e-14,
      });
    },
  };
}

/** Violations of a bound, beyond rounding, and the largest ratio of remainder to bound. */
export function lemmaVerdict(
  rows: readonly LemmaRow[],
  bound: (row: LemmaRow) => number,
): { violations: number; ratio: number } {
  let violations = 0, ratio = -Infinity;
  for (const row of rows) {
    const limit = bound(row), noise = 1e-10 * (row.magnitude + limit);
    if (row.remainder > limit + noise) violations++;
    // Where rounding is below 1e-3 of the bound, the ratio means something.
    if (noise < 1e-3 * limit) ratio = Math.max(ratio, row.remainder / limit);
  }
  return { violations, ratio };
}

function c2(): Claim {
  return {
    id: "C2",
    paper,
    source: { whose: "paper", where: "Lemma 3.3, as reported by reading notes" },
    statement:
      "Lemma 3.3 (modified descent lemma) holds in every random trial; it stays a factor 2 away",
    falsifier:
      "A random pair whose remainder exceeds the bound beyond rounding, or a largest ratio of " +
      "the two outside 0.40 to 0.50",
    evidence: (preset) => ({
      seeds: byPreset(preset, 6000, 60000),
      sizes: "six losses, m, n ≤ 6, r ≤ 4, ‖V‖ and ‖D‖ from 1e-2 to 10^1.5",
      draws: "seed",
    }),
    // Control: a third of the bound.
    ...withControl(async (preset, seed, wrong) => {
      const rows = await lemmaTrials(preset, seed);
      const bound = (row: LemmaRow) => remainderPaper(row) / (wrong ? 3 : 1);
      const { violations, ratio } = lemmaVerdict(rows, bound);
      // Negative control: a third of the bound is violated often.
      const control = lemmaVerdict(rows, (row) => remainderPaper(row) / 3).violations;
      return agree(
        { violations, "largest ratio": ratio, "a third is refuted": control > 0 ? 1 : 0 },
        { violations: 0, "largest ratio": 0.45, "a third is refuted": 1 },
        {
          bounds: { violations: 0, "largest ratio": 0.05, "a third is refuted": 0 },
          text: `no violation in ${rows.length} trials; ratio from 0.40 to its supremum 0.5`,
        },
      );
    }),
  };
}

/** Remainder over both bounds at the equality case of the sharp lemma: `½Lx² + hx`. */
export function equalityCase(): { sharp: number; paper: number } {
  const L = 3, h = 2, t = 0.7, e = 0.4, f = (x: number) => 0.5 * L * x * x + h * x;
  const x = t * t, g = L * x + h, v = Math.SQRT2 * t, delta = Math.SQRT2 * e;
  const remainder = f((t + e) ** 2) - f(x) - g * 2 * t * e;
  const sizes = { smoothness: L, v, vop: v, g, gamma: g, delta };
  return { sharp: remainder / remainderSharp(sizes), paper: remainder / remainderPaper(sizes) };
}

function c3(): Claim {
  return {
    id: "C3",
    paper,
    source: { whose: "ours", where: "sharpens Lemma 3.3" },
    statement: "The sharp lemma holds in every random trial, and ½Lx² + hx attains it",
    falsifier:
      "A random pair whose remainder exceeds the sharp bound beyond rounding, a largest ratio " +
      "below 0.9, or an equality case off 1 by 1e-12",
    evidence: (preset) => ({
      seeds: byPreset(preset, 6000, 60000),
      sizes: "six losses, m, n ≤ 6, r ≤ 4; equality at L = 3, h = 2",
      draws: "seed",
    }),
    // Control: four fifths of the bound.
    ...withControl(async (preset, seed, wrong) => {
      const rows = await lemmaTrials(preset, seed);
      const bound = (row: LemmaRow) => remainderSharp(row) * (wrong ? 0.8 : 1);
      const { violations, ratio } = lemmaVerdict(rows, bound);
      const equality = equalityCase();
      const { put, result } = comparison();
      put("violations", violations, 0, 0);
      put("largest ratio", ratio, 0.95, 0.05 + 1e-9);
      put("equality case", equality.sharp, 1, 1e-12);
      put("the paper's lemma there", equality.paper, 0.40268477478173553, 1e-12);
      return result(`no violation in ${rows.length} trials; ratio from 0.9 to 1; equality 1e-12`);
    }),
  };
}

function c4(): Claim {
  return {
    id: "C4",
    paper,
    source: { whose: "ours", where: "on the Burer–Monteiro corollary" },
    statement: "The sharp lemma for f(VVᵀ) (Burer–Monteiro) holds in every random trial",
    falsifier:
      "A random pair whose remainder exceeds the bound beyond rounding, or a largest ratio " +
      "below 0.98",
    evidence: (preset) => ({
      seeds: byPreset(preset, 1000, 10000),
      sizes: "f(VVᵀ), random pairs",
      draws: "seed",
    }),
    // Control: four fifths of the bound.
    ...withControl(async (preset, seed, wrong) => {
      const rows = await factorTrials(preset, seed);
      const bound = (row: LemmaRow) => remainderFactored(row) * (wrong ? 0.8 : 1);
      const { violations, ratio } = lemmaVerdict(rows, bound);
      return agree({ violations, "largest ratio": ratio }, { violations: 0, "largest ratio": 1 }, {
        bounds: { violations: 0, "largest ratio": 0.02 },
        text: `no violation in ${rows.length} trials; the bound is approached to 2 %`,
      });
    }),
  };
}

/** Steps of a rule that fall short of `−fraction·η‖∇J‖²`, and the largest ratio. */
async function decrease(
  { preset, seed }: { preset: Preset; seed?: string },
  { name, fraction, least = 0 }: { name: string; fraction: number; least?: number },
): Promise<{ trials: number; violations: number; worst: number }> {
  const rows = (await stepTrials(preset, seed)).filter((row) =>
    row.rule === name && row.smoothness >= least
  );
  const violations = rows.filter((row) => row.decrease > row.noise - fraction).length;
  const clear = rows.filter((row) => row.noise < 1e-6);
  const worst = clear.reduce((most, row) => Math.max(most, row.decrease), -Infinity);
  return { trials: rows.length, violations, worst };
}

function c5(): Claim {
  return {
    id: "C5",
    paper,
    source: { whose: "paper", where: "Lemma 3.4 and Eq. (8), as reported by reading notes" },
    statement:
      "Lemma 3.4: the paper's step decreases the loss by η/4·‖∇J‖² at least; here for L ≥ 1/(6√2), the " +
      "range that we prove",
    falsifier:
      "A state with L ≥ 1/(6√2) whose step decreases the loss by less than η/4·‖∇J‖² beyond " +
      "rounding",
    evidence: (preset) => ({
      seeds: byPreset(preset, 6000, 50000),
      sizes: "six losses, random states, those with L ≥ 1/(6√2)",
      draws: "seed",
    }),
    // Control: nine tenths of the first-order decrease.
    ...withControl(async (preset, seed, wrong) => {
      const rule = { name: "paper", least: LEAST_SMOOTHNESS }, at = { preset, seed };
      const fraction = wrong ? 0.9 : 0.25;
      const { trials, violations, worst } = await decrease(at, { ...rule, fraction });
      // Negative control: nine tenths of the first-order decrease are often missed.
      const control = await decrease(at, { ...rule, fraction: 0.9 });
      return agree(
        { violations, "largest ratio": worst, "9/10 is refuted": control.violations > 0 ? 1 : 0 },
        { violations: 0, "largest ratio": -0.625, "9/10 is refuted": 1 },
        {
          bounds: { violations: 0, "largest ratio": 0.375, "9/10 is refuted": 0 },
          text: `no violation in ${trials} trials; ratio at most −¼`,
        },
      );
    }),
  };
}

/** `(J₊ − J)/(η‖∇J‖²)` of the paper's rule on the example of small `L`: a pseudo-Huber slope. */
export function smallSmoothness(L: number): { decrease: number; eta: number; slope: number } {
  const g = 100, width = g / L, u = Math.sqrt(1e-3 / 2);
  const value = (x: number) => g * width * Math.sqrt(1 + ((x + 10 * width) / width) ** 2);
  const slopeAt = (x: number) => {
    const z = (x + 10 * width) / width;
    return g * z / Math.sqrt(1 + z * z);
  };
  const x = u * u, slope = slopeAt(x);
  const sizes = { smoothness: L, loss: 0, v2: 2 * x, vop: 0, g: slope, gamma: slope, gradient: 0 };
  const eta = rateRule("printed").rate(sizes, 0), after = (u - eta * slope * u) ** 2;
  // The difference of two values near 10³ g² / L, by ∫f′: Simpson on a nearly straight slope.
  const rise = (after - x) * (slope + 4 * slopeAt((x + after) / 2) + slopeAt(after)) / 6;
  if (Math.abs(rise - (value(after) - value(x))) > 1e-9 * Math.abs(value(x))) {
    throw new Error("the loss and its slope disagree");
  }
  return { decrease: rise / (eta * slope * slope * 2 * x), eta, slope };
}

function c6(): Claim {
  return {
    id: "C6",
    paper,
    source: { whose: "ours", where: "on Lemma 3.4" },
    statement:
      "For small L Lemma 3.4 fails: (J₊ − J)/(η‖∇J‖²) of one paper step is −(1 − ηg/2), above −¼ for " +
      "L < 1/(6√2), positive for L < 1/(8√2)",
    falsifier:
      "A ratio after one step that is off −(1 − ηg/2), or off the reference's, by more than 1e-8",
    evidence: {
      seeds: 0,
      sizes: "a pseudo-Huber slope, g = 100, L = 0.05, 0.08, 0.1, 0.2, 1",
      draws: "nothing",
    },
    check: () => {
      const expected: Record<string, number> = {
        "0.05": 0.7677491881781038,
        "0.08": 0.10484324277907828,
        "0.1": -0.11612540568188051,
        "0.2": -0.5580627038951713,
        "1": -0.911612539861076,
      };
      const { put, result } = comparison();
      for (const [L, reference] of Object.entries(expected)) {
        const { decrease, eta, slope } = smallSmoothness(Number(L));
        put(`L = ${L}`, decrease, slopeDecrease(eta, slope), 1e-8);
        put(`L = ${L}, reference`, decrease, reference, 1e-8);
      }
      return result("1e-8");
    },
  };
}

function c7(): Claim {
  return {
    id: "C7",
    paper,
    source: { whose: "ours", where: "on Lemma 3.4" },
    statement:
      "The rules simple and cubic decrease the loss by η/2·‖∇J‖² at least, for every L > 0",
    falsifier:
      "A state at which simple or cubic decreases the loss by less than η/2·‖∇J‖² beyond " +
      "rounding, or a largest ratio off −0.592 and −0.5 by 0.01 and 0.005",
    evidence: (preset) => ({
      seeds: byPreset(preset, 6000, 50000),
      sizes: "six losses, random states, both rules from each",
      draws: "seed",
    }),
    // Control: nine tenths of the first-order decrease.
    ...withControl(async (preset, seed, wrong) => {
      const fraction = wrong ? 0.9 : 0.5, at = { preset, seed };
      const simple = await decrease(at, { name: "simple", fraction });
      const cubic = await decrease(at, { name: "cubic", fraction });
      return agree(
        {
          "violations, simple": simple.violations,
          "violations, cubic": cubic.violations,
          "largest ratio, simple": simple.worst,
          "largest ratio, cubic": cubic.worst,
        },
        {
          "violations, simple": 0,
          "violations, cubic": 0,
          "largest ratio, simple": -0.592,
          "largest ratio, cubic": -0.5,
        },
        {
          bounds: {
            "violations, simple": 0,
            "violations, cubic": 0,
            "largest ratio, simple": 0.01,
            "largest ratio, cubic": 0.005,
          },
          text: `no violation in ${
            simple.trials + cubic.trials
          } checks; largest ratios of the reference`,
        },
      );
    }),
  };
}

function c8(): Claim {
  return {
    id: "C8",
    paper,
    source: { whose: "ours" },
    statement: "κ⋆ = 0.8161123671775559, the constant of the rule simple",
    falsifier:
      "A root off 0.8161123671775559 by more than 1e-12, or a brute-force value off it by 1e-8",
    evidence: { seeds: 0, sizes: "one equation; a grid of 20001 points", draws: "nothing" },
    check: () => {
      // By brute force: the largest κ for which no point of the line x + y = κ exceeds 1.
      const highest = (kappa: number) => {
        let most = 0;
        for (let i = 0; i <= 20_000; i++) {
          const y = kappa * i / 20_000;
          most = Math.max(most, (kappa - y) * (1 + y / 2) ** 2 + y);
        }
        return most;
      };
      let low = 0.5, high = 1;
      for (let turn = 0; turn < 30; turn++) {
        const middle = (low + high) / 2;
        if (highest(middle) > 1) high = middle;
        else low = middle;
      }
      return agree({ root: kappaStar(), "by brute force": low }, {
        root: 0.8161123671775559,
        "by brute force": 0.8161123671775559,
      }, {
        bounds: { root: 1e-12, "by brute force": 1e-8 },
        text: "1e-12; brute force on a grid 1e-8",
      });
    },
  };
}

/** The claims of this file. */
export const lemmaClaims: readonly Claim[] = [c1(), c2(), c3(), c4(), c5(), c6(), c7(), c8()];
