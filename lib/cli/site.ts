/**
 * `deno task site`: the notebooks as pages to read, with ledger, gallery and documentation.
 *
 * @module
 */
import { relative, resolve } from "node:path";
import library from "../../deno.json" with { type: "json" };
import { provenance } from "../experiment/mod.ts";
import { buildSite, checkOut, type Edition, type SiteOptions } from "../site/build.ts";
import { GUIDE } from "../site/links.ts";
import { fetchWheel } from "../site/lite/app.ts";
import { buildLite } from "../site/lite/build.ts";
import { buildLive } from "../site/live/build.ts";
import { type Arguments, runTask, UsageError } from "./args.ts";
import { notebooksIn } from "./files.ts";
import { documentation, publicModules } from "./kernel/documentation.ts";
import {
  DENO,
  DENO_DIR,
  DENO_HOME,
  INDEX,
  inRoot,
  NOTEBOOKS,
  PYTHON,
  ROOT,
  userFolder,
} from "./paths.ts";
import { existing, PRESETS, USAGES } from "./usages.ts";

const read = (...path: string[]) => Deno.readTextFileSync(inRoot(...path));

/** Runs the notebooks; the folder of their executed copies. */
async function execute(args: Arguments): Promise<string> {
  const out = inRoot("notebooks", "figures");
  const child = new Deno.Command(DENO, {
    args: [
      ...["run", "--quiet", "-P=reproduce", "--frozen", "--cached-only"],
      ...["lib/cli/reproduce.ts", "--preset", args.oneOf("preset", PRESETS, "full")],
      ...["--out", out, ...args.words],
    ],
    cwd: ROOT,
    env: { DENO_DIR },
    stdin: "null",
  }).spawn();
  const { success } = await child.status;
  if (success) return out;
  throw new Error("Cannot build the site as a notebook has failed: see above");
}

/** The folder of executed copies that the command line names, or a new one. */
async function executed(args: Arguments): Promise<string> {
  const given = args.text("from");
  if (given === undefined) return await execute(args);
  if (args.text("preset") !== undefined) {
    throw new UsageError(
      "Cannot build the site as --preset and --from must not stand together: nothing is run",
    );
  }
  const found = existing(given);
  if (found !== undefined) return found;
  throw new UsageError(
    `Cannot build the site as --from must be a folder of executed copies: current value is "${given}"`,
  );
}

/** Where the site lies on its server, with a slash at both ends. */
function baseOf(given: string): string {
  if (/^[\w./~-]*$/.test(given)) return `/${given}/`.replaceAll(/\/+/g, "/");
  throw new UsageError(
    `Cannot build the site as --base must be a path such as /lora-dynamics/: current value is "${given}"`,
  );
}

/** The project's texts. */
function texts(): SiteOptions["texts"] {
  return [
    { folder: "notation", name: "Notation", source: read("notebooks", "NOTATION.md"), wide: true },
    {
      folder: "disagreements",
      name: "Disagreements",
      source: read("notebooks", "DISAGREEMENTS.md"),
    },
    { folder: "decisions", name: "Decisions", source: read("lib", "DECISIONS.md"), quiet: true },
    { folder: "licence", name: "Licence", source: `# Licence\n\n${read("LICENSE")}`, quiet: true },
  ];
}

/** The topics of the guide with the drawings that they show. */
function guide(): SiteOptions["guide"] {
  const file = (name: string) => read("lib", "site", "guide", name);
  return Object.entries(GUIDE).map(([name, about]) => {
    const source = file(`${name}.md`), shown = source.matchAll(/^!\[[^\]]*\]\(([\w-]+\.svg)\)$/gm);
    const drawings = Object.fromEntries(Array.from(shown, ([, svg]) => [svg, file(svg)]));
    return { folder: `guide/${name}`, name, about, source, drawings };
  });
}

/** Documentation of the library as set-up has made it, or made now where it has not. */
async function index(): Promise<SiteOptions["documentation"]> {
  try {
    return JSON.parse(Deno.readTextFileSync(INDEX));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return await documentation(publicModules());
  }
}

/** Version, commit and day, for the foot of every page. */
function made(): string {
  const { commit, date } = provenance();
  return `lora-dynamics ${library.version}, commit ${commit.slice(0, 9)}, built ${
    date.slice(0, 10)
  }`;
}

/** How cells are run in the pages, and in JupyterLite where that can be had. */
function editions(): Pick<SiteOptions, "live" | "lite"> {
  const project = { root: ROOT, deno: DENO, index: INDEX, python: PYTHON, cache: DENO_HOME };
  const live: Edition = (folder, names) => buildLive(folder, names, project);
  try {
    fetchWheel(project);
  } catch (error) {
    console.error(`site: there will be no JupyterLite: ${(error as Error).message}`);
    return { live };
  }
  return { live, lite: (folder, names) => buildLite(folder, names, project) };
}

async function site(args: Arguments): Promise<number> {
  const out = resolve(userFolder(), args.text("out") ?? inRoot("notebooks", "site"));
  const base = baseOf(args.text("base") ?? "/lora-dynamics/");
  const notebooks = args.words.length > 0 ? [...new Set(args.words)] : notebooksIn(NOTEBOOKS);
  checkOut(out); // before minutes of notebooks
  const from = await executed(args), start = performance.now();
  const { pages, claims, figures } = await buildSite({
    ...{ from, out, base, notebooks },
    texts: texts(),
    guide: guide(),
    documentation: await index(),
    made: made(),
    ...editions(),
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`site: ${pages} pages, ${claims} claims, ${figures} figures, ${seconds} s`);
  console.log(`site: open ${relative(userFolder(), out) || "."}/index.html`);
  return 0;
}

if (import.meta.main) await runTask("site", USAGES.site, site);
