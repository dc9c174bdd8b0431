/**
 * The library as a package for npm: modules as they stand, as JavaScript with types, and the data and
 * packages that they read.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { dirname } from "node:path";
import { DATA, FONT_PACKAGE, PACKAGE_FILES, sourcesOf, SYMBOLS } from "../../site/live/library.ts";
import { inRoot, ROOT } from "../paths.ts";
import { declare } from "./declarations.ts";
import { type Config, importMap, manifest } from "./manifest.ts";
import { packagesOf, renamed, renamedDeclaration } from "./specifiers.ts";

/** Files that the package has as they are; the lock file is for provenance and for sweeps. */
const COPIES = ["LICENSE", "CHANGELOG.md", "deno.lock", ...DATA];

function write(path: string, text: string): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, text);
}

/** Writes the sources as JavaScript and returns the packages that they import. */
async function scripts(sources: readonly string[], out: string): Promise<string[]> {
  try {
    const { outputFiles } = await esbuild.build({
      absWorkingDir: ROOT,
      entryPoints: [...sources],
      outdir: out,
      outbase: ROOT,
      bundle: false,
      write: false,
      format: "esm",
      // Node 22 and browsers know no `using` yet.
      target: "es2022",
      supported: { "import-attributes": true },
      charset: "utf8",
      logLevel: "warning",
    });
    return outputFiles.flatMap(({ path, text }) => {
      const code = renamed(text);
      write(path, code.includes("Symbol.dispose") ? `${SYMBOLS}\n${code}` : code);
      return packagesOf(code);
    });
  } finally {
    await esbuild.stop();
  }
}

/** Writes the declarations of the sources. */
async function types(sources: readonly string[], out: string): Promise<void> {
  const scratch = await Deno.makeTempDir();
  try {
    await declare(sources, scratch);
    for (const source of sources) {
      const path = source.replace(/\.ts$/, ".d.ts");
      const text = Deno.readTextFileSync(`${scratch}/${path}`);
      write(`${out}/${path}`, renamedDeclaration(text, path, ROOT));
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/**
 * Makes the package in the folder `out`, which is emptied first.
 *
 * Needs `--allow-read`, `--allow-write`, `--allow-run`, `--allow-env`.
 *
 * @throws {Error} If types are wrong, or a package that is imported has no exact version.
 */
export async function buildPackage(out: string): Promise<void> {
  const config: Config = JSON.parse(Deno.readTextFileSync(inRoot("deno.json")));
  const sources = sourcesOf(ROOT);
  await Deno.remove(out, { recursive: true }).catch(() => {});
  const [imported] = await Promise.all([scripts(sources, out), types(sources, out)]);
  const read = [FONT_PACKAGE, ...PACKAGE_FILES].flatMap((path) => packagesOf(`import "${path}"`));
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  write(`${out}/package.json`, json(manifest(config, [...imported, ...read])));
  write(`${out}/deno.json`, json(importMap(config)));
  write(`${out}/README.md`, Deno.readTextFileSync(inRoot("lib", "site", "guide", "library.md")));
  for (const path of COPIES) {
    Deno.mkdirSync(dirname(`${out}/${path}`), { recursive: true });
    Deno.copyFileSync(inRoot(path), `${out}/${path}`);
  }
}
