import library from "../../../deno.json" with { type: "json" };
import { platform, sha256 } from "../../platform/mod.ts";
import { type NotebookState, notebookState } from "./_cells.ts";
import { type GitState, gitState } from "./_git.ts";

export type { NotebookState } from "./_cells.ts";

/** Where a result comes from; `"unknown"` where permissions or the folder do not tell. */
export interface Provenance {
  /** Commit of the library. */
  readonly commit: string;
  /** Whether library, data or dependencies differ from that commit. */
  readonly dirty: boolean | "unknown";
  /** The notebook that runs, by its code as saved; null outside of notebooks. */
  readonly notebook: NotebookState | null;
  /** First 16 digits of the SHA-256 of `deno.lock`. */
  readonly lockHash: string;
  /** Version of the library and of what runs it: `deno`, `v8`, `typescript`, or the `browser`. */
  readonly versions: { readonly library: string; readonly [part: string]: string };
  /** Model of the processor. */
  readonly cpu: string;
  /** What matrices are computed with: the compiled kernels, or a library with its kernels and threads. */
  readonly arithmetic: string;
  /** Number of logical cores. */
  readonly cores: number;
  /** Operating system and architecture. */
  readonly os: string;
  /** Time of the call: UTC in ISO form. */
  readonly date: string;
  /** Seconds since the process, or the kernel, has started. */
  readonly seconds: number;
}

/** The value, or `"unknown"` when it cannot be had. */
function attempt(read: () => string | undefined): string {
  try {
    return read() || "unknown";
  } catch {
    return "unknown";
  }
}

function lockHash(root: URL): string {
  return sha256(platform.files.read(new URL("deno.lock", root))).slice(0, 16);
}

/** Longest time, in ms, for which the state of the checkout is taken to be what it was. */
const RECENT = 5000;

type Checkout = GitState & Pick<Provenance, "notebook">;

let seen: { readonly at: number; readonly state: Checkout } | undefined;

/** State of this library's checkout: to ask `git` takes longer than to write some figures. */
function checkout(root: URL): Checkout {
  if (!seen || performance.now() - seen.at > RECENT) {
    const state = { ...gitState(root), notebook: notebookState(root) };
    seen = { at: performance.now(), state };
  }
  return seen.state;
}

/**
 * Commit, lock file, versions, hardware and times of this process, for the last cell of a notebook
 * and beside every exported figure. Never a path, a host or a user. What `git` says of the checkout may be
 * five seconds old.
 *
 * Uses, where granted: read (commit, lock file), run of `git` (dirty), sys `cpus` (processor).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { provenance } from "lora-dynamics/experiment/mod.ts";
 *
 * assertEquals(provenance().versions.deno, Deno.version.deno);
 * ```
 */
export function provenance(): Provenance {
  const root = new URL("../../../", import.meta.url);
  const { files, machine } = platform;
  const local = files.mayRead(root);
  return {
    ...(local ? checkout(root) : { commit: "unknown", dirty: "unknown", notebook: null }),
    lockHash: local ? attempt(() => lockHash(root)) : "unknown",
    versions: { library: library.version, ...machine.versions },
    cpu: attempt(() => machine.processor),
    arithmetic: platform.arithmetic,
    cores: navigator.hardwareConcurrency,
    os: machine.system,
    date: new Date().toISOString(),
    seconds: performance.now() / 1000,
  };
}
