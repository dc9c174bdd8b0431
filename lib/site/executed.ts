/**
 * Executed copies of notebooks, as `reproduce` leaves them: what ran, and that it ran.
 *
 * @module
 */

/** What a cell has put out. */
export type Output =
  | { readonly kind: "stream"; readonly name: string; readonly text: string }
  | { readonly kind: "data"; readonly data: Readonly<Record<string, unknown>> };

/** A cell of text. */
export interface TextCell {
  readonly kind: "text";
  /** Place among all cells, from 1. */
  readonly place: number;
  readonly source: string;
}

/** A cell of code. */
export interface CodeCell {
  readonly kind: "code";
  /** Number among the code cells, from 1. */
  readonly number: number;
  readonly source: string;
  readonly outputs: readonly Output[];
}

/** An executed notebook. */
export interface Executed {
  /** Name without `.ipynb`. */
  readonly slug: string;
  /** All cells in order. */
  readonly cells: readonly (TextCell | CodeCell)[];
  /** The text of the file. */
  readonly file: string;
}

/** Texts of a notebook's file are texts or lists of lines. */
export function joined(text: unknown): string {
  return Array.isArray(text) ? text.join("") : typeof text === "string" ? text : "";
}

// deno-lint-ignore no-explicit-any -- the format of Jupyter's files
type Raw = any;

function output(raw: Raw, fail: (reason: string) => never): Output {
  if (raw.output_type === "error") fail(`failed with ${raw.ename}: ${raw.evalue}`);
  if (raw.output_type === "stream") {
    return { kind: "stream", name: String(raw.name), text: joined(raw.text) };
  }
  return { kind: "data", data: raw.data ?? {} };
}

/** What one cell prints in several pieces is one text. */
function flowing(outputs: readonly Output[]): Output[] {
  const whole: Output[] = [];
  for (const output of outputs) {
    const last = whole.at(-1);
    if (output.kind === "stream" && last?.kind === "stream" && last.name === output.name) {
      whole[whole.length - 1] = { ...last, text: last.text + output.text };
    } else whole.push(output);
  }
  return whole;
}

/**
 * Reads an executed copy.
 *
 * @param slug Name of the notebook.
 * @param file The text of its file.
 * @throws {Error} If it is no notebook, a cell has not run or has failed, or nothing was put out.
 */
export function readExecuted(slug: string, file: string): Executed {
  const fail = (reason: string): never => {
    throw new Error(
      `Cannot build the page of ${slug} as its executed copy must be whole: ${reason}`,
    );
  };
  let raw: Raw;
  try {
    raw = JSON.parse(file);
  } catch (error) {
    fail(`it is not JSON (${(error as Error).message})`);
  }
  if (!Array.isArray(raw?.cells)) fail("it has no cells");
  let number = 0;
  const cells = raw.cells.map((cell: Raw, index: number): TextCell | CodeCell => {
    const source = joined(cell.source);
    if (cell.cell_type !== "code") return { kind: "text", place: index + 1, source };
    number++;
    const failed = (reason: string): never =>
      fail(`code cell ${number} (${source.split("\n", 1)[0].slice(0, 60)}) ${reason}`);
    const outputs = (cell.outputs ?? []).map((each: Raw) => output(each, failed));
    if (cell.execution_count == null && source.trim() !== "") failed("has not run");
    return { kind: "code", number, source, outputs: flowing(outputs) };
  });
  const code = cells.filter(({ kind }: { kind: string }) => kind === "code") as CodeCell[];
  if (code.every(({ outputs }) => outputs.length === 0)) fail("no cell has an output");
  return { slug, cells, file };
}
