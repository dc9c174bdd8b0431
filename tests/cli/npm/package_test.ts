/**
 * The package as a user has it: packed by npm and unpacked beside the packages that it needs, then used
 * by Node, by a type checker and by a page.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import * as esbuild from "esbuild";
import { DENO, DENO_DIR, inRoot, ROOT } from "../../../lib/cli/paths.ts";
import { packagesIn } from "../../../lib/site/live/packages.ts";
import { chromium, Page } from "../../site/live/_browser.ts";
import { project } from "../../site/live/_project.ts";
import { serve } from "../../site/live/_served.ts";
import { end, start } from "../_tasks.ts";

/** Runs a program to its end; nothing where it is not installed. */
async function run(program: string, args: string[], cwd: string, env = {}) {
  try {
    const command = new Deno.Command(program, { args, cwd, env, stdin: "null" });
    const { success, stdout, stderr } = await command.output();
    const [out, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { success, out, errors };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const node = await run("node", ["--version"], ROOT), npm = await run("npm", ["--version"], ROOT);
const major = Number(/^v(\d+)/.exec(node?.out ?? "")?.[1] ?? 0);
// Node 20 has all that the example and the loading of every module need.
const missing = !npm ? "there is no npm" : major < 20 ? "there is no Node 20 or newer" : undefined;
if (missing) console.log(`the npm package is not tried: ${missing}`);
else if (major < 22) console.log(`figures and claims are not tried in Node ${major}: it is not 22`);

/** The example of the guide. */
const guide = Deno.readTextFileSync(inRoot("lib", "site", "guide", "library.md"));
const example = /```ts\n(.*?)```/s.exec(guide)![1];

/** Loads every export, and says what cannot be had where it is. */
const EVERYTHING = `
import { readFileSync } from "node:fs";
const { exports } = JSON.parse(readFileSync("node_modules/lora-dynamics/package.json"));
const names = Object.keys(exports).filter((name) => !name.endsWith(".json"));
const counts = await Promise.all(names.map(async (name) =>
  Object.keys(await import("lora-dynamics" + name.slice(1))).length));
const { experiment, linalg, nn } = await import("lora-dynamics");
const run = experiment.task(import.meta.url, "run", ({ x }) => ({ y: 2 * x }));
const said = async (work) => { try { await work(); return "nothing"; } catch (error) { return String(error); } };
const sweep = (more) => said(() => experiment.sweep({ name: "n", run, cells: [{ x: 1 }], ...more }));
console.log(JSON.stringify({
  counts,
  digits: nn.digits(1400).train.label.length,
  refused: [await said(() => linalg.useBackend("openblas")), await sweep({ workers: 2 }), await sweep({ timeout: 1 })],
}));`;

/** A figure with its files, claims, and a sweep whose results are kept, which need Node 22. */
const WORK = `
import { lazyVsFeature, figure, experiment } from "lora-dynamics";
export const run = experiment.task(import.meta.url, "run", ({ x }) => ({ y: 2 * x }));
const rows = await experiment.sweep({ name: "n", run, cells: [{ x: 1 }], store: "kept" });
const { rows: times, figure: draw } = await lazyVsFeature.dimensionTimes({ d: [100, 300], copies: 8 });
const files = await figure.save("F1", draw(), { slug: "a", out: "out" });
const [claim] = await experiment.runClaims(lazyVsFeature.claims, "quick", { only: ["C5"], progress: false });
console.log(JSON.stringify([rows, times.length > 0, files.length, claim.pass]));`;

const TYPES = `
import { solveOde } from "lora-dynamics/ode";
import { dimensionTimes } from "lora-dynamics/papers/lazy_vs_feature";
export const end: number = solveOde((_t, y, dy) => { dy[0] = -y[0]; }, 0, 1, [1]).y[0];
export const { rows } = await dimensionTimes({ d: [100] });
export const d: number = rows[0].d;
// @ts-expect-error There is no such parameter.
dimensionTimes({ dd: [100] });`;

/** A project of a user with the package in it. */
async function installed(folder: string): Promise<void> {
  const { code, stderr } = await end(start("npm", ["--out", `${folder}/built`]));
  assertEquals(code, 0, stderr);
  const packed = await run("npm", ["pack", "--silent", "--offline"], `${folder}/built`, {
    npm_config_cache: `${folder}/cache`,
  });
  const file = packed!.out.trim();
  const { version } = JSON.parse(Deno.readTextFileSync(inRoot("deno.json")));
  assertEquals(file, `lora-dynamics-${version}.tgz`, packed!.errors);
  const modules = packagesIn(folder, project);
  await run("tar", ["-xzf", `built/${file}`, "-C", modules], folder);
  await Deno.rename(`${modules}/package`, `${modules}/lora-dynamics`);
  for (const name of ["deno.json", "deno.lock"]) await Deno.remove(`${folder}/${name}`);
  await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }');
}

async function printed(folder: string, code: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/main.js`, code);
  const ended = await run("node", ["main.js"], folder);
  assert(ended!.success, ended!.errors);
  return ended!.out;
}

/** A sweep whose task no worker could load from a bundle. */
const SWEEP = `
import { sweep, task } from "lora-dynamics/experiment";
export const run = task(import.meta.url, "run", ({ x }) => ({ y: 2 * x }));
const rows = await sweep({ name: "n", run, cells: [{ x: 1 }, { x: 2 }] });
console.log("rows:", JSON.stringify(rows));`;

/** The example, and behind it the sweep, in a page that a bundler has made. */
async function inPage(folder: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/main.js`, example);
  await Deno.writeTextFile(`${folder}/sweep.js`, SWEEP);
  await esbuild.build({
    entryPoints: [`${folder}/main.js`, `${folder}/sweep.js`],
    outdir: `${folder}/page`,
    absWorkingDir: folder,
    bundle: true,
    format: "esm",
    minify: true,
  });
  await esbuild.stop();
  assert(Deno.statSync(`${folder}/page/main.js`).size < 250_000, "the bundle has grown");
  const listen =
    "globalThis.said = ''; console.log = (...words) => said += words.join(' ') + '\\n';";
  await Deno.writeTextFile(
    `${folder}/page/index.html`,
    `<!doctype html><script>${listen}</script><script type="module" src="main.js"></script>` +
      '<script type="module" src="sweep.js"></script>',
  );
  await using server = serve(`${folder}/page`);
  await using page = await Page.open();
  await page.go(server.url);
  await page.until("said.includes('rows')");
  return await page.evaluate<string>("said");
}

Deno.test("a folder of something else is refused as --out, and stays", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/package.json`, '{ "name": "mine" }');
  const { code, stderr } = await end(start("npm", ["--out", folder]));
  assertEquals(code, 2);
  assertStringIncludes(stderr, `an earlier package: current value is "${folder}"`);
  assert(Deno.statSync(`${folder}/package.json`).isFile);
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "the npm package: the guide's example in Node and in a page, every room, types, figures",
  ignore: missing !== undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    try {
      await installed(folder);
      await Deno.writeTextFile(`${folder}/example.ts`, example);
      const config = ["--config", inRoot("deno.json"), "--cached-only", "--no-check"];
      const ours = await run(DENO, ["run", "--quiet", ...config, "example.ts"], folder, {
        DENO_DIR,
      });
      const expected = ours!.out;
      assertMatch(expected, /^simulated: 344\.\d+\ntheory: 344\.\d+\n$/);

      await t.step("Node prints the example's numbers, to the bit", async () => {
        assertEquals(await printed(folder, example), expected);
      });
      await t.step("every room loads in Node, which says what it lacks", async () => {
        const { counts, digits, refused } = JSON.parse(await printed(folder, EVERYTHING));
        assert(counts.every((count: number) => count > 0), String(counts));
        assertEquals(digits, 1400);
        assertStringIncludes(refused[0], "current place is Node");
        const where = "where there are no module workers, as in Node or in a bundle";
        assertStringIncludes(refused[1], `workers must be 0 or 1 ${where}: current value is 2`);
        assertStringIncludes(refused[2], `timeout must be left out ${where}: current value is 1`);
      });
      await t.step({
        name: "a figure's files, a claim and a kept sweep in Node",
        ignore: major < 22,
        async fn() {
          const last = (await printed(folder, WORK)).trim().split("\n").at(-1)!;
          assertEquals(JSON.parse(last), [[{ x: 1, y: 2 }], true, 5, true]);
        },
      });
      await t.step("types arrive, and a wrong parameter is a type error", async () => {
        await Deno.writeTextFile(`${folder}/types.ts`, TYPES);
        const args = ["check", "--quiet", "--node-modules-dir=manual", "types.ts"];
        const { success, errors } = (await run(DENO, args, folder, { DENO_DIR }))!;
        assert(success, errors);
      });
      await t.step({
        name: "a page prints the example's numbers, to the bit, and sweeps without workers",
        ignore: !chromium,
        async fn() {
          const rows = '[{"x":1,"y":2},{"x":2,"y":4}]';
          assertEquals(await inPage(folder), `${expected}rows: ${rows}\n`);
        },
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
