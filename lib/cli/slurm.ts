/**
 * Sweeps as job arrays of Slurm: what is submitted, and what the queue says of it.
 *
 * @module
 */
import { DENO, DENO_DIR, ROOT } from "./paths.ts";

/** How the missing cells of a sweep become array tasks. */
export interface ArrayPlan {
  /** Name of the sweep, for the queue. */
  readonly name: string;
  /** File of the sweep, absolute. */
  readonly file: string;
  /** Folder of the results, absolute. */
  readonly folder: string;
  /** File with the numbers of the missing cells. */
  readonly manifest: string;
  /** Missing cells. */
  readonly cells: number;
  /** Cells of one array task. */
  readonly chunk: number;
  /** Most array tasks that run at a time. */
  readonly throttle: number;
  /** Largest array that the cluster takes. */
  readonly maxArray: number;
  /** More options of `sbatch`, as given by the reader. */
  readonly options: readonly string[];
}

/** One submission: an array and the number of its first task. */
export interface Submission {
  /** Number of the first task. */
  readonly offset: number;
  /** Tasks of this array. */
  readonly tasks: number;
  /** Arguments of `sbatch`. */
  readonly args: readonly string[];
  /** The script, given to `sbatch` on standard input. */
  readonly script: string;
}

/** Text as one word of a shell. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * The submissions of a plan: arrays of chunks, split where the cluster's `MaxArraySize` wants it.
 *
 * A task takes the cells `chunk · k … chunk · (k + 1) − 1` of the manifest, `k` being its index in the
 * array plus the offset of the array.
 */
export function submissions(plan: ArrayPlan): Submission[] {
  const total = Math.ceil(plan.cells / plan.chunk), out: Submission[] = [];
  for (let offset = 0; offset < total; offset += plan.maxArray) {
    const tasks = Math.min(plan.maxArray, total - offset);
    const command = [
      ...[DENO, "run", "--quiet", "--no-prompt", "-P=sweep", "--frozen", "--cached-only"],
      ...["lib/cli/sweep.ts", plan.file, "--folder", plan.folder],
      ...["--manifest", plan.manifest, "--chunk", String(plan.chunk)],
    ].map(quote).join(" ");
    out.push({
      offset,
      tasks,
      args: [
        ...["--parsable", `--job-name=${plan.name.replaceAll(/\W+/g, "-")}`],
        `--array=0-${tasks - 1}%${plan.throttle}`,
        ...[`--chdir=${ROOT}`, `--output=${plan.folder}/slurm/%A_%a.log`, "--export=ALL"],
        ...plan.options,
      ],
      script: [
        "#!/bin/sh",
        `export DENO_DIR=${quote(DENO_DIR)} NO_COLOR=1 OMP_NUM_THREADS=1`,
        `exec ${command} --task "$((SLURM_ARRAY_TASK_ID + ${offset}))"`,
        "",
      ].join("\n"),
    });
  }
  return out;
}

async function output(program: string, args: readonly string[], input?: string): Promise<string> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args],
      stdin: input === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`Cannot use Slurm as ${program} must be installed: it was not found`);
  }
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  }
  const { success, stdout, stderr } = await child.output();
  if (success) return new TextDecoder().decode(stdout);
  const text = new TextDecoder().decode(stderr).trim();
  throw new Error(`Cannot use Slurm as ${program} must succeed: it says "${text}"`);
}

/** Largest array of the cluster, `MaxArraySize`; 1001, Slurm's own default, if it does not tell. */
export async function maxArraySize(): Promise<number> {
  const config = await output("scontrol", ["show", "config"]);
  return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(config)?.[1] ?? 1001);
}

/** Submits an array; the id of its job. */
export async function submit({ args, script }: Submission): Promise<string> {
  const id = (await output("sbatch", args, script)).trim().split(";")[0];
  if (!/^\d+$/.test(id)) {
    throw new Error(`Cannot use Slurm as sbatch must print an id: got "${id}"`);
  }
  return id;
}

/** States of the tasks of jobs that are still in the queue: state → how many. */
export async function queued(jobs: readonly string[]): Promise<Map<string, number>> {
  const states = new Map<string, number>();
  if (jobs.length === 0) return states;
  // Ids that have left the queue make squeue fail when they are asked for: so ask for all of ours.
  const text = await output("squeue", ["--noheader", "--array", "--me", "--format=%A %F %T"]);
  for (const line of text.split("\n")) {
    const [, array, state] = line.trim().split(/\s+/);
    if (array && jobs.includes(array)) states.set(state, (states.get(state) ?? 0) + 1);
  }
  return states;
}
