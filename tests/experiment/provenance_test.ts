import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { provenance, stamp } from "lora-dynamics/experiment/mod.ts";
import { notebookState } from "../../lib/experiment/notebook/_cells.ts";
import { gitState } from "../../lib/experiment/notebook/_git.ts";

const root = new URL("../../", import.meta.url);
const HASH = "0123456789abcdef0123456789abcdef01234567";

/** A folder with the given files, as a URL, removed at the end. */
function folder(files: Record<string, string>): URL & Disposable {
  const path = Deno.makeTempDirSync();
  const url = new URL(`file://${path}/`);
  for (const [name, text] of Object.entries(files)) {
    Deno.mkdirSync(new URL(name.replace(/[^/]*$/, "."), url), { recursive: true });
    Deno.writeTextFileSync(new URL(name, url), text);
  }
  return Object.assign(url, { [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) });
}

const commit = (files: Record<string, string>, at = "./") => {
  using checkout = folder(files);
  return gitState(new URL(at, checkout)).commit;
};

Deno.test("gitState() finds the commit however the checkout keeps it", () => {
  const head = "ref: refs/heads/main\n";
  assertEquals(commit({ ".git/HEAD": `${HASH}\n` }), HASH);
  assertEquals(commit({ ".git/HEAD": head, ".git/refs/heads/main": `${HASH}\n` }), HASH);
  const packed = `# pack-refs with: peeled\n${
    "f".repeat(40)
  } refs/heads/m\n${HASH} refs/heads/main\n`;
  assertEquals(commit({ ".git/HEAD": head, ".git/packed-refs": packed }), HASH);
  const worktree = {
    "a b/.git": "gitdir: ../main/.git/worktrees/x\n",
    "main/.git/worktrees/x/HEAD": head,
    "main/.git/worktrees/x/commondir": "../..\n",
    "main/.git/refs/heads/main": HASH,
  };
  assertEquals(commit(worktree, "a%20b/"), HASH);
});

Deno.test("gitState() is unknown without a checkout or with one it cannot read", () => {
  assertEquals(commit({ "x.txt": "" }), "unknown");
  assertEquals(commit({ ".git/HEAD": "ref: refs/heads/main" }), "unknown");
  assertEquals(commit({ ".git/HEAD": "nonsense" }), "unknown");
  assertEquals(commit({ ".git": "gitdir: elsewhere" }), "unknown");
  using plain = folder({ "x.txt": "" });
  assertEquals(gitState(plain).dirty, "unknown");
});

Deno.test("gitState() is dirty when the library differs, whatever happens to a notebook", () => {
  using checkout = folder({ "lib/a.ts": "1", "notebooks/a.ipynb": "1" });
  const git = (...args: string[]) => {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
    const command = new Deno.Command("git", { args: [...identity, ...args], cwd: checkout });
    const { success, stderr } = command.outputSync();
    assert(success, new TextDecoder().decode(stderr));
  };
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message", "first");
  const { commit, dirty } = gitState(checkout);
  assertMatch(commit, /^[0-9a-f]{40}/);
  assertEquals(dirty, false);
  Deno.writeTextFileSync(new URL("notebooks/a.ipynb", checkout), "2");
  assertEquals(gitState(checkout), { commit, dirty: false });
  Deno.writeTextFileSync(new URL("lib/b.ts", checkout), "2");
  assertEquals(gitState(checkout), { commit, dirty: true });
});

Deno.test("provenance() is plain JSON without paths, hosts or users", () => {
  const facts = provenance();
  assertEquals(JSON.parse(JSON.stringify(facts)), facts as never);
  assertMatch(facts.date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertMatch(facts.lockHash, /^([0-9a-f]{16}|unknown)$/);
  assert(facts.seconds > 0 && facts.cores >= 1);
  const { now } = performance;
  try {
    performance.now = () => 98_765;
    assertEquals(provenance().seconds, 98.765); // of the process, in seconds
  } finally {
    performance.now = now;
  }
  const text = JSON.stringify(facts);
  const home = Deno.env.get("HOME");
  const secrets = [root.pathname, Deno.hostname(), Deno.execPath(), home === "/" ? "" : home];
  for (const secret of secrets) assert(!secret || !text.includes(secret));
});

Deno.test("stamp() shows the facts and what the notebook adds, escaped", () => {
  const shown = stamp({ preset: "quick", note: "a < b" }) as unknown as Record<
    symbol,
    () => Record<string, string>
  >;
  const bundle = shown[Symbol.for("Jupyter.display")]();
  assertStringIncludes(bundle["text/html"], "a &lt; b");
  assertStringIncludes(bundle["text/plain"], `Deno ${Deno.version.deno}`);
});

Deno.test("the room works without any permission: unknown facts, default settings", async () => {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "--no-prompt", "--no-check", "_no_permissions.ts"],
    cwd: new URL(".", import.meta.url),
    env: { LORA_DYNAMICS: '{"preset": "full"}' },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert(text !== "", new TextDecoder().decode(stderr));
  assertEquals(JSON.parse(text), {
    facts: ["unknown", "unknown", "unknown", "unknown"],
    settings: { preset: "quick", parameters: {} },
    P: { d: 2, preset: "quick" },
    rows: [{ x: 1, y: 2 }, { x: 2, y: 4 }],
  });
});

Deno.test("notebookState() knows the code as saved, whatever its outputs, and whether it was committed", () => {
  const cell = (source: string | string[], type = "code") => ({ cell_type: type, source });
  const notebook = (...cells: object[]) => JSON.stringify({ cells });
  const first = notebook(cell("# text", "markdown"), cell(["1 +", "1"]));
  using checkout = folder({ "lib/a.ts": "1", "notebooks/a b.ipynb": first });
  const git = (...args: string[]) => {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
    const command = new Deno.Command("git", { args: [...identity, ...args], cwd: checkout });
    assert(command.outputSync().success);
  };
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message", "first");
  const url = new URL("notebooks/a b.ipynb", checkout), path = decodeURIComponent(url.pathname);
  const state = notebookState(checkout, path)!;
  assertEquals([state.name, state.changed], ["a b.ipynb", false]);
  assertMatch(state.cells, /^[0-9a-f]{16}$/);
  // Outputs and text are not code.
  Deno.writeTextFileSync(url, notebook({ ...cell("1 +1"), outputs: [1] }, cell("x", "markdown")));
  assertEquals(notebookState(checkout, path), state);
  Deno.writeTextFileSync(url, notebook(cell("1 + 2")));
  const edited = notebookState(checkout, path)!;
  assertEquals(edited.changed, true);
  assert(edited.cells !== state.cells);
  using elsewhere = folder({ "x.ipynb": first });
  assertEquals(notebookState(checkout, `${elsewhere.pathname}x.ipynb`)!.changed, "unknown");
  assertEquals(notebookState(checkout, `${elsewhere.pathname}none.ipynb`), null);
  assertEquals(notebookState(checkout, `${elsewhere.pathname}script.ts`), null);
  assertEquals(notebookState(checkout, undefined), null);
});
