import { assert, assertEquals, assertLessOrEqual, assertMatch, assertThrows } from "@std/assert";
import { grid, progress, sweep } from "lora-dynamics/experiment/mod.ts";
import { platform } from "lora-dynamics/platform/mod.ts";

interface Sent {
  type: string;
  id: string;
  html: string;
  text: string;
  at: number;
}

/** Stands in for the kernel while `body` runs; returns what a notebook would have got. */
async function inKernel(body: () => unknown, fails = false): Promise<Sent[]> {
  const sent: Sent[] = [];
  const broadcast = (type: string, content: Record<string, Record<string, string>>) => {
    sent.push({
      type,
      id: content.transient.display_id,
      html: content.data["text/html"],
      text: content.data["text/plain"],
      at: performance.now(),
    });
    return fails ? Promise.reject(new Error("no listener")) : Promise.resolve();
  };
  const namespace = Deno as unknown as { jupyter: unknown };
  namespace.jupyter = { broadcast };
  try {
    await body();
  } finally {
    namespace.jupyter = undefined;
  }
  return sent;
}

/** Keeps the processor, and the event loop, to itself. */
function spin(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

Deno.test("progress() of short work shows nothing", async () => {
  const sent = await inKernel(() => {
    using bar = progress("short", 100);
    for (let i = 0; i < 100; i++) bar.tick();
  });
  assertEquals(sent, []);
});

Deno.test("progress() in a synchronous loop updates one output at most ten times a second", async () => {
  const sent = await inKernel(() => {
    using bar = progress("loop <b>", 900);
    for (let i = 0; i < 900; i++) {
      spin(1);
      bar.tick(1, `step ${i}`);
    }
  });
  assertEquals(sent.map((one) => one.type), [
    "display_data",
    ...sent.slice(1).map(() => "update_display_data"),
  ]);
  assertEquals(new Set(sent.map((one) => one.id)).size, 1);
  const duration = sent[sent.length - 1].at - sent[0].at;
  assert(sent.length >= 3);
  assertLessOrEqual(sent.length, duration / 100 + 2);
  assertMatch(sent[0].text, /^loop <b>: \d+\/900, \d+\/s, \d+\.\d s left, step \d+$/);
  assertMatch(sent[0].html, /<progress value="\d+" max="900"><\/progress> loop &lt;b&gt;: /);
  assertMatch(sent[sent.length - 1].text, /^loop <b>: 900\/900, done in \d+\.\d s$/);
  assertEquals(sent[sent.length - 1].html, "<div hidden></div>");
});

Deno.test("progress() shows itself while the first step is under way", async () => {
  const sent = await inKernel(async () => {
    using bar = progress("first", 2);
    await new Promise((resolve) => setTimeout(resolve, 560));
    bar.tick(2);
  });
  assertEquals(sent[0].text, "first: 0/2");
  assertEquals(sent.length, 2);
});

Deno.test("progress() left by an exception says where it stopped", async () => {
  const sent = await inKernel(() => {
    assertThrows(() => {
      using bar = progress("broken", 3);
      spin(520);
      bar.tick();
      throw new Error("no");
    });
  });
  assertMatch(sent[sent.length - 1].text, /^broken: 1\/3, stopped after \d+\.\d s$/);
});

Deno.test("progress() bars inside each other have outputs of their own", async () => {
  const sent = await inKernel(() => {
    using outer = progress("outer", 2);
    using inner = progress("inner", 2);
    spin(520);
    outer.tick();
    inner.tick();
  });
  const ids = (label: string) =>
    new Set(sent.filter((one) => one.text.startsWith(label)).map((one) => one.id));
  assertEquals([ids("outer").size, ids("inner").size], [1, 1]);
  assertEquals(new Set(sent.map((one) => one.id)).size, 2);
});

Deno.test("progress() does not fail the work when nobody listens, and ends only once", async () => {
  const sent = await inKernel(async () => {
    using bar = progress("lonely", 1);
    spin(520);
    bar.tick(0);
    bar.tick();
    bar.tick();
    bar.done();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }, true);
  assertEquals(sent.length, 2);
});

Deno.test("progress() is silent outside of notebooks and terminals", () => {
  using bar = progress("silent", 2);
  bar.tick(1, "note");
  bar.done();
});

/** Stands in for a terminal of 40 columns while `body` runs; returns what was written to it. */
function onTerminal(body: () => unknown): string {
  const written: string[] = [];
  const terminal = platform.terminal as { write(text: string): void };
  const before = Object.getOwnPropertyDescriptors(terminal);
  Object.defineProperties(terminal, {
    present: { value: true, configurable: true },
    columns: { value: 40, configurable: true },
    write: { value: (text: string) => written.push(text), configurable: true },
  });
  try {
    body();
  } finally {
    Object.defineProperties(terminal, before);
  }
  return written.join("");
}

Deno.test("progress() on a terminal keeps to one line of it, the outermost bar", () => {
  const text = onTerminal(() => {
    using outer = progress("a long label for this bar", 2);
    using inner = progress("inner", 1);
    spin(520);
    outer.tick();
    inner.tick();
    outer.tick();
  });
  const lines = text.split("\n");
  assertEquals(lines.length, 2);
  assertEquals(lines[1], "");
  const drawn = lines[0].split("\r").slice(1);
  assertEquals(drawn.map((line) => line.slice(0, 27)), [
    `[${"=".repeat(12)}${"-".repeat(12)}] `,
    `[${"=".repeat(24)}] `,
  ]);
  for (const line of drawn) assertEquals([line.length, line.slice(39)], [42, "\x1b[K"]);
});

Deno.test("progress() rejects a bad total or label", () => {
  assertThrows(() => progress("x", -1), RangeError, "total must be an integer >= 0");
  assertThrows(() => progress("x", NaN), RangeError, "total must be an integer >= 0");
  assertThrows(() => progress(null as never, 1), TypeError, "label must be a string");
});

Deno.test("sweep() shows its progress in the notebook, also from a synchronous run", async () => {
  const sent = await inKernel(() =>
    sweep({
      name: "points",
      label: "exit times",
      run: ({ i }) => {
        spin(25);
        return { twice: 2 * i };
      },
      cells: grid({ i: Array.from({ length: 30 }, (_, i) => i) }),
    })
  );
  assertMatch(sent[sent.length - 1].text, /^exit times: 30\/30, done in/);
  assert(sent.length >= 3);
});

/** The last text of a bar of `total` steps that has made `count` of them after so many seconds. */
async function textAfter(total: number, count: number, seconds: number): Promise<string> {
  const real = performance.now.bind(performance);
  let at = 0;
  performance.now = () => at;
  try {
    const sent = await inKernel(() => {
      const bar = progress("x", total);
      at = 1000 * seconds;
      bar.tick(count);
      at += 1;
      bar[Symbol.dispose]();
    });
    return sent[0].text;
  } finally {
    performance.now = real;
  }
}

Deno.test("the rate is told by the second, or by the minute below one, the rest in two units", async () => {
  const rest = async (seconds: number) =>
    // half of the work: as much is left
    (await textAfter(2, 1, seconds)).split(", ").at(-1);
  const found = [];
  for (const seconds of [12.34, 59.94, 59.96, 245, 3599.4, 3599.6, 7620]) {
    found.push(await rest(seconds));
  }
  assertEquals(found, [
    ...["12.3 s left", "59.9 s left", "1 min 00 s left", "4 min 05 s left", "59 min 59 s left"],
    ...["1 h 00 min left", "2 h 07 min left"],
  ]);
  const rates = [];
  for (const [count, time] of [[5, 12.5], [5, 5], [5, 2], [97, 10], [25, 1.6]]) {
    rates.push((await textAfter(100, count, time)).split(", ").at(-2));
  }
  assertEquals(rates, ["24/min", "1.0/s", "2.5/s", "9.7/s", "16/s"]);
  assertMatch(await textAfter(100, 25, 5), /x: 25\/100, 5.0\/s, 15.0 s left/);
});
