/**
 * Shift-Tab and completion from the library's documentation, under the names by which a notebook has
 * imported it. The index is that of JupyterLab's kernel.
 *
 * @module
 */
import { type Entry, type Index, members, type Names, readNames, resolve } from "./names.ts";
import { blanked, commas, nameAt, opening } from "./places.ts";

/** Something that may stand at a place. */
export interface Suggestion {
  readonly name: string;
  /** What it is, in a sentence. */
  readonly about: string;
}

/** What fits at a place. */
export interface Suggestions {
  readonly start: number;
  readonly found: readonly Suggestion[];
  /** Whether they are options of a call, or names of a module. */
  readonly kind: "property" | "function";
}

/** Answers from the index, which is asked for when it is first needed. */
export class Documentation {
  readonly #load: () => Promise<Index>;
  readonly #ran: Names = new Map();
  #index: Promise<Index> | undefined;

  /** Without the index, everything is unknown. */
  constructor(load: () => Promise<Index>) {
    this.#load = load;
  }

  /** Remembers the imports of a cell. */
  ran(code: string): void {
    readNames(code, this.#ran);
  }

  /** What is known at a place: of the name there, or of the function called around it, as Markdown. */
  async at(code: string, at: number): Promise<string | undefined> {
    const index = await this.#read(), names = this.#with(code), plain = blanked(code);
    let entry = known(index, names, nameAt(code, at));
    for (let around: number | undefined = at; entry === undefined;) {
      around = opening(plain, around, "(");
      if (around === undefined) return undefined;
      entry = known(index, names, nameAt(plain, plain.slice(0, around).trimEnd().length));
    }
    return entry.markdown;
  }

  /** Options that fit at a place, or names of the namespace before it; nothing when there are none. */
  async suggest(code: string, at: number): Promise<Suggestions | undefined> {
    const index = await this.#read(), names = this.#with(code);
    return options(index, names, code, at) ?? exported(index, names, code, at);
  }

  /** The names of the cells that ran, and those of a cell that has not. */
  #with(code: string): Names {
    const names = new Map(this.#ran);
    readNames(code, names);
    return names;
  }

  #read(): Promise<Index> {
    return this.#index ??= this.#load().catch(() => ({}));
  }
}

/** The entry of a dotted name, or of what it is a member of. */
function known(index: Index, names: Names, name: string): Entry | undefined {
  const parts = name.split(".");
  while (parts[0]) {
    const found = resolve(index, names, parts);
    if (found) return found;
    parts.pop();
  }
  return undefined;
}

function options(index: Index, names: Names, code: string, at: number): Suggestions | undefined {
  const before = blanked(code.slice(0, at)), brace = opening(before, at, "{");
  if (brace === undefined || !/[(,]$/.test(before.slice(0, brace).trimEnd())) return undefined;
  const call = opening(before, brace, "(");
  const inside = before.slice(brace + 1), given = /^(?:[\s\S]*,)?\s*([\w$]*)$/.exec(inside);
  if (call === undefined || !given) return undefined;
  const entry = known(index, names, nameAt(before, before.slice(0, call).trimEnd().length));
  const all = entry?.options?.[commas(before.slice(call + 1, brace))] ?? {};
  const used = new Set(Array.from(inside.matchAll(/([\w$]+)\s*(?=[:,])/g), ([, name]) => name));
  const found = Object.entries(all)
    .filter(([name]) => name.startsWith(given[1]) && !used.has(name))
    .map(([name, about]) => ({ name, about }));
  return found.length > 0 ? { start: at - given[1].length, found, kind: "property" } : undefined;
}

/** The first sentence of an entry. */
function summary({ markdown = "" }: Entry): string {
  const text = markdown.replace(/^\*\*[^\n]*\n+```[\s\S]*?```\s*/, "");
  return text.split(/\n\n|(?<=[.:]) /)[0].replaceAll("\n", " ");
}

function exported(index: Index, names: Names, code: string, at: number): Suggestions | undefined {
  const [, alias, start] = /([\w$]+)\.([\w$]*)$/.exec(blanked(code.slice(0, at))) ?? [];
  const all = alias === undefined ? undefined : members(index, names, alias);
  const found = (all ?? []).filter((name) => name.startsWith(start)).map((name) => ({
    name,
    about: summary(resolve(index, names, [alias, name]) ?? {}),
  }));
  return found.length > 0 ? { start: at - start.length, found, kind: "function" } : undefined;
}
