/**
 * The edition in JupyterLite: the very same notebooks, opened, edited and kept in the browser, with the
 * kernel of the live pages.
 *
 * @module
 */
import * as esbuild from "esbuild";
import type { Project } from "../live/project.ts";
import { applicationFiles } from "./app.ts";

const EXTENSION = "lora-dynamics-kernel";

/** A date for all files: the same notebooks give the same edition. */
const DATE = "2026-01-01T00:00:00Z";

function write(path: string, content: string | Uint8Array): void {
  Deno.mkdirSync(path.replace(/[^/]*$/, ""), { recursive: true });
  if (typeof content === "string") Deno.writeTextFileSync(path, content);
  else Deno.writeFileSync(path, content);
}

/** The application's settings: the kernel, the list of files, nothing that asks for anything outside. */
function settings(given: Uint8Array): string {
  const config = JSON.parse(new TextDecoder().decode(given));
  Object.assign(config["jupyter-config-data"], {
    appName: "lora-dynamics",
    defaultKernelName: "deno",
    contentsAllJsonFile: "all.json",
    exposeAppInBrowser: true,
    federated_extensions: [
      { name: EXTENSION, load: "static/remoteEntry.js", extension: "./extension" },
    ],
    disabledExtensions: [
      "@jupyterlab/apputils-extension:announcements",
      // It asks at the root of the server, which may hold other projects.
      "@jupyterlite/application-extension:service-worker-manager",
    ],
    settingsOverrides: {
      "@jupyterlab/apputils-extension:themes": { "adaptive-theme": true },
      "@jupyterlab/apputils-extension:notification": {
        fetchNews: "false",
        checkForUpdates: false,
      },
    },
  });
  return JSON.stringify(config, null, 1);
}

/** A page with an icon of its own: otherwise a browser asks for one at the root of the server. */
function withIcon(page: Uint8Array, path: string): string {
  const icon = `${"../".repeat(path.split("/").length - 1)}lab/favicon.ico`;
  return new TextDecoder().decode(page).replace(
    "<head>",
    `<head>\n    <link rel="icon" href="${icon}">`,
  );
}

/** Icons by which a notebook says what it does; the application lists them and has none. */
const ICONS = ["busy-1", "busy-2", "busy-3", "notebook", "file", "terminal", "console"];

/** The list of files as JupyterLite reads it. */
function listing(files: readonly { name: string; size: number }[]): string {
  const common = {
    ...{ content: null, mimetype: null, writable: true, created: DATE, last_modified: DATE },
    ...{ hash: null, hash_algorithm: null },
  };
  const content = files.map(({ name, size }) => ({
    ...common,
    ...{ name, path: name, type: "notebook", format: null, size },
  }));
  const folder = { name: "", path: "", type: "directory", format: "json", size: null };
  return JSON.stringify({ ...common, ...folder, content });
}

/** The extension's folder. */
async function addExtension(folder: string, root: string): Promise<void> {
  const { version } = JSON.parse(Deno.readTextFileSync(`${root}/deno.json`));
  const data = {
    ...{ name: EXTENSION, version },
    jupyterlab: {
      extension: true,
      _build: { load: "static/remoteEntry.js", extension: "./extension" },
    },
    jupyterlite: { liteExtension: true },
  };
  write(`${folder}/package.json`, JSON.stringify(data));
  try {
    await esbuild.build({
      absWorkingDir: root,
      entryPoints: { remoteEntry: "lib/site/lite/extension.ts" },
      outdir: `${folder}/static`,
      define: { VERSION: JSON.stringify(version) },
      ...{ bundle: true, format: "iife", target: "es2022", charset: "utf8", logLevel: "warning" },
    });
  } finally {
    await esbuild.stop();
  }
}

/**
 * Makes the folder `lite` in `out`, beside `live`, whose kernel and library it runs: `buildLive` comes
 * first. A notebook opens at `lite/notebooks/index.html?path=NAME.ipynb`, all of them at
 * `lite/lab/index.html`.
 *
 * Needs `--allow-read`, `--allow-write`, `--allow-run`, `--allow-env`.
 *
 * @throws {Error} If JupyterLite's application can neither be found nor fetched.
 */
export async function buildLite(
  out: string,
  notebooks: readonly string[],
  project: Project,
): Promise<void> {
  const folder = `${out}/lite`, { root } = project;
  for (const { path, bytes } of applicationFiles(project)) {
    const isPage = path.endsWith(".html");
    const content = path === "jupyter-lite.json" ? settings(bytes) : bytes;
    write(`${folder}/${path}`, isPage ? withIcon(bytes, path) : content);
    if (path !== "lab/favicon.ico") continue;
    for (const name of ICONS) write(`${folder}/static/favicons/favicon-${name}.ico`, bytes);
  }
  const files = notebooks.map((name) => {
    const bytes = Deno.readFileSync(`${root}/notebooks/${name}.ipynb`);
    write(`${folder}/files/${name}.ipynb`, bytes);
    return { name: `${name}.ipynb`, size: bytes.length };
  });
  write(`${folder}/api/contents/all.json`, listing(files));
  write(`${folder}/build/schemas/all_federated.json`, "[]");
  const english = { displayName: "English", nativeName: "English" };
  write(
    `${folder}/api/translations/all.json`,
    JSON.stringify({ data: { en: english }, message: "" }),
  );
  write(`${folder}/api/translations/en.json`, JSON.stringify({ data: {}, message: "" }));
  await addExtension(`${folder}/extensions/${EXTENSION}`, root);
}
