/**
 * `deno task format`: formats all files, notebooks included; with `--check` it only says which are
 * not formatted. (`deno fmt --check` itself calls every notebook unformatted, so notebooks go
 * through its standard input.)
 *
 * @module
 */
import { existsSync } from "node:fs";
import { type Arguments, runTask } from "./args.ts";
import { filesBelow } from "./files.ts";
import { DENO, inRoot, ROOT } from "./paths.ts";
import { USAGES } from "./usages.ts";

/** All notebooks of the project but executed ones. */
function notebooks(): string[] {
  return ["notebooks", "lib", "tests"].flatMap((folder) => filesBelow(folder, /\.ipynb$/))
    .filter((path) => !/^notebooks\/figures\/|\.ipynb_checkpoints/.test(path));
}

/** Text of a notebook with its cells formatted; throws what `deno fmt` says about broken code. */
async function formatted(path: string): Promise<string> {
  const child = new Deno.Command(DENO, {
    args: ["fmt", "--quiet", "--ext", "ipynb", "-"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ success, stdout, stderr }] = await Promise.all([
    child.output(),
    new Blob([await Deno.readFile(inRoot(path))]).stream().pipeTo(child.stdin),
  ]);
  const text = (bytes: BufferSource) => new TextDecoder().decode(bytes);
  if (success) return text(stdout);
  throw new Error(`Cannot format ${path}: ${text(stderr).trim()}`);
}

/** What belongs to the project: a folder of results beside it is none of ours. */
const HOUSE = [
  ...["lib", "notebooks", "tests", "README.md", "CHANGELOG.md", "deno.json"],
  ...[".devcontainer", ".github"],
];

async function format(args: Arguments): Promise<number> {
  const check = args.flag("check");
  const child = new Deno.Command(DENO, {
    args: [
      "fmt",
      ...(check ? ["--check"] : []),
      ...HOUSE.filter((name) => existsSync(inRoot(name))),
    ],
    cwd: ROOT,
    stdin: "null",
  }).spawn();
  let wrong = (await child.status).success ? 0 : 1;
  for (const path of notebooks()) {
    const text = await formatted(path);
    if (text === await Deno.readTextFile(inRoot(path))) continue;
    if (!check) await Deno.writeTextFile(inRoot(path), text);
    console.log(`${check ? "not formatted" : "formatted"}: ${path}`);
    if (check) wrong++;
  }
  return wrong > 0 ? 1 : 0;
}

if (import.meta.main) await runTask("format", USAGES.format, format);
