import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { permutation, stream } from "lora-dynamics/random/mod.ts";
import { binTest } from "../statistics.ts";

Deno.test("a permutation holds 0 … n − 1 once each and moves only the uniforms", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), (n) => {
      const rng = stream("7", "order", n);
      assertEquals(permutation(rng, n).sort(), Int32Array.from({ length: n }, (_, i) => i));
      assertEquals(rng.normal(), stream("7", "order", n).normal());
    }),
    { seed: 7 },
  );
});

/** p-value of the hypothesis that all 24 orders of four occur alike. */
function flatness(shuffle: () => Int32Array): number {
  const counts = new Map<string, number>();
  const draws = 24_000;
  for (let i = 0; i < draws; i++) {
    const order = shuffle().join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assertEquals(counts.size, 24);
  return binTest([...counts.values()], new Array(24).fill(draws / 24)).p;
}

Deno.test("all 24 orders of four are equally likely, and by exchanges over the whole range not", () => {
  const rng = stream("7", "flat");
  assert(flatness(() => permutation(rng, 4)) > 1e-4);
  const naive = () => {
    const order = Int32Array.of(0, 1, 2, 3);
    for (let i = 0; i < 4; i++) {
      const j = rng.integer(4);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  };
  assert(flatness(naive) < 1e-9);
});

Deno.test("a bad length is rejected", () => {
  for (const n of [-1, 0.5, NaN, Infinity, 2 ** 31]) {
    assertThrows(() => permutation(stream("7"), n), RangeError, "n must be an integer from 0");
  }
});

Deno.test("the permutation of a named stream never changes", () => {
  const order = Int32Array.of(5, 3, 2, 4, 7, 0, 9, 1, 6, 8);
  assertEquals(permutation(stream("7", "golden"), 10), order);
});
