/**
 * JupyterLite's application, from the wheel that PyPI has.
 *
 * @module
 */
import { gunzipSync, unzipSync } from "fflate";
import { sha256 } from "../../platform/mod.ts";
import type { Project } from "../live/project.ts";
import { type ArchivedFile, untar } from "./untar.ts";

/** The one version that the kernel is tried with. */
export const JUPYTERLITE = "0.8.6";

const WHEEL = `jupyterlite_core-${JUPYTERLITE}-py3-none-any.whl`;
const HASH = "2c77f7ca2a667e5404800632abedbc83d3edb9cc73303aa357016138e94e7aaa";

/** Sources of scripts, settings of its own build: nothing that a page loads. */
const UNUSED = /\.map$|^rspack|^package\.json$/;

function readWheel(folder: string): Uint8Array | undefined {
  try {
    const bytes = Deno.readFileSync(`${folder}/${WHEEL}`);
    return sha256(bytes) === HASH ? bytes : undefined;
  } catch {
    return undefined; // not there yet
  }
}

/**
 * The wheel; pip fetches it when it is not there. Nothing of it is run.
 *
 * @throws {Error} If it is not there and cannot be fetched.
 */
export function fetchWheel({ python, cache }: Project): Uint8Array {
  const folder = `${cache}/jupyterlite`;
  const found = readWheel(folder);
  if (found) return found;
  const options = ["--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--retries", "1"];
  const { stderr } = new Deno.Command(python, {
    args: [
      ...["-I", "-m", "pip", "download", "--quiet", ...options],
      ...["--dest", folder, `jupyterlite-core==${JUPYTERLITE}`],
    ],
    stdin: "null",
  }).outputSync();
  const fetched = readWheel(folder);
  if (fetched) return fetched;
  throw new Error(
    `Cannot build the JupyterLite edition as pip must fetch jupyterlite-core ${JUPYTERLITE} (16 MB), ` +
      `with its known checksum: ${new TextDecoder().decode(stderr).trim().split("\n").at(-1)}`,
  );
}

/**
 * The files of the application, by their path from its start.
 *
 * @throws {Error} If the package index cannot be reached and the wheel is not in the cache.
 */
export function applicationFiles(project: Project): ArchivedFile[] {
  const app = /jupyterlite-app-[\d.]+\.tgz$/;
  const [archive] = Object.values(
    unzipSync(fetchWheel(project), { filter: ({ name }) => app.test(name) }),
  );
  return untar(gunzipSync(archive))
    .map(({ path, bytes }) => ({ path: path.replace(/^package\//, ""), bytes }))
    .filter(({ path }) => !UNUSED.test(path));
}
