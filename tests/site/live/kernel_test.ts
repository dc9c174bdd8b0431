import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Kernel } from "../../../lib/site/live/kernel/kernel.ts";
import { addressOf, checkExports } from "../../../lib/site/live/kernel/modules.ts";
import type { Ended, FromKernel, Output } from "../../../lib/site/live/kernel/protocol.ts";

/** A kernel here, and what it sends. */
function start() {
  const sent: FromKernel[] = [];
  let heard = () => {};
  const kernel = new Kernel({
    post(message) {
      sent.push(message);
      heard();
    },
    load: (name) => Promise.resolve({ name, interrupted: () => kernel.onInterrupt }),
  });
  const ended = async (parent: unknown): Promise<Ended> => {
    while (true) {
      const done = sent.find((m) => m.type === "done" && m.parent === parent);
      if (done?.type === "done") return done.content;
      await new Promise<void>((resolve) => heard = resolve);
    }
  };
  const outputs = (parent: unknown) =>
    sent.filter((m): m is Output => "parent" in m && m.type !== "done" && m.parent === parent);
  let count = 0;
  const run = async (code: string) => {
    const parent = ++count;
    kernel.receive({ type: "execute", code, count, parent });
    return { content: await ended(parent), outputs: outputs(parent) };
  };
  return { kernel, run, sent };
}

const plain = ({ content }: Output) => content.data["text/plain"];

Deno.test("of 100 cells with a short await each result, and each print, carries its cell", async () => {
  const { kernel, sent } = start();
  Object.assign(globalThis, { kernelOfTest: kernel });
  for (let i = 0; i < 100; i++) {
    const code = `await new Promise((r) => setTimeout(r, ${i % 6}));\n` +
      `kernelOfTest.print("stdout", "print ${i}");\n"result ${i}";`;
    kernel.receive({ type: "execute", code, count: i + 1, parent: i });
  }
  const done = () => sent.filter(({ type }) => type === "done").length;
  while (done() < 100) await new Promise((resolve) => setTimeout(resolve, 5));
  const told = sent.map((m) =>
    m.type === "execute_result"
      ? `${m.parent}: ${plain(m)}`
      : m.type === "stream"
      ? `${m.parent}: ${m.content.text.trim()}`
      : `${(m as Output).parent}: over`
  );
  const expected = Array.from({ length: 100 }, (_, i) => [
    `${i}: print ${i}`,
    `${i}: "result ${i}"`,
    `${i}: over`,
  ]).flat();
  assertEquals(told, expected);
});

Deno.test("values show themselves: by their own bundle, as markup, as text", async () => {
  const { run } = start();
  const own = '({ [Symbol.for("Jupyter.display")]: async () => ({ "text/html": "<b>" }) });';
  assertEquals((await run(own)).outputs[0].content.data, { "text/html": "<b>" });
  assertEquals((await run('({ outerHTML: "<svg></svg>" });')).outputs[0].content.data, {
    "image/svg+xml": "<svg></svg>",
  });
  assertEquals(plain((await run("[1, 'a', { x: null }];")).outputs[0]), '[ 1, "a", { x: null } ]');
  assertEquals((await run("undefined;")).outputs, []);
});

Deno.test("an error says cell and line, and nothing of the machinery", async () => {
  const { run } = start();
  await run("1;");
  const { content } = await run(
    'type T = {\n  a: 1;\n};\nfunction deep() {\n  throw new RangeError("no");\n}\ndeep();',
  );
  assert(content.status === "error");
  assertEquals([content.ename, content.evalue], ["RangeError", "no"]);
  assertEquals(content.traceback[0], "RangeError: no");
  assertMatch(content.traceback[1], /^ {4}at deep \(cell 2, line 5:\d+\)$/);
  assertMatch(content.traceback[2], /^ {4}at cell 2, line 7:\d+$/);
  assertEquals(content.traceback.length, 3);
});

Deno.test("an error in a function of an earlier cell names that cell", async () => {
  const { run } = start();
  await run("\n\nfunction earlier7() { null.x; }");
  const { content } = await run("\nearlier7();");
  assert(content.status === "error");
  assertMatch(content.traceback[1], /earlier7 \(cell 1, line 3:/);
  assertMatch(content.traceback[2], /cell 2, line 2:/);
});

Deno.test("a syntax error shows the line with a caret; later cells run", async () => {
  const { run } = start();
  const { content } = await run("1;\nlet y = = 2;");
  assert(content.status === "error");
  assertEquals(content.ename, "SyntaxError");
  assertEquals(content.traceback.slice(1), ["let y = = 2;\n        ^"]);
  assertStringIncludes(content.traceback[0], "(cell 1, line 2:9)");
  assertEquals((await run("2;")).content, { status: "ok" });
});

Deno.test("what is thrown may be anything; causes are told", async () => {
  const { run } = start();
  const text = (await run('throw "just text";')).content;
  assert(text.status === "error");
  assertEquals(text.evalue, "just text");
  const wrapped =
    (await run('throw new Error("outer", { cause: new TypeError("inner") });')).content;
  assert(wrapped.status === "error");
  assert(wrapped.traceback.includes("Caused by TypeError: inner"));
});

Deno.test("an interrupt ends a cell that waits, in its own loop, and keeps its variables", async () => {
  const { kernel, run } = start();
  const running = run(
    "let turns1 = 0;\nwhile (true) {\n  turns1++;\n  await new Promise((r) => setTimeout(r, 1));\n}",
  );
  await new Promise((resolve) => setTimeout(resolve, 30));
  kernel.receive({ type: "interrupt" });
  const { content } = await running;
  assert(content.status === "error");
  assertEquals(content.ename, "Interrupted");
  const [first, second] = [await run("turns1;"), await run("turns1;")];
  assert(Number(plain(first.outputs[0])) > 0);
  assertEquals(plain(second.outputs[0]), plain(first.outputs[0]));
});

Deno.test("an interrupt calls those who listen, and gives up a cell that waits in the library", async () => {
  const { kernel, run } = start();
  let stopped = 0;
  const away = kernel.onInterrupt(() => stopped++);
  Object.assign(globalThis, { forever1: () => new Promise(() => {}) });
  const running = run("const kept2 = 5;\nfor (const wait of [forever1()]) await wait;");
  await new Promise((resolve) => setTimeout(resolve, 10));
  kernel.receive({ type: "interrupt" });
  assertEquals((await running).content.status, "error");
  assertEquals(stopped, 1);
  away();
  assertEquals(plain((await run("kept2;")).outputs[0]), "5");
});

Deno.test("names of the browser may be used for other things", async () => {
  const { run } = start();
  const before = Object.getOwnPropertyDescriptor(globalThis, "name");
  assertEquals(
    plain((await run("const name = 'mine', status = 3;\n[name, status];")).outputs[0]),
    '[ "mine", 3 ]',
  );
  if (before) Object.defineProperty(globalThis, "name", before);
  else Reflect.deleteProperty(globalThis, "name");
});

Deno.test("completion knows names of cells and members of values", async () => {
  const { kernel, run, sent } = start();
  await run("const completing1 = { alpha: 1, beta: 2 };");
  for (const code of ["completi", "x = completing1.al", "completing1.none.x"]) {
    kernel.receive({ type: "complete", id: code, code, at: code.length });
  }
  const answers = sent.flatMap((m) => m.type === "completed" ? [m.content] : []);
  assertEquals(answers[0], { matches: ["completing1"], start: 0, end: 8 });
  assertEquals(answers[1], { matches: ["alpha"], start: 16, end: 18 });
  assertEquals(answers[2].matches, []);
});

const importable = {
  "lora-dynamics": "lib.mod.js",
  "lora-dynamics/figure/mod.ts": "lib.figure.mod.js",
  "lora-dynamics/papers/lora_one/mod.ts": "lib.papers.lora_one.mod.js",
  "lora-dynamics/papers/lora_one/theory/mod.ts": "deep.js",
  "mathjs": "mathjs.js",
};

Deno.test("imports lead to the bundle, from cells of a checkout too", () => {
  const base = "https://a.org/b/live/kernel.js";
  const at = (name: string) => addressOf(name, importable, base);
  assertEquals(at("lora-dynamics/figure/mod.ts"), "https://a.org/b/live/lib.figure.mod.js");
  assertEquals(at("../lib/figure/mod.ts"), "https://a.org/b/live/lib.figure.mod.js");
  assertEquals(at("mathjs"), "https://a.org/b/live/mathjs.js");
  assertEquals(at("https://c.org/x.js"), "https://c.org/x.js");
});

Deno.test("an import of something absent says what there is", () => {
  const message = (name: string) => {
    try {
      return addressOf(name, importable, "https://a.org/");
    } catch (error) {
      return (error as Error).message;
    }
  };
  assertEquals(
    message("npm:lodash"),
    'Cannot import "npm:lodash" as in a browser there is no such module: there are lora-dynamics, ' +
      "mathjs, lora-dynamics/figure/mod.ts, lora-dynamics/papers/lora_one/mod.ts, and modules by their " +
      "https address",
  );
  assertStringIncludes(
    message("lora-dynamics/figure/svg.ts"),
    "the nearest is lora-dynamics/figure/mod.ts",
  );
});

Deno.test("a name that a module lacks is an error that names the nearest", () => {
  const message = (name: string) => {
    try {
      checkExports("m", { flowRun: 1, courses: 2 }, [name]);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  assertEquals(message("flowRun"), "");
  assertEquals(
    message("flwoRun"),
    'Cannot import flwoRun as "m" exports no such name; did you mean flowRun?',
  );
  assertEquals(message("zebra"), 'Cannot import zebra as "m" exports no such name');
});
