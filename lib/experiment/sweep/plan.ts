/**
 * The plan of a sweep, for all engines alike: which cells there are, how each is named, which are
 * equal, and how its rows become rows of the table.
 *
 * @module
 */
import { show } from "../../check.ts";
import type { Row } from "../table/row.ts";
import { canonicalEntries, cellHash, isPlain, joinEntries, type OfFunction } from "./cell.ts";
import { isScalar, joinColumns } from "./columns.ts";
import { isTask, type Run, type Seed } from "./task.ts";

/** One computation: a cell with a seed. */
export interface Place {
  /** The cell. */
  readonly cell: Readonly<Record<string, unknown>>;
  /** Its seed, when the sweep has seeds. */
  readonly seed?: Seed;
  /** Name of its result in a store; none for a closure or a cell that holds a function. */
  readonly hash?: string;
  /** Its parameters and seed as columns, objects and arrays as canonical JSON. */
  readonly columns: Row;
}

/** A sweep, planned. */
export interface Plan {
  /** Every cell with every seed in grid order; equal ones are the same object. */
  readonly places: readonly Place[];
  /** Each of them once. */
  readonly distinct: readonly Place[];
  /** Whether every cell is JSON, so that it can be sent and named. */
  readonly travels: boolean;
  /** The rows of the table that a place gives: columns that tell cells apart, then its own. */
  readonly rows: (place: Place, rows: readonly Row[]) => Row[];
}

/** What is planned. */
export interface Planned {
  /** What is computed. */
  readonly run: Run<never, Row>;
  /** The cells. */
  readonly cells: readonly object[];
  /** Every cell is computed once per seed. */
  readonly seeds?: readonly Seed[];
  /** For every cell further columns of its rows. */
  readonly columns?: readonly Row[];
}

const WHAT = "run the sweep";

function checkSeed(name: string, seed: unknown): void {
  if (typeof seed === "string") return;
  throw new TypeError(
    `Cannot ${WHAT} as ${name} must be text, such as "7": current value is ${show(seed)}`,
  );
}

function checkSeeds(seeds: readonly Seed[]): void {
  if (!Array.isArray(seeds)) {
    throw new TypeError(`Cannot ${WHAT} as seeds must be a list: current value is ${show(seeds)}`);
  }
  seeds.forEach((seed, i) => checkSeed(`seeds[${i}]`, seed));
  if (new Set(seeds).size < seeds.length) {
    throw new RangeError(`Cannot ${WHAT} as seeds must differ: current value is ${show(seeds)}`);
  }
}

/** A row of scalars for every cell, without names of its parameters. */
function checkMore(more: readonly Row[], cells: readonly object[]): void {
  if (!Array.isArray(more) || more.length !== cells.length) {
    throw new TypeError(
      `Cannot ${WHAT} as columns must be a list of ${cells.length} objects, one for each cell: ` +
        `current value is ${show(more)}`,
    );
  }
  more.forEach((row, i) => {
    const wrong = Object.keys(row).find((key) =>
      !isScalar(row[key]) ||
      (Object.hasOwn(cells[i], key) && !Object.is(row[key], Reflect.get(cells[i], key)))
    );
    if (wrong === undefined) return;
    throw new TypeError(
      `Cannot ${WHAT} as columns[${i}].${wrong} must be a number, a text or a flag, and no other value than ` +
        `that of a parameter of this name: current value is ${show(row[wrong])}`,
    );
  });
}

/** Names functions, `relu()` beside the text `relu`, and those that share a name by a number. */
function functionNames(): OfFunction {
  const names = new Map<unknown, string>(), used = new Map<string, number>();
  return (value) => {
    const known = names.get(value);
    if (known !== undefined) return known;
    const name = `${value.name || "function"}()`, count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    names.set(value, count === 1 ? name : `${name} (${count})`);
    return names.get(value)!;
  };
}

/** The columns of many cells; the text of a long parameter is held once, however often it occurs. */
class Columns {
  /** Parameters without a place of their own in a table: what they were, and in how many cells. */
  readonly #texts = new Map<string, Map<string, string>>();
  readonly #counts = new Map<string, number>();
  #cells = 0;

  of(cell: Place["cell"], entries: readonly (readonly [string, string])[]): Row {
    this.#cells++;
    return Object.fromEntries(entries.map(([key, text]) => {
      const value = cell[key];
      if (isScalar(value)) return [key, value];
      const texts = this.#texts.get(key) ?? new Map<string, string>();
      this.#texts.set(key, texts);
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
      if (!texts.has(text)) texts.set(text, text);
      return [key, texts.get(text)!];
    }));
  }

  /** Objects, arrays and functions that are the same in all cells: rows stay readable without them. */
  hidden(): Set<string> {
    const same = [...this.#texts].filter(([key, texts]) =>
      texts.size === 1 && this.#counts.get(key) === this.#cells
    );
    return new Set(same.map(([key]) => key));
  }
}

/**
 * Plans a sweep.
 *
 * @param code Hash of the code of the task, for results that outlive the process.
 * @param mustTravel Whether cells are kept or sent, so that none may hold a function.
 * @throws {TypeError} If a cell is not plain JSON with finite numbers, or functions where they may
 * be, or a seed is no text; names what it is.
 */
export function plan(
  { run, cells, seeds, columns: more }: Planned,
  code?: string,
  mustTravel = false,
): Plan {
  if (!Array.isArray(cells)) {
    throw new TypeError(
      `Cannot ${WHAT} as cells must be an array, e.g. of grid(): current value is ${show(cells)}`,
    );
  }
  if (seeds !== undefined) checkSeeds(seeds);
  if (more !== undefined) checkMore(more, cells);
  const all = new Columns(), nameOf = functionNames(), known = new Map<string, Place>();
  let travels = true;
  const places = cells.flatMap((cell: unknown, i): Place[] => {
    if (!isPlain(cell)) {
      throw new TypeError(
        `Cannot ${WHAT} as cells[${i}] must be an object: current value is ${show(cell)}`,
      );
    }
    let json = true;
    const ofFunction: OfFunction = (value, path) => {
      json = travels = false;
      return nameOf(value, path);
    };
    const entries = entriesOf(cell, i, mustTravel ? undefined : ofFunction);
    const extra = more?.[i] ?? {}, columns = { ...all.of(cell, entries), ...extra };
    if (Object.hasOwn(cell, "seed")) {
      if (seeds) throw new TypeError(`Cannot ${WHAT} as cells[${i}] has a seed beside the seeds`);
      checkSeed(`cells[${i}].seed`, cell.seed);
    }
    const named = more ? [...entries, ...canonicalEntries(extra, `columns[${i}]`)] : entries;
    const text = json && isTask(run) ? joinEntries(named) : undefined;
    return (seeds ?? [undefined]).map((seed) => {
      const own = seed === undefined
        ? { cell, columns }
        : { cell, seed, columns: { ...columns, seed } };
      if (text === undefined) return own;
      const hash = cellHash(run as never, text, seed, code);
      const place = known.get(hash) ?? { ...own, hash };
      known.set(hash, place);
      return place;
    });
  });
  const hidden = all.hidden();
  return {
    ...{ places, distinct: [...new Set(places)], travels },
    rows: ({ columns }, rows) => joinColumns(columns, rows, hidden),
  };
}

function entriesOf(cell: Place["cell"], i: number, ofFunction?: OfFunction): [string, string][] {
  try {
    return canonicalEntries(cell, `cells[${i}]`, ofFunction);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TypeError(
      `Cannot ${WHAT} as cells[${i}] must be JSON without circles: ${error.message}`,
    );
  }
}
