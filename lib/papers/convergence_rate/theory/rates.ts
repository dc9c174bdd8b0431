/**
 * True rates: the worst case of the paper's rule, power laws, and the separable logistic loss.
 *
 * @module
 */
import { checkKeys, checkPositive } from "../../../check.ts";
import { PAPER_CONSTANT } from "../rules.ts";
import type { Valley } from "../scalar.ts";

/**
 * Steps that the paper's rule needs in the worst-case valley from `v₀` to `v`, in continuous time:
 * `T = cL[(v³ − v₀³)/(3ε) + log(v/v₀)]`.
 *
 * Assumes: no step is capped at 1, `cL(v₀² + ε/v₀) ≥ 1`.
 *
 * Source: ours.
 *
 * @example
 * ```ts
 * import { valleySteps } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(valleySteps({ epsilon: 1, smoothness: 1, v0: 1 }, 1), 0);
 * ```
 */
export function valleySteps(valley: Valley, v: number): number {
  const what = "count the steps through the valley", { epsilon, smoothness, v0 } = valley;
  checkKeys(what, valley, ["epsilon", "smoothness", "v0"], "the valley");
  checkPositive(what, "v0", v0);
  checkPositive(what, "v", v);
  const first = PAPER_CONSTANT * smoothness * (v0 * v0 + epsilon / v0);
  if (first < 1) {
    throw new RangeError(
      `Cannot ${what} as 4√2 L(v0² + ε/v0) must be >= 1, else steps are capped: current value is ${first}`,
    );
  }
  const cubes = (v ** 3 - v0 ** 3) / (3 * epsilon);
  return PAPER_CONSTANT * smoothness * (cubes + Math.log(v / v0));
}

/** `min ‖∇J‖²·√(T/L)/Δ^{3/2}` of a run; in the worst case it falls to `√(4√2/3)`. Ours. */
export function worstCaseRatio(
  { minGradient2, steps, gap, smoothness }: {
    minGradient2: number;
    steps: number;
    gap: number;
    smoothness: number;
  },
): number {
  return minGradient2 * Math.sqrt(steps / smoothness) / gap ** 1.5;
}

/**
 * How near the worst cases come to each inequality as `T → ∞`, as the ratio of the smaller side to the larger one.
 *
 * In the valley `v = εS` from `v₀ → 0`, the loss falls by all of `η‖∇J‖²` and not a quarter of it, and
 * `S³ε²/3 = T/(cL)`; on the ramp `Δ = ε²T/(cL)`.
 * Source: ours.
 */
export const NEAREST = {
  /** `min ‖∇J‖² ≤ 4Δ/S_T`, valley. */
  gradient: 1 / 4,
  /** `S_T ≥ 2T/(a + √(a² + 2bT))`, valley: `√(2T/b)` over `√(3T/(cLΔ))`. */
  stepSum: 1 / (2 * Math.sqrt(3)),
  /** (sqrt), valley: the product of the two. */
  sqrt: 1 / (8 * Math.sqrt(3)),
  /** `‖V_T‖² ≤ 2‖V₀‖² + 8ΔS_T`, valley. */
  growth: 1 / 8,
  /** Normalised `O(1/T)`, ramp. */
  normalised: 1 / 4,
} as const;

/** Exponents in `T` on a power law, with the paper's rule; see {@linkcode powerExponents}. */
export interface PowerExponents {
  /** Of `‖∇_V J‖²`. */
  readonly gradient2: number;
  /** Of `‖∇_W L‖²`, the same for full gradient descent. */
  readonly full2: number;
  /** Of `‖V‖²`. */
  readonly v2: number;
  /** Of `S_T`. */
  readonly time: number;
}

/**
 * Exponents of a run on `f′ = −(1 + x)^{−p}` with steps `η ∝ ‖V‖^{−2q}`; `q = 1` is the paper's rule,
 * `q = 0` a constant step.
 *
 * With `q = 1` the product `x` follows full gradient descent with step `1/(cL)`, so `x ∝ t^{1/(p+1)}`;
 * in general `ẋ ∝ x^{1−q−p}` gives `x ∝ t^{1/(p+q)}`.
 * Source: ours.
 *
 * @param p Exponent of the slope `> 1`.
 * @param q Exponent of the rule `≥ 0`.
 * @throws {RangeError} If `p` is not > 1 or `q` is negative.
 *
 * @example
 * ```ts
 * import { powerExponents } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { gradient2, full2, v2 } = powerExponents(2);
 * assertEquals([gradient2, full2, v2], [-1, -4 / 3, 1 / 3]);
 * ```
 */
export function powerExponents(p: number, q: number = 1): PowerExponents {
  if (!(p > 1 && p < Infinity)) {
    throw new RangeError(
      `Cannot find the exponents as p must be a finite number > 1 (else the loss has no lower bound): ` +
        `current value is ${p}`,
    );
  }
  if (!(q >= 0)) {
    throw new RangeError(`Cannot find the exponents as q must be >= 0: current value is ${q}`);
  }
  const growth = 1 / (p + q);
  return {
    gradient2: -(2 * p - 1) * growth,
    full2: -2 * p * growth,
    v2: growth,
    time: 1 - q * growth,
  };
}

/**
 * Asymptotic `‖∇_V J‖²` on a power law with the paper's rule and `L = p`:
 * `2[(p + 1)t/(cp)]^{(1−2p)/(p+1)}`.
 *
 * Source: ours.
 */
export function powerGradient2(p: number, steps: number): number {
  return 2 * ((p + 1) * steps / (PAPER_CONSTANT * p)) ** ((1 - 2 * p) / (p + 1));
}

/**
 * Asymptotics on the separable logistic loss, `L = ¼`: `‖V‖² ≃ 2 log(t/√2)`,
 * `‖∇_V J‖² ≃ 4 log(t/√2)/t²`, `‖∇_W L‖² ≃ 2/t²`, and `1/(16t²)` for full gradient descent.
 *
 * Source: ours.
 *
 * @param steps `t > √2`.
 */
export function logisticAsymptotics(
  steps: number,
): { v2: number; gradient2: number; full2: number; descent2: number } {
  checkPositive("find the asymptotics", "steps / sqrt 2 - 1", steps / Math.SQRT2 - 1);
  const log = Math.log(steps / Math.SQRT2);
  return {
    v2: 2 * log,
    gradient2: 4 * log / steps ** 2,
    full2: 2 / steps ** 2,
    descent2: 1 / (16 * steps ** 2),
  };
}
