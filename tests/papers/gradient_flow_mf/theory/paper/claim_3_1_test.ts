import { assertLess, assertThrows } from "@std/assert";
import { add, frobeniusNorm, type Matrix, matrix, scale } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { distance } from "../../_random.ts";
import { close, slowFlow } from "../_helpers.ts";

const problem = mf.problemQ({ delta: 0.6 });

/** The flow of a start so small that it is linear, by the classical Runge–Kutta method. */
function linearFlow(t: number): { from: Matrix[]; to: Matrix[] } {
  const start = mf.startAdapters(problem, {
    ...{ start: "gauss", r: 3, alpha: 1e-8, draws: portable(5) },
  });
  const end = slowFlow(problem, start, t, 600);
  const stacks = ({ b1, a1, b2, a2 }: mf.Adapters) => [mf.stackOf(b1, a1), mf.stackOf(b2!, a2!)];
  return { from: stacks(start), to: stacks(end) };
}

Deno.test("claim31() is the model's flow of a tiny start, for both layers", () => {
  const { from, to } = linearFlow(2.1);
  for (const layer of [1, 2] as const) {
    const found = mf.claim31(problem, from[layer - 1], 2.1, { layer });
    assertLess(distance(found, to[layer - 1]), 1e-9);
  }
});

Deno.test("claim31Parts() grow, shrink and stay at the rates of the claim", () => {
  const { from, to } = linearFlow(2.1), growth = mf.claim31Growth(problem);
  for (const [i, twice] of [growth.first, growth.second].entries()) {
    const layer = i === 0 ? 1 : 2;
    const a = mf.claim31Parts(problem, from[i], layer), b = mf.claim31Parts(problem, to[i], layer);
    close(b.growing / a.growing, Math.exp(twice * 2.1 / 2), 1e-9);
    close(b.shrinking / a.shrinking, Math.exp(-twice * 2.1 / 2), 1e-9);
    close(b.frozen, a.frozen, 1e-9);
    close(Math.hypot(a.growing, a.shrinking, a.frozen), frobeniusNorm(from[i]), 1e-12);
  }
  close(growth.ratio, growth.first - growth.second, 1e-12);
  close(growth.first, 2 * 0.7 * 1.3, 1e-12);
  close(growth.second, 2 * 0.7 * 1.3 * 0.6, 1e-12);
});

Deno.test("what Eq. (10) leaves out has the golden size; the printed γ₁ doubles H₁", () => {
  const q = mf.problemQ({ delta: 0.5 }),
    { t, missing_without_null_fro } = golden.statements.claim31;
  const start = mf.startAdapters(q, {
    ...{ start: "gauss", r: 3, alpha: 1e-3, draws: portable(800) },
  });
  const z = mf.stackOf(start.b1, start.a1), all = mf.claim31(q, z, t);
  const without = mf.claim31(q, z, t, { nullSpace: false });
  close(frobeniusNorm(add(all, without, -1)) / 1e-3, missing_without_null_fro, 1e-12);
  assertLess(distance(mf.claim31(q, z, 0), z), 1e-15);
  assertLess(
    distance(mf.claim31(q, z, t, { nullSpace: false, gamma: "printed" }), scale(without, 2)),
    1e-14,
  );
  const moved = (gamma: "unit" | "printed") => add(mf.claim31(q, z, t, { gamma }), z, -1);
  assertLess(distance(moved("printed"), scale(moved("unit"), 2)), 1e-13);
});

Deno.test("claim31() refuses a stack of another layer and unknown options", () => {
  const z = matrix(19, 2);
  assertThrows(
    () => mf.claim31(problem, z, 1, { layer: 2 }),
    TypeError,
    "21 rows: current value has 19",
  );
  assertThrows(() => mf.claim31(problem, z, NaN), RangeError, "t must be finite");
  assertThrows(() => mf.claim31(problem, z, 1, { null: true } as never), TypeError, "nullSpace");
  assertThrows(
    () => mf.claim31(problem, z, 1, { gamma: "long" } as never),
    RangeError,
    "unit, printed",
  );
});
