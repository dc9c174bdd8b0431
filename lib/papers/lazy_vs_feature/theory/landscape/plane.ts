/**
 * The plane teacher's Hermite tensors: why its information exponent is three.
 *
 * @module
 */
import { checkInteger } from "../../../../check.ts";
import { gaussHermite, hermite } from "../../../../gaussian/mod.ts";
import { PLANE, planeModel } from "../../bases.ts";

/**
 * Norms of the Hermite tensors of degree `0…most` of the teacher of `planeModel`, a function of two
 * coordinates: `‖C_p‖² = Σ_{i+j=p} (E f* h_i(x₁) h_j(x₂))²`.
 *
 * Source: ours; `C₁ = C₂ = 0` by the choice of `λ`.
 *
 * @throws {RangeError} If `most` is not an integer ≥ 0.
 * @example
 * ```ts
 * import { hermiteNorms } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const [, first, second, third] = hermiteNorms(3);
 * assert(first < 1e-12 && second < 1e-12 && third > 0.8);
 * ```
 */
export function hermiteNorms(most: number): number[] {
  checkInteger("expand the plane teacher", "most", most, 0);
  const { nodes, weights } = gaussHermite(120), { lambda, activation } = planeModel();
  let factorial = 1;
  const basis = Array.from({ length: most + 1 }, (_, p) => {
    factorial *= Math.max(1, p);
    const norm = Math.sqrt(factorial);
    return Array.from(nodes, (x) => hermite(p, x) / norm);
  });
  const square = new Float64Array(most + 1);
  const values = Array.from(
    nodes,
    (x) =>
      Array.from(
        nodes,
        (y) => PLANE.reduce((sum, a, i) => sum + lambda[i] * activation.f(a * x + y), 0),
      ),
  );
  for (let i = 0; i <= most; i++) {
    for (let j = 0; i + j <= most; j++) {
      let sum = 0;
      nodes.forEach((_, s) => {
        nodes.forEach((_, t) => {
          sum += weights[s] * weights[t] * values[s][t] * basis[i][s] * basis[j][t];
        });
      });
      square[i + j] += sum * sum;
    }
  }
  return Array.from(square, Math.sqrt);
}
