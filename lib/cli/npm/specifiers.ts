/**
 * What modules call each other: TypeScript's names in the sources, JavaScript's in the package.
 *
 * @module
 */
import { dirname, relative } from "node:path";

const asScript = (name: string) => name.replace(/\.ts$/, ".js");

/** A module's text with the names under which the package holds the others. */
export function renamed(text: string): string {
  return text.replaceAll(
    /(\bfrom |\bimport\(|\bimport |\bnew URL\()"(\.\.?\/[^"\n]*\.ts)"/g,
    (_, before, name) => `${before}"${asScript(name)}"`,
  );
}

/**
 * A declaration's text with such names: the compiler writes some as the absolute addresses of sources
 * below `root`, and says at the top which one the file itself had.
 */
export function renamedDeclaration(text: string, path: string, root: string): string {
  const own = text.replace(/^\/\/\/ <amd-module .*\n/, "")
    .replaceAll(/import\("file:\/\/([^"]+)"\)/g, (_, source: string) => {
      const name = relative(dirname(`${root}/${path}`), source);
      return `import("${name.startsWith(".") ? name : `./${name}`}")`;
    });
  return renamed(own);
}

/** Packages whose modules a module's text imports. */
export function packagesOf(text: string): string[] {
  const found = text.matchAll(
    /\b(?:from|import)\s*\(?\s*"((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^"\n]*)?"/g,
  );
  return [...new Set(Array.from(found, ([, name]) => name))];
}
