import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { RawClient } from "./raw_client.ts";

/** A cell after which the kernel has to go on as before: 150 ms later it has its value. */
const after = "await new Promise((go) => setTimeout(go, 150)); 'alive'";

const thrown: Record<string, [cell: string, said: string]> = {
  "a promise that nobody awaits": [
    "(async () => { await 0; throw new TypeError('late'); })(); 1",
    "Uncaught (in promise) TypeError: late\n    at <anonymous>:",
  ],
  "what is no error": ["Promise.reject({ a: 1 }); 1", "Uncaught (in promise) { a: 1 }\n"],
  // Deno's loop then stands still, for up to half a minute.
  "a timer": ["setTimeout(() => { throw new Error('tick'); }, 5); 1", "Uncaught Error: tick\n"],
  "a worker": [
    "new Worker('data:text/javascript,throw new Error(\"there\")', { type: 'module' }); 1",
    "Uncaught (in promise) Error: there\n",
  ],
  "a microtask": [
    "queueMicrotask(() => { throw new Error('soon'); }); 1",
    "Uncaught Error: soon\n",
  ],
};

Deno.test("an error that no cell catches is said, and the next cell runs at once", async () => {
  await using client = await RawClient.start();
  for (const [name, [cell, said]] of Object.entries(thrown)) {
    const begin = performance.now(), first = await client.run(cell), next = await client.run(after);
    assertLess(performance.now() - begin, 5000, name);
    assertEquals([first.reply.status, next.reply.status], ["ok", "ok"], name);
    assertEquals(next.of("execute_result")[0].data["text/plain"], '"alive"', name);
    const text = [...first.of("stream"), ...next.of("stream")].map(({ text }) => text).join("");
    assertStringIncludes(text, said, name);
    assert(!/ext:|node:/.test(text), text); // calls of the runtime tell a reader nothing
  }
});

Deno.test("a promise that a later cell catches stays its own", async () => {
  await using client = await RawClient.start();
  await client.run("const p = Promise.reject(new Error('mine'));");
  const caught = await client.run(
    "let found = ''; try { await p } catch (e) { found = e.message } found",
  );
  assertEquals(caught.of("execute_result")[0].data["text/plain"], '"mine"');
});

Deno.test("no cell ends the kernel: an exit is an error, and variables stay", async () => {
  await using client = await RawClient.start();
  await client.run("const kept = 7;");
  for (
    const cell of [
      "Deno.exit(3)",
      "process.exit()",
      "close()",
      'import { exit } from "node:process"; exit(1)',
    ]
  ) {
    const { reply } = await client.run(cell);
    assertEquals([reply.status, reply.ename], ["error", "Error"], cell);
    assertStringIncludes(
      reply.evalue,
      "Cannot end the kernel from a cell as its variables would be",
    );
  }
  assertEquals((await client.run("kept")).of("execute_result")[0].data["text/plain"], "7");
});

Deno.test("a package that is not locked is refused by name, and the next import works", async () => {
  await using client = await RawClient.start();
  // Deno alone would refuse every import from here on.
  for (
    const [cell, name] of [
      ['import _ from "npm:lodash@4"; 1', "npm:lodash@4"],
      ['const pad = await import("npm:left-pad"); 1', "npm:left-pad"],
      ['import { x } from "jsr:@nobody/nothing/sub"; 1', "jsr:@nobody/nothing"],
    ]
  ) {
    const answers = await client.run(cell), { reply } = answers;
    assertEquals([reply.status, reply.ename], ["error", "TypeError"], cell);
    assertStringIncludes(
      reply.evalue,
      `Cannot import ${name} as deno.lock must hold it: run DENO_DIR=`,
    );
    assertEquals(answers.of("execute_input")[0].code, cell);
  }
  const fine = [
    'import { show } from "lora-dynamics/figure/mod.ts"; import fc from "npm:fast-check@4.10.2"; typeof show',
    '// import _ from "npm:lodash"\n\'import _ from "npm:lodash"\'; "function"',
  ];
  for (const cell of fine) {
    const { reply } = await client.run(cell);
    assertEquals([reply.status, reply.evalue], ["ok", undefined], cell);
  }
});
