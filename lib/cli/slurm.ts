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
  /** Lines for the shell of each task, before it starts: `module load …`. */
  readonly prelude?: string;
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

/**
 * Words of a text as a shell splits them: at blanks, except within quotes and after a backslash.
 *
 * @throws {RangeError} If a quote is not closed.
 */
export function shellWords(text: string): string[] {
  const out: string[] = [];
  let word: string | undefined, mark = "";
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (mark === "'" ? sign === "'" : mark === '"' && sign === '"') mark = "";
    else if (mark === "" && (sign === "'" || sign === '"')) [mark, word] = [sign, word ?? ""];
    else if (mark !== "'" && sign === "\\" && i + 1 < text.length) word = (word ?? "") + text[++i];
    else if (mark === "" && /\s/.test(sign)) {
      if (word !== undefined) out.push(word);
      word = undefined;
    } else word = (word ?? "") + sign;
  }
  if (mark !== "") {
    throw new RangeError(
      `Cannot read --sbatch as every quote must be closed: ${mark} is open in ${
        JSON.stringify(text)
      }`,
    );
  }
  return word === undefined ? out : [...out, word];
}

/** What the sweep itself tells `sbatch`: another value would lose cells, or the logs of tasks. */
const OWN = /^(--(array|chdir|open-mode|output|parsable|wrap)(=|$)|-[aDo])/;

/**
 * The reader's options of `sbatch`.
 *
 * @throws {RangeError} If a quote is not closed, an option is the sweep's own, or there is none.
 */
export function sbatchOptions(text: string): string[] {
  const words = shellWords(text), own = words.find((word) => OWN.test(word));
  if (own !== undefined) {
    const why = "leave out what the sweep sets itself (array, chdir, open-mode, output, wrap)";
    throw new RangeError(`Cannot run sweep as --sbatch must ${why}: current value has ${own}`);
  }
  if (words.length > 0 && !words[0].startsWith("-")) {
    const found = `current value begins with ${words[0]}`;
    throw new RangeError(`Cannot run sweep as --sbatch must begin with an option: ${found}`);
  }
  return words;
}

/** The clusters that options of `sbatch` name; none stands for the own one. */
export function clustersOf(options: readonly string[]): string | undefined {
  for (const [i, option] of options.entries()) {
    const [, name] = /^(?:--clusters?=|-M)(.+)$/.exec(option) ?? [];
    if (name !== undefined) return name;
    if (option === "-M" || /^--clusters?$/.test(option)) return options[i + 1];
  }
  return undefined;
}

/** A submitted job: its number, and its cluster where that is not the own one. */
export interface Job {
  /** Number of the array. */
  readonly id: string;
  /** Name of the cluster. */
  readonly cluster?: string;
}

/** A job as `sbatch --parsable` prints it: `4711` or `4711;cluster`. */
export function jobOf(text: string): Job | undefined {
  const [, id, cluster] = /^(\d+)(?:;(\S+))?$/.exec(text.trim()) ?? [];
  return id === undefined ? undefined : { id, ...(cluster ? { cluster } : {}) };
}

/** Text as one word of a shell. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Deno reserves 32 GiB of addresses, of which it uses little: a task whose limit cannot be raised says so
 * instead of ending with a dump.
 */
const ADDRESS_SPACE = [
  'ulimit -S -v "$(ulimit -H -v)"',
  'limit="$(ulimit -v)"',
  'if [ "$limit" != unlimited ] && [ "$limit" -lt 40000000 ]; then',
  '  echo "Cannot compute as Deno needs 40000000 kB of addresses: ulimit -v is $limit" >&2',
  "  exit 1",
  "fi",
].join("\n");

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
        // A preempted task is put back: it computes what its cells still lack.
        ...[`--chdir=${ROOT}`, `--output=${logOf(plan.folder, "%A", "%a")}`, "--export=ALL"],
        ...["--requeue", "--open-mode=append"],
        // Limits of the login node are not those of a compute node.
        "--propagate=NONE",
        ...plan.options,
      ],
      script: [
        "#!/bin/sh",
        ...(plan.prelude ? [plan.prelude] : []),
        ADDRESS_SPACE,
        `export DENO_DIR=${quote(DENO_DIR)} NO_COLOR=1 OMP_NUM_THREADS=1`,
        `exec ${command} --task "$((SLURM_ARRAY_TASK_ID + ${offset}))"`,
        "",
      ].join("\n"),
    });
  }
  return out;
}

/** Log of a task; a `%` in the folder's name is no sign of Slurm's. */
export function logOf(folder: string, job: string, task: string | number): string {
  return `${job === "%A" ? folder.replaceAll("%", "%%") : folder}/slurm/${job}_${task}.log`;
}

/** A program of Slurm is not there, so that to ask again is of no use. */
export class Missing extends Error {}

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
    throw new Missing(`Cannot use Slurm as ${program} must be installed: it was not found`);
  }
  if (input !== undefined) {
    // A program that ends before it has read everything says why by its exit.
    await new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
  }
  const { success, stdout, stderr } = await child.output();
  if (success) return new TextDecoder().decode(stdout);
  const text = new TextDecoder().decode(stderr).trim();
  throw new Error(`Cannot use Slurm as ${program} must succeed: it says "${text}"`);
}

/** Arguments that ask another cluster. */
const at = (cluster: string | undefined) => cluster ? [`--clusters=${cluster}`] : [];

/** Largest array of the cluster, `MaxArraySize`; 1001, Slurm's own default, if it does not tell. */
export async function maxArraySize(cluster?: string): Promise<number> {
  let config = "";
  try {
    config = await output("scontrol", [...at(cluster), "show", "config"]);
  } catch (error) {
    if (error instanceof Missing) throw error;
  }
  return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(config)?.[1] ?? 1001);
}

/** Submits an array; its job. */
export async function submit({ args, script }: Submission): Promise<Job> {
  const text = await output("sbatch", args, script), job = jobOf(text);
  if (job === undefined) {
    throw new Error(`Cannot use Slurm as sbatch must print an id: got "${text.trim()}"`);
  }
  return job;
}

/** States of the tasks of jobs that are still in the queue: state → how many. */
export async function queued(jobs: readonly Job[]): Promise<Map<string, number>> {
  const states = new Map<string, number>();
  for (const [cluster, own] of Map.groupBy(jobs, ({ cluster }) => cluster)) {
    const ids = new Set(own.map(({ id }) => id));
    // Ids that have left the queue make squeue fail when they are asked for: so ask for all of ours.
    const text = await output("squeue", [
      ...at(cluster),
      ...["--noheader", "--array", "--me", "--format=%A %F %T"],
    ]);
    for (const line of text.split("\n")) {
      const [, array, state] = line.trim().split(/\s+/);
      if (state && ids.has(array)) states.set(state, (states.get(state) ?? 0) + 1);
    }
  }
  return states;
}
