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

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: HOST, port }).close();
    return true;
  } catch {
    return false;
  }
}

/** The wanted port, which must be free, or the first free one. */
function choosePort(wanted: number | undefined): number {
  if (wanted === undefined) {
    for (let port = FIRST_PORT; port < FIRST_PORT + 100; port++) if (isFree(port)) return port;
    throw new Error(`Cannot run lab as ports ${FIRST_PORT} to ${FIRST_PORT + 99} are all occupied`);
  }
  if (isFree(wanted)) return wanted;
  throw new Error(
    `Cannot run lab as --port must be free: ${wanted} is occupied ` +
      "(leave --port out to take the next free one)",
  );
}

async function lab(args: Arguments): Promise<number> {
  const known = notebooksIn(NOTEBOOKS);
  const port = choosePort(args.integer("port"));
  const first = args.words.at(0) ?? (known.length === 1 ? known[0] : undefined);
  const page = first === undefined ? "notebooks" : `notebooks/${first}.ipynb`;
  const ip = args.text("ip") ?? HOST;
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
