import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { Rests } from "lora-dynamics/chain/law/rests.ts";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

Deno.test("sums of vectors of given lengths have the exact mean and mean square (2e4 sums, 4 s.e.)", () => {
  const c = [0.7, -1.3, 0.5], w = [2, 0.6, 3], sums = 20_000;
  const a2 = c.map((x, i) => x * x * w[i]), total = a2[0] + a2[1] + a2[2];
  const crossed = a2[0] * a2[1] + a2[0] * a2[2] + a2[1] * a2[2];
  for (const n of [1, 2, 7]) {
    const rests = new Rests(n, 3, true, stream("7", "rests", n));
    const squares = Array.from({ length: sums }, () => {
      rests.draw();
      return rests.sum(Float64Array.from(c), Float64Array.from(w), 0, 3);
    });
    const mean = summary(squares), second = summary(squares.map((x) => x * x));
    assertLess(Math.abs(mean.mean - total), 4 * mean.se, `n = ${n}`);
    // E (θ·θ′)² = 1/n for independent uniform directions.
    const expected = (m: number) => total ** 2 + 4 * crossed / m;
    assertLess(Math.abs(second.mean - expected(n)), 4 * second.se, `n = ${n}`);
    assertGreater(Math.abs(second.mean - expected(2 * n)), 4 * second.se, `control, n = ${n}`);
  }
});

Deno.test("rests have squared lengths of as many dimensions as are left, none at n = 0", () => {
  const rests = new Rests(4, 20_000, false, stream("7", "squares"));
  rests.draw();
  const { mean, se } = summary(rests.squares);
  assertLess(Math.abs(mean - 4), 4 * se);
  const none = new Rests(0, 3, true, stream("7", "nothing"));
  none.draw();
  assertEquals([...none.squares], [0, 0, 0]);
  assertEquals(none.sum(Float64Array.of(1, 1, 1), none.squares, 0, 3), 0);
});
