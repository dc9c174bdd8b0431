import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { cellNames } from "../../../lib/cli/reproduce/cell_names.ts";

/** What a cell declares, changes and uses, each as a line of sorted names. */
function names(source: string): Record<"declares" | "changes" | "uses", string> {
  const { declares, changes, uses } = cellNames(source);
  const line = (set: ReadonlySet<string>) => [...set].sort().join(" ");
  return { declares: line(declares), changes: line(changes), uses: line(uses) };
}

const declarations: [string, string][] = [
  ["const a = 1, { b, c: { d }, ...e } = f(); let [g, , h = 1, ...i] = j;", "a b d e g h i"],
  ["function f(x) { var y; let z; }\nclass K { static { var q; } }", "K f"],
  ["if (true) { var v = 1; let w = 2; function inner() {} }", "v"],
  ["for (const x of y) { var z = x; }", "z"],
  ["for (let i = 0; i < 3; i++);", ""],
  [
    'import d, { a, type T, b as c } from "x"; import * as n from "y"; import type { U } from "z";',
    "a c d n",
  ],
  ["interface I { a: number }\ntype T = string;\ndeclare const no: number;", ""],
  ["enum E { A }", "E"],
  ["using file = open(); await using other = open();", "file other"],
];
for (const [source, declares] of declarations) {
  Deno.test(`cellNames() finds what is declared in: ${source}`, () => {
    assertEquals(names(source).declares, declares);
  });
}

const references: [string, string][] = [
  ["a.b.c[d] + e?.f", "a d e"],
  ["({ a, b: c, [d]: 1, e() { return f; } })", "a c d f"],
  ["rows.map((row) => row.x * scale)", "rows scale"],
  ["const x = 1; { const y = x; z(y); }\ny;", "y z"],
  ["function f(n) { return n < 2 ? one : f(n - 1); }", "one"],
  ["(function g({ a, b = c }, ...rest) { arguments; return a + b + rest + d; })", "c d"],
  ["try { risky(); } catch ({ message }) { tell(message); }", "risky tell"],
  ["loop: for (const k in o) { if (k) continue loop; }", "o"],
  ["class A extends B { #p = q; m(r) { return r + this.#p + A; } [s] = 1; }", "B q s"],
  ["switch (v) { case w: { let x = 1; } }", "v w"],
  ["`${a} ${((b) => b)(c)}`; tag`x`;", "a c tag"],
  ["const t = <T,>(a: T): T => a as unknown as T; let u: Named = v satisfies Other;", "v"],
  ["f(); var f;", ""],
  ["(() => { x = 1; var x; })()", ""],
  ["new Map<string, Row>(entries)", "Map entries"],
];
for (const [source, uses] of references) {
  Deno.test(`cellNames() finds what is used in: ${source}`, () => {
    assertEquals(names(source).uses, uses);
  });
}

const changed: [string, string][] = [
  ["a = 1; b += 1; c++; delete d.e;", "a b c d"],
  ["a.b.c = 1; d[e] = 2; [f, { g }, ...h] = i; ({ j: k.l } = m);", "a d f g h k"],
  ["for (a of b); for (c.d in e);", "a c"],
  ["rows.push(1); set.add(2); table.column.sort();", "rows set table"],
  ["Object.assign(a.b, c);", "a"],
  ["let a = 1; a = 2; const rows = []; rows.push(a);", ""],
  ["const f = (a) => { a.push(1); b.push(2); };", "b"],
  ["rows.toSorted(); rows.map((x) => x);", ""],
];
for (const [source, changes] of changed) {
  Deno.test(`cellNames() finds what is changed in: ${source}`, () => {
    assertEquals(names(source).changes, changes);
  });
}

Deno.test("cellNames() finds the figures, a gap where an id is computed", () => {
  const saves = (source: string) => cellNames(source).saves;
  assertEquals(saves('await save("F1", f1, files);'), ["F1"]);
  assertEquals(saves("for (const n of all) await save(`F2-${n}b`, f);"), ["F2-*b"]);
  assertEquals(saves("await figure.save(`E1`, f); await save(id, f);"), ["E1", "*"]);
  assertEquals(saves('show(f1); check(claims, ["C1"]); save();'), []);
});

Deno.test("cellNames() knows cells that set up others without a name", () => {
  assert(cellNames('import "x";').prepares);
  assert(cellNames("const P = parameters({ d: 3 });\nP;").prepares);
  assert(!cellNames('import { a } from "x"; const P = other({});').prepares);
});

Deno.test("cellNames() says where a cell cannot be read", () => {
  assertThrows(() => cellNames("const a = ;"), SyntaxError, "(1:11)");
  assertThrows(() => cellNames("const a = 1;\nconst a = 2;"), SyntaxError, "(2:6)");
});

// Blocks are built together with what they declare and use, so the expectation does not come from a
// reader of code.
const name = fc.constantFrom("a", "b", "c", "d");
interface Built {
  text: string;
  free: Set<string>;
}
const { block } = fc.letrec<{ block: Built; statement: Built }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 3 },
    name.map((n): Built => ({ text: `use(${n});`, free: new Set([n, "use"]) })),
    tie("block"),
  ),
  block: fc.tuple(
    fc.constantFrom("let", "param", "catch", "for"),
    fc.option(name, { nil: undefined }),
    fc.array(tie("statement"), { maxLength: 3 }),
  ).map(([kind, own, inner]): Built => {
    const body = inner.map(({ text }) => text).join(" ");
    const free = new Set(inner.flatMap(({ free }) => [...free]));
    if (own !== undefined) free.delete(own);
    const text = {
      let: `{ ${own === undefined ? "" : `let ${own} = 1;`} ${body} }`,
      param: `((${own ?? ""}) => { ${body} })();`,
      catch: `try {} catch ${own === undefined ? "" : `(${own})`} { ${body} }`,
      for: `for (${own === undefined ? "" : `let ${own} = 0`};;) { ${body} }`,
    }[kind]!;
    return { text, free };
  }),
}));

Deno.test("cellNames() takes no local name for one from elsewhere, however blocks are nested", () => {
  fc.assert(
    fc.property(block, ({ text, free }) => {
      assertEquals([...cellNames(text).uses].sort(), [...free].sort(), text);
    }),
    { seed: 7, numRuns: 300 },
  );
});
