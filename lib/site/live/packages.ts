/**
 * The packages of `deno.json` as a folder, for a bundler that knows no other place.
 *
 * @module
 */
import type { Project } from "./project.ts";

/**
 * Makes `node_modules` in `folder`, from the cache alone, and returns its path. The imports are the same
 * and the lock is frozen: nothing is resolved anew.
 *
 * @throws {Error} If a package is not in the cache.
 */
export function packagesIn(folder: string, { root, deno }: Project): string {
  const { imports, links } = JSON.parse(Deno.readTextFileSync(`${root}/deno.json`));
  const config = {
    imports,
    links: links.map((path: string) => `${root}/${path}`),
    nodeModulesDir: "auto",
  };
  Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify(config));
  Deno.copyFileSync(`${root}/deno.lock`, `${folder}/deno.lock`);
  const args = ["install", "--quiet", "--frozen", "--cached-only"];
  const { success, stderr } = new Deno.Command(deno, { args, cwd: folder }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return `${folder}/node_modules`;
}
