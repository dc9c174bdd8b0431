import { assertEquals } from "@std/assert";
import { cellLabels } from "../../../lib/experiment/sweep/_label.ts";
import type { Place } from "../../../lib/experiment/sweep/plan.ts";

/** The label of the last of some cells whose columns are their parameters. */
function labelOf(cells: readonly Record<string, string | number>[], seed?: string): string {
  const places = cells.map((cell): Place => ({ cell, columns: cell, ...(seed ? { seed } : {}) }));
  return cellLabels(places)(places.at(-1)!);
}

Deno.test("a cell is called by what tells it from the first one, its numbers with six digits", () => {
  assertEquals(labelOf([{ d: 1, eta: 0.1 }, { d: 1, eta: 1 / 3 }]), "eta = 0.333333");
  assertEquals(labelOf([{ d: 1, eta: 0.1 }]), "d = 1, eta = 0.1");
  assertEquals(labelOf([{ d: 1 }, { d: 2 }], "7"), "d = 2, seed 7");
  assertEquals(labelOf([{ a: "1.23456789e-7 and 2.5" }]), "a = 1.23457e-7 and 2.5");
});

Deno.test("what is longer than 40 signs comes last, and is cut at 80, the whole at 200", () => {
  const text = (n: number) => "x".repeat(n);
  // `a = ` has four signs of its own.
  assertEquals(labelOf([{ a: text(36), b: 1 }]), `a = ${text(36)}, b = 1`);
  assertEquals(labelOf([{ a: text(37), b: 1 }]), `b = 1, a = ${text(37)}`);
  assertEquals(labelOf([{ a: text(80) }]), `a = ${text(80)}`);
  assertEquals(labelOf([{ a: text(81) }]), `a = ${text(79)}…`);
  const many = Object.fromEntries(["a", "b", "c"].map((key) => [key, text(80)]));
  const whole = `a = ${text(80)}, b = ${text(80)}, c = ${text(80)}`;
  assertEquals(labelOf([many], "7"), `${whole.slice(0, 199)}…, seed 7`);
});
