/**
 * The notebook that runs: its code as saved, and whether that is what was committed.
 *
 * @module
 */
import { platform, sha256 } from "../../platform/mod.ts";

/** A notebook by its code. */
export interface NotebookState {
  /** Name of the file. */
  readonly name: string;
  /** First 16 digits of the SHA-256 of its code cells, as saved. */
  readonly cells: string;
  /** Whether they differ from those of the commit. */
  readonly changed: boolean | "unknown";
}

/** Hash of the code cells of a notebook's text; nothing if it is no notebook. */
export function hashOfCells(text: string): string | undefined {
  try {
    const { cells } = JSON.parse(text) as {
      cells: { cell_type: string; source: string | string[] }[];
    };
    const code = cells.filter(({ cell_type }) => cell_type === "code")
      .map(({ source }) => [source].flat().join(""));
    return sha256(new TextEncoder().encode(JSON.stringify(code))).slice(0, 16);
  } catch {
    return undefined;
  }
}

/**
 * State of the notebook at `path`, which Jupyter names in JPY_SESSION_NAME, in the checkout `root`; null
 * when none runs or its file cannot be read.
 */
export function notebookState(
  root: URL,
  path = platform.environment("JPY_SESSION_NAME"),
): NotebookState | null {
  if (!path?.endsWith(".ipynb")) return null;
  let cells: string | undefined;
  try {
    cells = hashOfCells(platform.files.readText(path));
  } catch { /* moved, or not to be read */ }
  if (cells === undefined) return null;
  const name = path.split(/[\\/]/).at(-1)!, folder = platform.files.path(root);
  const inside = path.startsWith(folder)
    ? path.slice(folder.length).replace(/^[\\/]/, "")
    : undefined;
  const before = inside &&
    platform.machine.run("git", ["show", `HEAD:./${inside.replaceAll("\\", "/")}`], root);
  return { name, cells, changed: before ? hashOfCells(before) !== cells : "unknown" };
}
