/**
 * Squared lengths of projections on features that may depend on each other.
 *
 * @module
 */
import { matrix, symmetricEigen } from "../../../../linalg/mod.ts";

/** `bᵀ G⁺ b`: squared length of the projection on features of Gram matrix `G` (`k × k`, by rows). */
export function explained(gram: ArrayLike<number>, b: ArrayLike<number>, least = 1e-11): number {
  const k = b.length, { values, vectors } = symmetricEigen(matrix(k, k, Float64Array.from(gram)));
  let sum = 0;
  for (let j = 0; j < k; j++) {
    if (values[j] < least * values[0]) continue;
    let along = 0;
    for (let i = 0; i < k; i++) along += vectors.data[i * k + j] * b[i];
    sum += along * along / values[j];
  }
  return sum;
}
