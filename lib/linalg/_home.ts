/**
 * Where matrices live while a compiled kernel works on them.
 *
 * @module
 */
import { type MatrixKernels, matrixKernels } from "../kernels/mod.ts";
import type { Floats, Matrix } from "./matrix.ts";

/** A memory of kernels; entries from index `free` on are theirs to work with. */
export interface Home {
  readonly kernels: MatrixKernels;
  readonly free: number;
}

/** The homes of all workspaces that somebody still holds. */
const homes = new WeakMap<ArrayBufferLike, Home>();

/** A home with `entries` numbers for matrices and `work` more for the kernels. */
export function newHome(entries: number, work: number): Home {
  const kernels = matrixKernels(entries + work);
  const home = { kernels, free: kernels.heap / 8 + entries };
  homes.set(kernels.floats.buffer, home);
  return home;
}

/** The home that the matrices share, if they do: then a kernel uses them where they are. */
export function homeOf(first: Matrix<Floats>, ...others: Matrix<Floats>[]): Home | undefined {
  const { buffer } = first.data;
  for (const other of others) if (other.data.buffer !== buffer) return undefined;
  return homes.get(buffer);
}

/** Entries (32 MB) up to which the scratch memory is kept for the next call. */
const kept = 1 << 22;

let shared: MatrixKernels | undefined;

/** Kernels with room for `entries` numbers for the length of one call; contents are arbitrary. */
export function scratch(entries: number): MatrixKernels {
  if (entries > kept) return matrixKernels(entries);
  if (!shared || shared.floats.length - shared.heap / 8 < entries) {
    shared = matrixKernels(Math.min(kept, Math.max(2 * entries, 1 << 17)));
  }
  return shared;
}

const bare = matrixKernels(0);

/** Number of entries that the product of matrices packs. */
export const packing: number = bare.gemmWork;

/** Number of entries that a low-rank gradient packs. */
export const lowRankWork: (r: number, n: number) => number = bare.lowRankWork;

/** Number of entries that a step of two factors packs. */
export const factorStepWork: (r: number, n: number) => number = bare.factorStepWork;
