/**
 * Which names of a notebook are the library's: read from the imports of its cells.
 *
 * @module
 */

/** What stands in the index about a name. */
export interface Entry {
  /** Signature, text, parameters, errors, example. */
  readonly markdown?: string;
  /** For each argument the names of its options with a sentence each. */
  readonly options?: readonly Readonly<Record<string, string>>[];
  /** Of a room: the module that it is. */
  readonly module?: string;
}

/** The documentation: entries by module and name. */
export interface Index {
  readonly modules?: Readonly<Record<string, Readonly<Record<string, Entry>>>>;
}

/** Alias → a module, or a module and a name in it. */
export type Names = Map<string, readonly string[]>;

const STATIC = /\bimport\s+(?:type\s+)?([^"';]+?)\s+from\s+["']([^"']+)["']/g;
const DYNAMIC =
  /\b(?:const|let|var)\s+([\w$]+|\{[^}]*\})\s*=\s*\(?\s*await\s+import\(\s*["']([^"']+)["']/g;
const UNPACKED = /\b(?:const|let|var)\s+\{([^}]*)\}\s*=\s*([\w$.]+)\s*(?:;|\n|$)/g;

/** Pairs of name and alias in `{ a, b as c, type T, d: e }`. */
function listed(text: string): [string, string][] {
  return text.trim().replace(/^\{|\}$/g, "").split(",").flatMap((part): [string, string][] => {
    const words = part.replace(/^\s*type\s+/, "");
    const found = /^\s*([\w$]+)(?:\s*(?:\bas\b|:)\s*([\w$]+))?\s*$/.exec(words);
    return found ? [[found[1], found[2] ?? found[1]]] : [];
  });
}

/** Adds the names that a cell imports, or takes out of what it has imported. */
export function readNames(code: string, names: Names): void {
  for (const [, clause, written] of [...code.matchAll(STATIC), ...code.matchAll(DYNAMIC)]) {
    const module = written.replace(/^(?:\.{1,2}\/)+lib\//, "lora-dynamics/");
    const namespace = /^(?:\*\s*as\s+)?([\w$]+)$/.exec(clause.trim());
    if (namespace) names.set(namespace[1], [module]);
    if (!clause.includes("{")) continue;
    for (const [name, alias] of listed(clause.slice(clause.indexOf("{")))) {
      names.set(alias, [module, name]);
    }
  }
  for (const [, clause, source] of code.matchAll(UNPACKED)) {
    const [first, ...rest] = source.split("."), known = names.get(first);
    if (!known) continue;
    for (const [name, alias] of listed(clause)) names.set(alias, [...known, ...rest, name]);
  }
}

/** What a module exports; one that is not in the index is looked for in that of its folder. */
export function exportsOf(index: Index, module: string): Readonly<Record<string, Entry>> {
  const modules = index.modules ?? {};
  let name = module;
  while (!(name in modules) && name.includes("/")) {
    const folder = name.replace(/\/mod\.ts$/, "").replace(/\/?[^/]*$/, "");
    name = folder ? `${folder}/mod.ts` : "";
  }
  return modules[name] ?? {};
}

/** The entry of a dotted name, if there is one. */
export function resolve(index: Index, names: Names, parts: readonly string[]): Entry | undefined {
  const [module, name, ...members] = [...names.get(parts[0]) ?? [], ...parts.slice(1)];
  if (name === undefined) return undefined;
  let entry: Entry | undefined = exportsOf(index, module)[name];
  for (const member of members) {
    // Of the package as a whole each room is a name.
    entry = entry?.module === undefined ? undefined : exportsOf(index, entry.module)[member];
  }
  return entry?.markdown === undefined ? undefined : entry;
}

/** Names that a namespace, such as `cr` in `cr.`, offers; nothing when it is none. */
export function members(index: Index, names: Names, alias: string): string[] | undefined {
  const known = names.get(alias);
  return known?.length === 1 ? Object.keys(exportsOf(index, known[0])) : undefined;
}
