/**
 * The grid that a sweep file declares: its places in a store, and computing them.
 *
 * @module
 */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { FolderStore, type Row, SweepError, type SweepFile, sweepRows } from "../experiment/mod.ts";
import { type Place, type Plan, plan } from "../experiment/sweep/plan.ts";
import { isTask } from "../experiment/sweep/task.ts";
import { type Arguments, UsageError } from "./args.ts";
import { userFolder } from "./paths.ts";

type AnyFile = SweepFile<Record<string, unknown>, Row, string>;

/** A file, its store and its plan. */
export interface Loaded {
  readonly path: string;
  readonly file: AnyFile;
  readonly store: FolderStore;
  readonly plan: Plan;
  readonly code: string;
}

/** A path as the user means it: relative to where they are. */
export function absolute(path: string): string {
  return isAbsolute(path) ? path : resolve(userFolder(), path);
}

/** The sweep of the one file that is named. */
export async function load(args: Arguments): Promise<Loaded> {
  const path = absolute(args.words[0]);
  if (existsSync(path) && statSync(path).isDirectory()) {
    throw new UsageError(`Cannot run sweep as ${args.words[0]} must be a file: it is a folder`);
  }
  if (!existsSync(path)) {
    throw new UsageError(
      `Cannot run sweep as ${
        args.words[0]
      } must be a file: there is none in ${userFolder()}, where the ` +
        "command was given (an outer script may have set INIT_CWD)",
    );
  }
  const { default: file } = await import(pathToFileURL(path).href) as { default?: AnyFile };
  if (!file || !isTask(file.run)) {
    throw new UsageError(
      `Cannot run sweep as ${
        basename(path)
      } must have sweepFile({ name, run, cells, seeds }) as its ` +
        `default export: found ${file === undefined ? "none" : typeof file}`,
    );
  }
  const folder = args.text("folder") ??
    join(dirname(path), `${basename(path).replace(/\.m?ts$/, "")}.sweep`);
  const store = new FolderStore(absolute(folder)), { hash: code } = await store.identify(file.run);
  return { path, file, store, plan: plan(file, code, true), code };
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

/** Runs single places of the plan: seed by seed, as a sweep has every cell with every seed. */
export async function computePlaces(
  loaded: Loaded,
  places: readonly Place[],
  options: ComputeOptions,
): Promise<number> {
  let failed = 0;
  for (const [seed, group] of Map.groupBy(places, ({ seed }) => seed)) {
    failed += await compute(
      loaded,
      { cells: group.map(({ cell }) => cell), seeds: seed === undefined ? undefined : [seed] },
      options,
    );
  }
  return failed;
}

/** How many distinct cells are finished, failed and missing, and the rows of the finished ones. */
export function count(
  { store, plan: { distinct } }: Loaded,
): { total: number; done: number; failed: number; missing: number } {
  const done = distinct.filter(({ hash }) => store.has(hash!)).length;
  const failed = distinct.filter(({ hash }) => !store.has(hash!) && store.failure(hash!)).length;
  const total = distinct.length;
  return { total, done, failed, missing: total - done - failed };
}

/** The finished rows in grid order, as `sweep` gives them. */
export function* rowsOf({ store, plan }: Loaded): Generator<Row> {
  for (const place of plan.places) yield* plan.rows(place, store.get(place.hash!) ?? []);
}
