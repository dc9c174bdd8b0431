import { checkOneOf } from "../check.ts";
import { type Native, platform } from "../platform/mod.ts";

/** What products and decompositions are computed with. */
export type BackendName = "compiled" | "openblas";

const variable = "LORA_DYNAMICS_BLAS";

/** The library in use; undefined until somebody asks, null for the compiled kernels. */
let current: Native | null | undefined;

/**
 * Chooses what products, low-rank gradients and decompositions are computed with, for this realm
 * (each worker chooses for itself).
 *
 * `"compiled"`, the default: the compiled kernels and ml-matrix, the same bits everywhere.
 * `"openblas"`: OpenBLAS with LAPACK, on one thread: the pinned one that set-up has installed, or else the
 * system's; the same results to rounding, several times faster for matrices beyond 100 × 100. It needs the
 * permission `--allow-ffi`, and there is none in a browser. Provenance names it.
 *
 * Without a call the environment variable `LORA_DYNAMICS_BLAS` decides at first use, if it may be
 * read: `openblas`, or the path of a library with the same symbols. When that cannot be opened, a
 * warning says so and the compiled kernels do the work.
 *
 * @param name Which.
 * @param path Library to open instead; integers of 32 bits, symbols as they are or with `scipy_` in front.
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
  adopt(name === "compiled" ? null : platform.openBlas(path));
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
  if (current === undefined) adopt(fromEnvironment());
  return current ?? undefined;
}

/** Takes a library into use, and has provenance say so. */
function adopt(chosen: Native | null): void {
  current = chosen;
  platform.arithmetic = chosen?.description ?? "compiled kernels";
}

function fromEnvironment(): Native | null {
  const wanted = platform.environment(variable);
  if (!wanted || wanted === "compiled") return null;
  try {
    return platform.openBlas(wanted === "openblas" ? undefined : wanted);
  } catch (error) {
    console.warn(
      `${variable}=${wanted}: ${(error as Error).message}; the compiled kernels are used`,
    );
    return null;
  }
}
