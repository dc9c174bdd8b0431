/**
 * The library as modules for a browser.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { filesBelow } from "../../lib/cli/files.ts";
import { DENO, inRoot, ROOT } from "../../lib/cli/paths.ts";

/** What was bundled. */
export interface Bundle {
  /** Names of the output of every `mod.ts` of the library, relative to the folder of the bundle. */
  readonly modules: readonly string[];
  /** Folder in which packages lie by their names. */
  readonly packages: string;
}

/** The packages of `deno.json` as a folder `node_modules`, for tools that know no other place. */
function packagesIn(folder: string): string {
  // The same imports and the frozen lock: nothing is resolved anew, so a cache without the registry's
  // lists of versions is enough.
  const { imports, links } = JSON.parse(Deno.readTextFileSync(inRoot("deno.json")));
  const config = {
    imports,
    links: links.map((path: string) => inRoot(path)),
    nodeModulesDir: "auto",
  };
  Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify(config));
  Deno.copyFileSync(inRoot("deno.lock"), `${folder}/deno.lock`);
  const args = ["install", "--quiet", "--frozen", "--cached-only"];
  const { success, stderr } = new Deno.Command(DENO, { args, cwd: folder }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return `${folder}/node_modules`;
}

/** Name of the output of a source: all of them lie in one folder, so that one URL is right for all. */
const flat = (source: string) => source.replace(/\.ts$/, "").replaceAll("/", ".");

const asScript = (source: string) => source.replace(/\.ts$/, ".js");

/** Whether workers import the module by its URL. */
function isImportedByUrl(source: string): boolean {
  const code = Deno.readTextFileSync(inRoot(source)).replaceAll(/^\s*\*.*$/gm, "");
  return source.endsWith("/_worker.ts") || /\btask\(\s*import\.meta\.url/.test(code);
}

/**
 * A module keeps the URL that it would have beside the others of its folder, whichever file of the
 * bundle it lands in: data are found from there, and tasks keep different names.
 */
const ownUrls: esbuild.Plugin = {
  name: "own URLs",
  setup({ onLoad }) {
    onLoad({ filter: /\/lib\/.*\.ts$/ }, ({ path }) => {
      if (!path.startsWith(`${ROOT}/lib/`)) return;
      const url = `new URL("./${asScript(path.slice(ROOT.length + 1))}", import.meta.url)`;
      const contents = Deno.readTextFileSync(path)
        .replaceAll(/(new URL\("[^"]+)\.ts", import\.meta\.url\)/g, '$1.js", import.meta.url)')
        .replaceAll("import.meta.url", `${url}.href`);
      return { contents, loader: "ts" };
    });
  },
};

/** Bundles every `mod.ts` of the library but the tasks', and `main` as `main.js`, into `out`. */
export async function bundle(out: string, main: string): Promise<Bundle> {
  const packages = packagesIn(out);
  const sources = filesBelow("lib", /\.ts$/).filter((path) =>
    !/^lib\/(cli|kernels\/assembly)\/|\.d\.ts$/.test(path)
  );
  const modules = sources.filter((path) => /\/mod\.ts$/.test(path));
  const byUrl = sources.filter(isImportedByUrl);
  const entries = Object.fromEntries([...modules, ...byUrl].map((path) => [flat(path), path]));
  try {
    await esbuild.build({
      absWorkingDir: ROOT,
      entryPoints: { ...entries, main },
      outdir: out,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      charset: "utf8",
      nodePaths: [packages],
      // Otherwise Plot moves marks by half a pixel where the screen is coarse, but not our axes.
      define: { "window.devicePixelRatio": "2" },
      plugins: [ownUrls],
      logLevel: "warning",
    });
  } finally {
    await esbuild.stop();
  }
  for (const source of byUrl) {
    const target = `${out}/${asScript(source)}`;
    Deno.mkdirSync(target.replace(/[^/]*$/, ""), { recursive: true });
    const up = source.replaceAll(/[^/]+\//g, "../").replace(/[^/]*$/, "");
    Deno.writeTextFileSync(target, `export * from "${up}${flat(source)}.js";\n`);
  }
  return { modules: modules.map((path) => `${flat(path)}.js`), packages };
}
