/**
 * Runs in the page: loads every module of the library, then the probe, and sends what came out.
 *
 * @module
 */
import { type Found, probe } from "./_probe.ts";
import { useBackend } from "../../lib/linalg/mod.ts";

/** What the page sends. */
export interface Report {
  /** Whether there is a global `Deno` or `process`. */
  readonly globals: readonly string[];
  /** Number of exports of every module. */
  readonly exports: Readonly<Record<string, number>>;
  /** What the probe found. */
  readonly found?: Found;
  /** Message when a native library is asked for. */
  readonly openBlas?: string;
  /** What went wrong. */
  readonly error?: string;
}

function messageOf(run: () => unknown): string {
  try {
    return String(run());
  } catch (error) {
    return String(error);
  }
}

const exports: Record<string, number> = {};
const globals = ["Deno", "process"].filter((name) => name in globalThis);
let report: Report = { globals, exports };
try {
  const base = new URL("./", import.meta.url);
  for (const name of await (await fetch(new URL("modules.json", base))).json()) {
    exports[name] = Object.keys(await import(new URL(name, base).href)).length;
  }
  const openBlas = messageOf(() => useBackend("openblas"));
  report = { ...report, openBlas, found: await probe("figures") };
} catch (error) {
  report = { ...report, error: error instanceof Error ? error.stack : String(error) };
}
await fetch("report", { method: "POST", body: JSON.stringify(report) });
