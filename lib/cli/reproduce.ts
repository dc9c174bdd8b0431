/**
 * `deno task reproduce`: every notebook through the real kernel, in parallel; executed notebooks,
 * HTML pages and figures land in the output folder.
 *
 * @module
 */
import { resolve } from "node:path";
import { type Arguments, runTask, type Usage, UsageError } from "./args.ts";
import { Board } from "./board.ts";
import { notebooksIn } from "./files.ts";
import { NotebookRun, type Outcome } from "./notebook_run.ts";
import { inRoot, JUPYTER_ENVIRONMENT, NOTEBOOKS, PYTHON, userFolder } from "./paths.ts";

const USAGE: Usage = {
  task: "reproduce",
  line:
    "deno task reproduce [notebook...] [--preset quick|full] [--out DIR] [-j N] [--json] [--notebooks DIR]",
  options: {
    notebooks: { type: "string" },
    preset: { type: "string" },
    out: { type: "string" },
    jobs: { type: "string", short: "j" },
    json: { type: "boolean" },
  },
  words: true,
};

/** An option that names a folder, relative to where the user is. */
function folderOption(args: Arguments, name: string, otherwise: string): string {
  const given = args.text(name);
  return given === undefined ? otherwise : resolve(userFolder(), given);
}

function chosen(words: string[], known: string[]): string[] {
  for (const word of words) {
    if (!known.includes(word)) {
      throw new UsageError(
        `Cannot run reproduce as notebook must be one of ${known.join(", ")}: ` +
          `current value is "${word}"`,
      );
    }
  }
  return words.length > 0 ? known.filter((name) => words.includes(name)) : known;
}

/** Throws unless files can be written to the folder. */
async function checkFolder(out: string): Promise<void> {
  const { stdout, success } = await new Deno.Command(PYTHON, {
    args: ["-I", inRoot("lib", "cli", "execute.py"), "check", out],
    stdin: "null",
    stderr: "null",
  }).output();
  if (success) return;
  const { message } = JSON.parse(new TextDecoder().decode(stdout));
  throw new Error(`Cannot run reproduce as --out must be a folder that can be written: ${message}`);
}

/** Value of `LORA_DYNAMICS` for the notebooks: what the user has set, and the options over it. */
function parameters(own: Record<string, unknown>): string {
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

async function reproduce(args: Arguments): Promise<number> {
  const preset = args.oneOf("preset", ["quick", "full"], "full");
  const folder = folderOption(args, "notebooks", NOTEBOOKS);
  const names = chosen(args.words, notebooksIn(folder));
  const cores = navigator.hardwareConcurrency;
  const jobs = Math.min(args.integer("jobs", 1, 256) ?? cores, names.length);
  const out = folderOption(args, "out", inRoot("notebooks", "figures"));
  const workers = Math.max(1, Math.floor(cores / Math.max(1, jobs)));
  const environment = {
    ...JUPYTER_ENVIRONMENT,
    LORA_DYNAMICS: parameters({ preset, out, workers }),
  };
  await checkFolder(out);

  const runs = names.map((name) => new NotebookRun(`${folder}/${name}.ipynb`, out, environment));
  const board = new Board(runs, args.flag("json"));
  let code = 0;
  const stop = (signal: number) => () => {
    if (code !== 0) return;
    code = 128 + signal;
    board.note("stopping: shutting the kernels down");
    for (const run of runs) run.stop();
  };
  const handlers = { SIGINT: stop(2), SIGTERM: stop(15) } as const;
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, handlers[name]);

  const queue = [...runs];
  const outcomes = new Map<string, Outcome>();
  await Promise.all(Array.from({ length: jobs }, async () => {
    for (let run = queue.shift(); run !== undefined && code === 0; run = queue.shift()) {
      const outcome = await run.execute();
      outcomes.set(run.name, outcome);
      board.finish(run, outcome);
    }
  }));
  board.close();

  const finished = names.flatMap((name) => outcomes.get(name) ?? []);
  if (args.flag("json")) console.log(JSON.stringify(finished, null, 2));
  const failed = finished.filter(({ ok }) => !ok).length;
  if (code !== 0) {
    console.error(`interrupted: ${finished.length - failed} of ${names.length} notebooks finished`);
    return code;
  }
  return failed > 0 ? 1 : 0;
}

if (import.meta.main) await runTask(USAGE, reproduce);
