/**
 * The processes of this computer, for tests that want none of them left.
 *
 * @module
 */
import { PYTHON } from "../../lib/cli/paths.ts";

/** A process that has not ended. */
export interface Process {
  /** Its number. */
  readonly pid: number;
  /** The number of the process that started it. */
  readonly parent: number;
  /** Its command line. */
  readonly command: string;
}

// Python, because Deno lets nobody read /proc, and not every container has ps.
const LIST = String.raw`
import json, os, subprocess
found = []
def add(pid, parent, state, command):
    if not state.startswith("Z"):
        found.append({"pid": int(pid), "parent": int(parent), "command": command})
if os.path.isdir("/proc/self"):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat, open(f"/proc/{pid}/cmdline") as command:
                state, parent = stat.read().rpartition(")")[2].split()[:2]
                add(pid, parent, state, command.read().replace("\0", " "))
        except OSError:
            pass
else:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat=,command="], capture_output=True)
    for line in listing.stdout.decode().splitlines():
        add(*line.split(None, 3))
print(json.dumps(found))
`;

/** All processes but zombies. */
export async function processes(): Promise<Process[]> {
  const { stdout } = await new Deno.Command(PYTHON, { args: ["-I", "-c", LIST] }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Whether a process has not ended. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await processes()).some((process) => process.pid === pid);
}

/** Whether a process has ended after at most `seconds`. */
export async function endsWithin(pid: number, seconds: number): Promise<boolean> {
  for (const end = performance.now() + 1000 * seconds; performance.now() < end;) {
    if (!(await isAlive(pid))) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** Kills a process that this one has not started itself, without a warning. */
export async function kill(pid: number): Promise<void> {
  const code = `import os, signal; os.kill(${pid}, signal.SIGKILL)`;
  await new Deno.Command(PYTHON, { args: ["-I", "-c", code] }).output();
}
