/**
 * Compiles `assembly/` into `kernels_wasm.ts`. With `--check` nothing is written, and the exit code
 * is 1 if the committed module differs from a fresh build.
 *
 * @module
 */
import asc from "assemblyscript/asc";

const sources = new URL("./assembly/", import.meta.url);
const target = new URL("./kernels_wasm.ts", import.meta.url);

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
    return Deno.readTextFileSync(new URL(name, sources));
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
  return `// Generated from assembly/ by build.ts: do not edit.\n\n` +
    `/** The compiled kernels, ${binary.length} bytes in base64. */\n` +
    `export const base64 =\n  "${btoa(String.fromCharCode(...binary))}";\n`;
}

/** Whether the committed `kernels_wasm.ts` equals a fresh build. */
export async function isFresh(): Promise<boolean> {
  return await build() === await Deno.readTextFile(target);
}

if (import.meta.main) {
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(target, await build());
  } else if (!await isFresh()) {
    console.error("kernels_wasm.ts differs from a fresh build: run this file without --check");
    Deno.exit(1);
  }
}
