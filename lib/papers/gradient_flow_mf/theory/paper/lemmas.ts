/**
 * Steps of the paper's proofs as inequalities at a point: Lemmas C.1, C.5, C.6, D.1, D.2 and (85).
 *
 * @module
 */
import {
  add,
  frobeniusNorm,
  innerProduct,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  spectralNorm,
  transpose,
} from "../../../../linalg/mod.ts";
import { modalVector } from "../../bases.ts";
import { stackOf } from "../../measures.ts";
import { type Adapters, error, type Problem, velocity } from "../../model.ts";
import { inequality, symbolsBelowOne } from "./_statement.ts";
import { decomposition } from "./decomposition.ts";
import type { Inequality, PaperSymbols } from "./symbols.ts";

/** Growth of the stacks at a point beside the bounds of Lemma C.1. */
export interface LemmaC1 {
  /** `d/dt log‖Z₁‖²_F ≤ 2(σσ_{W₂} + ‖D₁‖)`. */
  readonly upper: Inequality;
  /** (105): `2(σσ_{W₂} − ‖D₁‖) ≤ d/dt log‖Z₁‖²_F`. */
  readonly lower: Inequality;
  /** Second line: `2((1 − δ_w)σσ_{W₂} − ‖D₁‖ − ‖D₂‖) ≤ d/dt log(‖Z₁‖²_F/‖Z₂‖²_F)`. */
  readonly ratio: Inequality;
}

/** What adapter 1 does outside the target's directions. */
export interface LemmaC6 {
  /** Largest sine of the angle between a column of `Z₁` and `γ₁`. */
  readonly sine: number;
  /** `‖g_⊥g_⊥ᵀB₁A₁‖ ≤ sine · ‖Z₁‖²_F`. */
  readonly left: Inequality;
  /** `‖B₁A₁v_⊥v_⊥ᵀ‖ ≤ sine · ‖Z₁‖²_F`. */
  readonly right: Inequality;
}

/** The lemmas of a problem, each a function of a point of the flow. */
export interface PaperLemmas {
  /**
   * Lemma C.1. The first line holds everywhere, `±1` and 0 being the eigenvalues of `H₁`. The lower
   * bounds need `Z₁` along `γ₁`: `tr(Z₁ᵀH₁Z₁) = 2gᵀB₁A₁v`, which is 0 where a factor is. At a
   * one-sided start the two sides of `lower` are `2σσ_{W₂}` and 0.
   */
  readonly c1: (adapters: Adapters) => LemmaC1;
  /**
   * Lemma C.6: columns of `Z₁` that are aligned with `γ₁` make a product that is aligned with `gvᵀ`. The
   * right sides are the plain ones, ours: the part of `b_k` beside `g` is at most `sin θ_k‖z_k‖`, and
   * `‖a_k‖ ≤ ‖z_k‖`.
   */
  readonly c6: (adapters: Adapters) => LemmaC6;
  /**
   * Lemma D.1 as (90) uses it, without its noise term: `(1 − δ_w)σσ_{W₂}/16 ≤ −d/dt log L_S` with
   * `L_S = ½(uᵀEv)²`. The noise term matters once `L_S` is no longer most of the loss.
   */
  readonly d1: (adapters: Adapters) => Inequality;
  /** Lemma D.2, at the escape: `‖E(T₁)‖_F ≤ (1 − (1 − δ_w)/8)σ`. */
  readonly d2: (adapters: Adapters) => Inequality;
  /** (85), from the escape on: `(1 − δ_w)σ/(8σ_{W₂}) ≤ ‖γ₁ᵀZ₁‖²`. */
  readonly eq85: (adapters: Adapters) => Inequality;
}

/** Both sides of Lemma C.5. */
export interface LemmaC5 {
  /** `(‖Z₁‖²_F − 2α²r²‖Λ₁‖)/(2r) ≤ ‖B₁A₁‖`. */
  readonly lower: Inequality;
  /** `‖B₁A₁‖ ≤ ½‖Z₁‖²_F`. */
  readonly upper: Inequality;
}

/**
 * Lemma C.5: what adapter 1 has learnt and the size of its stack, `α²Λ₁ = B₁ᵀB₁ − A₁A₁ᵀ` conserved.
 *
 * For any adapters; norms of products are spectral ones.
 * Source: the paper, Lemma C.5, and Remark C.1 for the conservation.
 */
export function lemmaC5({ b1, a1 }: Adapters): LemmaC5 {
  const r = b1.columns, size = frobeniusNorm(stackOf(b1, a1)) ** 2;
  const kept = spectralNorm(add(multiplyTN(b1, b1), multiplyNT(a1, a1), -1));
  const product = spectralNorm(multiply(b1, a1));
  return {
    lower: inequality((size - 2 * r ** 2 * kept) / (2 * r), product),
    upper: inequality(product, size / 2),
  };
}

/** `d/dt log‖Z‖²_F` of an adapter from its factors and their time derivatives. */
function growth(b: Matrix, a: Matrix, db: Matrix, da: Matrix): number {
  return 2 * (innerProduct(b, db) + innerProduct(a, da)) / frobeniusNorm(stackOf(b, a)) ** 2;
}

/** The columns of `x` without their parts along a unit vector. */
function beside({ rows, columns, data }: Matrix, along: Float64Array): Matrix {
  const out = matrix(rows, columns);
  for (let j = 0; j < columns; j++) {
    let part = 0;
    for (let i = 0; i < rows; i++) part += along[i] * data[i * columns + j];
    for (let i = 0; i < rows; i++) {
      out.data[i * columns + j] = data[i * columns + j] - part * along[i];
    }
  }
  return out;
}

/** Euclidean length of a column. */
function columnLength({ rows, columns, data }: Matrix, j: number): number {
  return Math.hypot(...Array.from({ length: rows }, (_, i) => data[i * columns + j]));
}

function c6({ g, v }: PaperSymbols, { b1, a1 }: Adapters): LemmaC6 {
  const z = stackOf(b1, a1), product = multiply(b1, a1);
  const off = beside(z, Float64Array.from([...g, ...v], (x) => x / Math.SQRT2));
  let sine = 0;
  for (let k = 0; k < z.columns; k++) {
    const length = columnLength(z, k);
    if (length > 0) sine = Math.max(sine, columnLength(off, k) / length);
  }
  const bound = sine * frobeniusNorm(z) ** 2;
  return {
    sine,
    left: inequality(spectralNorm(beside(product, g)), bound),
    right: inequality(spectralNorm(beside(transpose(product), v)), bound),
  };
}

/** `−d/dt log L_S`. */
function signalDecay({ u, v }: PaperSymbols, problem: Problem, adapters: Adapters): number {
  const { w2, w1 } = problem, { b1, a1, b2, a2 } = adapters, moving = velocity(problem, adapters);
  const change1 = add(multiply(moving.b1, a1), multiply(b1, moving.a1));
  const change2 = add(multiply(moving.b2!, a2!), multiply(b2!, moving.a2!));
  const layer1 = add(w1!, multiply(b1, a1)), layer2 = add(w2, multiply(b2!, a2!));
  const gained = add(multiply(layer2, change1), multiply(change2, layer1)); // −dE/dt
  const along = ({ columns, data }: Matrix) =>
    u.reduce((sum, x, i) => sum + x * v.reduce((s, y, j) => s + data[i * columns + j] * y, 0), 0);
  return 2 * along(gained) / along(error(problem, adapters));
}

/**
 * The paper's lemmas for a problem, as functions of a point of the flow: both sides of every inequality.
 *
 * Assumes: Assumptions 2.1 and 2.2, a target of rank one, `δ_w < 1`.
 * Source: the paper, Lemmas C.1, C.6, D.1, D.2, (85), (90), (105)–(108).
 *
 * @throws {TypeError} If a layer has no adapter.
 * @throws {RangeError} If Assumption 2.1 or 2.2 fails, the target has not rank one, or `δ_w ≥ 1`.
 *
 * @example The lower bound of Lemma C.1 fails at the paper's own start.
 * ```ts
 * import { paperLemmas, problemQ, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 });
 * const start = { start: "zeroB", r: 3, alpha: 0.01, draws: portable(800) } as const;
 * const { upper, lower } = paperLemmas(problem).c1(startAdapters(problem, start));
 * assertEquals([upper.holds, lower.holds, lower.right], [true, false, 0]);
 * assertAlmostEquals(lower.left, 1.82, 1e-12);
 * ```
 */
export function paperLemmas(problem: Problem): PaperLemmas {
  const symbols = symbolsBelowOne(problem, "evaluate the lemmas");
  const { sigma, sigmaW2, deltaW, lambda, g, v } = symbols, rest = 1 - deltaW;
  return {
    c1: (adapters) => {
      const { d1, d2 } = decomposition(problem, adapters), moving = velocity(problem, adapters);
      const first = growth(adapters.b1, adapters.a1, moving.b1, moving.a1);
      const second = growth(adapters.b2!, adapters.a2!, moving.b2!, moving.a2!);
      const size1 = spectralNorm(d1), size2 = spectralNorm(d2);
      return {
        upper: inequality(first, 2 * (lambda + size1)),
        lower: inequality(2 * (lambda - size1), first),
        ratio: inequality(2 * (rest * lambda - size1 - size2), first - second),
      };
    },
    c6: (adapters) => c6(symbols, adapters),
    d1: (adapters) => inequality(rest * lambda / 16, signalDecay(symbols, problem, adapters)),
    d2: (adapters) => inequality(frobeniusNorm(error(problem, adapters)), (1 - rest / 8) * sigma),
    eq85: ({ b1, a1 }) => {
      const z = modalVector(b1, a1, [g, v]);
      return inequality(rest * sigma / (8 * sigmaW2), Math.hypot(...z) ** 2);
    },
  };
}
