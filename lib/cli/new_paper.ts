/**
 * `deno task new-paper <slug>`: a paper with one result of each kind (model, prediction, simulation,
 * experiment, claims, notebook, tests), all passing, to be replaced piece by piece. It is a copy of
 * `template/`, which is tested like any paper.
 *
 * @module
 */
import { dirname } from "node:path";
import { type Arguments, runTask } from "./args.ts";
import { filesBelow } from "./files.ts";
import { DENO, inRoot, ROOT } from "./paths.ts";
import { USAGES } from "./usages.ts";

/** Folder of the template's modules, as in the imports of its tests and its notebook. */
const TEMPLATE = "lib/cli/template";

/** The names of a paper: its notebook, its folders, its namespace. */
interface Names {
  readonly slug: string;
  readonly folder: string;
  readonly namespace: string;
}

function namesOf(slug: string): Names {
  return {
    slug,
    folder: slug.replaceAll("-", "_"),
    namespace: slug.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase()),
  };
}

/** Where a file of the template goes. */
function target(path: string, { slug, folder }: Names): string {
  if (path.endsWith(".ipynb")) return `notebooks/${slug}.ipynb`;
  return path.replace(`${TEMPLATE}/`, `lib/papers/${folder}/`)
    .replace("tests/cli/template/", `tests/papers/${folder}/`);
}

/** Text of a file of the template under the paper's names. */
function renamed(text: string, { slug, folder }: Names): string {
  return text.replaceAll("lora-dynamics/cli/template/", `lora-dynamics/papers/${folder}/`)
    .replaceAll("new-paper", slug);
}

/** The library's module with the namespace of the paper, in its place among the others. */
function withNamespace(library: string, { slug, folder, namespace }: Names): string {
  const insert = (text: string, pattern: RegExp, line: string): string => {
    const places = [...text.matchAll(pattern)];
    const next = places.find(([, name]) => name > namespace);
    const last = places.at(-1)!;
    const at = next?.index ?? last.index + last[0].length;
    return text.slice(0, at) + line + text.slice(at);
  };
  const sentence = ` * - \`${namespace}\`: all of the notebook ${slug}.\n`;
  const module = JSON.stringify(`./papers/${folder}/mod.ts`);
  const described = insert(library, /^ \* - `(\w+)`: .* of the notebook .*\n/gm, sentence);
  const line = `export * as ${namespace} from ${module};\n`;
  return insert(described, /^export \* as (\w+) from .*\n/gm, line);
}

/** `deno.json` with the paper among the exports, before the others. */
function withExports(config: string, { folder }: Names): string {
  const lines = ["", "/simulation", "/theory"].map((part) => {
    const name = `papers/${folder}${part}`;
    return `    "./${name}": "./lib/${name}/mod.ts",\n`;
  });
  return config.replace(/^ {4}"\.\/papers\//m, (first) => lines.join("") + first);
}

async function format(files: string[]): Promise<void> {
  const child = new Deno.Command(DENO, {
    args: ["fmt", "--quiet", ...files],
    cwd: ROOT,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const { success, stderr } = await child.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(inRoot(path)), { recursive: true });
  await Deno.writeTextFile(inRoot(path), text, { createNew: true });
}

async function newPaper(args: Arguments): Promise<number> {
  const names = namesOf(args.words[0]), { slug, folder } = names;
  const sources = [TEMPLATE, "tests/cli/template"].flatMap((part) => filesBelow(part, /\.\w+$/));
  const written: string[] = [];
  try {
    for (const source of sources) {
      const path = target(source, names);
      await write(path, renamed(await Deno.readTextFile(inRoot(source)), names));
      written.push(path);
    }
    await format(written);
    for (
      const [path, change] of [["lib/mod.ts", withNamespace], ["deno.json", withExports]] as const
    ) {
      await Deno.writeTextFile(inRoot(path), change(await Deno.readTextFile(inRoot(path)), names));
    }
  } catch (error) {
    for (const path of written) await Deno.remove(inRoot(path)).catch(() => {});
    throw error;
  }
  console.log(`notebooks/${slug}.ipynb     the lecture
lib/papers/${folder}/     model, theory, simulation, experiments, claims
tests/papers/${folder}/   their tests
lib/mod.ts     has the paper's namespace, ${names.namespace}
deno.json     has its modules among the exports

Next:
  deno task test tests/papers/${folder}
  deno task lab ${slug}
  deno task reproduce ${slug} --preset quick`);
  return 0;
}

if (import.meta.main) await runTask("new-paper", USAGES["new-paper"], newPaper);
