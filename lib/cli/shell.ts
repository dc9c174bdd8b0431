/**
 * What set-up needs of the system: child processes with readable failures, files written whole.
 *
 * @module
 */
import { dirname } from "node:path";
import { DENO_DIR, ROOT } from "./paths.ts";

/** A cause that stops set-up, in words that follow "Cannot set up as". */
export class SetupError extends Error {
  override name = "SetupError";
}

/** Whether a file exists; with `orFolder` a folder counts too. */
export async function isFile(path: string, orFolder = false): Promise<boolean> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    return isFile || (orFolder && isDirectory);
  } catch {
    return false;
  }
}

/** Writes a file so that readers find the old text or the new one, never a part. */
export function writeAtomicallySync(path: string, text: string): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${Deno.pid}.tmp`;
  Deno.writeTextFileSync(fresh, text);
  Deno.renameSync(fresh, path);
}

/** Programs that run now. */
const running = new Set<Deno.ChildProcess>();

/** As long as the result is in use, a signal that ends this process ends what it runs, too. */
export function passSignalsOn(): Disposable {
  const stop = (code: number) => () => {
    for (const child of running) {
      try {
        child.kill("SIGTERM");
      } catch { /* it has ended by itself */ }
    }
    Deno.exit(code);
  };
  const handlers = { SIGINT: stop(130), SIGTERM: stop(143) } as const;
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, handlers[name]);
  return {
    [Symbol.dispose]() {
      for (const name of ["SIGINT", "SIGTERM"] as const) {
        Deno.removeSignalListener(name, handlers[name]);
      }
    },
  };
}

/** Runs a program in the project folder; its output is shown only when it fails. */
export async function run(
  program: string,
  args: string[],
  { doing, missing, env }: { doing: string; missing?: string; env?: Record<string, string> },
): Promise<void> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      cwd: ROOT,
      env: { ...env, DENO_DIR, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new SetupError(missing ?? `it was not possible to ${doing}: ${(error as Error).message}`);
  }
  running.add(child);
  const { success, code, stdout, stderr } = await child.output();
  running.delete(child);
  if (success) return;
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  throw new SetupError(explain(doing, code, output));
}

const DISK = /No space left on device|ENOSPC|Disk quota exceeded|os error 28\b/i;
const NETWORK =
  /name resolution|Name or service not known|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|NewConnectionError|ConnectTimeout|Max retries exceeded|dns error|error sending request|Network is unreachable|client error \(Connect\)/i;

/** One sentence about a failed program, and the end of what it printed. */
export function explain(doing: string, code: number, output: string): string {
  const tail = output.trim().split("\n").slice(-12).map((line) => `  | ${line}`).join("\n");
  const cause = DISK.test(output)
    ? "the disk is full: free about 600 MB where the project lies"
    : NETWORK.test(output)
    ? "the package registry cannot be reached: connect to the network (set-up needs it once), " +
      "or configure the proxy or mirror of npm and pip"
    : `the program ended with code ${code}`;
  return `it was not possible to ${doing}; ${cause}\n${tail}\n`;
}

/** Text of any error that stopped set-up. */
export function diagnose(error: unknown): string {
  if (error instanceof SetupError) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  if (DISK.test(text)) return "the disk is full: free about 600 MB where the project lies";
  if (error instanceof Deno.errors.NotCapable) return text;
  if (error instanceof Deno.errors.PermissionDenied || /read-only file system/i.test(text)) {
    return `the project folder must be writable: ${text}`;
  }
  return text;
}
