import { assert, assertEquals, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { codeIdentity } from "../../../../lib/experiment/sweep/code/identity.ts";
import { readModule } from "../../../../lib/experiment/sweep/code/module.ts";
import { inFolder, write } from "../_folder.ts";

const LIB = import.meta.resolve("../../../../lib/");
const TASK = `import { task } from "${LIB}experiment/mod.ts";\n`;
const KEPT = `export const t = task(import.meta.url, "t", () => ({ x: 1 }));\n`;

/** Identity of `task.ts` in a folder. */
const identify = (folder: string, files?: string[]) =>
  codeIdentity({
    module: `file://${folder}/task.ts`,
    exportName: "t",
    ...(files ? { files: files.map((file) => `file://${folder}/${file}`) } : {}),
  });

type Files = Readonly<Record<string, string>>;

/** Whether an edit of files gives another identity. */
async function differs(before: Files, edit: Files, files?: string[]): Promise<boolean> {
  let differ = false;
  await inFolder((folder) => {
    write(folder, before);
    const { hash } = identify(folder, files);
    write(folder, edit);
    differ = identify(folder, files).hash !== hash;
  });
  return differ;
}

const named: [string, Files, Files][] = [
  ["an import whose braces hold a comment with an apostrophe", {
    "task.ts": `import {\n  m, // it's m\n} from "./m.ts";\nexport { m };\n`,
    "m.ts": "export const m = 1;\n",
  }, { "m.ts": "export const m = 2;\n" }],
  ["a re-export", {
    "task.ts": `export * from "./m.ts"; export { k } from "./k.ts";\n`,
    "m.ts": "export const m = 1;\n",
    "k.ts": "export const k = 1;\n",
  }, { "k.ts": "export const k = 2;\n" }],
  ["an import behind an import", {
    "task.ts": `import "./a.ts";\n`,
    "a.ts": `import "./b.js";\n`,
    "b.js": "globalThis.b = 1;\n",
  }, { "b.js": "globalThis.b = 2;\n" }],
  ["a dynamic import of plain text", {
    "task.ts": "export const m = await import(`./m.ts`);\n",
    "m.ts": "export const m = 1;\n",
  }, { "m.ts": "export const m = 2;\n" }],
  ["a file named without ./", {
    "task.ts": `export const file = new URL("data.csv", import.meta.url);\n`,
    "data.csv": "1\n",
  }, { "data.csv": "2\n" }],
  ["a file named by a template", {
    "task.ts": "export const file = new URL(`./data.csv`, import.meta.url);\n",
    "data.csv": "1\n",
  }, { "data.csv": "2\n" }],
  ["a file named by import.meta.resolve", {
    "task.ts": `export const file = import.meta.resolve("./data.csv");\n`,
    "data.csv": "1\n",
  }, { "data.csv": "2\n" }],
  ["a file that appears", {
    "task.ts": `export const file = new URL("data.csv", import.meta.url);\n`,
  }, { "data.csv": "1\n" }],
  ["JSON and its bytes", {
    "task.ts": `import data from "./d.json" with { type: "json" };\nexport { data };\n`,
    "d.json": "[1, 2]\n",
  }, { "d.json": "[1,2]\n" }],
  ["the comment of a module that is read as a file", {
    "task.ts": `export const file = new URL("./m.ts", import.meta.url);\n`,
    "m.ts": "export const m = 1;\n",
  }, { "m.ts": "export const m = 1; // one\n" }],
  ["what a module that is read as a file imports", {
    "task.ts": `new Worker(new URL("./w.ts", import.meta.url), { type: "module" });\n`,
    "w.ts": `import "./m.ts";\n`,
    "m.ts": "globalThis.m = 1;\n",
  }, { "m.ts": "globalThis.m = 2;\n" }],
  ["a file of a folder", {
    "task.ts": `export const folder = new URL("data/", import.meta.url);\n`,
    "data/deep/a b%.csv": "1\n",
  }, { "data/deep/a b%.csv": "2\n" }],
  ["a new file of a folder that is named without a slash", {
    "task.ts": `export const folder = new URL("./data", import.meta.url);\n`,
    "data/a.csv": "1\n",
  }, { "data/b.csv": "" }],
  ["an enum, as it is code", {
    "task.ts": "export enum Kind { A = 1 }\n",
  }, { "task.ts": "export enum Kind { A = 2 }\n" }],
  ["a number, a string, a regular expression, the text of a template", {
    "task.ts": "export const x = [1, '1', /1/, `1`];\n",
  }, { "task.ts": "export const x = [1, '1', /1/g, `1`];\n" }],
];
for (const [what, before, edit] of named) {
  Deno.test(`codeIdentity() follows ${what}`, async () => assert(await differs(before, edit)));
}

const meaningless: [string, Files, Files][] = [
  ["comments, layout, types and unused parentheses", {
    "task.ts": `import { f } from "./f.ts";\nexport const x = f(1e3) + 2;\n`,
    "f.ts": "export function f(x: number): number {\n  return x;\n}\n",
  }, {
    "task.ts": `/** X. */\nimport { f } from './f.ts';\nexport const x = (f(1000)\n) + 2;\n`,
    "f.ts": "type T = number;\nexport function f<A extends T>(x: A): A { return x as A; }\n",
  }],
  ["a module of which types are imported", {
    "task.ts": `import type { T } from "./t.ts";\nimport { type U } from "./t.ts";\n` +
      "export const x: T | U = 1;\n",
    "t.ts": "export type T = number;\nexport type U = number;\n",
  }, { "t.ts": "export type T = unknown;\nexport const more = 1;\n" }],
  ["text in comments and strings", {
    "task.ts": `// import "./m.ts"\nexport const text = 'import "./m.ts"; new URL("./m.ts")';\n`,
    "m.ts": "1;\n",
  }, { "m.ts": "2;\n" }],
  ["files beside", { "task.ts": "export {};\n", "beside.ts": "1;\n" }, { "beside.ts": "2;\n" }],
];
for (const [what, before, edit] of meaningless) {
  Deno.test(`codeIdentity() does not follow ${what}`, async () =>
    assert(!await differs(before, edit)));
}

Deno.test("codeIdentity() does not depend on where the files lie", () =>
  inFolder((folder) => {
    const files = {
      "task.ts": `import { m } from "../m.ts";\nexport { m };\n` +
        `export const data = new URL("./data/", import.meta.url);\n`,
      "data/a.csv": "1\n",
    };
    const at = (place: string) => {
      write(`${folder}/${place}`, files);
      write(`${folder}/${place}/..`, { "m.ts": "export const m = 1;\n" });
      return identify(`${folder}/${place}`).hash;
    };
    assertEquals(at("one/task"), at("another/deep/place"));
  }));

const untold: [string, string][] = [
  ["await import(name)", `const name = "./m.ts";\nexport const m = await import(name);\n`],
  ["new URL(name, import.meta.url)", `const name = "m";\nnew URL(name, import.meta.url);\n`],
  [
    "new URL(`./${name}`, import.meta.url)",
    `const name = "m";\nnew URL(\`./\${name}\`, import.meta.url);\n`,
  ],
  ["import.meta.resolve(name)", `const name = "m";\nimport.meta.resolve(name);\n`],
  ["import.meta", "export const here = import.meta.url;\n"],
  ["import.meta", "export const here = import.meta.dirname;\n"],
  ["import.meta", "const { url } = import.meta;\nexport { url };\n"],
  ["import.meta", "const task = (x: string) => x;\ntask(import.meta.url);\n"],
];
for (const [code, text] of untold) {
  Deno.test(`codeIdentity() refuses ${JSON.stringify(text)}, unless the task names files`, () =>
    inFolder((folder) => {
      write(folder, { "task.ts": `import "./lib.ts";\n`, "lib.ts": text, "data.csv": "1\n" });
      const line = text.slice(0, text.lastIndexOf("import")).split("\n").length;
      const error = assertThrows(() => identify(folder), TypeError, "Cannot keep results of t as");
      const { message } = error as Error;
      assert(message.includes(`current value is ${code.replace("await ", "")}`), message);
      assert(message.includes(`in line ${line} of`) && message.includes("lib.ts"), message);
      assert(
        message.includes(`task(import.meta.url, "t", run, { files: ["./data.csv"] })`),
        message,
      );
      const { hash } = identify(folder, ["data.csv"]);
      write(folder, { "data.csv": "2\n" });
      assertNotEquals(identify(folder, ["data.csv"]).hash, hash);
    }));
}

Deno.test("codeIdentity() takes import.meta.url of a task, and import.meta.main", () =>
  inFolder((folder) => {
    write(folder, { "task.ts": TASK + KEPT + "if (import.meta.main) console.log(1);\n" });
    identify(folder);
    write(folder, {
      "task.ts": `import * as lab from "${LIB}experiment/mod.ts";\n` +
        `export const t = lab.task(import.meta.url, "t", () => ({ x: 1 }));\n`,
    });
    identify(folder);
    write(folder, {
      "task.ts": `import { task as name } from "lora-dynamics/experiment/mod.ts";\n` +
        `export const t = name(import.meta.url, "t", () => ({ x: 1 }));\n`,
    });
    identify(folder);
  }));

Deno.test("a named module counts with its imports, a named folder with its files", async () => {
  const files = {
    "task.ts": `const name = "./m.ts";\nexport const m = await import(name);\n`,
    "m.ts": `import "./k.ts";\n`,
    "k.ts": "1;\n",
    "data/a.csv": "1\n",
  };
  assert(await differs(files, { "k.ts": "2;\n" }, ["m.ts"]));
  assert(!await differs(files, { "k.ts": "1; // one\n" }, ["m.ts"]));
  assert(await differs(files, { "data/a.csv": "2\n" }, ["data"]));
});

Deno.test("only what is used of the library counts: rooms pass on what others hold", () =>
  inFolder((folder) => {
    const names = (text: string) => {
      write(folder, { "task.ts": TASK + text + KEPT });
      return [...identify(folder).files.keys()].map((href) => href.replace(LIB, ""));
    };
    const few = names(`import { stream } from "lora-dynamics/random/mod.ts";\nstream("1");\n`);
    assert(
      few.includes("experiment/sweep/task.ts") && few.includes("random/stream.ts"),
      few.join(),
    );
    const rooms = ["figure/", "experiment/claims", "experiment/notebook", "experiment/sweep/sweep"];
    assertEquals(few.filter((name) => rooms.some((room) => name.startsWith(room))), []);
    assertEquals(
      few.filter((name) => /^random\/(?!mod|stream|gamma|seed|sequence)/.test(name)),
      [],
    );
    // Also through `export *`, as rooms of papers pass on what their files hold.
    const paper = names(
      `import { descend } from "lora-dynamics/papers/convergence_rate/mod.ts";\ndescend;\n`,
    );
    assert(paper.includes("papers/convergence_rate/simulation/descend.ts"), paper.join());
    const more = [...rooms, "papers/convergence_rate/(claims|experiments|theory)/"];
    assertEquals(paper.filter((name) => more.some((room) => new RegExp(room).test(name))), []);
    // A namespace may be used in any way: all of its room counts, and no other one.
    const room = names(`import { random } from "lora-dynamics";\nrandom.stream("1");\n`);
    assert(room.includes("random/wishart.ts") && !room.includes("ode/mod.ts"), room.join());
    const all = names(`import * as random from "lora-dynamics/random/mod.ts";\nrandom;\n`);
    assert(all.includes("random/wishart.ts"), all.join());
  }));

Deno.test("a task may sweep by itself: what runs sweeps is no unknown", () =>
  inFolder((folder) => {
    write(folder, {
      "task.ts": `import { sweep } from "lora-dynamics/experiment/mod.ts";\nsweep;\n${TASK}${KEPT}`,
    });
    const names = [...identify(folder).files.keys()];
    assert(names.some((name) => name.endsWith("sweep/_worker.ts")));
    assert(!names.some((name) => name.endsWith("deno.lock")), "the folder of the project counts");
  }));

Deno.test("codeIdentity() says which module is missing, broken, remote or CommonJS", () =>
  inFolder((folder) => {
    const bad = (text: string, message: string, more: Files = {}) => {
      write(folder, { ...more, "task.ts": text });
      assertThrows(() => identify(folder), TypeError, message);
    };
    bad(`import "./gone.ts";\n`, "gone.ts (absent)");
    bad("export const x = ;\n", "task.ts (");
    bad(`import "npm:no-such-package@1";\n`, "npm:no-such-package@1 is not in deno.lock");
    bad(`import "./c.cjs";\n`, "CommonJS", { "c.cjs": "require('x');\n" });
    assertThrows(
      () => codeIdentity({ module: "https://example.org/t.ts", exportName: "t" }),
      TypeError,
      "local files: current value is https://example.org/t.ts",
    );
  }));

Deno.test("a folder with very many files is refused, before they are all read", () =>
  inFolder((folder) => {
    write(folder, { "task.ts": `new URL("data", import.meta.url);\n`, "data/x": "" });
    identify(folder);
    for (let i = 0; i < 10_000; i++) Deno.writeTextFileSync(`${folder}/data/${i}`, "");
    const start = performance.now();
    assertThrows(() => identify(folder), TypeError, "must have at most 10000 files");
    assertLess(performance.now() - start, 1000);
    // The module and the folder count as well: beside them there is room for 9998.
    for (const i of [0, 1]) Deno.removeSync(`${folder}/data/${i}`);
    assertThrows(() => identify(folder), TypeError, "must have at most 10000 files");
    Deno.removeSync(`${folder}/data/2`);
    assertEquals(identify(folder).files.size, 10_000);
  }));

Deno.test("packages count by their versions, as the task names them", () =>
  inFolder((folder) => {
    write(folder, { "task.ts": `import * as acorn from "acorn";\nacorn;\n` });
    const { hash, files } = identify(folder);
    assertEquals(files.size, 1);
    write(folder, { "task.ts": `import * as acorn from "sucrase";\nacorn;\n` });
    assertNotEquals(identify(folder).hash, hash);
  }));

/** Expressions with their value in another layout: the same tokens, other blanks, comments, types. */
const expression = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.nat().map((x) => [String(x), `(${x}) as number`]),
    fc.string().map((x) => [JSON.stringify(x), `${JSON.stringify(x)} /* it's */`]),
    fc.tuple(tie("value"), tie("value")).map(([a, b]) => [
      `f(${(a as string[])[0]}, ${(b as string[])[0]})`,
      `f( // "\n ${(a as string[])[1]},\n${(b as string[])[1]} , )`,
    ]),
  ),
})).value as fc.Arbitrary<[string, string]>;

Deno.test("two texts of one expression mean the same, two expressions do not", () => {
  const meaning = (text: string) => readModule("x.ts", `export const x = ${text};\n`).meaning;
  fc.assert(
    fc.property(expression, expression, ([a, same], [b]) => {
      assertEquals(meaning(same), meaning(a));
      assertEquals(meaning(a) === meaning(b), a === b);
    }),
    { seed: 7 },
  );
});

Deno.test("readModule() knows what a module exports, and what only passes on", () => {
  const read = (text: string) => readModule("x.ts", text);
  const own = read(`
    export const a = 1, { b, c: [d, ...e], f = 2, ...g } = o;
    export function h() {}
    export class I {}
    export enum J { A }
    export default 1;
    export type K = number;
    const l = 1, m = 2;
    export { l, m as n };
    export { p, type q, r as s } from "./r.ts";
    export * as t from "./t.ts";
    export * from "./u.ts";
  `);
  assertEquals([...own.exports.keys()].sort().join(), "I,J,a,b,d,default,e,f,g,h,l,n,p,s,t");
  assertEquals(own.exports.get("s")?.names, ["r"]);
  assertEquals(own.exports.get("t")?.names, undefined);
  assertEquals(own.stars.map(({ specifier }) => specifier), ["./u.ts"]);
  assertEquals(own.passesOn, false);
  assertEquals(read(`export { a } from "./a.ts";\nexport * from "./b.ts";`).passesOn, true);
  assertEquals(read(`export type { A } from "./a.ts";`).passesOn, true);
  for (const text of ["export const a = 1;", `import "./a.ts";`, "const a = 1; export { a };"]) {
    assertEquals(read(text).passesOn, false);
  }
});
