/**
 * The live edition of the site: what notebook pages load when a reader wants to run and edit them.
 *
 * @module
 */
import { notebooksIn } from "../../cli/files.ts";
import { INDEX, inRoot, NOTEBOOKS } from "../../cli/paths.ts";
import { buildLibrary, type Library } from "./library.ts";

/** Scripts beside the library: the pages' own, the kernel, and what draws files. */
const SCRIPTS = {
  live: "lib/site/live/page/live.ts",
  kernel: "lib/site/live/kernel/worker.ts",
  convert: "lib/site/live/convert_worker.ts",
};

/** A file of the project, or a stand-in where set-up has not made it. */
function copyOr(from: string, to: string, otherwise: string): void {
  try {
    Deno.copyFileSync(from, to);
  } catch {
    Deno.writeTextFileSync(to, otherwise);
  }
}

/**
 * Makes the folder `live` in `out`: `live.js` for the pages, the kernel, the library with its data, the
 * index of the documentation, and the notebooks as they are.
 *
 * @param packages Folder with the packages by their names; default: made anew, which takes a second.
 */
export async function buildLive(out: string, packages?: string): Promise<Library> {
  const folder = `${out}/live`;
  Deno.mkdirSync(`${folder}/notebooks`, { recursive: true });
  const library = await buildLibrary(folder, {
    scripts: SCRIPTS,
    ...(packages ? { packages } : {}),
  });
  Deno.copyFileSync(inRoot("lib", "site", "live", "live.css"), `${folder}/live.css`);
  copyOr(INDEX, `${folder}/documentation.json`, "{}");
  for (const name of notebooksIn(NOTEBOOKS)) {
    const file = `${name}.ipynb`;
    Deno.copyFileSync(`${NOTEBOOKS}/${file}`, `${folder}/notebooks/${file}`);
  }
  return library;
}
