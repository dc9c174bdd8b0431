/** The paper of the guide, with the files that its cell and its command write. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, resolve } from "node:path";
import { DENO, inRoot } from "../../lib/cli/paths.ts";

const guide = Deno.readTextFileSync(inRoot("lib/site/guide/paper.md"));
const block = (kind: string): string =>
  new RegExp("```" + kind + "\n(.*?)```", "s").exec(guide)![1];

/** Runs a program; its output. */
async function run(program: string, args: string[], cwd: string, env = {}): Promise<string> {
  const command = new Deno.Command(program, { args, cwd, env, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(success, `${program} ${args.join(" ")}: ${text}`);
  return text;
}

/** All files of the paper, in a fresh folder. */
async function paper(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const quick = { LORA_DYNAMICS: '{"preset": "quick"}' };
  await Deno.mkdir(`${folder}/paper`);
  await Deno.writeTextFile(`${folder}/cell.ts`, block("ts ignore"));
  const options = [
    "run",
    "--quiet",
    "--no-check",
    "--cached-only",
    "--config",
    inRoot("deno.json"),
  ];
  const all = ["--allow-all", `${folder}/cell.ts`];
  await run(DENO, [...options, ...all], folder, quick);
  // The command as printed, at the quick preset, without the set-up that the task begins with.
  const [, words] = /deno task claims (.*)/.exec(block("sh"))!;
  const task = ["--allow-all", inRoot("lib/cli/claims.ts"), ...words.trim().split(/\s+/)];
  await run(DENO, [...options, ...task, "--preset", "quick"], folder, { INIT_CWD: folder });
  await Deno.writeTextFile(`${folder}/paper/main.tex`, block("latex"));
  return `${folder}/paper`;
}

const folder = await paper();
const read = (name: string) => Deno.readTextFileSync(`${folder}/${name}`);
const clean = (tex: string) => tex.replaceAll(/(?<!\\)%.*$/gm, "");

addEventListener("unload", () => Deno.removeSync(dirname(folder), { recursive: true }));

Deno.test("braces and environments close in every file of the guide's paper", () => {
  for (const name of ["main.tex", "table.tex", "numbers.tex", "figures/F3.tex"]) {
    const open: string[] = [];
    for (
      const [sign, , end, environment] of clean(read(name)).matchAll(
        /\\[{}]|([{}])|\\(begin|end)\{(\w+)\}/g,
      )
    ) {
      if (sign === "{" || end === "begin") open.push(environment ?? "{");
      else if (sign === "}" || end === "end") assertEquals(open.pop(), environment ?? "{", name);
    }
    assertEquals(open, [], name);
  }
});

Deno.test("the paper's files, numbers, figures and references are there", () => {
  const main = clean(read("main.tex"));
  const inputs = [...main.matchAll(/\\input\{([^}]*)\}/g)].map(([, name]) => name);
  assertEquals(inputs, ["numbers", "figures/F3", "table"]);
  for (const name of inputs) assert(Deno.statSync(`${folder}/${name}.tex`).isFile);
  const [, graphic] = /\\includegraphics\{(.*?)\}/.exec(read("figures/F3.tex"))!;
  assert(Deno.statSync(`${folder}/figures/${graphic}`).isFile);
  const numbers = new Set(main.match(/\\loraOne\w+/g));
  assertEquals(numbers.size, 2);
  for (const name of numbers) assertStringIncludes(read("numbers.tex"), `\\newcommand{${name}}{`);
  const keys = [...main.matchAll(/\\cite\{(.*?)\}/g)].map(([, key]) => key);
  assertEquals(keys.length, 3);
  for (const key of keys) assertMatch(read("references.bib"), new RegExp(`@\\w+\\{${key},`));
});

/** Whether LaTeX is here with the packages of the paper. */
async function latexHas(files: readonly string[]): Promise<boolean> {
  try {
    await run("pdflatex", ["--version"], folder);
    await run("bibtex", ["--version"], folder);
    await run("kpsewhich", [...files], folder);
    return true;
  } catch {
    return false;
  }
}

const [, packages] = /\\usepackage\{(.*?)\}/.exec(block("latex"))!;
const needed = [...packages.split(","), "geometry"].map((name) => `${name}.sty`);

Deno.test({
  name:
    "the guide's paper compiles: no unknown reference, number or character (skipped without LaTeX)",
  ignore: !await latexHas([...needed, "plain.bst"]),
  async fn() {
    const latex = () =>
      run("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "main"], folder);
    await latex();
    assertEquals((await run("bibtex", ["main"], folder)).match(/warning|error/i), null);
    await latex();
    const log = await latex();
    assertEquals(log.match(/undefined|Overfull|Missing character|multiply defined/), null, log);
    assertMatch(log, /Output written on main\.pdf \(\d pages?/);
    assertEquals(read("main.bbl").match(/\\bibitem/g)!.length, 3);
    assertMatch(resolve(folder), /paper$/);
  },
});
