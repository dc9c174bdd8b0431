/**
 * Compiles `assembly/` into `kernels_wasm.ts`; `deno task kernels` does.
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

/** Compiles the kernels into the module that is committed. */
export async function rebuild(): Promise<void> {
  await Deno.writeTextFile(target, await build());
}

/** Whether the committed `kernels_wasm.ts` equals a fresh build. */
export async function isFresh(): Promise<boolean> {
  return await build() === await Deno.readTextFile(target);
}
