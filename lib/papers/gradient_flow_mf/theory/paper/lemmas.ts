/**
 * Steps of the paper's proofs as inequalities at a point: Lemmas C.1, C.5, C.6, D.1 and D.2.
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
import { stackOf } from "../../measures.ts";
import { type Adapters, error, type Problem, velocity } from "../../model.ts";
import { inequality, symbolsBelowOne } from "./_statement.ts";
import { decomposition } from "./decomposition.ts";
import { type Inequality, paperSymbols } from "./symbols.ts";

/** Growth of the stacks at a point beside the bounds of Lemma C.1. */
export interface LemmaC1 {
  /** `d/dt log‖Z₁‖²_F ≤ 2(σσ_{W₂} + ‖D₁‖)`. */
  readonly upper: Inequality;
  /** (105): `2(σσ_{W₂} − ‖D₁‖) ≤ d/dt log‖Z₁‖²_F`. */
  readonly lower: Inequality;
  /** Second line: `2((1 − δ_w)σσ_{W₂} − ‖D₁‖ − ‖D₂‖) ≤ d/dt log(‖Z₁‖²_F/‖Z₂‖²_F)`. */
  readonly ratio: Inequality;
}

/**
 * Lemma C.1 at a point of the flow.
 *
 * The first line holds everywhere: `±1` and 0 are the eigenvalues of `H₁`. The lower bounds need
 * `Z₁` along `γ₁`: `tr(Z₁ᵀH₁Z₁) = 2gᵀB₁A₁v`, which is 0 where a factor is. At a one-sided start the two
 * sides are `2σσ_{W₂}` and 0.
 * Source: the paper, Lemma C.1 and (105)–(108).
 *
 * @throws {RangeError} If Assumption 2.1 or 2.2 fails, the target has not rank one, or `δ_w ≥ 1`.
 *
 * @example The lower bound fails at the paper's own start.
 * ```ts
 * import { lemmaC1, problemQ, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 });
 * const start = { start: "zeroB", r: 3, alpha: 0.01, draws: portable(800) } as const;
 * const { upper, lower } = lemmaC1(problem, startAdapters(problem, start));
 * assertEquals([upper.holds, lower.holds, lower.right], [true, false, 0]);
 * assertAlmostEquals(lower.left, 1.82, 1e-12);
 * ```
 */
export function lemmaC1(problem: Problem, adapters: Adapters): LemmaC1 {
  const { lambda, deltaW } = symbolsBelowOne(problem, "evaluate Lemma C.1");
  const { d1, d2 } = decomposition(problem, adapters), moving = velocity(problem, adapters);
  const growth = (b: Matrix, a: Matrix, db: Matrix, da: Matrix) =>
    2 * (innerProduct(b, db) + innerProduct(a, da)) / frobeniusNorm(stackOf(b, a)) ** 2;
  const first = growth(adapters.b1, adapters.a1, moving.b1, moving.a1);
  const second = growth(adapters.b2!, adapters.a2!, moving.b2!, moving.a2!);
  const size1 = spectralNorm(d1), size2 = spectralNorm(d2);
  return {
    upper: inequality(first, 2 * (lambda + size1)),
    lower: inequality(2 * (lambda - size1), first),
    ratio: inequality(2 * ((1 - deltaW) * lambda - size1 - size2), first - second),
  };
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

/** What adapter 1 does outside the target's directions. */
export interface LemmaC6 {
  /** Largest sine of the angle between a column of `Z₁` and `γ₁`. */
  readonly sine: number;
  /** `‖g_⊥g_⊥ᵀB₁A₁‖ ≤ sine · ‖Z₁‖²_F`. */
  readonly left: Inequality;
  /** `‖B₁A₁v_⊥v_⊥ᵀ‖ ≤ sine · ‖Z₁‖²_F`. */
  readonly right: Inequality;
}

/** Length of `x` without its part along the unit vector `along`. */
function lengthBeside(x: Float64Array, along: Float64Array): number {
  const part = x.reduce((sum, value, i) => sum + value * along[i], 0);
  return Math.hypot(...x.map((value, i) => value - part * along[i]));
}

/**
 * Lemma C.6: columns of `Z₁` that are aligned with `γ₁` make a product that is aligned with `gvᵀ`.
 *
 * The right sides are the plain ones: the part of `b_k` beside `g` is at most `sin θ_k‖z_k‖`, and
 * `‖a_k‖ ≤ ‖z_k‖`.
 * Source: the paper, Lemma C.6; the constants are ours.
 *
 * @throws {RangeError} If Assumption 2.1 or 2.2 fails, or the target has not rank one.
 */
export function lemmaC6(problem: Problem, { b1, a1 }: Adapters): LemmaC6 {
  const { g, v } = paperSymbols(problem, "evaluate Lemma C.6"), r = b1.columns;
  const stack = stackOf(b1, a1), size = frobeniusNorm(stack) ** 2;
  const gamma = Float64Array.from([...g, ...v], (x) => x / Math.SQRT2);
  let sine = 0;
  for (let k = 0; k < r; k++) {
    const column = Float64Array.from({ length: stack.rows }, (_, i) => stack.data[i * r + k]);
    const length = Math.hypot(...column);
    if (length > 0) sine = Math.max(sine, lengthBeside(column, gamma) / length);
  }
  const beside = (rows: Matrix, along: Float64Array) => {
    const out = matrix(rows.rows, rows.columns);
    for (let j = 0; j < rows.columns; j++) {
      let part = 0;
      for (let i = 0; i < rows.rows; i++) part += along[i] * rows.data[i * rows.columns + j];
      for (let i = 0; i < rows.rows; i++) {
        const at = i * rows.columns + j;
        out.data[at] = rows.data[at] - part * along[i];
      }
    }
    return out;
  };
  const product = multiply(b1, a1);
  return {
    sine,
    left: inequality(spectralNorm(beside(product, g)), sine * size),
    right: inequality(spectralNorm(beside(transpose(product), v)), sine * size),
  };
}

/**
 * Lemma D.2 at the escape: `‖E(T₁)‖_F ≤ (1 − (1 − δ_w)/8)σ`.
 *
 * Source: the paper, Lemma D.2.
 *
 * @param adapters At `T₁`.
 * @throws {RangeError} If Assumption 2.1 or 2.2 fails, the target has not rank one, or `δ_w ≥ 1`.
 */
export function lemmaD2(problem: Problem, adapters: Adapters): Inequality {
  const { sigma, deltaW } = symbolsBelowOne(problem, "evaluate Lemma D.2");
  return inequality(frobeniusNorm(error(problem, adapters)), (1 - (1 - deltaW) / 8) * sigma);
}

/**
 * Lemma D.1 as it is used in (90), without its noise term: the signal falls at least at
 * `(1 − δ_w)σσ_{W₂}/16`, i.e. that `≤ −d/dt log L_S` with `L_S = ½(uᵀEv)²`.
 *
 * The noise term matters once `L_S` is no longer most of the loss.
 * Source: the paper, Lemma D.1 and (90).
 *
 * @throws {RangeError} If Assumption 2.1 or 2.2 fails, the target has not rank one, or `δ_w ≥ 1`.
 */
export function lemmaD1(problem: Problem, adapters: Adapters): Inequality {
  const { deltaW, lambda, u, v } = symbolsBelowOne(problem, "evaluate Lemma D.1");
  const { w2, w1 } = problem, { b1, a1, b2, a2 } = adapters, moving = velocity(problem, adapters);
  const change1 = add(multiply(moving.b1, a1), multiply(b1, moving.a1));
  const change2 = add(multiply(moving.b2!, a2!), multiply(b2!, moving.a2!));
  const layer1 = add(w1!, multiply(b1, a1)), layer2 = add(w2, multiply(b2!, a2!));
  const gained = add(multiply(layer2, change1), multiply(change2, layer1)); // −dE/dt
  const along = ({ columns, data }: Matrix) =>
    u.reduce((sum, x, i) => sum + x * v.reduce((s, y, j) => s + data[i * columns + j] * y, 0), 0);
  return inequality(
    (1 - deltaW) * lambda / 16,
    2 * along(gained) / along(error(problem, adapters)),
  );
}
