import { type MatrixKernels, matrixKernels } from "../../kernels/mod.ts";

/** Kernels with a memory of their own, and its parts: arrays of the given lengths, all zero. */
export function regions(
  lengths: readonly number[],
): { kernels: MatrixKernels; parts: Float64Array[] } {
  const kernels = matrixKernels(lengths.reduce((sum, length) => sum + length, 0));
  let at = kernels.heap / 8;
  const parts = lengths.map((length) => kernels.floats.subarray(at, at += length));
  return { kernels, parts };
}
