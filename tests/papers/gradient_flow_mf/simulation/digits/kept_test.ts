/** What a worker makes once. */
import { assert, assertEquals } from "@std/assert";
import { kept } from "../../../../../lib/papers/gradient_flow_mf/simulation/digits/kept.ts";

Deno.test("equal keys share one result, other keys and other functions make their own", () => {
  let made = 0;
  const make = kept((key: { n: number; f?: () => number }) => ({ number: ++made, n: key.n }));
  assert(make({ n: 1 }) === make({ n: 1 }));
  assertEquals(make({ n: 2 }).number, 2);
  const [one, other] = [() => 1, () => 1];
  assert(make({ n: 1, f: one }) === make({ n: 1, f: one }));
  assert(make({ n: 1, f: one }) !== make({ n: 1, f: other }));
});

Deno.test("the oldest results are forgotten", () => {
  let made = 0;
  const make = kept((_: number) => ++made, 2);
  assertEquals([1, 2, 1, 3, 2, 1].map((key) => make(key)), [1, 2, 1, 3, 2, 4]);
});
