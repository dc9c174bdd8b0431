/**
 * The one place that knows versions and paths of the tool chain.
 *
 * @module
 */
import { dirname, join } from "node:path";

/** The Deno that runs every task and every notebook; see `tests/notebooks/` before moving it. */
export const DENO_VERSION = "2.8.1";

/** The oldest Python that the pinned packages of `requirements.txt` accept. */
export const PYTHON_MINIMUM: readonly [number, number] = [3, 10];

/** Absolute path of the project folder. */
export const ROOT: string = dirname(dirname(import.meta.dirname!));

/** Absolute path of a file of the project. */
export function inRoot(...parts: string[]): string {
  return join(ROOT, ...parts);
}

/** Folder of the pinned binary, its cache and the stamps of set-up. */
export const DENO_HOME: string = inRoot(".deno");

/** The pinned Deno binary. */
export const DENO: string = inRoot(".deno", "deno");

/** `DENO_DIR` of everything that the tasks start. */
export const DENO_DIR: string = inRoot(".deno", "cache");

/** The library's documentation as the kernel's launcher reads it, beside the binary. */
export const INDEX: string = inRoot(".deno", "documentation.json");

/** The Python environment with JupyterLab, nbclient and nbconvert. */
export const VENV: string = inRoot(".venv");

/** Python of that environment. */
export const PYTHON: string = inRoot(".venv", "bin", "python");

/** Folder of the notebooks. */
export const NOTEBOOKS: string = inRoot("notebooks");

/** Folder of the user's shell, where relative paths on the command line start. */
export function userFolder(): string {
  return Deno.env.get("INIT_CWD") ?? Deno.cwd();
}

/**
 * Environment of every Jupyter process: settings, run-time files and kernels of this project alone,
 * whatever is installed in the user's home.
 */
export const JUPYTER_ENVIRONMENT: Readonly<Record<string, string>> = {
  JUPYTER_CONFIG_DIR: inRoot(".deno", "jupyter", "config"),
  JUPYTER_DATA_DIR: inRoot(".deno", "jupyter", "data"),
  JUPYTER_RUNTIME_DIR: inRoot(".deno", "jupyter", "runtime"),
  JUPYTER_PLATFORM_DIRS: "1",
  JUPYTER_PREFER_ENV_PATH: "1",
  JUPYTER_PATH: "",
};
