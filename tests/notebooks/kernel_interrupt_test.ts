import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { TestKernel } from "./kernel_driver.ts";
import { isAlive } from "./processes.ts";

const interrupts: Record<string, string> = {
  "a loop that never waits": "for (;;) i++",
  "a long wait": "await new Promise((done) => setTimeout(done, 1e6))",
  "a promise that nobody settles": "await new Promise(() => {})",
  "a loop that waits": "for (;;) { i++; await new Promise((done) => setTimeout(done, 10)); }",
  "a loop that yields without waiting": "for (;;) { i++; await null; }",
  "a wait inside functions": "await outer()",
  "long work between waits": "await busy()",
  "long work after a wait": "await new Promise((done) => setTimeout(done, 10)); for (;;) i++",
  "several functions at once": "await Promise.all([outer(), outer(), busy()])",
  "somebody to type": 'prompt("name?"); i++',
  "one question after the other": 'for (;;) { i++; confirm("sure?"); }',
  "an asynchronous iteration": "for await (const x of ticks()) i += x",
};

Deno.test("an interrupt ends any cell; variables stay, what it has started stops, the next cell runs", async () => {
  await using kernel = await TestKernel.start();
  await kernel.run([`
    const kept = new Map([["mu", 0.5]]);
    let i = 0, ended = 0;
    async function inner() {
      try { for (;;) { i++; await new Promise((done) => setTimeout(done, 10)); } } finally { ended++; }
    }
    async function outer() { await inner(); }
    async function busy() {
      for (;;) {
        for (const end = performance.now() + 3000; performance.now() < end;) i++;
        await new Promise((done) => setTimeout(done, 1));
      }
    }
    async function* ticks() { for (;;) { await new Promise((done) => setTimeout(done, 10)); yield 1; } }
  `]);
  for (const [name, code] of Object.entries(interrupts)) {
    const [{ status, seconds, outputs }] = await kernel.run([code], {
      interrupt_after: 0.3,
      timeout: 15,
    });
    assertEquals([name, status], [name, "error"]);
    assertLess(seconds ?? Infinity, 5, name);
    assertEquals(outputs.map(([type]) => type), ["error"], name);
    assertEquals(await kernel.value('kept.get("mu")'), "0.5", name);
    const soon = '(await new Promise((done) => setTimeout(() => done("soon"), 30)))';
    assertEquals(await kernel.value(soon), '"soon"', name);
    const before = await kernel.value("i");
    await new Promise((resolve) => setTimeout(resolve, 100));
    assertEquals([name, await kernel.value("i")], [name, before]);
  }
  assertGreater(Number(await kernel.value("ended")), 0);
  assert(await isAlive(kernel.kernel));
});

Deno.test("an interrupt is never lost between two waits", async () => {
  await using kernel = await TestKernel.start();
  for (let i = 0; i < 20; i++) {
    const code = "for (;;) await new Promise((done) => setTimeout(done, 1))";
    const [{ status }] = await kernel.run([code], { interrupt_after: 0.05, timeout: 5 });
    assertEquals([i, status], [i, "error"]);
  }
});

Deno.test("an interrupt while nothing runs changes nothing", async () => {
  await using kernel = await TestKernel.start();
  await kernel.run(["const kept = 1"], { interrupt_after: 0.3, timeout: 1 });
  await new Promise((resolve) => setTimeout(resolve, 900));
  assertEquals(await kernel.value("kept"), "1");
});

Deno.test("an interrupted cell runs its finally blocks and may answer the interrupt", async () => {
  await using kernel = await TestKernel.start();
  const code = `
    let trace = "";
    try { await new Promise(() => {}); } catch (error) { trace += error.name; } finally { trace += "!"; }
    trace`;
  const [{ outputs }] = await kernel.run([code], { interrupt_after: 0.3, timeout: 10 });
  assertEquals(outputs, [["execute_result", '"Interrupted!"']]);
});

Deno.test("a kernel in which promises are watched treats them as everywhere else", async () => {
  await using kernel = await TestKernel.start();
  const code = `
    const p = Promise.resolve(1);
    class Own extends Promise {}
    const own = Own.resolve(2);
    [p instanceof Promise, p.constructor.name, Deno.inspect(p), own.constructor === Own,
     own.then(() => 1) instanceof Own, await p, await own, await { then: (done) => done(3) },
     (await Promise.allSettled([p, Promise.reject(4)])).map((x) => x.status)].join(" ")`;
  assertEquals(
    await kernel.value(code),
    '"true Promise Promise { 1 } true true 1 2 3 fulfilled,rejected"',
  );
});

Deno.test("an interrupt ends a sweep with its workers; run again, it goes on where it was", async () => {
  const folder = await Deno.makeTempDir();
  const kept = () =>
    Array.from(Deno.readDirSync(folder))
      .flatMap(({ name }) => Array.from(Deno.readDirSync(`${folder}/${name}`), (file) => file.name))
      .sort();
  {
    await using kernel = await TestKernel.start();
    const tasks = new URL("../experiment/sweep/_sweep_tasks.ts", import.meta.url).href;
    await kernel.run([
      `const { sweep } = await import("lora-dynamics/experiment/mod.ts");
       const { busy } = await import(${JSON.stringify(tasks)});
       const cells = Array.from({ length: 8 }, (_, i) => ({ i, ms: i < 2 ? 1 : 1500 }));
       const options = { name: "s", run: busy, cells, workers: 2, store: ${
        JSON.stringify(folder)
      } };`,
    ]);
    const [{ status, seconds }] = await kernel.run(["await sweep(options)"], {
      interrupt_after: 2,
      timeout: 15,
    });
    assertEquals(status, "error");
    assertLess(seconds ?? Infinity, 5);
    const first = kept();
    assert(first.length >= 2 && first.length < 8, `${first.length} kept`);
    // Workers in the middle of a cell would finish it in this time.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    assertEquals(kept(), first);
    const again = (await kernel.value("(await sweep(options)).length")).split("\n");
    assertEquals(again.at(-1), "16");
    assert(again[0].endsWith(`/${8 - first.length}`), again[0]); // the bar counts what was missing
    assertEquals(kept().length, 8);
  }
  await Deno.remove(folder, { recursive: true });
});
