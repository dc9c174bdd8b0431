/**
 * The committee machine on one screen: a two-layer student whose first layer has an adapter, and its loss.
 *
 * @module
 */
import { activation, type ActivationLike, pairMoments, scaled } from "../../gaussian/mod.ts";

/**
 * Output divisor `S` of a committee of `K` units: `√K` for odd activations, whose units are uncorrelated, else `K`.
 *
 * Source: code of nwemadji2026when.
 */
export function committeeScale(student: ActivationLike, K: number): number {
  return activation(student).odd ? Math.sqrt(K) : K;
}

/** Rows of a committee's student as its loss sees them; teacher rows are orthonormal. */
export interface CommitteeOverlaps {
  /** `W Tᵀ`, `K × K`: overlaps of student rows with teacher rows. */
  readonly teacher: readonly (readonly number[])[];
  /** `W Wᵀ`, `K × K`. */
  readonly gram: readonly (readonly number[])[];
}

/** Overlaps of student rows in a frame that begins with the teacher's rows. */
export function overlapsOf(rows: readonly (readonly number[])[]): CommitteeOverlaps {
  const K = rows.length,
    dot = (x: readonly number[], y: readonly number[]) =>
      x.reduce((sum, xq, q) => sum + xq * y[q], 0);
  return {
    teacher: rows.map((row) => row.slice(0, K)),
    gram: rows.map((row) => rows.map((other) => dot(row, other))),
  };
}

/** `E σ(X) σ(Y)` of centred normals, its derivative in `Var X` and `E σ'(X) σ'(Y)`. */
export function pairOf(
  student: ActivationLike,
  { r, q, s }: { readonly r: number; readonly q: number; readonly s: number },
): { readonly value: number; readonly dr: number; readonly slopes: number } {
  return pairsOf(student, s)(r, q);
}

/** {@linkcode pairOf} of one `s`, as a function of `r` and `q`. */
function pairsOf(student: ActivationLike, s: number) {
  if (!(s > 0)) {
    throw new RangeError(`Cannot compute a pair as s must be > 0: current value is ${s}`);
  }
  const root = Math.sqrt(s), moments = pairMoments(student, scaled(student, root));
  return (r: number, q: number) => {
    // Rounding may leave a covariance above the root of the variances.
    const bound = Math.sqrt(r), inside = Math.max(-bound, Math.min(bound, q / root));
    return {
      value: moments.cross(r, inside),
      dr: moments.crossDr(r, inside),
      slopes: moments.crossDq(r, inside) / root,
    };
  };
}

/**
 * Population loss `½ E(ŷ − y)²` of a committee, `ŷ = S⁻¹ Σ_k σ(w_k·x)`, `y = S⁻¹ Σ_k σ(t_k·x)`:
 *
 * `2 S² L = Σ_kl [E σ(w_k·x) σ(w_l·x) − 2 E σ(w_k·x) σ(t_l·x) + E σ(t_k·x) σ(t_l·x)]`.
 *
 * Assumes: `x ~ N(0, I_d)`, orthonormal teacher rows. Source: model: code of nwemadji2026when; sum: elementary.
 *
 * @example Linear units: half the squared length of the sum of the missing rows.
 * ```ts
 * import { committeeLoss, overlapsOf } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const rows = [[0.5, 0, 0], [0, 0.5, 0], [0, 0, 1]];
 * assertAlmostEquals(committeeLoss("x", overlapsOf(rows)), (0.5 ** 2 + 0.5 ** 2) / (2 * 3), 1e-15);
 * ```
 */
export function committeeLoss(
  student: ActivationLike,
  { teacher, gram }: CommitteeOverlaps,
  scale: number = committeeScale(student, gram.length),
): number {
  const aims = pairsOf(student, 1), owns = gram.map((row, l) => pairsOf(student, row[l]));
  const K = gram.length;
  let sum = K * aims(1, 1).value + K * (K - 1) * aims(1, 0).value;
  for (let k = 0; k < K; k++) {
    for (let l = 0; l < K; l++) {
      sum += owns[l](gram[k][k], gram[k][l]).value - 2 * aims(gram[k][k], teacher[k][l]).value;
    }
  }
  return Math.max(0, sum / (2 * scale * scale));
}

/**
 * Gradient of that loss in the student's rows, which are given in a frame that begins with the teacher's.
 *
 * Law: by Stein's lemma `S² ∂L/∂w_k = Σ_l [E σ''σ w_k + E σ'σ' w_l]` of the pairs `(k, l)`, less the same with `t_l`.
 * Source: ours (elementary).
 */
export function committeeGradient(
  student: ActivationLike,
  rows: readonly (readonly number[])[],
  scale: number = committeeScale(student, rows.length),
): number[][] {
  const { teacher, gram } = overlapsOf(rows);
  const aims = pairsOf(student, 1), owns = gram.map((row, l) => pairsOf(student, row[l]));
  return rows.map((row, k) => {
    const out = row.map(() => 0), r = gram[k][k];
    rows.forEach((other, l) => {
      const own = owns[l](r, gram[k][l]), aim = aims(r, teacher[k][l]);
      row.forEach((x, q) => {
        out[q] += 2 * (own.dr - aim.dr) * x + own.slopes * other[q];
        if (q === l) out[q] -= aim.slopes;
      });
    });
    return out.map((x) => x / scale ** 2);
  });
}
