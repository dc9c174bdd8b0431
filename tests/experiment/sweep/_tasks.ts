/** Tasks that the tests of sweeps import in workers. */
import { type Row, type Task, task } from "lora-dynamics/experiment/mod.ts";

/** Digits that depend on every bit of the cell and the seed, with the awkward numbers among them. */
export const digits: Task<{ a: number; b: number; n?: number }, Row> = task(
  import.meta.url,
  "digits",
  async ({ a, b, n = 3 }, { seed }) => {
    if (a % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    let state = Number(seed) * 7919 + a * 104729 + b;
    return Array.from({ length: n }, (_, step) => {
      state = (state * 48271 + 11) % 2147483647;
      const odd =
        [NaN, -0, Infinity, Number.MIN_VALUE, "text", true, null][Math.abs(Math.floor(state % 7))];
      return { step, value: Math.sin(state) / 3, odd };
    });
  },
);

/** Where a cell was computed. */
export const place = task(import.meta.url, "place", (_: { a: number }) => ({
  worker: "WorkerGlobalScope" in globalThis,
}));

/** Takes its time, so that another worker overtakes. */
export const sleep = task(import.meta.url, "sleep", async ({ ms }: { ms: number }) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { finished: performance.timeOrigin + performance.now() };
});

/** Fails in the way that the cell asks for. */
export const fail = task(import.meta.url, "fail", async ({ how }: { how: string; n?: number }) => {
  if (how === "throw") throw new RangeError("mu must lie in (0, 1)");
  if (how === "throw text") throw "just text";
  if (how === "recursion") {
    const down = (n: number): number => 1 + down(n + 1);
    return { depth: down(0) };
  }
  if (how === "close") self.close();
  if (how === "exit") Deno.exit(0);
  if (how === "rejection") Promise.reject(new Error("nobody waits for this"));
  if (how === "close later") setTimeout(() => self.close(), 5);
  if (how === "row") return { depth: [1] as unknown as number };
  if (how !== "fine" && how !== "close later") await new Promise(() => {});
  return { depth: 0 };
});

/** Exported under another name than it says. */
export const misnamed = task(import.meta.url, "another", (_: { a: number }) => ({ x: 1 }));

/** Not exported at all. */
const hiddenTask = task(import.meta.url, "hidden", (_: { a: number }) => ({ x: 1 }));
/** The task that no worker can find. */
export const holder = { hiddenTask };

const realm = crypto.randomUUID();

/** In which realm a cell was computed; one that is told to leaves it a moment later. */
export const realmOf = task(
  import.meta.url,
  "realmOf",
  ({ leave = 0 }: { n: number; leave?: number }) => {
    if (leave > 0) setTimeout(() => self.close(), leave);
    return { realm };
  },
);
