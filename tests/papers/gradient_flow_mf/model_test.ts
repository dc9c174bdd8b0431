/** The model on one screen, against its own definitions. */
import { assertEquals, assertLess } from "@std/assert";
import { add, matrix, multiply } from "lora-dynamics/linalg/mod.ts";
import {
  type Adapters,
  descentStep,
  error,
  loss,
  type Problem,
  velocity,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { distance, forAll } from "./_random.ts";

/** `½‖Y_ft − Ŵ₂Ŵ₁‖²` as it is written. */
function written({ w2, w1, target }: Problem, { b1, a1, b2, a2 }: Adapters): number {
  const base = w1 ?? matrix(w2.columns, target.columns);
  const adapted2 = b2 && a2 ? add(w2, multiply(b2, a2)) : w2;
  const fine = add(target, multiply(w2, base));
  const { data } = add(fine, multiply(adapted2, add(base, multiply(b1, a1))), -1);
  return 0.5 * data.reduce((sum, x) => sum + x * x, 0);
}

Deno.test("the loss is half the squared distance of the adapted product from the fine-tuned one", () => {
  forAll(80, ({ problem, adapters }) => {
    const wanted = written(problem, adapters);
    assertLess(Math.abs(loss(problem, adapters) - wanted), 1e-11 * wanted);
    const { data } = error(problem, adapters);
    assertLess(Math.abs(0.5 * data.reduce((sum, x) => sum + x * x, 0) - wanted), 1e-11 * wanted);
  });
});

Deno.test("the velocity is the negative gradient of the loss, in every entry of every factor", () => {
  forAll(60, ({ problem, adapters }) => {
    const found = velocity(problem, adapters);
    assertEquals(Object.keys(found).sort(), Object.keys(adapters).sort());
    // The loss is quadratic in each entry by itself, so that a central difference of any step is exact.
    const step = 0.5, size = written(problem, adapters) + 1;
    for (const [name, factor] of Object.entries(adapters)) {
      const slopes = found[name as keyof Adapters]!;
      assertEquals([slopes.rows, slopes.columns], [factor.rows, factor.columns]);
      factor.data.forEach((x: number, i: number) => {
        const at = (by: number) => {
          const data = factor.data.slice();
          data[i] = x + by;
          return written(problem, { ...adapters, [name]: { ...factor, data } });
        };
        const slope = (at(-step) - at(step)) / (2 * step);
        assertLess(Math.abs(slopes.data[i] - slope), 1e-11 * size, `${name}[${i}]`);
      });
    }
  });
});

Deno.test("a step of descent moves all factors at once, from their old values", () => {
  forAll(40, ({ problem, adapters }) => {
    const v = velocity(problem, adapters), next = descentStep(problem, adapters, 0.3);
    for (const [name, factor] of Object.entries(adapters)) {
      const key = name as keyof Adapters;
      assertLess(distance(next[key]!, add(factor, v[key]!, 0.3)), 1e-14);
    }
  });
});

Deno.test("the adapters of a learnt target have no error, however large the layers are", () => {
  const w2 = matrix(2, 2, [1e6, 0, 0, 1]), w1 = matrix(2, 2, [1e6, 0, 0, 1]);
  const b1 = matrix(2, 1, [0, 1]), a1 = matrix(1, 2, [0, 1e-12]);
  const problem = { w2, w1, target: matrix(2, 2, [0, 0, 0, 2e-12]) };
  const off = { b1, a1, b2: matrix(2, 1), a2: matrix(1, 2) };
  // Formed as a difference of the products this would be lost in 10¹² × 10⁻¹⁶.
  assertEquals(loss(problem, off), 0.5 * 1e-24);
});

Deno.test("without adapter 2 the second layer stays what it is", () => {
  forAll(20, ({ problem, adapters: { b1, a1 } }) => {
    const { w2, target } = problem, first = { b1, a1 };
    const wanted = add(target, multiply(w2, multiply(b1, a1)), -1);
    assertLess(distance(error(problem, first), wanted), 1e-14);
    const found = velocity(problem, first), single = velocity({ w2, target }, first);
    assertEquals(found, single);
    assertEquals(Object.keys(descentStep(problem, first, 0.1)).sort(), ["a1", "b1"]);
  });
});
