/**
 * The live edition of the site: what notebook pages load when a reader wants to run and edit them.
 *
 * @module
 */
import { buildLibrary } from "./library.ts";
import type { Project } from "./project.ts";

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
 */
export async function buildLive(
  out: string,
  notebooks: readonly string[],
  project: Project,
): Promise<void> {
  const folder = `${out}/live`, { root, index } = project;
  Deno.mkdirSync(`${folder}/notebooks`, { recursive: true });
  await buildLibrary(folder, project, { scripts: SCRIPTS });
  Deno.copyFileSync(`${root}/lib/site/live/live.css`, `${folder}/live.css`);
  copyOr(index, `${folder}/documentation.json`, "{}");
  for (const file of notebooks.map((name) => `${name}.ipynb`)) {
    Deno.copyFileSync(`${root}/notebooks/${file}`, `${folder}/notebooks/${file}`);
  }
}
