/**
 * The code cells of a notebook as one module, so that they can be type-checked; messages about the
 * module are turned into messages about cells and lines.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { DENO } from "./paths.ts";

/** The code cells of a notebook in one text. */
export interface CellModule {
  /** Source of the module. */
  readonly text: string;
  /** For every line of the module, from 1: the cell it comes from and its line there. */
  readonly origin: readonly ({ readonly cell: number; readonly line: number } | undefined)[];
}

/** Joins the code cells of a notebook, given as the text of its file. */
export function cellModule(notebook: string): CellModule {
  const { cells } = JSON.parse(notebook) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  const lines: string[] = [];
  const origin: CellModule["origin"][number][] = [undefined];
  let cell = 0;
  for (const { cell_type, source } of cells) {
    if (cell_type !== "code") continue;
    cell++;
    const text = typeof source === "string" ? source : source.join("");
    for (const [index, line] of text.split("\n").entries()) {
      lines.push(line);
      origin.push({ cell, line: index + 1 });
    }
    // The kernel evaluates cells one by one: an expression never goes on in the next cell.
    lines.push(";");
    origin.push({ cell, line: 1 });
  }
  return { text: [...lines, "export {};", ""].join("\n"), origin };
}

/** Replaces places in the module `file` by notebook, cell and line in the output of a check. */
export function mapMessages(
  output: string,
  file: string,
  notebook: string,
  { origin }: CellModule,
): string {
  return output.replaceAll(
    /(?:file:\/\/)?[^\s()]*?([^\s()/]+):(\d+):(\d+)/g,
    (all, name, ...at) => {
      if (name !== basename(file)) return all;
      const place = origin[Number(at[0])];
      return place ? `${notebook} cell [${place.cell}] line ${place.line}:${at[1]}` : all;
    },
  );
}

/** Result of a type check. */
export interface CheckOutcome {
  /** What was checked. */
  readonly name: string;
  /** Whether no error was found. */
  readonly ok: boolean;
  /** What the compiler says, when it found one. */
  readonly output: string;
}

/** Type-checks modules with the pinned Deno. */
export async function checkModules(name: string, files: string[]): Promise<CheckOutcome> {
  const { success, stderr, stdout } = await new Deno.Command(DENO, {
    args: ["check", "--quiet", "--frozen", ...files],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  // The runtime's own call stack says nothing about the checked code.
  return { name, ok: success, output: output.split("\nStack backtrace:")[0].trim() };
}

/** The module, beside a notebook, so that imports resolve as in the kernel, of its code cells. */
const cellFile = (path: string) =>
  join(dirname(path), `.${basename(path, ".ipynb")}.${Deno.pid}.cells.ts`);

/**
 * Type-checks the code cells of a notebook: they are written to a module beside it, and the module
 * is removed again.
 *
 * @param path Path of the notebook.
 * @param name How messages call it.
 */
export async function checkCells(path: string, name = basename(path)): Promise<CheckOutcome> {
  const cells = cellModule(await Deno.readTextFile(path)), file = cellFile(path);
  try {
    await Deno.writeTextFile(file, cells.text);
    const { ok, output } = await checkModules(name, [file]);
    return { name, ok, output: mapMessages(output, file, name, cells) };
  } finally {
    await Deno.remove(file).catch(() => {});
  }
}

/**
 * Type-checks modules and the code cells of notebooks: all in one run of the compiler, which reads
 * the library once, and only if it finds an error each by itself, to say whose it is.
 */
export async function checkTogether(
  modules: { readonly name: string; readonly files: string[] },
  notebooks: readonly { readonly name: string; readonly path: string }[],
): Promise<CheckOutcome[]> {
  const files = notebooks.map(({ path }) => cellFile(path));
  try {
    for (const [index, { path }] of notebooks.entries()) {
      await Deno.writeTextFile(files[index], cellModule(await Deno.readTextFile(path)).text);
    }
    const { ok, output } = await checkModules("", [...modules.files, ...files]);
    if (ok) return [modules, ...notebooks].map(({ name }) => ({ name, ok, output }));
  } finally {
    for (const file of files) await Deno.remove(file).catch(() => {});
  }
  const outcomes = [await checkModules(modules.name, modules.files)];
  for (const { path, name } of notebooks) outcomes.push(await checkCells(path, name));
  return outcomes;
}
