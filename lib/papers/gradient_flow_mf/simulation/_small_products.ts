/**
 * Products of the small factors of adapters, added in place: below some thousand operations the door of
 * the compiled kernels costs more than the product.
 */
import type { Matrix } from "../../../linalg/mod.ts";

/** `out ← out + a b`. */
export function addProduct(a: Matrix, b: Matrix, out: Matrix): void {
  const depth = a.columns, n = b.columns;
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < depth; k++) {
      const value = a.data[i * depth + k];
      for (let j = 0, to = i * n, from = k * n; j < n; j++) {
        out.data[to++] += value * b.data[from++];
      }
    }
  }
}

/** `out ← out + aᵀ b`. */
export function addProductTN(a: Matrix, b: Matrix, out: Matrix): void {
  const rows = a.columns, n = b.columns;
  for (let k = 0; k < a.rows; k++) {
    for (let i = 0; i < rows; i++) {
      const value = a.data[k * rows + i];
      for (let j = 0, to = i * n, from = k * n; j < n; j++) {
        out.data[to++] += value * b.data[from++];
      }
    }
  }
}

/** `out ← out + a bᵀ`. */
export function addProductNT(a: Matrix, b: Matrix, out: Matrix): void {
  const depth = a.columns, n = b.rows;
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += a.data[i * depth + k] * b.data[j * depth + k];
      out.data[i * n + j] += sum;
    }
  }
}
