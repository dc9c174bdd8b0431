import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { formula } from "lora-dynamics/gaussian/mod.ts";

Deno.test("formula() is the function of the variable that it names", () => {
  const f = formula("0.2 exp(-t / 3) + (t >= 2 and t < 4 ? t^2 : pi)", "t");
  for (const t of [0, 1.9, 2, 3, 4, 10]) {
    const wanted = 0.2 * Math.exp(-t / 3) + (t >= 2 && t < 4 ? t * t : Math.PI);
    assertAlmostEquals(f(t), wanted, 1e-14);
  }
  assertEquals(formula("0.3", "t")(17), 0.3);
});

Deno.test("formula() names what it cannot read, with the variable's name", () => {
  const refuse = (text: string, message: string) =>
    assertThrows(() => formula(text, "t"), SyntaxError, message);
  refuse("1 / z", "the variable must be t: current value is z");
  refuse("sqrt", "a function must have its argument, as in sqrt(t)");
  refuse("1 +", "there must be a number, t, a function or (");
  refuse("t ? 1 : 2", "a condition must be a comparison such as t > 0");
  refuse("0 < t < 1", "joined by and, as in 0 < t and t < 1");
  refuse("floor(t)", "a function must not jump");
  refuse("t # 2", "it must consist of numbers, t, operations and functions");
  refuse("t(2)", "a product must be written as t * (...)");
});
