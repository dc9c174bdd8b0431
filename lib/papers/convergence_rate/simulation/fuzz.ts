/**
 * Random losses, adapters and displacements: what the descent lemmas say nothing false about, if they
 * are true. Each task returns measured remainders and the sizes from which the lemmas bound them.
 *
 * @module
 */
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import {
  addScaled,
  innerProduct,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  spectralBound,
} from "../../../linalg/mod.ts";
import { type Stream, stream } from "../../../random/mod.ts";
import {
  cosine,
  indefinite,
  type Loss,
  pseudoHuber,
  quadratic,
  rescaled,
  sensing,
} from "../losses.ts";
import { normals } from "../adapters.ts";
import type { Adapters } from "../model.ts";
import { rateRule } from "../rules.ts";
import { Descent } from "./descent.ts";
import { SoftmaxLoss } from "../softmax.ts";

/** Kinds of random losses. */
export type Kind = "quad" | "sens" | "indef" | "cosine" | "phuber" | "softmax";

/** All kinds. */
export const KINDS: readonly Kind[] = ["quad", "sens", "indef", "cosine", "phuber", "softmax"];

/** Ten to a uniform power. */
function powerOfTen(rng: Stream, low: number, high: number): number {
  return 10 ** (low + (high - low) * rng.uniform());
}

/**
 * A random loss of `m × n` updates with parameters of order one.
 *
 * @param kind Kind of loss.
 * @param shape `[m, n]`.
 * @param rng Stream of the draws.
 */
export function randomLoss(kind: Kind, [m, n]: readonly [number, number], rng: Stream): Loss {
  const draw = (rows: number, columns: number) => normals([rows, columns], rng, 1);
  if (kind === "quad") return quadratic(draw(m, n));
  if (kind === "indef") return indefinite(draw(m, n), normals([m, n], rng, powerOfTen(rng, 0, 2)));
  if (kind === "phuber") return pseudoHuber(draw(m, n), powerOfTen(rng, -1, 0.5));
  if (kind === "cosine") {
    const phases = draw(m, n);
    return cosine(phases, {
      kappa: powerOfTen(rng, -0.5, 0.5),
      omega: powerOfTen(rng, -0.3, 0.5),
      mu: powerOfTen(rng, -2, 0),
    });
  }
  if (kind === "sens") {
    const p = 1 + rng.integer(6), q = 1 + rng.integer(6);
    return sensing(draw(p, m), draw(n, q), draw(p, q));
  }
  const count = 8, labels = Array.from({ length: count }, () => rng.integer(m));
  return new SoftmaxLoss({ features: draw(count, n), labels, weights: draw(m, n) });
}

/** Fills factors with normals, scaled to `‖V‖` as given. */
function drawAdapters({ b, a }: Adapters, rng: Stream, norm: number): void {
  rng.fillNormal(b.data);
  rng.fillNormal(a.data);
  const scale = norm / Math.sqrt(innerProduct(a, a) + innerProduct(b, b));
  for (let i = 0; i < b.data.length; i++) b.data[i] *= scale;
  for (let i = 0; i < a.data.length; i++) a.data[i] *= scale;
}

/** States that share a random loss; then the next one is drawn. */
const STATES = 4;

/** A random problem with room for its states. */
interface Arena {
  readonly loss: Loss;
  readonly run: Descent;
  readonly start: Adapters;
  readonly move: Adapters;
}

function arena(loss: Loss, rng: Stream): Arena {
  const { rows: m, columns: n } = loss, r = 1 + rng.integer(Math.min(4, m, n));
  const zeros = (): Adapters => ({ b: matrix(m, r), a: matrix(r, n) });
  return { loss, run: new Descent(loss, zeros()), start: zeros(), move: zeros() };
}

/** Shape of a random update. */
export function randomShape(kind: Kind, rng: Stream): [number, number] {
  return [kind === "softmax" ? 2 + rng.integer(5) : 1 + rng.integer(6), 1 + rng.integer(6)];
}

/** The loss after the factors of `run` have become `V + D`. */
function lossAt({ loss, run }: Arena): number {
  return loss.evaluate(multiply(run.b, run.a, run.x), run.full);
}

/** What part of a fuzz a cell does. */
export interface FuzzCell {
  /** Kind of the losses. */
  kind: Kind;
  /** Number of the part: it has draws of its own. */
  part: number;
  /** Random states. */
  trials: number;
}

/** Remainder of the first-order expansion between two random adapters. */
export interface LemmaRow extends Row {
  /** `J(V₂) − J(V₁) − ⟨∇J(V₁), D⟩`. */
  remainder: number;
  /** Sum of the magnitudes that cancel in it: rounding is some `1e-16` of this. */
  magnitude: number;
  /** `L`. */
  smoothness: number;
  /** `‖V₁‖`. */
  v: number;
  /** `√(‖A‖² + ‖B‖²)` in operator norms. */
  vop: number;
  /** `‖G‖`. */
  g: number;
  /** `‖G‖` in the operator norm. */
  gamma: number;
  /** `δ = ‖D‖`. */
  delta: number;
}

/**
 * Remainders of random pairs: `m, n ≤ 6`, `r ≤ 4`, `‖V₁‖` and `‖D‖` log-uniform on `[10⁻², 10^1.5]`.
 *
 * Source: ours, convergence-rate F1.
 */
export const lemmaFuzz: Task<FuzzCell, LemmaRow> = task(
  import.meta.url,
  "lemmaFuzz",
  ({ kind, part, trials }: FuzzCell, { seed }) => {
    const rng = stream(seed, "lemma", kind, part);
    let here: Arena;
    return Array.from({ length: trials }, (_, trial) => {
      if (trial % STATES === 0) {
        here = arena(randomLoss(kind, randomShape(kind, rng), rng), rng);
      }
      const { run, move, loss: { smoothness } } = here;
      drawAdapters(run, rng, powerOfTen(rng, -2, 1.5));
      run.measure();
      const { loss: first, vop, g, gamma } = run, v = Math.sqrt(run.v2);
      const delta = powerOfTen(rng, -2, 1.5);
      drawAdapters(move, rng, delta);
      const linear = innerProduct(run.gradientB, move.b) + innerProduct(run.gradientA, move.a);
      addScaled(run.b, 1, move.b);
      addScaled(run.a, 1, move.a);
      const second = lossAt(here), remainder = second - first - linear;
      const magnitude = Math.abs(first) + Math.abs(second) + Math.abs(linear);
      return { remainder, magnitude, smoothness, v, vop, g, gamma, delta };
    });
  },
);

/** Losses of symmetric matrices in the Burer–Monteiro fuzz. */
function symmetric(a: Matrix): Matrix {
  const n = a.rows, out = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) out.data[i * n + j] = (a.data[i * n + j] + a.data[j * n + i]) / 2;
  }
  return out;
}

/** Remainders of `V ↦ f(VVᵀ)` for random `f` (quadratic, cosine, pseudo-Huber), `N ≤ 6`, `r ≤ 4`. */
export const factorFuzz: Task<{ part: number; trials: number }, LemmaRow> = task(
  import.meta.url,
  "factorFuzz",
  ({ part, trials }: { part: number; trials: number }, { seed }) => {
    const rng = stream(seed, "Burer-Monteiro", part);
    return Array.from({ length: trials }, (_, trial) => {
      const size = 1 + rng.integer(6), r = 1 + rng.integer(4);
      const middle = symmetric(normals([size, size], rng, 1));
      const loss = [
        quadratic(middle),
        cosine(middle, { kappa: 1, omega: 1 + rng.uniform(), mu: 0.1 }),
        pseudoHuber(middle, 0.5),
      ][trial % 3];
      const scaled = (norm: number) => {
        const v = normals([size, r], rng, 1), factor = norm / Math.sqrt(innerProduct(v, v));
        v.data.forEach((x, i, all) => all[i] = factor * x);
        return v;
      };
      const v = scaled(powerOfTen(rng, -2, 1.5)), delta = powerOfTen(rng, -2, 1.5);
      const move = scaled(delta), full = matrix(size, size);
      const first = loss.evaluate(multiplyNT(v, v), full);
      const linear = 2 * innerProduct(multiply(full, v), move);
      const gamma = spectralBound(full), g = Math.sqrt(innerProduct(full, full));
      const vop = spectralBound(v), norm = Math.sqrt(innerProduct(v, v));
      for (let i = 0; i < v.data.length; i++) v.data[i] += move.data[i];
      const second = loss.evaluate(multiplyNT(v, v), full);
      return {
        remainder: second - first - linear,
        magnitude: Math.abs(first) + Math.abs(second) + Math.abs(linear),
        smoothness: loss.smoothness,
        v: norm,
        vop,
        g,
        gamma,
        delta,
      };
    });
  },
);

/** One step of a certified rule from a random state. */
export interface StepRow extends Row {
  /** `L`. */
  smoothness: number;
  /** `paper`, `simple` or `cubic`. */
  rule: string;
  /** Learning rate. */
  eta: number;
  /** `(J₊ − J)/(η‖∇J‖²)`. */
  decrease: number;
  /** Rounding of `decrease`, `10⁻¹⁰ (|J| + |J₊|)/(η‖∇J‖²)`. */
  noise: number;
}

/** The rules with a certificate. */
export const CERTIFIED = ["paper", "simple", "cubic"] as const;

/**
 * One step of each certified rule from random states, with losses scaled by `10^U(−1.5, 1.5)` so that
 * `L` varies; states with `‖∇J‖ < 10⁻¹²` are left out.
 *
 * Source: ours, convergence-rate F2.
 */
export const stepFuzz: Task<FuzzCell, StepRow> = task(
  import.meta.url,
  "stepFuzz",
  ({ kind, part, trials }: FuzzCell, { seed }) => {
    const rng = stream(seed, "step", kind, part);
    const rules = CERTIFIED.map((name) => rateRule(name === "paper" ? "printed" : name).rate);
    const rows: StepRow[] = [];
    let here!: Arena;
    for (let trial = 0; trial < trials; trial++) {
      if (trial % STATES === 0) {
        const factor = powerOfTen(rng, -1.5, 1.5);
        here = arena(rescaled(randomLoss(kind, randomShape(kind, rng), rng), { factor }), rng);
      }
      const { run, start, loss: { smoothness } } = here;
      drawAdapters(start, rng, powerOfTen(rng, -2, 1.5));
      run.moveTo(start);
      run.measure();
      if (run.gradient < 1e-12) continue;
      const before = run.loss, square = run.gradient2, etas = rules.map((of) => of(run, 0));
      etas.forEach((eta, i) => {
        run.moveTo(start);
        run.step(eta);
        const after = lossAt(here), unit = eta * square;
        const decrease = (after - before) / unit;
        const noise = 1e-10 * (Math.abs(after) + Math.abs(before)) / unit;
        rows.push({ smoothness, rule: CERTIFIED[i], eta, decrease, noise });
      });
    }
    return rows;
  },
);
