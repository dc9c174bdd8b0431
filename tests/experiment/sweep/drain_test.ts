/** How lanes work cells off, with lanes that do as they are told. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { drain, type Engine, type Job, Queue } from "../../../lib/experiment/sweep/_drain.ts";

const job = (name: string): Job => ({ cell: { name }, columns: { name }, hash: name });
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A sweep whose cells do what `acts` says at each of their attempts, and what became of it. */
function told(acts: Record<string, string[]>, { fails = true, timeout = 0.25 } = {}) {
  const kept = new Map<string, number>(), failed = new Map<string, string>();
  const settled: string[] = [], attempts: string[] = [];
  let opened = 0, disposed = 0;
  const open: Engine["open"] = () => {
    const lane = ++opened;
    let ended: Error | undefined;
    return {
      async run({ cell }) {
        const name = String((cell as { name: string }).name), act = acts[name]?.shift() ?? "fine";
        attempts.push(`${name} ${lane}`);
        if (act === "end") throw ended = new Error("the worker ended");
        if (act === "error") throw new RangeError("mu must lie in (0, 1)");
        await wait(act === "hang" ? 1000 : act === "slow" ? 60 : 0);
        return [{ y: 1 }];
      },
      turn: async () => {},
      get ended() {
        return ended;
      },
      [Symbol.dispose]: () => void disposed++,
    };
  };
  const store = {
    get: () => undefined,
    set: (hash: string, _: unknown, seconds: number) => void kept.set(hash, seconds),
    identify: () => Promise.resolve(undefined as never),
    ...(fails && {
      fail: (hash: string, { message }: { message: string }) => void failed.set(hash, message),
    }),
  };
  const engine: Engine = {
    ...{ name: "s", store: store as unknown as Engine["store"], timeout, stopped: false, open },
    label: ({ cell }) => String(cell.name),
    settle: ({ hash }) => settled.push(hash!),
  };
  const seen = () => ({ settled, attempts, failed: [...failed.keys()], opened, disposed });
  const work = (...names: string[]) => drain(engine, new Queue(names.map(job)), new Set());
  return { work, seen, kept, failed };
}

Deno.test("a cell whose worker ended gets a second one, and no third; the next cell goes on", async () => {
  const once = told({ a: ["end"] });
  await once.work("a", "b");
  assertEquals(once.seen(), {
    ...{ settled: ["a", "b"], attempts: ["a 1", "a 2", "b 2"], failed: [], opened: 2, disposed: 2 },
  });
  const twice = told({ a: ["end", "end"] });
  await twice.work("a", "b");
  assertEquals(twice.seen(), {
    ...{ settled: ["a", "b"], attempts: ["a 1", "a 2", "b 3"], failed: ["a"] },
    ...{ opened: 3, disposed: 3 },
  });
  assertEquals(twice.failed.get("a"), "the worker ended");
});

Deno.test("a cell that fails or takes too long is not repeated; only the late one costs its lane", async () => {
  const { work, seen, failed } = told({ a: ["error"], b: ["hang"] });
  await work("a", "b", "c");
  assertEquals(seen(), {
    ...{ settled: ["a", "b", "c"], attempts: ["a 1", "b 1", "c 2"], failed: ["a", "b"] },
    ...{ opened: 2, disposed: 2 },
  });
  assertEquals([...failed.values()], [
    "mu must lie in (0, 1)",
    "a cell took longer than 0.25 s (timeout)",
  ]);
});

Deno.test("a cell's time is kept in seconds, and without a place for failures the first one stops all", async () => {
  const { work, kept } = told({ a: ["slow"] }, { timeout: 30 });
  await work("a");
  const seconds = kept.get("a")!;
  assert(seconds > 0.05 && seconds < 30, `${seconds}`);
  const none = told({ a: ["end"] }, { fails: false });
  await assertRejects(() => none.work("a", "b"), Error, "the worker ended");
  assertEquals(none.seen().attempts, ["a 1"]);
});

Deno.test("a queue goes on in the middle of what is left when it jumps", () => {
  const queue = new Queue(["a", "b", "c", "d", "e", "f"].map(job)), next = () => queue.next()?.hash;
  assertEquals([next(), next()], ["a", "b"]);
  queue.jump(); // of c, d, e, f
  assertEquals([next()], ["e"]);
  queue.jump(); // of f, c, d
  assertEquals([next(), next(), next(), next()], ["c", "d", "f", undefined]);
});
