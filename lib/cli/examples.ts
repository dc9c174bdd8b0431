/**
 * The examples of the documentation as tests. All examples of a room run in one module, which loads
 * the library once; each stands there in a scope of its own, in the lines of its source, so that
 * what fails is named by file and line.
 *
 * @module
 */
import { dirname, join, relative, resolve } from "node:path";
import { filesBelow } from "./files.ts";
import { inRoot, ROOT } from "./paths.ts";

/** Folder of the modules made of examples, laid out as the sources are. */
const FOLDER = inRoot(".deno", "test", "examples");

/** A block of code between fences, by the lines of the fences, from 1. */
export interface Example {
  readonly first: number;
  readonly last: number;
}

/** Lines that are prose: all of a text in Markdown, documentation comments in a module. */
function prose(lines: readonly string[], markdown: boolean): (string | undefined)[] {
  let inside = false;
  return lines.map((line) => {
    if (markdown) return line;
    if (/^\s*\/\*\*(?!.*\*\/)/.test(line)) {
      inside = true;
      return "";
    }
    if (!inside) return undefined;
    inside = !line.includes("*/");
    return line.replace(/^\s*\* ?/, "");
  });
}

/** The examples of a module's documentation, or of a text in Markdown, without ignored ones. */
export function examplesIn(text: string, markdown = false): Example[] {
  const found: Example[] = [];
  let fence: { first: number; runs: boolean } | undefined;
  for (const [index, line] of prose(text.split("\n"), markdown).entries()) {
    const mark = line?.match(/^\s*```(.*)$/);
    if (!mark) continue;
    if (!fence) {
      fence = { first: index + 1, runs: /^(ts|typescript|js|javascript)$/.test(mark[1].trim()) };
    } else {
      if (fence.runs) found.push({ first: fence.first, last: index + 1 });
      fence = undefined;
    }
  }
  return found;
}

/** What stands between `import` and `from`, as the left side of a declaration. */
function bound(names: string): string {
  if (names.startsWith("*")) return names.replace(/^\*\s*as\s+/, "");
  return names
    .replace(/^([\w$]+)\s*,\s*\{/, "{ default: $1,")
    .replace(/^[\w$]+$/, "{ default: $& }")
    .replace(/\btype +[\w$]+( +as +[\w$]+)? *,? */g, "")
    .replace(/\s+as\s+/g, ": ");
}

/**
 * Statements of a module as statements of a function, line by line: imports become declarations,
 * exports stay inside.
 */
export function asStatements(code: string): string {
  return code
    .replace(/^(\s*)import\s+type\s[^"']*(["'])[^"']+\2;?/gm, (all) => all.replace(/[^\n]/g, " "))
    .replace(
      /^(\s*)import\s+([^"'(.]+?)\s+from\s+(["'][^"'\n]+["'])/gm,
      (_, space, names, from) => `${space}const ${bound(names)} = await import(${from})`,
    )
    .replace(/^(\s*)import\s+(["'][^"'\n]+["'])/gm, "$1await import($2)")
    .replace(/^(\s*)export\s+(default\s+)?/gm, "$1");
}

/** The examples of a text as a module of tests, in the lines where they stand. */
export function exampleModule(text: string, path: string): string {
  const markdown = path.endsWith(".md");
  const lines = prose(text.split("\n"), markdown);
  const made: string[] = lines.map(() => "");
  for (const { first, last } of examplesIn(text, markdown)) {
    const name = JSON.stringify(`the example of ${path}:${first}`);
    made[first - 1] = `Deno.test(${name}, async () => {`;
    const code = lines.slice(first, last - 1).join("\n");
    made.splice(first, last - first - 1, ...asStatements(code).split("\n"));
    made[last - 1] = "});";
  }
  // Neither formatted nor linted: the sources are.
  made[0] = `/* deno-fmt-ignore-file */ ${made[0]} // deno-lint-ignore-file`;
  return made.join("\n");
}

/** The room of a file: a folder of `lib/`, or of `lib/papers/`; all other files are together. */
function roomOf(path: string): string {
  const [lib, room, ...parts] = path.split("/");
  if (lib !== "lib" || parts.length === 0) return "texts";
  return room === "papers" && parts.length > 1 ? `papers_${parts[0]}` : room;
}

/** Writes a file, unless it says so already: two runs at a time do not disturb each other. */
function write(path: string, text: string): void {
  try {
    if (Deno.readTextFileSync(path) === text) return;
  } catch { /* it is not there yet */ }
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, text);
}

/** Makes the tests of all examples in files and folders; one path for each room. */
export function exampleTests(paths: readonly string[]): string[] {
  const rooms = new Map<string, string[]>();
  for (const path of paths.flatMap((path) => filesOf(path))) {
    const text = Deno.readTextFileSync(inRoot(path));
    if (examplesIn(text, path.endsWith(".md")).length === 0) continue;
    const module = path.replace(/\.md$/, "_md.ts");
    write(join(FOLDER, module), exampleModule(text, path));
    const room = roomOf(path);
    rooms.set(room, [...rooms.get(room) ?? [], module]);
  }
  return Array.from(rooms, ([room, modules]) => {
    const entry = join(FOLDER, `${room}.ts`);
    write(entry, modules.map((module) => `import "./${module}";\n`).join(""));
    return relative(ROOT, entry);
  });
}

/** The modules and texts of a file or folder of the project; tests are no documentation. */
function filesOf(path: string): string[] {
  const file = relative(ROOT, resolve(ROOT, path));
  if (/^(\.\.|tests)(\/|$)/.test(file)) return [];
  if (file === "") return ["lib", "README.md"].flatMap(filesOf);
  if (Deno.statSync(inRoot(file)).isFile) return [file];
  return filesBelow(file, /\.(ts|md)$/).filter((name) => !name.startsWith("lib/kernels/assembly/"));
}
