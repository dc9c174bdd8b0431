/**
 * Set-up, which every task begins with: the pinned Deno, the Python environment with JupyterLab, all
 * packages and the kernel, inside `.deno/` and `.venv/`. Each step is stamped when it is whole, so
 * that a second run does nothing and an interrupted one is taken up where it stopped.
 *
 * @module
 */
import { kernelFiles } from "./kernel_spec.ts";
import { makeIndex, sources } from "./kernel/index.ts";
import {
  DENO,
  DENO_DIR,
  DENO_HOME,
  DENO_VERSION,
  INDEX,
  inRoot,
  PYTHON,
  PYTHON_MINIMUM,
  VENV,
} from "./paths.ts";
import { diagnose, isFile, passSignalsOn, run, SetupError, writeAtomicallySync } from "./shell.ts";

interface Step {
  readonly name: string;
  /** Shown while the step runs. */
  readonly label: string;
  /** Changes whenever the step has to run again. */
  readonly key: string;
  /** A file without which the step has to run again. */
  readonly product: string;
  /** Names of the steps that must be done before. */
  readonly after: readonly string[];
  run(): Promise<void>;
}

const STAMPS = inRoot(".deno", "setup.json");
const SCRATCH = inRoot(".deno", "tmp");
const VENV_MARK = inRoot(".venv", "lora-dynamics");

async function hash(...parts: string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
}

/** What set-up is for. */
export interface Purpose {
  /** Whether somebody is going to read the documentation in a notebook; default: no. */
  readonly reading?: boolean;
}

async function steps({ reading = false }: Purpose): Promise<Step[]> {
  const read = (name: string) => Deno.readTextFile(inRoot(name));
  const kernel = kernelFiles();
  return [
    {
      name: "deno",
      label: `Deno ${DENO_VERSION}`,
      key: await hash(DENO_VERSION, Deno.build.target),
      product: DENO,
      after: [],
      run: installDeno,
    },
    {
      name: "python",
      label: "JupyterLab in .venv",
      key: await hash(await read("lib/cli/requirements.txt")),
      product: PYTHON,
      // Quick, and then the two slow ones run side by side.
      after: ["deno"],
      run: installPython,
    },
    {
      name: "packages",
      label: "packages of deno.json",
      key: await hash(DENO_VERSION, await read("deno.json"), await read("deno.lock")),
      product: DENO_DIR,
      after: ["deno"],
      run: installPackages,
    },
    {
      name: "kernel",
      label: "Deno kernel for Jupyter",
      key: await hash(...kernel.flatMap(({ path, text }) => [path, text])),
      product: kernel[0].path,
      after: ["python"],
      run: () => {
        for (const { path, text } of kernel) writeAtomicallySync(path, text);
        return Promise.resolve();
      },
    },
    ...(reading
      ? [{
        name: "documentation",
        label: "documentation for Shift-Tab",
        key: await hash(...sources()),
        product: INDEX,
        after: ["deno", "packages"],
        run: makeIndex,
      }]
      : []),
  ];
}

async function installDeno(): Promise<void> {
  await Deno.mkdir(SCRATCH, { recursive: true });
  const fresh = `${SCRATCH}/deno`;
  const running = Deno.version.deno === DENO_VERSION;
  await Deno.copyFile(running ? Deno.execPath() : await fetchDeno(), fresh);
  await Deno.chmod(fresh, 0o755);
  await Deno.rename(fresh, DENO);
  await run(DENO, ["--version"], { doing: `start Deno ${DENO_VERSION} on this system` });
}

/** Path of the pinned binary inside the npm package, which ships it. */
async function fetchDeno(): Promise<string> {
  const prefix = `${SCRATCH}/npm`;
  // The binary is an optional package; a user's npm may leave these out, or only pretend to install.
  const options = [
    ...["--include=optional", "--global=false", "--dry-run=false"],
    ...["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--no-save"],
  ];
  const where = ["--prefix", prefix, "--cache", `${SCRATCH}/npm-cache`];
  await run("npm", ["install", ...options, ...where, `deno@${DENO_VERSION}`], {
    doing: `fetch Deno ${DENO_VERSION}`,
    missing: `npm is missing, which fetches Deno ${DENO_VERSION} (the running Deno is ` +
      `${Deno.version.deno}): install Node.js (nodejs.org, or your package manager's nodejs and npm)`,
  });
  for await (const entry of Deno.readDir(`${prefix}/node_modules/@deno`)) {
    const binary = `${prefix}/node_modules/@deno/${entry.name}/deno`;
    if (await isFile(binary)) return binary;
  }
  throw new SetupError(
    `there is no Deno ${DENO_VERSION} for ${Deno.build.target} (Linux with glibc and macOS, ` +
      "x64 and arm64; on Windows use WSL)",
  );
}

async function installPython(): Promise<void> {
  const python = await findPython();
  if (await isFile(`${VENV}/pyvenv.cfg`) && !(await isFile(VENV_MARK))) {
    throw new SetupError(
      "the folder .venv was made by something else: rename or remove it",
    );
  }
  await Deno.remove(VENV, { recursive: true }).catch(() => {});
  await Deno.mkdir(VENV);
  await Deno.writeTextFile(VENV_MARK, "Made by deno task setup, which may replace this folder.\n");
  await run(python, ["-I", "-m", "venv", VENV], { doing: "make the Python environment" });
  const options = ["--no-deps", "--no-cache-dir", "--no-input", "--disable-pip-version-check"];
  const requirements = inRoot("lib", "cli", "requirements.txt");
  await run(
    PYTHON,
    ["-I", "-m", "pip", "install", ...options, "--retries", "1", "-r", requirements],
    { doing: "install JupyterLab", env: PIP_ENVIRONMENT },
  );
}

/**
 * Where pip installs to and what it takes, whatever the user's settings say: those of indices, proxies
 * and certificates stay. pip passes over a setting that is empty.
 */
const PIP_ENVIRONMENT: Readonly<Record<string, string>> = {
  PIP_USER: "0",
  PIP_DRY_RUN: "0",
  PIP_REQUIRE_HASHES: "0",
  PIP_IGNORE_INSTALLED: "0",
  ...Object.fromEntries(
    [
      ...["TARGET", "PREFIX", "ROOT", "CONSTRAINT", "REQUIREMENT", "EDITABLE", "PLATFORM"],
      ...["PYTHON", "PYTHON_VERSION", "NO_BINARY", "REPORT", "LOG"],
    ].map((name) => [`PIP_${name}`, ""]),
  ),
};

/** Name of a Python that is new enough and can make environments. */
async function findPython(): Promise<string> {
  const wanted = PYTHON_MINIMUM.join(".");
  const how =
    "Debian or Ubuntu: apt-get install python3 python3-venv; macOS: brew install python; " +
    "otherwise python.org";
  const probe = "import sys\nprint('%d.%d' % sys.version_info[:2])\nimport venv, ensurepip";
  let problem = `Python ${wanted} or newer is missing (${how})`;
  for (const name of ["python3", "python"]) {
    let output: Deno.CommandOutput;
    try {
      output = await new Deno.Command(name, { args: ["-I", "-c", probe], stdin: "null" }).output();
    } catch {
      continue;
    }
    const found = new TextDecoder().decode(output.stdout).trim();
    const [major, minor] = found.split(".").map(Number);
    if (!(major > 3 || (major === 3 && minor >= PYTHON_MINIMUM[1]))) {
      problem = `${name} is Python ${found || "of an unknown version"}, and ${wanted} or newer ` +
        `is needed (${how})`;
    } else if (!output.success) {
      problem = `${name} (Python ${found}) lacks the modules venv and ensurepip (${how})`;
    } else {
      return name;
    }
  }
  throw new SetupError(problem);
}

async function installPackages(): Promise<void> {
  await run(DENO, ["install", "--frozen"], { doing: "fetch the packages of deno.json" });
}

function readStamps(): Record<string, string> {
  try {
    return JSON.parse(Deno.readTextFileSync(STAMPS));
  } catch {
    return {};
  }
}

async function pending(all: Step[]): Promise<Step[]> {
  const stamps = readStamps();
  const open: Step[] = [];
  for (const step of all) {
    if (stamps[step.name] !== step.key || !(await isFile(step.product, true))) open.push(step);
  }
  return open;
}

/** Runs a step and stamps it. */
async function complete(step: Step): Promise<void> {
  const start = performance.now();
  console.error(`setup: ${step.label} ...`);
  await step.run();
  // Read and written without a pause in between: steps run side by side.
  const stamps = { ...readStamps(), [step.name]: step.key };
  writeAtomicallySync(STAMPS, `${JSON.stringify(stamps, null, 2)}\n`);
  console.error(`setup: ${step.label} ready, ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Brings the set-up up to date; does nothing when it is. */
export async function setUp(purpose: Purpose = {}): Promise<void> {
  if (Deno.build.os === "windows") {
    throw new SetupError("Windows is supported through WSL only (learn.microsoft.com/windows/wsl)");
  }
  const all = await steps(purpose);
  if ((await pending(all)).length === 0) return;
  await Deno.mkdir(DENO_HOME, { recursive: true });
  using lock = await Deno.open(inRoot(".deno", "lock"), { write: true, create: true });
  const waiting = setTimeout(() => console.error("setup: waiting for another set-up to end"), 1000);
  await lock.lock(true).finally(() => clearTimeout(waiting));
  const begin = performance.now();
  // A step may remove what a later one has made, so the list is taken anew after each round.
  for (let open = await pending(all); open.length > 0; open = await pending(all)) {
    const names = open.map(({ name }) => name);
    const ready = open.filter(({ after }) => !after.some((name) => names.includes(name)));
    const results = await Promise.allSettled(ready.map(complete));
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }
  await Deno.remove(SCRATCH, { recursive: true }).catch(() => {});
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.error(`setup: done in ${seconds} s, all of it in .deno/ and .venv/`);
}

/** The same; a failure is told in a sentence and ends the process. */
export async function setUpOrExit(purpose: Purpose = {}): Promise<void> {
  using _ = passSignalsOn();
  try {
    await setUp(purpose);
  } catch (error) {
    console.error(`Cannot set up as ${diagnose(error)}.\nThen run the same command again.`);
    Deno.exit(1);
  }
}
