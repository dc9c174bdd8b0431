/**
 * When the index of the documentation is made: set-up calls this, `documentation.ts` does the work.
 *
 * @module
 */
import { DENO, INDEX, inRoot } from "../paths.ts";
import { diagnose, isFile, run, SetupError, writeAtomicallySync } from "../shell.ts";

/** The library's files with what changes when they are edited. */
export function sources(folder = inRoot("lib")): string[] {
  return Array.from(Deno.readDirSync(folder)).sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, isDirectory }) => {
      const path = `${folder}/${name}`;
      if (isDirectory) return sources(path);
      const { size, mtime } = Deno.statSync(path);
      return name.endsWith(".ts") ? [`${path} ${size} ${mtime?.getTime()}`] : [];
    });
}

/**
 * Makes the index in a process of its own. Without it everything else works: an edited library that
 * has errors stops nothing.
 */
export async function makeIndex(): Promise<void> {
  const permissions = ["read", "env", "sys", "run", "write=.deno"].map((name) => `--allow-${name}`);
  const options = ["--quiet", "--no-check", "--frozen", "--cached-only", ...permissions];
  const script = inRoot("lib", "cli", "kernel", "documentation.ts");
  try {
    await run(DENO, ["run", ...options, script], { doing: "read the library's documentation" });
    if (!await isFile(INDEX)) throw new SetupError("nothing was written");
  } catch (error) {
    console.error(`setup: Shift-Tab will show nothing as ${diagnose(error)}`);
    writeAtomicallySync(INDEX, "{}");
  }
}
