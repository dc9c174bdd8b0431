import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type ResidualLoss, residualLoss } from "lora-dynamics/papers/convergence_rate/mod.ts";

Deno.test("a built-in loss is found by name and passes the look that a reader's own gets", () => {
  for (const name of ["quadratic", "pseudo-Huber"] as const) {
    const loss = residualLoss(name);
    assertEquals([loss.name, loss.value(0), loss.slope(0)], [name, 0, 0]);
    assertEquals(residualLoss({ ...loss, name: "mine" }).name, "mine");
  }
  assertAlmostEquals(residualLoss("pseudo-Huber").value(Math.sqrt(3)), 1, 1e-15);
});

Deno.test("a loss that is none is refused, with the point at which it shows", () => {
  const good: ResidualLoss = {
    name: "log cosh",
    value: (z) => Math.log(Math.cosh(z)),
    slope: Math.tanh,
  };
  assertEquals(residualLoss(good), good);
  const cases: [unknown, new () => Error, string][] = [
    [
      "huber",
      RangeError,
      "its name must be one of quadratic, pseudo-Huber, or { name, value, slope",
    ],
    [7, TypeError, "it must be one of quadratic, pseudo-Huber"],
    [{ ...good, slope: undefined }, TypeError, "it must be one of quadratic, pseudo-Huber"],
    [{ ...good, name: undefined }, TypeError, "name must be a string"],
    [{ ...good, value: (z: number) => good.value(z) + 1 }, RangeError, "value(0) must be 0"],
    [{ ...good, value: (z: number) => -good.value(z) }, RangeError, "a finite number >= 0"],
    [
      { ...good, value: (z: number) => z < 10 ? good.value(z) : NaN },
      RangeError,
      "current value is NaN",
    ],
    [{ ...good, slope: (z: number) => 1.01 * z }, RangeError, "must lie in [-0.003, 0.003]"],
    [
      { ...good, slope: (z: number) => 0.999 * Math.tanh(z) },
      RangeError,
      "the derivative of value",
    ],
  ];
  for (const [loss, type, message] of cases) {
    assertThrows(() => residualLoss(loss as ResidualLoss), type, message);
  }
});
