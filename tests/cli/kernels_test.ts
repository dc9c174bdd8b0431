import { assertEquals } from "@std/assert";
import { build } from "../../lib/cli/kernels.ts";

Deno.test("the committed kernels are a fresh build of their sources", async () => {
  const committed = await Deno.readTextFile(
    new URL("../../lib/kernels/kernels_wasm.ts", import.meta.url),
  );
  assertEquals(committed, await build(), "run deno task kernels");
});
