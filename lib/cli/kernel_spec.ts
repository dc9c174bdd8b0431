/**
 * The files that tell Jupyter about the Deno kernel of this project.
 *
 * @module
 */
import { DENO, DENO_DIR, inRoot, PYTHON } from "./paths.ts";

/** A file to be written by set-up. */
export interface GeneratedFile {
  /** Absolute path. */
  readonly path: string;
  /** Whole text. */
  readonly text: string;
}

/**
 * Kernel description and JupyterLab settings; all paths are absolute, so they are written anew when
 * the project folder moves.
 */
export function kernelFiles(): GeneratedFile[] {
  const spec = {
    argv: [PYTHON, "-IB", inRoot("lib", "cli", "kernel"), DENO, "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    interrupt_mode: "signal",
    env: { DENO_DIR, NO_COLOR: "1", DENO_NO_PROMPT: "1", DENO_NO_UPDATE_CHECK: "1" },
  };
  const settings = {
    "@jupyterlab/apputils-extension:notification": { checkForUpdates: false, fetchNews: "false" },
  };
  const json = (value: unknown) => JSON.stringify(value, null, 2) + "\n";
  return [
    {
      path: inRoot(".venv", "share", "jupyter", "kernels", "deno", "kernel.json"),
      text: json(spec),
    },
    {
      path: inRoot(".venv", "share", "jupyter", "lab", "settings", "overrides.json"),
      text: json(settings),
    },
  ];
}
