/**
 * Remainders of the first-order expansion between random adapters: what the descent lemmas have to bound.
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
import { stream } from "../../../random/mod.ts";
import { normals } from "../adapters.ts";
import { type FamilyLike, lossFamily, powerOfTen } from "../families.ts";
import { cosine, pseudoHuber, quadratic } from "../losses.ts";
import { type Arena, arena, drawAdapters, lossAt, randomShape, STATES } from "./_arena.ts";

/** What part of a fuzz a cell does. */
export interface FuzzCell {
  /** Name of the family. */
  kind: string;
  /** The losses. */
  family: FamilyLike;
  /** Number of the part: it has draws of its own. */
  part: number;
  /** Random states. */
  trials: number;
  /** Largest `m` and `n`. */
  size: number;
  /** Largest `r`. */
  rank: number;
  /** Decades between which `‖V‖` (and `‖D‖`) are log-uniform. */
  decades: readonly [number, number];
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
 * Remainders of random pairs. Source: ours.
 */
export const lemmaFuzz: Task<FuzzCell, LemmaRow> = task(
  import.meta.url,
  "lemmaFuzz",
  ({ kind, family, part, trials, size, rank, decades }: FuzzCell, { seed }) => {
    const rng = stream(seed, "lemma", kind, part), { make } = lossFamily(family);
    const [low, high] = decades;
    let here: Arena;
    return Array.from({ length: trials }, (_, trial) => {
      if (trial % STATES === 0) here = arena(make(randomShape(rng, size), rng), rng, rank);
      const { run, move, loss: { smoothness } } = here;
      drawAdapters(run, rng, powerOfTen(rng, low, high));
      run.measure();
      const { loss: first, vop, g, gamma } = run, v = Math.sqrt(run.v2);
      const delta = powerOfTen(rng, low, high);
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

/** Losses of symmetric matrices. */
function symmetric(a: Matrix): Matrix {
  const n = a.rows, out = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) out.data[i * n + j] = (a.data[i * n + j] + a.data[j * n + i]) / 2;
  }
  return out;
}

/** A part of the fuzz of `V ↦ f(VVᵀ)`. */
export type FactorCell = Omit<FuzzCell, "family">;

/** Remainders of `V ↦ f(VVᵀ)` for random `f` of the kind: quadratic, cosine or pseudo-Huber. Source: ours. */
export const factorFuzz: Task<FactorCell, LemmaRow> = task(
  import.meta.url,
  "factorFuzz",
  ({ kind, part, trials, size: most, rank, decades: [low, high] }: FactorCell, { seed }) => {
    const rng = stream(seed, "Burer-Monteiro", kind, part);
    return Array.from({ length: trials }, () => {
      const size = 1 + rng.integer(most), r = 1 + rng.integer(rank);
      const middle = symmetric(normals([size, size], rng, 1));
      const loss = kind === "quad"
        ? quadratic(middle)
        : kind === "cosine"
        ? cosine(middle, { kappa: 1, omega: 1 + rng.uniform(), mu: 0.1 })
        : pseudoHuber(middle, 0.5);
      const scaled = (norm: number) => {
        const v = normals([size, r], rng, 1), factor = norm / Math.sqrt(innerProduct(v, v));
        v.data.forEach((x, i, all) => all[i] = factor * x);
        return v;
      };
      const v = scaled(powerOfTen(rng, low, high)), delta = powerOfTen(rng, low, high);
      const move = scaled(delta), full = matrix(size, size);
      const first = loss.evaluate(multiplyNT(v, v), full);
      const linear = 2 * innerProduct(multiply(full, v), move);
      const gamma = spectralBound(full), g = Math.sqrt(innerProduct(full, full));
      const vop = spectralBound(v), norm = Math.sqrt(innerProduct(v, v));
      addScaled(v, 1, move);
      const second = loss.evaluate(multiplyNT(v, v), full);
      const magnitude = Math.abs(first) + Math.abs(second) + Math.abs(linear);
      const { smoothness } = loss;
      return {
        ...{ remainder: second - first - linear, magnitude, smoothness },
        ...{ v: norm, vop, g, gamma, delta },
      };
    });
  },
);

/** Kinds of losses in {@linkcode factorFuzz}. */
export const FACTOR_KINDS = ["quad", "cosine", "phuber"] as const;
