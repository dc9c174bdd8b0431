import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { frobeniusNorm } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

const problem = mf.tiltedProblem({ m: 4, n: 3, s: [1.5, 0.5], degrees: 40, sigma: 0.7 });
const cell = {
  ...{ problem: mf.plainProblem(problem), startedBy: "gauss" as const, alpha: 1e-2, r: 2 },
  ...{ times: [2, 9], below: [0.03, 1e-30], precondition: false },
};

Deno.test("tiltedRun() reads losses, times of losses, the end and the start off a run", () => {
  const rows = mf.tiltedRun(cell, { seed: "5" }) as mf.TiltedRow[];
  const of = (quantity: string) => rows.filter((row) => row.quantity === quantity);
  const start = { start: "gauss", r: 2, alpha: 1e-2, draws: portable(5) } as const;
  const adapters = mf.startAdapters(problem, start), flow = new mf.AdapterFlow(problem, adapters);
  const { losses, states } = flow.solve([2, 9]);
  assertEquals(of("loss").map(({ at }) => at), [2, 9]);
  of("loss").forEach(({ value }, i) => assertAlmostEquals(value! / losses[i], 1, 1e-9));
  const [reached, never] = of("time");
  assertEquals(never.value, null);
  assertAlmostEquals(flow.solve([reached.value!]).losses[0], 0.03, 1e-9);
  assertAlmostEquals(of("a2")[0].value!, frobeniusNorm(flow.adapters(states[1]).a1) ** 2, 1e-9);
  const z = mf.modalVector(adapters.b1, adapters.a1, mf.growthModes(problem).modes1[0]);
  assertAlmostEquals(of("norm")[0].value!, Math.hypot(...z), 1e-15);
});

Deno.test("tiltedRun() with the preconditioner is plain factorisation of W₂B", () => {
  const rows = mf.tiltedRun({ ...cell, times: [9], precondition: true }, {
    seed: "5",
  }) as mf.TiltedRow[];
  const start = { start: "gauss", r: 2, alpha: 1e-2, draws: portable(5) } as const;
  const { b1, a1 } = mf.startAdapters(problem, start), { w2 } = problem;
  const b = { ...b1, data: b1.data.map((x, i) => x * w2.data[5 * Math.floor(i / 2)]) };
  const plain = { w2: mf.factorization({ m: 4 }).w2, target: problem.target };
  const [loss] = new mf.AdapterFlow(plain, { b1: b, a1 }).solve([9]).losses;
  assertAlmostEquals(rows[0].value! / loss, 1, 1e-8);
  assertThrows(() => mf.tiltedRun({ ...cell, hook: 1 } as never), TypeError, "hook");
});
