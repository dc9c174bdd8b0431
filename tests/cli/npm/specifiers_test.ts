import { assertEquals } from "@std/assert";
import { packagesOf, renamed, renamedDeclaration } from "../../../lib/cli/npm/specifiers.ts";

Deno.test("renamed() turns names of modules, in every form of import, and no other text", () => {
  const text = `import { a } from "../b.ts";
export * from "./c.ts";
import "./_d.ts";
const e = await import("./e.ts"), w = new Worker(new URL("./_worker.ts", import.meta.url));
import f from "f";
import { g } from "lora-dynamics/ode/mod.ts";
const text = "./h.ts";
`;
  const expected = text.replace("b.ts", "b.js").replace("c.ts", "c.js").replace("_d.ts", "_d.js")
    .replace("e.ts", "e.js").replace("_worker.ts", "_worker.js");
  assertEquals(renamed(text), expected);
});

Deno.test("renamedDeclaration() names modules from where the file lies, above and below", () => {
  const text = `/// <amd-module name="file:///project/lib/a/b.ts" />
import { type X } from "./x.ts";
export declare const up: import("file:///project/lib/c/mod.ts").Y<import("file:///project/lib/a/z.ts").Z>;
`;
  assertEquals(
    renamedDeclaration(text, "lib/a/b.d.ts", "/project"),
    `import { type X } from "./x.js";
export declare const up: import("../c/mod.js").Y<import("./z.js").Z>;
`,
  );
});

Deno.test("packagesOf() names each package once, with its scope and without its path", () => {
  const text = `import a from "a"; import { b } from "@s/b/path.js"; export * from "c.js/d";
import "a/other"; import x from "./x.js"; const e = import("e");`;
  assertEquals(packagesOf(text), ["a", "@s/b", "c.js", "e"]);
});
