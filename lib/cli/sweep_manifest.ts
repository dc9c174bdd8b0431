/**
 * What lies in the folder of a sweep: a list of its finished cells, so that the folder can be
 * checked and read without this program, wherever it is kept.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../experiment/sweep/cell.ts";
import { writeAtomicallySync } from "./shell.ts";
import type { Loaded } from "./sweep_grid.ts";

/** Name of the list in the folder. */
export const MANIFEST = "manifest.json";

/** SHA-256 of a file, as `sha256sum` prints it. */
const sumOf = (path: string) => createHash("sha256").update(Deno.readFileSync(path)).digest("hex");

/** Sums of an earlier list, for files that have not been written since. */
function known(path: string): (file: string) => string | undefined {
  try {
    const made = Deno.statSync(path).mtime!.getTime();
    const { cells } = JSON.parse(Deno.readTextFileSync(path)) as {
      cells: { file: string; sha256: string }[];
    };
    const sums = new Map(cells.map(({ file, sha256 }) => [file, sha256]));
    const folder = path.slice(0, -MANIFEST.length);
    return (file) =>
      sums.has(file) && Deno.statSync(folder + file).mtime!.getTime() < made
        ? sums.get(file)
        : undefined;
  } catch {
    return () => undefined; // none is there yet, or it is another's
  }
}

/** Writes the list: of each finished cell file, sum, parameters and seed, one cell a line. */
export function writeManifest({ file, store, plan, code }: Loaded): void {
  const path = `${store.folder}/${MANIFEST}`, earlier = known(path);
  const cells = plan.distinct.flatMap(({ hash, cell, seed }) => {
    if (hash === undefined || !store.has(hash)) return [];
    const file = `${hash[0]}/${hash}.jsonl`;
    const sha256 = earlier(file) ?? sumOf(`${store.folder}/${file}`);
    const own = seed === undefined ? {} : { seed };
    return [
      `{"parameters":${canonicalJson(cell, "cell")},${
        JSON.stringify({ ...own, file, sha256 }).slice(1)
      }`,
    ];
  });
  if (cells.length === 0) return; // no folder, or none of this sweep's
  const { length } = plan.distinct, head = JSON.stringify({ sweep: file.name, code, cells: [] });
  const all = head.replace('"cells":[]', `"of":${length},"cells":[\n${cells.join(",\n")}\n]`);
  writeAtomicallySync(path, `${all}\n`);
}
