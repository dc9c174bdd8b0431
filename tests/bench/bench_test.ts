import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { inRoot } from "../../lib/cli/paths.ts";
import { run } from "../cli/_tasks.ts";
import { LOADS } from "./loads.ts";
import { type BenchRow, compare, isFault } from "./compare.ts";
import { withSection } from "./guide.ts";
import { benchTable } from "./report.ts";

const bench = (...args: string[]) => run("tests/bench/bench.ts", args, {}, "bench");

const KEYS = ["load", "ours", "peer", "peerName", "ratio", "spread", "target", "pass"];

Deno.test("bench reports peers that are not there as missing, and measures ours all the same", async () => {
  const { code, stdout, stderr } = await bench(
    ...["--only", "c,c''", "--rounds", "1", "--python", "no-such-python", "--json"],
  );
  assertEquals(code, 0, stderr);
  const rows: BenchRow[] = JSON.parse(stdout);
  assertEquals(rows.map(({ peerName }) => peerName), [
    ...["SciPy RK45", "SciPy DOP853", "SciPy LSODA"],
    ...["JAX vmap of odeint", "JAX vmap of a solver written for it", "SciPy RK45"],
  ]);
  for (const row of rows) {
    assertEquals(Object.keys(row).sort(), [...KEYS, "missing"].sort());
    assert(row.ours !== null && row.ours > 0);
    assertEquals([row.peer, row.ratio, row.spread, row.pass], [null, null, null, null]);
    assertStringIncludes(row.missing!.reason, "no-such-python");
  }
  assertStringIncludes(stderr, "missing: SciPy RK45");
  assertStringIncludes(stderr, "--install");
  assertStringIncludes(stderr, "0 targets reached, 0 missed");
});

Deno.test("bench compares two loads of ours, and a verdict says whether the target is reached", async () => {
  const python = ["--python", "no-such-python"];
  const { code, stdout } = await bench("--only", "a'", "--rounds", "2", "--json", ...python);
  assertEquals(code, 0);
  const row = (JSON.parse(stdout) as BenchRow[]).find(({ peerName }) =>
    peerName.startsWith("ours")
  );
  assert(row?.ratio && row.spread && row.peer);
  assertEquals(Object.keys(row).sort(), KEYS.sort());
  assert(row.spread[0] <= row.ratio && row.ratio <= row.spread[1]);
  assertEquals(row.pass, row.ratio >= 0.95 * row.target!);
});

Deno.test("bench refuses what it does not know with exit code 2", async () => {
  const wrong: [string[], string][] = [
    [["--only", "z"], "--only must list some of a, a', a'', b, b', c, c', c'', d, e, f, figures"],
    [["--only", "figures"], "--only figures needs --write"],
    [["--rounds", "0"], "--rounds must be an integer from 1"],
    [["--fast"], "--fast"],
    [["a"], "unexpected argument 'a'"],
  ];
  for (const [args, message] of wrong) {
    const { code, stderr } = await bench(...args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, message);
  }
});

Deno.test("a figure of the guide whose peer is not there is not drawn, and the last one stays", async () => {
  const figure = inRoot("lib", "site", "guide", "speed-cost.svg");
  const before = await Deno.readTextFile(figure);
  const { code, stderr } = await bench(
    "--only",
    "figures",
    "--write",
    "--python",
    "no-such-python",
  );
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "not drawn: speed-cost.svg, as ");
  assertEquals(stderr.match(/not drawn/g)!.length, 3);
  assertEquals(await Deno.readTextFile(figure), before);
});

Deno.test("loads have names of their own, and targets where the issue of speed is decided", () => {
  assertEquals(new Set(LOADS.map(({ name }) => name)).size, LOADS.length);
  const targets = LOADS.flatMap(({ peers }) => peers).filter(({ target }) => target !== null);
  assert(targets.length >= 25);
});

Deno.test("benchTable() shows verdicts, and a dash where there is nothing to show", () => {
  const row = { load: "x", ours: 2e-6, peerName: "NumPy", target: 2 };
  const text = benchTable([
    { ...row, peer: 5e-6, ratio: 2.5, spread: [2.4, 2.6], pass: true },
    { ...row, peer: 3e-6, ratio: 1.5, spread: [1.4, 1.6], pass: false },
    { ...row, peer: 3.9e-6, ratio: 1.95, spread: [1.9, 2], pass: true },
    {
      ...row,
      peer: null,
      ratio: null,
      spread: null,
      pass: null,
      missing: { name: "NumPy", reason: "-" },
    },
  ]);
  assertStringIncludes(text, "| x | 2 µs | NumPy | 5 µs | 2.5 | 2.4 … 2.6 | reached (≥ 2) |");
  assertStringIncludes(text, "MISSED (≥ 2)");
  assertStringIncludes(text, "| within 5 % (≥ 2) |");
  assertStringIncludes(text, "| – | – | – | NumPy is missing |");
});

Deno.test("what ours needs and has not is what is missing, not the peer", async () => {
  const load = {
    ...{ name: "x", needs: "OpenBLAS", compare: { n: 1, tolerance: 0 } },
    ours: () => {
      throw new Error("no library");
    },
    peers: [{ library: "numpy", load: "x", name: "NumPy", target: 1 }],
  };
  const process = () => Promise.reject(new Error("not asked for"));
  const [row] = await compare(load, { rounds: 1, seconds: 0.01, process });
  assertEquals(row.missing, { name: "OpenBLAS", reason: "no library" });
  assertStringIncludes(benchTable([row]), "| OpenBLAS is missing |");
});

Deno.test("a ratio that compiled code cannot have is a fault of the measurement", () => {
  const jax = { library: "jax", load: "direct", name: "JAX", target: 1 };
  assertEquals([49, 51, 0.021, 0.019].map((ratio) => isFault(jax, ratio)), [
    ...[false, true, false, true],
  ]);
  // Other work than ours, and interpreted code, may differ by as much as they do.
  assertEquals(isFault({ ...jax, comparable: false }, 700), false);
  assertEquals(isFault({ ...jax, library: "scipy" }, 300), false);
  const row = { load: "x", ours: 1, peer: 60, peerName: "JAX", ratio: 60, target: 1, pass: false };
  assertStringIncludes(benchTable([{ ...row, spread: [60, 60], fault: true }]), "FAULT");
});

Deno.test("a machine's section takes the place of its last one, first of all; others stay", () => {
  const [begin, end] = [
    "<!-- bench: deno task bench --write writes what follows -->",
    "<!-- end of bench -->",
  ];
  const empty = `# Speed\n\n${begin}\n\n${end}\n\nMore.\n`;
  const one = withSection(empty, "A", "| 1 |");
  const two = withSection(one, "B", "| 2 |"), again = withSection(two, "A", "| 3 |");
  assertStringIncludes(one, `${begin}\n\n## Measured on A\n\n| 1 |\n\n${end}\n\nMore.\n`);
  assertStringIncludes(two, "## Measured on B\n\n| 2 |\n\n## Measured on A\n\n| 1 |");
  assertStringIncludes(again, "## Measured on A\n\n| 3 |\n\n## Measured on B\n\n| 2 |");
  assertEquals(again.split("## ").length, 3);
  assertEquals(withSection(again, "A", "| 3 |"), again);
  assertThrows(() => withSection("# Speed", "A", ""), Error, "the guide must hold");
});
