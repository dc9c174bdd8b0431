import { assertEquals } from "@std/assert";
import { Growing } from "../../lib/ode/growing.ts";

Deno.test("a growing array keeps its numbers and doubles its room", () => {
  const list = new Growing(), rooms = new Set<number>();
  assertEquals(list.view().length, 0);
  for (let k = 0; k < 100; k++) {
    list.push(k);
    rooms.add(list.view().buffer.byteLength / 8);
  }
  assertEquals([...rooms], [1, 2, 4, 8, 16, 32, 64, 128]);
  list.append(Float64Array.of(100, 101, 102)); // there is room
  list.append(Float64Array.from({ length: 400 }, (_, k) => 103 + k)); // more than twice what there is
  assertEquals([list.length, list.view().buffer.byteLength / 8], [503, 503]);
  assertEquals([...list.view()], Array.from({ length: 503 }, (_, k) => k));
  assertEquals([...list.view(3, 5), list.at(7)], [3, 4, 7]);
});
