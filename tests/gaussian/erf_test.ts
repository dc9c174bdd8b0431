import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { activation, erf } from "lora-dynamics/gaussian/mod.ts";
import golden from "../golden/gaussian.json" with { type: "json" };

Deno.test("erf() equals 25-digit values within 4e-16 relative", () => {
  for (const [x, value] of golden.erf) {
    assertAlmostEquals(erf(x), value, 4e-16 * Math.abs(value), `erf(${x})`);
  }
});

Deno.test("erf() is odd, monotone across cells of its table, and saturates", () => {
  let before = -1;
  for (let x = -6.1; x < 6.1; x += 1 / 1024) {
    assertEquals(erf(-x), -erf(x));
    assert(erf(x) >= before - 2.3e-16, `not monotone at ${x}`);
    before = erf(x);
  }
  assertEquals([erf(Infinity), erf(-Infinity), erf(7), erf(0)], [1, -1, 1, 0]);
  assert(Number.isNaN(erf(NaN)));
});

Deno.test("the slope of erf from the table is (2/√π) exp(−x²)", () => {
  const x = Float64Array.from({ length: 4001 }, (_, i) => (i - 2000) / 300);
  const f = new Float64Array(x.length);
  const df = new Float64Array(x.length);
  activation("erf").fill(x, x.length, f, df);
  for (let i = 0; i < x.length; i++) {
    const exact = (2 / Math.sqrt(Math.PI)) * Math.exp(-x[i] * x[i]);
    assertEquals(f[i], erf(x[i]));
    assertAlmostEquals(df[i], exact, 4e-16);
  }
});

Deno.test("from 6 on erf is 1 and its slope 0, below it both come from the table", () => {
  const x = Float64Array.of(-Infinity, -7, -6, -5.999, 5.999, 6, 6.5, Infinity, NaN);
  const f = new Float64Array(x.length), df = new Float64Array(x.length);
  activation("erf").fill(x, x.length, f, df);
  assertEquals([...f], [-1, -1, -1, -1, 1, 1, 1, 1, NaN]);
  assertEquals([...df].map((slope) => slope === 0), [...x].map((x) => Math.abs(x) >= 6));
  // (2/√π) e^{−5.999²}, of which the table keeps the digits that a sum of ten terms leaves.
  const last = (2 / Math.sqrt(Math.PI)) * Math.exp(-5.999 * 5.999);
  for (const slope of [df[3], df[4]]) assertAlmostEquals(slope / last, 1, 1e-9);
});
