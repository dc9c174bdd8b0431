import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Packages } from "../../../../lib/experiment/sweep/code/packages.ts";
import { inFolder, write } from "../_folder.ts";

const CONFIG = {
  imports: {
    "a": "npm:a@^1.0.0",
    "b/": "npm:/@x/b@2/",
    "c": "jsr:@x/c@1",
    "here": "./lib/mod.ts",
    "here/": "./lib/",
    "here/special/": "./other/",
    "./lib/old.ts": "./lib/new.ts",
  },
  scopes: { "./lib/": { "a": "npm:a@2" } },
  links: ["./linked"],
};

const LOCK = {
  version: "5",
  specifiers: {
    ...{ "npm:a@^1.0.0": "1.4.0", "npm:a@2": "2.0.0", "npm:@x/b@2": "2.1.0_peer@1.0.0" },
    ...{ "jsr:@x/c@1": "1.0.3", "npm:peer@1": "1.0.0" },
  },
  npm: {
    "a@1.4.0": { integrity: "A", dependencies: ["deep", "alias@npm:twice@1.0.0"] },
    "a@2.0.0": { integrity: "A2" },
    "@x/b@2.1.0_peer@1.0.0": { integrity: "B", dependencies: ["peer"] },
    "deep@3.0.0": {
      integrity: "D",
      optionalDependencies: ["twice@2.0.0"],
      dependencies: ["a@1.4.0"],
    },
    "twice@1.0.0": { integrity: "T1" },
    "twice@2.0.0": { integrity: "T2" },
    "peer@1.0.0": { integrity: "P" },
    "other@1.0.0": { integrity: "O" },
  },
  jsr: { "@x/c@1.0.3": { integrity: "C", dependencies: ["npm:peer@1"] } },
  remote: { "https://example.org/x.ts": "X" },
};

async function packages(test: (packages: Packages, root: URL) => void, lock: object = LOCK) {
  await inFolder((folder) => {
    write(folder, {
      "deno.json": JSON.stringify(CONFIG),
      "deno.lock": JSON.stringify(lock),
      "linked/deno.json": `{ "name": "@x/linked" }`,
    });
    const root = new URL(`file://${folder}/`);
    test(new Packages(root), root);
  });
}

Deno.test("specifiers are what the import map says: exact, by prefix, longest first, by scope", () =>
  packages((found, root) => {
    const resolve = (specifier: string, from = "x.ts") => {
      const target = found.resolve(specifier, new URL(from, root));
      return typeof target === "string" ? target : target.href.slice(root.href.length);
    };
    assertEquals(resolve("./y.ts", "deep/x.ts"), "deep/y.ts");
    assertEquals(resolve("../y.ts", "deep/x.ts"), "y.ts");
    assertEquals(resolve("here"), "lib/mod.ts");
    assertEquals(resolve("here/room/mod.ts"), "lib/room/mod.ts");
    assertEquals(resolve("here/special/x.ts"), "other/x.ts");
    assertEquals(resolve("./lib/old.ts"), "lib/new.ts");
    assertEquals(resolve("a"), "npm:a@^1.0.0");
    assertEquals(resolve("a/inside.js"), "npm:a@^1.0.0/inside.js");
    assertEquals(resolve("a", "lib/x.ts"), "npm:a@2");
    assertEquals(resolve("b/inside.js"), "npm:/@x/b@2/inside.js");
    assertEquals(resolve("node:path"), "node:path");
    assertEquals(resolve("unknown"), "unknown");
  }));

Deno.test("a package is its version with those of all that it depends on", () =>
  packages((found) => {
    const lines = (specifier: string) => found.identity(specifier).split("\n");
    assertEquals(lines("npm:a@^1.0.0"), [
      ...["npm:a@1.4.0 A", "npm:deep@3.0.0 D", "npm:twice@1.0.0 T1", "npm:twice@2.0.0 T2"],
    ]);
    assertEquals(lines("npm:/@x/b@2/in.js"), [
      ...["npm:@x/b@2.1.0_peer@1.0.0 B", "npm:peer@1.0.0 P/in.js"],
    ]);
    assertEquals(lines("jsr:@x/c@1"), ["jsr:@x/c@1.0.3 C", "npm:peer@1.0.0 P"]);
    // The lock file may write ^1 as 1; then all versions of this name count.
    assertEquals(lines("jsr:@x/c@^1"), lines("jsr:@x/c@1"));
    assertEquals(lines("npm:a").length, 5);
  }));

Deno.test("a package changes with what it depends on, and with nothing else", async () => {
  const identity = async (change: object) => {
    let text = "";
    const lock = { ...LOCK, npm: { ...LOCK.npm, ...change } };
    await packages((found) => text = found.identity("npm:a@^1.0.0"), lock);
    return text;
  };
  const first = await identity({});
  assertEquals(await identity({ "other@1.0.0": { integrity: "new" } }), first);
  assertNotEquals(await identity({ "twice@2.0.0": { integrity: "new" } }), first);
});

Deno.test("a package that is not locked is an error; a linked one is its folder", () =>
  packages((found, root) => {
    assertThrows(() => found.identity("npm:none@1"), Error, "npm:none@1 is not in deno.lock");
    assertThrows(() => found.identity("none"), Error, "none is not in deno.lock");
    assertEquals(found.linked("jsr:@x/linked@1")?.href, `${root.href}linked/`);
    assertEquals(found.linked("jsr:@x/c@1"), undefined);
  }));

Deno.test("a remote module is all that the lock file has of the network", async () => {
  const identity = async (hash: string) => {
    let text = "";
    const lock = { ...LOCK, remote: { "https://example.org/deep.ts": hash } };
    await packages((found) => text = found.identity("https://example.org/x.ts"), lock);
    return text;
  };
  assertNotEquals(await identity("1"), await identity("2"));
});
