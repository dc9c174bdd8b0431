import { htmlTable, textTable } from "../table/html.ts";
import { type Displayable, jupyterDisplay } from "./display.ts";
import { type Provenance, provenance } from "./provenance.ts";
import type { Row } from "../table/row.ts";

/** Provenance that a notebook shows as a table. */
export interface Stamp extends Displayable {
  /** The facts, plain JSON. */
  readonly facts: Provenance & { readonly [key: string]: unknown };
}

/** How the parts that run the library write their names, where it is not as in `versions`. */
const NAMES: Record<string, string> = { deno: "Deno", v8: "V8", typescript: "TypeScript" };

function runtime({ library: _, ...parts }: Provenance["versions"]): string {
  return Object.entries(parts).map(([name, at]) => `${NAMES[name] ?? name} ${at}`).join(", ");
}

/** Whether something differs from the commit, in words. */
function changes(changed: boolean | "unknown"): string {
  if (changed === "unknown") return ", whether changed since is unknown, as git did not tell";
  return changed ? ", with changes since" : ", clean";
}

function lines(known: Provenance) {
  const { commit, dirty, notebook, lockHash, versions, cpu, cores, os, date, seconds } = known;
  return [
    ["commit", commit === "unknown" ? commit : commit + changes(dirty)],
    ...(notebook
      ? [["notebook", `${notebook.name}, code ${notebook.cells}${changes(notebook.changed)}`]]
      : []),
    ["lock file", lockHash],
    ["library", versions.library],
    ["runtime", runtime(versions)],
    ["hardware", `${cpu}, ${cores} cores, ${os}`],
    ["date", date],
    ["run time", `${seconds.toFixed(1)} s`],
  ];
}

/**
 * The last cell of a notebook: commit, lock hash, versions, hardware, date and seconds since the
 * kernel has started, after what the notebook adds (preset, seed).
 *
 * @param extra Further facts, shown first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { stamp } from "lora-dynamics/experiment/mod.ts";
 *
 * assertEquals(stamp({ preset: "quick", seed: "7" }).facts.seed, "7");
 * ```
 */
export function stamp(extra: Row = {}): Stamp {
  const known = provenance();
  const table = [
    ...Object.entries(extra).map(([key, value]) => [key, String(value)]),
    ...lines(known),
  ];
  return {
    facts: { ...extra, ...known },
    [jupyterDisplay]: () => ({
      "text/html": htmlTable([], table),
      "text/plain": textTable([], table),
    }),
  };
}
