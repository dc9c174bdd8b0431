import { createHash } from "node:crypto";
import { cpus } from "node:os";
import library from "../../../deno.json" with { type: "json" };
import { gitState } from "./_git.ts";

/** Where a result comes from; `"unknown"` where permissions or the folder do not tell. */
export interface Provenance {
  /** Commit of the library. */
  readonly commit: string;
  /** Whether library, data or dependencies differ from that commit. */
  readonly dirty: boolean | "unknown";
  /** First 16 digits of the SHA-256 of `deno.lock`. */
  readonly lockHash: string;
  /** Version of the library, the runtime, its engine and its compiler. */
  readonly versions: {
    readonly library: string;
    readonly deno: string;
    readonly v8: string;
    readonly typescript: string;
  };
  /** Model of the processor. */
  readonly cpu: string;
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
  const bytes = Deno.readFileSync(new URL("deno.lock", root));
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

/** Asks nothing of the user: a permission that is not there yet counts as missing. */
function granted(...permissions: Deno.PermissionDescriptor[]): boolean {
  return permissions.every((one) => Deno.permissions.querySync(one).state === "granted");
}

/**
 * Commit, lock file, versions, hardware and times of this process, for the last cell of a notebook
 * and beside every exported figure. Never a path, a host or a user.
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
  const local = root.protocol === "file:" && granted({ name: "read", path: root });
  const git = { name: "run", command: "git" } as const;
  return {
    ...(local ? gitState(root, granted(git)) : { commit: "unknown", dirty: "unknown" }),
    lockHash: local ? attempt(() => lockHash(root)) : "unknown",
    versions: { library: library.version, ...Deno.version },
    cpu: granted({ name: "sys", kind: "cpus" }) ? attempt(() => cpus()[0]?.model) : "unknown",
    cores: navigator.hardwareConcurrency,
    os: `${Deno.build.os} ${Deno.build.arch}`,
    date: new Date().toISOString(),
    seconds: performance.now() / 1000,
  };
}
