/**
 * T7: several singular values of a target are learnt one after the other.
 *
 * @module
 */
import { checkInteger } from "../../../../check.ts";
import { dot } from "../../../../linalg/mod.ts";
import { growthModes, modalVector } from "../../bases.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters } from "../../shapes.ts";
import { escapeTime } from "./escape.ts";
import { isotropicScale } from "./isotropic.ts";

/** Relative distance of two singular values below which they are learnt together. */
const APART = 1e-6;

/** When each mode of a target is half learnt. */
export interface ModeHalfTimes {
  /** Half-times `T^{(j)}`, in the order of falling `σ_j`; as many as the smaller of `r` and `k`. */
  readonly times: readonly number[];
  /** Unit vectors `ζ_j` of `ℝ^r` that the modes occupy. */
  readonly directions: readonly Float64Array[];
}

/**
 * Half-times of all modes of a target, one after the other, with no free parameter.
 *
 * Law: `T^{(j)} = log(2σ_j/(s‖Π^{(j)}c_j‖²))/(2sσ_j)`, `c_j = (B₀ᵀp_j + A₀v_j)/√2`, `Π^{(j)}` orthogonal
 * to `c_1, …, c_{j−1}`: a learnt mode quenches what the others hold along its own direction of `ℝ^r`.
 * Assumes: one adapter, `W₂ᵀW₂ = s²I`; singular values well apart; a small start. The error of the first
 * time is `O(α^{2(1−σ₂/σ₁)})` beside `O(α² log 1/α)`.
 * Scale: gradient-flow time.
 * Source: ours; the phenomenon is known (Jin et al. 2023; Pesme and Flammarion 2023).
 *
 * @throws {RangeError} If the problem is not of this kind (the message leads to T9), two singular values
 * coincide, or a mode finds nothing of the start left.
 * @throws {TypeError} If the adapters do not fit the problem.
 *
 * @example The start of the second mode counts only across the first.
 * ```ts
 * import { factorization, modeHalfTimes } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 2, sigma: [3, 1], s: 2 }), e = 1e-5;
 * const start = { b1: matrix(2, 2), a1: matrix(2, 2, [e, 9 * e, 0, e]) };
 * const { times } = modeHalfTimes(problem, start), power = e ** 2 / 2;
 * assertAlmostEquals(times[0], Math.log(2 * 3 / (2 * power)) / 12, 1e-12);
 * assertAlmostEquals(times[1], Math.log(2 * 1 / (2 * power)) / 4, 1e-12);
 * ```
 */
export function modeHalfTimes(problem: Problem, start: Adapters): ModeHalfTimes {
  const what = "compute the half-times of modes", s = isotropicScale(what, problem);
  checkAdapters(what, problem, start);
  const { rates1, modes1 } = growthModes(problem), times: number[] = [];
  const directions: Float64Array[] = [];
  modes1.slice(0, start.b1.columns).forEach((mode, j) => {
    const next = rates1[j + 1] ?? 0;
    if (rates1[j] - next < APART * rates1[0]) {
      throw new RangeError(
        `Cannot ${what} as the singular values of target must be apart: values ${j + 1} and ` +
          `${j + 2} are ${rates1[j] / s} and ${next / s}`,
      );
    }
    const c = modalVector(start.b1, start.a1, mode);
    for (const zeta of directions) {
      const along = dot(c, zeta);
      for (let k = 0; k < c.length; k++) c[k] -= along * zeta[k];
    }
    const power = dot(c, c), length = Math.sqrt(power);
    if (!(length > 0)) {
      throw new RangeError(
        `Cannot ${what} as the start must hold something of every mode: of mode ${j + 1} nothing ` +
          "is left across those before",
      );
    }
    times.push(escapeTime({ s, sigma: rates1[j] / s, power }));
    directions.push(c.map((x) => x / length));
  });
  return { times, directions };
}

/**
 * Loss that an adapter of too small a rank ends with, `½ Σ_{j>r} σ_j²`: it learns the leading modes.
 *
 * Assumes: one adapter, `W₂ᵀW₂ = s²I` with `W₂` square.
 * Source: ours.
 *
 * @param problem The problem.
 * @param r Rank of the adapter.
 * @throws {RangeError} If the problem is not of this kind, or `r` is no integer ≥ 1.
 *
 * @example
 * ```ts
 * import { deficientLoss, factorization } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 5, sigma: [2, 1, 0.5], s: 3 });
 * assertAlmostEquals(deficientLoss(problem, 1), 0.625, 1e-12);
 * ```
 */
export function deficientLoss(problem: Problem, r: number): number {
  const what = "compute the loss of a rank-deficient adapter", s = isotropicScale(what, problem);
  checkInteger(what, "r", r, 1);
  const { w2 } = problem;
  if (w2.rows !== w2.columns) {
    throw new RangeError(`Cannot ${what} as w2 must be square: it is ${w2.rows} x ${w2.columns}`);
  }
  return growthModes(problem).rates1.slice(r).reduce((sum, rate) => sum + 0.5 * (rate / s) ** 2, 0);
}
