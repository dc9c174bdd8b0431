import { type MatrixKernels, matrixKernels } from "../../kernels/mod.ts";

/** Entries of a memory that many small runs share: to make a memory takes longer than such a run. */
const SHARED = 1 << 14;
/** Largest request that is served from it. */
const SMALL = SHARED / 64;

let shared: { readonly kernels: MatrixKernels; used: number } | undefined;

/** Kernels with room for so many entries from a place in their memory on. */
function room(entries: number): { kernels: MatrixKernels; from: number } {
  if (entries > SMALL) return { kernels: matrixKernels(entries), from: 0 };
  if (!shared || shared.used + entries > SHARED) {
    shared = { kernels: matrixKernels(SHARED), used: 0 };
  }
  const from = shared.used;
  shared.used += entries;
  return { kernels: shared.kernels, from };
}

/** Kernels with parts of their memory: arrays of the given lengths, all zero, which nobody else has. */
export function regions(
  lengths: readonly number[],
): { kernels: MatrixKernels; parts: Float64Array[] } {
  const { kernels, from } = room(lengths.reduce((sum, length) => sum + length, 0));
  let at = kernels.heap / 8 + from;
  const parts = lengths.map((length) => kernels.floats.subarray(at, at += length));
  return { kernels, parts };
}
