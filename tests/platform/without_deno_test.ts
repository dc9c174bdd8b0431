import { assertEquals } from "@std/assert";
import { filesBelow } from "../../lib/cli/files.ts";
import { inRoot } from "../../lib/cli/paths.ts";

Deno.test("every mod.ts is imported, and works, where there is neither Deno nor process", async () => {
  const modules = filesBelow("lib", /^mod\.ts$/).map((path) => `file://${inRoot(path)}`);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      "--allow-read",
      "_without_deno.ts",
      ...modules,
    ],
    cwd: new URL(".", import.meta.url),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(text(stderr), "");
  const { exports, ...found } = JSON.parse(text(stdout));
  assertEquals(Object.keys(exports), modules);
  assertEquals(Object.values(exports).includes(0), false);
  assertEquals(found, {
    chain: true,
    experiment: ["quick", "unknown", 4],
    figure: ["svg", "pdf", "png", "csv", "json"].map((end) => `out/a/F1.${end}`),
    gaussian: 2,
    kernels: true,
    linalg: [1, 0, 0, 1],
    nn: 1400,
    ode: "0.367879",
    random: true,
    claims: [true, true, true, true, true],
  });
});
