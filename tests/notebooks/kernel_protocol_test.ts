import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { type Question, RawClient } from "./raw_client.ts";
import { endsWithin, isAlive } from "./processes.ts";

const cell = (code: unknown, rest = {}) => ({ content: { code, ...rest } });
const history = (content: Record<string, unknown>) => ({ content });

// Optional fields are missing or null, or stand at a place that is none: all of it is answered.
const incomplete: Record<string, [kind: string, question: Question]> = {
  "a search without unique": ["history_request", history({ hist_access_type: "search" })],
  "a tail without anything else": ["history_request", history({ hist_access_type: "tail" })],
  "null where a number may stand": [
    "history_request",
    history({ hist_access_type: "range", n: null, session: null, stop: null, raw: null }),
  ],
  "a cell with its code alone": ["execute_request", cell("1")],
  "a cell with null for all flags": [
    "execute_request",
    cell("1", { silent: null, store_history: null, user_expressions: null, allow_stdin: null }),
  ],
  "a completion without a place": ["complete_request", cell("consol")],
  "a completion behind the end": ["complete_request", cell("consol", { cursor_pos: 60 })],
  "a completion before the start": ["complete_request", cell("consol", { cursor_pos: -3 })],
  "a completion inside of a letter": ["complete_request", cell("const é = 1", { cursor_pos: 7 })],
  "an inspection without level": ["inspect_request", cell("console", { cursor_pos: 3 })],
  "an inspection behind the end": ["inspect_request", cell("é", { cursor_pos: 9 })],
  "comms of no target": ["comm_info_request", { content: { target_name: null } }],
  "the deprecated question for ports": ["connect_request", {}],
  "a header without date, user and session": [
    "kernel_info_request",
    { header: { date: null, username: null, session: null, version: null } },
  ],
  "a date that is none": ["kernel_info_request", { header: { date: "2026-02-30T25:00:00Z" } }],
  "a header with more than the known fields": [
    "kernel_info_request",
    { header: { subshell_id: "x", deep: { a: [1] } } },
  ],
  "metadata that is no JSON": ["kernel_info_request", { raw: { 2: "{" } }],
  "a parent that is null": ["kernel_info_request", { raw: { 1: "null" } }],
  "a number that is none in what nobody reads": [
    "execute_request",
    { raw: { 3: '{"code": "1", "user_expressions": {"a": NaN}}' } },
  ],
  "buffers at a request": ["kernel_info_request", { buffers: [[0, 255, 7]] }],
};

Deno.test("requests that leave out what is optional are answered", async () => {
  await using client = await RawClient.start();
  for (const [name, [kind, question]] of Object.entries(incomplete)) {
    const answers = await client.ask(kind, question);
    assertEquals([name, answers.reply.status, answers.states], [name, "ok", ["busy", "idle"]]);
  }
  assertEquals(await client.value("1 + 1"), "2");
});

const malformed: Record<string, [kind: string, question: Question, says: RegExp]> = {
  "no code": ["execute_request", {}, /as code must be text in Unicode: current value is null$/],
  "code that is a number": ["execute_request", cell(3), /code must be text/],
  "half a character": ["execute_request", cell("'\ud800'"), /code must be text in Unicode/],
  "a flag that is a text": [
    "execute_request",
    cell("1", { silent: "no" }),
    /silent must be true or/,
  ],
  "a place that is a text": ["complete_request", cell("a", { cursor_pos: "1" }), /a whole number/],
  "a place between letters": ["complete_request", cell("a", { cursor_pos: 0.5 }), /whole number/],
  "a kind of history that is none": [
    "history_request",
    history({ hist_access_type: "all" }),
    /hist_access_type must be range, tail or search: current value is "all"/,
  ],
  "a level that is none": ["inspect_request", cell("a", { detail_level: 7 }), /must be 0 or 1/],
  "a request that nobody knows": [
    "fancy_request",
    {},
    /msg_type must be one of .*execute_request.*: current value is fancy_request/,
  ],
  "content that is a list": ["kernel_info_request", { raw: { 3: "[]" } }, /content is no object/],
  "content that is no JSON": ["execute_request", { raw: { 3: '{"code"' } }, /content is no JSON/],
  "content of bytes that are no text": [
    "execute_request",
    { raw: { 3: [0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d] } },
    /content is no JSON/,
  ],
  "content of a hundred thousand brackets": [
    "execute_request",
    { raw: { 3: "[".repeat(1e5) } },
    /content is no JSON/,
  ],
};

Deno.test("a request that cannot be understood is refused by name, and the next one is answered", async () => {
  await using client = await RawClient.start();
  for (const [name, [kind, question, says]] of Object.entries(malformed)) {
    const answers = await client.ask(kind, question);
    assertEquals([name, answers.reply.status, answers.states], [name, "error", ["busy", "idle"]]);
    assertMatch(answers.reply.evalue, says, name);
    assertEquals(answers.of("error").length, kind === "execute_request" ? 1 : 0, name);
    assertEquals(await client.value("1 + 1"), "2", name);
  }
  assert(await isAlive(client.kernel));
});

const unsigned: Record<string, Question> = {
  "the signature of another kernel": { key: "other" },
  "a header that is no JSON": { raw: { 0: "{" } },
  "a header without a name": { header: { msg_id: null } },
  "half a character in the name": { header: { msg_id: "\ud800" } },
  "a name that is a number": { header: { msg_id: 3 } },
  "no frames but one": { frames: [""] },
  "no delimiter": { frames: ["a", "b", "c", "d", "e", "f"] },
  "a delimiter alone": { frames: ["<IDS|MSG>"] },
  "half a message": { frames: ["<IDS|MSG>", "", "{}", "{}"] },
};

Deno.test("what is no message is dropped on every channel, and the next one is answered", async () => {
  await using client = await RawClient.start();
  for (const [name, question] of Object.entries(unsigned)) {
    for (const channel of ["shell", "control", "stdin"] as const) {
      const answers = await client.ask("kernel_info_request", { ...question, channel, wait: 0.05 });
      assertEquals([name, answers.all], [name, []]);
    }
    assertEquals(await client.value("1 + 1"), "2", name);
  }
  // An answer that nobody waits for, and a comm that nobody knows.
  await client.ask("input_reply", { channel: "stdin", content: { value: 3 }, wait: 0.1 });
  const comm = await client.ask("comm_open", { content: { comm_id: "c" }, wait: 0.3 });
  assertEquals(comm.of("comm_close"), [{ comm_id: "c", data: {} }]);
  await client.ask("comm_msg", { content: { comm_id: "c", data: { a: 1 } }, wait: 0.1 });
  assertEquals(await client.value("1 + 1"), "2");
});

Deno.test("places count characters, as the protocol says", async () => {
  await using client = await RawClient.start();
  const code = "const 𝒦é = 1; consol";
  const { reply } = await client.ask("complete_request", cell(code, { cursor_pos: 20 }));
  assertEquals(reply.matches, ["console"]);
  assertEquals([reply.cursor_start, reply.cursor_end], [14, 20]);
});

Deno.test("the answers are what the protocol says where Deno's are not", async () => {
  await using client = await RawClient.start();
  const value = await client.run("[1]");
  assertEquals(value.of("execute_result")[0].transient, {});
  assertEquals(value.reply.user_expressions, {});
  const wrong = await client.run("const = 1");
  const [{ ename, evalue, traceback }] = wrong.of("error");
  assertEquals(ename, "SyntaxError");
  assertMatch(evalue, /^Unexpected token/);
  assertEquals(traceback.length, 1);
  assertEquals({ ...wrong.reply, ...{ ename, evalue, traceback } }, wrong.reply);
  // Written so that the launcher, which refuses unknown packages itself, lets it through.
  const absent = await client.run('import _ from "\\x6epm:no-such-package-of-lora-dynamics";');
  const [failed] = absent.of("error");
  assertEquals([failed.ename, failed.traceback], ["Error", [`Error: ${failed.evalue}`]]);
  const plot = await client.run('(await import("@observablehq/plot")).plot({})');
  assertMatch(plot.reply.evalue, /^Plot.plot\(\) needs the page of a browser: show\(/);
  assertMatch(plot.of("error")[0].traceback[1], /^TypeError: Plot.plot\(\) needs the page/);
  const thrown = await client.run('throw new TypeError("no")');
  assertEquals([thrown.reply.ename, thrown.reply.evalue], ["TypeError", "no"]);
  const silent = await client.run("1 + 1", { silent: true });
  assertEquals(silent.all.map(([, kind]) => kind).sort(), ["execute_reply", "status", "status"]);
});

Deno.test("a cell that asks gets what was typed for it, and nothing that was typed before", async () => {
  await using client = await RawClient.start();
  const early = { channel: "stdin", content: { value: "early" }, wait: 0.2 } as const;
  await client.ask("input_reply", early);
  for (const [typed, result] of [[{ value: "é" }, '"é"'], [{ value: 3 }, '""'], [{}, '""']]) {
    const answers = await client.ask("execute_request", { ...cell('prompt("name?")'), typed });
    assertEquals(answers.of("input_request"), [{ prompt: "name?", password: false }]);
    assertEquals(answers.of("execute_result")[0].data["text/plain"], result);
  }
});

Deno.test("history: what has run, by tail, range and search", async () => {
  await using client = await RawClient.start();
  for (const code of ["const a = 1", "a + 1", "a + 1", "a + 2"]) await client.run(code);
  await client.run("0", { store_history: false });
  const ask = async (content: Record<string, unknown>) =>
    (await client.ask("history_request", { content })).reply.history;
  assertEquals(await ask({ hist_access_type: "tail", n: 1 }), [[1, 4, "a + 2"]]);
  assertEquals(await ask({ hist_access_type: "range", start: 1, stop: 3, output: true }), [
    [1, 1, ["const a = 1", null]],
    [1, 2, ["a + 1", "2"]],
  ]);
  assertEquals(await ask({ hist_access_type: "range", session: -1 }), []);
  const search = { hist_access_type: "search", pattern: "a + *", unique: true };
  assertEquals(await ask(search), [[1, 3, "a + 1"], [1, 4, "a + 2"]]);
});

Deno.test("large results and buffers arrive as they were sent", async () => {
  await using client = await RawClient.start();
  const text = await client.value(
    '({ [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "é𝒦<>&\\u2028".repeat(4e5) }) })',
  );
  assertEquals(text, "é𝒦<>&\u2028".repeat(4e5));
  const answers = await client.run(
    `await Deno.jupyter.broadcast("display_data", { data: { "text/plain": "" }, metadata: {} },
       { buffers: [new Uint8Array([0, 1, 255]), new Uint8Array(0)] })`,
  );
  const [, , , buffers] = answers.all.find(([, kind]) => kind === "display_data")!;
  assertEquals(buffers, [[0, 1, 255], []]);
});

Deno.test("an interrupt that comes as a message ends a waiting cell and a busy one", async () => {
  await using client = await RawClient.start();
  for (const code of ["await new Promise(() => {})", "for (;;) ;"]) {
    const content = { code };
    await client.ask("execute_request", { content, wait: 0.3 });
    const { reply } = await client.ask("interrupt_request", { channel: "control" });
    assertEquals(reply.status, "ok");
    assertEquals(await client.value("1 + 1"), "2", code);
  }
});

Deno.test("what the user tells V8 is kept", async () => {
  await using client = await RawClient.start({ DENO_V8_FLAGS: "--max-old-space-size=900" });
  const limit = '(await import("node:v8")).getHeapStatistics().heap_size_limit / 2 ** 20';
  const megabytes = Number(await client.value(limit));
  assertGreater(megabytes, 850);
  assertLess(megabytes, 1200);
  assertEquals(await client.value("typeof gc"), '"function"');
});

Deno.test("a kernel that no longer listens is noticed within twenty seconds, said, and ended", async () => {
  await using client = await RawClient.start();
  Deno.kill(client.kernel, "SIGSTOP");
  const answers = await client.ask("execute_request", { ...cell("1"), wait: 18 });
  assertStringIncludes(answers.of("stream")[0].text, "The kernel no longer listens");
  assert(await endsWithin(client.launcher, 6));
  assert(await endsWithin(client.kernel, 1));
});
