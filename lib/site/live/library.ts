/**
 * The library as modules for a browser.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { readdirSync } from "node:fs";
import { widthsOf } from "./font_widths.ts";
import { packagesIn } from "./packages.ts";
import type { Project } from "./project.ts";

/** What was bundled. */
export interface Library {
  /** File of every `mod.ts` of the library by its path from the project folder. */
  readonly modules: Readonly<Record<string, string>>;
}

/** More than the library itself. */
export interface LibraryOptions {
  /** Further scripts, which share the library's parts: source by the name of the file without end. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Folder with the packages by their names; default: a new one, for as long as it takes. */
  readonly packages?: string;
}

/** Packages that a cell may import, besides the library, by the name of their file. */
export const PACKAGES: Readonly<Record<string, string>> = {
  "mathjs": "mathjs",
  "@observablehq/plot": "plot",
};

/** Files that are read while the library runs. */
export const DATA = ["data/digits.csv.gz", "data/digits-test.csv", "CITATION.cff"];

/** Package of the fonts that figures are set in, and their names in its folder `ttf`. */
export const FONT_PACKAGE = "dejavu-fonts-ttf";
const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf"];

/** Files of packages that are read when a picture is drawn. */
export const PACKAGE_FILES = ["@resvg/resvg-wasm/index_bg.wasm"];

/** Browsers without explicit resource management get the symbols that lowered code asks for. */
export const SYMBOLS = '"dispose" in Symbol||(Symbol.dispose=Symbol.for("Symbol.dispose"));' +
  '"asyncDispose" in Symbol||(Symbol.asyncDispose=Symbol.for("Symbol.asyncDispose"));';

/** Name of the output of a source: all of them lie in one folder, so that one URL is right for all. */
const flat = (source: string) => source.replace(/\.ts$/, "").replaceAll("/", ".");

const asScript = (source: string) => source.replace(/\.ts$/, ".js");

/** Sources of what runs in a browser. */
export function sourcesOf(root: string): string[] {
  const all = readdirSync(`${root}/lib`, { recursive: true }).map((path) => `lib/${path}`).sort();
  return all.filter((path) =>
    path.endsWith(".ts") && !/^lib\/(cli|site|kernels\/assembly)\/|\.d\.ts$/.test(path)
  );
}

/** Whether workers import the module by its URL. */
function isImportedByUrl(path: string): boolean {
  const code = Deno.readTextFileSync(path).replaceAll(/^\s*\*.*$/gm, "");
  return /\/_\w*worker\.ts$/.test(path) || /\btask\(\s*import\.meta\.url,\s*"\w+"/.test(code);
}

/**
 * A module keeps the URL that it would have beside the others of its folder, whichever file of the
 * bundle it lands in: data are found from there, and tasks keep different names.
 */
const ownUrls = (root: string): esbuild.Plugin => ({
  name: "own URLs",
  setup({ onLoad }) {
    onLoad({ filter: /\/lib\/.*\.ts$/ }, ({ path }) => {
      if (!path.startsWith(`${root}/lib/`) || path.startsWith(`${root}/lib/site/`)) return;
      const url = `new URL("./${asScript(path.slice(root.length + 1))}", import.meta.url)`;
      const contents = Deno.readTextFileSync(path)
        .replaceAll(/(new URL\("[^"]+)\.ts", import\.meta\.url\)/g, '$1.js", import.meta.url)')
        .replaceAll("import.meta.url", `${url}.href`);
      return { contents, loader: "ts" };
    });
  },
});

/** What all builds have in common. */
function settings(root: string, out: string, packages: string): esbuild.BuildOptions {
  return {
    absWorkingDir: root,
    outdir: out,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    banner: { js: SYMBOLS },
    nodePaths: [packages],
    // Otherwise Plot moves marks by half a pixel where the screen is coarse, but not our axes.
    define: { "window.devicePixelRatio": "2" },
    logLevel: "warning",
  };
}

/** A module where workers look for it by the path of its source. */
function forward(out: string, source: string): void {
  const target = `${out}/${asScript(source)}`;
  Deno.mkdirSync(target.replace(/[^/]*$/, ""), { recursive: true });
  const up = source.replaceAll(/[^/]+\//g, "../").replace(/[^/]*$/, "");
  Deno.writeTextFileSync(target, `export * from "${up}${flat(source)}.js";\n`);
}

function copy(from: string, to: string): void {
  Deno.mkdirSync(to.replace(/[^/]*$/, ""), { recursive: true });
  Deno.copyFileSync(from, to);
}

/**
 * Bundles every `mod.ts` of the library, its workers and tasks, as modules that share their parts, into
 * the folder `out`, with data and fonts beside them. Nothing in it asks for anything outside of it.
 * Names stay readable, so that an error's stack says where it comes from.
 *
 * Needs `--allow-read`, `--allow-write`, `--allow-run`, `--allow-env`.
 */
export async function buildLibrary(
  out: string,
  project: Project,
  options: LibraryOptions = {},
): Promise<Library> {
  const { root } = project, sources = sourcesOf(root);
  const modules = sources.filter((path) => /(^|\/)mod\.ts$/.test(path));
  const byUrl = sources.filter((path) => isImportedByUrl(`${root}/${path}`));
  const entries = Object.fromEntries([...modules, ...byUrl].map((path) => [flat(path), path]));
  const names = Object.fromEntries(modules.map((path) => [path, `${flat(path)}.js`]));
  const scratch = await Deno.makeTempDir();
  try {
    const packages = options.packages ?? packagesIn(scratch, project);
    const common = settings(root, out, packages);
    await esbuild.build({
      ...common,
      entryPoints: { ...entries, ...options.scripts },
      chunkNames: "part-[hash]",
      splitting: true,
      define: { ...common.define, ...constants(names) },
      plugins: [ownUrls(root)],
    });
    // By themselves: the library's own share of them is small.
    await esbuild.build({
      ...common,
      entryPoints: Object.fromEntries(Object.entries(PACKAGES).map(([name, to]) => [to, name])),
      minify: true,
    });
    for (const source of byUrl) forward(out, source);
    for (const path of DATA) copy(`${root}/${path}`, `${out}/${path}`);
    for (const font of FONTS.map((name) => `${FONT_PACKAGE}/ttf/${name}`)) {
      const to = `${out}/packages/${font}`;
      copy(`${packages}/${font}`, to);
      Deno.writeFileSync(to.replace(/ttf$/, "widths"), widthsOf(Deno.readFileSync(to)));
    }
    for (const path of PACKAGE_FILES) copy(`${packages}/${path}`, `${out}/packages/${path}`);
    return { modules: names };
  } finally {
    await esbuild.stop();
    await Deno.remove(scratch, { recursive: true });
  }
}

/** What the kernel knows of the bundle. */
function constants(modules: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(modules).map((
    [path, file],
  ) => [path === "lib/mod.ts" ? "lora-dynamics" : path.replace(/^lib/, "lora-dynamics"), file]);
  const packages = Object.entries(PACKAGES).map(([name, to]) => [name, `${to}.js`]);
  return { IMPORTABLE: JSON.stringify(Object.fromEntries([...own, ...packages])) };
}
