/**
 * The tasks as a user calls them, with the permissions that `deno.json` gives them.
 *
 * @module
 */
import { DENO, DENO_DIR, inRoot, ROOT } from "../../lib/cli/paths.ts";

/** Folder of the notebooks that the tests run. */
export const FIXTURES = "tests/notebooks/fixtures";

/** What a task has printed and how it ended. */
export interface Ended {
  /** Exit code. */
  code: number;
  /** Standard output. */
  stdout: string;
  /** Standard error. */
  stderr: string;
}

/** Starts `lib/cli/<name>.ts`, or the module of a path, with the permission set of its task. */
export function start(name: string, args: string[], env = {}, set = name): Deno.ChildProcess {
  return new Deno.Command(DENO, {
    args: [
      ...["run", "--quiet", `-P=${set}`, "--no-prompt", "--frozen", "--cached-only"],
      ...[name.includes("/") ? name : `lib/cli/${name}.ts`, ...args],
    ],
    cwd: ROOT,
    env: { DENO_DIR, NO_COLOR: "1", INIT_CWD: ROOT, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for the end of a process. */
export async function end(child: Deno.ChildProcess): Promise<Ended> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A process whose output is read as it comes. */
export class Listened {
  /** What it has printed to standard output so far. */
  stdout = "";
  /** How it ended. */
  readonly ended: Promise<Ended>;

  /** Listens to a process that nobody else reads. */
  constructor(child: Deno.ChildProcess) {
    const listen = async () => {
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
        this.stdout += text;
      }
    };
    const all = Promise.all([child.status, new Response(child.stderr).text(), listen()]);
    this.ended = all.then(([{ code }, stderr]) => ({ code, stdout: this.stdout, stderr }));
  }
}

/** Runs a task to its end. */
export function run(name: string, args: string[], env = {}, set = name): Promise<Ended> {
  return end(start(name, args, env, set));
}

/** Waits until something holds, at most `seconds`. */
export async function until(holds: () => boolean, seconds: number): Promise<boolean> {
  for (const end = performance.now() + 1000 * seconds; performance.now() < end;) {
    if (holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** What every task begins with, in a project folder of a test. */
export async function copyTasks(folder: string): Promise<void> {
  for (const under of ["lib/cli", "lib/cli/kernel"]) {
    await Deno.mkdir(`${folder}/${under}`, { recursive: true });
    for (const { name, isFile } of Deno.readDirSync(inRoot(under))) {
      if (isFile) await Deno.copyFile(inRoot(under, name), `${folder}/${under}/${name}`);
    }
  }
}
