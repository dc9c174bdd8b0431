import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { DENO, DENO_DIR, DENO_VERSION, inRoot } from "../../lib/cli/paths.ts";
import { copyTasks, end, type Ended, until } from "./_tasks.ts";

// Set-up itself is run, in a copy of the project; Python, pip and npm are played by shell scripts,
// so that nothing is downloaded and their failures can be had.
const PYTHON = `#!/bin/sh
PATH=/usr/bin:/bin
case "$*" in
  *"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
  *"-m pip"*) echo called >> pip.log; set | grep ^PIP_ > pip.env; sleep "\${PIP_SECONDS:-0}"; echo "$PIP_SAYS"; [ -z "$PIP_SAYS" ] ;;
  *) echo "\${VERSION:-3.12}"; [ -z "$NO_VENV" ] ;;
esac
`;

class Project implements AsyncDisposable {
  constructor(public folder: string) {}

  static async create(): Promise<Project> {
    const folder = await Deno.makeTempDir();
    await Deno.mkdir(`${folder}/programs`);
    await Deno.mkdir(`${folder}/.deno`);
    await Deno.symlink(DENO_DIR, `${folder}/.deno/cache`);
    await copyTasks(folder);
    for (const name of ["deno.json", "deno.lock"]) {
      await Deno.copyFile(inRoot(name), `${folder}/${name}`);
    }
    // The stand-in package of the import map.
    await Deno.mkdir(`${folder}/tests`);
    await Deno.symlink(inRoot("tests", "std_assert"), `${folder}/tests/std_assert`);
    return new Project(folder);
  }

  /** Adds a program to the only folder on the path. */
  async program(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/programs/${name}`, text, { mode: 0o755 });
  }

  /** Starts set-up with the permissions of the task. */
  start(env: Record<string, string> = {}): Deno.ChildProcess {
    const { tasks } = JSON.parse(Deno.readTextFileSync(inRoot("deno.json")));
    const words: string[] = tasks.setup.command.split(" ");
    return new Deno.Command(DENO, {
      args: words.slice(words.indexOf("deno") + 1),
      cwd: this.folder,
      clearEnv: true,
      env: { PATH: `${this.folder}/programs`, DENO_DIR, NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  run(env: Record<string, string> = {}): Promise<Ended> {
    return end(this.start(env));
  }

  read(path: string): string {
    return Deno.readTextFileSync(`${this.folder}/${path}`);
  }

  has(path: string): boolean {
    try {
      return Deno.statSync(`${this.folder}/${path}`) !== undefined;
    } catch {
      return false;
    }
  }

  /** How often pip was called. */
  get pips(): number {
    return this.has("pip.log") ? this.read("pip.log").trim().split("\n").length : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

async function withPython(): Promise<Project> {
  const project = await Project.create();
  await project.program("python3", PYTHON);
  return project;
}

Deno.test("set-up makes binary, environment and kernel; a second run says and does nothing", async () => {
  await using project = await withPython();
  const first = await project.run();
  assertEquals([first.code, first.stdout], [0, ""], first.stderr);
  assertMatch(first.stderr, /setup: done in \d+\.\d s/);
  const spec = JSON.parse(project.read(".venv/share/jupyter/kernels/deno/kernel.json"));
  assertEquals(spec.argv.slice(0, 4), [
    `${project.folder}/.venv/bin/python`,
    "-IB",
    `${project.folder}/lib/cli/kernel`,
    `${project.folder}/.deno/deno`,
  ]);
  assertEquals([spec.interrupt_mode, spec.env.NO_COLOR], ["signal", "1"]);
  assertEquals(spec.env.DENO_DIR, `${project.folder}/.deno/cache`);
  const settings = JSON.parse(project.read(".venv/share/jupyter/lab/settings/overrides.json"));
  assertEquals(Object.values(settings), [{ checkForUpdates: false, fetchNews: "false" }]);

  const start = performance.now();
  assertEquals(await project.run(), { code: 0, stdout: "", stderr: "" });
  assert(performance.now() - start < 1000, "the second run took more than a second");
  assertEquals(project.pips, 1);
});

Deno.test("what Shift-Tab shows is read from the library, and again when that has changed", async () => {
  await using project = await withPython();
  const room = `${project.folder}/lib/figure`;
  await Deno.mkdir(room);
  const write = (about: string, code: string) =>
    Deno.writeTextFile(
      `${room}/mod.ts`,
      `/** ${about} */\nexport function show(x: number) ${code}\n`,
    );
  const shown = () => {
    const { modules } = JSON.parse(project.read(".deno/documentation.json"));
    return modules["lora-dynamics/figure/mod.ts"].show.markdown as string;
  };
  await write("Shows a number.", "{ return x; }");
  await project.run();
  assertStringIncludes(shown(), "function show(x: number)");
  assertStringIncludes(shown(), "Shows a number.");
  assertEquals((await project.run()).stderr, "");
  await write("Shows any number.", "{ return x; }");
  assertStringIncludes((await project.run()).stderr, "documentation for Shift-Tab ready");
  assertStringIncludes(shown(), "Shows any number.");
  // A library with an error stops nothing, and is said once.
  await write("Shows", "{ return (; }");
  const broken = await project.run();
  assertEquals(broken.code, 0);
  assertStringIncludes(broken.stderr, "Shift-Tab will show nothing as");
  assertEquals((await project.run()).stderr, "");
});

Deno.test("a moved project gets a new kernel description, and nothing is installed again", async () => {
  await using project = await withPython();
  await project.run();
  const moved = `${project.folder} moved`;
  await Deno.rename(project.folder, moved);
  project.folder = moved;
  const { code, stderr } = await project.run();
  assertEquals(code, 0, stderr);
  assertEquals(project.pips, 1);
  const spec = project.read(".venv/share/jupyter/kernels/deno/kernel.json");
  assertStringIncludes(spec, `${moved}/.deno/deno`);
});

Deno.test("other requirements, or a lost environment, are installed anew", async () => {
  await using project = await withPython();
  await project.run();
  await Deno.writeTextFile(`${project.folder}/lib/cli/requirements.txt`, "six==1.0\n");
  assertEquals((await project.run()).code, 0);
  assertEquals(project.pips, 2);
  await Deno.remove(`${project.folder}/.venv`, { recursive: true });
  assertEquals((await project.run()).code, 0);
  assertEquals(project.pips, 3);
  assert(project.has(".venv/share/jupyter/kernels/deno/kernel.json"));
});

const failures: [string, Record<string, string>, string[]][] = [
  ["Python is too old", { VERSION: "3.9" }, ["python3 is Python 3.9, and 3.10 or newer is needed"]],
  ["Python has no venv", { NO_VENV: "1" }, ["lacks the modules venv and ensurepip", "apt-get"]],
  [
    "the disk is full",
    { PIP_SAYS: "ERROR: [Errno 28] No space left on device" },
    ["not possible to install JupyterLab", "the disk is full: free about 600 MB"],
  ],
  [
    "there is no network",
    { PIP_SAYS: "NewConnectionError: Failed to establish a new connection" },
    ["the package registry cannot be reached", "proxy or mirror"],
  ],
  ["pip fails otherwise", { PIP_SAYS: "some trouble" }, ["ended with code 1", "| some trouble"]],
];
for (const [name, env, messages] of failures) {
  Deno.test(`set-up says so when ${name}, and completes once that is mended`, async () => {
    await using project = await withPython();
    const { code, stderr } = await project.run(env);
    assertEquals(code, 1);
    for (const message of ["Cannot set up as", ...messages]) assertStringIncludes(stderr, message);
    assertFalse(project.has(".venv/share/jupyter/kernels/deno/kernel.json"));
    const second = await project.run();
    assertEquals(second.code, 0, second.stderr);
    assert(project.has(".venv/share/jupyter/kernels/deno/kernel.json"));
  });
}

Deno.test("pip installs into the environment whatever the user's settings say, from the user's index", async () => {
  await using project = await withPython();
  const mine = {
    PIP_USER: "1",
    PIP_TARGET: "/elsewhere",
    PIP_NO_BINARY: ":all:",
    PIP_CONSTRAINT: "c",
  };
  const kept = { PIP_INDEX_URL: "https://mirror.example/simple", PIP_CERT: "/my/ca.pem" };
  const { code, stderr } = await project.run({ ...mine, ...kept });
  assertEquals(code, 0, stderr);
  const seen = project.read("pip.env").replaceAll("'", "").split("\n");
  for (const line of ["PIP_USER=0", "PIP_TARGET=", "PIP_NO_BINARY=", "PIP_CONSTRAINT="]) {
    assert(seen.includes(line), `${line} is not in ${seen}`);
  }
  for (const [name, value] of Object.entries(kept)) assert(seen.includes(`${name}=${value}`), name);
});

Deno.test("a strict umask and a home folder that cannot be written are no matter", async () => {
  await using project = await withPython();
  const { tasks } = JSON.parse(Deno.readTextFileSync(inRoot("deno.json")));
  const words: string[] = tasks.setup.command.split(" ");
  const { code, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-c", 'umask 077; exec "$0" "$@"', DENO, ...words.slice(words.indexOf("deno") + 1)],
    cwd: project.folder,
    clearEnv: true,
    env: { PATH: `${project.folder}/programs`, DENO_DIR, HOME: "/proc/none", NO_COLOR: "1" },
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const mode = (path: string) => Deno.statSync(`${project.folder}/${path}`).mode! & 0o777;
  assertEquals(mode(".deno/deno"), 0o755);
  assertEquals(mode(".venv/share/jupyter/kernels/deno/kernel.json"), 0o600);
  assertEquals((await project.run({ HOME: "/proc/none" })).stderr, "");
});

Deno.test("without Python set-up says what is missing and how to get it", async () => {
  await using project = await Project.create();
  const { code, stderr } = await project.run();
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    "Python 3.10 or newer is missing (Debian or Ubuntu: apt-get install",
  );
  assertStringIncludes(stderr, "run the same command again");
  assertFalse(project.has(".venv"));
});

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  Deno.test(`set-up that was stopped by ${signal} is completed by the next one`, async () => {
    await using project = await withPython();
    const child = project.start({ PIP_SECONDS: "3" });
    assert(await until(() => project.pips === 1, 20), "pip was never called");
    child.kill(signal);
    const { code } = await end(child);
    assertEquals(code, { SIGINT: 130, SIGTERM: 143, SIGKILL: 137 }[signal]);
    const second = await project.run();
    assertEquals(second.code, 0, second.stderr);
    assertEquals(project.pips, 2);
  });
}

Deno.test("two set-ups at once do the work once", async () => {
  await using project = await withPython();
  const both = [project.start({ PIP_SECONDS: "2" }), project.start({ PIP_SECONDS: "2" })];
  const [first, second] = await Promise.all(both.map(end));
  assertEquals([first.code, second.code], [0, 0], first.stderr + second.stderr);
  assertEquals(project.pips, 1);
  assertStringIncludes(first.stderr + second.stderr, "waiting for another set-up to end");
});

Deno.test("an environment that somebody else has made is left alone", async () => {
  await using project = await withPython();
  await Deno.mkdir(`${project.folder}/.venv`);
  await Deno.writeTextFile(`${project.folder}/.venv/pyvenv.cfg`, "mine");
  const { code, stderr } = await project.run();
  assertEquals(code, 1);
  assertStringIncludes(stderr, ".venv was made by something else: rename or remove it");
  assertEquals(project.read(".venv/pyvenv.cfg"), "mine");
});

async function withOtherDeno(): Promise<Project> {
  const project = await withPython();
  const path = `${project.folder}/lib/cli/paths.ts`;
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace(`"${DENO_VERSION}"`, '"2.8.0"'));
  return project;
}

Deno.test("under another Deno the pinned one is taken from its npm package", async () => {
  await using project = await withOtherDeno();
  await project.program(
    "npm",
    `#!/bin/sh
PATH=/usr/bin:/bin
echo "$*" > npm.log
mkdir -p .deno/tmp/npm/node_modules/@deno/some-system
printf '#!/bin/sh\\necho pinned "$@"\\n' > .deno/tmp/npm/node_modules/@deno/some-system/deno
`,
  );
  const { code, stderr } = await project.run();
  assertEquals(code, 0, stderr);
  assertStringIncludes(project.read("npm.log"), "deno@2.8.0");
  // `NPM_CONFIG_OMIT=optional` of the user would leave out the binary.
  assertStringIncludes(
    project.read("npm.log"),
    "--include=optional --global=false --dry-run=false",
  );
  assertStringIncludes(project.read(".deno/deno"), "pinned");
});

Deno.test("under another Deno and without npm set-up says what is missing", async () => {
  await using project = await withOtherDeno();
  const { code, stderr } = await project.run();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "npm is missing, which fetches Deno 2.8.0");
  assertStringIncludes(stderr, "install Node.js");
});

Deno.test("a project folder that cannot be written is named", async () => {
  await using project = await withPython();
  await Deno.remove(`${project.folder}/.deno`, { recursive: true });
  await Deno.writeTextFile(`${project.folder}/.deno`, "a file in the way");
  const { code, stderr } = await project.run();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Cannot set up as");
  assertStringIncludes(stderr, ".deno");
});
