/**
 * Prints the backend and the bits of a few results; in a worker it answers a message with the bits.
 *
 * @module
 */
import {
  backend,
  lowRankGradient,
  lowRankStep,
  matrix,
  multiply,
  qr,
  svd,
  symmetricEigen,
} from "lora-dynamics/linalg/mod.ts";

/** The bits of products, steps and decompositions of fixed matrices, hashed. */
export function resultBits(): string {
  const n = 40;
  const a = matrix(n, n), u = matrix(n, 3), v = matrix(n, 3);
  for (const { data } of [a, u, v]) data.forEach((_, i) => data[i] = (i * i * 7919 % 1009) / 1009);
  const { loss } = lowRankGradient(u, v, a);
  lowRankStep(u, v, a, 1e-3);
  const gram = multiply(a, a);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) gram.data[i * n + j] = gram.data[j * n + i];
  }
  const values = symmetricEigen(gram).values, { u: left } = svd(a), { r } = qr(a);
  let hash = 0n;
  for (
    const data of [Float64Array.of(loss), u.data, v.data, gram.data, values, left.data, r.data]
  ) {
    for (const word of new BigUint64Array(data.buffer, data.byteOffset, data.length)) {
      hash = BigInt.asUintN(64, (hash ^ word) * 1099511628211n);
    }
  }
  return hash.toString(16);
}

if ("WorkerGlobalScope" in globalThis) {
  addEventListener("message", () => (self as unknown as Worker).postMessage(resultBits()));
} else if (import.meta.main) {
  console.log(backend());
  console.log(resultBits());
}
