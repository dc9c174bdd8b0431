/**
 * The notebook as a file, with the reader's edits and outputs.
 *
 * @module
 */
import type { SavedOutput } from "./outputs.ts";

/** A cell of an `.ipynb` file, as far as it is changed here. */
interface FileCell {
  cell_type: string;
  source: string | string[];
  outputs?: unknown[];
  execution_count?: number | null;
}

/** What the page knows of a code cell. */
export interface PageCell {
  readonly code: string;
  readonly saved?: readonly SavedOutput[];
}

/** Lines of a text as notebooks keep them. */
const lines = (text: string) => text.split(/(?<=\n)/);

/**
 * The published file with the code cells and outputs of the page, in their order.
 *
 * @throws {TypeError} If the file has another number of code cells.
 */
export function notebookFile(published: string, cells: readonly PageCell[]): string {
  const file = JSON.parse(published) as { cells: FileCell[] };
  const code = file.cells.filter(({ cell_type }) => cell_type === "code");
  if (code.length !== cells.length) {
    throw new TypeError(
      `Cannot write the notebook as it must have ${cells.length} code cells: it has ${code.length}`,
    );
  }
  code.forEach((cell, i) => {
    const { code, saved } = cells[i];
    cell.source = lines(code);
    cell.outputs = saved ? [...saved] : [];
    cell.execution_count = saved ? i + 1 : null;
  });
  return `${JSON.stringify(file, null, 1)}\n`;
}
