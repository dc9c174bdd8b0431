/** Rows of runs that advance together against those of single runs. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  courses,
  flowRun,
  type LayerStart,
  layerStart,
  paperProblem,
  plainProblem,
  problemQ,
  type RunsCell,
  runsTogether,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

const cell: Omit<RunsCell, "members"> = {
  ...{ problem: plainProblem(problemQ({ delta: 0.6 })), start: "zeroA", startedBy: "zeroA" },
  ...{ alpha: 0.03, r: 2, times: [0, 1, 4, 9], eta: 0.01 },
};
const members = ["7", "70", "3", "4", "5"];

Deno.test("each member has the rows of a run of its own", async () => {
  const observe = ({ t }: { t: number }) => ({ twice: 2 * t });
  const rows = await runsTogether({ ...cell, members, observe });
  assertEquals([rows].flat().length, members.length * cell.times.length);
  for (const member of members) {
    const alone = [await flowRun({ ...cell, observe }, { seed: member })].flat();
    const found = [rows].flat().filter((row) => row.member === member);
    assert(found[0].half! > 1 && found[0].half! < 9);
    found.forEach(({ member: _, ...row }, i) => {
      for (const [key, value] of Object.entries(alone[i])) {
        if (typeof value !== "number") assertEquals(row[key], value);
        else assert(Math.abs(Number(row[key]) - value) <= 1e-9 * Math.abs(value) + 1e-18, key);
      }
      assertEquals(Object.keys(row), Object.keys(alone[i]));
    });
  }
});

Deno.test("each member of a flow has the rows of a flow of its own", async () => {
  const observe = ({ t }: { t: number }) => ({ twice: 2 * t });
  const paper = plainProblem(paperProblem({ h: 30, c: 1.5 })), own = { ...cell, observe, eta: 0 };
  const seeds = Array.from({ length: 18 }, (_, i) => String(40 + i)); // a group of 16 and one of 2
  for (const problem of [cell.problem, paper]) {
    const times = [0, 0.4, 1, 2.5], flows = { ...own, problem, times };
    const rows = [await runsTogether({ ...flows, members: seeds })].flat();
    for (const [k, member] of seeds.entries()) {
      const alone = [await flowRun(flows, { seed: member })].flat();
      times.forEach((at, i) => {
        const { member: whose, ...row } = rows[k * times.length + i],
          small = 1e-11 * row.loss ** 0.5;
        assertEquals([whose, row.at, row.status], [member, at, "done"]);
        for (const [key, value] of Object.entries(alone[i])) {
          if (typeof value !== "number") assertEquals(row[key], value);
          // Each is within 3e-14 of the flow at every of some hundred steps: 1e-11 of an error E of size
          // √L, and so 1e-11 √L of what is quadratic in it.
          else assert(Math.abs(Number(row[key]) - value) <= 1e-10 * Math.abs(value) + small, key);
        }
        assertEquals(Object.keys(row), Object.keys(alone[i]));
      });
    }
  }
});

Deno.test("starts that leave different hidden directions behind run one by one, and say the same", async () => {
  const mine: LayerStart = {
    name: "mine",
    random: true,
    factors: (layer) => {
      const { b, a } = layerStart("zeroA").factors(layer);
      // The second member's B misses the directions that no layer passes on.
      const cut = layer.draws.normals(1)[0] > 0 ? 10 : b.rows;
      return { a, b: { ...b, data: b.data.map((x, i) => i < cut * b.columns ? x : 0) } };
    },
  };
  const problem = plainProblem(paperProblem({ h: 40 })),
    own = { ...cell, startedBy: mine, problem };
  const seeds = ["1", "2", "3", "4", "5", "6"], options = { ...own, times: [0.1], eta: 1e-3 };
  const rows = [await runsTogether({ ...options, members: seeds })].flat();
  const flows = [await runsTogether({ ...options, eta: 0, members: seeds })].flat();
  for (const [i, seed] of seeds.entries()) {
    const [alone] = [await flowRun(options, { seed })].flat();
    assert(Math.abs(rows[i].loss / alone.loss - 1) < 1e-10);
    const [flow] = [await flowRun({ ...options, eta: 0 }, { seed })].flat();
    assert(Math.abs(flows[i].loss / flow.loss - 1) < 1e-10);
  }
});

Deno.test("experiments give the same rows with a step size as with a schedule of that step", async () => {
  const given = {
    ...{ preset: "quick", starts: ["zeroB", "spectral"], alpha: [0.1, 0.03], r: 2 } as const,
    ...{ horizon: 8, points: 3, copies: 18 },
  };
  const together = await courses({ ...given, eta: 0.02 });
  const single = await courses({ ...given, eta: () => 0.02, rates: { b1: 1 } });
  assertEquals(together.rows.length, single.rows.length);
  together.rows.forEach((row, i) => {
    const other = single.rows[i];
    assertEquals(
      [row.start, row.alpha, row.seed, row.copy, row.at, row.status],
      [other.start, other.alpha, other.seed, other.copy, other.at, other.status],
    );
    assert(Math.abs(row.loss / other.loss - 1) < 1e-9);
    assert(!("member" in row));
  });
});

Deno.test("a step that is too large, and cells without members", async () => {
  const rows = [await runsTogether({ ...cell, members, eta: 3, times: [300] })].flat();
  assert(
    rows.every(({ status, at, half }) =>
      status === "diverged: step too large" && at === 0 && half === null
    ),
  );
  assertEquals(new Set(rows.map(({ member }) => member)).size, members.length);
  assertThrows(() => runsTogether({ ...cell, members: [] }), TypeError, "members must be");
  await assertRejects(
    async () => await runsTogether({ ...cell, members, rule: "adam" } as never),
    TypeError,
    "no other keys",
  );
});
