/**
 * Lists of the project's files.
 *
 * @module
 */
import { join, relative } from "node:path";
import { inRoot, ROOT } from "./paths.ts";

/**
 * Paths, relative to the project folder, of all files below a folder whose names match. Hidden ones are
 * left out: they come and go beside what runs, as the cells do whose types are checked.
 */
export function filesBelow(folder: string, pattern: RegExp): string[] {
  const found: string[] = [];
  const visit = (path: string) => {
    for (const entry of Deno.readDirSync(path)) {
      if (entry.name.startsWith(".")) continue;
      const child = join(path, entry.name);
      if (entry.isDirectory) visit(child);
      else if (pattern.test(entry.name)) found.push(relative(ROOT, child));
    }
  };
  visit(inRoot(folder));
  return found.sort();
}

/** Names of all notebooks of a folder, without `.ipynb`. */
export function notebooksIn(folder: string): string[] {
  const files = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  return files.filter((name) => name.endsWith(".ipynb")).map((name) => name.slice(0, -6)).sort();
}

/** Names of all papers, as their notebooks are called. */
export function paperNames(): string[] {
  return Array.from(Deno.readDirSync(inRoot("lib", "papers")))
    .flatMap(({ name, isDirectory }) => isDirectory ? [name.replaceAll("_", "-")] : []).sort();
}
