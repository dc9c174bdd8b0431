/**
 * Declarations of types, by the compiler that Deno brings along.
 *
 * @module
 */
import { DENO, DENO_DIR, inRoot, ROOT } from "../paths.ts";

/** The default libraries and those of pages: declarations of packages speak of elements. */
const LIBRARIES = ["dom", "dom.iterable", "dom.asynciterable", "esnext", "deno.ns"];

/** What the platform's doors use beside them. */
const DOORS = ["deno.unstable", "node"];

/** The project's own imports, from a configuration that lies elsewhere. */
function configuration(): string {
  const { imports, links } = JSON.parse(Deno.readTextFileSync(inRoot("deno.json")));
  const absolute = (path: string) => path.startsWith("./") ? `${ROOT}/${path.slice(2)}` : path;
  return JSON.stringify({
    imports: Object.fromEntries(
      Object.entries<string>(imports).map(([name, to]) => [name, absolute(to)]),
    ),
    links: links.map(absolute),
    lock: inRoot("deno.lock"),
    nodeModulesDir: "none",
    compilerOptions: { lib: [...LIBRARIES, ...DOORS], skipLibCheck: true },
  });
}

/**
 * Writes `a.d.ts` for every source `a.ts`, given from the project folder, below `folder`; beside it the
 * compiler leaves `a.js`.
 *
 * @throws {Error} If types are wrong; the message is the compiler's.
 */
export async function declare(sources: readonly string[], folder: string): Promise<void> {
  const config = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(config, configuration());
    const { success, stderr } = await new Deno.Command(DENO, {
      args: [
        ...["transpile", "--quiet", "--config", config, "--frozen"],
        ...["--declaration", "--source-map", "none", "--outdir", folder, ...sources],
      ],
      cwd: ROOT,
      env: { DENO_DIR, NO_COLOR: "1" },
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  } finally {
    await Deno.remove(config);
  }
}
