/**
 * Which cells of a notebook a few of its figures need.
 *
 * @module
 */
import { basename } from "node:path";
import { type CellNames, cellNames } from "./cell_names.ts";

/** The code cells of a notebook, read. */
export interface ReadNotebook {
  /** Name of the notebook without `.ipynb`. */
  readonly name: string;
  /** Its code cells, in order. */
  readonly cells: readonly CellNames[];
}

/** Part of a notebook. */
export interface Part {
  /** Ids of the figures that it is for. */
  readonly figures: readonly string[];
  /** Numbers of the code cells to run, from 1. */
  readonly cells: readonly number[];
}

/**
 * Reads the code cells of a notebook, given as path and text of its file.
 *
 * @throws {Error} If a cell cannot be read; the message names it.
 */
export function readNotebook(path: string, text: string): ReadNotebook {
  const { cells } = JSON.parse(text) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  const sources = cells.filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => typeof source === "string" ? source : source.join(""));
  const read = (source: string, index: number) => {
    try {
      return cellNames(source);
    } catch (error) {
      throw new Error(
        `Cannot run reproduce as with --only every cell must be readable: ${basename(path)}, ` +
          `cell [${index + 1}]: ${(error as Error).message}`,
      );
    }
  };
  return { name: basename(path, ".ipynb"), cells: sources.map(read) };
}

/** Ids that a notebook saves, `*` for a part that is computed. */
export function figuresOf({ cells }: ReadNotebook): string[] {
  return cells.flatMap(({ saves }) => saves);
}

/** Whether an id is the known one, or one that it may become when the notebook runs. */
function fits(known: string, id: string): boolean {
  const parts = known.split("*").map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join(".+")}$`).test(id);
}

/** Numbers of the cells, from 1, that save the figure. */
function saving({ cells }: ReadNotebook, isIt: (known: string) => boolean): number[] {
  return cells.flatMap(({ saves }, index) => saves.some(isIt) ? [index + 1] : []);
}

/** The cell with all that it needs of the cells before it, in order. */
function withNeeds({ cells }: ReadNotebook, target: number): number[] {
  const before = cells.slice(0, target - 1);
  const provides = (cell: CellNames, name: string) =>
    cell.declares.has(name) || cell.changes.has(name);
  const needed = new Set([target]);
  const open = [cells[target - 1]];
  const take = (index: number) => {
    if (needed.has(index + 1)) return;
    needed.add(index + 1);
    open.push(cells[index]);
  };
  const declared = new Set(cells.flatMap(({ declares }) => [...declares]));
  // A change of what no cell declares, such as the environment, may concern any cell.
  const isGlobal = (name: string) => !declared.has(name);
  for (const [index, cell] of before.entries()) {
    if (cell.prepares || [...cell.changes].some(isGlobal)) take(index);
  }
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    for (const name of cell.uses) {
      for (const [index, other] of before.entries()) if (provides(other, name)) take(index);
    }
  }
  return [...needed];
}

/**
 * For every notebook that saves one of the figures, the cells that these need.
 *
 * A cell needs those that declare or change a name it uses, and what they need in turn. All of them
 * count that stand before the figure, so a name that is declared twice brings both.
 *
 * @throws {RangeError} If no notebook saves a figure; the message lists those that are known.
 */
export function partialsOf(
  notebooks: readonly ReadNotebook[],
  ids: readonly string[],
): Map<string, Part> {
  const found = new Map<string, { figures: string[]; cells: Set<number> }>();
  for (const id of new Set(ids)) {
    const search = (isIt: (known: string) => boolean) =>
      notebooks.flatMap((one) => saving(one, isIt).map((cell) => [one, cell] as const));
    const exact = search((known) => known === id);
    const targets = exact.length > 0 ? exact : search((known) => fits(known, id));
    if (targets.length === 0) throw unknown(notebooks, id);
    for (const [notebook, target] of targets) {
      const part = found.get(notebook.name) ?? { figures: [], cells: new Set() };
      found.set(notebook.name, part);
      if (!part.figures.includes(id)) part.figures.push(id);
      for (const cell of withNeeds(notebook, target)) part.cells.add(cell);
    }
  }
  return new Map(
    [...found].map(([name, { figures, cells }]) => [
      name,
      { figures, cells: [...cells].sort((a, b) => a - b) },
    ]),
  );
}

function unknown(notebooks: readonly ReadNotebook[], id: string): RangeError {
  const lists = notebooks.map((one) => `  ${one.name}: ${figuresOf(one).join(", ") || "none"}`);
  return new RangeError(
    `Cannot run reproduce as --only must list figures of the chosen notebooks: ` +
      `current value is "${id}"; there are\n${lists.join("\n")}`,
  );
}
