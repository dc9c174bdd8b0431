/**
 * `deno task kernels`: compiles `lib/kernels/assembly/` into the committed module; with `--check` it
 * only says whether that module is fresh.
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { runTask } from "./args.ts";
import { inRoot } from "./paths.ts";
import { USAGES } from "./usages.ts";

const TARGET = inRoot("lib", "kernels", "kernels_wasm.ts");

const options = [
  "index.ts",
  "--outFile=kernels.wasm",
  "--runtime=stub",
  "--use=abort=",
  "--importMemory",
  "--zeroFilledMemory",
  "--initialMemory=1",
  "--optimizeLevel=3",
  "--shrinkLevel=0",
  "--converge",
  "--noAssert",
  "--enable=simd",
];

function readSource(name: string): string | null {
  try {
    return Deno.readTextFileSync(inRoot("lib", "kernels", "assembly", name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/**
 * The text of `kernels_wasm.ts` that belongs to the present sources.
 *
 * @throws {Error} If the sources do not compile; the message holds the compiler's diagnostics.
 */
export async function build(): Promise<string> {
  let binary = new Uint8Array();
  const { error, stderr } = await asc.main(options, {
    readFile: readSource,
    writeFile(name: string, contents: Uint8Array | string) {
      if (name.endsWith(".wasm") && typeof contents !== "string") binary = contents.slice();
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`Cannot build the kernels: ${error.message}\n${stderr.toString()}`);
  return `// Generated from assembly/ by deno task kernels: do not edit.\n\n` +
    `/** The compiled kernels, ${binary.length} bytes in base64. */\n` +
    `export const base64 =\n  "${btoa(String.fromCharCode(...binary))}";\n`;
}

if (import.meta.main) {
  await runTask("kernels", USAGES.kernels, async (args) => {
    const text = await build();
    if (!args.flag("check")) {
      await Deno.writeTextFile(TARGET, text);
    } else if (text !== await Deno.readTextFile(TARGET)) {
      console.error("kernels_wasm.ts differs from a fresh build: run deno task kernels");
      return 1;
    }
    return 0;
  });
}
