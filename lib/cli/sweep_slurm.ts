/**
 * A sweep on Slurm: which cells go into which job arrays, and waiting for them.
 *
 * @module
 */
import { progress } from "../experiment/mod.ts";
import type { Arguments } from "./args.ts";
import { existsSync } from "node:fs";
import {
  type ArrayPlan,
  clustersOf,
  type Job,
  jobOf,
  logOf,
  maxArraySize,
  Missing,
  queued,
  quote,
  sbatchOptions,
  submissions,
  submit,
} from "./slurm.ts";
import type { Place } from "../experiment/sweep/plan.ts";
import { computePlaces, type Loaded } from "./sweep_grid.ts";

/** Seconds of a cell: the mean of what is finished, else of one that is computed now. */
async function secondsOfCell(loaded: Loaded, missing: readonly Place[]): Promise<number> {
  const known = () =>
    loaded.plan.distinct.slice(0, 200).flatMap(({ hash }) => loaded.store.seconds(hash!) ?? []);
  if (known().length === 0) {
    console.log("one cell is computed here, to know how long it takes");
    await computePlaces(loaded, missing.slice(0, 1), { workers: 0, retry: true });
  }
  return meanSeconds(known());
}

/** Mean of the times of cells; a minute where none has told its own. */
export function meanSeconds(times: readonly number[]): number {
  return times.length > 0 ? times.reduce((sum, x) => sum + x) / times.length : 60;
}

/** Cells of one task that are to take so many minutes: one at least, and no more than there are. */
export function cellsPerTask(cells: number, minutes: number, seconds: number): number {
  return Math.max(1, Math.min(cells, Math.round(60 * minutes / seconds)));
}

/** Jobs that this folder has submitted, from `slurm/jobs`. */
export function jobsOf({ store }: Loaded): Job[] {
  try {
    const lines = Deno.readTextFileSync(`${store.folder}/slurm/jobs`).split("\n");
    return lines.flatMap((line) => jobOf(line) ?? []);
  } catch {
    return [];
  }
}

/** Submits what is missing and waits for it; `dry` prints the submissions instead. */
export async function runOnSlurm(loaded: Loaded, args: Arguments, dry: boolean): Promise<void> {
  const { store, file, code } = loaded;
  const wanted = ({ hash }: Place) =>
    !store.has(hash!) && (args.flag("retry") || !store.failure(hash!));
  if (!dry) await attach(loaded);
  let missing = loaded.plan.distinct.filter(wanted);
  if (missing.length === 0) {
    if (dry) console.log("nothing to submit: no cell is missing");
    return;
  }
  const minutes = args.integer("minutes") ?? 5;
  const seconds = args.text("chunk") || dry ? NaN : await secondsOfCell(loaded, missing);
  missing = missing.filter(({ hash }) => !store.has(hash!));
  const chunk = args.integer("chunk") ??
    (dry ? 1 : cellsPerTask(missing.length, minutes, seconds));
  const name = dry ? "manifest-dry.json" : `manifest-${crypto.randomUUID().slice(0, 8)}.json`;
  const options = sbatchOptions(args.text("sbatch") ?? ""), prelude = args.text("prelude");
  const plan: ArrayPlan = {
    name: file.name,
    file: loaded.path,
    folder: store.folder,
    manifest: `${store.folder}/slurm/${name}`,
    cells: missing.length,
    chunk,
    throttle: args.integer("throttle") ?? 50,
    maxArray: dry ? 1000 : await maxArraySize(clustersOf(options)),
    options,
    ...(prelude === undefined ? {} : { prelude }),
  };
  const parts = submissions(plan);
  if (dry) {
    for (const { args, script } of parts) {
      console.log(`sbatch ${args.map(quote).join(" ")} <<'END'\n${script}END`);
    }
    console.log(
      `${missing.length} cells in ${parts.reduce((n, { tasks }) => n + tasks, 0)} array tasks`,
    );
    return;
  }
  Deno.mkdirSync(`${store.folder}/slurm`, { recursive: true });
  const index = new Map(loaded.plan.distinct.map(({ hash }, i) => [hash, i]));
  Deno.writeTextFileSync(
    plan.manifest,
    JSON.stringify({ code, places: missing.map(({ hash }) => index.get(hash)) }),
  );
  const jobs: Job[] = [];
  for (const part of parts) {
    const job = await submit(part), { id, cluster } = job;
    jobs.push(job);
    const line = cluster ? `${id};${cluster}` : id;
    Deno.writeTextFileSync(`${store.folder}/slurm/jobs`, line + "\n", { append: true });
    const where = cluster ? ` on ${cluster}` : "";
    console.log(`submitted job ${id}${where}: ${part.tasks} tasks of ${chunk} cells`);
  }
  if (args.flag("no-wait")) return;
  await wait(loaded, jobs, missing);
  // What the tasks have said, where cells are still not there.
  const logs = new Set(missing.flatMap(({ hash }, i) => {
    if (store.has(hash!)) return [];
    const task = Math.floor(i / chunk), part = parts.findLastIndex(({ offset }) => offset <= task);
    return [logOf(store.folder, jobs[part].id, task - parts[part].offset)];
  }));
  for (const log of [...logs].filter((path) => existsSync(path)).slice(0, 3)) {
    const last = Deno.readTextFileSync(log).trim().split("\n").at(-1) ?? "";
    console.error(
      `a task has not computed all of its cells: ${log}${last ? ` ends with "${last}"` : ""}`,
    );
  }
}

/** Prints what the queue holds of this folder's jobs, or that it does not tell. */
export async function sayQueue(loaded: Loaded): Promise<void> {
  const jobs = jobsOf(loaded);
  if (jobs.length === 0) return;
  try {
    for (const [state, n] of await queued(jobs)) console.log(`${n} tasks ${state.toLowerCase()}`);
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : error}; results are counted all the same`,
    );
  }
}

/** Waits for jobs of an earlier driver that are still in the queue: their cells are not submitted twice. */
async function attach(loaded: Loaded): Promise<void> {
  const jobs = jobsOf(loaded);
  if ((await queued(jobs)).size === 0) return;
  console.log("jobs of an earlier run are still in the queue: waiting for them");
  await wait(loaded, jobs, loaded.plan.distinct.filter(({ hash }) => !loaded.store.has(hash!)));
}

/** Whether a scheduler that does not answer, for so many ms, is asked again: for half an hour. */
export function isPatient(silent: number): boolean {
  return silent <= 30 * 60 * 1000;
}

/** The next pause between two questions, in ms: each a third longer, up to 5 s, or a minute without answers. */
export function pauseAfter(pause: number, answers: boolean): number {
  return Math.min(answers ? 5000 : 60_000, pause * 1.3);
}

/**
 * Waits until the jobs have left the queue; results are files, so no accounting is needed. A scheduler that
 * does not answer is asked again.
 */
async function wait(
  loaded: Loaded,
  jobs: readonly Job[],
  missing: readonly Place[],
): Promise<void> {
  using bar = progress(`${loaded.file.name} on Slurm`, missing.length);
  let seen = 0, silentSince: number | undefined;
  for (let pause = 500;; pause = pauseAfter(pause, silentSince === undefined)) {
    let states: Map<string, number>;
    try {
      states = await queued(jobs);
      silentSince = undefined;
    } catch (error) {
      silentSince ??= Date.now();
      const reason = error instanceof Error ? error.message : String(error);
      if (!isPatient(Date.now() - silentSince) || error instanceof Missing) throw error;
      bar.tick(0, `the scheduler does not answer, asking again (${reason})`);
      await new Promise((wake) => setTimeout(wake, pause));
      continue;
    }
    const done = missing.filter(({ hash }) => loaded.store.has(hash!)).length;
    const text = [...states].map(([state, n]) => `${n} ${state.toLowerCase()}`).join(", ");
    bar.tick(done - seen, text);
    seen = done;
    if (states.size === 0) return;
    await new Promise((wake) => setTimeout(wake, pause));
  }
}

/** The part of a manifest that one array task computes. */
export async function arrayTask(loaded: Loaded, args: Arguments): Promise<number> {
  const manifest = JSON.parse(Deno.readTextFileSync(args.text("manifest")!)) as {
    code: string;
    places: number[];
  };
  if (manifest.code !== loaded.code) {
    throw new Error(
      `Cannot compute the cells as the code must be that of the submission: it has changed since; submit again`,
    );
  }
  const chunk = args.integer("chunk")!, task = args.integer("task")!;
  const places = manifest.places.slice(chunk * task, chunk * (task + 1)).map((i) =>
    loaded.plan.distinct[i]
  );
  const failed = await computePlaces(loaded, places, {
    workers: args.integer("workers") ?? 0,
    retry: true,
  });
  return failed > 0 ? 1 : 0;
}
