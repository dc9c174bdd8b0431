import { assertEquals, assertStringIncludes } from "@std/assert";
import { asStatements, exampleModule, examplesIn, exampleTests } from "../../lib/cli/examples.ts";
import { filesBelow } from "../../lib/cli/files.ts";
import { DENO, DENO_DIR, inRoot } from "../../lib/cli/paths.ts";

const SOURCE = `import { assert } from "@std/assert"; // no example
/**
 * One.
 *
 * @example
 * \`\`\`ts
 * import { assertEquals } from "@std/assert";
 *
 * const one: number = 1;
 * assertEquals(one, 1);
 * \`\`\`
 */
export class One {
  /**
   * @example A name that the other example has, too.
   * \`\`\`ts
   * import {
   *   type assert,
   *   assertEquals as equal,
   * } from "@std/assert";
   * import type { One } from "nowhere";
   *
   * const one = 1;
   *     equal(one, 2);
   * \`\`\`
   */
  two = \`/** \`\`\`ts no comment\`;
  /** \`\`\`ts in one line \`\`\` */
  three = 3;
}
`;

Deno.test("examples are what stands between fences in comments, or in all of a text", () => {
  assertEquals(examplesIn(SOURCE), [{ first: 6, last: 11 }, { first: 16, last: 25 }]);
  const text = "# A\n\n```sh\nls\n```\n\n```ts\n1;\n```\n\n```ts ignore\nb\n```\n";
  assertEquals(examplesIn(text, true), [{ first: 7, last: 9 }]);
});

Deno.test("an example keeps its lines, and has a scope of its own", () => {
  const [source, made] = [SOURCE, exampleModule(SOURCE, "lib/one.ts")].map((t) => t.split("\n"));
  assertEquals(made.length, source.length);
  for (const line of [9, 10, 23, 24]) {
    assertEquals(made[line - 1], source[line - 1].replace(/^ *\* /, ""), `line ${line}`);
  }
  assertEquals(made[5], 'Deno.test("the example of lib/one.ts:6", async () => {');
  assertEquals([made[10], made[24]], ["});", "});"]);
  assertEquals(made.slice(25).join("").trim(), "", "what is no example leaves no trace");
});

const STATEMENTS: [string, string][] = [
  ['import { a, type B, c as d } from "x";', 'const { a, c: d } = await import("x");'],
  ['import * as x from "y";', 'const x = await import("y");'],
  ['import x from "y";', 'const { default: x } = await import("y");'],
  ['import x, { z } from "y";', 'const { default: x, z } = await import("y");'],
  ['import "y";', 'await import("y");'],
  ['import type { A } from "y";\nb;', "                         \nb;"],
  ["export const a = import.meta.url;", "const a = import.meta.url;"],
  ["export default f();", "f();"],
  ['const text = "import x from here";', 'const text = "import x from here";'],
];
for (const [code, expected] of STATEMENTS) {
  Deno.test(`in a function, ${code.split("\n")[0]} becomes what does the same`, () => {
    assertEquals(asStatements(code).replace(/ +$/gm, ""), expected.replace(/ +$/gm, ""));
  });
}

Deno.test("an example that fails is named by file and line; others are not touched", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/one.ts`, exampleModule(SOURCE, "lib/one.ts"));
    const config = ["--config", inRoot("deno.json"), "--frozen", "--cached-only"];
    const { success, stdout } = await new Deno.Command(DENO, {
      args: ["test", "--quiet", "--no-check", "--allow-read", ...config, `${folder}/one.ts`],
      cwd: folder,
      env: { DENO_DIR, NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stdout);
    assertEquals(success, false);
    assertStringIncludes(said, "the example of lib/one.ts:6 ... ok");
    assertStringIncludes(said, "the example of lib/one.ts:16 => ./one.ts:16:");
    assertStringIncludes(said, "one.ts:24:5");
    assertStringIncludes(said, "1 passed | 1 failed");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("every example is run: as many tests are made as there are fences of code", () => {
  const fences = (text: string) => text.match(/^\s*(?:\* )?```ts$/gm)?.length ?? 0;
  const files = [...filesBelow("lib", /\.(ts|md)$/), "README.md"];
  const expected = files.map((path) => fences(Deno.readTextFileSync(inRoot(path))));
  const made = exampleTests(["lib", "README.md"]).flatMap((entry) =>
    Array.from(
      Deno.readTextFileSync(inRoot(entry)).matchAll(/import "\.\/(.*)";/g),
      ([, path]) => Deno.readTextFileSync(inRoot(".deno", "test", "examples", path)),
    )
  );
  const count = (numbers: number[]) => numbers.reduce((sum, n) => sum + n, 0);
  assertEquals(
    count(made.map((text) => text.match(/^Deno\.test\(/gm)?.length ?? 0)),
    count(expected),
  );
  assertEquals(made.length, expected.filter((n) => n > 0).length);
});
