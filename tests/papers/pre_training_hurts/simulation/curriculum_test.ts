import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import {
  curriculum,
  type CurriculumCell,
  type CurriculumRow,
  firstTeacher,
  LoraFlow,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const CELL: CurriculumCell = {
  ...{ student: "He3", w0: 0.4, d: 1000, batch: 500, step: 0.1, copies: 3, labels: "zero" },
  ...{ until: 0.95, firstSteps: 3000, secondSteps: 1500, points: 5 },
};

function rowsOf(cell: CurriculumCell): CurriculumRow[] {
  return [curriculum(cell, { seed: "7" } as never)].flat() as CurriculumRow[];
}

Deno.test("the curriculum turns once: s changes sides of μ, the state goes on where it was", () => {
  const rows = rowsOf(CELL);
  for (const copy of [0, 1, 2]) {
    const own = rows.filter((row) => row.copy === copy);
    const before = own.findLast(({ stage }) => stage === 1)!;
    const after = own.find(({ stage }) => stage === 2)!;
    assertEquals([after.at, after.m, after.gap], [before.at, before.m, before.gap]);
    assertAlmostEquals(after.s, 2 * 0.4 - before.s, 1e-12);
    assertAlmostEquals(after.u, -before.u, 1e-15);
    assert(before.m >= 0.95 && before.s < 0.05 && own[0].m < 0.2);
    assertAlmostEquals(own.at(-1)!.s, 1, 0.05);
    assertEquals(own.at(-1)!.at - before.at, 1500);
    assertEquals(own.at(-1)!.samples, own.at(-1)!.at * 500);
  }
});

Deno.test("labels 0 follow the flow of a teacher 0 until the turn", () => {
  const a = [0.1], start = { u: 1e-6, a };
  const rows = rowsOf({ ...CELL, start, copies: 2, step: 0.05, batch: 20_000, secondSteps: 0 });
  const end = rows.findLast(({ stage }) => stage === 1)!;
  const flow = new LoraFlow({ student: "He3", teacher: "0", frozen: [0.4], u0: 1e-6, a0: a });
  const [point] = flow.path([end.at * 0.05]);
  assertAlmostEquals(end.m, Math.abs(point.m), 0.02);
  assertAlmostEquals(end.s, point.s, 0.02);
});

Deno.test("a copy whose u m is positive is not turned; a stage ends after its steps", () => {
  // From u = .3, m = .9 one step of labels 0 leaves u m > 0.
  const start = { u: 0.3, a: [0.9] };
  const rows = rowsOf({ ...CELL, start, until: 0.999, firstSteps: 2, secondSteps: 0, copies: 1 });
  const [before, after] = [rows.findLast(({ stage }) => stage === 1)!, rows.at(-1)!];
  assertEquals(before.at, 2);
  assertEquals(after.s, before.s);
  assert(before.s > 0.4);
});

Deno.test("firstTeacher() squares, empties or takes what it is given", () => {
  const own = { f: (z: number) => Math.sin(z), df: (z: number) => Math.cos(z), name: "sin" };
  const squared = activation(firstTeacher("squared", own));
  assertAlmostEquals(squared.f(0.7), Math.sin(0.7) ** 2, 1e-15);
  assertAlmostEquals(squared.df(0.7), Math.sin(1.4), 1e-15);
  for (const [target, value] of [["He3", 4], ["x", 4], ["tanh(z)", Math.tanh(2) ** 2]] as const) {
    assertAlmostEquals(activation(firstTeacher("squared", target)).f(2), value, 1e-14);
  }
  assertEquals(activation(firstTeacher("zero", "He3")).f(2), 0);
  assertEquals(firstTeacher({ teacher: "abs(z)" }, "He3"), "abs(z)");
});

Deno.test("the curriculum names what makes no sense", () => {
  assertThrows(() => rowsOf({ ...CELL, until: 0 }), RangeError, "until must be");
  assertThrows(() => rowsOf({ ...CELL, firstSteps: 0.5 }), RangeError, "firstSteps must be");
  assertThrows(() => rowsOf({ ...CELL, secondSteps: -1 }), RangeError, "secondSteps must be");
  const whole = { ...CELL, sampler: "whole inputs", d: 10, batch: 2, firstSteps: 1 } as const;
  assertThrows(
    () => rowsOf(whole),
    RangeError,
    "chain of rank one where states are given",
  );
  assertLess(rowsOf({ ...CELL, firstSteps: 1, secondSteps: 1 }).length, 20);
});
