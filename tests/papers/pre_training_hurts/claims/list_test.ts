import { assertEquals } from "@std/assert";
import { claims } from "lora-dynamics/papers/pre_training_hurts/mod.ts";

Deno.test("no claim is listed twice, and they come by number", () => {
  const ids = claims.map(({ id }) => id);
  assertEquals(ids, [...new Set(ids)]);
  const numbers = ids.map((id) => Number(/\d+/.exec(id)![0]));
  assertEquals(numbers, numbers.toSorted((x, y) => x - y));
});
