/**
 * The index from which the kernel's launcher answers Shift-Tab and `name?`: signature, documentation,
 * parameters, errors and example of every public function, by module. Set-up makes it.
 *
 * @module
 */
import { DENO, INDEX, inRoot } from "../paths.ts";
import { writeAtomicallySync } from "../shell.ts";
import {
  aboutModule,
  type Declaration,
  entryOf,
  type IndexEntry,
  optionsOf,
  type Symbol,
} from "./entries.ts";

/** What the launcher reads. */
export interface Index {
  /** By the specifier of a module and the name of an export. */
  readonly modules: Record<string, Record<string, IndexEntry | { readonly module: string }>>;
  /** What each module says about itself, in Markdown. */
  readonly about: Record<string, string>;
}

/** A module as `deno doc --json` writes it. */
interface Documented {
  readonly module_doc?: Declaration["jsDoc"];
  readonly symbols: readonly Symbol[];
}

/** Folders of `lib/` that are no part of what a notebook imports. */
const INTERNAL = ["cli", "site"];

/** Public modules, from the project folder: `lib/figure/mod.ts`. */
export function publicModules(): string[] {
  const folders = (under: string) => {
    const found = Array.from(Deno.readDirSync(inRoot(under)));
    return found.filter(({ isDirectory }) => isDirectory).map(({ name }) => `${under}/${name}`);
  };
  const rooms = folders("lib").filter((folder) => !INTERNAL.includes(folder.slice(4)));
  const all = rooms.flatMap((folder) => folder === "lib/papers" ? folders(folder) : [folder]);
  return all.map((folder) => `${folder}/mod.ts`).filter(isThere).sort();
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(inRoot(path)).isFile;
  } catch {
    return false;
  }
}

async function doc(args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(DENO, {
    args: ["doc", "--quiet", ...args],
    cwd: inRoot(),
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  return new TextDecoder().decode(stdout);
}

/** Signatures as `deno doc` prints them, by the place of the declaration. */
export function signatures(text: string): Map<string, string> {
  const found = text.matchAll(/^Defined in (\S+:\d+:\d+)\n\n(.+)$/gm);
  return new Map(Array.from(found, ([, place, signature]) => [place, signature]));
}

/** What the modules hold when they are loaded: experiments say what their parameters are. */
async function loaded(path: string): Promise<Record<string, unknown>> {
  try {
    return await import(`file://${inRoot(path)}`);
  } catch {
    return {}; // what cannot be loaded is still documented
  }
}

/** The index of these modules. */
export async function documentation(modules: string[]): Promise<Index> {
  const index: Index = { modules: {}, about: {} };
  if (modules.length === 0) return index;
  const [json, text] = await Promise.all([doc(["--json", ...modules]), doc(modules)]);
  const nodes: Record<string, Documented> = JSON.parse(json).nodes;
  const printed = signatures(text);
  const types = new Map<string, Declaration>();
  for (const { symbols } of Object.values(nodes)) {
    for (const { name, declarations } of symbols) {
      const shape = declarations.find(({ kind }) => kind === "interface" || kind === "typeAlias");
      if (shape) types.set(name, shape);
    }
  }
  for (const path of modules) {
    const specifier = path.replace(/^lib\//, "lora-dynamics/");
    const values = await loaded(path);
    const node = Object.entries(nodes).find(([url]) => url.endsWith(`/${path}`))?.[1];
    index.about[specifier] = aboutModule(node?.module_doc);
    index.modules[specifier] = Object.fromEntries(
      (node?.symbols ?? []).map(({ name, declarations }) => {
        const options = optionsOf(declarations, values[name], types);
        return [name, entryOf({ name, specifier, declarations, printed, options })];
      }),
    );
  }
  index.modules["lora-dynamics"] = Object.fromEntries(rooms());
  return index;
}

/** The rooms as the names by which `lib/mod.ts` exports them. */
function rooms(): [string, { module: string }][] {
  if (!isThere("lib/mod.ts")) return [];
  const text = Deno.readTextFileSync(inRoot("lib", "mod.ts"));
  const found = text.matchAll(/^export \* as (\w+) from "\.\/(.+)";$/gm);
  return Array.from(found, ([, name, path]) => [name, { module: `lora-dynamics/${path}` }]);
}

if (import.meta.main) {
  writeAtomicallySync(INDEX, JSON.stringify(await documentation(publicModules())));
}
