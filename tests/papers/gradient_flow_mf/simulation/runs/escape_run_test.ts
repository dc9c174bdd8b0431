import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { sweep } from "lora-dynamics/experiment/mod.ts";
import { frobeniusNorm } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import { close, slowFlow } from "../../theory/_helpers.ts";

const problem = mf.problemQ({ delta: 0.6 });
const { p, v } = mf.signalDirections(problem);

const cell: mf.EscapeCell = {
  ...{ problem: mf.plainProblem(problem), start: "zeroB", startedBy: "zeroB" as const },
  ...{ alpha: 0.05, r: 3, threshold: 0.1, horizon: 40 },
  stops: ({ alpha }) => ({ late: 39, second: 1.5, first: 20 * alpha, alsoFirst: 1 }),
  atStart: ({ adapters, alpha }) => ({ spread: adapters.a1.data.length * alpha }),
  after: [0.5, 2],
  observe: ({ t, adapters: { b1, a1 } }) => ({
    ...{ time: t, size: frobeniusNorm(mf.stackOf(b1, a1)), x1: mf.learnt(b1, a1, p, v) },
  }),
};

/** Rows of the cell from the start of seed 9. */
const rows = (changes: Partial<mf.EscapeCell> = {}) =>
  sweep({ run: mf.escapeRun, name: "escape", cells: [{ ...cell, ...changes }], seeds: ["9"] });

/** A column that the cell's observer adds. */
const column = (row: object, key: string) => Number((row as Record<string, unknown>)[key]);

Deno.test("escapeRun() stops where it is told, at the escape, and counts from there", async () => {
  const found = await rows(), escape = found.find(({ moment }) => moment === "escape")!;
  assertEquals(
    found.map(({ moment }) => moment),
    ["start", "first", "alsoFirst", "second", "escape", "after", "after"],
  );
  assertEquals(found.slice(0, 4).map(({ at }) => at), [0, 1, 1, 1.5]);
  assertEquals(found.slice(5).map(({ at }) => at), [escape.at + 0.5, escape.at + 2]);
  assertAlmostEquals(column(escape, "x1"), 0.1, 1e-12);
  assertEquals([column(found[0], "spread"), "spread" in found[1]], [21 * 0.05, false]);
});

Deno.test("escapeRun() is the flow of the model, before and after the escape", async () => {
  const adapters = mf.startAdapters(problem, {
    ...{ start: "zeroB", r: 3, alpha: 0.05, draws: portable(9) },
  });
  for (const row of (await rows()).filter(({ moment }) => moment !== "alsoFirst")) {
    const { b1, a1 } = row.at === 0 ? adapters : slowFlow(problem, adapters, row.at, 400);
    close(column(row, "size"), frobeniusNorm(mf.stackOf(b1, a1)), 1e-8);
    assertAlmostEquals(column(row, "x1"), mf.learnt(b1, a1, p, v), 1e-8);
  }
});

Deno.test("escapeRun() follows the smallest entries of a small start to the end", async () => {
  // Without B the part of A outside the target's direction is frozen: it must not drift.
  const observe: mf.EscapeCell["observe"] = ({ adapters: { a1 } }) => ({
    beside: Math.hypot(...[0, 1, 2].map((k) => a1.data[7 * k + 6])),
  });
  const found = await rows({ alpha: 1e-7, observe, after: [1, 5], horizon: 60, stops: () => ({}) });
  const sizes = found.map((row) => column(row, "beside") / 1e-7);
  // It turns by what the signal takes along, at most its own size.
  for (const size of sizes) assertEquals(size > 0 && size < 1.0001 * sizes[0], true);
});

Deno.test("escapeRun() ends at its horizon where there is no escape, and refuses unknown keys", async () => {
  const found = await rows({ horizon: 2, stops: () => ({ first: 1, late: 3 }) });
  assertEquals(found.map(({ moment, at }) => [moment, at]), [["start", 0], ["first", 1], [
    "never",
    2,
  ]]);
  assertEquals(column(found[2], "x1") < 0.1, true);
  await assertRejects(() => rows({ stop: 1 } as never), Error, "no other keys than problem");
});
