/**
 * Which code computes a task: a hash over the module and everything it imports.
 *
 * @module
 */
import { MissingFile, platform, sha256 } from "../../platform/mod.ts";

const ROOT = new URL("../../../", import.meta.url);

/** Specifiers of imports, re-exports and files that a module names beside itself. */
const IMPORT =
  /(?:\bimport|\bexport)\b[^"';]*?\bfrom\s*["']([^"'\n]+)["']|\bimport\s*\(?\s*["']([^"'\n]+)["']|new\s+URL\(\s*["'](\.{1,2}\/[^"'\n]+)["']\s*,\s*import\.meta\.url/g;

let imports: Record<string, string> | undefined;

/** The import map of the project. */
function importMap(): Record<string, string> {
  const read = () => JSON.parse(platform.files.readText(new URL("deno.json", ROOT))).imports;
  return imports ??= read() as Record<string, string>;
}

/** What a specifier stands for: a file, or the text that names a package. */
function resolve(specifier: string, from: URL): URL | string {
  if (/^\.{0,2}\//.test(specifier) || specifier.startsWith("file:")) {
    return new URL(specifier, from);
  }
  for (const [name, target] of Object.entries(importMap())) {
    const inside = name.endsWith("/") && specifier.startsWith(name);
    if (specifier !== name && !inside) continue;
    return target.startsWith("./") ? new URL(target + specifier.slice(name.length), ROOT) : target;
  }
  return specifier;
}

/** Comments out, as far as that changes no string: whole lines of `//` and of `*` blocks. */
function scanned(source: string): string {
  return source.replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, "");
}

/** A hash of the code, and the files it was taken from. */
export interface CodeIdentity {
  /** SHA-256 over the contents of all files, the packages by name, and the lock file. */
  readonly hash: string;
  /** The files, the module itself first. */
  readonly files: readonly URL[];
}

/**
 * The module graph of a local module, hashed: files by their contents and their order of discovery,
 * packages by their specifier, with the contents of `deno.lock`. The place of the files does not count.
 *
 * A file that is read through `new URL("./x", import.meta.url)` counts as imported; one that is read
 * in another way does not.
 *
 * @throws {TypeError} If the module or one that it imports is not a readable local file.
 */
export function codeIdentity(moduleUrl: string): CodeIdentity {
  const parts: (string | Uint8Array)[] = [], files: URL[] = [], seen = new Set<string>();
  const queue: URL[] = [new URL(moduleUrl)];
  const packages = new Set<string>();
  while (queue.length > 0) {
    const url = queue.shift()!;
    if (seen.has(url.href)) continue;
    seen.add(url.href);
    let bytes: Uint8Array;
    try {
      bytes = platform.files.read(url);
    } catch (error) {
      if (files.length > 0 && error instanceof MissingFile) continue; // text in a comment, a folder
      throw new TypeError(
        `Cannot tell which code computes the task as its modules must be local files: ` +
          `current value is ${url.href} (${(error as Error).message})`,
      );
    }
    files.push(url);
    parts.push(`${bytes.length}\n`, bytes);
    if (!/\.(m?ts|tsx|m?js|jsx)$/.test(url.pathname)) continue;
    for (const match of scanned(new TextDecoder().decode(bytes)).matchAll(IMPORT)) {
      const target = resolve(match[1] ?? match[2] ?? match[3], url);
      if (typeof target === "string") packages.add(target);
      else queue.push(target);
    }
  }
  parts.push([...packages].sort().join("\n"), platform.files.read(new URL("deno.lock", ROOT)));
  return { hash: sha256(...parts), files };
}
