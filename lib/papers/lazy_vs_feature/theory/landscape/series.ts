/**
 * The paper's own form of the population gradient: a power series in the overlap whose coefficients are
 * moment tensors of the base.
 *
 * @module
 */
import { checkInteger } from "../../../../check.ts";
import { activation, type ActivationLike, hermiteCoefficient } from "../../../../gaussian/mod.ts";
import type { Model } from "../../model.ts";
import { gramEntry } from "./landscape.ts";

/**
 * Squared Hermite coefficients `μ_p²`, `p = 0 … degree`, of an activation in orthonormal polynomials.
 *
 * Source: ours.
 *
 * @throws {RangeError} If `degree` is not an integer `≥ 0`, or above 150 for an activation whose weights
 * have no closed form.
 * @example
 * ```ts
 * import { hermiteWeights } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // Their sum is E σ², ½ for ReLU.
 * const sum = hermiteWeights("relu", 4000).reduce((total, x) => total + x, 0);
 * assertAlmostEquals(sum, 0.5, 1e-5);
 * ```
 */
export function hermiteWeights(sigma: ActivationLike, degree: number): number[] {
  checkInteger("expand an activation", "degree", degree, 0);
  const a = activation(sigma), weights = Array<number>(degree + 1).fill(0);
  const put = (p: number, value: number) => {
    if (p <= degree) weights[p] = value;
  };
  if (a.series) {
    let factorial = 1;
    a.series.forEach((c, p) => put(p, c * c * (factorial *= Math.max(1, p))));
    return weights;
  }
  if (a.closed?.base === "relu") {
    const size = (a.closed.inner * a.closed.outer) ** 2;
    put(0, size / (2 * Math.PI));
    put(1, size / 4);
    // μ_{s+2}²/μ_s² = (s−1)²/((s+1)(s+2)).
    let value = size / (4 * Math.PI);
    for (let s = 2; s <= degree; s += 2) {
      put(s, value);
      value *= (s - 1) ** 2 / ((s + 1) * (s + 2));
    }
    return weights;
  }
  if (a.closed?.base === "erf") {
    // Of c² (2/π) asin(tρ) in powers of the correlation: C(2j, j) 4^−j t^(2j+1)/(2j+1).
    const { inner, outer } = a.closed, t = 2 * inner * inner / (1 + 2 * inner * inner);
    let value = 2 / Math.PI * outer * outer * t;
    for (let j = 0; 2 * j + 1 <= degree; j++) {
      put(2 * j + 1, value / (2 * j + 1));
      value *= (2 * j + 1) / (2 * j + 2) * t * t;
    }
    return weights;
  }
  checkInteger(`expand the activation ${a.name} by quadrature`, "degree", degree, 0, 150);
  let root = 1;
  return weights.map((_, p) => {
    root *= Math.sqrt(Math.max(1, p));
    return (hermiteCoefficient(a.f, p, { breakpoints: a.kinks }) / root) ** 2;
  });
}

/**
 * Whether an activation has no linear part, `μ₁ = E σ′ = 0` (`h₂`, `h₃`; not ReLU, erf, tanh).
 *
 * Source: ours; the paper's bounds for small perturbations tell the two cases apart by `μ₁`.
 */
export function hasNoLinearPart(sigma: ActivationLike): boolean {
  const weights = hermiteWeights(sigma, 4);
  return weights[1] <= 1e-18 * Math.max(...weights.slice(2));
}

/**
 * Coefficients of `h(m) = Σ_l h_l mˡ`, `h = 2Φ′`:
 * `h_l = 2κ^{2(l+1)} Σ_s C(l+s, l)(l+s+1) μ²_{l+s+1} r₀^{−2(l+s+1)} T(l, s)` with
 * `T = |Σ λ_i w_i^{⊗s}|²` for odd `l`, `k⟨Σ λ_i c_i w_i^{⊗s}, Σ λ_i ĉ_i w_i^{⊗s}⟩` for even `l`.
 *
 * Odd coefficients are `≥ 0` whatever `ĉ` is; for `ĉ = c` all are.
 *
 * Assumes: quantised `c` and `ĉ`, base neurons of norm 1 with any Gram matrix, normalised inputs.
 * Source: dayi25a, Prop. 4, cut at `l + s < degree`.
 *
 * @throws {RangeError} If the model is not of this kind, or `degree` is not an integer `≥ 1`.
 * @example
 * ```ts
 * import { momentSeries, standard } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // S: h(m) = 8/9 (1 + m).
 * const [zero, one] = momentSeries(standard(), 3);
 * assertAlmostEquals(zero, 8 / 9, 1e-14);
 * assertAlmostEquals(one, 8 / 9, 1e-14);
 * ```
 */
export function momentSeries(model: Model, degree: number): number[] {
  const { k, lambda, c, hatC, kappa, r0 } = model, what = "expand the gradient";
  checkInteger(what, "degree", degree, 1);
  checkQuantised(model);
  const weights = hermiteWeights(model.activation, degree), k2 = kappa * kappa, r2 = r0 * r0;
  // ⟨w_i, w_j⟩^s, raised by one power at a time.
  const gram = Array.from(
    { length: k * k },
    (_, at) => gramEntry(model, Math.floor(at / k), at % k),
  );
  const power = Array<number>(k * k).fill(1);
  const odd: number[] = [], even: number[] = [];
  while (odd.length < degree) {
    let both = 0, signed = 0;
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        const term = lambda[i] * lambda[j] * power[i * k + j];
        both += term;
        signed += k * hatC[i] * c[j] * term;
      }
    }
    odd.push(both);
    even.push(signed);
    for (let at = 0; at < k * k; at++) power[at] *= gram[at];
  }
  // C(l+s, l) κ^{2(l+1)}/r₀^{2(l+s+1)} along s, from its first value (κ/r₀)^{2(l+1)}.
  return Array.from({ length: degree }, (_, l) => {
    let sum = 0, factor = (k2 / r2) ** (l + 1);
    for (let s = 0; l + s < degree; s++) {
      sum += factor * (l + s + 1) * weights[l + s + 1] * (l % 2 ? odd[s] : even[s]);
      factor *= (l + s + 1) / ((s + 1) * r2);
    }
    return 2 * sum;
  });
}

/** Fails unless `model` is one that Proposition 4 is about. */
function checkQuantised(model: Model): void {
  const { k, c, hatC, normalize } = model;
  const signs = (x: readonly number[]) => x.every((y) => Math.abs(k * y * y - 1) < 1e-9);
  const unit = Array.from({ length: k }, (_, i) => gramEntry(model, i, i))
    .every((x) => Math.abs(x - 1) < 1e-9);
  if (normalize && signs(c) && signs(hatC) && unit) return;
  const found = !normalize
    ? "normalize is false"
    : !unit
    ? "a diagonal entry of the Gram matrix is not 1"
    : `c is ${c.join(", ")} and hatC is ${hatC.join(", ")}`;
  throw new RangeError(
    `Cannot expand the gradient as c and hatC must be ±1/√k, neurons of norm 1 and inputs normalised: ${found}`,
  );
}
