import { assertEquals } from "@std/assert";
import { localLane } from "../../../lib/experiment/sweep/_lane.ts";

Deno.test("cells in process let the event loop turn once 50 ms have passed, not after each of them", async () => {
  const now = performance.now;
  let clock = 1000, turns = 0;
  performance.now = () => clock;
  try {
    const lane = localLane(() => [], new AbortController().signal);
    const cell = async (after: number): Promise<number> => {
      clock += after;
      const before = turns, timer = setTimeout(() => turns++, 0);
      await lane.run({ cell: {}, seed: undefined, columns: {} } as never);
      clearTimeout(timer);
      return turns - before;
    };
    const seen = [];
    for (const after of [0, 20, 30, 1, 20, 30, 1]) seen.push(await cell(after));
    // The clock stands at 0, 20, 50, 51 ms: only then it is over; and again 51 ms later.
    assertEquals(seen, [0, 0, 0, 1, 0, 0, 1]);
  } finally {
    performance.now = now;
  }
});
