import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { digits } from "lora-dynamics/nn/mod.ts";

Deno.test("the digits are centred per pixel over all images, and every class is there", () => {
  const { train, test } = digits(1400), x = [...train.x, ...test.x];
  for (let k = 0; k < 64; k++) {
    let sum = 0;
    for (let i = 0; i < 1797; i++) sum += x[64 * i + k];
    assertAlmostEquals(sum, 0, 1e-9);
  }
  const count = new Array(10).fill(0);
  for (const label of [...train.label, ...test.label]) count[label]++;
  assertEquals(count, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
});

Deno.test("the order of the digits is fixed: another split moves only the border", () => {
  const a = digits(1000), b = digits(1797 - 1);
  assertEquals(b.train.x.subarray(0, 64000), a.train.x);
  assertEquals([...b.train.label, ...b.test.label], [...a.train.label, ...a.test.label]);
  assertEquals([a.test.count, b.test.count], [797, 1]);
});

Deno.test("a split outside 1 … 1796 is refused", () => {
  for (const bad of [0, 1797, 1.5, NaN]) {
    const error = assertThrows(() => digits(bad), RangeError);
    assert(error.message.includes("from 1 to 1796"), error.message);
  }
});
