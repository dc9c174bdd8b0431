/**
 * The packages of `deno.json` as a folder, for a bundler that knows no other place.
 *
 * @module
 */
import { DENO, inRoot } from "../../cli/paths.ts";

/**
 * Makes `node_modules` in `folder`, from the cache alone, and returns its path. The imports are the same
 * and the lock is frozen: nothing is resolved anew.
 *
 * @throws {Error} If a package is not in the cache.
 */
export function packagesIn(folder: string): string {
  const { imports, links } = JSON.parse(Deno.readTextFileSync(inRoot("deno.json")));
  const config = {
    imports,
    links: links.map((path: string) => inRoot(path)),
    nodeModulesDir: "auto",
  };
  Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify(config));
  Deno.copyFileSync(inRoot("deno.lock"), `${folder}/deno.lock`);
  const args = ["install", "--quiet", "--frozen", "--cached-only"];
  const { success, stderr } = new Deno.Command(DENO, { args, cwd: folder }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return `${folder}/node_modules`;
}
