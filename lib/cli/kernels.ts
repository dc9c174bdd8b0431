/**
 * `deno task kernels`: compiles the kernels into the committed module; with `--check` it only says
 * whether that module is fresh.
 *
 * @module
 */
import { isFresh, rebuild } from "../kernels/build.ts";
import { runTask } from "./args.ts";
import { USAGES } from "./usages.ts";

if (import.meta.main) {
  await runTask("kernels", USAGES.kernels, async (args) => {
    if (!args.flag("check")) {
      await rebuild();
      return 0;
    }
    if (await isFresh()) return 0;
    console.error("kernels_wasm.ts differs from a fresh build: run deno task kernels");
    return 1;
  });
}
