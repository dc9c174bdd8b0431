import { assert } from "@std/assert";
import { isFresh } from "lora-dynamics/kernels/build.ts";

Deno.test("the committed kernels are a fresh build of their sources", async () => {
  assert(await isFresh(), "run deno task kernels");
});
