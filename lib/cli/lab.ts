/**
 * `deno task lab`: JupyterLab on this computer alone, with its token, showing the notebooks.
 *
 * @module
 */
import { type Arguments, runTask } from "./args.ts";
import { notebooksIn } from "./files.ts";
import { JUPYTER_ENVIRONMENT, NOTEBOOKS, PYTHON, ROOT } from "./paths.ts";
import { USAGES } from "./usages.ts";
const HOST = "127.0.0.1";
const FIRST_PORT = 8888;

/** Whether a port can be listened at, or why not. */
function wrongPort(hostname: string, port: number): string | undefined {
  try {
    Deno.listen({ hostname, port }).close();
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) {
      return `--port must be one that you may use, such as ${FIRST_PORT}: current value is ${port}`;
    }
    if (error instanceof Deno.errors.AddrInUse) {
      return `--port must be free: ${port} is occupied (leave --port out to take the next free one)`;
    }
    return `--ip must be an address of this computer, or 0.0.0.0 for all: current value is ${hostname}`;
  }
}

/** The wanted port, which must be free, or the first free one. */
function choosePort(ip: string, wanted: number | undefined): number {
  const ports = wanted === undefined
    ? Array.from({ length: 100 }, (_, i) => FIRST_PORT + i)
    : [wanted];
  const reasons: string[] = [];
  for (const port of ports) {
    const reason = wrongPort(ip, port);
    if (reason === undefined) return port;
    reasons.push(reason);
    if (!reason.includes("occupied")) break;
  }
  const last = reasons.length === 100
    ? `ports ${FIRST_PORT} to ${ports.at(-1)} are all occupied`
    : reasons.at(-1);
  throw new Error(`Cannot run lab as ${last}`);
}

async function lab(args: Arguments): Promise<number> {
  const known = notebooksIn(NOTEBOOKS);
  const first = args.words.at(0) ?? (known.length === 1 ? known[0] : undefined);
  const page = first === undefined ? "notebooks" : `notebooks/${first}.ipynb`;
  const ip = args.text("ip") ?? HOST;
  const port = choosePort(ip === "*" ? "0.0.0.0" : ip, args.integer("port"));
  let child: Deno.ChildProcess | undefined = undefined;
  // Ctrl-C in a terminal reaches the server as well; other signals have to be passed on. Whoever reads
  // an address below may send one before the server is there.
  Deno.addSignalListener("SIGINT", () => {
    if (!Deno.stdin.isTerminal()) stop(child);
  });
  Deno.addSignalListener("SIGTERM", () => stop(child));
  if (ip !== HOST) {
    console.error(
      `lab: other computers can reach ${ip}:${port}; whoever has the token runs code here`,
    );
  }
  // JupyterLab prints an address with the token that it draws, and none with a reader's own.
  if (Deno.env.get("JUPYTER_TOKEN")) {
    const host = ["0.0.0.0", "::", "*"].includes(ip) ? HOST : ip;
    console.error(`lab: http://${host}:${port}/lab/tree/${page}, with the token of JUPYTER_TOKEN`);
  }
  child = new Deno.Command(PYTHON, {
    args: [
      ...["-I", "-m", "jupyterlab"],
      `--ServerApp.ip=${ip}`,
      `--ServerApp.port=${port}`,
      "--ServerApp.port_retries=0",
      // The browser of a Windows that runs this in WSL cannot open a file of Linux.
      "--ServerApp.use_redirect_file=False",
      `--ServerApp.root_dir=${ROOT}`,
      `--LabApp.default_url=/lab/tree/${page}`,
      "--ServerApp.log_level=WARN",
      "--KernelSpecManager.ensure_native_kernel=False",
      // One Ctrl-C stops the server and its kernels, without a question.
      "--ServerApp.answer_yes=True",
      // Without this, containers, where every user is root, could not run it.
      "--ServerApp.allow_root=True",
      ...(args.flag("no-browser") ? ["--ServerApp.open_browser=False"] : []),
    ],
    env: { ...JUPYTER_ENVIRONMENT },
    cwd: ROOT,
  }).spawn();
  const { code } = await child.status;
  return code;
}

/** Signals are handled between statements, so the server runs, or has ended. */
function stop(server: Deno.ChildProcess | undefined): void {
  try {
    server?.kill("SIGTERM");
  } catch { /* it has ended by itself */ }
}

if (import.meta.main) await runTask("lab", USAGES.lab, lab);
