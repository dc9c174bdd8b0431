import { assert, assertEquals, assertGreater } from "@std/assert";
import { cellModule } from "../lib/cli/cells.ts";
import { filesBelow, notebooksIn } from "../lib/cli/files.ts";
import { publicModules } from "../lib/cli/kernel/documentation.ts";
import { DENO_VERSION, inRoot, NOTEBOOKS, ROOT } from "../lib/cli/paths.ts";
import {
  circles,
  entangled,
  fileCircles,
  foreign,
  importsOf,
  talkative,
  TOP_LEVEL,
  wrongArrows,
} from "./architecture.ts";

const read = (path: string) => Deno.readTextFileSync(inRoot(path));
const modules = filesBelow("lib", /\.ts$/).filter((path) => !path.includes("/assembly/"));
const graph = Object.fromEntries(modules.map((path) => [path, importsOf(path, read(path))]));

/** Names at the top of the project: those that git knows, or all where there is no git. */
async function topLevel(): Promise<string[]> {
  try {
    const { stdout, success } = await new Deno.Command("git", {
      args: ["-C", ROOT, "ls-files", "-z"],
      stderr: "null",
    }).output();
    const files = new TextDecoder().decode(stdout).split("\0").filter((path) => path !== "");
    if (success && files.length > 0) return [...new Set(files.map((path) => path.split("/")[0]))];
  } catch { /* no git */ }
  return Array.from(Deno.readDirSync(ROOT), ({ name }) => name);
}

Deno.test("the top level holds what the design names and dot-files", async () => {
  const names = (await topLevel()).filter((name) => !name.startsWith("."));
  assertEquals(names.filter((name) => !TOP_LEVEL.includes(name)), []);
});

Deno.test("the graph that the rules are tried on is the real one", () => {
  assertGreater(modules.length, 50);
  assert(graph["lib/chain/mod.ts"].length > 0);
  for (const [path, imports] of Object.entries(graph)) {
    for (const target of imports) assert(target in graph, `${path} imports ${target}`);
  }
});

Deno.test("imports point down: papers to numerics to kernels, never up, never to another paper", () => {
  assertEquals(wrongArrows(graph), []);
});

Deno.test("rooms do not import each other in circles", () => {
  assertEquals(circles(graph), []);
});

Deno.test("a paper is a house: model, theory beside simulation, experiments, claims", () => {
  assertEquals(entangled(graph), []);
});

Deno.test("no files import each other in a circle", () => {
  assertEquals(fileCircles(graph), []);
});

Deno.test("nothing touches Deno or Node but platform/ and the tasks", () => {
  const found = modules.map((path) => [path, ...foreign(path, read(path))]);
  assertEquals(found.filter(([, ...names]) => names.length > 0), []);
});

Deno.test("simulations hang on nothing that shows: an edited caption drops no kept result", () => {
  assertEquals(talkative(graph), []);
  const wrong = {
    "lib/papers/lora_one/simulation/runs.ts": ["lib/papers/lora_one/model.ts"],
    "lib/papers/lora_one/model.ts": [
      "lib/experiment/settings.ts",
      "lib/experiment/notebook/progress.ts",
    ],
  };
  assertEquals(talkative(wrong), [
    "lib/papers/lora_one/simulation/runs.ts -> ... -> lib/experiment/notebook/progress.ts",
  ]);
});

Deno.test("no room but tests, notebooks and the tasks imports the tasks", () => {
  for (const name of notebooksIn(NOTEBOOKS)) {
    const { text } = cellModule(read(`notebooks/${name}.ipynb`));
    const imports = importsOf(`notebooks/${name}.ts`, text);
    assertEquals(imports.filter((path) => path.startsWith("lib/cli/")), []);
  }
});

Deno.test("what touches Deno or Node is found, examples and words in strings are not", () => {
  const text = `/** @example
 * Deno.env.get("A");
 */
import { cpus } from "node:os";
// process.exit(1);
const name = { deno: "Deno", process: 1 };
`;
  assertEquals(foreign("lib/ode/mod.ts", text), ['"node:os"']);
  assertEquals(foreign("lib/ode/mod.ts", "if (x) Deno.exit(process.argv)"), ["Deno", "process"]);
  assertEquals(foreign("lib/check.ts", "const os = Deno.build.os"), ["Deno"]);
  assertEquals(foreign("lib/platform/deno.ts", text), []);
  assertEquals(foreign("lib/cli/ok.ts", text), []);
});

Deno.test("a wrong arrow of each kind is found", () => {
  const wrong: [string, string][] = [
    ["lib/chain/model.ts", "lib/papers/lora_one/theory.ts"],
    ["lib/papers/lora_one/theory.ts", "lib/papers/lazy_vs_feature/theory.ts"],
    ["lib/kernels/mod.ts", "lib/random/mod.ts"],
    ["lib/experiment/mod.ts", "lib/figure/mod.ts"],
    ["lib/papers/lora_one/theory.ts", "lib/kernels/mod.ts"],
    ["lib/ode/mod.ts", "lib/cli/paths.ts"],
    ["lib/check.ts", "lib/ode/mod.ts"],
    ["lib/check.ts", "lib/platform/mod.ts"],
    ["lib/platform/deno.ts", "lib/random/mod.ts"],
    ["lib/mod.ts", "lib/cli/paths.ts"],
    ["lib/ode/mod.ts", "lib/random/_state.ts"],
  ];
  for (const [from, to] of wrong) {
    assertEquals(wrongArrows({ [from]: [to], [to]: [] }), [`${from} -> ${to}`]);
  }
  const right = {
    "lib/papers/a/figures.ts": ["lib/figure/mod.ts", "lib/check.ts", "lib/platform/mod.ts"],
  };
  assertEquals(wrongArrows(right), []);
});

Deno.test("a circle of rooms is found", () => {
  const loop = {
    "lib/ode/a.ts": ["lib/gaussian/b.ts"],
    "lib/gaussian/b.ts": [],
    "lib/gaussian/c.ts": ["lib/linalg/d.ts"],
    "lib/linalg/d.ts": ["lib/ode/a.ts"],
  };
  assertEquals(circles(loop).sort(), ["gaussian", "linalg", "ode"]);
});

Deno.test("a wrong arrow inside a paper is found: sideways, through a third file, upwards", () => {
  const folder = "lib/papers/lora_one";
  const chain = {
    [`${folder}/theory/flow.ts`]: [`${folder}/shared.ts`],
    [`${folder}/shared.ts`]: [`${folder}/simulation/runs.ts`],
    [`${folder}/simulation/runs.ts`]: [],
  };
  assertEquals(entangled(chain), [
    `${folder}/theory/flow.ts -> ... -> ${folder}/simulation/runs.ts`,
    `${folder}/shared.ts -> ${folder}/simulation/runs.ts`,
  ]);
  const drawing = {
    [`${folder}/simulation/runs.ts`]: [`${folder}/series.ts`],
    [`${folder}/series.ts`]: ["lib/figure/mod.ts"],
  };
  assertEquals(entangled(drawing), [
    `${folder}/simulation/runs.ts -> ... -> lib/figure/mod.ts`,
  ]);
  const upwards = {
    [`${folder}/experiments/times.ts`]: [`${folder}/claims/times.ts`],
    [`${folder}/claims/times.ts`]: [`${folder}/experiments/times.ts`, `${folder}/theory/flow.ts`],
    [`${folder}/mod.ts`]: [`${folder}/claims/times.ts`],
  };
  assertEquals(entangled(upwards), [
    `${folder}/experiments/times.ts -> ${folder}/claims/times.ts`,
  ]);
  assertEquals(fileCircles(upwards), [
    [`${folder}/claims/times.ts`, `${folder}/experiments/times.ts`],
  ]);
});

Deno.test("importsOf() sees every form of import, and none in comments", () => {
  const text = `/** @example
 * import { x } from "lora-dynamics/ode/mod.ts";
 */
import type { A } from "../check.ts";
import {
  b,
} from "./b.ts";
export * from "./c.ts";
// import "./no.ts";
const d = await import("lora-dynamics/nn/mod.ts");
import json from "../../deno.json" with { type: "json" };
import { Plot } from "@observablehq/plot";
`;
  assertEquals(importsOf("lib/chain/a.ts", text), [
    "lib/check.ts",
    "lib/chain/b.ts",
    "lib/chain/c.ts",
    "lib/nn/mod.ts",
  ]);
});

Deno.test("every file that names a version of Deno names the pinned one", () => {
  const files = [
    ...["README.md", ".ci/run", ".binder/requirements.txt", ".devcontainer/Dockerfile"],
    ...[".github/workflows/site.yml", "lib/site/guide/library.md", "lib/site/guide/contribute.md"],
  ];
  for (const file of files) {
    const text = read(file);
    const found = Array.from(text.matchAll(/deno(?:@|==)(\d[\w.]*\w)/g), ([, version]) => version);
    assertGreater(found.length, 0, file);
    assertEquals(found.filter((version) => version !== DENO_VERSION), [], file);
  }
});

Deno.test("the exports are the library, its rooms, the papers, their theory and simulation", () => {
  const parts = (path: string) =>
    path.startsWith("lib/papers/")
      ? ["simulation", "theory"].map((part) => path.replace("mod.ts", `${part}/mod.ts`))
      : [];
  const paths = publicModules().flatMap((path) => [path, ...parts(path)]);
  const named = paths.map((path) => [`.${path.slice(3, -7)}`, `./${path}`]);
  const expected = { ".": "./lib/mod.ts", ...Object.fromEntries(named) };
  const { exports } = JSON.parse(read("deno.json"));
  assertEquals(exports, expected);
  for (const path of Object.values<string>(exports)) {
    assert(Deno.statSync(inRoot(path)).isFile);
  }
});

Deno.test("every room begins with a use that a reader would copy, and that asserts", () => {
  const open = publicModules().filter((path) => {
    const [comment] = read(path).split(" * @module");
    return !/@example .+\n[^]*\n \* import [^]*\bassert\w*\(/.test(comment);
  });
  assertEquals(open, []);
});

Deno.test("no text cites a section of a document that a reader does not have", () => {
  const papers = "pre-training-hurts|gradient-flow-mf|lazy-vs-feature|lora-one|convergence-rate";
  const cited = new RegExp(`(?:${papers}) §|\\bspec(?:ification)? (?:${papers})|ours, §`, "i");
  assert(cited.test("Source: ours, lora-one §3.12."));
  const files = [...modules, ...filesBelow("notebooks", /\.(?:ipynb|md)$/)];
  const lines = files.flatMap((path) => read(path).split("\n").map((line) => `${path}: ${line}`));
  assertEquals(lines.filter((line) => cited.test(line)), []);
});
