import { assert, assertEquals } from "@std/assert";
import { scratch } from "../../lib/linalg/_home.ts";

Deno.test("scratch memory is kept, grows to twice what is asked, and above 32 MB is made for one call", () => {
  const room = ({ floats, heap }: ReturnType<typeof scratch>) => floats.length - heap / 8;
  /** Whether there is that much room, and less than a page (8192 numbers) beyond it. */
  const holds = (kernels: ReturnType<typeof scratch>, entries: number) =>
    assert(room(kernels) >= entries && room(kernels) < entries + 8192, `${room(kernels)}`);
  const first = scratch(1), some = room(first);
  holds(first, 2 ** 17);
  assert(scratch(some) === first && scratch(2) === first);
  const second = scratch(some + 1);
  assert(second !== first && scratch(some) === second);
  holds(second, 2 * (some + 1));
  const most = scratch(2 ** 22);
  holds(most, 2 ** 22);
  assertEquals(scratch(2 ** 22) === most, true);
  const beyond = room(most) + 1, own = scratch(beyond);
  holds(own, beyond);
  assert(own !== most && scratch(beyond) !== own && scratch(1) === most);
});
