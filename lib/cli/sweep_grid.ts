/**
 * The grid that a sweep file declares: its places in a store, and computing them.
 *
 * @module
 */
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { canonicalJson, cellHash, parameterColumns } from "../experiment/sweep/cell.ts";
import { FolderStore, type Row, SweepError, type SweepFile, sweepRows } from "../experiment/mod.ts";
import { DEFAULT_SEED, isTask } from "../experiment/sweep/task.ts";
import { type Arguments, UsageError } from "./args.ts";
import { userFolder } from "./paths.ts";

type AnyFile = SweepFile<Record<string, unknown>, Row, string | number>;

/** One cell with one seed, and its name in the store. */
export interface Place {
  readonly cell: Record<string, unknown>;
  readonly seed?: string | number;
  readonly hash: string;
}

/** A file, its store and its cells in grid order. */
export interface Loaded {
  readonly path: string;
  readonly file: AnyFile;
  readonly store: FolderStore;
  readonly places: readonly Place[];
  readonly code: string;
}

/** A path as the user means it: relative to where they are. */
export function absolute(path: string): string {
  return isAbsolute(path) ? path : resolve(userFolder(), path);
}

/** The sweep of the one file that is named. */
export async function load(args: Arguments): Promise<Loaded> {
  const path = absolute(args.words[0]);
  const { default: file } = await import(pathToFileURL(path).href) as { default?: AnyFile };
  if (!file || !isTask(file.run) || !Array.isArray(file.cells)) {
    throw new UsageError(
      `Cannot run sweep as ${
        basename(path)
      } must have sweepFile({ name, run, cells, seeds }) as its ` +
        `default export: found ${file === undefined ? "none" : typeof file}`,
    );
  }
  const folder = args.text("folder") ??
    join(dirname(path), `${basename(path).replace(/\.m?ts$/, "")}.sweep`);
  const store = new FolderStore(absolute(folder)), code = store.identify(file.run);
  const places = file.cells.flatMap((cell, i) =>
    (file.seeds ?? [undefined]).map((seed) => ({
      cell,
      ...(seed === undefined ? {} : { seed }),
      hash: cellHash(
        file.run,
        canonicalJson(cell, `cells[${i}]`),
        String(seed ?? DEFAULT_SEED),
        code,
      ),
    }))
  );
  return { path, file, store, places, code };
}

/** How cells are computed. */
interface ComputeOptions {
  readonly workers?: number;
  readonly timeout?: number;
  readonly retry: boolean;
}

/** Runs part of a grid, or all of it; failures are kept, their number is returned. */
export async function compute(
  { file: { name, run, timeout }, store }: Loaded,
  { cells, seeds }: Pick<AnyFile, "cells" | "seeds">,
  options: ComputeOptions,
): Promise<number> {
  try {
    const rows = sweepRows({ name, run, store, cells, seeds, timeout, ...options });
    for await (const _ of rows);
    return 0;
  } catch (error) {
    if (!(error instanceof SweepError)) throw error;
    for (const { message } of error.failures.slice(0, 3)) console.error(message);
    return error.failures.length;
  }
}

/** Runs single places of the grid: seed by seed, as a sweep has every cell with every seed. */
export async function computePlaces(
  loaded: Loaded,
  places: readonly Place[],
  options: ComputeOptions,
): Promise<number> {
  const seeds = new Map<Place["seed"], Place["cell"][]>();
  for (const { cell, seed } of places) seeds.set(seed, [...(seeds.get(seed) ?? []), cell]);
  let failed = 0;
  for (const [seed, cells] of seeds) {
    failed += await compute(
      loaded,
      { cells, seeds: seed === undefined ? undefined : [seed] },
      options,
    );
  }
  return failed;
}

/** How many cells are finished, failed and missing. */
export function count(
  { store, places }: Loaded,
): { done: number; failed: number; missing: number } {
  const done = places.filter(({ hash }) => store.has(hash)).length;
  const failed = places.filter(({ hash }) => !store.has(hash) && store.failure(hash)).length;
  return { done, failed, missing: places.length - done - failed };
}

/** The finished rows in grid order, with parameters and seed as their first columns. */
export function* rowsOf({ store, places }: Loaded): Generator<Row> {
  for (const { cell, seed, hash } of places) {
    const columns = parameterColumns(cell, seed);
    for (const row of store.get(hash) ?? []) yield { ...columns, ...row };
  }
}
