import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import {
  add,
  innerProduct,
  type Matrix,
  matrix,
  symmetricEigen,
} from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import { close } from "../_helpers.ts";

/** A point of a problem with factors of order one, ranks that differ where it has two adapters. */
function point(problem: mf.Problem): mf.Adapters {
  return mf.startAdapters(problem, {
    ...{ start: "gauss", alpha: 0.4, draws: portable(6) },
    r: problem.w1 ? [2, 3] : 2,
  });
}

const PROBLEMS = {
  D: mf.generic({ m: 5, h: 4, n: 6 }),
  S: mf.canonical({ d: 5, s2: 1.3, degrees: 40 }),
};

for (const [name, problem] of Object.entries(PROBLEMS)) {
  Deno.test(`the error of problem ${name} turns by −𝒦(E), by differences of the model`, () => {
    const at = point(problem), v = mf.velocity(problem, at), h = 1e-5;
    const moved = (by: number) =>
      mf.error(
        problem,
        Object.fromEntries(
          Object.entries(at).map(([key, x]: [string, Matrix]) => [
            key,
            add(x, v[key as keyof mf.Adapters]!, by),
          ]),
        ) as unknown as mf.Adapters,
      );
    const slope = add(moved(h), moved(-h), -1),
      turned = mf.energyOperator(problem, at, mf.error(problem, at));
    turned.data.forEach((x, i) => assertAlmostEquals(slope.data[i] / (2 * h), -x, 1e-8));
    const speed = Object.values(v).reduce((sum, x) => sum + innerProduct(x, x), 0);
    close(mf.lossRate(problem, at), -speed, 1e-12);
  });

  Deno.test(`𝒦 of problem ${name} is symmetric and not negative, and its largest value is found`, () => {
    const at = point(problem), { rows, columns } = problem.target, size = rows * columns;
    const unit = (i: number) =>
      matrix(rows, columns, Float64Array.from({ length: size }, (_, j) => i === j ? 1 : 0));
    const whole = matrix(size, size);
    for (let i = 0; i < size; i++) {
      whole.data.set(mf.energyOperator(problem, at, unit(i)).data, i * size);
    }
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) {
        assertAlmostEquals(whole.data[i * size + j], whole.data[j * size + i], 1e-12);
      }
    }
    const { values } = symmetricEigen(whole);
    close(mf.largestCurvature(problem, at, 2000), values[0], 1e-9);
    assertGreater(Math.min(...values), -1e-12 * values[0]);
  });
}

Deno.test("gradient descent at a solution is stable below 2/λ_max and not above", () => {
  const problem = mf.problemQ({ delta: 0.5 }), draws = portable(3);
  const start = mf.startAdapters(problem, { start: "zeroB", r: 3, alpha: 1e-3, draws });
  const flow = new mf.AdapterFlow(problem, start), { states } = flow.solve([15]);
  const end = flow.adapters(states[0]), limit = 2 / mf.largestCurvature(problem, end);
  const growth = (eta: number) => {
    const [early, late] = mf.descend(problem, end, { eta, at: [50, 150] }).losses;
    return late / early;
  };
  assertLess(growth(0.97 * limit), 1);
  assertGreater(growth(1.03 * limit), 100);
});

Deno.test("the energy refuses adapters that do not fit", () => {
  const problem = PROBLEMS.S, at = point(mf.factorization({ m: 4 })), x = matrix(5, 5);
  assertThrows(() => mf.energyOperator(problem, at, x), TypeError, "current shapes");
  assertThrows(() => mf.largestCurvature(problem, at), TypeError, "current shapes");
  assertThrows(() => mf.lossRate(problem, at), TypeError, "current shapes");
  assertThrows(() => mf.largestCurvature(problem, point(problem), 0), RangeError, "iterations");
  const still = { b1: matrix(5, 1), a1: matrix(1, 5) };
  assertEquals(mf.largestCurvature(problem, still), 0);
});
