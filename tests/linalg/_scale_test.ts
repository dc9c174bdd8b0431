import { assertEquals } from "@std/assert";
import { powerOfTwo, scaled } from "../../lib/linalg/_scale.ts";
import { matrix } from "lora-dynamics/linalg/mod.ts";

Deno.test("the power of two is the nearest in ratio, a normal number, and 1 for zero", () => {
  // √2 · 2 = 2.83 divides what goes to 2 from what goes to 4.
  assertEquals([2.82, 2.83, 3, 5.65].map(powerOfTwo), [2, 4, 4, 4]);
  assertEquals(powerOfTwo(0), 1);
  assertEquals(powerOfTwo(5e-324), 2 ** -1022);
  assertEquals(powerOfTwo(Number.MAX_VALUE), 2 ** 1023);
  const { data, factor } = scaled("scale", "a", matrix(1, 2, [-(2 ** 900), 2 ** 800]));
  assertEquals([factor, ...data], [2 ** 900, -1, 2 ** -100]);
});
