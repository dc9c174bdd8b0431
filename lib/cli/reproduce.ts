/**
 * `deno task reproduce`: notebooks through the real kernel, in parallel; executed notebooks, HTML
 * pages and figures land in the output folder.
 *
 * @module
 */
import { resolve } from "node:path";
import { type Arguments, runTask, UsageError } from "./args.ts";
import { inRoot, JUPYTER_ENVIRONMENT, userFolder } from "./paths.ts";
import { Board } from "./reproduce/board.ts";
import { checkFolder, NotebookRun, type Outcome } from "./reproduce/notebook_run.ts";
import { type Part, partialsOf, readNotebook } from "./reproduce/partial.ts";
import { notebooksFor, PRESETS, USAGES } from "./usages.ts";

/** Value of `LORA_DYNAMICS` for the notebooks: what the user has set, and the options over it. */
function settings(own: Record<string, unknown>): string {
  const given = Deno.env.get("LORA_DYNAMICS");
  if (!given) return JSON.stringify(own);
  try {
    const value = JSON.parse(given);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return JSON.stringify({ ...value, ...own });
    }
  } catch { /* reported below */ }
  throw new UsageError(
    `Cannot run reproduce as LORA_DYNAMICS must be a JSON object: current value is ${given}`,
  );
}

/** For every notebook that has one of the figures, the part to run; none when all is to run. */
function parts(paths: Map<string, string>, ids?: string[]): Map<string, Part> | undefined {
  if (ids === undefined) return undefined;
  const notebooks = [...paths].map(([, path]) => readNotebook(path, Deno.readTextFileSync(path)));
  try {
    return partialsOf(notebooks, ids);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

/** The runs that a command line asks for. */
async function prepare(
  args: Arguments,
): Promise<{ runs: NotebookRun[]; jobs: number; out: string }> {
  const { folder, names } = notebooksFor(args);
  const chosen = names.filter((name) => args.words.length === 0 || args.words.includes(name));
  const paths = new Map(chosen.map((name) => [name, `${folder}/${name}.ipynb`]));
  const given = args.text("out");
  const out = given === undefined ? inRoot("notebooks", "figures") : resolve(userFolder(), given);
  const only = parts(paths, args.list("only"));
  const wanted = chosen.filter((name) => only === undefined || only.has(name));
  const cores = navigator.hardwareConcurrency;
  const jobs = Math.min(args.integer("jobs") ?? cores, wanted.length);
  const preset = args.oneOf("preset", PRESETS, "full");
  const workers = Math.max(1, Math.floor(cores / jobs));
  const environment = {
    ...JUPYTER_ENVIRONMENT,
    LORA_DYNAMICS: settings({ preset, out, workers }),
  };
  await checkFolder(out);
  for (const name of chosen.filter((name) => !wanted.includes(name))) {
    console.error(`${name}: skipped, it has none of these figures`);
  }
  const runs = wanted.map((name) =>
    new NotebookRun(paths.get(name)!, { out, environment, only: only?.get(name) })
  );
  return { runs, jobs, out };
}

async function reproduce(args: Arguments): Promise<number> {
  const { runs, jobs, out } = await prepare(args);
  const board = new Board(runs, { json: args.flag("json"), out });
  let code = 0;
  const stop = (signal: number) => () => {
    if (code !== 0) return;
    code = 128 + signal;
    board.note("stopping: shutting the kernels down, what has run is kept");
    for (const run of runs) run.stop();
  };
  const handlers = { SIGINT: stop(2), SIGTERM: stop(15) } as const;
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, handlers[name]);

  const queue = [...runs];
  const outcomes = new Map<NotebookRun, Outcome>();
  await Promise.all(Array.from({ length: jobs }, async () => {
    for (let run = queue.shift(); run !== undefined && code === 0; run = queue.shift()) {
      const outcome = await run.execute();
      outcomes.set(run, outcome);
      board.finish(run, outcome);
    }
  }));
  const finished = runs.flatMap((run) => outcomes.get(run) ?? []);
  board.close(finished, code !== 0);
  if (args.flag("json")) console.log(JSON.stringify(finished, null, 2));
  return code !== 0 ? code : finished.some(({ ok }) => !ok) ? 1 : 0;
}

if (import.meta.main) await runTask("reproduce", USAGES.reproduce, reproduce);
