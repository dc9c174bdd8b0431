import { assertEquals, assertThrows } from "@std/assert";
import { importMap, manifest } from "../../../lib/cli/npm/manifest.ts";

const config = {
  version: "1.2.3",
  license: "MIT",
  exports: { ".": "./lib/mod.ts", "./ode": "./lib/ode/mod.ts" },
  imports: {
    "a": "npm:a@0.1.2",
    "@s/b/": "npm:/@s/b@3.4.5/",
    "loose": "npm:loose@^1",
    "lora-dynamics": "./lib/mod.ts",
  },
};

Deno.test("a room is exported under its name and under that of its file, with types", () => {
  const ode = { types: "./lib/ode/mod.d.ts", default: "./lib/ode/mod.js" };
  assertEquals(manifest(config, []).exports, {
    ".": { types: "./lib/mod.d.ts", default: "./lib/mod.js" },
    "./ode": ode,
    "./ode/mod.ts": ode,
    "./package.json": "./package.json",
  });
});

Deno.test("packages are needed in exactly the versions of deno.json, once, in order", () => {
  const { version, license, dependencies } = manifest(config, ["a", "@s/b", "a"]);
  assertEquals([version, license], ["1.2.3", "MIT"]);
  assertEquals(Object.entries(dependencies as object), [["@s/b", "3.4.5"], ["a", "0.1.2"]]);
  for (const [name, value] of [["c", "nothing"], ["loose", "npm:loose@^1"]]) {
    const text = `${name} must stand in deno.json with an exact version of npm: ` +
      `current value is ${value}`;
    assertThrows(() => manifest(config, [name]), Error, text);
  }
});

Deno.test("the package's own names stand for its JavaScript, others for what they are", () => {
  assertEquals(importMap(config), {
    version: "1.2.3",
    imports: {
      "lora-dynamics": "./lib/mod.js",
      "lora-dynamics/ode": "./lib/ode/mod.js",
      "lora-dynamics/ode/mod.ts": "./lib/ode/mod.js",
      "a": "npm:a@0.1.2",
      "@s/b/": "npm:/@s/b@3.4.5/",
      "loose": "npm:loose@^1",
    },
  });
});
