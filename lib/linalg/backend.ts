import { checkOneOf } from "../check.ts";
import { openLibrary } from "./_openblas.ts";

/** What products and decompositions are computed with. */
export type BackendName = "compiled" | "openblas";

/** Routines of a native library; matrices row-major, nothing is checked. */
export interface Native {
  /** File name of the library that was opened. */
  readonly library: string;
  /** `C ← op(A) op(B) + beta C`, with `lda`, `ldb` the columns of A and B as stored. */
  gemm(
    aTransposed: boolean,
    bTransposed: boolean,
    m: number,
    n: number,
    k: number,
    a: Float64Array,
    lda: number,
    b: Float64Array,
    ldb: number,
    c: Float64Array,
    beta: number,
  ): void;
  /** Sum of the squares. */
  squares(x: Float64Array): number;
  /** Thin singular value decomposition of an `m × n` matrix, or nothing if it did not converge. */
  svd(a: Float64Array, m: number, n: number): ThinSvd | undefined;
  /** Eigenvalues, ascending, and eigenvectors as rows, or nothing if it did not converge. */
  eigen(a: Float64Array, n: number): { values: Float64Array; rows: Float64Array } | undefined;
  /** Thin Q (`m × n`, row-major) and R (`n × n`) of an `m × n` matrix with `m ≥ n`. */
  qr(a: Float64Array, m: number, n: number): { q: Float64Array; r: Float64Array };
}

/** Factors with `k = min(m, n)`: `u` is `m × k`, `vt` is `k × n`. */
export interface ThinSvd {
  u: Float64Array;
  values: Float64Array;
  vt: Float64Array;
}

const variable = "LORA_DYNAMICS_BLAS";

/** The library in use; undefined until somebody asks, null for the compiled kernels. */
let current: Native | null | undefined;

/**
 * Chooses what products, low-rank gradients and decompositions are computed with, for this realm
 * (each worker chooses for itself).
 *
 * `"compiled"`, the default: the compiled kernels and ml-matrix, the same bits everywhere.
 * `"openblas"`: the system's OpenBLAS with LAPACK, on one thread; the same results to rounding,
 * several times faster for matrices beyond 100 × 100. It needs the permission `--allow-ffi`.
 *
 * Without a call the environment variable `LORA_DYNAMICS_BLAS` decides at first use, if it may be
 * read: `openblas`, or the path of a library with the same symbols. When that cannot be opened, a
 * warning says so and the compiled kernels do the work.
 *
 * @param name Which.
 * @param path Library to open instead of the usual names of OpenBLAS.
 * @returns The file name of the opened library; `""` for the compiled kernels.
 * @throws {RangeError} If `name` is not one of the two.
 * @throws {Error} If no library can be opened: the message lists what was tried, and why it failed.
 * The backend in use stays.
 *
 * @example
 * ```ts
 * import { backend, useBackend } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * useBackend("compiled");
 * assertEquals(backend(), "compiled");
 * ```
 */
export function useBackend(name: BackendName, path?: string): string {
  checkOneOf("choose a backend", "name", name, ["compiled", "openblas"]);
  current = name === "compiled" ? null : openLibrary(path);
  return current?.library ?? "";
}

/**
 * The backend in use: see {@link useBackend}.
 *
 * @example
 * ```ts
 * import { backend } from "lora-dynamics/linalg/mod.ts";
 * import { assert } from "@std/assert";
 *
 * assert(["compiled", "openblas"].includes(backend()));
 * ```
 */
export function backend(): BackendName {
  return native() ? "openblas" : "compiled";
}

/** The native library in use, if any. */
export function native(): Native | undefined {
  if (current === undefined) current = fromEnvironment();
  return current ?? undefined;
}

function fromEnvironment(): Native | null {
  // A browser has neither an environment nor libraries.
  if (!("Deno" in globalThis)) return null;
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  const wanted = state === "granted" ? Deno.env.get(variable) : undefined;
  if (!wanted || wanted === "compiled") return null;
  try {
    return openLibrary(wanted === "openblas" ? undefined : wanted);
  } catch (error) {
    console.warn(
      `${variable}=${wanted}: ${(error as Error).message}; the compiled kernels are used`,
    );
    return null;
  }
}
