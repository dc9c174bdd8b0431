/**
 * The paper's sample bounds as numbers: what its theorems ask for, with every unnamed constant set to 1.
 *
 * @module
 */
import {
  checkInside,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkPositive,
} from "../../../../check.ts";

/**
 * The regimes of the theorems: `11`: orthonormal base, `ξ = 1`; `12`: orthonormal, `ξ = ξ̄√k`; `13`: separated base,
 * `ξ = 1`; `19`: the base of Claim 2, `σ = h_p`.
 */
export type Theorem = 11 | 12 | 13 | 19;

/** Where a bound is evaluated. */
export interface BoundOptions {
  /** Input dimension. */
  readonly d: number;
  /** Neurons. */
  readonly k: number;
  /** Accuracy: success is `⟨û, u⟩² ≥ 1 − ε`. */
  readonly epsilon: number;
  /** Whether `μ₁ = E σ′` is not 0 (Theorems 11 and 12); true when not given. */
  readonly linear?: boolean;
  /** `ξ̄ = ξ/√k` of Theorem 12, our κ; ½ when not given. */
  readonly kappa?: number;
}

/** What a theorem asks for. */
export interface Bound {
  /** `S_k`: lower bound of the population gradient at the start. */
  readonly S: number;
  /** `V_k`: upper bound of the second moment of a step, over `d`. */
  readonly V: number;
  /** Step size, for the loss `e²`; ours is twice it. */
  readonly eta: number;
  /** Steps, each a fresh input. */
  readonly T: number;
  /** Steps until weak recovery. */
  readonly weak: number;
}

/**
 * `S_k`, `V_k`, step size and steps of Theorem 16 in the regime of another theorem: `δ = min{S ε³/(4 log²(dV)), 1}`,
 * `η = δ/(dV)`, `T = ⌈α d V⌉`, `α = 4 log(dV)/(ε δ S)`.
 *
 * Assumes: `λ_i = 1` and all constants 1, so that powers can be read and sizes cannot.
 * Source: dayi25a, Theorems 11, 12, 13, 16, 19 and Lemma 17.
 *
 * @throws {RangeError} If an argument is out of range or the theorem is none of these.
 * @example
 * ```ts
 * import { sampleBound } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const at = (epsilon: number) => sampleBound(11, { d: 1000, k: 10, epsilon }).T;
 * assertAlmostEquals(at(0.01) / at(0.1), 1e4, 1); // ε⁻⁴
 * ```
 */
export function sampleBound(theorem: Theorem, options: BoundOptions): Bound {
  const what = "evaluate a bound", { d, k, epsilon, linear = true, kappa = 0.5 } = options;
  checkKeys(what, options, ["d", "k", "epsilon", "linear", "kappa"]);
  checkOneOf(what, "theorem", String(theorem), ["11", "12", "13", "19"]);
  checkInteger(what, "d", d, 2);
  checkInteger(what, "k", k, 1);
  checkInside(what, "epsilon", epsilon, 0, 1);
  checkPositive(what, "kappa", kappa);
  const root = Math.sqrt(k), k2 = kappa * kappa;
  const [S, V] = {
    11: [linear ? 1 : 1 / root, k * k],
    12: [k2 * (linear ? k : root), k2 * k ** 4],
    13: [1 / root, k * k],
    19: [1 / root, k * k],
  }[theorem];
  const log = Math.log(d * V), delta = Math.min(S * epsilon ** 3 / (4 * log * log), 1);
  return {
    ...{ S, V, eta: delta / (d * V) },
    T: Math.ceil(4 * log / (epsilon * delta * S) * d * V),
    weak: 4 * d * V / (delta * S),
  };
}
