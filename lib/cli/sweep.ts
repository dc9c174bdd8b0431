/**
 * `deno task sweep <file>`: the sweep that a file declares, here, on workers, or on Slurm. What is
 * finished is kept beside the file and never computed again, whoever is killed when.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { FolderStore } from "../experiment/mod.ts";
import { type Arguments, runTask, UsageError } from "./args.ts";
import { absolute, compute, count, load, type Loaded, rowsOf } from "./sweep_grid.ts";
import { sbatchOptions } from "./slurm.ts";
import { arrayTask, jobsOf, runOnSlurm, sayQueue } from "./sweep_slurm.ts";
import { writeManifest } from "./sweep_manifest.ts";
import { TABLE_ENDINGS, writeTable } from "./table_file.ts";
import { ENGINES, USAGES } from "./usages.ts";

/** Prints how far the sweep is. */
function say(loaded: Loaded): { done: number; failed: number; missing: number } {
  const { total, done, failed, missing } = count(loaded);
  console.log(
    `${loaded.file.name}: ${done} of ${total} finished, ${failed} failed, ${missing} missing`,
  );
  return { done, failed, missing };
}

function checkTarget(target: string | undefined): void {
  if (target === undefined) return;
  const folder = dirname(absolute(target));
  if (!existsSync(folder)) {
    throw new UsageError(
      `Cannot run sweep as the folder of --collect must exist: ${folder} does not`,
    );
  }
  if (TABLE_ENDINGS.some((ending) => target.endsWith(ending))) return;
  throw new UsageError(
    `Cannot run sweep as --collect must end in ${TABLE_ENDINGS.join(" or ")}: ` +
      `current value is "${target}"`,
  );
}

/** Options that mean nothing where the cells are computed are slips, such as a missing --engine slurm. */
function checkEngine(args: Arguments, engine: string): void {
  if (args.text("manifest") || args.flag("status")) return; // a task of an array; nothing is computed
  const slurm = ["sbatch", "throttle", "minutes", "chunk", "prelude", "no-wait"];
  const [wrong, right] = engine === "local" ? [slurm, "slurm or dry"] : [["workers"], "local"];
  const given = wrong.find((name) => args.flag(name) || args.text(name) !== undefined);
  if (given !== undefined) {
    const found = `current value of --engine is ${engine}`;
    throw new UsageError(`Cannot run sweep as --${given} needs --engine ${right}: ${found}`);
  }
  try {
    sbatchOptions(args.text("sbatch") ?? "");
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function collect(loaded: Loaded, target: string): void {
  const rows = [...rowsOf(loaded)];
  writeTable(absolute(target), rows);
  console.log(`${rows.length} rows in ${target}`);
}

async function sweep(args: Arguments): Promise<number> {
  const engine = args.oneOf("engine", ENGINES, "local");
  const target = args.text("collect");
  checkTarget(target);
  checkEngine(args, engine);
  const loaded = await load(args);
  if (args.text("manifest")) return await arrayTask(loaded, args);
  if (args.flag("resume") && count(loaded).done === 0 && jobsOf(loaded).length === 0) {
    throw new UsageError(
      `Cannot run sweep as --resume must find results: none in ${loaded.store.folder}`,
    );
  }
  if (args.flag("status")) {
    await sayQueue(loaded);
  } else if (engine === "local") {
    const timeout = args.integer("timeout"), workers = args.integer("workers");
    await compute(loaded, loaded.file, {
      retry: args.flag("retry") || args.flag("resume"),
      ...(timeout === undefined ? {} : { timeout }),
      ...(workers === undefined ? {} : { workers }),
    });
  } else {
    await runOnSlurm(loaded, args, engine === "dry");
    if (engine === "dry") return 0;
  }
  const fresh = { ...loaded, store: new FolderStore(loaded.store.folder) };
  const { failed, missing } = say(fresh);
  if (!args.flag("status")) writeManifest(fresh);
  if (target !== undefined) collect(loaded, target);
  return failed + missing > 0 && !args.flag("status") && !args.flag("no-wait") ? 1 : 0;
}

if (import.meta.main) await runTask("sweep", USAGES.sweep, sweep);
