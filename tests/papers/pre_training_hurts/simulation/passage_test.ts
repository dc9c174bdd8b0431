/** Passages against the rows of the same run at every step. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  type Goal,
  type PassageCell,
  type PassageRow,
  passages,
  type RunRow,
  sgdRun,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const SETTING = { student: "erf", w0: 0.4, d: 60, batch: 40, step: 1.3, copies: 4 } as const;
const STEPS = 160, at = { seed: "7" } as never;

const passed = async (cell: Partial<PassageCell> & { goal: Goal }) =>
  [await passages({ ...SETTING, maxSteps: STEPS, ...cell }, at)].flat() as PassageRow[];

/** The rows of one copy of the same run, one a step. */
async function courses(): Promise<RunRow[][]> {
  const looks = Array.from({ length: STEPS + 1 }, (_, k) => k);
  const rows = [await sgdRun({ ...SETTING, looks }, at)].flat() as RunRow[];
  return Array.from({ length: SETTING.copies }, (_, copy) => rows.filter((r) => r.copy === copy));
}

/** Goals, what they read from a row, and the share of the step from `a` to `b` at which a straight line is there. */
const GOALS: Record<string, [goal: Goal, read: (row: RunRow) => number, log: boolean]> = {
  "|m| rises, on a logarithmic scale": [{ of: "m", level: 0.43 }, ({ m }) => m, true],
  "the loss falls": [{ of: "loss", level: 0.011 }, ({ loss }) => loss, true],
  "a function that changes sign": [
    { of: ({ s }) => s - 0.55, level: 0.02, falls: false },
    ({ s }) => s - 0.55,
    false,
  ],
};

for (const [name, [goal, read, log]] of Object.entries(GOALS)) {
  Deno.test(`passages() are where the run of the same seed passes: ${name}`, async () => {
    const found = await passed({ goal }), runs = await courses(), falls = goal.of === "loss";
    for (const [copy, rows] of runs.entries()) {
      const k = rows.findIndex((row) => falls ? read(row) <= goal.level : read(row) >= goal.level);
      const row = found[copy];
      assertEquals([row.copy, row.m0, row.u0], [copy, rows[0].m, rows[0].u]);
      if (k < 0) {
        assertEquals([row.exit, row.samples, row.status], [null, null, "given up"]);
        assertEquals(row.m, rows[STEPS].m);
        continue;
      }
      const scale = log || read(rows[k - 1]) > 0 ? Math.log : (x: number) => x;
      const [a, b, level] = [read(rows[k - 1]), read(rows[k]), goal.level].map(scale);
      assertAlmostEquals(row.exit!, k - 1 + (level - a) / (b - a), 1e-9);
      assertEquals([row.samples, row.status], [40 * k, "arrived"]);
      assertEquals([row.m, row.s], [rows[k].m, rows[k].s]);
    }
    assert(found.some(({ exit }) => exit !== null));
  });
}

Deno.test("a run that is there at its start takes no step; from m = 0 the passage is the step", async () => {
  const there = await passed({ start: { u: 0.2, a: [-0.5] }, goal: { of: "m", level: 0.5 } });
  for (const row of there) {
    assertEquals([row.exit, row.samples, row.m0, row.u0], [0, 0, 0.5, -0.2]);
  }
  const start = { u: 0.2, a: [0] };
  for (const row of await passed({ start, goal: { of: "m", level: 1e-9 } })) {
    assertEquals([row.exit, row.samples], [1, 40]);
  }
});

Deno.test("runs that come too late, or leave all numbers, say so", async () => {
  for (const row of await passed({ maxSteps: 3, goal: { of: "m", level: 0.9 } })) {
    assertEquals([row.exit, row.samples, row.status], [null, null, "given up"]);
  }
  const wild = { student: "He3", sphere: false, step: 1e4, start: { u: 3 } };
  for (const row of await passed({ ...wild, goal: { of: "loss", level: 1e-9 } })) {
    assertEquals([row.exit, row.status], [null, "diverged"]);
  }
});

Deno.test("rows of a run that leaves all numbers have its loss until then", async () => {
  const wild = { ...SETTING, student: "He3", sphere: false, step: 1e4, start: { u: 3 }, copies: 1 };
  const rows = [await sgdRun({ ...wild, looks: [0, 1, 2, 3, 4] }, at)].flat() as RunRow[];
  assert(rows.some(({ loss }) => loss === Infinity) && rows.at(-1)!.status.startsWith("diverged"));
});

Deno.test("goals without sense are refused by name", () => {
  const fails = (goal: object, maxSteps = 9) =>
    assertThrows(() => passages({ ...SETTING, goal, maxSteps } as never, at), Error).message;
  assert(fails({ of: "m", level: 0 }).includes("goal.level"));
  assert(fails({ of: "loss", level: -1 }).includes("goal.level"));
  assert(fails({ of: "s", level: NaN }).includes("goal.level"));
  assert(fails({ of: "x", level: 1 }).includes("goal.of"));
  assert(fails({ of: "m", level: 0.5 }, 0).includes("maxSteps"));
});
